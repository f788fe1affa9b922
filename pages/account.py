"""Who is signed in, where notices reach them, their password and PIN, and signing out."""

import streamlit as st

from mindspa.services.choose_reach import gets_messages, own_reach
from mindspa.ui import account, lock_screen, notice_address, notices, record_entry, session

actor = session.require()
if account.signed_out():
    session.sign_out()
    st.rerun()
reach = None
with notices.errors_shown(go_on=True):
    if asked := lock_screen.set_pin_pressed():
        session.choose_pin(actor, *asked)
        notices.saved("The PIN is set.")
    record_entry.carry_out(actor, notice_address.pressed())
if gets_messages(actor):
    with notices.errors_shown(), session.reading(actor) as work:
        reach = own_reach(work)
account.draw(actor, reach)
