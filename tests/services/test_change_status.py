"""A patient's status is changed by staff who may record treatment, and audited once. Nothing is
asked of whoever is not active."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from mindspa.bootstrap import Runtime
from mindspa.domain.access import Role, operator
from mindspa.domain.errors import InvalidInput, NotPermitted
from mindspa.domain.treatment import Infusion, InfusionStatus, Patient, PatientStatus, Phase
from mindspa.services.book_infusion import book_infusion
from mindspa.services.change_status import change_status
from tests import factories
from tests.conftest import NOW, Clock


def test_changed_once_and_audited(runtime: Runtime) -> None:
    clinic = factories.a_clinic(runtime)
    patient = factories.a_patient(runtime, clinic)
    nurse = factories.staff(runtime, clinic, Role.CARE_TEAM)
    for _ in range(2):
        with runtime.unit_of_work(nurse) as work:
            change_status(work, patient.id, PatientStatus.PAUSED)
    with runtime.reading(operator(clinic.id)) as work:
        assert work.records.patients.get(patient.id).status is PatientStatus.PAUSED
        events = [event.what for event in work.records.audit_events(patient.id)]
    assert events.count("patient.paused") == 1


def test_not_by_the_patient(runtime: Runtime) -> None:
    clinic = factories.a_clinic(runtime)
    patient = factories.a_patient(runtime, clinic)
    own = factories.account_of(runtime, clinic, patient)
    with pytest.raises(NotPermitted), runtime.unit_of_work(own) as work:
        change_status(work, patient.id, PatientStatus.PAUSED)


DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def patient(runtime: Runtime) -> Patient:
    """An infusion yesterday, one tomorrow, and maintenance booked after the induction."""
    clinic = factories.a_clinic(runtime)
    patient = factories.a_patient(runtime, clinic)
    course = factories.an_induction(runtime, clinic, patient, starts_at=NOW - DAY)
    for days in (-1, 1):
        factories.an_infusion(runtime, clinic, course, starts_at=NOW + days * DAY)
    with runtime.unit_of_work(operator(clinic.id)) as work:
        book_infusion(work, patient.id, planned_at=NOW + 30 * DAY, new_course=Phase.MAINTENANCE)
    return patient


def change(runtime: Runtime, patient: Patient, status: PatientStatus, reason: str = "") -> None:
    with runtime.unit_of_work(operator("clinic")) as work:
        change_status(work, patient.id, status, reason=reason)


def asked_after(runtime: Runtime, patient: Patient, at: datetime) -> set[str]:
    """Of what closes after an instant."""
    with runtime.reading(operator("clinic")) as work:
        occasions = work.records.treatment.occasions_of(patient.id)
    return {o.code for o in occasions if o.asked and o.closes_at > at}


def infusions_of(runtime: Runtime, patient: Patient) -> list[Infusion]:
    with runtime.reading(operator("clinic")) as work:
        return work.records.treatment.infusions_of(patient.id)


def test_a_pause_stops_what_would_be_asked_and_leaves_what_is_planned(
    runtime: Runtime, clock: Clock, patient: Patient
) -> None:
    clock.forward(hours=2)  # the 24 h pulse has been open for an hour
    paused_at = clock.now
    assert asked_after(runtime, patient, paused_at)
    change(runtime, patient, PatientStatus.PAUSED, "Ill.")
    assert asked_after(runtime, patient, paused_at) == set()
    assert [i.status for i in infusions_of(runtime, patient)] == [
        InfusionStatus.GIVEN,
        InfusionStatus.PLANNED,
        InfusionStatus.PLANNED,
    ]
    clock.forward(hours=36)
    change(runtime, patient, PatientStatus.ACTIVE)
    with runtime.reading(operator("clinic")) as work:
        (pause,) = work.records.treatment.pauses_of(patient.id)
        stopped = {o.code: o for o in work.records.treatment.occasions_of(patient.id) if o.stopped}
    assert (pause.since, pause.until, pause.reason) == (paused_at, clock.now, "Ill.")
    assert {o.closes_at for o in stopped.values()} == {paused_at}
    assert "24h" in stopped
    assert "24h" in asked_after(runtime, patient, clock.now)  # of the next infusion


@pytest.mark.parametrize("status", [PatientStatus.TRANSFERRED, PatientStatus.DECEASED])
def test_whoever_left_has_nothing_planned_any_more(
    runtime: Runtime, patient: Patient, status: PatientStatus
) -> None:
    change(runtime, patient, status)
    assert asked_after(runtime, patient, NOW) == set()
    assert [i.status for i in infusions_of(runtime, patient)] == [
        InfusionStatus.GIVEN,
        InfusionStatus.CANCELLED,
        InfusionStatus.CANCELLED,
    ]
    with runtime.reading(operator("clinic")) as work:
        courses = work.records.treatment.courses_of(patient.id)
    assert [(course.ended_at, course.end_reason) for course in courses] == [
        (NOW, status.value.capitalize()),
        (NOW, status.value.capitalize()),
    ]


def test_one_status_follows_another(runtime: Runtime, clock: Clock, patient: Patient) -> None:
    change(runtime, patient, PatientStatus.PAUSED)
    clock.forward(days=1)
    change(runtime, patient, PatientStatus.TRANSFERRED, "Moved away.")
    with runtime.reading(operator("clinic")) as work:
        pauses = work.records.treatment.pauses_of(patient.id)
    assert [(pause.status, pause.since, pause.until) for pause in pauses] == [
        (PatientStatus.PAUSED, NOW, NOW + DAY),
        (PatientStatus.TRANSFERRED, NOW + DAY, None),
    ]


def test_not_while_an_infusion_is_under_way(
    runtime: Runtime, clock: Clock, patient: Patient
) -> None:
    planned = infusions_of(runtime, patient)[1]
    with runtime.unit_of_work(operator("clinic")) as work:
        work.records.treatment.save_infusion(
            replace(planned, status=InfusionStatus.STARTED, started_at=NOW, version=2)
        )
    with pytest.raises(InvalidInput, match="An infusion is under way"):
        change(runtime, patient, PatientStatus.TRANSFERRED)
    change(runtime, patient, PatientStatus.PAUSED)
