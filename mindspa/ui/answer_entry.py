"""Staff enter a check-in for a patient: how it is begun, and what became of it. Its questions are
those of the patient (`questionnaire.py`)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import streamlit as st

from mindspa.charts.time_axis import local
from mindspa.domain.check_ins import CheckIn, Mode
from mindspa.domain.instruments import Instrument
from mindspa.domain.treatment import Patient
from mindspa.services.enter_for_patient import MODES, Entry, EntryStart, open_for_patient
from mindspa.services.show_check_in import Closed, Receipt
from mindspa.services.unit_of_work import UnitOfWork
from mindspa.ui import help_panel, questionnaire
from mindspa.ui.local_time import short
from mindspa.ui.menu import link_to_patient, path_of
from mindspa.ui.plain_text import plain
from mindspa.ui.record_entry import key_of

_START, _MODE, _AT, _FORM, _OFFERED = (
    "entry_start",
    "entry_mode",
    "entry_at",
    "entry_form",
    "entry_offered",
)
_STEP = timedelta(minutes=5)
_LANGUAGE = "en"  # of what staff read


def started(patient_id: str) -> Callable[[UnitOfWork], CheckIn] | None:
    """Read before anything is drawn, so that no later tap can lose it."""
    key = partial(key_of, patient_id)
    state = st.session_state
    if not state.get(key(_START)):
        return None
    mode, at = state.get(key(_MODE)), state.get(key(_AT))
    forms = [f for f in state.get(key(_OFFERED), ()) if state.get(key(f"{_FORM}_{f}"))]

    def act(work: UnitOfWork) -> CheckIn:
        written = None
        if mode == Mode.ON_PAPER and at is not None:
            written = at.replace(tzinfo=ZoneInfo(work.clinic.zone))
        return open_for_patient(work, patient_id, mode=mode, forms=forms, answered_at=written)

    return act


def draw(found: EntryStart | Entry, *, stale: str | None, refused: bool) -> None:
    """`stale`, `refused`: as for `questionnaire.draw`."""
    _head(found.patient)
    if isinstance(found, EntryStart):
        _draw_start(found)
        return
    match found.shown:
        case Receipt() as receipt:
            _draw_receipt(receipt)
            questionnaire.draw_note_left_out(receipt.check_in.id)
        case Closed() as closed:
            _draw_closed(closed)
            questionnaire.draw_note_left_out(closed.check_in.id)
        case sheet:
            _say_how(sheet.check_in, found.zone)
            questionnaire.draw(sheet, stale=stale, refused=refused)


def _draw_start(start: EntryStart) -> None:
    key = partial(key_of, start.patient.id)
    for check_in in start.unfinished:
        opened = local(check_in.opened_at, start.zone)
        with st.container(horizontal=True):
            st.text(f"Not finished: {MODES[check_in.mode].lower()}, begun at {opened:%H:%M}.")
            st.page_link(
                path_of("enter_answers"),
                label="Go on with it",
                icon=":material/edit_note:",
                query_params={"id": check_in.id},
            )
    mode: Any = st.radio(
        "How the patient answers", list(MODES), format_func=MODES.__getitem__, key=key(_MODE)
    )
    if mode == Mode.ON_PAPER:
        st.datetime_input("Filled in by the patient", value=None, step=_STEP, key=key(_AT))
    st.session_state[key(_OFFERED)] = list(start.forms)
    wanted = st.query_params.get("form", "")
    ticked = (wanted,) if wanted in start.forms else start.due
    with st.container(border=True):
        st.text("Which forms")
        for form, instrument in start.forms.items():
            st.checkbox(_name(instrument), value=form in ticked, key=key(f"{_FORM}_{form}"))
    if ticked is start.due:
        st.caption("Ticked is what the patient is asked for now.")
    st.button("Start", key=key(_START), type="primary")


def _say_how(check_in: CheckIn, zone: str) -> None:
    if check_in.corrects and check_in.answered_at:
        when = _when(check_in.answered_at, zone)
        st.caption(plain(f"Correction of what was answered {when}. Reason: {check_in.reason}"))
        return
    how = MODES[check_in.mode]
    if check_in.answered_at:
        how += f", filled in {_when(check_in.answered_at, zone)}"
    st.caption(f"{how}. Each answer is kept as you choose it.")


def _draw_receipt(receipt: Receipt) -> None:
    check_in = receipt.check_in
    answered = f"answered {_when(check_in.answered_at or receipt.sent_at, receipt.zone)}"
    saved = f"Saved, as {answered}, {MODES.get(check_in.mode, '').lower()}."
    if check_in.corrects:
        saved = f"The correction of what was {answered} is saved."
    st.success(saved, icon=":material/check_circle:")
    if receipt.shows_help:
        help_panel.draw(receipt.help)
    for form in receipt.forms:
        st.text(f"{form.answered} of {form.asked} questions of {_name(form.instrument)} answered.")
        questionnaire.draw_screened(form.instrument, form.screened, _LANGUAGE)
        if form.instrument.script and not form.screened:
            st.text("Not all of it was asked: nothing can be said from it.")
    _onward()


def _draw_closed(closed: Closed) -> None:
    st.warning(
        f"This check-in closed {_when(closed.check_in.closes_at, closed.zone)}, before it was "
        "saved. What was chosen is kept and stands in no score. Begin another.",
        icon=":material/schedule:",
    )
    for instrument, screened in closed.screened:
        questionnaire.draw_screened(instrument, screened, _LANGUAGE)
    if closed.shows_help:
        help_panel.draw(closed.help)
    _onward()


def _head(patient: Patient) -> None:
    st.title(plain(f"Answers of {patient.name}"), anchor=False)
    link_to_patient(patient.id)


def _onward() -> None:
    st.page_link(
        path_of("due_and_missing"), label="Due and missing", icon=":material/pending_actions:"
    )


def _name(instrument: Instrument) -> str:
    return instrument.short_name[_LANGUAGE]


def _when(at: datetime, zone: str) -> str:
    return f"{local(at, zone):%a} {short(at, zone)}"
