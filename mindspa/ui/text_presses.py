"""Buttons beside texts. A text that is left by pressing a button comes from the browser in one
message with the press, and that message runs the text's fragment alone: it hands the press on to a
run of the page."""

import streamlit as st

_HANDED_ON = "text_presses.handed_on"


def pressed(*buttons: str) -> str | None:
    """The key of the one that this run of the page is for."""
    handed_on = st.session_state.pop(_HANDED_ON, None)
    return handed_on if handed_on in buttons else _pressed_now(buttons)


def hand_on(*buttons: str) -> None:
    """For a fragment that runs without its page."""
    if button := _pressed_now(buttons):
        st.session_state[_HANDED_ON] = button
        st.rerun(scope="app")


def _pressed_now(buttons: tuple[str, ...]) -> str | None:
    return next((button for button in buttons if st.session_state.get(button)), None)
