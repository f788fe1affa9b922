"""When the simulated clinic is open, and the days that its infusions fall on."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("America/New_York")
OPENS, CLOSES = time(8, 30), time(17, 30)
HOURS = "Monday to Friday, 8:30 to 17:30"
SLOTS = tuple(time(hour, minute) for hour in range(9, 16) for minute in (0, 30))
SATURDAY = 5


def local(day: date, at: time) -> datetime:
    """An instant by the clinic's clock, in UTC."""
    return datetime.combine(day, at, ZONE).astimezone(UTC)


def day_of(at: datetime) -> date:
    return at.astimezone(ZONE).date()


def is_weekday(day: date) -> bool:
    return day.weekday() < SATURDAY


def infusion_day(after: date, *, gap: int, backwards: bool = False) -> date:
    """The weekday at least `gap` days on (or back): with 2, Monday, Wednesday and Friday; with 3,
    twice a week."""
    step = timedelta(days=-1 if backwards else 1)
    day = after + step * gap
    while not is_weekday(day):
        day += step
    return day


def waking(at: datetime) -> bool:
    """When people answer their phone's check-in."""
    return time(7, 0) <= at.astimezone(ZONE).time() < time(22, 30)
