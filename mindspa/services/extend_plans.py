"""Plan repeating occasions further ahead as time goes on, and end inductions that came to rest."""

from datetime import datetime, timedelta

from mindspa.domain.access import Permission
from mindspa.domain.treatment import Course, InfusionStatus, Phase
from mindspa.services.plan_course import PLANNED_AHEAD, close_course, write_occasions
from mindspa.services.unit_of_work import UnitOfWork

KEPT_AHEAD = PLANNED_AHEAD - timedelta(weeks=2)


def patients_to_plan_for(work: UnitOfWork) -> list[str]:
    """Ids of patients in a course that goes on, with nothing planned beyond the next weeks."""
    work.actor.require(Permission.RECORD_TREATMENT)
    return work.records.treatment.patients_planned_until(work.now + KEPT_AHEAD)


def extend_plan(work: UnitOfWork, patient_id: str) -> bool:
    """Whether there was anything to do. An induction, whose occasions are planned with its
    infusions, ends after 14 days with none given or planned; maintenance is planned ahead."""
    work.actor.require(Permission.RECORD_TREATMENT)
    work.records.patients.lock(patient_id)  # somebody may be booking the next infusion
    course = work.records.treatment.courses_of(patient_id)[-1]
    if course.phase is Phase.INDUCTION:
        rests_at = _last_start(work, course) + work.definitions.protocol.induction_idle
        if work.now < rests_at:
            return False
        close_course(work, course, at=rests_at, reason="no infusion given or planned since")
    else:
        work.write_about(patient_id)
        write_occasions(work, patient_id)
        work.audit("plan.extended", about=patient_id, record=course.id)
    return True


def _last_start(work: UnitOfWork, course: Course) -> datetime:
    return max(
        (
            infusion.starts_at
            for infusion in work.records.treatment.infusions_of(course.patient_id)
            if infusion.course_id == course.id and infusion.status is not InfusionStatus.CANCELLED
        ),
        default=course.started_at,
    )
