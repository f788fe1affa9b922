"""Say whether a patient is active, paused, transferred or deceased."""

from mindspa.domain.access import Permission
from mindspa.domain.errors import InvalidInput
from mindspa.domain.treatment import PatientStatus
from mindspa.services.unit_of_work import UnitOfWork


def change_status(work: UnitOfWork, patient_id: str, status: PatientStatus) -> None:
    work.actor.require(Permission.RECORD_TREATMENT)
    patient = work.write_about(patient_id)
    if status not in list(PatientStatus):
        raise InvalidInput("Choose active, paused, transferred or deceased.")
    if patient.status is not status:
        work.records.patients.save_status(patient_id, status)
        work.audit(f"patient.{status}", about=patient_id, record=patient_id)
