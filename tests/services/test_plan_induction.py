"""An induction planned at once: one course, its infusions, its check-ins, and never twice."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from mindspa.bootstrap import Runtime
from mindspa.domain.access import Role, operator
from mindspa.domain.errors import InvalidInput, NotPermitted
from mindspa.domain.treatment import Clinic, Course, Patient, Phase
from mindspa.services.book_infusion import book_infusion
from mindspa.services.plan_induction import plan_induction
from tests.conftest import NOW
from tests.factories import account_of, an_induction, an_infusion, staff

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
STARTS = [NOW + days * DAY for days in (2, 5, 7, 9, 12, 14)]


def plan(runtime: Runtime, patient: Patient, starts: Sequence[datetime] = STARTS) -> Course:
    with runtime.unit_of_work(operator("clinic")) as work:
        return plan_induction(work, patient.id, starts)


def stored(runtime: Runtime, patient: Patient) -> tuple[list[Course], list[datetime], set[str]]:
    with runtime.reading(operator("clinic")) as work:
        treatment = work.records.treatment
        return (
            treatment.courses_of(patient.id),
            [infusion.planned_at for infusion in treatment.infusions_of(patient.id)],
            {occasion.code for occasion in treatment.occasions_of(patient.id)},
        )


def test_one_course_its_infusions_and_its_check_ins(runtime: Runtime, patient: Patient) -> None:
    course = plan(runtime, patient)
    courses, planned, codes = stored(runtime, patient)
    assert courses == [course]
    assert (course.phase, course.started_at, course.ended_at) == (Phase.INDUCTION, STARTS[0], None)
    assert planned == STARTS
    assert codes >= {"baseline", "weekly-1", "pre_infusion", "24h", "48h", "72h", "index"}


def test_a_second_press_plans_nothing_more(runtime: Runtime, patient: Patient) -> None:
    first = plan(runtime, patient)
    before = stored(runtime, patient)
    assert plan(runtime, patient) == first
    assert stored(runtime, patient) == before


def test_it_closes_the_maintenance_that_runs(
    runtime: Runtime, clinic: Clinic, patient: Patient
) -> None:
    with runtime.unit_of_work(operator("clinic")) as work:
        book_infusion(work, patient.id, planned_at=NOW - 30 * DAY, new_course=Phase.MAINTENANCE)
    plan(runtime, patient)
    courses, *_ = stored(runtime, patient)
    assert [(course.phase, course.ended_at) for course in courses] == [
        (Phase.MAINTENANCE, STARTS[0]),
        (Phase.INDUCTION, None),
    ]
    assert courses[0].end_reason == "induction begins"


@pytest.mark.parametrize(
    "starts, says",
    [
        ([], "An induction has 1 to 30 infusions."),
        ([NOW + n * DAY for n in range(1, 32)], "An induction has 1 to 30 infusions."),
        ([NOW - HOUR], "The first infusion is in the past."),
        ([NOW + DAY, NOW + DAY], "Infusion 2 is not after the one before it."),
        ([NOW + DAY, NOW + 3 * DAY, NOW + 2 * DAY], "Infusion 3 is not after the one before it."),
        ([NOW + DAY, NOW + DAY + HOUR / 2], "Another infusion of this patient is at that time."),
        ([NOW + DAY, NOW + 4000 * DAY], "Infusion 2 is more than ten years from now."),
        ([NOW.replace(tzinfo=None) + DAY], "Infusion 1 needs a day and a time."),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_of_it_stays(
    runtime: Runtime, patient: Patient, starts: list[datetime], says: str
) -> None:
    with pytest.raises(InvalidInput, match=says):
        plan(runtime, patient, starts)
    assert stored(runtime, patient) == ([], [], set())


def test_a_course_that_has_an_infusion_planned_after_it_must_be_settled_first(
    runtime: Runtime, clinic: Clinic, patient: Patient
) -> None:
    course = an_induction(runtime, clinic, patient, starts_at=NOW - DAY)
    an_infusion(runtime, clinic, course, starts_at=NOW - DAY)
    an_infusion(runtime, clinic, course, starts_at=NOW + 3 * DAY)
    with pytest.raises(InvalidInput, match="Move or cancel it first"):
        plan(runtime, patient)


def test_only_who_records_treatment_plans_one(
    runtime: Runtime, clinic: Clinic, patient: Patient
) -> None:
    for actor in (
        account_of(runtime, clinic, patient),
        staff(runtime, clinic, Role.ADMINISTRATOR),
    ):
        with pytest.raises(NotPermitted), runtime.unit_of_work(actor) as work:
            plan_induction(work, patient.id, STARTS)
    assert stored(runtime, patient) == ([], [], set())
