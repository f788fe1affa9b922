"""Write down other treatment of a patient, entered by staff or told by the patient; end, correct
and withdraw an entry. Rows are added: what was written before stays in the records."""

from dataclasses import asdict, replace
from datetime import date
from zoneinfo import ZoneInfo

from mindspa.domain import entered
from mindspa.domain.access import Permission
from mindspa.domain.adjuncts import MOST, Adjunct, Entry, checked, standing
from mindspa.domain.errors import InvalidInput, NotFound, Stale
from mindspa.domain.treatment import Patient
from mindspa.services.unit_of_work import UnitOfWork

ENDED = "It ended."


def record_adjunct(work: UnitOfWork, patient_id: str, entry: Entry) -> Adjunct:
    """By staff."""
    work.actor.require(Permission.RECORD_TREATMENT)
    return _record(work, patient_id, entry, told_by_patient=False)


def tell_adjunct(work: UnitOfWork, entry: Entry) -> Adjunct:
    """By the patient who acts."""
    return _record(work, work.own_patient_id(), entry, told_by_patient=True)


def _record(work: UnitOfWork, patient_id: str, entry: Entry, *, told_by_patient: bool) -> Adjunct:
    """The same once more adds nothing: a second press, or what the other side wrote already."""
    entry = _checked(work, work.write_about(patient_id), entry)
    stand = standing(work.records.adjuncts.of(patient_id))
    for known in stand:
        if known.entry == entry:
            return known
    if len(stand) >= MOST:
        raise InvalidInput("There are too many entries. Withdraw those that are wrong first.")
    adjunct = Adjunct(
        id=work.new_id(),
        patient_id=patient_id,
        **asdict(entry),
        told_by_patient=told_by_patient,
        recorded_at=work.now,
        recorded_by=work.actor.id,
        by_name=work.actor.name,
    )
    work.records.adjuncts.add(adjunct)
    work.audit("adjunct.recorded", about=patient_id, record=adjunct.id)
    return adjunct


def correct_adjunct(work: UnitOfWork, adjunct_id: str, entry: Entry, *, reason: str) -> Adjunct:
    """By staff. An end that is added needs no reason."""
    work.actor.require(Permission.RECORD_TREATMENT)
    patient, known = _standing(work, adjunct_id)
    entry = _checked(work, patient, entry)
    if entry == known.entry:
        raise InvalidInput("Nothing is changed. Change a field, or choose a new entry.")
    only_ended = known.ended_on is None and replace(entry, ended_on=None) == known.entry
    reason = entered.note(reason, what="The reason") or (ENDED if only_ended else "")
    return _replace(work, known, "adjunct.corrected", _said(reason), entry)


def end_adjunct(work: UnitOfWork, adjunct_id: str, ended_on: date | None) -> Adjunct:
    """By staff, or by the patient who told it."""
    patient, known = _standing(work, adjunct_id)
    if known.once:
        raise InvalidInput("That happened once and has no last day.")
    if ended_on is None:
        raise InvalidInput("Give the last day.")
    entry = _checked(work, patient, replace(known.entry, ended_on=ended_on))
    if entry == known.entry:
        return known
    return _replace(work, known, "adjunct.ended", ENDED, entry)


def withdraw_adjunct(work: UnitOfWork, adjunct_id: str, *, reason: str) -> Adjunct:
    """By staff, or by the patient who told it: it never was so."""
    _, known = _standing(work, adjunct_id)
    said = _said(entered.note(reason, what="The reason"))
    return _replace(work, known, "adjunct.withdrawn", said, known.entry, withdrawn=True)


def _checked(work: UnitOfWork, patient: Patient, entry: Entry) -> Entry:
    today = work.now.astimezone(ZoneInfo(work.clinic.zone)).date()
    return checked(entry, today=today, born_on=patient.born_on)


def _said(reason: str) -> str:
    if not reason:
        raise InvalidInput("Say why the entry is changed.")
    return reason


def _standing(work: UnitOfWork, adjunct_id: str) -> tuple[Patient, Adjunct]:
    """What may be changed by whoever acts, its patient locked."""
    known = work.records.adjuncts.one(adjunct_id)
    if not work.actor.may(Permission.RECORD_TREATMENT) and not (
        known.told_by_patient and known.patient_id == work.own_patient_id()
    ):
        raise NotFound("There is no such entry.")
    patient = work.write_about(known.patient_id)
    stand = standing(work.records.adjuncts.of(known.patient_id))
    if adjunct_id not in {adjunct.id for adjunct in stand}:
        raise Stale("Somebody changed this entry meanwhile. Look at it again and repeat.")
    return patient, known


def _replace(
    work: UnitOfWork,
    known: Adjunct,
    what: str,
    reason: str,
    entry: Entry,
    *,
    withdrawn: bool = False,
) -> Adjunct:
    adjunct = replace(
        known,
        id=work.new_id(),
        **asdict(entry),
        recorded_at=work.now,
        recorded_by=work.actor.id,
        by_name=work.actor.name,
        replaces=known.id,
        reason=reason,
        withdrawn=withdrawn,
    )
    work.records.adjuncts.add(adjunct)
    work.audit(what, about=known.patient_id, record=adjunct.id)
    return adjunct
