"""Who is signed in, their password, and signing out."""

import streamlit as st

from mindspa.ui import account, session

actor = session.require()
if account.signed_out():
    session.sign_out()
    st.rerun()
account.draw(actor)
