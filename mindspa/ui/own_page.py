"""What stands at the top of every page of a patient: made for a phone, with help one tap away."""

import streamlit as st

from mindspa.ui import help_panel, look
from mindspa.ui.menu import path_of


def top(title: str, *, back: bool = False, help_link: bool = True) -> None:
    """`back`: a page that is in no menu leads back to Today."""
    look.draw("cards.css")
    with st.container(horizontal=True):
        if back:
            st.page_link(path_of("today"), label="Today", icon=":material/arrow_back:")
        if help_link:
            help_panel.link()
    st.title(title, anchor=False)
