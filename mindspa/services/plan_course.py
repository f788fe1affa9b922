"""Open and end courses, plan infusions, and write the occasions that hang on them."""

from dataclasses import replace
from datetime import datetime, timedelta

from mindspa.domain import entered
from mindspa.domain.access import Permission
from mindspa.domain.clinic_plan import clinic_plan
from mindspa.domain.errors import InvalidInput, NotFound, Stale
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


def plausible(work: UnitOfWork, at: datetime | None, *, what: str) -> datetime:
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
            _refuse_left_over(work, course, starts_at)
            reason = course.end_reason or _begins(phase)
            work.records.treatment.save_course(
                replace(course, ended_at=starts_at, end_reason=reason)
            )
            work.audit("course.ended", about=patient_id, record=course.id)
    course = Course(work.new_id(), patient_id, phase, starts_at)
    work.records.treatment.add_course(course)
    work.audit("course.opened", about=patient_id, record=course.id)
    write_occasions(work, patient_id)
    return course


def close_course(work: UnitOfWork, course: Course, *, at: datetime, reason: str) -> Course:
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
    refuse_overlap(work, infusion)
    work.records.treatment.add_infusion(infusion)
    work.audit("infusion.planned", about=course.patient_id, record=infusion.id)
    _start_course_with_first_infusion(work, course)
    write_occasions(work, course.patient_id)
    return infusion


def write_occasions(work: UnitOfWork, patient_id: str) -> None:
    """Makes the stored occasions equal to the plan that follows from the treatment as it stands.

    The plan is a pure function, so moving, cancelling or ending anything is one rule and no list
    of special cases. What stands keeps the version of the protocol that it was planned under.
    """
    treatment, definitions = work.records.treatment, work.definitions
    patient = work.records.patients.get(patient_id)
    written = treatment.protocol_versions_of(patient_id)
    if max(written.values(), default=1) > definitions.protocol.number:
        raise Stale("The clinic's protocol was changed meanwhile. Try again.")
    planned = clinic_plan(
        patient_id,
        treatment.courses_of(patient_id),
        treatment.infusions_of(patient_id),
        definitions.protocol,
        until=work.now + PLANNED_AHEAD,
        indications=patient.indications,
        pauses=treatment.pauses_of(patient_id),
        earlier=definitions.earlier_protocols,
        written=written,
    )
    treatment.replace_occasions(patient_id, planned)


def course_of(work: UnitOfWork, infusion: Infusion) -> Course:
    return one_course(work, infusion.patient_id, infusion.course_id)


def one_course(work: UnitOfWork, patient_id: str, course_id: str) -> Course:
    for course in work.records.treatment.courses_of(patient_id):
        if course.id == course_id:
            return course
    raise NotFound("There is no such course in your clinic.")


def refuse_stale(infusion: Infusion, version: int) -> None:
    """`version` is the one that the person looked at."""
    if infusion.version != version:
        raise Stale("Somebody changed this infusion meanwhile. Look at it again and repeat.")


def refuse_overlap(work: UnitOfWork, infusion: Infusion) -> None:
    """`infusion` as it would stand; nobody has two at once."""
    for other in work.records.treatment.infusions_of(infusion.patient_id):
        is_another = other.id != infusion.id and other.status is not InfusionStatus.CANCELLED
        if is_another and infusion.overlaps(other):
            raise InvalidInput("Another infusion of this patient is at that time. Check the time.")


def _refuse_left_over(work: UnitOfWork, course: Course, ends_at: datetime) -> None:
    """A course that ends has no infusion after its end."""
    for infusion in work.records.treatment.infusions_of(course.patient_id):
        happens = infusion.status is not InfusionStatus.CANCELLED
        if happens and infusion.course_id == course.id and infusion.ends_at > ends_at:
            raise InvalidInput(
                "The course that runs has an infusion after this. Move or cancel it first."
            )


def _start_course_with_first_infusion(work: UnitOfWork, course: Course) -> None:
    """A course starts at the start of its first infusion that is not cancelled."""
    starts = [
        infusion.starts_at
        for infusion in work.records.treatment.infusions_of(course.patient_id)
        if infusion.course_id == course.id and infusion.status is not InfusionStatus.CANCELLED
    ]
    if starts and min(starts) != course.started_at:
        started = replace(course, started_at=min(starts))
        work.records.treatment.save_course(started)
        end_course_before(work, started)


def end_course_before(work: UnitOfWork, course: Course) -> None:
    """The course before ends where this one begins, and follows it when that moves."""
    courses = work.records.treatment.courses_of(course.patient_id)
    earlier = [c for c in courses if c.id != course.id and c.started_at <= course.started_at]
    if not earlier or (before := earlier[-1]).ended_at is None:
        return
    follows = before.end_reason == _begins(course.phase)
    if before.ended_at > course.started_at or (follows and before.ended_at < course.started_at):
        work.records.treatment.save_course(replace(before, ended_at=course.started_at))


def _begins(phase: Phase) -> str:
    """Why a course ends with which nothing else ends it."""
    return f"{phase} begins"


def follow_infusion(work: UnitOfWork, infusion: Infusion) -> None:
    """After an infusion changed: its course may start elsewhere, its occasions move with it."""
    _start_course_with_first_infusion(work, course_of(work, infusion))
    write_occasions(work, infusion.patient_id)
