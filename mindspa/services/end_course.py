"""End the course that runs, with a reason; what it still has planned is cancelled."""

from dataclasses import replace

from mindspa.domain import entered
from mindspa.domain.access import Permission
from mindspa.domain.errors import InvalidInput
from mindspa.domain.treatment import Course, InfusionStatus
from mindspa.services.plan_course import close_course, end_course_before, one_course
from mindspa.services.unit_of_work import UnitOfWork


def end_course(work: UnitOfWork, patient_id: str, course_id: str, *, reason: str) -> Course:
    """Ending twice ends once. A course that had not begun leaves its place to another."""
    work.actor.require(Permission.RECORD_TREATMENT)
    work.write_about(patient_id)
    course = one_course(work, patient_id, course_id)
    reason = entered.needed_note(reason, missing="Say why the course ends.")
    own = [
        infusion
        for infusion in work.records.treatment.infusions_of(patient_id)
        if infusion.course_id == course_id
    ]
    if any(infusion.status is InfusionStatus.STARTED for infusion in own):
        raise InvalidInput("An infusion is under way. Record its end first.")
    for infusion in own:
        if infusion.status is InfusionStatus.PLANNED:
            work.records.treatment.save_infusion(
                replace(
                    infusion,
                    status=InfusionStatus.CANCELLED,
                    reason=reason,
                    version=infusion.version + 1,
                )
            )
            work.audit("infusion.cancelled", about=patient_id, record=infusion.id)
    if course.ended_at is not None and course.ended_at <= work.now:
        return course
    begun = replace(course, started_at=min(course.started_at, work.now))
    work.records.treatment.save_course(begun)
    end_course_before(work, begun)
    return close_course(work, begun, at=work.now, reason=reason)
