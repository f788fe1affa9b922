"""The care team's list of the 24-72 hours after each infusion: what a row says, and its place."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum

from mindspa.domain.safety import SafetyAnswer, Tier
from mindspa.domain.schedule import OccasionStatus, status_by_time
from mindspa.domain.treatment import Patient


class Disposition(StrEnum):
    NO_ACTION = "no_action"
    CONTACTED = "contacted"
    CONTACT_PLANNED = "contact_planned"
    CLINICIAN_TOLD = "clinician_told"


@dataclass(frozen=True, slots=True)
class FollowUpReview:
    """`seen_form_ids`, `seen_alert_ids`: what the reviewer had before them (the ids of the
    `FollowUp` that was open), so that anything else reopens the row as new since this review."""

    id: str
    patient_id: str
    infusion_id: str
    reviewed_by: str
    reviewed_by_name: str
    reviewed_at: datetime
    disposition: Disposition
    note: str | None
    seen_form_ids: frozenset[str]
    seen_alert_ids: frozenset[str]


class Need(IntEnum):
    """The order of the list; the lowest first."""

    FORGOTTEN_END = 0
    IMMEDIATE_ALERT = 1
    SAFETY_NOT_ANSWERED = 2
    SEVERE_SIDE_EFFECT = 3
    PULSE_WORSE = 4
    SILENT = 5
    SAME_DAY_ALERT = 6
    NEW_SINCE_REVIEW = 7
    REST = 8


@dataclass(frozen=True, slots=True)
class Cell:
    """One of before, 24, 48, 72 h. `fixed`: its status where no time changes it. `closes_at` None:
    not asked. `answered` counts the scored items with an answer, None where no form came, and
    `hours` from the end of the infusion (negative before); `counts`: within [+24 h, +72 h], so
    inside the 24-72 h figures. `corrected`: a newer version of the form stands here."""

    fixed: OccasionStatus | None
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    total: int | None = None
    answered: int | None = None
    hours: float | None = None
    counts: bool = False
    stopped: bool = False  # closed early: the patient was not active any more
    corrected: bool = False

    def status(self, *, now: datetime) -> OccasionStatus:
        if self.fixed is not None or self.opens_at is None or self.closes_at is None:
            return self.fixed or OccasionStatus.NOT_APPLICABLE
        return status_by_time(self.opens_at, self.closes_at, stopped=self.stopped, now=now)


@dataclass(frozen=True, slots=True)
class StandardScore:
    """A standard form answered in the window, with how much of its recall lay before the infusion
    and before the course (its induction's start for maintenance; None without one)."""

    instrument: str
    total: int | None
    hours: float
    share_before_infusion: float
    share_before_course: float | None


@dataclass(frozen=True, slots=True)
class OpenAlert:
    tier: Tier
    rule: str


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What a row says of its latest review."""

    reviewed_by_name: str
    reviewed_at: datetime
    disposition: Disposition


@dataclass(frozen=True, slots=True)
class FollowUpRow:
    """What the list says of one infusion. Nothing here depends on now, so that it is worked out
    when something is written and only read when the list is."""

    infusion_id: str
    listed_from: datetime
    treated: bool  # False: its end is forgotten
    provisional: bool  # no end is recorded
    date_only: bool
    planned_at: datetime
    ends_at: datetime
    closes_at: datetime  # of its window: 84 h from its end, or the start of the next infusion
    number: int | None  # of the treated infusion, over all courses
    cells: Mapping[str, Cell]  # pre_infusion, 24h, 48h, 72h
    change_since_before: int | None  # points of the pulse, of 12
    change_since_course: int | None
    standard: tuple[StandardScore, ...]
    side_effects: int | None  # the worst told in the window, 0-3; None: not answered
    safety: SafetyAnswer | None  # the one that matters most; None: no form that asks
    last_answered_at: datetime | None  # of all forms of the row
    open_alerts: tuple[OpenAlert, ...]
    urgency: Need  # but for silence, which time alone brings
    silent_from: datetime | None  # None: somebody answered, or reviewed it
    review: Reviewed | None  # the latest
    new_since_review: bool

    def need(self, *, now: datetime) -> Need:
        silent = self.silent_from is not None and now >= self.silent_from
        return min(self.urgency, Need.SILENT) if silent else self.urgency

    def overdue(self, *, now: datetime) -> bool:
        """Its window is over and nobody reviewed it."""
        return self.review is None and now >= self.closes_at


@dataclass(frozen=True, slots=True)
class FollowUpEntry:
    """A row where it stands on the list."""

    patient: Patient
    row: FollowUpRow
    need: Need
    overdue: bool


def follow_up_entries(
    rows: Iterable[tuple[Patient, FollowUpRow]], *, now: datetime
) -> tuple[FollowUpEntry, ...]:
    """Those that wait for somebody by now, in order of need; the rows of one patient stand
    together, where the neediest of them belongs, and among equals the longest wait is first."""
    groups: dict[str, list[FollowUpEntry]] = {}
    for patient, row in rows:
        if row.listed_from <= now:
            entry = FollowUpEntry(patient, row, row.need(now=now), row.overdue(now=now))
            groups.setdefault(patient.id, []).append(entry)
    for group in groups.values():
        group.sort(key=lambda entry: (*_place(entry), entry.row.infusion_id))
    in_order = sorted(groups.items(), key=lambda found: (*_place(found[1][0]), found[0]))
    return tuple(entry for _, group in in_order for entry in group)


def _place(entry: FollowUpEntry) -> tuple[Need, datetime]:
    return entry.need, entry.row.ends_at
