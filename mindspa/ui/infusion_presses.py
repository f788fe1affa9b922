"""What a press on the sheet of an infusion asks for."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import streamlit as st

from mindspa.domain.infusion_sheet import Checklist
from mindspa.domain.treatment import Infusion
from mindspa.services.record_infusion import record_end, save_dose
from mindspa.services.record_side_effect import end_side_effect, record_side_effect
from mindspa.services.record_vitals import correct_vitals, record_vitals
from mindspa.services.start_infusion import start_infusion
from mindspa.services.tick_checklist import discharge, tick
from mindspa.services.unit_of_work import UnitOfWork
from mindspa.services.write_sheet_note import write_sheet_note
from mindspa.ui import infusion_correction
from mindspa.ui.record_entry import Press

SHOWN = "sheet_shown"


@dataclass(frozen=True, slots=True)
class Shown:
    """What the sheet was drawn from. A press acts on that, and on nothing newer unseen. `entry_id`
    names what the next press writes, so that a second one writes nothing more."""

    infusion: Infusion
    vitals: tuple[str, ...]
    ticked: Mapping[tuple[Checklist, str], bool]  # each box of both lists
    entry_id: str = field(default_factory=partial(secrets.token_hex, 10))


def key_of(infusion_id: str, name: str) -> str:
    return f"sheet_{name}:{infusion_id}"


def pressed(infusion_id: str) -> Press | None:
    """Read before anything is drawn, so that no later tap can lose it."""
    shown: Shown | None = st.session_state.get(SHOWN)
    if shown is None or shown.infusion.id != infusion_id:
        return None
    presses = {
        "start": _start_pressed,
        "end": _end_pressed,
        "stop": _stop_pressed,
        "leave": _leave_pressed,
        "dose": _dose_pressed,
        "vitals": _vitals_pressed,
        "correct": _correct_pressed,
        "effect": _effect_pressed,
        "effect_over": _effect_over_pressed,
        "note": _note_pressed,
        "record": _record_pressed,
    }
    for button, read in presses.items():
        if st.session_state.get(key_of(infusion_id, f"{button}_send")):
            return read(shown)
    return _ticked(shown)


def _record_pressed(shown: Shown) -> Press:
    return infusion_correction.pressed(shown.infusion)


def _ticked(shown: Shown) -> Press | None:
    """The box that was tapped in this tab since it was drawn."""
    for (checklist, item), before in shown.ticked.items():
        now = st.session_state.get(key_of(shown.infusion.id, f"{checklist}_{item}"))
        if now is not None and bool(now) is not before:
            act = partial(_tick, shown.infusion.id, checklist, item, not before)
            return Press(act, "Saved.")
    return None


def _tick(
    infusion_id: str, checklist: Checklist, item: str, ticked: bool, work: UnitOfWork
) -> None:
    tick(work, infusion_id, checklist, item, ticked=ticked)


def _start_pressed(shown: Shown) -> Press:
    infusion = shown.infusion
    return Press(
        lambda work: start_infusion(work, infusion.id, version=infusion.version),
        "The infusion has started.",
    )


def _amounts(infusion: Infusion) -> tuple[float | None, float | None, bool]:
    state, key = st.session_state, partial(key_of, infusion.id)
    dose, weight = (
        state.get(key("dose"), infusion.dose_mg),
        state.get(key("weight"), infusion.weight_kg),
    )
    return dose, weight, bool(state.get(key("sure")))


def _end_pressed(shown: Shown) -> Press:
    infusion = shown.infusion
    at = st.session_state.get(key_of(infusion.id, "end_at"))
    return Press(partial(_end, infusion, None, _amounts(infusion), at), "It has ended.")


def _stop_pressed(shown: Shown) -> Press:
    infusion = shown.infusion
    reason = st.session_state[key_of(infusion.id, "stop_reason")]
    at = st.session_state.get(key_of(infusion.id, "end_at"))
    act = partial(_end, infusion, reason, _amounts(infusion), at)
    return Press(act, "It was stopped early.")


def _end(
    infusion: Infusion,
    reason: str | None,
    amounts: tuple[float | None, float | None, bool],
    at: time | None,
    work: UnitOfWork,
) -> Infusion:
    dose, weight, sure = amounts
    return record_end(
        work,
        infusion.id,
        version=infusion.version,
        started_at=infusion.starts_at,
        ended_at=after_start(work, infusion.starts_at, at),
        dose_mg=dose,
        weight_kg=weight,
        stopped_because=reason,
        dose_confirmed=sure,
    )


def _leave_pressed(shown: Shown) -> Press:
    infusion = shown.infusion
    return Press(
        lambda work: discharge(work, infusion.id, version=infusion.version),
        "The patient has left.",
    )


def _dose_pressed(shown: Shown) -> Press:
    infusion, (dose, weight, sure) = shown.infusion, _amounts(shown.infusion)
    return Press(
        lambda work: save_dose(
            work,
            infusion.id,
            version=infusion.version,
            dose_mg=dose,
            weight_kg=weight,
            dose_confirmed=sure,
        ),
        "Dose and weight are saved.",
    )


def _vitals_pressed(shown: Shown) -> Press:
    state, key = st.session_state, partial(key_of, shown.infusion.id)
    keys = {vital: key(f"vital_{vital}") for vital in shown.vitals}
    values = {vital: state.get(name) for vital, name in keys.items()}
    at, at_key = state.get(key("vitals_at")), key("vitals_at")
    return Press(
        lambda work: record_vitals(
            work,
            shown.infusion.id,
            values,
            taken_at=_today(work, at),
            entry_id=shown.entry_id,
        ),
        "The vitals are saved.",
        dict.fromkeys([*keys.values(), at_key]),
    )


def _correct_pressed(shown: Shown) -> Press:
    state, key = st.session_state, partial(key_of, shown.infusion.id)
    chosen, reason = state.get(key("correct_id")), state.get(key("correct_reason"), "")
    taken: Mapping[str, datetime] = state.get(key("correct_at"), {})
    values = {vital: state.get(key(f"correct_{vital}_{chosen}")) for vital in shown.vitals}
    return Press(
        lambda work: correct_vitals(
            work,
            shown.infusion.id,
            str(chosen),
            values,
            taken_at=taken.get(str(chosen), work.now),
            reason=reason,
        ),
        "The correction is saved.",
        {key("correct_reason"): ""},
    )


def _effect_pressed(shown: Shown) -> Press:
    state, key = st.session_state, partial(key_of, shown.infusion.id)
    kind: Any = state.get(key("effect_kind"))
    severity: Any = state.get(key("effect_severity"))
    at = state.get(key("effect_at"))
    return Press(
        lambda work: record_side_effect(
            work,
            shown.infusion.id,
            kind,
            severity,
            onset_at=_today(work, at),
            entry_id=shown.entry_id,
        ),
        "The side effect is saved.",
        dict.fromkeys([key("effect_kind"), key("effect_at")]),
    )


def _effect_over_pressed(shown: Shown) -> Press:
    effect_id = st.session_state.get(key_of(shown.infusion.id, "effect_over"))
    return Press(
        lambda work: end_side_effect(work, shown.infusion.id, str(effect_id)), "It is over."
    )


def _note_pressed(shown: Shown) -> Press:
    note_key = key_of(shown.infusion.id, "note")
    text = st.session_state.get(note_key, "")
    return Press(
        lambda work: write_sheet_note(work, shown.infusion.id, text, entry_id=shown.entry_id),
        "The note is added.",
        {note_key: ""},
    )


def after_start(work: UnitOfWork, started_at: datetime, at: time | None) -> datetime:
    """The first time after the start that the clinic's clock says so: of an infusion that was left
    open on an earlier day as well. `at` None: now."""
    if at is None:
        return work.now
    start = started_at.astimezone(ZoneInfo(work.clinic.zone))
    ended = datetime.combine(start.date(), at, start.tzinfo)
    if ended < start:
        ended = datetime.combine(start.date() + timedelta(days=1), at, start.tzinfo)
    return ended


def _today(work: UnitOfWork, at: time | None) -> datetime | None:
    """A time of today on the clinic's clock; None for now."""
    if at is None:
        return None
    zone = ZoneInfo(work.clinic.zone)
    return datetime.combine(work.now.astimezone(zone).date(), at, zone)
