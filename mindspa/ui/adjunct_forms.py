"""Other treatment on a patient's page: a new entry, and a correction, end or withdrawal of one."""

from collections.abc import Sequence
from datetime import date
from functools import partial

import streamlit as st

from mindspa.charts.rows import ADJUNCTS
from mindspa.domain.access import Actor, Permission
from mindspa.domain.adjuncts import LONGEST_RHYTHM, Adjunct, Entry, Kind
from mindspa.domain.entered import EARLIEST, LATEST, LONGEST_LINE
from mindspa.domain.outcomes import Progress
from mindspa.services.record_adjunct import correct_adjunct, record_adjunct, withdraw_adjunct
from mindspa.ui.record_entry import Press, expander, key_of

TITLE = "Other treatment"
_FIRST, _LAST = EARLIEST.date(), LATEST.date()
_NEW = ""  # among the entries
_FIELDS = ("kind", "name", "from", "rhythm", "until")


def pressed(patient_id: str) -> Press | None:
    """Read before anything is drawn, so that no later tap can lose it."""
    if st.session_state.get(key_of(patient_id, "adjunct_send")):
        return _save_pressed(patient_id)
    if st.session_state.get(key_of(patient_id, "adjunct_withdraw")):
        return _withdraw_pressed(patient_id)
    return None


def draw(actor: Actor, progress: Progress) -> None:
    if not actor.may(Permission.RECORD_TREATMENT):
        return
    opened = expander(progress.patient.id, TITLE, ":material/medication:")
    if not opened.open:
        return
    key = partial(key_of, progress.patient.id)
    names = {_NEW: "A new one"} | {a.id: called(a) for a in reversed(progress.adjuncts)}
    if st.session_state.get(key("adjunct_entry")) not in names:
        st.session_state[key("adjunct_entry")] = _NEW  # the one that was shown is replaced
    with opened:
        chosen = st.selectbox(
            "Entry", list(names), format_func=names.__getitem__, key=key("adjunct_entry")
        )
        known = next((a for a in progress.adjuncts if a.id == chosen), None)
        # A press acts on what was drawn, whatever has been chosen since.
        st.session_state[key("adjunct_shown")] = known.id if known else _NEW
        with st.form(key("adjunct")):
            _fields(progress.patient.id, known)
            if known:
                st.text_input("Why it is changed", key=key(f"adjunct_reason_{chosen}"))
                st.caption("An end alone needs no reason.")
            with st.container(horizontal=True):
                st.form_submit_button("Save entry", key=key("adjunct_send"), type="primary")
                if known:
                    st.form_submit_button("Withdraw entry", key=key("adjunct_withdraw"))


def called(adjunct: Adjunct) -> str:
    return f"{ADJUNCTS[adjunct.kind]}: {adjunct.name}, from {adjunct.started_on}"


def day_input(label: str, key: str, value: date | None = None) -> date | None:
    """Any day there is: what was entered once can always be shown, and the service judges."""
    return st.date_input(label, value=value, min_value=_FIRST, max_value=_LAST, key=key)


def _fields(patient_id: str, known: Adjunct | None) -> None:
    """Each entry has fields of its own: what was typed for one never shows for another."""
    kind, name, since, rhythm, until = (
        _key(patient_id, field, known.id if known else _NEW) for field in _FIELDS
    )
    kinds: Sequence[Kind] = list(Kind)
    first, second = st.columns(2), st.columns(3)
    first[0].selectbox(
        "Kind",
        kinds,
        index=kinds.index(known.kind) if known else None,
        format_func=ADJUNCTS.__getitem__,
        placeholder="Choose one",
        key=kind,
    )
    first[1].text_input(
        "What it is",
        value=known.name if known else "",
        max_chars=LONGEST_LINE,
        placeholder="such as sertraline 50 → 100 mg",
        key=name,
    )
    second[0].text_input(
        "How often (empty: once)",
        value=known.how_often or "" if known else "",
        max_chars=LONGEST_RHYTHM,
        placeholder="such as once a week",
        key=rhythm,
    )
    with second[1]:
        day_input("On, or from", since, known.started_on if known else None)
    with second[2]:
        day_input("Until (empty: goes on)", until, known.ended_on if known else None)


def _key(patient_id: str, field: str, adjunct_id: str) -> str:
    return key_of(patient_id, f"adjunct_{field}_{adjunct_id}")


def _save_pressed(patient_id: str) -> Press:
    state = st.session_state
    chosen = state[key_of(patient_id, "adjunct_shown")]
    kind, name, since, rhythm, until = (state[_key(patient_id, field, chosen)] for field in _FIELDS)
    entry = Entry(kind, name, since, rhythm, until)
    if chosen != _NEW:
        reason = state[key_of(patient_id, f"adjunct_reason_{chosen}")]
        return Press(
            lambda work: correct_adjunct(work, chosen, entry, reason=reason),
            "The entry is changed.",
        )
    empty: dict[str, object] = {_key(patient_id, field, _NEW): None for field in _FIELDS}
    empty |= dict.fromkeys((_key(patient_id, field, _NEW) for field in ("name", "rhythm")), "")
    return Press(lambda work: record_adjunct(work, patient_id, entry), "The entry is saved.", empty)


def _withdraw_pressed(patient_id: str) -> Press:
    chosen = st.session_state[key_of(patient_id, "adjunct_shown")]
    reason = st.session_state[key_of(patient_id, f"adjunct_reason_{chosen}")]
    return Press(
        lambda work: withdraw_adjunct(work, chosen, reason=reason), "The entry is withdrawn."
    )
