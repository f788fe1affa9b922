"""Reading one patient: by staff, once audited a visit; by the patient, without alerts."""

from datetime import timedelta

import pytest

from mindspa.bootstrap import Runtime
from mindspa.domain.access import Role, operator
from mindspa.domain.errors import DatabaseUnusable, NotFound, NotPermitted
from mindspa.domain.outcomes import Progress
from mindspa.domain.schedule import OccasionStatus
from mindspa.domain.treatment import Clinic, Patient
from mindspa.services.view_progress import (
    STILL_HOLDS,
    recent_part,
    view_own_progress,
    view_progress,
)
from mindspa.storage.records import Records
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

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def patient(runtime: Runtime, clinic: Clinic) -> Patient:
    """Treated two days ago: the 24 h pulse was answered, that before the infusion was not."""
    patient = a_patient(runtime, clinic)
    course = an_induction(runtime, clinic, patient, starts_at=NOW - 2 * DAY)
    an_infusion(runtime, clinic, course, starts_at=NOW - 2 * DAY)
    a_stored_form(runtime, clinic, patient, "phq9", at=NOW - 3 * DAY, each=2, _9=1)
    a_stored_form(runtime, clinic, patient, "pulse", at=NOW - 20 * HOUR, safety=0)
    return patient


def test_a_clinician_sees_scores_occasions_and_alerts(
    runtime: Runtime, clinic: Clinic, patient: Patient
) -> None:
    with runtime.reading(staff(runtime, clinic, Role.CLINICIAN)) as work:
        seen = view_progress(work, patient.id)
    assert {name: series.points[-1].total for name, series in seen.series.items()} == {
        "phq9": 17,
        "pulse": 4,
    }
    assert [alert.value for alert in seen.alerts] == [1]
    status = {occasion.code: status for occasion, status in seen.occasions}
    assert status["pre_infusion"] is OccasionStatus.MISSED
    assert status["24h"] is OccasionStatus.DONE
    assert status["48h"] is OccasionStatus.OPEN
    assert seen.zone == clinic.zone


def test_a_patient_sees_their_own_without_alerts(
    runtime: Runtime, clinic: Clinic, patient: Patient
) -> None:
    with runtime.reading(account_of(runtime, clinic, patient)) as work:
        own = view_own_progress(work)
        assert own.alerts == ()
        assert own.series["phq9"].points[-1].total == 17
        with pytest.raises(NotPermitted):
            view_progress(work, patient.id)
    clinician = staff(runtime, clinic, Role.CLINICIAN)
    with runtime.reading(clinician) as work, pytest.raises(NotPermitted):
        view_own_progress(work)


def test_unknown_and_another_clinics_patients_are_the_same(
    runtime: Runtime, clinic: Clinic, patient: Patient
) -> None:
    elsewhere = staff(runtime, a_clinic(runtime, "elsewhere"), Role.CLINICIAN)
    said = set()
    for patient_id in ("", "nobody", patient.id):
        with runtime.reading(elsewhere) as work, pytest.raises(NotFound) as refused:
            view_progress(work, patient_id)
        said.add(str(refused.value))
    assert said == {"There is no such patient in your clinic."}
    with runtime.reading(operator(clinic.id)) as work:
        events = [event.what for event in work.records.audit_events(patient.id)]
    assert "patient.viewed" not in events


def test_a_look_is_audited_once_a_visit(
    runtime: Runtime, clinic: Clinic, patient: Patient, clock: Clock
) -> None:
    clinician = staff(runtime, clinic, Role.CLINICIAN)

    def looks() -> int:
        with runtime.reading(clinician) as work:
            view_progress(work, patient.id)
        with runtime.reading(clinician) as work:
            events = work.records.audit_events(patient.id)
        return sum(e.what == "patient.viewed" and e.actor_id == clinician.id for e in events)

    assert looks() == 1
    clock.forward(minutes=30)
    assert looks() == 1
    clock.forward(minutes=30, seconds=1)
    assert looks() == 2


def test_a_look_that_could_not_be_audited_is_audited_the_next_time(
    runtime: Runtime, clinic: Clinic, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    clinician = staff(runtime, clinic, Role.CLINICIAN)

    def busy(*_: object) -> None:
        raise DatabaseUnusable("The database is busy.")

    with monkeypatch.context() as patch:
        patch.setattr(Records, "audit", busy)
        with pytest.raises(DatabaseUnusable), runtime.reading(clinician) as work:
            view_progress(work, patient.id)
    with runtime.reading(clinician) as work:
        view_progress(work, patient.id)
    with runtime.reading(clinician) as work:
        events = [event.what for event in work.records.audit_events(patient.id)]
    assert events.count("patient.viewed") == 1


def test_a_record_is_read_again_after_a_write_about_the_patient_or_a_minute(
    runtime: Runtime, clinic: Clinic, patient: Patient, clock: Clock
) -> None:
    clinician = staff(runtime, clinic, Role.CLINICIAN)
    other = a_patient(runtime, clinic, "Other")

    def seen(of: Patient, kept: Progress | None) -> Progress:
        with runtime.reading(clinician) as work:
            return view_progress(work, of.id, kept=kept)

    first = seen(patient, None)
    a_stored_form(runtime, clinic, other, "phq9", at=NOW - HOUR, each=1)
    assert seen(patient, first) is first
    assert seen(other, first).patient.id == other.id
    a_stored_form(runtime, clinic, patient, "phq9", at=NOW - HOUR, each=1)
    second = seen(patient, first)
    assert second.series["phq9"].points[-1].total == 9
    clock.now += STILL_HOLDS - timedelta(seconds=1)
    assert seen(patient, second) is second
    clock.now += timedelta(seconds=1)
    assert seen(patient, second).now == clock.now
    elsewhere = staff(runtime, a_clinic(runtime, "elsewhere"), Role.CLINICIAN)
    with runtime.reading(elsewhere) as work, pytest.raises(NotFound):
        view_progress(work, patient.id, kept=second)


@pytest.mark.parametrize(
    "age, older",
    [(timedelta(days=367), 0), (timedelta(days=367, seconds=1), 1)],
)
def test_the_course_and_the_year_before_are_recent(
    runtime: Runtime, clinic: Clinic, patient: Patient, age: timedelta, older: int
) -> None:
    a_stored_form(runtime, clinic, patient, "gad7", at=NOW - age)
    with runtime.reading(operator(clinic.id)) as work:
        whole = view_progress(work, patient.id)
    recent = recent_part(whole)
    assert whole.older == older
    assert ("gad7" in recent.series) == (older == 0)
    assert recent.series["phq9"] == whole.series["phq9"]
