"""Take a record's answers away: a patient their own, staff those of a patient of the clinic."""

from dataclasses import dataclass

from mindspa.domain.check_ins import StoredForm, without_moved
from mindspa.domain.treatment import Patient
from mindspa.services.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class TakenAnswers:
    """Every form, in order of answering, those that a correction replaced as well."""

    patient: Patient
    forms: tuple[StoredForm, ...]
    zone: str


def export_answers(work: UnitOfWork, patient_id: str) -> TakenAnswers:
    """Times are in the clinic's zone. Audited each time, beside the look at the record."""
    patient = work.look_at(patient_id)
    return _taken(work, patient, zone=work.clinic.zone)


def export_own_answers(work: UnitOfWork) -> TakenAnswers:
    """Without what staff rated: that is a clinician's to explain; and without what was filed under
    this patient and is another's. Times are in the patient's zone."""
    patient = work.records.patients.get(work.own_patient_id())
    taken = _taken(work, patient, zone=work.zone_of(patient))
    instruments = work.definitions.instruments
    forms = without_moved(taken.forms)
    own = (form for form in forms if not instruments[form.instrument].staff_only)
    return TakenAnswers(patient, tuple(own), taken.zone)


def _taken(work: UnitOfWork, patient: Patient, *, zone: str) -> TakenAnswers:
    work.audit("answers.exported", about=patient.id)
    return TakenAnswers(patient, tuple(work.records.check_ins.forms_of(patient.id)), zone)
