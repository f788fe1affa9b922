"""Other treatment beside the infusions: what a patient also receives, and when.

It is shown on the same time axis and never credited with a change. Entries are kept; a wrong one is
replaced by another that names it and says why.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from mindspa.domain import entered
from mindspa.domain.errors import InvalidInput
from mindspa.domain.infusion_sheet import newest

LONGEST_RHYTHM = 40  # such as "five times a week, mornings"
MOST = 60  # that stand for one patient: more is a slip, or mischief

# What can be meant at all; nothing of what is usual.
_LIFETIME, _AHEAD = timedelta(days=100 * 366), timedelta(days=366)


class Kind(StrEnum):
    """In the order that their lanes have."""

    TMS = "tms"
    HBOT = "hbot"
    TALK_THERAPY = "talk_therapy"
    MEDICATION = "medication"


@dataclass(frozen=True, slots=True)
class Entry:
    """`how_often`, in plain words, is None for what happened once, on its first day. `ended_on`
    None: what repeats goes on."""

    kind: Kind
    name: str
    started_on: date
    how_often: str | None = None
    ended_on: date | None = None


@dataclass(frozen=True, slots=True)
class Adjunct:
    """One entry and where it comes from. `told_by_patient` stays with the entries that replace it;
    `withdrawn`: nothing stands in its place."""

    id: str
    patient_id: str
    kind: Kind
    name: str
    started_on: date
    how_often: str | None
    ended_on: date | None
    told_by_patient: bool
    recorded_at: datetime
    recorded_by: str
    by_name: str
    replaces: str | None = None
    reason: str | None = None
    withdrawn: bool = False

    @property
    def entry(self) -> Entry:
        return Entry(self.kind, self.name, self.started_on, self.how_often, self.ended_on)

    @property
    def once(self) -> bool:
        return self.how_often is None

    def overlaps(self, since: date, until: date) -> bool:
        """Whether any of it falls on these days, both included."""
        last = self.started_on if self.once else self.ended_on
        return self.started_on <= until and (last is None or last >= since)


def standing(adjuncts: Iterable[Adjunct]) -> tuple[Adjunct, ...]:
    """Neither replaced nor withdrawn, in the order given."""
    return tuple(adjunct for adjunct in newest(adjuncts) if not adjunct.withdrawn)


def checked(given: Entry, *, today: date, born_on: date | None) -> Entry:
    """As it is kept; raises for what cannot be meant. A form gives whatever was typed."""
    if given.kind not in list(Kind):
        raise InvalidInput("Choose the kind of treatment in the list.")
    name = entered.line(given.name, what="What it is")
    rhythm = None
    if given.how_often is not None and given.how_often != "":
        rhythm = entered.line(given.how_often, what="How often", longest=LONGEST_RHYTHM)
    _check_day(given.started_on, "The first day", today=today, born_on=born_on)
    if given.ended_on is not None:
        _check_day(given.ended_on, "The last day", today=today, born_on=born_on)
        if rhythm is None:
            raise InvalidInput("Say how often it takes place, or leave the last day empty.")
        if given.ended_on < given.started_on:
            raise InvalidInput("The last day is before the first. Check both.")
    return Entry(Kind(given.kind), name, given.started_on, rhythm, given.ended_on)


def _check_day(given: object, what: str, *, today: date, born_on: date | None) -> None:
    if not isinstance(given, date) or isinstance(given, datetime):
        raise InvalidInput(f"{what} is missing. Choose it in the calendar.")
    if given < (born_on or today - _LIFETIME):
        raise InvalidInput(f"{what} is before the patient was born. Check the year.")
    if given > today + _AHEAD:
        raise InvalidInput(f"{what} is more than a year ahead. Check the year.")
