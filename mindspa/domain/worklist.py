"""Who has not answered: what is still wanted of each patient, in order of need."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from mindspa.domain.contacts import Contact
from mindspa.domain.reminders import about
from mindspa.domain.schedule import PULSE, Occasion
from mindspa.domain.treatment import Patient


class Standing(IntEnum):
    """How an occasion without its answers stands; the lowest first on the list."""

    DUE = 0  # wanted by now, and can still be answered in time
    LATE = 1  # closed, yet its standard forms can still be given
    OPEN = 2  # not yet wanted
    MISSED = 3


@dataclass(frozen=True, slots=True)
class Wanted:
    """`lacking`: ids of the forms that no answer stands with it for."""

    occasion: Occasion
    lacking: tuple[str, ...]
    standing: Standing


@dataclass(frozen=True, slots=True)
class WorklistRow:
    """One patient. `silent_since`: nothing was answered after an infusion, from +36 h on.
    `last_answered_at`, `last_contact`: of any form, and of any way. `not_reminded`: a reminder of
    what is wanted of them did not arrive."""

    patient: Patient
    wanted: tuple[Wanted, ...]  # the most urgent first
    silent_since: datetime | None
    last_answered_at: datetime | None
    last_contact: Contact | None
    not_reminded: bool


def standing(occasion: Occasion, lacking: Iterable[str], *, now: datetime) -> Standing | None:
    """Of an occasion that lacks an answer; None where nothing is wanted of anybody: not yet, or not
    any more because the patient was not active."""
    if not occasion.asked or now < occasion.opens_at:
        return None
    if now < occasion.closes_at:
        return Standing.DUE if occasion.due_at <= now else Standing.OPEN
    if occasion.stopped:
        return None
    late = now < occasion.late_until and any(form != PULSE for form in lacking)
    return Standing.LATE if late else Standing.MISSED


def worklist_rows(
    wanted: Iterable[tuple[Patient, Wanted]],
    silent: Iterable[tuple[Patient, datetime]],
    last_answers: Mapping[str, datetime],
    last_contacts: Mapping[str, Contact],
    undelivered: Container[str],
) -> tuple[WorklistRow, ...]:
    """One row a patient: the silent first, the longest silence before all; then by what is most
    urgent, and among equals by what closes, or has closed, first. `undelivered`: what reminders
    that did not arrive are about."""
    patients: dict[str, Patient] = {}
    since: dict[str, datetime] = {}
    of_patient: dict[str, list[Wanted]] = {}
    for patient, at in silent:
        patients[patient.id] = patient
        since[patient.id] = min(at, since.get(patient.id, at))
    for patient, one in wanted:
        patients[patient.id] = patient
        of_patient.setdefault(patient.id, []).append(one)
    for found in of_patient.values():
        found.sort(key=_place)
    rows = (
        WorklistRow(
            patient,
            tuple(of_patient.get(patient.id, ())),
            since.get(patient.id),
            last_answers.get(patient.id),
            last_contacts.get(patient.id),
            any(about(one.occasion) in undelivered for one in of_patient.get(patient.id, ())),
        )
        for patient in patients.values()
    )
    return tuple(sorted(rows, key=_need))


def _place(wanted: Wanted) -> tuple[Standing, datetime, str]:
    return wanted.standing, wanted.occasion.closes_at, wanted.occasion.code


def _need(row: WorklistRow) -> tuple[int, datetime, str]:
    if row.silent_since is not None:
        return -1, row.silent_since, row.patient.id
    first = row.wanted[0]
    return first.standing, first.occasion.closes_at, row.patient.id
