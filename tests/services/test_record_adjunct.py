"""Other treatment: written down by staff or told by the patient, ended, corrected, withdrawn."""

from dataclasses import replace
from datetime import timedelta

import pytest

from mindspa.bootstrap import Runtime
from mindspa.domain.access import Actor, Role, operator
from mindspa.domain.adjuncts import MOST, Adjunct, Entry, Kind, standing
from mindspa.domain.errors import InvalidInput, NotFound, NotPermitted, Stale
from mindspa.domain.treatment import Clinic, Patient
from mindspa.services.record_adjunct import (
    correct_adjunct,
    end_adjunct,
    record_adjunct,
    tell_adjunct,
    withdraw_adjunct,
)
from tests.conftest import NOW
from tests.factories import a_clinic, a_patient, account_of, staff

DAY = timedelta(days=1)
TODAY = NOW.date()
TMS = Entry(Kind.TMS, "Left-sided series", TODAY - 9 * DAY, "five times a week")
CHANGE = Entry(Kind.MEDICATION, "sertraline 50 → 100 mg", TODAY - DAY)


@pytest.fixture
def person(runtime: Runtime, clinic: Clinic, patient: Patient) -> Actor:
    return account_of(runtime, clinic, patient)


@pytest.fixture
def by_nurse(runtime: Runtime, nurse: Actor, patient: Patient) -> Adjunct:
    with runtime.unit_of_work(nurse) as work:
        return record_adjunct(work, patient.id, TMS)


@pytest.fixture
def by_patient(runtime: Runtime, person: Actor) -> Adjunct:
    with runtime.unit_of_work(person) as work:
        return tell_adjunct(work, CHANGE)


def all_of(runtime: Runtime, patient: Patient) -> list[Adjunct]:
    with runtime.reading(operator("clinic")) as work:
        return work.records.adjuncts.of(patient.id)


def test_who_wrote_it_is_known(
    runtime: Runtime, patient: Patient, nurse: Actor, by_nurse: Adjunct, by_patient: Adjunct
) -> None:
    assert all_of(runtime, patient) == [by_nurse, by_patient]
    assert (by_nurse.told_by_patient, by_nurse.by_name) == (False, nurse.name)
    assert by_patient.told_by_patient
    with runtime.reading(operator("clinic")) as work:
        done = [event.what for event in work.records.audit_events(patient.id)]
    assert done.count("adjunct.recorded") == 2


def test_a_second_press_adds_nothing(
    runtime: Runtime, patient: Patient, nurse: Actor, by_patient: Adjunct
) -> None:
    with runtime.unit_of_work(nurse) as work:
        assert record_adjunct(work, patient.id, replace(CHANGE, how_often="")) == by_patient
    assert all_of(runtime, patient) == [by_patient]


def test_an_entry_is_ended_once_without_a_reason_and_corrected_with_one(
    runtime: Runtime, patient: Patient, nurse: Actor, by_nurse: Adjunct
) -> None:
    with runtime.unit_of_work(nurse) as work:
        entry = replace(TMS, ended_on=TODAY)
        ended = correct_adjunct(work, by_nurse.id, entry, reason="")
    with runtime.unit_of_work(nurse) as work:
        assert end_adjunct(work, ended.id, TODAY) == ended
    wrong = replace(ended.entry, name="Right-sided series")
    with pytest.raises(InvalidInput, match="Say why"), runtime.unit_of_work(nurse) as work:
        correct_adjunct(work, ended.id, wrong, reason=" ")
    with pytest.raises(InvalidInput, match="Nothing is changed"), runtime.unit_of_work(nurse) as w:
        correct_adjunct(w, ended.id, ended.entry, reason="Why not.")
    with runtime.unit_of_work(nurse) as work:
        corrected = correct_adjunct(work, ended.id, wrong, reason="The other side.")
    assert standing(all_of(runtime, patient)) == (corrected,)
    assert [a.reason for a in all_of(runtime, patient)] == [None, "It ended.", "The other side."]
    with pytest.raises(Stale), runtime.unit_of_work(nurse) as work:
        withdraw_adjunct(work, by_nurse.id, reason="Seen before both.")


def test_a_patient_changes_only_what_they_told(
    runtime: Runtime, patient: Patient, person: Actor, by_nurse: Adjunct, by_patient: Adjunct
) -> None:
    with pytest.raises(NotFound), runtime.unit_of_work(person) as work:
        end_adjunct(work, by_nurse.id, TODAY)
    with pytest.raises(NotPermitted), runtime.unit_of_work(person) as work:
        correct_adjunct(work, by_patient.id, TMS, reason="Mine.")
    with pytest.raises(InvalidInput, match="happened once"), runtime.unit_of_work(person) as work:
        end_adjunct(work, by_patient.id, TODAY)
    with runtime.unit_of_work(person) as work:
        withdrawn = withdraw_adjunct(work, by_patient.id, reason="A mistake.")
    assert withdrawn.told_by_patient
    assert standing(all_of(runtime, patient)) == (by_nurse,)


def test_nobody_writes_about_others(
    runtime: Runtime, clinic: Clinic, patient: Patient, person: Actor, by_patient: Adjunct
) -> None:
    with pytest.raises(NotPermitted), runtime.unit_of_work(person) as work:
        record_adjunct(work, patient.id, TMS)
    other = account_of(runtime, clinic, a_patient(runtime, clinic, "Other"))
    with pytest.raises(NotFound), runtime.unit_of_work(other) as work:
        withdraw_adjunct(work, by_patient.id, reason="x")
    elsewhere = staff(runtime, a_clinic(runtime, "elsewhere"), Role.CLINICIAN)
    with pytest.raises(NotFound), runtime.unit_of_work(elsewhere) as work:
        record_adjunct(work, patient.id, TMS)
    with pytest.raises(NotFound), runtime.unit_of_work(elsewhere) as work:
        withdraw_adjunct(work, by_patient.id, reason="x")
    administrator = staff(runtime, clinic, Role.ADMINISTRATOR)
    with pytest.raises(NotPermitted), runtime.unit_of_work(administrator) as work:
        record_adjunct(work, patient.id, TMS)


def test_there_is_an_end_to_entries(runtime: Runtime, patient: Patient, person: Actor) -> None:
    with runtime.unit_of_work(person) as work:
        for days in range(MOST):
            tell_adjunct(work, replace(CHANGE, started_on=TODAY - days * DAY))
        with pytest.raises(InvalidInput, match="too many"):
            tell_adjunct(work, TMS)
