"""The panel: every patient of the clinic, those who need attention first."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from mindspa.domain.access import Permission
from mindspa.domain.contacts import Wish
from mindspa.domain.definitions import Definitions
from mindspa.domain.intake import Status
from mindspa.domain.summary import Attention, PatientSummary, attention
from mindspa.domain.treatment import Patient, PatientStatus
from mindspa.services.summarise_patient import read_summaries, summarise
from mindspa.services.unit_of_work import UnitOfWork

WISHES: Mapping[Wish, str] = {
    Wish.CALL: "a call",
    Wish.BOOSTER: "a booster",
    Wish.APPOINTMENT: "an appointment",
}
_FAR_AHEAD = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class PanelRow:
    patient: Patient
    summary: PatientSummary
    attention: tuple[Attention, ...]  # the most urgent first
    reasons: tuple[str, ...]  # the same in words
    next_infusion: datetime | None


@dataclass(frozen=True, slots=True)
class Panel:
    """`patients`: how many there are, whether or not they match the search."""

    rows: tuple[PanelRow, ...]
    patients: int


def view_patients(work: UnitOfWork, *, search: str = "", intake: Status | None = None) -> Panel:
    """`intake`: only those whose new-patient forms stand so."""
    work.actor.require(Permission.SEE_PATIENTS)
    patients = [p for p in work.records.patients.all() if p.merged_into is None]
    summaries = read_summaries(work)
    words = search.casefold().split()
    rows = (
        # Nobody is left out while a newer program beside this one writes summaries of its own.
        _row(work, patient, summaries.get(patient.id) or summarise(work, patient.id))
        for patient in patients
        if all(word in patient.name.casefold() for word in words)
        and (intake is None or patient.intake is intake)
    )
    return Panel(tuple(sorted(rows, key=_place)), len(patients))


def _row(work: UnitOfWork, patient: Patient, summary: PatientSummary) -> PanelRow:
    needs = attention(summary, now=work.now)
    return PanelRow(
        patient,
        summary,
        needs,
        tuple(_words(needs, summary, work.definitions)),
        summary.next_infusion(now=work.now),
    )


def _place(row: PanelRow) -> tuple[int, bool, datetime, str]:
    return (
        row.attention[0] if row.attention else len(Attention),
        row.patient.status is not PatientStatus.ACTIVE,
        row.next_infusion or _FAR_AHEAD,
        row.patient.name.casefold(),
    )


def _words(
    needs: tuple[Attention, ...], summary: PatientSummary, definitions: Definitions
) -> Iterator[str]:
    for need in needs:
        match need:
            case Attention.FORGOTTEN_END:
                yield "Close an infusion: no end recorded"
            case Attention.IMMEDIATE_ALERT:
                yield "Immediate alert"
            case Attention.SAME_DAY_ALERT:
                yield "Same-day alert"
            case Attention.CONTACT_WANTED:
                yield from (f"Asked for {WISHES[wish]}" for wish in summary.wishes)
            case Attention.SAFETY_NOT_ANSWERED:
                yield "Safety question not answered"
            case Attention.RISE:
                yield from (definitions.safety.words(rule) for rule in summary.rises)
            case Attention.REVIEW_OVERDUE:
                yield "Follow-up not reviewed in time"
            case Attention.COURSE_REVIEW:
                late = (summary.course_review_due or 0) > definitions.protocol.course.review.last
                yield "Mid-course review overdue" if late else "Mid-course review due"
