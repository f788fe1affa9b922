"""What can be put right in a record, and what was: corrections, moved forms, merged records."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from mindspa.domain.access import Permission
from mindspa.domain.check_ins import StoredForm, newest_versions
from mindspa.domain.instruments import Instrument
from mindspa.domain.treatment import Patient
from mindspa.services.unit_of_work import UnitOfWork

FEWEST_LETTERS, MOST_FOUND = 2, 25

# What a merge moves, by table, in the words of staff; the rest counts as other entries.
COUNTED: Mapping[str, str] = {
    "stored_forms": "forms",
    "check_ins": "check-ins",
    "courses": "courses",
    "infusions": "infusions",
    "alerts": "alerts",
    "contacts": "contacts",
}
OTHER = "other entries"


@dataclass(frozen=True, slots=True)
class Change:
    """`before` is the version that was replaced; None for a form that came from another record.
    `other`: the patient it was moved to or from, where this clinic still has them."""

    form: StoredForm
    before: StoredForm | None
    by_name: str
    other: Patient | None


@dataclass(frozen=True, slots=True)
class Corrections:
    """`standing` and `changes` are the newest first. `found`: other patients that the search names;
    `counts`: what a merge would move of the one that was chosen."""

    patient: Patient
    standing: Sequence[StoredForm]
    changes: Sequence[Change]
    merged: Sequence[Patient]
    found: Sequence[Patient]
    counts: Mapping[str, int]
    instruments: Mapping[str, Instrument]
    zone: str


def view_corrections(
    work: UnitOfWork, patient_id: str, *, search: str = "", second_id: str | None = None
) -> Corrections:
    work.actor.require(Permission.CORRECT_RECORDS)
    patient = work.look_at(patient_id)
    forms = work.records.check_ins.forms_of(patient_id)
    found = _found(work, patient_id, search)
    second = next((other for other in found if other.id == second_id), None)
    return Corrections(
        patient,
        newest_versions(forms)[::-1],
        _changes(work, forms),
        work.records.patients.merged_into(patient_id),
        found,
        _counts(work.records.merging.counts(work.look_at(second.id).id)) if second else {},
        work.definitions.instruments,
        work.clinic.zone,
    )


def _found(work: UnitOfWork, patient_id: str, search: str) -> list[Patient]:
    words = search.casefold().split()
    if sum(map(len, words)) < FEWEST_LETTERS:
        return []
    others = (
        patient
        for patient in work.records.patients.all()
        if patient.id != patient_id
        and patient.merged_into is None
        and all(word in patient.name.casefold() for word in words)
    )
    return sorted(others, key=lambda patient: (patient.name.casefold(), patient.id))[:MOST_FOUND]


def moved_forms(work: UnitOfWork, patient_id: str) -> list[Change]:
    """What came from another record or went to one, the newest first."""
    work.look_at(patient_id)
    moved = work.records.check_ins.moved_of(patient_id)
    return _named(work, moved, {})


def _changes(work: UnitOfWork, forms: Iterable[StoredForm]) -> list[Change]:
    by_id = {form.id: form for form in forms}
    changed = [f for f in by_id.values() if f.corrected or f.moved_from is not None]
    return _named(work, changed, by_id)


def _named(
    work: UnitOfWork, changed: Sequence[StoredForm], by_id: Mapping[str, StoredForm]
) -> list[Change]:
    if not changed:
        return []
    names = work.records.patients.names_of_people(form.entered_by for form in changed)
    found = work.records.patients.of_many(filter(None, map(_elsewhere, changed)))
    others = {patient.id: patient for patient in found}
    return [
        Change(
            form,
            by_id.get(form.replaces or ""),
            names.get(form.entered_by, form.entered_by),
            others.get(_elsewhere(form) or ""),
        )
        for form in sorted(changed, key=_saved_at, reverse=True)
    ]


def _elsewhere(form: StoredForm) -> str | None:
    """The patient whom this version was moved to or from. A later correction of what came from
    elsewhere is no move."""
    return form.moved_to or (form.moved_from if form.replaces is None else None)


def _saved_at(form: StoredForm) -> datetime:
    return form.saved_at


def _counts(tables: Mapping[str, int]) -> Mapping[str, int]:
    found = {words: tables[table] for table, words in COUNTED.items() if table in tables}
    rest = sum(count for table, count in tables.items() if table not in COUNTED)
    return found | ({OTHER: rest} if rest else {})
