"""Who is signed in, their password and PIN, and signing out."""

import streamlit as st

from mindspa.ui import account, lock_screen, notices, session

actor = session.require()
if account.signed_out():
    session.sign_out()
    st.rerun()
with notices.errors_shown(go_on=True):
    if asked := lock_screen.set_pin_pressed():
        session.choose_pin(actor, *asked)
        notices.saved("The PIN is set.")
account.draw(actor)
