"""People: the accounts of the staff, and whether they sign in with a second factor."""

import streamlit as st

from mindspa.domain.access import Permission
from mindspa.ui import notices, people_page, session

actor = session.require(Permission.MANAGE_PEOPLE)
st.title("People", anchor=False)
with st.container(), notices.errors_shown(go_on=True):
    people_page.carry_out(actor)
with notices.errors_shown():
    view = people_page.look(actor)
people_page.draw(actor, view)
