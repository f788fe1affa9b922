"""A clinician reviews an induction in its middle: when it is due, what each decision does."""

from datetime import timedelta

import pytest

from mindspa.bootstrap import Runtime
from mindspa.domain.access import Actor, Role, operator
from mindspa.domain.course_review import CourseReview, Decision, DoseUnit
from mindspa.domain.errors import InvalidInput, NotFound, NotPermitted
from mindspa.domain.treatment import Clinic, Course, InfusionStatus, Patient
from mindspa.services.end_course import end_course
from mindspa.services.record_infusion import record_end
from mindspa.services.review_course import ReviewsView, review_course, view_reviews
from mindspa.services.view_infusion_day import Readiness, view_sheet
from mindspa.services.view_patients import view_patients
from mindspa.services.view_progress import view_progress
from tests.conftest import NOW, Clock
from tests.factories import a_clinic, a_patient, an_induction, an_infusion, staff

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def course(runtime: Runtime, clinic: Clinic, patient: Patient) -> Course:
    """Two infusions given, the third in an hour, the fourth in two days."""
    course = an_induction(runtime, clinic, patient, starts_at=NOW - 3 * DAY)
    for starts_at in (NOW - 3 * DAY, NOW - DAY, NOW + HOUR, NOW + 2 * DAY):
        an_infusion(runtime, clinic, course, starts_at=starts_at)
    return course


def review(
    runtime: Runtime,
    by: Actor,
    course: Course,
    decision: str | None = Decision.CONTINUE,
    **said: object,
) -> CourseReview:
    with runtime.unit_of_work(by) as work:
        said = {"reason": "Sleeps better."} | said
        return review_course(work, course.patient_id, course.id, decision=decision, **said)  # type: ignore[arg-type]


def seen(runtime: Runtime, by: Actor, patient: Patient) -> tuple[ReviewsView, list[str]]:
    """On the patient's page, and among the reasons in the panel."""
    with runtime.reading(by) as work:
        view = view_reviews(work, view_progress(work, patient.id))
        (row,) = view_patients(work).rows
        return view, [reason for reason in row.reasons if reason.startswith("Mid-course")]


def readiness(runtime: Runtime, by: Actor, patient: Patient, place: int) -> Readiness:
    with runtime.reading(by) as work:
        infusion = work.records.treatment.infusions_of(patient.id)[place]
        return view_sheet(work, infusion.id).readiness


def give_next(runtime: Runtime, clock: Clock, patient: Patient) -> None:
    """On time, over after an hour."""
    with runtime.reading(operator("clinic")) as work:
        infusions = work.records.treatment.infusions_of(patient.id)
    infusion = next(one for one in infusions if one.status is InfusionStatus.PLANNED)
    clock.now = infusion.planned_at + HOUR
    with runtime.unit_of_work(operator("clinic")) as work:
        record_end(
            work,
            infusion.id,
            version=infusion.version,
            started_at=infusion.planned_at,
            ended_at=work.now,
        )


def test_due_from_the_second_infusion_overdue_after_the_fourth(
    runtime: Runtime, clinic: Clinic, clinician: Actor, patient: Patient, clock: Clock
) -> None:
    course = an_induction(runtime, clinic, patient, starts_at=NOW + DAY)
    for days in (1, 3, 5, 7, 9, 11):
        an_infusion(runtime, clinic, course, starts_at=NOW + days * DAY)
    found = []
    for _ in range(5):
        give_next(runtime, clock, patient)
        view, reasons = seen(runtime, clinician, patient)
        found.append((view.due, *reasons))
    due, overdue = "Mid-course review due", "Mid-course review overdue"
    assert found == [(None,), (2, due), (3, due), (4, due), (5, overdue)]


def test_due_ends_with_a_review_or_with_the_course(
    runtime: Runtime, clinician: Actor, patient: Patient, course: Course
) -> None:
    assert readiness(runtime, clinician, patient, 2).review_due == 2
    first = review(runtime, clinician, course, review_id="press")
    assert review(runtime, clinician, course, review_id="press") == first
    view, reasons = seen(runtime, clinician, patient)
    assert (view.reviews, view.due, reasons) == ((first,), None, [])
    assert (first.given, first.by_name, first.at) == (2, clinician.name, NOW)
    assert readiness(runtime, clinician, patient, 2).review_due is None
    with runtime.reading(clinician) as work:
        events = [event.what for event in work.records.audit_events(patient.id)]
    assert events.count("course.reviewed") == 1


