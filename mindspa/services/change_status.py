"""Say whether a patient is active, paused, transferred or deceased. Nothing is asked of whoever is
not active: it stops in the same transaction."""

from mindspa.domain import entered
from mindspa.domain.access import Permission
from mindspa.domain.errors import InvalidInput
from mindspa.domain.treatment import PatientStatus, Pause
from mindspa.services.end_course import end_course
from mindspa.services.plan_course import write_occasions
from mindspa.services.unit_of_work import UnitOfWork

ENDS_TREATMENT = (PatientStatus.TRANSFERRED, PatientStatus.DECEASED)


def change_status(
    work: UnitOfWork, patient_id: str, status: PatientStatus, *, reason: str = ""
) -> None:
    """Saying the same twice says it once. Of a patient who was transferred or died the course ends,
    and what is planned in it is cancelled; a pause leaves what is planned where it is."""
    work.actor.require(Permission.RECORD_TREATMENT)
    patient = work.write_about(patient_id)
    if status not in list(PatientStatus):
        raise InvalidInput("Choose active, paused, transferred or deceased.")
    status, reason = PatientStatus(status), entered.note(reason, what="The reason")
    if patient.status is status:
        return
    if status in ENDS_TREATMENT:
        for course in work.records.treatment.courses_of(patient_id):
            end_course(work, patient_id, course.id, reason=reason or status.value.capitalize())
    for pause in work.records.treatment.pauses_of(patient_id):
        if pause.until is None:
            work.records.treatment.end_pause(pause, until=work.now)
    if status is not PatientStatus.ACTIVE:
        work.records.treatment.add_pause(
            Pause(
                work.new_id(),
                patient_id,
                status,
                since=work.now,
                reason=reason or None,
                recorded_by=work.actor.id,
            )
        )
    work.records.patients.save_status(patient_id, status)
    work.audit(f"patient.{status}", about=patient_id, record=patient_id)
    write_occasions(work, patient_id)
