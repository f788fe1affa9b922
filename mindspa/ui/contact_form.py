"""Writing down that a patient was contacted, and what was written down before."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import streamlit as st

from mindspa.charts.time_axis import local
from mindspa.domain.contacts import Contact, Way
from mindspa.services.log_contact import LONGEST_NOTE, OUTCOMES, WAYS, log_contact
from mindspa.ui.plain_text import plain
from mindspa.ui.record_entry import Press, key_of

_SHOWN = "contact_shown"  # the patient and the id that the next press is stored under


@dataclass(frozen=True, slots=True)
class _Shown:
    patient_id: str
    contact_id: str


def pressed() -> Press | None:
    """Read before anything is drawn, so that no later tap can lose it."""
    shown: _Shown | None = st.session_state.get(_SHOWN)
    if shown is None or not st.session_state.get(key_of(shown.patient_id, "contact_send")):
        return None
    key = partial(key_of, shown.patient_id)
    way, outcome = (st.session_state.get(key(f)) for f in ("contact_way", "contact_outcome"))
    note = st.session_state.get(key("contact_note")) or ""
    return Press(
        lambda work: log_contact(
            work,
            shown.patient_id,
            way=way,
            outcome=outcome,
            note=note,
            contact_id=shown.contact_id,
        ),
        "The contact is written down.",
        {key("contact_outcome"): None, key("contact_note"): ""},
    )


def draw(patient_id: str, contacts: Sequence[Contact], zone: str) -> None:
    """`contacts`: the newest first."""
    key = partial(key_of, patient_id)
    st.session_state[_SHOWN] = _Shown(patient_id, secrets.token_hex(10))
    with st.form(key("contact_form")):
        how, came = st.columns(2)
        how.selectbox(
            "How",
            list(WAYS),
            index=list(WAYS).index(Way.PHONE),
            format_func=WAYS.__getitem__,
            key=key("contact_way"),
        )
        came.selectbox(
            "What came of it",
            list(OUTCOMES),
            index=None,
            format_func=OUTCOMES.__getitem__,
            placeholder="Choose one",
            key=key("contact_outcome"),
        )
        st.text_input("Note (optional)", max_chars=LONGEST_NOTE, key=key("contact_note"))
        st.form_submit_button("Save contact", key=key("contact_send"))
    if contacts:
        st.table(
            [
                {
                    "When": short(contact, zone),
                    "By": plain(contact.by_name),
                    "Note": plain(contact.note or "–"),
                }
                for contact in contacts
            ],
            hide_index=True,
            alt="Contacts with this patient, the newest first",
        )


def short(contact: Contact, zone: str) -> str:
    """ "Wed 10 Jun 14:05: reached by phone"."""
    at = local(contact.at, zone)
    outcome, way = OUTCOMES[contact.outcome].lower(), WAYS[contact.way].lower()
    return f"{at:%a} {at.day} {at:%b %H:%M}: {outcome}, {way}"
