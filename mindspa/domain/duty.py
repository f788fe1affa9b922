"""When a clinic is open, who is on duty, and by when somebody must act on what was raised."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LOOKED_AHEAD = timedelta(days=60)  # for the next opening
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """[begins, ends), in UTC."""

    begins: datetime
    ends: datetime

    def holds(self, at: datetime) -> bool:
        return self.begins <= at < self.ends


@dataclass(frozen=True, slots=True)
class OpenHours:
    """`weekday`: 0 is Monday. A closing at or before the opening is on the day after."""

    weekday: int
    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class Holiday:
    day: date
    name: str


@dataclass(frozen=True, slots=True)
class Shift:
    """Who is first and second, as ids of people: every week on `weekday`, or on one `day`, which
    goes before the weekly ones. An end at or before the beginning is on the day after. A weekly one
    holds on a holiday only with `on_holidays`."""

    begins: time
    ends: time
    first: str
    second: str | None = None
    weekday: int | None = None
    day: date | None = None
    on_holidays: bool = False


@dataclass(frozen=True, slots=True)
class DutyPlan:
    """What a clinic has written down, in its own time. `unreached_steps`: what is done before an
    alert may be closed although the patient was not reached; none means that it may not. Number 0:
    nothing was written down yet."""

    hours: tuple[OpenHours, ...] = ()
    holidays: tuple[Holiday, ...] = ()
    shifts: tuple[Shift, ...] = ()
    unreached_steps: tuple[str, ...] = ()
    number: int = 0
    written_by: str = ""
    written_by_name: str = ""
    written_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class OnDuty:
    first: str
    second: str | None

    def __contains__(self, person_id: str) -> bool:
        return person_id in (self.first, self.second)


@dataclass(frozen=True, slots=True)
class Hole:
    """Nobody is on duty; `is_open`: while the clinic is."""

    period: Period
    is_open: bool


@dataclass(frozen=True, slots=True)
class ClockRule:
    """`within`: the time to act. `first_open`: the time once somebody is there, for what was raised
    while nobody was, and at least before a closing. `repeat`: how often it is told again while
    nobody acts. `next_attempt`: the furthest ahead that another attempt may be put."""

    within: timedelta
    first_open: timedelta
    repeat: timedelta
    next_attempt: timedelta
    source: str


@dataclass(frozen=True, slots=True)
class Duty:
    """The plan, in the clinic's zone. Daylight saving moves the hours with the clinic's clock."""

    plan: DutyPlan
    zone: ZoneInfo

    def open_period(self, at: datetime) -> Period | None:
        return next((p for p in self._open_periods(at, days=1) if p.holds(at)), None)

    def next_opening(self, at: datetime) -> datetime | None:
        """After `at`; None where there is none in two months, as without any opening hours."""
        return _next(self._open_periods(at, days=LOOKED_AHEAD.days), at)

    def opens_at(self, at: datetime) -> datetime | None:
        """When it opens, where it is closed and that is known."""
        return None if self.open_period(at) else self.next_opening(at)

    def next_presence(self, at: datetime) -> datetime | None:
        """When the clinic opens next, or somebody is on call before; None as above."""
        days = LOOKED_AHEAD.days
        on_call = (p for shift in self.plan.shifts for p in self._periods_of(shift, at, days))
        return _next((*self._open_periods(at, days=days), *on_call), at)

    def on_duty(self, at: datetime) -> OnDuty | None:
        """Whoever is there or on call; None where the rota has a hole."""
        for dated in (True, False):
            for shift in self.plan.shifts:
                if (shift.day is not None) is dated and self._holds(shift, at):
                    return OnDuty(shift.first, shift.second)
        return None

    def somebody_acts(self, at: datetime) -> bool:
        """Whether the clock runs: the clinic is open, or somebody is on call. A clinic that has
        written down no hours counts as open: an alert too early is the smaller error."""
        return bool(not self.plan.hours or self.open_period(at) or self.on_duty(at))

    def due(self, rule: ClockRule, at: datetime) -> datetime:
        """By when somebody must act on what was raised at `at`: within the rule's time and, while
        the clinic is open, before it closes; what was raised while nobody was there in the first
        hour that somebody is."""
        if (period := self.open_period(at)) is not None:
            return min(at + rule.within, max(period.ends, at + rule.first_open))
        comes = None if self.somebody_acts(at) else self.next_presence(at)
        if comes is None:
            return at + rule.within
        return comes + min(rule.within, rule.first_open)

    def furthest_attempt(self, rule: ClockRule, at: datetime) -> datetime:
        """The latest that the next attempt may be put: in the rule's time or, where nobody is there
        by then, in the first hour that somebody is."""
        latest = at + rule.next_attempt
        if self.somebody_acts(latest) or (comes := self.next_presence(latest)) is None:
            return latest
        return comes + rule.first_open

    def holes(self, since: datetime, until: datetime) -> Iterator[Hole]:
        """In order; what lies side by side and is alike is one."""
        found: Hole | None = None
        for period in self._pieces(since, until):
            if self.on_duty(period.begins) is not None:
                continue
            hole = Hole(period, self.open_period(period.begins) is not None)
            if found and found.period.ends == period.begins and found.is_open == hole.is_open:
                found = replace(found, period=Period(found.period.begins, period.ends))
                continue
            if found:
                yield found
            found = hole
        if found:
            yield found

    def _pieces(self, since: datetime, until: datetime) -> Iterator[Period]:
        """In each of which nothing changes."""
        edges = {since, until}
        for day in self._days(since, (until - since).days + 1):
            periods = [
                *(self._period(day, each.opens, each.closes) for each in self.plan.hours),
                *(self._period(day, each.begins, each.ends) for each in self.plan.shifts),
            ]
            edges |= {edge for p in periods for edge in (p.begins, p.ends)}
            edges.add(self._instant(day, time.min))  # a holiday begins and ends at midnight
        inside = sorted(edge for edge in edges if since <= edge <= until)
        return map(Period, inside, inside[1:])

    def _open_periods(self, at: datetime, *, days: int) -> Iterator[Period]:
        closed = {holiday.day for holiday in self.plan.holidays}
        for day in self._days(at, days):
            if day not in closed:
                for each in self.plan.hours:
                    if each.weekday == day.weekday():
                        yield self._period(day, each.opens, each.closes)

    def _holds(self, shift: Shift, at: datetime) -> bool:
        return any(period.holds(at) for period in self._periods_of(shift, at, days=1))

    def _periods_of(self, shift: Shift, at: datetime, days: int) -> Iterator[Period]:
        closed = {holiday.day for holiday in self.plan.holidays}
        for day in self._days(at, days):
            weekly = day.weekday() == shift.weekday and (shift.on_holidays or day not in closed)
            if weekly or day == shift.day:
                yield self._period(day, shift.begins, shift.ends)

    def _days(self, at: datetime, days: int) -> Iterable[date]:
        """From the day before, whose last hours may reach into this one."""
        today = at.astimezone(self.zone).date()
        return (today + _DAY * step for step in range(-1, days))

    def _period(self, day: date, begins: time, ends: time) -> Period:
        last = day if ends > begins else day + _DAY
        return Period(self._instant(day, begins), self._instant(last, ends))

    def _instant(self, day: date, at: time) -> datetime:
        return datetime.combine(day, at, self.zone).astimezone(UTC)


def _next(periods: Iterable[Period], at: datetime) -> datetime | None:
    return min((period.begins for period in periods if period.begins > at), default=None)
