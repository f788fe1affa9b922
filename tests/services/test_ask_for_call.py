"""A call, a booster or an appointment that was asked for waits until staff say that it is done."""

from datetime import timedelta

import pytest

from mindspa.bootstrap import Runtime
from mindspa.domain.access import Actor, Role
from mindspa.domain.contacts import WaitingWish, Wish
from mindspa.domain.errors import InvalidInput, NotPermitted
from mindspa.services.ask_for_call import (
    ask_for_call,
    ask_for_treatment,
    wish_met,
    wishes_waiting,
)
from mindspa.services.view_patients import view_patients
from tests.conftest import NOW, Clock
from tests.factories import (
    a_clinic,
    a_patient,
    account_of,
    an_induction,
    an_infusion,
    staff,
)


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
        assert wishes_waiting(work, patient.patient_id) == (WaitingWish(Wish.CALL, NOW),)
    for _ in range(2):
        with runtime.unit_of_work(nurse) as work:
            wish_met(work, patient.patient_id, Wish.CALL, seen_at=clock.now)
    with runtime.reading(nurse) as work:
        assert wishes_waiting(work, patient.patient_id) == ()
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
        wish_met(work, patient.patient_id, Wish.CALL, seen_at=drawn_at)
    with runtime.reading(nurse) as work:
        assert wishes_waiting(work, patient.patient_id)


def test_a_patient_cannot_say_so(runtime: Runtime, people: tuple[Actor, Actor]) -> None:
    patient, _ = people
    assert patient.patient_id
    with pytest.raises(NotPermitted), runtime.unit_of_work(patient) as work:
        wish_met(work, patient.patient_id, Wish.CALL, seen_at=work.now)


# A booster or an appointment


@pytest.fixture
def treated(runtime: Runtime, people: tuple[Actor, Actor]) -> str:
    """The same patient, after an infusion."""
    patient, nurse = people
    with runtime.reading(nurse) as work:
        clinic, found = work.clinic, work.records.patients.get(patient.patient_id or "")
    starts_at = NOW - timedelta(days=2)
    course = an_induction(runtime, clinic, found, starts_at=starts_at)
    an_infusion(runtime, clinic, course, starts_at=starts_at)
    return found.id


def _wish(runtime: Runtime, patient: Actor, wish: str | None, note: str = "") -> None:
    with runtime.unit_of_work(patient) as work:
        ask_for_treatment(work, wish, note=note)


def test_each_wish_waits_once_and_is_done_by_itself(
    runtime: Runtime, clock: Clock, people: tuple[Actor, Actor], treated: str
) -> None:
    patient, nurse = people
    _wish(runtime, patient, "booster", " In four weeks? ")
    clock.forward(minutes=1)
    for wish in ("booster", "appointment"):
        _wish(runtime, patient, wish)
    _ask(runtime, patient)
    with runtime.unit_of_work(nurse) as work:
        assert wishes_waiting(work, treated) == (
            WaitingWish(Wish.BOOSTER, NOW, "In four weeks?"),
            WaitingWish(Wish.APPOINTMENT, clock.now),
            WaitingWish(Wish.CALL, clock.now),
        )
        wish_met(work, treated, "booster", seen_at=clock.now)
        (row,) = view_patients(work).rows
    assert row.reasons[0] == "Asked for a booster"
    with runtime.reading(nurse) as work:
        assert [one.wish for one in wishes_waiting(work, treated)] == ["appointment", "call"]
        (row,) = view_patients(work).rows
        told = [event.what for event in work.records.audit_events(treated)]
    assert row.reasons[:2] == ("Asked for an appointment", "Asked for a call")
    assert (told.count("booster.asked"), told.count("booster.answered")) == (1, 1)


@pytest.mark.parametrize("wish", [None, "call", "a pony"])
def test_only_what_is_offered(
    runtime: Runtime, people: tuple[Actor, Actor], treated: str, wish: str | None
) -> None:
    with pytest.raises(InvalidInput, match="Choose what you would like"):
        _wish(runtime, people[0], wish)


def test_not_before_any_treatment_nor_by_staff(
    runtime: Runtime, people: tuple[Actor, Actor]
) -> None:
    patient, nurse = people
    with pytest.raises(InvalidInput, match="after your first infusion"):
        _wish(runtime, patient, "booster")
    with pytest.raises(NotPermitted):
        _wish(runtime, nurse, "booster")
    assert patient.patient_id
    with pytest.raises(InvalidInput), runtime.unit_of_work(nurse) as work:
        wish_met(work, patient.patient_id, "a pony", seen_at=NOW)
