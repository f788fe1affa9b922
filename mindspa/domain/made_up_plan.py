"""The plan of a patient who does not exist, under two protocols: what a clinic looks at before it
puts one in force."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from mindspa.domain.clinic_plan import clinic_plan
from mindspa.domain.schedule import Occasion, Protocol
from mindspa.domain.treatment import Course, Infusion, InfusionStatus, Phase

DAY = timedelta(days=1)
_ID, _HOUR = "made-up", 10
_LENGTH = timedelta(hours=1)
_AHEAD = timedelta(days=60)  # past the last occasion of an induction


class Difference(StrEnum):
    NONE = "as before"
    ADDED = "new"
    LEFT_OUT = "no longer asked"
    MOVED = "moved"
    FORMS = "other forms"


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """`occasion` as it would stand; as it stands where it would be left out."""

    occasion: Occasion
    difference: Difference


@dataclass(frozen=True, slots=True)
class MadeUpPlan:
    """`zone`: times are on the clinic's clock. `before` and `after` are asked, in order."""

    zone: str
    infusions: tuple[Infusion, ...]
    in_force: Protocol
    adapted: Protocol
    before: tuple[Occasion, ...]
    after: tuple[Occasion, ...]

    def day(self, at: datetime) -> float:
        """Since the start of the first infusion."""
        return (at - self.infusions[0].starts_at) / DAY

    @property
    def rows(self) -> tuple[PlannedRow, ...]:
        return tuple(sorted(self._rows(), key=lambda row: row.occasion.due_at))

    def count(self, difference: Difference) -> int:
        return sum(row.difference is difference for row in self.rows)

    def _rows(self) -> Iterator[PlannedRow]:
        old = {occasion.key: occasion for occasion in self.before}
        for occasion in self.after:
            yield PlannedRow(occasion, _difference(old.pop(occasion.key, None), occasion))
        for occasion in old.values():
            yield PlannedRow(occasion, Difference.LEFT_OUT)


def made_up_plan(in_force: Protocol, adapted: Protocol, *, today: date, zone: str) -> MadeUpPlan:
    """An induction on the clinic's days from the next Monday on, each infusion an hour from ten."""
    monday = today + DAY * (7 - today.weekday())
    course = in_force.course
    infusions = tuple(
        Infusion(
            f"{_ID} {number}",
            _ID,
            _ID,
            datetime(day.year, day.month, day.day, _HOUR, tzinfo=ZoneInfo(zone)),
            InfusionStatus.PLANNED,
        )
        for number, day in enumerate(course.induction(monday), start=1)
    )
    return MadeUpPlan(
        zone,
        infusions,
        in_force,
        adapted,
        _asked(in_force, infusions),
        _asked(adapted, infusions),
    )


def _asked(protocol: Protocol, infusions: tuple[Infusion, ...]) -> tuple[Occasion, ...]:
    start = infusions[0].starts_at
    planned = clinic_plan(
        _ID,
        [Course(_ID, _ID, Phase.INDUCTION, start)],
        infusions,
        protocol,
        indications=[],
        until=start + _AHEAD,
    )
    return tuple(occasion for occasion in planned if occasion.asked)


def _difference(before: Occasion | None, after: Occasion) -> Difference:
    if before is None:
        return Difference.ADDED
    if replace(before, protocol_version=0) == replace(after, protocol_version=0):
        return Difference.NONE
    return Difference.FORMS if before.opens_at == after.opens_at else Difference.MOVED
