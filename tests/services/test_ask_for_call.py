"""A call that was asked for waits until staff say that it was made."""

import pytest

from mindspa.bootstrap import Runtime
from mindspa.domain.access import Actor, Role
from mindspa.domain.errors import NotPermitted
from mindspa.services.ask_for_call import ask_for_call, call_made, call_waiting
from tests.conftest import NOW, Clock
from tests.factories import a_clinic, a_patient, account_of, staff


@pytest.fixture
def people(runtime: Runtime) -> tuple[Actor, Actor]:
    """A patient and somebody of the care team."""
    clinic = a_clinic(runtime)
    patient = account_of(runtime, clinic, a_patient(runtime, clinic))
    return patient, staff(runtime, clinic, Role.CARE_TEAM)


def _ask(runtime: Runtime, patient: Actor) -> None:
    with runtime.unit_of_work(patient) as work:
        ask_for_call(work)


def test_a_call_waits_until_it_was_made(
    runtime: Runtime, clock: Clock, people: tuple[Actor, Actor]
) -> None:
    patient, nurse = people
    assert patient.patient_id
    for _ in range(2):
        _ask(runtime, patient)
        clock.forward(minutes=5)
    with runtime.reading(nurse) as work:
        assert call_waiting(work, patient.patient_id) == NOW
    for _ in range(2):
        with runtime.unit_of_work(nurse) as work:
            call_made(work, patient.patient_id, seen_at=clock.now)
    with runtime.reading(nurse) as work:
        assert call_waiting(work, patient.patient_id) is None
        told = [event.what for event in work.records.audit_events(patient.patient_id)]
    assert (told.count("call.asked"), told.count("call.made")) == (1, 1)


def test_a_call_asked_for_since_the_page_was_drawn_goes_on_waiting(
    runtime: Runtime, clock: Clock, people: tuple[Actor, Actor]
) -> None:
    patient, nurse = people
    assert patient.patient_id
    drawn_at = clock.now
    clock.forward(minutes=1)
    _ask(runtime, patient)
    with runtime.unit_of_work(nurse) as work:
        call_made(work, patient.patient_id, seen_at=drawn_at)
    with runtime.reading(nurse) as work:
        assert call_waiting(work, patient.patient_id) is not None


def test_a_patient_cannot_say_so(runtime: Runtime, people: tuple[Actor, Actor]) -> None:
    patient, _ = people
    assert patient.patient_id
    with pytest.raises(NotPermitted), runtime.unit_of_work(patient) as work:
        call_made(work, patient.patient_id, seen_at=work.now)
