"""A patient fills in the new-patient forms, a clinician reviews them."""

from datetime import timedelta

import pytest

from mindspa.bootstrap import Runtime
from mindspa.domain.access import Actor, Role, operator
from mindspa.domain.errors import InvalidInput, NotFound, NotPermitted
from mindspa.domain.intake import Entry, Intake, Status, Verdict
from mindspa.domain.safety import Alert, Tier
from mindspa.domain.treatment import Clinic, Patient
from mindspa.services.answer_intake import hand_in, save_entry, show_intake
from mindspa.services.open_check_in import today
from mindspa.services.review_intake import review_intake, view_intake
from mindspa.services.view_patients import view_patients
from tests.conftest import NOW, Clock
from tests.factories import (
    a_clinic,
    a_patient,
    account_of,
    an_induction,
    an_infusion,
    assessed,
    staff,
)
from tests.spec.test_intake import complete

HOUR = timedelta(hours=1)


@pytest.fixture
def person(runtime: Runtime, clinic: Clinic, patient: Patient) -> Actor:
    return account_of(runtime, clinic, patient)


def enter(runtime: Runtime, person: Actor, field: str, value: object, replaces: int = 0) -> Entry:
    with runtime.unit_of_work(person) as work:
        return save_entry(work, field, value, replaces=replaces)


def filled_in(runtime: Runtime, person: Actor, **changed: object) -> None:
    for field, value in (complete(runtime.definitions.intake) | changed).items():
        enter(runtime, person, field, value)


def handed_in(runtime: Runtime, person: Actor) -> None:
    with runtime.unit_of_work(person) as work:
        hand_in(work)


def reviewed(
    runtime: Runtime, by: Actor, patient: Patient, verdict: Verdict = Verdict.ELIGIBLE
) -> None:
    with runtime.unit_of_work(by) as work:
        review_intake(work, patient.id, verdict=verdict, reason="History read.")


def intake_of(runtime: Runtime, patient: Patient) -> Intake:
    with runtime.reading(operator("clinic")) as work:
        return work.records.intakes.of(patient.id)


def alerts_of(runtime: Runtime, patient: Patient) -> list[Alert]:
    with runtime.reading(operator("clinic")) as work:
        return work.records.alerts.of_many([patient.id])


def stored_status(runtime: Runtime, patient: Patient) -> str:
    with runtime.reading(operator("clinic")) as work:
        return work.records.patients.get(patient.id).intake


def test_from_the_first_entry_to_the_verdict(
    runtime: Runtime, clinician: Actor, patient: Patient, person: Actor
) -> None:
    assert stored_status(runtime, patient) == Status.NOT_BEGUN
    enter(runtime, person, "reason_ptsd", True)
    assert stored_status(runtime, patient) == Status.BEGUN
    with pytest.raises(InvalidInput, match="Not answered yet: A widened"):
        handed_in(runtime, person)
    filled_in(runtime, person)
    for _ in range(2):
        handed_in(runtime, person)
    assert stored_status(runtime, patient) == Status.TO_REVIEW
    assert len(intake_of(runtime, patient).hand_ins) == 1
    reviewed(runtime, clinician, patient)
    assert stored_status(runtime, patient) == Status.ELIGIBLE
    with runtime.reading(person) as work:
        assert show_intake(work).intake.reviews[0].by_name == clinician.name


def test_an_entry_is_kept_once_and_its_change_beside_it(
    runtime: Runtime, patient: Patient, person: Actor
) -> None:
    for _ in range(2):
        assert enter(runtime, person, "medicines", "Sertraline").revision == 1
    assert enter(runtime, person, "medicines", "Sertraline 50 mg", replaces=1).revision == 2
    found = intake_of(runtime, patient)
    assert [entry.value for entry in found.entries] == ["Sertraline", "Sertraline 50 mg"]


def test_of_two_tabs_the_first_stands(runtime: Runtime, patient: Patient, person: Actor) -> None:
    enter(runtime, person, "heart", "yes")
    assert enter(runtime, person, "heart", "no", replaces=0).value == "yes"
    assert intake_of(runtime, patient).values == {"heart": "yes"}


