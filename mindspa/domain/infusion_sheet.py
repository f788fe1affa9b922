"""What is written down on the day of an infusion: vitals, side effects, checklists and notes.

Every entry is kept; a wrong one is replaced by another that names it and says why.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from typing import Protocol as Shape
from typing import TypeVar

from mindspa.domain import entered
from mindspa.domain.errors import InvalidInput
from mindspa.domain.treatment import Infusion, InfusionStatus

MINUTE = timedelta(minutes=1)


class Severity(IntEnum):
    MILD = 1
    MODERATE = 2
    SEVERE = 3


class Checklist(StrEnum):
    READINESS = "readiness"
    DISCHARGE = "discharge"


@dataclass(frozen=True, slots=True)
class Vital:
    """`lowest` and `highest`: what can be a reading at all."""

    id: str
    label: str
    lowest: int
    highest: int


@dataclass(frozen=True, slots=True)
class Limit:
    """Of a vital: marked is a reading from `high` up, and one under `low`."""

    high: int | None = None
    low: int | None = None

    def is_beyond(self, value: int) -> bool:
        too_high = self.high is not None and value >= self.high
        return too_high or (self.low is not None and value < self.low)

    def __str__(self) -> str:
        said = [f"from {self.high}" if self.high is not None else ""]
        said.append(f"under {self.low}" if self.low is not None else "")
        return ", ".join(filter(None, said))


@dataclass(frozen=True, slots=True)
class Choice:
    id: str
    label: str


@dataclass(frozen=True, slots=True)
class SheetRules:
    """data/infusion_day.toml. Doses are in milligrams for each kilogram. `limits` are by vital, and
    empty until a clinician has signed them."""

    version: str
    vitals: Mapping[str, Vital]
    limits: Mapping[str, Limit]
    vitals_every: timedelta
    lock_after: timedelta
    usual_dose: float  # above it somebody is asked again
    most_dose: float  # above it nothing is taken
    side_effects: Mapping[str, Choice]
    checklists: Mapping[Checklist, tuple[Choice, ...]]
    source: str
    reviewed_by: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """Vitals at one instant, by the id of each; never all of them need be there."""

    id: str
    patient_id: str
    infusion_id: str
    taken_at: datetime
    vitals: Mapping[str, int]
    recorded_at: datetime
    recorded_by: str
    replaces: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class SideEffect:
    """`ended_at` None: it goes on."""

    id: str
    patient_id: str
    infusion_id: str
    kind: str
    severity: Severity
    onset_at: datetime
    ended_at: datetime | None
    recorded_at: datetime
    recorded_by: str
    replaces: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Tick:
    """The last of an item is what holds."""

    patient_id: str
    infusion_id: str
    checklist: Checklist
    item: str
    revision: int
    ticked: bool
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class SheetNote:
    id: str
    patient_id: str
    infusion_id: str
    text: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class EarlierRecord:
    """What an infusion was recorded as, before somebody corrected it and said why. `version` is the
    infusion's of then, `reason` that of a stop or a cancellation."""

    patient_id: str
    infusion_id: str
    version: int
    status: InfusionStatus
    started_at: datetime | None
    ended_at: datetime | None
    dose_mg: float | None
    weight_kg: float | None
    reason: str | None
    given_by: str | None
    recorded_by: str | None
    discharged_at: datetime | None
    corrected_at: datetime
    corrected_by: str
    why: str


class _Entry(Shape):
    @property
    def id(self) -> str: ...
    @property
    def replaces(self) -> str | None: ...


Entry = TypeVar("Entry", bound=_Entry)


def newest(entries: Iterable[Entry]) -> list[Entry]:
    """Those that nothing replaces, in the order given."""
    kept = list(entries)
    replaced = {entry.replaces for entry in kept}
    return [entry for entry in kept if entry.id not in replaced]


def standing(ticks: Iterable[Tick]) -> Mapping[tuple[Checklist, str], Tick]:
    """The last of each item, ticked or not."""
    return {(tick.checklist, tick.item): tick for tick in sorted(ticks, key=lambda t: t.revision)}


def boxes(rules: SheetRules, ticks: Iterable[Tick]) -> Mapping[tuple[Checklist, str], bool]:
    """Every box of both lists, and whether it is ticked."""
    stand = standing(ticks)
    return {
        (checklist, choice.id): (checklist, choice.id) in stand
        and stand[checklist, choice.id].ticked
        for checklist, choices in rules.checklists.items()
        for choice in choices
    }


def unticked(rules: SheetRules, checklist: Checklist, ticks: Iterable[Tick]) -> tuple[Choice, ...]:
    ticked = boxes(rules, ticks)
    return tuple(
        choice for choice in rules.checklists[checklist] if not ticked[checklist, choice.id]
    )


def beyond(rules: SheetRules, reading: Reading) -> str:
    """Which values of a reading are beyond a limit; "" for none."""
    return ", ".join(
        f"{rules.vitals[name].label} {value} (limit {rules.limits[name]})"
        for name, value in reading.vitals.items()
        if name in rules.limits and rules.limits[name].is_beyond(value)
    )


def minutes(infusion: Infusion, at: datetime) -> int:
    """Since the start of the infusion; negative before."""
    return round((at - infusion.starts_at) / MINUTE)


def next_reading(
    rules: SheetRules, infusion: Infusion, readings: Sequence[Reading]
) -> datetime | None:
    """When vitals are due again while the infusion runs; None before and after."""
    if infusion.started_at is None or infusion.ended_at is not None:
        return None
    taken = [reading.taken_at for reading in newest(readings)]
    return max([*taken, infusion.started_at]) + rules.vitals_every if taken else infusion.started_at


def checked(rules: SheetRules, values: Mapping[str, object]) -> dict[str, int]:
    """The vitals that were filled in; raises for what can be no reading."""
    found: dict[str, int] = {}
    for name, value in values.items():
        if value is None:
            continue
        vital = rules.vitals.get(name)
        if vital is None:
            raise InvalidInput("That is none of the vitals on this sheet.")
        entered.number(value, what=vital.label, lowest=vital.lowest, highest=vital.highest)
        if value != int(value):  # type: ignore[call-overload]
            raise InvalidInput(f"{vital.label} is a whole number.")
        found[name] = int(value)  # type: ignore[call-overload]
    if not found:
        raise InvalidInput("Fill in at least one of the vitals.")
    systolic, diastolic = found.get("systolic"), found.get("diastolic")
    if systolic is not None and diastolic is not None and systolic <= diastolic:
        raise InvalidInput("The systolic pressure must be above the diastolic. Check both.")
    return found
