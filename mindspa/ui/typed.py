"""What was typed into a page that then could not be drawn: its fields hold it again afterwards."""

from datetime import date, time

import streamlit as st

_KEPT = "typed.kept"
OPEN = "open."  # begins the key of what somebody opened to type into it
NEVER_KEPT = "unkept."  # begins the key of a field that holds a password: it is kept nowhere


def keep() -> None:
    """Called by a run that draws none of the fields; Streamlit forgets what is not drawn."""
    st.session_state[_KEPT] = st.session_state.get(_KEPT, {}) | {
        key: value for key, value in st.session_state.items() if _is_kept(str(key), value)
    }


def _is_kept(key: str, value: object) -> bool:
    if isinstance(value, bool):  # no press: that would be carried out later, by surprise
        return key.startswith(OPEN)
    return isinstance(value, str | int | float | date | time) and not key.startswith(NEVER_KEPT)


def give_back() -> None:
    """Called before the fields are drawn."""
    for key, value in st.session_state.pop(_KEPT, {}).items():
        st.session_state[key] = value