def test_thoughts_of_ending_their_life_raise_an_alert_as_they_are_ticked(
    runtime: Runtime, clinician: Actor, patient: Patient, person: Actor, clock: Clock
) -> None:
    enter(runtime, person, "reason_suicidal", True)
    (alert,) = alerts_of(runtime, patient)
    assert (alert.tier, alert.rule) == (Tier.SAME_DAY, "intake_suicidal")
    # Taken back and ticked again it is the same alert, until somebody has assessed it.
    enter(runtime, person, "reason_suicidal", False, replaces=1)
    enter(runtime, person, "reason_suicidal", True, replaces=2)
    assert len(alerts_of(runtime, patient)) == 1
    with runtime.unit_of_work(clinician) as work:
        assessed(work, alert.id, outcome="assessed", note="Talked to them.")
    clock.now = NOW + HOUR
    enter(runtime, person, "reason_suicidal", False, replaces=3)
    enter(runtime, person, "reason_suicidal", True, replaces=4)
    assert len(alerts_of(runtime, patient)) == 2


def test_the_alert_is_raised_whichever_entry_stands(
    runtime: Runtime, clinician: Actor, patient: Patient, person: Actor
) -> None:
    """From an old tab, and after the forms were handed in."""
    enter(runtime, person, "reason_suicidal", False)
    enter(runtime, person, "reason_suicidal", True, replaces=5)
    assert len(alerts_of(runtime, patient)) == 1
    other = a_patient(runtime, a_clinic_again(runtime), "Other Example")
    own = account_of(runtime, a_clinic_again(runtime), other)
    filled_in(runtime, own)
    handed_in(runtime, own)
    assert not alerts_of(runtime, other)
    enter(runtime, own, "reason_suicidal", True)
    assert len(alerts_of(runtime, other)) == 1
    assert "reason_suicidal" not in intake_of(runtime, other).values


def a_clinic_again(runtime: Runtime) -> Clinic:
    (clinic,) = runtime.accounts.clinics()
    return clinic


def test_what_is_with_the_clinic_is_not_changed(
    runtime: Runtime, clinician: Actor, patient: Patient, person: Actor, clock: Clock
) -> None:
    filled_in(runtime, person)
    handed_in(runtime, person)
    with pytest.raises(InvalidInput, match="with the clinic"):
        enter(runtime, person, "heart", "yes", replaces=1)
    reviewed(runtime, clinician, patient, Verdict.MORE_NEEDED)
    clock.now = NOW + HOUR
    enter(runtime, person, "heart", "yes", replaces=1)
    handed_in(runtime, person)
    assert stored_status(runtime, patient) == Status.TO_REVIEW


def test_what_is_asked_follows_from_why_they_come(
    runtime: Runtime, clinic: Clinic, patient: Patient, person: Actor
) -> None:
    starts = NOW + timedelta(days=3)
    course = an_induction(runtime, clinic, patient, starts_at=starts)
    an_infusion(runtime, clinic, course, starts_at=starts)
    filled_in(runtime, person, reason_ptsd=True)
    handed_in(runtime, person)
    with runtime.reading(operator("clinic")) as work:
        known = work.records.patients.get(patient.id)
        (baseline,) = (
            o for o in work.records.treatment.occasions_of(patient.id) if o.code == "baseline"
        )
    assert known.indications == {"depression", "ptsd"}
    assert "pcl5" in baseline.forms


def test_what_the_clinician_reads(
    runtime: Runtime, clinic: Clinic, clinician: Actor, patient: Patient, person: Actor
) -> None:
    starts = NOW + timedelta(days=3)
    course = an_induction(runtime, clinic, patient, starts_at=starts)
    an_infusion(runtime, clinic, course, starts_at=starts)
    filled_in(runtime, person, psychosis="yes", trial1_name="Sertraline", trial1_outcome="no_help")
    with runtime.reading(clinician) as work:
        view = view_intake(work, patient.id)
        assert list(work.viewed) == [patient.id]
    assert (view.failed, len(view.trials)) == (1, 1)
    assert [field.id for field, _ in view.flagged] == ["psychosis"]
    assert view.baseline_missing == ("phq9", "gad7")


