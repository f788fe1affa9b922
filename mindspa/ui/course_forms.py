"""What staff plan on a patient's page: infusions and courses. What a change does to the check-ins
is said before it is confirmed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import Any

import streamlit as st

from mindspa.charts.time_axis import local
from mindspa.domain.access import Actor, Permission
from mindspa.domain.course_plan import CourseShape
from mindspa.domain.errors import InvalidInput, MindSpaError
from mindspa.domain.outcomes import Progress
from mindspa.domain.plan_change import sentence
from mindspa.domain.treatment import Course, Infusion, InfusionStatus, PatientStatus, Phase
from mindspa.services.book_infusion import book_infusion
from mindspa.services.change_status import change_status
from mindspa.services.end_course import end_course
from mindspa.services.foresee_plan import foresee_plan
from mindspa.services.move_infusion import move_infusion
from mindspa.services.plan_induction import MOST_INFUSIONS, plan_induction
from mindspa.services.record_infusion import cancel
from mindspa.services.unit_of_work import UnitOfWork
from mindspa.ui import session
from mindspa.ui.record_entry import (
    Press,
    expander,
    instant,
    key_of,
    show_versions,
    version_shown,
)

TITLE = "Course and schedule"
_STEP = timedelta(minutes=5)
_COURSES = {
    "Goes on with the course that runs": None,
    "Begins an induction": Phase.INDUCTION,
    "Begins maintenance": Phase.MAINTENANCE,
}
_ANY_REASON = "…"  # to see what follows before a reason is typed

# Fields, and what else a page remembers of them.
_SEND, _TASK = "plan_send", "plan_task"
_INFUSION, _REASON, _AT, _COURSE = "plan_infusion", "plan_reason", "plan_at", "plan_course"
_FIRST, _STANDS, _RUNNING = "plan_first", "plan_stands", "plan_running"
_STATUS = "plan_status"


class Task(StrEnum):
    MOVE = "Move an infusion"
    CANCEL = "Cancel an infusion"
    ONE = "Plan an infusion"
    INDUCTION = "Plan an induction"
    END = "End the course"
    STATUS = "Change the patient's status"


_DO = {
    Task.MOVE: "Move this infusion",
    Task.CANCEL: "Cancel this infusion",
    Task.ONE: "Plan this infusion",
    Task.INDUCTION: "Plan this induction",
    Task.END: "End this course",
    Task.STATUS: "Change the status",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the fields hold, once they hold enough. `tried` is `press.act` without a reason yet."""

    press: Press
    tried: Callable[[UnitOfWork], object]


def pressed(patient_id: str) -> Press | None:
    """Read before anything is drawn, so that no later tap can lose it."""
    if not st.session_state.get(key_of(patient_id, _SEND)):
        return None
    if (asked := _asked(patient_id)) is None:
        raise InvalidInput("Give the day and the time.")
    return asked.press


def draw(actor: Actor, progress: Progress, shape: CourseShape) -> None:
    if not actor.may(Permission.RECORD_TREATMENT):
        return
    opened = expander(progress.patient.id, TITLE, ":material/event_repeat:")
    if not opened.open:
        return
    key = partial(key_of, progress.patient.id)
    fields = _fields(progress, shape)
    show_versions(progress)
    with opened:
        task = st.radio("What to change", list(fields), key=key(_TASK))
        fields[task]()
        _say_what_follows(actor, progress.patient.id)
        st.button(_DO[task], key=key(_SEND), type="primary")


def _say_what_follows(actor: Actor, patient_id: str) -> None:
    """Of what the fields hold now, once they hold enough."""
    try:
        if asked := _asked(patient_id):
            with session.trying(actor) as work:
                said = sentence(foresee_plan(work, patient_id, asked.tried))
            st.info(said, icon=":material/event_note:")
    except MindSpaError as error:
        st.warning(str(error), icon=":material/block:")


# What the fields hold


def _asked(patient_id: str) -> Asked | None:
    """None where they are not drawn, or hold too little yet."""
    task: Any = st.session_state.get(key_of(patient_id, _TASK))
    read = {
        Task.MOVE: _move_asked,
        Task.CANCEL: _cancel_asked,
        Task.ONE: _one_asked,
        Task.INDUCTION: _induction_asked,
        Task.END: _end_asked,
        Task.STATUS: _status_asked,
    }.get(task)
    return read(patient_id) if read else None


