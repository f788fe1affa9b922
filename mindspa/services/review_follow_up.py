"""The care team's list of the days after each infusion, and marking a row of it reviewed."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from mindspa.domain.access import Permission
from mindspa.domain.errors import InvalidInput
from mindspa.domain.follow_up import (
    Disposition,
    FollowUpEntry,
    FollowUpReview,
    follow_up_entries,
)
from mindspa.domain.follow_up_alerts import with_open_alerts
from mindspa.domain.schedule import Anchor, OccasionStatus
from mindspa.domain.treatment import PLANNED_LENGTH, Infusion, Patient
from mindspa.services.summarise_patient import Waiting, read_waiting, waiting_of
from mindspa.services.unit_of_work import UnitOfWork

DISPOSITIONS: Mapping[Disposition, str] = {
    Disposition.NO_ACTION: "No action needed",
    Disposition.CONTACTED: "Patient contacted",
    Disposition.CONTACT_PLANNED: "Contact planned",
    Disposition.CLINICIAN_TOLD: "Clinician told",
}
LONGEST_NOTE = 2000

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
    """In order of need. The summaries say who can be on it, so that a clinic's whole past is not
    read each time; then a fixed number of reads, however many they are."""
    work.actor.require(Permission.REVIEW_FOLLOW_UP)
    records, protocol = work.records, work.definitions.protocol
    listed = {patient.id: (patient, waiting) for patient, waiting in _listed(work)}
    infusions = records.treatment.infusions_of_many(listed)
    alerts = records.alerts.of_many(listed)
    alarmed = with_open_alerts(infusions, alerts, now=work.now)
    shown = [i for i in infusions if i.id in alarmed or i.id in listed[i.patient_id][1].waiting]
    return follow_up_entries(
        patients=[patient for patient, _ in listed.values()],
        courses=records.treatment.courses_of_many(listed),
        infusions=infusions,
        occasions=records.treatment.occasions_around(shown),
        forms=records.check_ins.forms_around(
            [infusion.id for infusion in (*shown, *_first_of_courses(infusions))],
            before=-protocol.anchored(Anchor.INFUSION_START)[0].opens,
            after=PLANNED_LENGTH + protocol.follow_up_length,
        ),
        alerts=alerts,
        reviews=records.treatment.reviews_of_many(listed),
        definitions=work.definitions,
        zone=ZoneInfo(work.clinic.zone),
        now=work.now,
    )


def _listed(work: UnitOfWork) -> Iterator[tuple[Patient, Waiting]]:
    known = read_waiting(work)
    for patient in work.records.patients.all():
        # Nobody is left out while a newer program beside this one writes summaries of its own.
        waiting = known.get(patient.id) or waiting_of(work, patient.id)
        if waiting.begins(now=work.now):
            yield patient, waiting


def _first_of_courses(infusions: Iterable[Infusion]) -> Iterable[Infusion]:
    """Changes since a course began are measured from the pulse before its first infusion."""
    first: dict[str, Infusion] = {}
    for infusion in infusions:
        if infusion.treated:
            first.setdefault(infusion.course_id, infusion)
    return first.values()


@dataclass(frozen=True, slots=True)
class Figures:
    """Of the check-ins after the listed infusions whose windows are over or that were answered:
    how many there are, and how many answers are from 24 to 72 hours after."""

    expected: int
    answered: int
    answered_outside: int


def figures(work: UnitOfWork, entries: Iterable[FollowUpEntry]) -> Figures:
    after = [rule.code for rule in work.definitions.protocol.anchored(Anchor.INFUSION_END)]
    cells = [cell for entry in entries for code in after if (cell := entry.cells.get(code))]
    done = [cell for cell in cells if cell.status is OccasionStatus.DONE]
    missed = sum(cell.status is OccasionStatus.MISSED for cell in cells)
    answered = sum(cell.counts for cell in done)
    return Figures(len(done) + missed, answered, len(done) - answered)


@dataclass(frozen=True, slots=True)
class OpenedEntry:
    entry: FollowUpEntry
    call_asked_at: datetime | None  # a call that was asked for and has not happened


def open_entry(
    work: UnitOfWork, entries: Iterable[FollowUpEntry], infusion_id: str | None
) -> OpenedEntry | None:
    """One row to be read in full, which counts as looking at the patient's record; None when it is
    not on the list, or no longer."""
    for entry in entries:
        if entry.infusion.id == infusion_id:
            patient = work.look_at(entry.patient.id)
            return OpenedEntry(entry, work.records.alerts.call_asked_at(patient.id))
    return None


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
    if disposition not in set(Disposition):
        raise InvalidInput("Choose what came of the review.")
    written = (note or "").strip()
    if len(written) > LONGEST_NOTE:
        raise InvalidInput(f"The note can have {LONGEST_NOTE} characters. Shorten it.")
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
