"""A code with which a patient answers on a tablet of the clinic: shown once, to be told to them."""

from functools import partial

import streamlit as st

from mindspa import bootstrap
from mindspa.charts.time_axis import local
from mindspa.domain.access import Actor, Permission
from mindspa.services.clinic_tablet import IssuedCode, issue_code, paired_tablets
from mindspa.ui import session
from mindspa.ui.record_entry import expander, key_of

_TITLE = "Code for the clinic tablet"


def act(actor: Actor, patient_id: str) -> None:
    """What was pressed, done before anything is drawn."""
    key = partial(key_of, patient_id)
    if st.session_state.get(key("tablet_done")):
        st.session_state.pop(key("tablet_code"), None)
    if st.session_state.get(key("tablet_send")):
        with session.unit_of_work(actor) as work:
            issued = issue_code(work, patient_id)
        st.session_state[key("tablet_code")] = issued


def draw(actor: Actor, patient_id: str, zone: str) -> None:
    if not actor.may(Permission.ENTER_ANSWERS):
        return
    opened = expander(patient_id, _TITLE, ":material/tablet:")
    if not opened.open:
        return
    key = partial(key_of, patient_id)
    with opened:
        if not paired_tablets(bootstrap.runtime().tablets, actor):
            st.info(
                "No tablet is paired yet. Sign in on the device, open Account there, and choose "
                "“Make this a clinic tablet”."
            )
        issued: IssuedCode | None = st.session_state.get(key("tablet_code"))
        if issued:
            until = local(issued.expires_at, zone)
            st.code(issued.code, language=None)
            st.text(f"Works once, on a tablet of the clinic, until {until:%H:%M}.")
            st.button("Done: take it off the screen", key=key("tablet_done"))
        else:
            st.text("The patient answers what is due now, or else tells how they are.")
            st.button("Make a code", key=key("tablet_send"))
            st.caption("A code made before it stops working.")
