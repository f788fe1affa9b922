"""Add a patient to the clinic's records, and keep what is known of them up to date."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from zoneinfo import available_timezones

from mindspa.domain import entered
from mindspa.domain.access import Permission
from mindspa.domain.errors import AskAgain, InvalidInput, Stale
from mindspa.domain.treatment import Patient
from mindspa.services.plan_course import write_occasions
from mindspa.services.unit_of_work import UnitOfWork

# Of an imported person: its number, and the source in brackets.
LONGEST_NAME = 2 * entered.LONGEST_LINE + 20

# Why somebody comes; an import may know others.
INDICATIONS: Mapping[str, str] = {
    "depression": "Depression",
    "ptsd": "PTSD",
    "anxiety": "Generalised anxiety",
    "suicidal_thoughts": "Suicidal thoughts",
}


def register_patient(
    work: UnitOfWork,
    *,
    name: str,
    born_on: date | None = None,
    zone: str | None = None,
    indications: Iterable[str] = (),
    phone: str = "",
    voicemail: bool = False,
    source: str | None = None,
    source_id: str | None = None,
    patient_id: str | None = None,
    is_another: bool = False,
) -> Patient:
    """`patient_id` names the press: the same one twice registers one patient. `is_another`:
    somebody has looked, and this is not the patient of the same name and birth date."""
    # Whoever comes from a source comes by import, which is an administrator's.
    work.actor.require(Permission.INVITE_PATIENTS if source is None else Permission.IMPORT_ANSWERS)
    if patient_id and (known := work.records.patients.find(patient_id)):
        return known
    patient = _checked(
        work,
        Patient(
            patient_id or work.new_id(),
            name,
            born_on,
            zone,
            indications=frozenset(indications),
            phone=phone or None,
            voicemail=voicemail,
            source=source,
            source_id=source_id,
        ),
    )
    if source is None and born_on is not None and not is_another:
        _ask_about_namesake(work, patient)
    work.records.patients.add(patient)
    work.write_about(patient.id)
    work.audit("patient.registered", about=patient.id, record=patient.id)
    return patient


def change_details(
    work: UnitOfWork,
    patient_id: str,
    *,
    name: str,
    born_on: date | None,
    zone: str | None,
    indications: Iterable[str],
    phone: str,
    voicemail: bool,
    seen: Patient | None = None,
) -> Patient:
    """What is asked of the patient follows the indications at once. `seen`: what the person had
    before them; where somebody else has changed any of it since, nothing is overwritten."""
    work.actor.require(Permission.INVITE_PATIENTS)
    before = work.write_about(patient_id)
    if seen is not None and _details(seen) != _details(before):
        raise Stale("Somebody changed these details meanwhile. Reload the page and repeat.")
    changed = _checked(
        work,
        replace(
            before,
            name=name,
            born_on=born_on,
            zone=zone,
            indications=frozenset(indications),
            phone=phone or None,
            voicemail=voicemail,
        ),
    )
    if changed != before:
        work.records.patients.save_details(changed)
        work.audit("patient.changed", about=patient_id, record=patient_id)
        write_occasions(work, patient_id)
    return changed


def _details(patient: Patient) -> tuple[object, ...]:
    return (
        patient.name,
        patient.born_on,
        patient.zone,
        patient.indications,
        patient.phone,
        patient.voicemail,
    )


def _checked(work: UnitOfWork, patient: Patient) -> Patient:
    name = entered.line(patient.name, what="The patient's name", longest=LONGEST_NAME)
    if patient.born_on is not None and not date(1900, 1, 1) <= patient.born_on <= work.now.date():
        raise InvalidInput("The date of birth is in the future or before 1900.")
    if patient.zone is not None and patient.zone not in available_timezones():
        raise InvalidInput("The time zone is not known. Name it like America/New_York.")
    if not all(re.fullmatch(r"[a-z0-9_]{1,40}", word) for word in patient.indications):
        raise InvalidInput("An indication is a small word, such as ptsd.")
    phone = entered.phone(patient.phone) if patient.phone else None
    return replace(patient, name=name, phone=phone, voicemail=bool(patient.voicemail and phone))


def _ask_about_namesake(work: UnitOfWork, patient: Patient) -> None:
    for other in work.records.patients.born_on(patient.born_on):
        if other.merged_into is None and other.name.casefold() == patient.name.casefold():
            raise AskAgain(
                "A patient of that name and date of birth is registered already. Open them in the "
                "list; if this is somebody else, tick so and register again."
            )
