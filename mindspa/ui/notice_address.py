"""Where notices of alerts reach a member of the team: a field on their own page."""

import streamlit as st

from mindspa.services.choose_email import choose_email
from mindspa.ui.record_entry import Press

_EMAIL, _SAVE = "notice_email", "notice_save"


def pressed() -> Press | None:
    if not st.session_state.get(_SAVE):
        return None
    given = st.session_state.get(_EMAIL) or ""
    said = "Notices go to that address." if given.strip() else "You get no notices by e-mail."
    return Press(lambda work: choose_email(work, given), said)


def draw(email: str | None, *, sends: bool) -> None:
    """`sends`: whether this server has a mail server."""
    st.header("Notices of alerts", anchor=False)
    st.caption(
        "An e-mail says that an alert waits and leads here. It holds no name and no answer."
        + ("" if sends else " This server has no mail server yet: nothing is sent.")
    )
    with st.form("notice_form", border=False):
        st.text_input(
            "E-mail address", value=email or "", key=_EMAIL, max_chars=254, autocomplete="email"
        )
        st.form_submit_button("Save address", key=_SAVE)
