"""The main script: who is there, their menu, and the page they asked for."""

import streamlit as st

from mindspa.domain.access import Permission, Role
from mindspa.domain.errors import DatabaseUnusable
from mindspa.ui import alert_banner, lock_screen, look, menu, notices, session, typed

LISTS_ALERTS = "alerts"  # which stand at the top of every other page of the team
LOCKS_WHEN_IDLE = "infusion_day"  # the page of a tablet that lies in a room
MENU_WIDTH = 240  # pixels: the names of the pages, and more room for the lists beside them

# The layout is set once a run, below: of two, the browser takes the first.
st.set_page_config(
    page_title="Mind Spa Outcomes", page_icon=menu.ICON, initial_sidebar_state=MENU_WIDTH
)
look.draw("look.css")

try:
    member = session.signed_in()
except DatabaseUnusable as error:
    typed.keep()
    notices.out_of_reach(error)
    session.wait_for_database()
    st.stop()
if member is None:
    st.session_state.clear()
    notices.signed_out()
    st.stop()
if member.owes:
    notices.owed(member.owes)
    st.stop()
if member.locked:
    typed.keep()
    lock_screen.draw(member)
    st.stop()

is_patient = member.actor.roles == {Role.PATIENT}
page = st.navigation(menu.pages_of(member.actor), position="top" if is_patient else "sidebar")
st.set_page_config(
    page_title=f"{page.title} · Mind Spa Outcomes", layout="centered" if is_patient else "wide"
)
if member.clinic.demo:
    notices.demo_banner()
with session.drawing_for(member):
    typed.give_back()
    session.lock_when_idle(member, wanted=page.url_path == LOCKS_WHEN_IDLE)
    lists_alerts = member.actor.may(Permission.HANDLE_ALERTS) and page.url_path != LISTS_ALERTS
    if lists_alerts:
        top = st.empty()
        with top:
            alert_banner.draw()  # before the page, which may end with an error
        page.run()
        if session.has_written():
            with top:
                alert_banner.draw()
    else:
        session.watch()
        page.run()