def test_a_course_that_has_ended_waits_for_none(
    runtime: Runtime, clinician: Actor, patient: Patient, course: Course
) -> None:
    with runtime.unit_of_work(clinician) as work:
        end_course(work, patient.id, course.id, reason="Moved away.")
    view, reasons = seen(runtime, clinician, patient)
    assert (view.course, view.due, reasons) == (None, None, [])
    with pytest.raises(InvalidInput, match="needs an induction that goes on, with 2"):
        review(runtime, clinician, course)


def test_a_changed_dose_stands_on_the_sheets_to_come(
    runtime: Runtime, clinician: Actor, patient: Patient, course: Course, clock: Clock
) -> None:
    changed = review(
        runtime, clinician, course, Decision.CHANGE_DOSE, dose=0.6, unit=DoseUnit.MG_PER_KG
    )
    assert (changed.dose, changed.unit) == (0.6, DoseUnit.MG_PER_KG)
    clock.forward(minutes=1)
    review(runtime, clinician, course)  # with that dose
    sheets = [readiness(runtime, clinician, patient, place).dose_change for place in range(4)]
    assert sheets == [None, None, changed, changed]


def test_stopping_ends_the_course_with_the_same_reason(
    runtime: Runtime, clinician: Actor, patient: Patient, course: Course
) -> None:
    review(runtime, clinician, course, Decision.STOP, reason="No change at all.")
    with runtime.reading(clinician) as work:
        (ended,) = work.records.treatment.courses_of(patient.id)
        infusions = work.records.treatment.infusions_of(patient.id)
    assert (ended.ended_at, ended.end_reason) == (NOW, "No change at all.")
    assert [infusion.status for infusion in infusions[2:]] == 2 * [InfusionStatus.CANCELLED]


@pytest.mark.parametrize(
    "decision, said, refused",
    [
        (None, {}, "Choose what came"),
        ("go on", {}, "Choose what came"),
        (Decision.CONTINUE, {"reason": " \n"}, "Write the reason"),
        (Decision.CONTINUE, {"reason": "x" * 2001}, "The reason can have 2000 characters"),
        (Decision.CHANGE_DOSE, {"dose": 1}, "Choose what the new dose"),
        (Decision.CHANGE_DOSE, {"dose": 1, "unit": "g"}, "Choose what the new dose"),
        (Decision.CHANGE_DOSE, {"unit": "mg"}, "The new dose in mg is a number"),
        (Decision.CHANGE_DOSE, {"dose": 9.0, "unit": "mg/kg"}, "each kilogram is a number from"),
        (Decision.CHANGE_DOSE, {"dose": float("nan"), "unit": "mg"}, "is a number"),
    ],
)
def test_refused(
    runtime: Runtime,
    clinician: Actor,
    patient: Patient,
    course: Course,
    decision: str | None,
    said: dict[str, object],
    refused: str,
) -> None:
    with pytest.raises(InvalidInput, match=refused):
        review(runtime, clinician, course, decision, **said)
    assert seen(runtime, clinician, patient)[0].reviews == ()


def test_too_early_by_others_and_of_another_clinic(
    runtime: Runtime, clinic: Clinic, clinician: Actor, patient: Patient, course: Course
) -> None:
    with pytest.raises(NotPermitted):
        review(runtime, staff(runtime, clinic, Role.CARE_TEAM), course)
    elsewhere = staff(runtime, a_clinic(runtime, "elsewhere"), Role.CLINICIAN)
    with pytest.raises(NotFound):
        review(runtime, elsewhere, course)
    other = a_patient(runtime, clinic, "Sam Example")
    early = an_induction(runtime, clinic, other, starts_at=NOW - DAY)
    an_infusion(runtime, clinic, early, starts_at=NOW - DAY)
    with pytest.raises(InvalidInput, match="needs an induction"):
        review(runtime, clinician, early)
    with pytest.raises(NotFound), runtime.unit_of_work(clinician) as work:
        review_course(work, other.id, course.id, decision="continue", reason="x")
