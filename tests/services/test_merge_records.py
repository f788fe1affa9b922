"""Two records of one person become one; the other stays, closed, and says where it went."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import UniqueConstraint

from mindspa.bootstrap import Runtime
from mindspa.domain.access import Actor, Role, operator
from mindspa.domain.check_ins import CheckInState
from mindspa.domain.errors import InvalidInput, NotFound, NotPermitted
from mindspa.domain.protocol_versions import choices_of
from mindspa.domain.schedule import OccasionStatus
from mindspa.domain.treatment import Clinic, Patient, PatientStatus
from mindspa.services.answer_intake import save_entry, values_of
from mindspa.services.change_status import change_status
from mindspa.services.enter_for_patient import open_for_patient
from mindspa.services.log_contact import log_contact
from mindspa.services.merge_records import merge_records
from mindspa.services.put_protocol_in_force import put_protocol_in_force
from mindspa.services.register_patient import register_patient
from mindspa.services.summarise_patient import read_summaries
from mindspa.services.view_patients import view_patients
from mindspa.services.view_progress import view_progress
from mindspa.storage.records.merging import MADE_ANEW, NUMBERED, PLANNED, tables_of_patients
from tests.conftest import NOW, Clock
from tests.factories import (
    a_clinic,
    a_patient,
    a_stored_form,
    account_of,
    an_induction,
    an_infusion,
    staff,
)
from tests.services.test_correct_answers import is_sound

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def kept(runtime: Runtime, clinic: Clinic) -> Patient:
    """Who had an infusion 31 hours ago, and no check-in since."""
    patient = a_patient(runtime, clinic, "Kept Example")
    course = an_induction(runtime, clinic, patient, starts_at=NOW - 32 * HOUR)
    an_infusion(runtime, clinic, course, starts_at=NOW - 32 * HOUR)
    return patient


@pytest.fixture
def second(runtime: Runtime, clinic: Clinic) -> Patient:
    """Registered by mistake, and answered since."""
    patient = a_patient(runtime, clinic, "Second Example")
    a_stored_form(runtime, clinic, patient, "pulse", at=NOW - HOUR, safety=1)
    return patient


def merged(runtime: Runtime, by: Actor, patient: Patient, into: Patient) -> Patient:
    with runtime.unit_of_work(by) as work:
        return merge_records(work, patient.id, into=into.id, reason="Registered twice")


def test_all_of_it_hangs_on_the_record_that_stays(
    runtime: Runtime, clinic: Clinic, nurse: Actor, kept: Patient, second: Patient
) -> None:
    with runtime.unit_of_work(nurse) as work:
        log_contact(work, second.id, way="phone", outcome="reached", note="")
        opened = open_for_patient(work, second.id, mode="by_phone", forms=["pulse"])
        open_for_patient(work, kept.id, mode="by_phone", forms=["pulse"])
        change_status(work, second.id, PatientStatus.PAUSED)
    merged(runtime, nurse, second, kept)
    with runtime.reading(nurse) as work:
        progress = view_progress(work, kept.id, kept=None)
        summaries = read_summaries(work)
        assert work.records.check_ins.get(opened.id).state is CheckInState.LAPSED
        assert len(work.records.contacts.last_of(kept.id)) == 1
        panel = view_patients(work)
        closed = work.records.patients.get(second.id)
        assert work.records.merging.counts(second.id) == {}
    assert [point.total for point in progress.series["pulse"].points] == [4]
    status = {occasion.code: became for occasion, became in progress.occasions}
    assert status["24h"] is OccasionStatus.DONE
    assert [alert.value for alert in progress.alerts] == [1]
    assert (summaries[kept.id].open_alerts, summaries[second.id].open_alerts) == (1, 0)
    assert [row.patient.id for row in panel.rows] == [kept.id]
    assert (closed.merged_into, closed.merge_reason) == (kept.id, "Registered twice")
    assert progress.patient.status is PatientStatus.ACTIVE
    assert is_sound(runtime)


def test_what_was_planned_keeps_the_version_that_it_was_planned_under(
    runtime: Runtime, clinic: Clinic, nurse: Actor, kept: Patient, second: Patient
) -> None:
    """Or a version with a point more would add one that was never asked, and is missed."""
    with runtime.unit_of_work(staff(runtime, clinic, Role.CLINICIAN)) as work:
        choices = choices_of(work.definitions.protocol)
        put_protocol_in_force(
            work, replace(choices, follow_up=("72h",)), replaces=1, note="Fewer questions."
        )
    merged(runtime, nurse, kept, second)
    with runtime.reading(nurse) as work:
        versions = work.records.treatment.protocol_versions_of(second.id)
        assert work.records.treatment.protocol_versions_of(kept.id) == {}
    assert {code for _, code in versions} >= {"24h", "48h", "72h"}
    assert set(versions.values()) == {1}


def test_every_table_of_a_patient_is_thought_of() -> None:
    """A row is given to the other patient by its `patient_id` alone. A table in which that can
    collide needs a rule of its own in `merging`, or in `merge_records`."""
    by_key = {t.name for t in tables_of_patients() if "patient_id" in t.primary_key.columns}
    assert by_key == {*MADE_ANEW, NUMBERED, PLANNED}
    indexes = {index for table in tables_of_patients() for index in table.indexes if index.unique}
    by_index = {index.name for index in indexes if "patient_id" in index.columns}
    assert by_index == {
        "uq_alert_cases_open",
        "uq_check_ins_one_open",
        "uq_pauses_one_goes_on",
    }
    constraints = {one for table in tables_of_patients() for one in table.constraints}
    unique = [one for one in constraints if isinstance(one, UniqueConstraint)]
    assert [one for one in unique if "patient_id" in one.columns] == []


def test_courses_at_the_same_time_are_refused(
    runtime: Runtime, clinic: Clinic, nurse: Actor, kept: Patient, second: Patient
) -> None:
    an_induction(runtime, clinic, second, starts_at=NOW - 10 * DAY)
    with pytest.raises(InvalidInput, match="a course of treatment at the same time"):
        merged(runtime, nurse, second, kept)
    with runtime.reading(nurse) as work:
        assert work.records.patients.get(second.id).merged_into is None


def test_the_entries_of_both_new_patient_forms_stand_in_order(
    runtime: Runtime, clock: Clock, clinic: Clinic, nurse: Actor, kept: Patient, second: Patient
) -> None:
    people = {p.id: account_of(runtime, clinic, p) for p in (kept, second)}
    field = next(iter(runtime.definitions.intake.fields))
    for patient, value in ((kept, True), (second, False), (kept, False), (second, True)):
        clock.forward(minutes=1)
        with runtime.unit_of_work(people[patient.id]) as work:
            _, replaces = values_of(work.records.intakes.of(patient.id), field)
            save_entry(work, field, value, replaces=replaces)
    merged(runtime, nurse, second, kept)
    with runtime.unit_of_work(people[kept.id]) as work:
        entries = work.records.intakes.of(kept.id).entries
        assert [entry.revision for entry in entries] == [1, 2, 3, 4]
        save_entry(work, field, value=False, replaces=4)
    assert is_sound(runtime)


def test_one_account_is_left(
    runtime: Runtime, clinic: Clinic, nurse: Actor, kept: Patient, second: Patient
) -> None:
    theirs = account_of(runtime, clinic, second)
    other = a_patient(runtime, clinic, "Third Example")
    merged(runtime, nurse, second, kept)  # which has none: the account comes along
    assert runtime.accounts.account_of(theirs.id, clinic_id=clinic.id).person.patient_id == kept.id
    of_other = account_of(runtime, clinic, other)
    merged(runtime, nurse, other, kept)
    active = {person.id: person.active for person in runtime.accounts.people_of(clinic.id)}
    assert (active[theirs.id], active[of_other.id]) == (True, False)


def test_a_closed_record_takes_nothing_more(
    runtime: Runtime, clinic: Clinic, nurse: Actor, kept: Patient, second: Patient
) -> None:
    merged(runtime, nurse, second, kept)
    third = a_patient(runtime, clinic, "Third Example")
    closed = pytest.raises(InvalidInput, match="This record is closed")
    with closed, runtime.unit_of_work(nurse) as work:
        open_for_patient(work, second.id, mode="by_phone", forms=["pulse"])
    for patient, into in ((second, kept), (third, second), (third, third)):
        with pytest.raises(InvalidInput):
            merged(runtime, nurse, patient, into)


def test_who_may_merge_what(
    runtime: Runtime, clinic: Clinic, nurse: Actor, kept: Patient, second: Patient
) -> None:
    stranger = a_patient(runtime, a_clinic(runtime, "elsewhere"), "Strange Example")
    with pytest.raises(NotFound):
        merged(runtime, nurse, stranger, kept)
    for by in (account_of(runtime, clinic, kept), staff(runtime, clinic, Role.ADMINISTRATOR)):
        with pytest.raises(NotPermitted):
            merged(runtime, by, second, kept)


def test_an_import_goes_on_in_the_record_that_stays(
    runtime: Runtime, nurse: Actor, kept: Patient
) -> None:
    with runtime.unit_of_work(operator("clinic")) as work:
        imported = register_patient(work, name="Imported", source="study", source_id="7")
    merged(runtime, nurse, imported, kept)
    with runtime.reading(operator("clinic")) as work:
        found = work.records.patients.from_source("study", "7")
    assert found is not None
    assert found.id == kept.id
