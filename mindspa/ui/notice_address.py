"""Where messages reach a person: fields on their own page."""

import streamlit as st

from mindspa.domain.access import Actor, Permission
from mindspa.services.choose_email import Reach, choose_email, choose_reminders
from mindspa.services.unit_of_work import UnitOfWork
from mindspa.ui import session
from mindspa.ui.record_entry import Press

_EMAIL, _WANTED, _SAVE = "notice_email", "notice_reminders", "notice_save"


def pressed() -> Press | None:
    """Read before anything is drawn, so that no later tap can lose it."""
    if not st.session_state.get(_SAVE):
        return None
    given, wanted = st.session_state.get(_EMAIL) or "", st.session_state.get(_WANTED)

    def act(work: UnitOfWork) -> None:
        choose_email(work, given)
        if wanted is not None:
            choose_reminders(work, wanted=bool(wanted))

    gets = bool(given.strip()) and wanted is not False
    return Press(act, "Messages go to that address." if gets else "You get no messages by e-mail.")


def draw(actor: Actor, reach: Reach) -> None:
    is_patient = actor.may(Permission.CHECK_IN)
    st.header("Reminders" if is_patient else "Notices of alerts", anchor=False)
    st.text(
        "An e-mail says that a check-in is waiting. It holds nothing about you."
        if is_patient
        else "An e-mail says that an alert waits and leads here. It holds no name and no answer."
    )
    if not session.sends_mail():
        st.caption("This server has no mail server yet: nothing is sent.")
    with st.form("notice_form", border=False):
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
