"""The care team's list of the days after each infusion, and marking a row of it reviewed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from mindspa.domain import entered
from mindspa.domain.access import Permission
from mindspa.domain.contacts import Contact, WaitingWish
from mindspa.domain.errors import InvalidInput
from mindspa.domain.follow_up import (
    Disposition,
    FollowUpEntry,
    FollowUpReview,
    follow_up_entries,
)
from mindspa.domain.follow_up_rows import FollowUp
from mindspa.domain.schedule import Anchor, OccasionStatus
from mindspa.services.read_follow_ups import read_follow_ups
from mindspa.services.summarise_patient import read_rows
from mindspa.services.unit_of_work import UnitOfWork

DISPOSITIONS: Mapping[Disposition, str] = {
    Disposition.NO_ACTION: "No action needed",
    Disposition.CONTACTED: "Patient contacted",
    Disposition.CONTACT_PLANNED: "Contact planned",
    Disposition.CLINICIAN_TOLD: "Clinician told",
}
LONGEST_NOTE = entered.LONGEST_NOTE

# For so long a list is not derived again unless something was written.
STILL_HOLDS = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class FollowUpList:
    """The list as it was at `now`. `versions`: of the records that it was read from.
    `alerts_elsewhere`: patients with an open alert who have had no infusion to stand here with."""

    clinic_id: str
    entries: tuple[FollowUpEntry, ...]
    alerts_elsewhere: int
    versions: int
    now: datetime


def look_at_list(work: UnitOfWork, *, kept: FollowUpList | None) -> FollowUpList:
    """`kept` is what this gave last: it is given again while it holds."""
    work.actor.require(Permission.REVIEW_FOLLOW_UP)
    versions = work.records.patients.versions()
    same = kept is not None and (kept.clinic_id, kept.versions) == (work.clinic.id, versions)
    if kept and same and abs(work.now - kept.now) < STILL_HOLDS:
        return kept
    entries = follow_up_list(work)
    elsewhere = set(work.records.alerts.open_patients()) - {e.patient.id for e in entries}
    return FollowUpList(work.clinic.id, entries, len(elsewhere), versions, work.now)


def follow_up_list(work: UnitOfWork) -> tuple[FollowUpEntry, ...]:
    """In order of need. What a row says was worked out when it was written, so that a fixed number
    of reads gives the list, and no more of the clinic's past than what is shown."""
    work.actor.require(Permission.REVIEW_FOLLOW_UP)
    return follow_up_entries(read_rows(work), now=work.now)


@dataclass(frozen=True, slots=True)
class Figures:
    """Of the check-ins after the listed infusions whose windows are over or that were answered:
    how many there are, and how many answers are from 24 to 72 hours after."""

    expected: int
    answered: int
    answered_outside: int


def figures(work: UnitOfWork, listed: FollowUpList) -> Figures:
    after = [rule.code for rule in work.definitions.protocol.anchored(Anchor.INFUSION_END)]
    expected = answered = outside = 0
    for entry in listed.entries:
        for code in after:
            cell = entry.row.cells.get(code)
            status = cell and cell.status(now=listed.now)
            if cell and status is OccasionStatus.DONE:
                answered, outside = answered + cell.counts, outside + (not cell.counts)
            expected += status in (OccasionStatus.DONE, OccasionStatus.MISSED)
    return Figures(expected, answered, outside)


@dataclass(frozen=True, slots=True)
class OpenedEntry:
    entry: FollowUpEntry
    found: FollowUp
    wishes: tuple[WaitingWish, ...]  # what was asked for and has not happened
    contacts: list[Contact]  # the newest first


def open_entry(
    work: UnitOfWork, entries: Iterable[FollowUpEntry], infusion_id: str | None
) -> OpenedEntry | None:
    """One row to be read in full, which counts as looking at the patient's record; None when it is
    not on the list, or no longer."""
    for entry in entries:
        if entry.row.infusion_id == infusion_id:
            patient = work.look_at(entry.patient.id)
            wishes = work.records.alerts.wishes_of(patient.id)
            contacts = work.records.contacts.last_of(patient.id)
            return OpenedEntry(entry, follow_up_of(work, entry), wishes, contacts)
    return None


def follow_up_of(work: UnitOfWork, entry: FollowUpEntry) -> FollowUp:
    """All that the row says and was made of."""
    waiting = read_follow_ups(work, entry.patient.id).follow_ups
    return next(found for found in waiting if found.infusion.id == entry.row.infusion_id)


def mark_reviewed(
    work: UnitOfWork,
    infusion_id: str,
    *,
    disposition: str | None,
    note: str | None,
    seen_form_ids: Iterable[str],
    seen_alert_ids: Iterable[str],
    review_id: str | None = None,
) -> FollowUpReview:
    """`seen_…` are what the reviewer had before them: anything else brings the row back.
    `review_id` names the press: the same one twice stores one review."""
    work.actor.require(Permission.REVIEW_FOLLOW_UP)
    infusion = work.records.treatment.infusion(infusion_id)
    work.write_about(infusion.patient_id)
    for review in work.records.treatment.reviews_of_many([infusion.patient_id]):
        if review.id == review_id:
            return review
    if not infusion.treated or infusion.ends_at > work.now:
        raise InvalidInput("Close this infusion first: it has no recorded end to follow up.")
    if disposition not in list(Disposition):
        raise InvalidInput("Choose what came of the review.")
    written = entered.note(note or "")
    review = FollowUpReview(
        id=review_id or work.new_id(),
        patient_id=infusion.patient_id,
        infusion_id=infusion.id,
        reviewed_by=work.actor.id,
        reviewed_by_name=work.actor.name,
        reviewed_at=work.now,
        disposition=Disposition(disposition),
        note=written or None,
        seen_form_ids=frozenset(seen_form_ids),
        seen_alert_ids=frozenset(seen_alert_ids),
    )
    work.records.treatment.add_review(review)
    work.audit("follow_up.reviewed", about=infusion.patient_id, record=review.id)
    return review
