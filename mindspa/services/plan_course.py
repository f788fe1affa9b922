"""Open and end courses, plan infusions, and write the occasions that hang on them."""

from dataclasses import replace
from datetime import datetime, timedelta

from mindspa.domain import entered, schedule
from mindspa.domain.access import Permission
from mindspa.domain.errors import InvalidInput, NotFound
from mindspa.domain.treatment import (
    Course,
    Infusion,
    InfusionStatus,
    Phase,
    Substance,
)
from mindspa.services.unit_of_work import UnitOfWork

PLANNED_AHEAD = timedelta(weeks=8)

# Further from now an infusion is a slip of the keyboard, and weeks of check-ins would hang on it.
FURTHEST = timedelta(days=3653)


def plausible(work: UnitOfWork, at: datetime, *, what: str) -> datetime:
    """When an infusion is, was or will be, as somebody entered it; in UTC."""
    at = entered.instant(at, what=what)
    if abs(at - work.now) > FURTHEST:
        raise InvalidInput(f"{what} is more than ten years from now. Check the date.")
    return at


def open_course(work: UnitOfWork, patient_id: str, phase: Phase, *, starts_at: datetime) -> Course:
    """A new course; the one before ends where it starts, because courses never overlap."""
    work.actor.require(Permission.RECORD_TREATMENT)
    work.write_about(patient_id)
    for course in work.records.treatment.courses_of(patient_id):
        if course.started_at >= starts_at:
            raise InvalidInput(
                "A course must start after the one before it. Check the date of the first infusion."
            )
        if course.ended_at is None or course.ended_at > starts_at:
            reason = course.end_reason or f"{phase} begins"
            work.records.treatment.save_course(
                replace(course, ended_at=starts_at, end_reason=reason)
            )
            work.audit("course.ended", about=patient_id, record=course.id)
    course = Course(work.new_id(), patient_id, phase, starts_at)
    work.records.treatment.add_course(course)
    work.audit("course.opened", about=patient_id, record=course.id)
    write_occasions(work, patient_id)
    return course


def end_course(work: UnitOfWork, course: Course, *, at: datetime, reason: str) -> Course:
    work.actor.require(Permission.RECORD_TREATMENT)
    work.write_about(course.patient_id)
    if at < course.started_at:
        raise InvalidInput("A course cannot end before it starts.")
    ended = replace(course, ended_at=at, end_reason=reason)
    work.records.treatment.save_course(ended)
    work.audit("course.ended", about=course.patient_id, record=course.id)
    write_occasions(work, course.patient_id)
    return ended


def plan_infusion(
    work: UnitOfWork, course: Course, *, planned_at: datetime, substance: Substance | None = None
) -> Infusion:
    work.actor.require(Permission.RECORD_TREATMENT)
    work.write_about(course.patient_id)
    infusion = Infusion(
        work.new_id(),
        course.patient_id,
        course.id,
        planned_at,
        InfusionStatus.PLANNED,
        substance=substance or Substance.KETAMINE,
        recorded_at=work.now,
        recorded_by=work.actor.id,
    )
    work.records.treatment.add_infusion(infusion)
    work.audit("infusion.planned", about=course.patient_id, record=infusion.id)
    _start_course_with_first_infusion(work, course)
    write_occasions(work, course.patient_id)
    return infusion


def write_occasions(work: UnitOfWork, patient_id: str) -> None:
    """Makes the stored occasions equal to the plan that follows from the treatment as it stands.

    The plan is a pure function, so moving, cancelling or ending anything is one rule and no list
    of special cases.
    """
    treatment = work.records.treatment
    patient = work.records.patients.get(patient_id)
    planned = schedule.plan(
        patient_id,
        treatment.courses_of(patient_id),
        treatment.infusions_of(patient_id),
        work.definitions.protocol,
        until=work.now + PLANNED_AHEAD,
        indications=patient.indications,
    )
    treatment.replace_occasions(patient_id, planned)


def course_of(work: UnitOfWork, infusion: Infusion) -> Course:
    for course in work.records.treatment.courses_of(infusion.patient_id):
        if course.id == infusion.course_id:
            return course
    raise NotFound("There is no such course in your clinic.")


def _start_course_with_first_infusion(work: UnitOfWork, course: Course) -> None:
    """A course starts at the start of its first infusion that is not cancelled."""
    starts = [
        infusion.starts_at
        for infusion in work.records.treatment.infusions_of(course.patient_id)
        if infusion.course_id == course.id and infusion.status is not InfusionStatus.CANCELLED
    ]
    if starts and min(starts) != course.started_at:
        work.records.treatment.save_course(replace(course, started_at=min(starts)))


def follow_infusion(work: UnitOfWork, infusion: Infusion) -> None:
    """After an infusion changed: its course may start elsewhere, its occasions move with it."""
    _start_course_with_first_infusion(work, course_of(work, infusion))
    write_occasions(work, infusion.patient_id)