def _move_asked(patient_id: str) -> Asked | None:
    state = st.session_state
    infusion_id: Any = state.get(key_of(patient_id, _INFUSION))
    at = state.get(key_of(patient_id, f"{_AT}_{infusion_id}"))
    stands = state.get(key_of(patient_id, _STANDS), {})
    if at is None or at == stands.get(infusion_id):
        return None
    version = version_shown(patient_id, infusion_id)

    def act(work: UnitOfWork) -> Infusion:
        return move_infusion(work, infusion_id, version=version, planned_at=_instant(work, at))

    return Asked(Press(act, "The infusion is moved, and its check-ins with it.", {}), act)


def _cancel_asked(patient_id: str) -> Asked | None:
    state, reason_key = st.session_state, key_of(patient_id, _REASON)
    infusion_id, reason = state.get(key_of(patient_id, _INFUSION)), state.get(reason_key)
    if infusion_id is None or reason is None:
        return None
    version = version_shown(patient_id, infusion_id)

    def act(work: UnitOfWork, reason: str = reason) -> Infusion:
        return cancel(work, infusion_id, version=version, reason=reason)

    saved = "The infusion is cancelled, and its check-ins with it."
    return Asked(Press(act, saved, {reason_key: ""}), partial(act, reason=reason or _ANY_REASON))


def _one_asked(patient_id: str) -> Asked | None:
    state, at_key = st.session_state, key_of(patient_id, _AT)
    at, course = state.get(at_key), state.get(key_of(patient_id, _COURSE))
    if at is None:
        return None
    if course not in _COURSES:
        raise InvalidInput("Choose the course in the list.")
    new_course = _COURSES[course]

    def act(work: UnitOfWork) -> Infusion:
        return book_infusion(work, patient_id, planned_at=_instant(work, at), new_course=new_course)

    return Asked(
        Press(act, "The infusion is planned, and its check-ins with it.", {at_key: None}), act
    )


def _induction_asked(patient_id: str) -> Asked | None:
    state, first_key = st.session_state, key_of(patient_id, _FIRST)
    first = state.get(first_key)
    if first is None:
        return None
    others = [state.get(key) for key in _following(patient_id, first, MOST_INFUSIONS)]
    starts = [first, *(at for at in others if at is not None)]

    def act(work: UnitOfWork) -> Course:
        return plan_induction(work, patient_id, [_instant(work, at) for at in starts])

    saved = "The induction is planned, and its check-ins with it."
    return Asked(Press(act, saved, {first_key: None}), act)


def _end_asked(patient_id: str) -> Asked | None:
    state, reason_key = st.session_state, key_of(patient_id, _REASON)
    course_id, reason = state.get(key_of(patient_id, _RUNNING)), state.get(reason_key)
    if course_id is None or reason is None:
        return None

    def act(work: UnitOfWork, reason: str = reason) -> Course:
        return end_course(work, patient_id, course_id, reason=reason)

    return Asked(
        Press(act, "The course has ended.", {reason_key: ""}),
        partial(act, reason=reason or _ANY_REASON),
    )


def _status_asked(patient_id: str) -> Asked | None:
    state, reason_key = st.session_state, key_of(patient_id, _REASON)
    status, reason = state.get(key_of(patient_id, _STATUS)), state.get(reason_key)
    if status is None or reason is None:
        return None

    def act(work: UnitOfWork) -> None:
        change_status(work, patient_id, status, reason=reason)

    return Asked(Press(act, "The status is changed.", {reason_key: ""}), act)


def _instant(work: UnitOfWork, at: datetime) -> datetime:
    return instant(work, at.date(), at.time())


def _following(patient_id: str, first: datetime, infusions: int) -> list[str]:
    """Keys of the fields for the infusions after the first; others for another first."""
    return [
        key_of(patient_id, f"plan_{number}_of_{first:%Y-%m-%dT%H:%M}")
        for number in range(2, infusions + 1)
    ]


def _propose(patient_id: str, shape: CourseShape) -> None:
    """Fills the fields that a first infusion brings with it."""
    first = st.session_state.get(key_of(patient_id, _FIRST))
    if first is None:
        return
    days = shape.induction(first.date())[1:]
    for key, day in zip(_following(patient_id, first, shape.infusions), days, strict=True):
        st.session_state.setdefault(key, datetime.combine(day, first.time()))


# The fields


