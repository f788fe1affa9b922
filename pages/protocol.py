"""The clinic's protocol: who is asked for what and when, and putting another version in force."""

import streamlit as st

from mindspa.domain.access import Permission
from mindspa.services.view_protocol import show_plan, view_protocol
from mindspa.ui import notices, protocol_page, record_entry, session

actor = session.require(Permission.ADAPT_PROTOCOL)
st.title("Protocol", anchor=False)
with st.container(), notices.errors_shown(go_on=True):
    record_entry.carry_out(actor, protocol_page.pressed())
with notices.errors_shown(), session.reading(actor) as work:
    view = view_protocol(work)
protocol_page.in_force(view)
choices = protocol_page.fields(view)
with notices.errors_shown(go_on=True) as refused, session.reading(actor) as work:
    shown = show_plan(work, choices)
if not refused:
    protocol_page.plan(shown, view)
    protocol_page.sign(actor, view, choices)
protocol_page.history(view)
