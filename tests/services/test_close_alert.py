"""Closing an alert: by a role that may assess risk, with an outcome and a note, and once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from time import sleep

import pytest

from mindspa.bootstrap import Runtime
from mindspa.domain.access import Role, operator
from mindspa.domain.errors import InvalidInput, NotFound, NotPermitted
from mindspa.domain.safety import Alert, AlertState
from mindspa.domain.treatment import Clinic
from mindspa.services.handle_alert import close_alert
from tests.conftest import NOW, Clock
from tests.factories import a_clinic, a_patient, a_stored_form, account_of, staff


@pytest.fixture
def alert(runtime: Runtime, clinic: Clinic) -> Alert:
    patient = a_patient(runtime, clinic)
    a_stored_form(runtime, clinic, patient, "pulse", at=NOW, safety=1)
    return stored(runtime, clinic, patient.id)


def stored(runtime: Runtime, clinic: Clinic, patient_id: str) -> Alert:
    with runtime.reading(operator(clinic.id)) as work:
        (found,) = work.records.alerts.of_many([patient_id])
    return found


@pytest.mark.parametrize("role", [Role.CARE_TEAM, Role.ADMINISTRATOR, Role.PATIENT])
def test_only_who_may_assess_risk_closes_it(
    runtime: Runtime, clinic: Clinic, alert: Alert, role: Role
) -> None:
    with runtime.reading(operator(clinic.id)) as work:
        patient = work.records.patients.get(alert.patient_id)
    actor = (
        account_of(runtime, clinic, patient)
        if role is Role.PATIENT
        else staff(runtime, clinic, role)
    )
    with pytest.raises(NotPermitted), runtime.unit_of_work(actor) as work:
        close_alert(work, alert.id, outcome="assessed", note="Spoke.")
    assert stored(runtime, clinic, alert.patient_id).state is AlertState.OPEN


def test_another_clinics_alert_does_not_exist(
    runtime: Runtime, clinic: Clinic, alert: Alert
) -> None:
    elsewhere = staff(runtime, a_clinic(runtime, "elsewhere"), Role.CLINICIAN)
    with pytest.raises(NotFound), runtime.unit_of_work(elsewhere) as work:
        close_alert(work, alert.id, outcome="assessed", note="Spoke.")


@pytest.mark.parametrize(
    "outcome, note, said",
    [
        ("", "Spoke.", "what came of"),
        ("not_reached", "Left a message.", "what came of"),
        ("assessed", " ", "Write a note"),
    ],
)
def test_it_stays_open_without_outcome_and_note(
    runtime: Runtime, clinic: Clinic, alert: Alert, outcome: str, note: str, said: str
) -> None:
    clinician = staff(runtime, clinic, Role.CLINICIAN)
    with pytest.raises(InvalidInput, match=said), runtime.unit_of_work(clinician) as work:
        close_alert(work, alert.id, outcome=outcome, note=note)
    assert stored(runtime, clinic, alert.patient_id).state is AlertState.OPEN


def test_a_second_press_changes_nothing(
    runtime: Runtime, clinic: Clinic, alert: Alert, clock: Clock
) -> None:
    clinician = staff(runtime, clinic, Role.CLINICIAN)
    for outcome in ("safety_plan", "assessed"):
        with runtime.unit_of_work(clinician) as work:
            close_alert(work, alert.id, outcome=outcome, note="Spoke.")
        clock.forward(minutes=1)
    closed = stored(runtime, clinic, alert.patient_id)
    assert (closed.outcome, closed.closed_at, closed.closed_by) == (
        "safety_plan",
        NOW,
        clinician.id,
    )
    with runtime.reading(operator(clinic.id)) as work:
        events = [event.what for event in work.records.audit_events(alert.patient_id)]
    assert events.count("alert.closed") == 1


def test_two_who_close_it_at_once_do_not_overwrite_each_other(
    runtime: Runtime, clinic: Clinic, alert: Alert
) -> None:
    clinician = staff(runtime, clinic, Role.CLINICIAN)
    begun = Event()

    def second() -> None:
        begun.set()
        with runtime.unit_of_work(clinician) as work:
            close_alert(work, alert.id, outcome="handed_over", note="Second.")

    with ThreadPoolExecutor(1) as pool:
        with runtime.unit_of_work(clinician) as work:
            work.write_about(alert.patient_id)
            waiting = pool.submit(second)
            begun.wait()
            sleep(0.2)  # it stands at the patient's lock, with what it read before
            close_alert(work, alert.id, outcome="assessed", note="First.")
        waiting.result()
    assert stored(runtime, clinic, alert.patient_id).outcome == "assessed"
