"""What the panel shows of one patient, and why somebody should look at that patient first."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from mindspa.domain.change import Response
from mindspa.domain.contacts import Wish
from mindspa.domain.safety import Tier
from mindspa.domain.treatment import FORGOTTEN_AFTER


@dataclass(frozen=True, slots=True)
class LatestScore:
    """The last complete form of one instrument. `change` is in points since the baseline of the
    course last treated in; it and `response` are None without a baseline."""

    total: int
    answered_at: datetime
    baseline: int | None
    change: int | None
    response: Response | None
    corrected: bool = False


@dataclass(frozen=True, slots=True)
class PatientSummary:
    """Nothing here depends on now: what time alone changes is worked out from the instants."""

    latest: Mapping[str, LatestScore]  # by instrument id
    last_answered_at: datetime | None
    treated: int  # infusions given
    last_infusion_ended_at: datetime | None
    awaited: tuple[datetime, ...]  # planned times of infusions without a recorded end, in order
    reviews_due: tuple[datetime, ...]  # ends of follow-up windows that nobody has reviewed
    open_alerts: int
    highest_tier: Tier | None
    alert_since: datetime | None  # when the oldest open alert of that tier was raised
    wishes: tuple[Wish, ...]  # what the patient asked for and has not had
    safety_not_answered: bool  # in the last form that asks
    rises: tuple[str, ...]  # ids of the rules that the last standard forms meet
    course_review_due: int | None = None  # infusions given of the induction that waits for it

    def next_infusion(self, *, now: datetime) -> datetime | None:
        return next((at for at in self.awaited if at > now), None)


class Attention(IntEnum):
    """The order of the panel, the most urgent first."""

    FORGOTTEN_END = 0
    IMMEDIATE_ALERT = 1
    SAME_DAY_ALERT = 2
    CONTACT_WANTED = 3
    SAFETY_NOT_ANSWERED = 4
    RISE = 5
    REVIEW_OVERDUE = 6
    COURSE_REVIEW = 7


def attention(summary: PatientSummary, *, now: datetime) -> tuple[Attention, ...]:
    """All reasons to look at a patient, the most urgent first; none for most patients."""
    return tuple(_reasons(summary, now))


def _reasons(summary: PatientSummary, now: datetime) -> Iterator[Attention]:
    if any(now >= at + FORGOTTEN_AFTER for at in summary.awaited):
        yield Attention.FORGOTTEN_END
    if summary.highest_tier is Tier.IMMEDIATE:
        yield Attention.IMMEDIATE_ALERT
    if summary.highest_tier is Tier.SAME_DAY:
        yield Attention.SAME_DAY_ALERT
    if summary.wishes:
        yield Attention.CONTACT_WANTED
    if summary.safety_not_answered:
        yield Attention.SAFETY_NOT_ANSWERED
    if summary.rises:
        yield Attention.RISE
    if any(now >= due for due in summary.reviews_due):
        yield Attention.REVIEW_OVERDUE
    if summary.course_review_due is not None:
        yield Attention.COURSE_REVIEW
