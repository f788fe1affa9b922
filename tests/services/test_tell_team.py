"""Who is told of an alert, in which of its states, and that each is told once."""

from datetime import time, timedelta

import pytest
from sqlalchemy import text

from mindspa.bootstrap import Runtime
from mindspa.domain.access import Actor, operator, worker
from mindspa.domain.alert_cases import AlertCase
from mindspa.domain.duty import DutyPlan, OpenHours, Shift
from mindspa.domain.messages import Kind, Message, MessageState
from mindspa.domain.treatment import Clinic, Patient
from mindspa.services.escalate_alerts import escalate_alert
from mindspa.services.handle_alert import hand_over_alert, own_alert, reopen_alert
from mindspa.services.open_check_in import open_check_in
from mindspa.services.plan_duty import write_duty
from mindspa.services.save_answer import save_answer
from tests.conftest import NOW, Clock
from tests.factories import a_patient, a_stored_form, account_of, an_induction, assessed
from tests.services.test_handle_alert import act, case_of

MINUTE = timedelta(minutes=1)
NINE, FIVE = time(9), time(17)


@pytest.fixture
def patient(runtime: Runtime, clinic: Clinic) -> Patient:
    return a_patient(runtime, clinic)


def on_rota(runtime: Runtime, by: Actor, *shifts: Shift) -> None:
    plan = DutyPlan(hours=tuple(OpenHours(d, NINE, FIVE) for d in range(5)), shifts=shifts)
    act(runtime, by, lambda work: write_duty(work, plan, replaces=0))


def raised(runtime: Runtime, clinic: Clinic, patient: Patient) -> AlertCase:
    a_stored_form(runtime, clinic, patient, "pulse", at=runtime.clock(), safety=1)
    return case_of(runtime, clinic, patient)


def messages(runtime: Runtime, clinic: Clinic, case: AlertCase) -> list[Message]:
    with runtime.reading(operator(clinic.id)) as work:
        return work.records.messages.about(case.id)


def told(runtime: Runtime, clinic: Clinic, case: AlertCase) -> list[tuple[int, str]]:
    """Of which step, and who."""
    return [(one.number, one.person_id) for one in messages(runtime, clinic, case)]


def escalates(runtime: Runtime, clinic: Clinic, case: AlertCase) -> None:
    act(runtime, worker(clinic.id), lambda work: escalate_alert(work, case.id))


def test_the_first_is_told_and_then_the_second(
    runtime: Runtime,
    clinic: Clinic,
    patient: Patient,
    nurse: Actor,
    clinician: Actor,
    clock: Clock,
) -> None:
    on_rota(runtime, clinician, Shift(NINE, FIVE, nurse.id, clinician.id, weekday=2))
    case = raised(runtime, clinic, patient)
    assert told(runtime, clinic, case) == [(1, nurse.id)]
    clock.forward(minutes=15)
    escalates(runtime, clinic, case)  # told again
    clock.forward(minutes=15)
    escalates(runtime, clinic, case)
    assert told(runtime, clinic, case)[1:] == [(2, nurse.id), (3, nurse.id), (3, clinician.id)]
    kinds = [one.kind for one in messages(runtime, clinic, case)]
    assert kinds == [Kind.ALERT, Kind.ALERT, Kind.ALERT_LATE, Kind.ALERT_LATE]


def test_without_a_backup_all_who_may_assess_risk_are_told(
    runtime: Runtime,
    clinic: Clinic,
    patient: Patient,
    nurse: Actor,
    clinician: Actor,
    clock: Clock,
) -> None:
    on_rota(runtime, clinician, Shift(NINE, FIVE, nurse.id, weekday=2))
    case = raised(runtime, clinic, patient)
    clock.forward(minutes=30)
    escalates(runtime, clinic, case)
    assert told(runtime, clinic, case) == [(1, nurse.id), (2, nurse.id), (2, clinician.id)]


@pytest.mark.parametrize("rota", [False, True])
def test_with_nobody_on_duty_it_is_told_to_all_who_may_assess_risk(
    runtime: Runtime, clinic: Clinic, patient: Patient, nurse: Actor, clinician: Actor, rota: bool
) -> None:
    if rota:  # of another day
        on_rota(runtime, clinician, Shift(NINE, FIVE, nurse.id, weekday=4))
    assert told(runtime, clinic, raised(runtime, clinic, patient)) == [(1, clinician.id)]


def test_where_nobody_may_assess_risk_the_team_is_told(
    runtime: Runtime, clinic: Clinic, patient: Patient, nurse: Actor
) -> None:
    assert told(runtime, clinic, raised(runtime, clinic, patient)) == [(1, nurse.id)]


