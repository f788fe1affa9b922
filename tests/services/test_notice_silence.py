"""A check-in that nobody answers after a positive answer about safety comes to the team."""

from datetime import timedelta

import pytest
from sqlalchemy import event

from mindspa import worker
from mindspa.bootstrap import Runtime
from mindspa.domain.access import Actor, Role, operator
from mindspa.domain.access import worker as the_worker
from mindspa.domain.alert_cases import Step
from mindspa.domain.errors import NotPermitted
from mindspa.domain.safety import Alert, Tier
from mindspa.domain.treatment import Clinic, Patient, PatientStatus
from mindspa.services.change_status import change_status
from mindspa.services.notice_silence import notice_silence, patients_gone_silent
from tests.conftest import NOW, Clock
from tests.factories import (
    a_clinic,
    a_patient,
    a_stored_form,
    account_of,
    an_induction,
    an_infusion,
    assessed,
    staff,
)
from tests.services.test_handle_alert import act, case_of, found_wrong, steps_of

HOUR = timedelta(hours=1)


def treated(runtime: Runtime, clinic: Clinic, name: str = "Pat Example") -> Patient:
    """An infusion that ended some hours ago, and one positive answer since."""
    found = a_patient(runtime, clinic, name)
    course = an_induction(runtime, clinic, found, starts_at=NOW - 6 * HOUR)
    an_infusion(runtime, clinic, course, starts_at=NOW - 6 * HOUR)
    a_stored_form(runtime, clinic, found, "pulse", at=NOW, safety=1)
    return found


@pytest.fixture
def patient(runtime: Runtime, clinic: Clinic) -> Patient:
    return treated(runtime, clinic)


def silences(runtime: Runtime, clinic: Clinic, patient: Patient) -> list[Alert]:
    with runtime.reading(operator(clinic.id)) as work:
        alerts = work.records.alerts.of_many([patient.id])
        return [a for a in alerts if a.rule == work.definitions.safety.missed.id]


def first_to_close(runtime: Runtime, clinic: Clinic, patient: Patient) -> timedelta:
    """Of those that are wanted after the answer, from NOW."""
    with runtime.reading(operator(clinic.id)) as work:
        found = work.records.treatment.occasions_of(patient.id, closing_since=NOW)
        return min(one.closes_at for one in found if one.asked and one.due_at > NOW) - NOW


def test_it_is_added_to_the_case_of_the_answer(
    runtime: Runtime, clinic: Clinic, patient: Patient, clock: Clock
) -> None:
    case = case_of(runtime, clinic, patient)
    closes = first_to_close(runtime, clinic, patient)
    clock.now = NOW + closes - timedelta(seconds=1)
    assert worker.notice(runtime) == 0, "it is still open"
    clock.now = NOW + closes
    assert worker.notice(runtime) == 1
    assert worker.notice(runtime) == 0
    (alert,) = silences(runtime, clinic, patient)
    assert (alert.tier, alert.case_id) == (Tier.SAME_DAY, case.id)
    assert alert.answered_at == NOW + closes
    assert steps_of(runtime, case) == [Step.RAISED, Step.ADDED]
    assert found_wrong(runtime, clinic) == []


def test_after_the_case_was_closed_it_begins_another_once(
    runtime: Runtime, clinic: Clinic, patient: Patient, clock: Clock
) -> None:
    clinician = staff(runtime, clinic, Role.CLINICIAN)
    case = case_of(runtime, clinic, patient)
    act(runtime, clinician, lambda work: assessed(work, case.id))
    clock.now = NOW + first_to_close(runtime, clinic, patient)
    assert worker.notice(runtime) == 1
    another = case_of(runtime, clinic, patient)
    assert (another.id != case.id, another.tier) == (True, Tier.SAME_DAY)
    clock.forward(hours=1)
    assert worker.notice(runtime) == 0, "the same silence"
    act(runtime, clinician, lambda work: assessed(work, another.id))
    assert worker.notice(runtime) == 0, "what had closed by then was looked at"
    clock.forward(days=2)  # the next pulses have closed
    assert worker.notice(runtime) == 1
    assert len(silences(runtime, clinic, patient)) == 2
    assert found_wrong(runtime, clinic) == []


