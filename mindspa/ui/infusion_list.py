"""Today's infusions: a picker, and what each of them waits for."""

from collections.abc import Iterator
from datetime import datetime

import streamlit as st

from mindspa.charts.time_axis import local
from mindspa.domain.treatment import InfusionStatus
from mindspa.services.view_infusion_day import DayRow, InfusionDay
from mindspa.ui.follow_up_words import TIERS
from mindspa.ui.plain_text import plain

_PICKER = "infusions_picker"
STATUS = {
    InfusionStatus.PLANNED: "Planned",
    InfusionStatus.STARTED: "Under way",
    InfusionStatus.GIVEN: "Given",
    InfusionStatus.STOPPED: "Stopped early",
    InfusionStatus.CANCELLED: "Cancelled",
}


def chosen() -> str | None:
    """Which one the last press asks to open."""
    picked = st.session_state.get(_PICKER)
    return str(picked) if picked else None


def draw(day: InfusionDay) -> None:
    today = local(day.now, day.zone)
    if not day.rows:
        st.info(
            f"No infusion is planned for today, {today:%A} {today.day} {today:%B}. Infusions are "
            "planned on a patient's page."
        )
        return
    times = {row.infusion.id: _time(row.infusion.starts_at, day) for row in day.rows}
    names = {row.infusion.id: f"{times[row.infusion.id]} {row.patient.name}" for row in day.rows}
    st.selectbox(
        "Open an infusion",
        list(names),
        index=None,
        format_func=names.__getitem__,
        placeholder="Choose one",
        key=_PICKER,
    )
    # Three columns, so that a phone shows all of them.
    st.table(
        [
            {
                "Time": times[row.infusion.id],
                "Patient": plain(row.patient.name),
                "State": "; ".join(_state(row, day)),
            }
            for row in day.rows
        ],
        hide_index=True,
        alt="Infusions of today",
    )
    st.caption(f"{today:%A} {today.day} {today:%B}, times in {day.zone}.")


def _state(row: DayRow, day: InfusionDay) -> Iterator[str]:
    if row.alert:
        yield TIERS[row.alert]
    if row.infusion.forgotten(now=day.now):
        yield "Close this infusion: no end recorded"
    else:
        yield STATUS[row.infusion.status]
    if row.infusion.discharged_at:
        yield "left"
    if row.infusion.status is InfusionStatus.PLANNED:
        came = _time(row.pulse_at, day) if row.pulse_at else "not yet"
        yield f"check-in before: {came}"


def _time(at: datetime, day: InfusionDay) -> str:
    there = local(at, day.zone)
    is_today = there.date() == local(day.now, day.zone).date()
    return f"{there:%H:%M}" if is_today else f"{there:%a} {there.day} {there:%b, %H:%M}"
