"""Add a patient to the clinic's records."""

import re
from collections.abc import Iterable
from datetime import date
from zoneinfo import available_timezones

from mindspa.domain import entered
from mindspa.domain.access import Permission
from mindspa.domain.errors import InvalidInput
from mindspa.domain.treatment import Patient
from mindspa.services.unit_of_work import UnitOfWork

# Of an imported person: its number, and the source in brackets.
LONGEST_NAME = 2 * entered.LONGEST_LINE + 20


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
    name = entered.line(name, what="The patient's name", longest=LONGEST_NAME)
    if born_on is not None and not date(1900, 1, 1) <= born_on <= work.now.date():
        raise InvalidInput("The date of birth is in the future or before 1900.")
    if zone is not None and zone not in available_timezones():
        raise InvalidInput("The time zone is not known. Name it like America/New_York.")
    indications = frozenset(indications)
    if not all(re.fullmatch(r"[a-z0-9_]{1,40}", word) for word in indications):
        raise InvalidInput("An indication is a small word, such as ptsd.")
    patient = Patient(
        work.new_id(),
        name,
        born_on,
        zone,
        indications=indications,
        source=source,
        source_id=source_id,
    )
    work.records.patients.add(patient)
    work.write_about(patient.id)
    work.audit("patient.registered", about=patient.id, record=patient.id)
    return patient