def test_whoever_answers_in_time_is_not_silent(
    runtime: Runtime, clinic: Clinic, patient: Patient, clock: Clock
) -> None:
    closes = first_to_close(runtime, clinic, patient)
    a_stored_form(runtime, clinic, patient, "pulse", at=NOW + closes - HOUR, safety=0)
    clock.now = NOW + closes + HOUR
    assert worker.notice(runtime) == 0


def test_whoever_was_heard_from_since_has_not_gone_silent(
    runtime: Runtime, clinic: Clinic, patient: Patient, clock: Clock
) -> None:
    a_stored_form(runtime, clinic, patient, "pulse", at=NOW + HOUR, safety=0)  # no window is open
    clock.now = NOW + first_to_close(runtime, clinic, patient)
    assert worker.notice(runtime) == 0


def test_without_a_positive_answer_it_is_only_missed(
    runtime: Runtime, clinic: Clinic, clock: Clock
) -> None:
    found = a_patient(runtime, clinic)
    course = an_induction(runtime, clinic, found, starts_at=NOW - 6 * HOUR)
    an_infusion(runtime, clinic, course, starts_at=NOW - 6 * HOUR)
    a_stored_form(runtime, clinic, found, "pulse", at=NOW, safety=0)
    clock.forward(days=3)
    assert worker.notice(runtime) == 0


def test_of_whoever_paused_nothing_is_missed(
    runtime: Runtime, clinic: Clinic, patient: Patient, clock: Clock
) -> None:
    nurse = staff(runtime, clinic, Role.CARE_TEAM)
    act(runtime, nurse, lambda work: change_status(work, patient.id, PatientStatus.PAUSED))
    clock.forward(days=3)
    assert worker.notice(runtime) == 0


@pytest.mark.parametrize(("days", "raised"), [(6, 1), (22, 0)])
def test_a_worker_that_slept_for_days_notices_and_one_that_slept_for_weeks_does_not(
    runtime: Runtime, clinic: Clinic, patient: Patient, clock: Clock, days: int, raised: int
) -> None:
    clock.now = NOW + first_to_close(runtime, clinic, patient) + timedelta(days=days)
    assert worker.notice(runtime) == raised


def test_of_two_workers_one_raises_it(
    runtime: Runtime, clinic: Clinic, patient: Patient, clock: Clock
) -> None:
    clock.now = NOW + first_to_close(runtime, clinic, patient)
    actor = the_worker(clinic.id)
    for raised in (True, False):
        with runtime.unit_of_work(actor) as work:
            assert notice_silence(work, patient.id) is raised
    assert len(silences(runtime, clinic, patient)) == 1


def test_it_stays_within_its_clinic(
    runtime: Runtime, clinic: Clinic, patient: Patient, clock: Clock
) -> None:
    other = a_clinic(runtime, "another")
    clock.now = NOW + first_to_close(runtime, clinic, patient)
    with runtime.reading(the_worker(other.id)) as work:
        assert patients_gone_silent(work) == []
    with runtime.reading(the_worker(clinic.id)) as work:
        assert patients_gone_silent(work) == [patient.id]


def test_only_who_handles_alerts_asks(runtime: Runtime, clinic: Clinic, patient: Patient) -> None:
    person: Actor = account_of(runtime, clinic, patient)
    with runtime.reading(person) as work, pytest.raises(NotPermitted):
        patients_gone_silent(work)
    with runtime.reading(person) as work, pytest.raises(NotPermitted):
        notice_silence(work, patient.id)


def test_the_number_of_reads_does_not_grow(
    runtime: Runtime, clinic: Clinic, patient: Patient, clock: Clock
) -> None:
    clock.now = NOW + first_to_close(runtime, clinic, patient)

    def reads() -> tuple[int, int]:
        """Statements, and patients."""
        with runtime.reading(the_worker(clinic.id)) as work:
            statements: list[str] = []
            connection = work.records.worklist.scope.session.connection()
            event.listen(
                connection, "before_cursor_execute", lambda *args: statements.append(args[2])
            )
            return len(patients_gone_silent(work)), len(statements)

    few = reads()
    for number in range(5):
        treated(runtime, clinic, f"Another {number}")
    many = reads()
    assert (few[0], many[0]) == (1, 6)
    assert many[1] == few[1] > 0
