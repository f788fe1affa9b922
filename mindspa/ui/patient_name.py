"""A patient's name in the lists of staff."""

from mindspa.domain.treatment import Patient, PatientStatus


def listed_name(patient: Patient) -> str:
    # Before the name: at the end of a long one it would be cut off.
    away = "" if patient.status is PatientStatus.ACTIVE else f"({patient.status.value}) "
    return f"{away}{patient.name}"
