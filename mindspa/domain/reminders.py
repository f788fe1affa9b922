"""When a patient is reminded of a check-in that is open, and when no longer."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from mindspa.domain.messages import Channel
from mindspa.domain.schedule import Occasion

SHORT_WINDOW = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class ReminderRule:
    """`after_opening`: the first. `before_closing`: the last, in a window of up to two days and in
    a longer one. `quiet_from` to `quiet_until` by the receiver's clock: what falls into it goes at
    its end. `apart`: the least between the two. `stop_after`: so many check-ins in a row without
    any answer, and nothing further is sent until there is one."""

    after_opening: timedelta
    before_closing: tuple[timedelta, timedelta]
    quiet_from: time
    quiet_until: time
    apart: timedelta
    stop_after: int

    def times(self, occasion: Occasion, zone: ZoneInfo) -> tuple[datetime, ...]:
        """At most two; fewer where they would come close together or after it has closed."""
        short, long = self.before_closing
        window = occasion.closes_at - occasion.opens_at
        first = self._awake(occasion.opens_at + self.after_opening, zone)
        last = self._awake(occasion.closes_at - (short if window <= SHORT_WINDOW else long), zone)
        found = [first] if last < first + self.apart else [first, last]
        return tuple(at for at in found if at < occasion.closes_at)

    def number(self, occasion: Occasion, zone: ZoneInfo, *, now: datetime) -> int:
        """Of the reminder that is due now, from 1; 0 for none. One that was slept through is not
        made up for: the next goes alone. Never in the quiet hours, however late it is."""
        if not occasion.opens_at <= now < occasion.closes_at or self._awake(now, zone) != now:
            return 0
        return sum(at <= now for at in self.times(occasion, zone))

    def _awake(self, at: datetime, zone: ZoneInfo) -> datetime:
        """`at`, or the end of the quiet hours that it lies in."""
        there = at.astimezone(zone)
        clock = there.timetz().replace(tzinfo=None)
        over_midnight = self.quiet_from > self.quiet_until
        if over_midnight:
            quiet = clock >= self.quiet_from or clock < self.quiet_until
        else:
            quiet = self.quiet_from <= clock < self.quiet_until
        if not quiet:
            return at
        day = there.date()
        if over_midnight and clock >= self.quiet_from:
            day += timedelta(days=1)
        return datetime.combine(day, self.quiet_until, zone).astimezone(at.tzinfo)


def missed_in_a_row(closed: Iterable[tuple[Occasion, bool]]) -> int:
    """Of occasions that have closed and whether anything of each was answered: how many at the end
    were not."""
    count = 0
    for _, answered in sorted(closed, key=lambda one: one[0].closes_at, reverse=True):
        if answered:
            break
        count += 1
    return count


@dataclass(frozen=True, slots=True)
class Reminding:
    """An open occasion of somebody whom reminders reach. `reminded`: the number of the last that
    was written; 0 for none. `by`: one way and not each of them, which would only annoy."""

    person_id: str
    zone: str
    occasion: Occasion
    reminded: int
    by: Channel


def about(occasion: Occasion) -> str:
    """What a message about it is about."""
    return f"{occasion.anchor_id}:{occasion.code}"


def due(
    found: Iterable[Reminding], rule: ReminderRule, *, now: datetime
) -> Iterator[tuple[Reminding, int]]:
    """With the number of the reminder, those for which another is due."""
    for one in found:
        number = rule.number(one.occasion, ZoneInfo(one.zone), now=now)
        if number > one.reminded:
            yield one, number
