"""The main script: who is there, their menu, and the page they asked for."""

import streamlit as st

from mindspa.domain.access import Role
from mindspa.ui import menu, notices, session

# The layout is set once a run, below: of two, the browser takes the first.
st.set_page_config(page_title="Mind Spa Outcomes", page_icon=menu.ICON)

member = session.signed_in()
if member is None:
    notices.signed_out()
    st.stop()
if member.must_change_password:
    notices.password_change_needed()
    st.stop()

is_patient = member.actor.roles == {Role.PATIENT}
page = st.navigation(menu.pages_of(member.actor), position="top" if is_patient else "sidebar")
st.set_page_config(
    page_title=f"{page.title} · Mind Spa Outcomes", layout="centered" if is_patient else "wide"
)
if member.clinic.demo:
    notices.demo_banner()
with session.drawing_for(member):
    session.watch()
    page.run()
