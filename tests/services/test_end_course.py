"""A course ends with a reason: what is planned is cancelled, what was given is followed up."""

from dataclasses import replace
from datetime import timedelta

import pytest

from mindspa.bootstrap import Runtime
from mindspa.domain.access import Role, operator
from mindspa.domain.errors import InvalidInput, NotFound, NotPermitted
from mindspa.domain.treatment import Clinic, Course, Infusion, InfusionStatus, Patient
from mindspa.services.end_course import end_course
from mindspa.services.plan_induction import plan_induction
from tests.conftest import NOW, Clock
from tests.factories import a_clinic, a_patient, account_of, an_induction, an_infusion, staff

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def course(runtime: Runtime, clinic: Clinic, patient: Patient) -> Course:
    """One infusion given yesterday, two planned."""
    course = an_induction(runtime, clinic, patient, starts_at=NOW - DAY)
    for days in (-1, 1, 3):
        an_infusion(runtime, clinic, course, starts_at=NOW + days * DAY)
    return course


def end(runtime: Runtime, course: Course, reason: str = "Moved away.") -> Course:
    with runtime.unit_of_work(operator("clinic")) as work:
        return end_course(work, course.patient_id, course.id, reason=reason)


def stored(runtime: Runtime, patient: Patient) -> tuple[list[Course], list[Infusion]]:
    with runtime.reading(operator("clinic")) as work:
        treatment = work.records.treatment
        return treatment.courses_of(patient.id), treatment.infusions_of(patient.id)


def test_what_is_planned_is_cancelled_with_the_same_reason(
    runtime: Runtime, patient: Patient, course: Course
) -> None:
    end(runtime, course)
    (ended,), infusions = stored(runtime, patient)
    assert (ended.ended_at, ended.end_reason) == (NOW, "Moved away.")
    assert [(infusion.status, infusion.reason) for infusion in infusions] == [
        (InfusionStatus.GIVEN, None),
        (InfusionStatus.CANCELLED, "Moved away."),
        (InfusionStatus.CANCELLED, "Moved away."),
    ]
    with runtime.reading(operator("clinic")) as work:
        asked = {o.code for o in work.records.treatment.occasions_of(patient.id) if o.asked}
        events = [event.what for event in work.records.audit_events(patient.id)]
    assert asked == {"baseline", "pre_infusion", "24h", "48h", "72h", "index"}
    assert (events.count("course.ended"), events.count("infusion.cancelled")) == (1, 2)


def test_a_second_press_ends_it_once(runtime: Runtime, clock: Clock, course: Course) -> None:
    first = end(runtime, course)
    clock.forward(minutes=1)
    assert end(runtime, course, "Again.") == first


def test_one_that_had_not_begun_leaves_its_place_to_another(
    runtime: Runtime, clinic: Clinic, patient: Patient
) -> None:
    with runtime.unit_of_work(operator("clinic")) as work:
        planned = plan_induction(work, patient.id, [NOW + 20 * DAY])
    end(runtime, planned)
    with runtime.unit_of_work(operator("clinic")) as work:
        plan_induction(work, patient.id, [NOW + 5 * DAY])
    courses, _ = stored(runtime, patient)
    assert [(course.started_at, course.ended_at) for course in courses] == [
        (NOW, NOW),
        (NOW + 5 * DAY, None),
    ]


def test_not_without_a_reason_nor_while_an_infusion_runs(
    runtime: Runtime, patient: Patient, course: Course
) -> None:
    with pytest.raises(InvalidInput, match="Say why the course ends"):
        end(runtime, course, " \n")
    with runtime.unit_of_work(operator("clinic")) as work:
        planned = work.records.treatment.infusions_of(patient.id)[1]
        work.records.treatment.save_infusion(
            replace(planned, status=InfusionStatus.STARTED, started_at=NOW, version=2)
        )
    with pytest.raises(InvalidInput, match="An infusion is under way"):
        end(runtime, course)
    (unended,), _ = stored(runtime, patient)
    assert unended.ended_at is None


def test_of_another_patient_or_clinic_there_is_none_and_a_patient_ends_nothing(
    runtime: Runtime, clinic: Clinic, patient: Patient, course: Course
) -> None:
    other = a_patient(runtime, clinic, "Sam Example")
    with pytest.raises(NotFound), runtime.unit_of_work(operator("clinic")) as work:
        end_course(work, other.id, course.id, reason="x")
    elsewhere = staff(runtime, a_clinic(runtime, "elsewhere"), Role.CLINICIAN)
    with pytest.raises(NotFound), runtime.unit_of_work(elsewhere) as work:
        end_course(work, patient.id, course.id, reason="x")
    with (
        pytest.raises(NotPermitted),
        runtime.unit_of_work(account_of(runtime, clinic, patient)) as work,
    ):
        end_course(work, patient.id, course.id, reason="x")