def _fields(progress: Progress, shape: CourseShape) -> Mapping[Task, Callable[[], None]]:
    """Of what can be done now, the likeliest first."""
    planned = {
        infusion.id: infusion
        for infusion in progress.infusions
        if infusion.status in (InfusionStatus.PLANNED, InfusionStatus.STARTED)
    }
    running = next((c for c in progress.courses[-1:] if c.ended_at is None), None)
    begin = {Task.INDUCTION: partial(_induction_fields, progress, shape)}
    one = {Task.ONE: partial(_one_fields, progress, shape)}
    status = {Task.STATUS: partial(_status_fields, progress)}
    if running is None:
        return begin | one | status
    change = {
        Task.MOVE: partial(_move_fields, progress, planned),
        Task.CANCEL: partial(_cancel_fields, progress, planned),
    }
    end = {Task.END: partial(_end_fields, running)}
    return (change if planned else {}) | one | begin | end | status


def _which(progress: Progress, planned: Mapping[str, Infusion]) -> str:
    names = {
        infusion.id: f"{local(infusion.planned_at, progress.zone):%a %d %b %Y, %H:%M}"
        for infusion in planned.values()
    }
    chosen: str = st.selectbox(
        "Infusion",
        list(names),
        format_func=names.__getitem__,
        key=key_of(progress.patient.id, _INFUSION),
    )
    return chosen


def _move_fields(progress: Progress, planned: Mapping[str, Infusion]) -> None:
    key = partial(key_of, progress.patient.id)
    stands = {
        infusion.id: local(infusion.planned_at, progress.zone).replace(tzinfo=None)
        for infusion in planned.values()
    }
    chosen = _which(progress, planned)
    st.datetime_input("New time", value=stands[chosen], step=_STEP, key=key(f"{_AT}_{chosen}"))
    st.session_state[key(_STANDS)] = stands


def _cancel_fields(progress: Progress, planned: Mapping[str, Infusion]) -> None:
    _which(progress, planned)
    st.text_input("Why", key=key_of(progress.patient.id, _REASON))


def _one_fields(progress: Progress, shape: CourseShape) -> None:
    key = partial(key_of, progress.patient.id)
    st.datetime_input("Start", value=None, step=_STEP, key=key(_AT))
    st.selectbox("Course", list(_COURSES), key=key(_COURSE))
    if day := _next_booster(progress, shape):
        weeks = shape.booster_after // timedelta(weeks=1)
        st.caption(f"The next booster, {weeks} weeks after the last, would be on {_day(day)}.")


def _next_booster(progress: Progress, shape: CourseShape) -> date | None:
    course = progress.courses[-1] if progress.courses else None
    given = [infusion.starts_at for infusion in progress.infusions if infusion.treated]
    if course is None or course.phase is not Phase.MAINTENANCE or not given:
        return None
    return shape.booster(local(max(given), progress.zone).date())


def _induction_fields(progress: Progress, shape: CourseShape) -> None:
    patient_id = progress.patient.id
    _propose(patient_id, shape)
    first_key = key_of(patient_id, _FIRST)
    st.datetime_input("Infusion 1", value=None, step=_STEP, key=first_key)
    first = st.session_state[first_key]
    if first is None:
        st.caption(f"The days of the other {shape.infusions - 1} are proposed then.")
        return
    st.caption("Proposed on the clinic's days. Move each as needed, or clear it to leave it out.")
    following = list(enumerate(_following(patient_id, first, shape.infusions), start=2))
    for place in range(0, len(following), 2):  # in rows, so that a phone has them in order
        columns = st.columns(2)
        for column, (number, key) in zip(columns, following[place : place + 2], strict=False):
            column.datetime_input(f"Infusion {number}", value=None, step=_STEP, key=key)


def _end_fields(running: Course) -> None:
    st.session_state[key_of(running.patient_id, _RUNNING)] = running.id
    st.text_input("Why", key=key_of(running.patient_id, _REASON))
    st.caption("What it still has planned is cancelled. The follow-up of what was given goes on.")


def _status_fields(progress: Progress) -> None:
    key = partial(key_of, progress.patient.id)
    others = [status for status in PatientStatus if status is not progress.patient.status]
    st.selectbox("Status", others, format_func=str.capitalize, key=key(_STATUS))
    st.text_input("Why (may be left empty)", key=key(_REASON))
    st.caption(
        "Nothing is asked of a patient who is not active. A pause leaves planned infusions where "
        "they are; they are cancelled for a patient who was transferred or has died."
    )


def _day(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B %Y}"