def test_somebody_on_the_rota_whose_account_has_ended_is_nobody(
    runtime: Runtime, clinic: Clinic, patient: Patient, nurse: Actor, clinician: Actor
) -> None:
    on_rota(runtime, clinician, Shift(NINE, FIVE, nurse.id, weekday=2))
    with runtime.database.writing() as session:
        ended = "UPDATE people SET active = :no WHERE id = :id"
        session.execute(text(ended), {"no": False, "id": nurse.id})
    assert told(runtime, clinic, raised(runtime, clinic, patient)) == [(1, clinician.id)]


def test_a_patients_own_answer_tells_the_team(
    runtime: Runtime, clinic: Clinic, patient: Patient, nurse: Actor, clinician: Actor
) -> None:
    """The patient's unit of work sees nobody else's records, and yet knows whom to tell."""
    on_rota(runtime, clinician, Shift(NINE, FIVE, nurse.id, weekday=2))
    an_induction(runtime, clinic, patient, starts_at=NOW + timedelta(days=1))
    person = account_of(runtime, clinic, patient)
    with runtime.unit_of_work(person) as work:
        check_in = open_check_in(work, unscheduled=True)
        save_answer(work, check_in.id, instrument_id="pulse", item_id="safety", value=1, replaces=0)
    case = case_of(runtime, clinic, patient)
    assert told(runtime, clinic, case) == [(1, nurse.id)]


def test_a_further_answer_is_told_as_its_own_state_also_to_the_owner(
    runtime: Runtime, clinic: Clinic, patient: Patient, nurse: Actor, clinician: Actor, clock: Clock
) -> None:
    on_rota(runtime, clinician, Shift(NINE, FIVE, nurse.id, clinician.id, weekday=2))
    case = raised(runtime, clinic, patient)
    act(runtime, clinician, lambda work: own_alert(work, case.id))
    clock.forward(minutes=5)
    a_stored_form(runtime, clinic, patient, "phq9", at=clock.now, _9=3)
    assert told(runtime, clinic, case) == [(1, nurse.id), (3, clinician.id), (3, nurse.id)]


def test_answers_of_one_check_in_are_told_once(
    runtime: Runtime, clinic: Clinic, patient: Patient, clinician: Actor
) -> None:
    a_stored_form(runtime, clinic, patient, "pulse", at=NOW, safety=1, side_effects=3, change=7)
    assert told(runtime, clinic, case_of(runtime, clinic, patient)) == [(1, clinician.id)]


def test_whoever_it_is_handed_to_is_told(
    runtime: Runtime, clinic: Clinic, patient: Patient, nurse: Actor, clinician: Actor
) -> None:
    case = raised(runtime, clinic, patient)
    act(runtime, nurse, lambda work: hand_over_alert(work, case.id, clinician.id))
    assert told(runtime, clinic, case)[1:] == [(2, clinician.id)]


def test_taking_it_tells_nobody(
    runtime: Runtime, clinic: Clinic, patient: Patient, nurse: Actor, clinician: Actor
) -> None:
    case = raised(runtime, clinic, patient)
    act(runtime, nurse, lambda work: own_alert(work, case.id))
    assert len(told(runtime, clinic, case)) == 1


def test_once_it_is_closed_what_waits_is_not_sent(
    runtime: Runtime, clinic: Clinic, patient: Patient, clinician: Actor
) -> None:
    case = raised(runtime, clinic, patient)
    act(runtime, clinician, lambda work: assessed(work, case.id))
    assert [one.state for one in messages(runtime, clinic, case)] == [MessageState.CANCELLED]
    act(runtime, clinician, lambda work: reopen_alert(work, case.id, reason="Called again."))
    states = [one.state for one in messages(runtime, clinic, case)]
    assert states == [MessageState.CANCELLED, MessageState.WAITING]


def test_a_demo_clinic_sends_nothing(
    runtime: Runtime, clinic: Clinic, patient: Patient, clinician: Actor
) -> None:
    runtime.accounts.mark_demo(clinic.id, built_at=NOW)
    (message,) = messages(runtime, clinic, raised(runtime, clinic, patient))
    assert message.state is MessageState.HELD


def test_what_is_undone_tells_nobody(
    runtime: Runtime, clinic: Clinic, patient: Patient, clinician: Actor
) -> None:
    class Undone(Exception):
        pass

    case = raised(runtime, clinic, patient)
    with pytest.raises(Undone), runtime.unit_of_work(clinician) as work:
        hand_over_alert(work, case.id, clinician.id)
        raise Undone
    assert len(told(runtime, clinic, case)) == 1


def test_a_message_holds_neither_name_nor_answer(
    runtime: Runtime, clinic: Clinic, clinician: Actor
) -> None:
    patient = a_patient(runtime, clinic, "Planted Name")
    (message,) = messages(runtime, clinic, raised(runtime, clinic, patient))
    assert "Planted" not in repr(message)
    assert message.person_id == clinician.id
