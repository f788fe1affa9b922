"""Hours and rota: when the clinic is open, who is on duty, and when nobody will be."""

import streamlit as st

from mindspa.domain.access import Permission
from mindspa.services.view_duty import view_duty
from mindspa.ui import duty_page, notices, record_entry, session

actor = session.require(Permission.PLAN_DUTY)
st.title("Hours and rota", anchor=False)
with st.container(), notices.errors_shown(go_on=True):
    record_entry.carry_out(actor, duty_page.pressed())
with notices.errors_shown(), session.reading(actor) as work:
    view = view_duty(work)
duty_page.draw(view)
