"""Who a patient is and how they are reached: registering one, and keeping it up to date."""

import secrets
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any
from zoneinfo import available_timezones

import streamlit as st

from mindspa.domain.access import Actor, Permission
from mindspa.domain.treatment import Patient
from mindspa.services.register_patient import INDICATIONS, change_details, register_patient
from mindspa.services.unit_of_work import UnitOfWork
from mindspa.ui import session
from mindspa.ui.record_entry import Press, expander, key_of

_NEW = "new"  # in place of an id, of the fields for somebody who has none yet
_ID = "register_id"  # what the next press registers somebody as
_SEEN, _OFFERED = "details_seen", "details_offered"
_THE_CLINICS = "The clinic's"
_EARLIEST = date(1900, 1, 1)


def registered() -> Callable[[UnitOfWork], Patient] | None:
    """Read before anything is drawn, so that no later tap can lose it."""
    key, state = partial(key_of, _NEW), st.session_state
    if not state.get(key("details_send")):
        return None
    given, patient_id = _given(_NEW), state.get(_ID)
    is_another = bool(state.get(key("details_another")))
    return lambda work: register_patient(
        work, **given, patient_id=patient_id, is_another=is_another
    )


def draw_registration(actor: Actor) -> None:
    if not actor.may(Permission.INVITE_PATIENTS):
        return
    opened = expander(_NEW, "Register a patient", ":material/person_add:")
    if not opened.open:
        return
    st.session_state[_ID] = secrets.token_hex(10)
    key = partial(key_of, _NEW)
    with opened, st.form(key("details")):
        _fields(_NEW, None)
        st.checkbox(
            "Somebody of the same name and birth date is another person", key=key("details_another")
        )
        st.form_submit_button("Register", key=key("details_send"), type="primary")


def pressed(patient_id: str) -> Press | None:
    if not st.session_state.get(key_of(patient_id, "details_send")):
        return None
    given, seen = _given(patient_id), st.session_state[key_of(patient_id, _SEEN)]
    return Press(
        lambda work: change_details(work, patient_id, **given, seen=seen),
        "The details are saved.",
        {key_of(patient_id, _SEEN): None},
    )


def draw(actor: Actor, patient: Patient) -> None:
    if not actor.may(Permission.INVITE_PATIENTS):
        return
    opened = expander(patient.id, "Details and phone", ":material/badge:")
    if not opened.open:
        return
    key = partial(key_of, patient.id)
    # Whom the fields began with; they begin anew once they were not drawn.
    if st.session_state.get(key(_SEEN)) is None or key("details_name") not in st.session_state:
        st.session_state[key(_SEEN)] = patient
    with opened, st.form(key("details")):
        _fields(patient.id, patient)
        st.form_submit_button("Save details", key=key("details_send"), type="primary")


def _fields(patient_id: str, patient: Patient | None) -> None:
    """`patient`: whose details stand in them at first."""
    key = partial(key_of, patient_id)
    known = patient or Patient("", "")
    st.text_input("Name", value=known.name, key=key("details_name"), max_chars=200)
    born, zone = st.columns(2)
    born.date_input(
        "Date of birth",
        value=known.born_on,
        min_value=_EARLIEST,
        max_value=session.now().date(),
        key=key("details_born"),
    )
    zones = [_THE_CLINICS, *sorted(available_timezones())]
    zone.selectbox(
        "Time zone",
        zones,
        index=zones.index(known.zone) if known.zone in zones else 0,
        key=key("details_zone"),
    )
    st.text_input("Phone", value=known.phone or "", key=key("details_phone"), max_chars=40)
    st.checkbox(
        "A message may be left on this phone",
        value=known.voicemail,
        key=key("details_voicemail"),
    )
    words = [*INDICATIONS, *sorted(known.indications - set(INDICATIONS))]  # some are of an import
    st.session_state[key(_OFFERED)] = words
    st.text("Reason for coming")
    for word in words:
        st.checkbox(
            INDICATIONS.get(word, word),
            value=word in known.indications,
            key=key(f"details_for_{word}"),
        )


def _given(patient_id: str) -> dict[str, Any]:
    key, state = partial(key_of, patient_id), st.session_state
    zone = state[key("details_zone")]
    return {
        "name": state[key("details_name")],
        "born_on": state[key("details_born")],
        "zone": None if zone == _THE_CLINICS else zone,
        "phone": state[key("details_phone")].strip(),
        "voicemail": bool(state[key("details_voicemail")]),
        "indications": tuple(
            word for word in state[key(_OFFERED)] if state.get(key(f"details_for_{word}"))
        ),
    }
