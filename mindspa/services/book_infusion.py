"""Book the next infusion of a patient, in the course that runs or in a new one."""

from datetime import datetime

from mindspa.domain.access import Permission
from mindspa.domain.errors import InvalidInput
from mindspa.domain.treatment import Infusion, InfusionStatus, Phase
from mindspa.services.plan_course import open_course, plan_infusion, plausible
from mindspa.services.unit_of_work import UnitOfWork


def book_infusion(
    work: UnitOfWork, patient_id: str, *, planned_at: datetime, new_course: Phase | None = None
) -> Infusion:
    """Booking the same time twice books it once. `new_course` None: the last course goes on."""
    work.actor.require(Permission.RECORD_TREATMENT)
    work.write_about(patient_id)
    planned_at = plausible(work, planned_at, what="The infusion")
    for infusion in work.records.treatment.infusions_of(patient_id):
        if infusion.planned_at == planned_at and infusion.status is not InfusionStatus.CANCELLED:
            return infusion
    if new_course is not None:
        course = open_course(work, patient_id, new_course, starts_at=planned_at)
        return plan_infusion(work, course, planned_at=planned_at)
    courses = work.records.treatment.courses_of(patient_id)
    if not courses or courses[-1].ended_at is not None:
        raise InvalidInput("No course runs now. Choose which course begins with this infusion.")
    if len(courses) > 1 and planned_at < courses[-1].started_at:
        raise InvalidInput("This is before the course began. Check the date.")
    return plan_infusion(work, courses[-1], planned_at=planned_at)
