"""Who of the clinic looked at or wrote in the patient's own record."""

import streamlit as st

from mindspa.domain.access import Permission
from mindspa.services.view_audit_trail import view_own_access
from mindspa.ui import notices, own_access, own_page, session

actor = session.require(Permission.CHECK_IN)
own_page.top("Who looked at your record")
with notices.errors_shown(), session.reading(actor) as work:
    access = view_own_access(work, most=own_access.ROWS.shown())
own_access.draw(access)
st.caption("To know who it was, or to tell us that something is not right, ask the clinic.")
