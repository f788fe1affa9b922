"""Emergency access: open one record with a reason, and look at what others have opened."""

import streamlit as st

from mindspa.domain.access import Permission
from mindspa.services.emergency_access import view_emergencies
from mindspa.ui import emergency_page, notices, session

actor = session.require(Permission.REVIEW_EMERGENCIES)
st.title("Emergency access", anchor=False)
with st.container(), notices.errors_shown(go_on=True):
    emergency_page.carry_out(actor)
with notices.errors_shown(), session.reading(actor) as work:
    view = view_emergencies(work)
    definitions = work.definitions
emergency_page.draw(actor, view, definitions)
