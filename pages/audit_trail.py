"""Audit trail: who looked at or changed what, and when."""

import streamlit as st

from mindspa.domain.access import Permission
from mindspa.services.view_audit_trail import view_audit_trail, who_acted
from mindspa.ui import audit_search, notices, session

actor = session.require(Permission.READ_AUDIT_TRAIL)
st.title("Audit trail", anchor=False)
with notices.errors_shown(), session.reading(actor) as work:
    names, zone, now = who_acted(work), work.clinic.zone, work.now
search = audit_search.asked(names, zone, now)
with notices.errors_shown(), session.reading(actor) as work:
    found = view_audit_trail(work, search, most=audit_search.ROWS.shown())
audit_search.draw(found, search)
