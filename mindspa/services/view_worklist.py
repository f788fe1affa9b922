"""The worklist: who is asked for answers that have not come, without opening a patient."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from mindspa.domain.access import Permission
from mindspa.domain.contacts import Contact
from mindspa.domain.treatment import Patient
from mindspa.domain.worklist import Standing, Wanted, WorklistRow, standing, worklist_rows
from mindspa.services.remind import Reminded, reminded
from mindspa.services.unit_of_work import UnitOfWork
from mindspa.storage.records.worklist import Found

# What was missed before stands on the patient's timeline: nobody phones about it any more.
LISTED_FOR = timedelta(days=7)

# So many patients at once: a day's phoning of a large clinic. The others come up as these go.
MOST_ROWS = 200


@dataclass(frozen=True, slots=True)
class WorklistView:
    """`more`: there are patients beyond these, all of them less urgent."""

    rows: tuple[WorklistRow, ...]
    more: bool
    now: datetime
    zone: str


def view_worklist(
    work: UnitOfWork, *, only: Standing | None = None, silent_only: bool = False
) -> WorklistView:
    """`only` those in whose case something stands so, `silent_only` those silent since an infusion.
    A fixed number of reads, and no more of the clinic than what is shown."""
    work.actor.require(Permission.ENTER_ANSWERS)
    silent = _silent(work)
    patients = _waited_for(work, silent, only=only, silent_only=silent_only)
    shown = patients[:MOST_ROWS]
    worklist, now = work.records.worklist, work.now
    wanted = worklist.wanted_of(
        shown, now=now, since=_since(work, Standing.LATE), until=_until(work)
    )
    rows = worklist_rows(
        _wanted(work, wanted),
        [one for one in silent if one[0].id in set(shown)],
        worklist.last_answers(shown),
        work.records.contacts.last_of_many(shown),
        work.records.reminders.undelivered(shown, since=_since(work, Standing.MISSED)),
    )
    return WorklistView(rows, len(patients) > MOST_ROWS, now, work.clinic.zone)


def waited_for(work: UnitOfWork) -> list[str]:
    """Ids of patients whose answers have not come, the most urgent first. At least one more than
    are shown at once, where there are more."""
    work.actor.require(Permission.ENTER_ANSWERS)
    return _waited_for(work, _silent(work), only=None, silent_only=False)


def _waited_for(
    work: UnitOfWork,
    silent: Iterable[tuple[Patient, datetime]],
    *,
    only: Standing | None,
    silent_only: bool,
) -> list[str]:
    patients = dict.fromkeys(patient.id for patient, _ in silent if only is None)
    for wanted in () if silent_only else Standing if only is None else (only,):
        if len(patients) <= MOST_ROWS:
            found = work.records.worklist.patients(
                wanted,
                now=work.now,
                since=_since(work, wanted),
                until=_until(work),
                most=2 * MOST_ROWS,  # one patient comes once for each occasion
            )
            patients |= dict.fromkeys(found)
    return list(patients)


@dataclass(frozen=True, slots=True)
class OpenedRow:
    """`contacts`: the newest first."""

    row: WorklistRow
    contacts: list[Contact]
    reminded: Reminded


def open_row(work: UnitOfWork, view: WorklistView, patient_id: str | None) -> OpenedRow | None:
    """One row in full, which counts as looking at the patient's record; None where it is not on the
    list, or no longer."""
    for row in view.rows:
        if row.patient.id == patient_id:
            work.look_at(row.patient.id)
            contacts = work.records.contacts.last_of(row.patient.id)
            return OpenedRow(row, contacts, reminded(work, row.patient.id))
    return None


def _silent(work: UnitOfWork) -> list[tuple[Patient, datetime]]:
    return work.records.worklist.silent(now=work.now, most=MOST_ROWS + 1)


def _since(work: UnitOfWork, wanted: Standing) -> datetime:
    """When the longest ago closed of what is listed as standing so."""
    if wanted is Standing.MISSED:
        return work.now - LISTED_FOR
    return work.now - work.definitions.protocol.longest_window


def _until(work: UnitOfWork) -> datetime:
    """When the last closes of what can be open now."""
    return work.now + work.definitions.protocol.longest_window


def _wanted(work: UnitOfWork, found: Iterable[Found]) -> Iterator[tuple[Patient, Wanted]]:
    for patient, occasion, lacking in found:
        stands = standing(occasion, lacking, now=work.now)
        if stands is not None and occasion.closes_at > _since(work, stands):
            yield patient, Wanted(occasion, lacking, stands)
