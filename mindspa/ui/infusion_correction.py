"""Correct what an infusion was recorded as. What a change does to the check-ins is said before it
is confirmed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import streamlit as st

from mindspa.charts.time_axis import local
from mindspa.domain.access import Actor
from mindspa.domain.errors import MindSpaError
from mindspa.domain.plan_change import sentence
from mindspa.domain.treatment import Infusion, InfusionStatus
from mindspa.services.correct_infusion import OUTCOMES, correct_infusion
from mindspa.services.foresee_plan import foresee_plan
from mindspa.services.session_summary import before, written
from mindspa.services.unit_of_work import UnitOfWork
from mindspa.services.view_infusion_day import InfusionSheet
from mindspa.ui import session, typed
from mindspa.ui.plain_text import plain
from mindspa.ui.record_entry import Press, instant, key_of

TITLE = "Correct what was recorded"
SEND = "sheet_record_send"
_OUTCOMES = {
    InfusionStatus.GIVEN: "It was given",
    InfusionStatus.STOPPED: "It was stopped early",
    InfusionStatus.CANCELLED: "It was not given",
}
_MINUTE = timedelta(minutes=1)
_ANY_REASON = "…"  # to see what follows before a reason is typed

_OUTCOME, _WHY, _STOPPED = "record_outcome", "record_why", "record_stopped"
_START, _END, _LEFT, _DOSE, _WEIGHT, _SURE = (
    "record_start",
    "record_end",
    "record_left",
    "record_dose",
    "record_weight",
    "record_sure",
)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the fields hold. `tried` is `press.act` without a reason yet."""

    press: Press
    tried: Callable[[UnitOfWork], object]


def pressed(infusion: Infusion) -> Press:
    return _asked(infusion).press


def draw(actor: Actor, sheet: InfusionSheet) -> None:
    infusion = sheet.infusion
    if infusion.status not in OUTCOMES:
        return
    _history(sheet)
    opened = st.expander(
        TITLE, icon=":material/edit:", key=typed.OPEN + _key(infusion, "record"), on_change="rerun"
    )
    if not opened.open:
        return
    with opened:
        _fields(sheet)
        _say_what_follows(actor, infusion)
        st.button("Save the correction", key=key_of(infusion.id, SEND))


def _history(sheet: InfusionSheet) -> None:
    if sheet.earlier:
        st.table(
            [
                {
                    "Recorded before": plain(before(sheet, record)),
                    "Why corrected": plain(record.why),
                    "By": plain(written(sheet, record.corrected_by, record.corrected_at)),
                }
                for record in reversed(sheet.earlier)
            ],
            hide_index=True,
            alt="What was recorded before it was corrected",
        )


def _fields(sheet: InfusionSheet) -> None:
    infusion = sheet.infusion
    key = partial(_key, infusion)
    outcome = st.radio(
        "What happened",
        list(OUTCOMES),
        index=OUTCOMES.index(infusion.status),
        format_func=_OUTCOMES.__getitem__,
        key=key(_OUTCOME),
    )
    if outcome is not InfusionStatus.CANCELLED:
        times = {"Start": (_START, infusion.starts_at), "End": (_END, infusion.ends_at)}
        if infusion.discharged_at:
            times["Patient left"] = (_LEFT, infusion.discharged_at)
        for column, (label, (field, at)) in zip(st.columns(len(times)), times.items(), strict=True):
            value = _minute(at, sheet.zone)
            column.datetime_input(label, value=value, step=_MINUTE, key=key(field))
        dose, weight = st.columns(2)
        dose.number_input("Dose (mg)", value=infusion.dose_mg, min_value=0.0, key=key(_DOSE))
        weight.number_input(
            "Weight (kg)", value=infusion.weight_kg, min_value=0.0, key=key(_WEIGHT)
        )
        given = st.session_state[key(_DOSE)], st.session_state[key(_WEIGHT)]
        if all(given) and given[0] / given[1] > sheet.rules.usual_dose:
            st.checkbox("Dose and weight are right", key=key(_SURE))
    if outcome is InfusionStatus.STOPPED:
        st.text_input("Why it was stopped", value=infusion.reason or "", key=key(_STOPPED))
    st.text_input("Why it is corrected", key=key(_WHY))


def _say_what_follows(actor: Actor, infusion: Infusion) -> None:
    """Of what the fields hold now."""
    try:
        with session.trying(actor) as work:
            said = sentence(foresee_plan(work, infusion.patient_id, _asked(infusion).tried))
        st.info(said, icon=":material/event_note:")
    except MindSpaError as error:
        st.warning(str(error), icon=":material/block:")


def _asked(infusion: Infusion) -> _Asked:
    state, key = st.session_state, partial(_key, infusion)
    outcome: Any = state.get(key(_OUTCOME))
    start, end, left = (state.get(key(field)) for field in (_START, _END, _LEFT))
    dose, weight = state.get(key(_DOSE)), state.get(key(_WEIGHT))
    stopped, why, sure = state.get(key(_STOPPED)), state.get(key(_WHY), ""), state.get(key(_SURE))

    def act(work: UnitOfWork, why: str = why) -> Infusion:
        return correct_infusion(
            work,
            infusion.id,
            version=infusion.version,
            outcome=outcome,
            why=why,
            started_at=_instant(work, start, infusion.started_at),
            ended_at=_instant(work, end, infusion.ended_at),
            discharged_at=_instant(work, left, infusion.discharged_at),
            dose_mg=dose,
            weight_kg=weight,
            stopped_because=stopped,
            dose_confirmed=bool(sure),
        )

    return _Asked(Press(act, "The correction is saved."), partial(act, why=why or _ANY_REASON))


def _instant(work: UnitOfWork, at: datetime | None, recorded: datetime | None) -> datetime | None:
    """A field holds whole minutes: of one that was left alone, the instant that was recorded."""
    if at is None or (recorded and at == _minute(recorded, work.clinic.zone)):
        return recorded if at else None
    return instant(work, at.date(), at.time())


def _minute(at: datetime, zone: str) -> datetime:
    return local(at, zone).replace(tzinfo=None, second=0, microsecond=0)


def _key(infusion: Infusion, field: str) -> str:
    """Another for each version: the fields begin with what is recorded now."""
    return key_of(infusion.id, f"sheet_{field}_{infusion.version}")
