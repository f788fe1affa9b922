"""Add a patient to the clinic's records."""

from collections.abc import Iterable
from datetime import date
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from mindspa.domain.access import Permission
from mindspa.domain.errors import InvalidInput
from mindspa.domain.treatment import Patient
from mindspa.services.unit_of_work import UnitOfWork


def register_patient(
    work: UnitOfWork,
    *,
    name: str,
    born_on: date | None = None,
    zone: str | None = None,
    indications: Iterable[str] = (),
    source: str | None = None,
    source_id: str | None = None,
) -> Patient:
    # Whoever comes from a source comes by import, which is an administrator's.
    work.actor.require(Permission.RECORD_TREATMENT if source is None else Permission.IMPORT_ANSWERS)
    if not name.strip():
        raise InvalidInput("A patient needs a name.")
    if born_on is not None and not date(1900, 1, 1) <= born_on <= work.now.date():
        raise InvalidInput("The date of birth is in the future or before 1900.")
    if zone is not None:
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError):
            raise InvalidInput(
                "The time zone is not known. Name it like America/New_York."
            ) from None
    patient = Patient(
        work.new_id(),
        name.strip(),
        born_on,
        zone,
        indications=frozenset(indications),
        source=source,
        source_id=source_id,
    )
    work.records.patients.add(patient)
    work.write_about(patient.id)
    work.audit("patient.registered", about=patient.id, record=patient.id)
    return patient
