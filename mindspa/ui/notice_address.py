"""Where messages reach a person: fields on their own page."""

from collections.abc import Collection

import streamlit as st

from mindspa.domain.access import Actor, Permission
from mindspa.domain.messages import Channel
from mindspa.domain.reach import Reach
from mindspa.services.choose_reach import choose_email, choose_mobile, choose_reminders
from mindspa.services.unit_of_work import UnitOfWork
from mindspa.ui import session
from mindspa.ui.record_entry import Press

_EMAIL, _MOBILE, _WANTED, _SAVE = (
    f"notice_{field}" for field in ("email", "mobile", "reminders", "save")
)


def pressed() -> Press | None:
    """Read before anything is drawn, so that no later tap can lose it."""
    state = st.session_state
    if not state.get(_SAVE):
        return None
    email, mobile, wanted = state.get(_EMAIL) or "", state.get(_MOBILE), state.get(_WANTED)

    def act(work: UnitOfWork) -> None:
        choose_email(work, email)
        if mobile is not None:  # there was such a field
            choose_mobile(work, mobile)
        if wanted is not None:
            choose_reminders(work, wanted=bool(wanted))

    gets = bool(email.strip() or (mobile or "").strip()) and wanted is not False
    words = "Messages go there." if gets else "You get no messages."
    if (mobile or "").strip() and Channel.TEXT in session.channels():
        words += " A new number gets a text: check it if none comes."
    return Press(act, words)


def draw(actor: Actor, reach: Reach) -> None:
    is_patient, sends = actor.may(Permission.CHECK_IN), session.channels()
    texts = Channel.TEXT in sends or reach.mobile is not None
    if is_patient:
        header, words = "Reminders", _patients(sends)
    elif actor.may(Permission.HANDLE_ALERTS):
        header, words = "Notices of alerts", _teams("an alert waits", sends)
    else:
        words = _teams("somebody has opened a record in an emergency", sends)
        header = "Notices of emergencies"
    st.header(header, anchor=False)
    st.text(words)
    if not sends:
        st.caption("This server has no mail server yet: nothing is sent.")
    with st.form("notice_form", border=False):
        if texts:
            st.text_input(
                "Mobile number",
                value=reach.mobile or "",
                key=_MOBILE,
                max_chars=40,
                autocomplete="tel",
                help="With +, the country code and the number if it is from another country.",
            )
        st.text_input(
            "E-mail address",
            value=reach.email or "",
            key=_EMAIL,
            max_chars=254,
            autocomplete="email",
        )
        if is_patient:
            st.checkbox("Remind me of check-ins", value=reach.reminders, key=_WANTED)
        st.form_submit_button("Save", key=_SAVE)


def _patients(sends: Collection[Channel]) -> str:
    if Channel.TEXT not in sends:
        return "An e-mail says that a check-in is waiting. It holds nothing about you."
    instead = ", or an e-mail where you give no number," if Channel.EMAIL in sends else ""
    return (
        f"A text message{instead} says that a check-in is waiting. It holds nothing about you, but "
        "whoever sees your phone may read it."
    )


def _teams(what: str, sends: Collection[Channel]) -> str:
    if Channel.TEXT not in sends:
        says = "An e-mail says"
    elif Channel.EMAIL in sends:
        says = "A text message and an e-mail say"
    else:
        says = "A text message says"
    return f"{says} that {what}, with the way here. No name and no answer is in it."
