"""What a patient reads about the treatment."""

from dataclasses import dataclass

from mindspa.domain.evidence import Evidence, TreatmentText
from mindspa.domain.treatment import Clinic
from mindspa.services.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class AboutTreatment:
    clinic: Clinic
    text: TreatmentText
    evidence: Evidence


def show_treatment(work: UnitOfWork) -> AboutTreatment:
    work.own_patient_id()  # the guard of all that is a patient's own
    known = work.definitions
    return AboutTreatment(work.clinic, known.treatment_text, known.evidence)
