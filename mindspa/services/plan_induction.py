"""Plan the infusions of an induction at once: a new course, and the check-ins that hang on it."""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from mindspa.domain.access import Permission
from mindspa.domain.errors import InvalidInput
from mindspa.domain.treatment import Course, InfusionStatus, Phase
from mindspa.services.plan_course import open_course, plan_infusion, plausible
from mindspa.services.unit_of_work import UnitOfWork

MOST_INFUSIONS = 30


def plan_induction(work: UnitOfWork, patient_id: str, starts: Sequence[datetime]) -> Course:
    """`starts` in their order. A second press of the same button plans nothing more."""
    work.actor.require(Permission.RECORD_TREATMENT)
    work.write_about(patient_id)
    if not 1 <= len(starts) <= MOST_INFUSIONS:
        raise InvalidInput(f"An induction has 1 to {MOST_INFUSIONS} infusions.")
    planned = [
        plausible(work, at, what=f"Infusion {number}") for number, at in enumerate(starts, start=1)
    ]
    for number, (earlier, later) in enumerate(pairwise(planned), start=2):
        if later <= earlier:
            raise InvalidInput(f"Infusion {number} is not after the one before it.")
    if same := _planned_already(work, patient_id, planned):
        return same
    if planned[0] < work.now:
        raise InvalidInput(
            "The first infusion is in the past. Record one that was given under Infusions."
        )
    course = open_course(work, patient_id, Phase.INDUCTION, starts_at=planned[0])
    for at in planned:
        plan_infusion(work, course, planned_at=at)
    return course


def _planned_already(
    work: UnitOfWork, patient_id: str, planned: Sequence[datetime]
) -> Course | None:
    """The last course, where it is an induction of just these infusions."""
    courses = work.records.treatment.courses_of(patient_id)
    if not courses or courses[-1].phase is not Phase.INDUCTION:
        return None
    stand = [
        infusion.planned_at
        for infusion in work.records.treatment.infusions_of(patient_id)
        if infusion.course_id == courses[-1].id and infusion.status is InfusionStatus.PLANNED
    ]
    return courses[-1] if stand == list(planned) else None