def test_the_same_press_twice_is_one_review(
    runtime: Runtime, clinician: Actor, patient: Patient, person: Actor
) -> None:
    filled_in(runtime, person)
    for _ in range(2):
        with runtime.unit_of_work(clinician) as work:
            review_intake(
                work, patient.id, verdict="eligible", reason="History read.", review_id="press"
            )
    assert len(intake_of(runtime, patient).reviews) == 1


@pytest.mark.parametrize(
    ("verdict", "reason", "said"),
    [
        (None, "Because.", "Choose"),
        ("perhaps", "Because.", "Choose"),
        ("eligible", "  ", "Write the reason"),
        ("eligible", "x" * 2001, "2000 characters"),
    ],
)
def test_a_review_without_its_reason_is_refused(
    runtime: Runtime,
    clinician: Actor,
    patient: Patient,
    person: Actor,
    verdict: str | None,
    reason: str,
    said: str,
) -> None:
    enter(runtime, person, "heart", "no")
    with pytest.raises(InvalidInput, match=said), runtime.unit_of_work(clinician) as work:
        review_intake(work, patient.id, verdict=verdict, reason=reason)


def test_nothing_is_reviewed_that_nobody_began(
    runtime: Runtime, clinician: Actor, patient: Patient
) -> None:
    with pytest.raises(InvalidInput, match="has not begun"):
        reviewed(runtime, clinician, patient)


@pytest.mark.parametrize("role", [Role.PATIENT, Role.CARE_TEAM, Role.ADMINISTRATOR])
def test_only_a_clinician_says_who_is_eligible(
    runtime: Runtime, clinic: Clinic, patient: Patient, person: Actor, role: Role
) -> None:
    enter(runtime, person, "heart", "no")
    somebody = person if role is Role.PATIENT else staff(runtime, clinic, role)
    with pytest.raises(NotPermitted):
        reviewed(runtime, somebody, patient)


def test_staff_fill_in_nobodys_forms_and_a_patient_their_own_alone(
    runtime: Runtime, clinic: Clinic, clinician: Actor, patient: Patient, person: Actor
) -> None:
    with pytest.raises(NotPermitted):
        enter(runtime, clinician, "heart", "no")
    enter(runtime, person, "heart", "no")
    other = account_of(runtime, clinic, a_patient(runtime, clinic, "Other Example"))
    with runtime.reading(other) as work:
        assert show_intake(work).intake.entries == ()
        assert work.records.intakes.of(patient.id).entries == ()


def test_another_clinic_reads_and_reviews_nothing(
    runtime: Runtime, patient: Patient, person: Actor
) -> None:
    enter(runtime, person, "heart", "no")
    elsewhere = staff(runtime, a_clinic(runtime, "elsewhere"), Role.CLINICIAN)
    with pytest.raises(NotFound), runtime.reading(elsewhere) as work:
        view_intake(work, patient.id)
    with pytest.raises(NotFound):
        reviewed(runtime, elsewhere, patient)


def test_a_question_that_nobody_asks(runtime: Runtime, person: Actor) -> None:
    with pytest.raises(InvalidInput, match="do not ask"):
        enter(runtime, person, "shoe_size", "42")


def test_the_panel_is_filtered_by_it(
    runtime: Runtime, clinic: Clinic, clinician: Actor, patient: Patient, person: Actor
) -> None:
    a_patient(runtime, clinic, "Other Example")
    enter(runtime, person, "heart", "no")

    def shown(status: Status | None) -> list[str]:
        with runtime.reading(clinician) as work:
            return [row.patient.name for row in view_patients(work, intake=status).rows]

    assert len(shown(None)) == 2
    assert shown(Status.BEGUN) == ["Pat Example"]
    assert shown(Status.NOT_BEGUN) == ["Other Example"]
    assert shown(Status.ELIGIBLE) == []


def test_today_asks_for_it_until_the_first_infusion(
    runtime: Runtime, clinic: Clinic, patient: Patient, person: Actor, clock: Clock
) -> None:
    def asked() -> Status | None:
        with runtime.reading(person) as work:
            return today(work).intake

    assert asked() is Status.NOT_BEGUN
    enter(runtime, person, "heart", "no")
    assert asked() is Status.BEGUN
    course = an_induction(runtime, clinic, patient, starts_at=NOW - 2 * HOUR)
    an_infusion(runtime, clinic, course, starts_at=NOW - 2 * HOUR)
    assert asked() is None
