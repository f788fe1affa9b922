"""What acting on an alert needs to know of a patient: written by the team, read by the team."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from mindspa.bootstrap import Runtime
from mindspa.domain.access import Actor, Role, operator
from mindspa.domain.errors import InvalidInput, NotFound, NotPermitted, Stale
from mindspa.domain.safety_card import CardEntry, SafetyCard
from mindspa.domain.treatment import Clinic, Patient
from mindspa.services.write_safety_card import card_of, write_card
from tests.conftest import NOW, Clock
from tests.factories import a_clinic, a_patient, account_of, staff

TODAY = date(2026, 6, 10)
ENTRY = CardEntry(
    text_allowed=True,
    contact_name="Alex Aspen, sister",
    contact_phone="555-0160",
    contact_told="That we try to reach her.",
    safety_plan="Call Alex.\nThen 988.",
    planned_on=TODAY,
    therapist="Casey Fir",
    prescriber="Dr. Yew",
)


@pytest.fixture
def patient(runtime: Runtime, clinic: Clinic) -> Patient:
    return a_patient(runtime, clinic)


def write(
    runtime: Runtime, by: Actor, patient: Patient, entry: CardEntry, replaces: str | None = None
) -> SafetyCard:
    with runtime.unit_of_work(by) as work:
        return write_card(work, patient.id, entry, replaces=replaces)


def standing(runtime: Runtime, by: Actor, patient: Patient) -> SafetyCard | None:
    with runtime.reading(by) as work:
        return card_of(work, patient.id)


def test_it_is_read_as_it_was_written(runtime: Runtime, patient: Patient, nurse: Actor) -> None:
    assert standing(runtime, nurse, patient) is None
    write(runtime, nurse, patient, ENTRY)
    card = standing(runtime, nurse, patient)
    assert card is not None
    assert card.entry == ENTRY
    assert (card.written_by, card.written_by_name, card.written_at) == (nurse.id, nurse.name, NOW)
    assert "Alex" not in repr(card)


def test_the_newest_stands_and_the_same_again_is_none(
    runtime: Runtime, patient: Patient, nurse: Actor, clock: Clock
) -> None:
    first = write(runtime, nurse, patient, ENTRY)
    assert write(runtime, nurse, patient, ENTRY) == first
    clock.forward(minutes=1)
    changed = replace(ENTRY, contact_phone="555-0161")
    with pytest.raises(Stale, match="changed this meanwhile"):
        write(runtime, nurse, patient, changed)
    write(runtime, nurse, patient, changed, first.id)
    card = standing(runtime, nurse, patient)
    assert card is not None
    assert card.contact_phone == "555-0161"


def test_only_the_team_of_the_clinic_writes_and_reads_it(
    runtime: Runtime, clinic: Clinic, patient: Patient
) -> None:
    elsewhere = staff(runtime, a_clinic(runtime, "elsewhere"), Role.CLINICIAN)
    with pytest.raises(NotFound):
        write(runtime, elsewhere, patient, ENTRY)
    with pytest.raises(NotFound):
        standing(runtime, elsewhere, patient)
    for actor in (
        staff(runtime, clinic, Role.ADMINISTRATOR),
        account_of(runtime, clinic, patient),
    ):
        with pytest.raises(NotPermitted):
            write(runtime, actor, patient, ENTRY)
        with pytest.raises(NotPermitted):
            standing(runtime, actor, patient)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"planned_on": None}, "go together"),
        ({"safety_plan": " "}, "go together"),
        ({"planned_on": TODAY + timedelta(days=1)}, "past, or today"),
        ({"planned_on": date(1899, 12, 31)}, "past, or today"),
        ({"planned_on": NOW}, "Give the day"),
        ({"planned_on": "2026-06-01"}, "Give the day"),
        ({"contact_phone": "at work"}, "That phone number needs its digits"),
        ({"contact_name": "x" * 101}, "Emergency contact needs 1 to 100"),
        ({"therapist": "\u202eyeliah"}, "cannot be seen"),
        ({"safety_plan": "x" * 2001}, "can have 2000"),
    ],
)
def test_what_cannot_be_is_refused(
    runtime: Runtime, patient: Patient, nurse: Actor, change: dict[str, Any], said: str
) -> None:
    with pytest.raises(InvalidInput, match=said):
        write(runtime, nurse, patient, replace(ENTRY, **change))


def test_writing_it_is_audited(
    runtime: Runtime, clinic: Clinic, patient: Patient, nurse: Actor
) -> None:
    card = write(runtime, nurse, patient, ENTRY)
    with runtime.reading(operator(clinic.id)) as work:
        events = work.records.audit_events(patient.id)
    assert ("safety_card.written", card.id) in [(event.what, event.record) for event in events]
