"""Putting a record right: answers corrected, a form moved to its patient, two records merged; and
all that was put right so far."""

from collections.abc import Mapping, Sequence
from functools import partial

import pandas as pd
import streamlit as st

from mindspa.charts.rows import LANGUAGE, when
from mindspa.domain.access import Actor, Permission
from mindspa.domain.check_ins import StoredForm
from mindspa.domain.entered import LONGEST_LINE
from mindspa.domain.instruments import Instrument
from mindspa.domain.outcomes import Progress
from mindspa.domain.treatment import Patient
from mindspa.services.correct_answers import open_correction
from mindspa.services.merge_records import merge_records
from mindspa.services.move_form import move_form
from mindspa.services.view_corrections import FEWEST_LETTERS, MOST_FOUND, Change, Corrections
from mindspa.ui.menu import link_to_patient, path_of
from mindspa.ui.picked_table import names_apart
from mindspa.ui.plain_text import plain
from mindspa.ui.record_entry import Press, key_of

_CORRECT, _MOVE, _MERGE = "Correct answers", "Move a form", "Merge two records"
_WHAT, _FORM, _REASON, _SEND = "fix_what", "fix_form", "fix_reason", "fix_send"
_SEARCH, _OTHER = "fix_search", "fix_other"


def pressed(patient_id: str) -> Press | None:
    """Read before anything is drawn. What it gives is the check-in to go on with, for answers that
    are corrected."""
    key, state = partial(key_of, patient_id), st.session_state
    if not state.get(key(_SEND)):
        return None
    what, form_id = state.get(key(_WHAT)), state.get(key(_FORM)) or ""
    reason, other_id = state.get(key(_REASON), ""), state.get(key(_OTHER)) or ""
    if what == _MOVE:
        return Press(
            lambda work: move_form(work, form_id, to=other_id, reason=reason),
            "The form is moved.",
            {key(_REASON): "", key(_SEARCH): ""},
        )
    if what == _MERGE:
        return Press(
            lambda work: merge_records(work, other_id, into=patient_id, reason=reason),
            "The two records are one now.",
            {key(_REASON): "", key(_SEARCH): ""},
        )
    return Press(lambda work: open_correction(work, form_id, reason=reason), "")


def notice(
    actor: Actor, progress: Progress, moved: Sequence[Change], instruments: Mapping[str, Instrument]
) -> None:
    """On the patient's page: which forms came from another record or went to one."""
    for change in moved:
        form = change.form
        name, zone = instruments[form.instrument].short_name[LANGUAGE], progress.zone
        st.info(
            plain(
                f"{name} answered {when(form.answered_at, zone, date_only=form.date_only)}: "
                f"{_what(change, instruments[form.instrument])} on {when(form.saved_at, zone)} "
                f"by {change.by_name}. Reason: {form.reason}"
            ),
            icon=":material/move_item:",
        )
    if actor.may(Permission.CORRECT_RECORDS):
        st.page_link(
            path_of("correct_record"),
            label="Put right: correct answers, move a form, merge records",
            icon=":material/edit_document:",
            query_params={"id": progress.patient.id},
        )


def search(patient_id: str) -> str:
    return str(st.session_state.get(key_of(patient_id, _SEARCH), ""))


def second(patient_id: str) -> str | None:
    """The record that is chosen to be merged into this one."""
    merging = st.session_state.get(key_of(patient_id, _WHAT)) == _MERGE
    chosen = st.session_state.get(key_of(patient_id, _OTHER))
    return str(chosen) if merging and chosen else None


def draw(found: Corrections) -> None:
    patient = found.patient
    st.title(plain(f"Put right: {patient.name}"), anchor=False)
    link_to_patient(patient.id)
    if patient.merged_into is None:
        _form(found)
    st.header("What was put right", anchor=False)
    for other in found.merged:
        if other.merged_at:
            st.text(
                f"The second record of {other.name} was merged into this one on "
                f"{when(other.merged_at, found.zone)} by {other.merged_by}: {other.merge_reason}"
            )
    if found.changes:
        st.dataframe(
            _table(found),
            hide_index=True,
            width="stretch",
            placeholder="–",
            alt="Every correction and every form that was moved, the newest first",
        )
    elif not found.merged:
        st.info("Nothing so far. Corrections and moved forms stand here, with the answers before.")


