"""How quickly a clinic takes and closes its alerts, and what came of them, month by month."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from statistics import median
from zoneinfo import ZoneInfo

from mindspa.domain.alert_cases import AlertCase


@dataclass(frozen=True, slots=True)
class Span:
    """Of `count` alerts; None where there is none."""

    count: int
    median: timedelta | None
    longest: timedelta | None


@dataclass(frozen=True, slots=True)
class Month:
    """Of the alerts that were raised in it: how many, how many of them are closed, and by outcome.
    `to_own` is of those that somebody took, `to_close` of those that are closed."""

    year: int
    month: int
    raised: int
    closed: int
    outcomes: Mapping[str, int]
    to_own: Span
    to_close: Span


def by_month(cases: Iterable[AlertCase], zone: str) -> tuple[Month, ...]:
    """The newest first. A month without alerts has no row."""
    there = ZoneInfo(zone)
    months: dict[tuple[int, int], list[AlertCase]] = {}
    for case in cases:
        at = case.opened_at.astimezone(there)
        months.setdefault((at.year, at.month), []).append(case)
    return tuple(_month(*key, months[key]) for key in sorted(months, reverse=True))


def _month(year: int, month: int, cases: list[AlertCase]) -> Month:
    closed = [case for case in cases if case.closed_at is not None]
    return Month(
        year,
        month,
        len(cases),
        len(closed),
        Counter(case.outcome for case in closed if case.outcome),
        _span(case.owned_at - case.opened_at for case in cases if case.owned_at),
        _span(case.closed_at - case.opened_at for case in closed if case.closed_at),
    )


def _span(spans: Iterable[timedelta]) -> Span:
    seconds = [span.total_seconds() for span in spans]
    if not seconds:
        return Span(0, None, None)
    return Span(len(seconds), timedelta(seconds=median(seconds)), timedelta(seconds=max(seconds)))
