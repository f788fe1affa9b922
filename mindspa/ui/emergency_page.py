"""Opening a record in an emergency, what it shows, and looking at what others have opened."""

from collections.abc import Iterator

import streamlit as st

from mindspa.domain.access import Actor, Permission
from mindspa.domain.definitions import Definitions
from mindspa.domain.emergency import LASTS, EmergencyAccess
from mindspa.domain.entered import LONGEST_LINE, LONGEST_NOTE
from mindspa.services.emergency_access import (
    EmergencyList,
    EmergencyRecord,
    open_in_emergency,
    review_emergency,
)
from mindspa.ui import help_panel, notices, record_entry, safety_card_form, session
from mindspa.ui.follow_up_words import LANGUAGE
from mindspa.ui.local_time import short, short_day
from mindspa.ui.picked_table import names_apart
from mindspa.ui.plain_text import plain
from mindspa.ui.record_entry import Press

_NAME, _BORN, _WHY, _OPEN = (f"emergency_{part}" for part in ("name", "born", "why", "open"))
_WHICH, _NOTE, _REVIEW = (f"emergency_{part}" for part in ("which", "note", "review"))
_MOST = 50  # of which a clinic has few
_HOURS = int(LASTS.total_seconds() // 3600)


def carry_out(actor: Actor) -> None:
    """What was pressed, before anything is drawn."""
    state = st.session_state
    if state.get(_REVIEW):
        which, note = state.get(_WHICH), state.get(_NOTE)
        press = Press(lambda work: review_emergency(work, which, note=note), "It is reviewed.")
        record_entry.carry_out(actor, press)
    if state.get(_OPEN):
        with session.unit_of_work(actor) as work:
            opened = open_in_emergency(
                work, name=state[_NAME], born_on=state[_BORN], reason=state[_WHY]
            )
        if opened is None:
            st.error(
                "There is not exactly one patient of that name. Look at how it is written, or give "
                "the date of birth as well. That you asked is written down.",
                icon=":material/error:",
            )
        else:
            state[_NAME], state[_BORN], state[_WHY] = "", None, ""
            notices.saved(f"The record is open to you for {_HOURS} hours.")


def draw(actor: Actor, view: EmergencyList, definitions: Definitions) -> None:
    if actor.may(Permission.BREAK_THE_GLASS) and not actor.may(Permission.SEE_PATIENTS):
        for record in view.own:
            _record(record, view.zone, definitions)
        _form()
    st.header("Opened in the last 90 days", anchor=False)
    if not view.listed:
        st.info("No record was opened in an emergency.", icon=":material/task_alt:")
        return
    for one in view.listed[:_MOST]:
        # No table: a reason is a sentence, and a phone would hide it beyond the edge.
        with st.container(border=True):
            patient = view.names.get(one.patient_id, one.patient_id)
            when = short(one.opened_at, view.zone)
            st.markdown(f"**{plain(f'{when}: {one.person_name} read the record of {patient}')}**")
            st.text(one.reason)
            st.caption(plain(_reviewed(one, view.zone)))
    _review_form(actor, view)


def _form() -> None:
    st.text(
        "For an emergency in which no clinician can be reached. What helps is shown to you for "
        f"{_HOURS} hours. It is written down, the others who answer for the clinic are told at "
        "once, and one of them looks at it."
    )
    with st.form("emergency_form"):
        name, born = st.columns([2, 1])
        name.text_input("The patient's full name", key=_NAME, max_chars=LONGEST_LINE)
        born.date_input("Born on (optional)", value=None, key=_BORN, min_value="1900-01-01")
        st.text_area("Why this cannot wait for a clinician", key=_WHY, max_chars=LONGEST_NOTE)
        st.form_submit_button("Open the record", key=_OPEN, icon=":material/lock_open:")


def _record(record: EmergencyRecord, zone: str, definitions: Definitions) -> None:
    patient = record.patient
    st.header(plain(patient.name), anchor=False)
    st.caption(plain(f"Open to you until {short(record.access.expires_at, zone)}."))
    if patient.phone:
        help_panel.dial(f"Call {patient.phone}", "tel", patient.phone)
    facts = list(_facts(record, zone, definitions))
    st.markdown("\n".join(f"- {plain(fact)}" for fact in facts))
    safety_card_form.draw_plan(record.card)


def _facts(record: EmergencyRecord, zone: str, definitions: Definitions) -> Iterator[str]:
    patient, summary = record.patient, record.summary
    if patient.born_on:
        yield f"Born on {patient.born_on.isoformat()}."
    if patient.phone is None:
        yield "No phone number is known."
    if summary.open_alerts:
        yield f"Open safety alerts: {summary.open_alerts}. A clinician handles them."
    for infusion in record.infusions:
        dose = f", {infusion.dose_mg:g} mg" if infusion.dose_mg is not None else ""
        yield f"Infusion on {short(infusion.starts_at, zone)}{dose}."
    if not record.infusions:
        yield "No infusion was given."
    for adjunct in record.adjuncts:
        until = f" until {adjunct.ended_on.isoformat()}" if adjunct.ended_on else ""
        yield f"Other treatment: {adjunct.name}, since {adjunct.started_on.isoformat()}{until}."
    for name, score in summary.latest.items():
        title = definitions.instruments[name].short_name[LANGUAGE]
        yield f"{title}: {score.total} on {short_day(score.answered_at, zone)}."
    yield from safety_card_form.facts(record.card)


def _reviewed(one: EmergencyAccess, zone: str) -> str:
    if one.reviewed_at is None:
        return "Nobody has looked at it yet."
    return f"Looked at on {short(one.reviewed_at, zone)} by {one.reviewed_by_name}: {one.review}"


def _review_form(actor: Actor, view: EmergencyList) -> None:
    waiting = {
        one.id: f"{one.person_name}, {short(one.opened_at, view.zone)}"
        for one in view.listed
        if one.reviewed_at is None and one.person_id != actor.id
    }
    if not waiting:
        return
    labels = names_apart(waiting)
    with st.form("emergency_review_form", clear_on_submit=False):
        st.selectbox("Look at", list(labels), format_func=lambda one: labels[one], key=_WHICH)
        st.text_area("What you found", key=_NOTE, max_chars=LONGEST_NOTE)
        st.form_submit_button("Mark as reviewed", key=_REVIEW)
