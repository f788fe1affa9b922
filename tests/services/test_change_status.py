"""A patient's status is changed by staff who may record treatment, and audited once."""

import pytest

from mindspa.bootstrap import Runtime
from mindspa.domain.access import Role, operator
from mindspa.domain.errors import NotPermitted
from mindspa.domain.treatment import PatientStatus
from mindspa.services.change_status import change_status
from tests import factories


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
