"""What a locked session shows instead of any page; and the form that sets a PIN."""

import streamlit as st

from mindspa.domain.access import SignedIn
from mindspa.services.lock_screen import LONGEST_PIN, SHORTEST_PIN
from mindspa.ui import notices, session, typed

_SECRET, _SEND = f"{typed.NEVER_KEPT}unlock", "lock.send"
_PASSWORD, _PIN, _REPEATED = (
    f"{typed.NEVER_KEPT}{name}" for name in ("pin_password", "pin", "pin_again")
)
_SET, SIGN_OUT = "lock.set_pin", "lock.sign_out"
FIELD = "PIN or password"


def draw(member: SignedIn) -> None:
    if st.session_state.get(SIGN_OUT):
        session.sign_out()
        st.rerun()
    st.title("Locked", anchor=False)
    with notices.errors_shown(go_on=True):
        if st.session_state.get(_SEND):
            session.unlock(_taken(_SECRET))
            st.rerun()
    st.text(f"{member.actor.name} is signed in. What was typed is kept.")
    with st.form("lock.form", clear_on_submit=True):
        st.text_input(FIELD, type="password", key=_SECRET, autocomplete="off")
        st.form_submit_button("Unlock", key=_SEND, type="primary", icon=":material/lock_open:")
    st.button("Sign out", key=SIGN_OUT, icon=":material/logout:")
    st.html('<p><a href="/help">Get help now</a></p>')
    session.wait_until_unlocked()


def set_pin_pressed() -> tuple[str, str, str] | None:
    """Password, PIN and PIN again."""
    if not st.session_state.get(_SET):
        return None
    password, pin, repeated = (_taken(key) for key in (_PASSWORD, _PIN, _REPEATED))
    return password, pin, repeated


def _taken(key: str) -> str:
    """What was typed there, which nothing keeps."""
    return str(st.session_state.pop(key, ""))


def draw_set_pin() -> None:
    with (
        st.expander("Set a PIN", icon=":material/pin:"),
        st.form("lock.pin_form", clear_on_submit=True),
    ):
        st.caption("It unlocks the sheet of an infusion. It signs nobody in.")
        st.text_input("Your password", type="password", key=_PASSWORD)
        digits = f"{SHORTEST_PIN} to {LONGEST_PIN} digits"
        st.text_input(f"PIN, {digits}", type="password", key=_PIN, autocomplete="off")
        st.text_input("The PIN again", type="password", key=_REPEATED, autocomplete="off")
        st.form_submit_button("Set the PIN", key=_SET)