def _form(found: Corrections) -> None:
    key = partial(key_of, found.patient.id)
    what = st.segmented_control(
        "What is wrong",
        [_CORRECT, _MOVE, _MERGE],
        default=_CORRECT,
        required=True,
        key=key(_WHAT),
    )
    with st.container(border=True):
        if what == _MERGE:
            _say_what_merging_does()
        elif not _pick_form(found):
            st.info("No form was handed in yet.")
            return
        if what != _CORRECT:
            _pick_patient(found, "The second record" if what == _MERGE else "The right patient")
        if found.counts:
            counted = ", ".join(f"{count} {words}" for words, count in found.counts.items())
            st.text(f"Moved into this record: {counted}.")
        st.text_input("Reason", key=key(_REASON), max_chars=LONGEST_LINE)
        button = {_MOVE: "Move this form", _MERGE: "Merge into this record"}
        st.button(button.get(what or "", "Correct these answers"), key=key(_SEND), type="primary")


def _say_what_merging_does() -> None:
    st.text(
        "For two records of one person. Everything in the second one moves here; it stays as a "
        "closed record that says so. Name, phone, status and account of this record stay. This "
        "cannot be undone."
    )


def _pick_form(found: Corrections) -> bool:
    names = names_apart(
        {form.id: _name(form, found.instruments, found.zone) for form in found.standing}
    )
    if names:
        key = key_of(found.patient.id, _FORM)
        if st.session_state.get(key) not in names:
            st.session_state[key] = None
        st.selectbox(
            "Form",
            list(names),
            index=None,
            format_func=names.__getitem__,
            placeholder="Choose a form",
            key=key,
        )
    return bool(names)


def _name(form: StoredForm, instruments: Mapping[str, Instrument], zone: str) -> str:
    instrument = instruments[form.instrument]
    total = "no total" if form.total is None else f"{form.total} of {instrument.maximum}"
    at = when(form.answered_at, zone, date_only=form.date_only)
    return f"{at}, {instrument.short_name[LANGUAGE]}, {total}"


def _pick_patient(found: Corrections, label: str) -> None:
    key = partial(key_of, found.patient.id)
    st.text_input(
        "Search by name",
        key=key(_SEARCH),
        icon=":material/search:",
        help=f"At least {FEWEST_LETTERS} letters; the first {MOST_FOUND} who match are offered.",
    )
    names = names_apart({patient.id: _named(patient) for patient in found.found})
    if st.session_state.get(key(_OTHER)) not in names:
        st.session_state[key(_OTHER)] = None
    if not names:
        if st.session_state.get(key(_SEARCH)):
            st.caption("Nobody else matches. Try another part of the name.")
        return
    st.selectbox(
        label,
        list(names),
        index=None,
        format_func=names.__getitem__,
        placeholder="Choose a patient",
        key=key(_OTHER),
    )


def _named(patient: Patient) -> str:
    return patient.name + (f", born {patient.born_on}" if patient.born_on else "")


def _table(found: Corrections) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "On": when(change.form.saved_at, found.zone),
                "Form": found.instruments[change.form.instrument].short_name[LANGUAGE],
                "Answered": when(
                    change.form.answered_at, found.zone, date_only=change.form.date_only
                ),
                "What": _what(change, found.instruments[change.form.instrument]),
                "By": change.by_name,
                "Reason": change.form.reason,
            }
            for change in found.changes
        ]
    )


def _what(change: Change, instrument: Instrument) -> str:
    if change.other is not None:
        if change.form.moved_to is not None:
            return f"Moved to the record of {change.other.name}"
        return f"Moved here from the record of {change.other.name}"
    before = change.before
    if before is None:
        return "Moved here from another record"
    parts = [
        f"{item.text[LANGUAGE].split(':')[0]}: {_value(before, item.id)} → "
        f"{_value(change.form, item.id)}"
        for item in instrument.items
        if before.answers.get(item.id) != change.form.answers.get(item.id)
    ]
    if before.total != change.form.total:
        parts.insert(0, f"Total {_total(before)} → {_total(change.form)}")
    if before.note != change.form.note:
        parts.append("the note")
    return "; ".join(parts)


def _value(form: StoredForm, item_id: str) -> str:
    value = form.answers.get(item_id)
    return "not answered" if value is None else str(value)


def _total(form: StoredForm) -> str:
    return "none" if form.total is None else str(form.total)
