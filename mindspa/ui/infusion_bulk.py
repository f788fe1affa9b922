"""Several infusions of today recorded at once: start, end and dose of each in one form."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import streamlit as st

from mindspa.charts.time_axis import local
from mindspa.domain.access import Actor
from mindspa.domain.errors import AskAgain, InvalidInput, MindSpaError
from mindspa.domain.treatment import Infusion, InfusionStatus
from mindspa.services.record_infusion import record_end
from mindspa.services.unit_of_work import UnitOfWork
from mindspa.services.view_infusion_day import DayRow, InfusionDay
from mindspa.ui import notices, session, typed
from mindspa.ui.infusion_presses import after_start
from mindspa.ui.plain_text import plain
from mindspa.ui.record_entry import key_of

MOST = 25  # a widget costs: of more than these, the others wait
_OPEN, _SEND, _SHOWN = f"{typed.OPEN}bulk", "bulk_send", "bulk_shown"
_START, _END, _DOSE = "bulk_start", "bulk_end", "bulk_dose"


@dataclass(frozen=True, slots=True)
class Saved:
    """`refused`: sentences, by the id of the infusion that each is of."""

    saved: int
    refused: dict[str, str]


def save_pressed(actor: Actor) -> Saved:
    """Each row that has an end, in a transaction of its own. Read before anything is drawn."""
    shown: Sequence[Infusion] = st.session_state.get(_SHOWN, ())
    if not st.session_state.get(_SEND):
        return Saved(0, {})
    saved, refused = 0, {}
    for infusion in shown:
        if (end := _field(infusion, _END)) is None:
            continue
        try:
            with session.unit_of_work(actor) as work:
                _record(work, infusion, end)
            saved += 1
        except AskAgain:
            refused[infusion.id] = "This dose is unusual. Record it on the patient's own sheet."
        except MindSpaError as error:
            refused[infusion.id] = str(error)
    return Saved(saved, refused)


def draw(day: InfusionDay, done: Saved) -> None:
    if done.saved:
        what = "1 infusion is" if done.saved == 1 else f"{done.saved} infusions are"
        notices.saved(f"{what} saved.")
    waiting = [
        row
        for row in day.rows
        if row.infusion.status in (InfusionStatus.PLANNED, InfusionStatus.STARTED)
        and row.infusion.starts_at <= day.now
    ][:MOST]
    if not waiting:
        return
    opened = st.expander(
        "Record several at once", icon=":material/playlist_add_check:", key=_OPEN, on_change="rerun"
    )
    if not opened.open:
        return
    st.session_state[_SHOWN] = [row.infusion for row in waiting]
    with opened, st.form("bulk"):
        st.caption("Fill in the end of each that was given; the others are left as they are.")
        for row in waiting:
            _row(row, day, done.refused.get(row.infusion.id))
        st.form_submit_button("Save all of these", key=_SEND, type="primary")


def _row(row: DayRow, day: InfusionDay, refused: str | None) -> None:
    infusion, name = row.infusion, plain(row.patient.name)
    starts = local(infusion.starts_at, day.zone)
    st.markdown(f"**{name}**, {starts:%a} {starts.day} {starts:%b}")
    start, end, dose = st.columns(3)
    start.time_input(
        f"Start, {name}",
        value=starts.time().replace(second=0, microsecond=0),
        step=60,
        key=_key(infusion, _START),
        disabled=infusion.started_at is not None,
    )
    end.time_input(f"End, {name}", value=None, step=60, key=_key(infusion, _END))
    dose.number_input(
        f"Dose (mg), {name}", value=infusion.dose_mg, min_value=0.0, key=_key(infusion, _DOSE)
    )
    if refused:
        st.error(refused, icon=":material/error:")


def _record(work: UnitOfWork, infusion: Infusion, end: time) -> None:
    start: Any = _field(infusion, _START)
    started_at = infusion.started_at
    if started_at is None:
        if start is None:
            raise InvalidInput("Give the start as well.")
        zone = ZoneInfo(work.clinic.zone)
        started_at = datetime.combine(infusion.planned_at.astimezone(zone).date(), start, zone)
    record_end(
        work,
        infusion.id,
        version=infusion.version,
        started_at=started_at,
        ended_at=after_start(work, started_at, end),
        dose_mg=_field(infusion, _DOSE),
        weight_kg=infusion.weight_kg,
    )


def _field(infusion: Infusion, field: str) -> Any:
    return st.session_state.get(_key(infusion, field))


def _key(infusion: Infusion, field: str) -> str:
    return key_of(infusion.id, field)
