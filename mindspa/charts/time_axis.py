"""Which stretch of time a view shows, and where an instant stands on its axis."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from mindspa.domain.outcomes import Progress
from mindspa.domain.schedule import OccasionStatus
from mindspa.domain.treatment import InfusionStatus


class Span(StrEnum):
    COURSE = "This course"
    NINETY_DAYS = "90 days"
    YEAR = "A year"


DAYS = {Span.NINETY_DAYS: timedelta(days=90), Span.YEAR: timedelta(days=365)}
# What lies before a course and belongs to it: its baseline may be that old.
BASELINE_LEAD = timedelta(days=14)
# How far ahead planned infusions are shown.
PLANNED_AHEAD = timedelta(days=14)
# A silence longer than this is not drawn up to now: an imported study ended years ago.
SILENCE = timedelta(days=31)
# Pixels before the first mark and after the last, so that none is cut in two and the latest
# score's number has its place.
LEAD, TRAIL = 12, 24


@dataclass(frozen=True, slots=True)
class View:
    """What to show, and how wide the figure will be in CSS pixels: detail depends on it."""

    span: Span = Span.COURSE
    width: int = 1100

    @property
    def narrow(self) -> bool:
        return self.width < 640


@dataclass(frozen=True, slots=True)
class TimeRange:
    """From `start` to `end` in UTC, drawn on `pixels` pixels."""

    start: datetime
    end: datetime
    pixels: int

    def holds(self, at: datetime) -> bool:
        return self.start <= at <= self.end

    @property
    def pixels_per_day(self) -> float:
        return self.pixels / ((self.end - self.start) / timedelta(days=1))

    def pixel(self, at: datetime) -> float:
        return (at - self.start) / timedelta(days=1) * self.pixels_per_day


def local(at: datetime, zone: str) -> datetime:
    """The wall clock in `zone` without the zone: Plotly draws naive times as they are."""
    return at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def time_range(progress: Progress, span: Span, *, pixels: int) -> TimeRange:
    happened = _happened(progress)
    latest = max(happened, default=progress.now)
    if progress.now - latest <= SILENCE:
        latest = max(latest, progress.now)
    planned = [
        infusion.planned_at
        for infusion in progress.infusions
        if infusion.status is InfusionStatus.PLANNED
        and latest < infusion.planned_at <= progress.now + PLANNED_AHEAD
    ]
    end = max([latest, *planned])
    start = _course_start(progress, happened) if span is Span.COURSE else end - DAYS[span]
    pixel = max(end - start, timedelta(days=1)) / (pixels - LEAD - TRAIL)
    return TimeRange(start - LEAD * pixel, end + TRAIL * pixel, pixels)


def _happened(progress: Progress) -> list[datetime]:
    return [
        *(point.form.answered_at for series in progress.series.values() for point in series.points),
        *(form.answered_at for form in progress.incomplete),
        *(alert.answered_at for alert in progress.alerts),
        *(
            infusion.starts_at
            for infusion in progress.infusions
            if infusion.status is not InfusionStatus.CANCELLED
            and infusion.starts_at <= progress.now
        ),
        *(
            occasion.target_at
            for occasion, status in progress.occasions
            if status is OccasionStatus.MISSED
        ),
    ]


def _course_start(progress: Progress, happened: Sequence[datetime]) -> datetime:
    """The first thing in the two weeks before the current course, else the course's own start;
    before any course has begun, the first thing at all."""
    course = progress.current_course
    if course is None or course.started_at > progress.now:
        return min(happened, default=progress.now - BASELINE_LEAD)
    earliest = course.started_at - BASELINE_LEAD
    return min([at for at in happened if at >= earliest] + [course.started_at])


def spaced(pixels: Sequence[float], apart: float) -> set[int]:
    """The indices that can carry a label `apart` pixels wide; the latest always does."""
    kept: set[int] = set()
    left = float("inf")
    for index in reversed(range(len(pixels))):
        if left - pixels[index] >= apart:
            kept.add(index)
            left = pixels[index]
    return kept
