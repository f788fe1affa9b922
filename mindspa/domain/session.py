"""What was written down at one infusion, as it stands: vitals from first to last, side effects."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mindspa.domain.infusion_sheet import Reading, Severity, SideEffect, newest
from mindspa.domain.treatment import Infusion

# Of these a fall is what is looked for; of the others a rise.
FALLS = frozenset({"spo2", "respiration"})


@dataclass(frozen=True, slots=True)
class Span:
    """Three readings of one vital. `baseline`: the last at or before the start, else the first.
    `extreme`: the highest, or the lowest of what falls. `single`: there is one reading."""

    baseline: Reading
    extreme: Reading
    last: Reading
    single: bool


@dataclass(frozen=True, slots=True)
class Session:
    """Both in order; without what was corrected."""

    readings: tuple[Reading, ...] = ()
    side_effects: tuple[SideEffect, ...] = ()

    def span(self, infusion: Infusion, vital: str) -> Span | None:
        """None where it was not measured."""
        there = [reading for reading in self.readings if vital in reading.vitals]
        if not there:
            return None
        before = [reading for reading in there if reading.taken_at <= infusion.starts_at]
        most = min if vital in FALLS else max
        return Span(
            baseline=(before[-1:] or there)[0],
            extreme=most(there, key=lambda reading: reading.vitals[vital]),
            last=there[-1],
            single=len(there) == 1,
        )

    @property
    def worst(self) -> Severity | None:
        """Of its side effects; None where there were none."""
        return max((effect.severity for effect in self.side_effects), default=None)

    def worst_by_kind(self) -> Mapping[str, Severity]:
        """In the order in which they began."""
        found: dict[str, Severity] = {}
        for effect in self.side_effects:
            found[effect.kind] = max(effect.severity, found.get(effect.kind, effect.severity))
        return found


def sessions(
    readings: Iterable[Reading], side_effects: Iterable[SideEffect]
) -> Mapping[str, Session]:
    """By infusion id; none for an infusion of which nothing was written down."""
    taken: defaultdict[str, list[Reading]] = defaultdict(list)
    told: defaultdict[str, list[SideEffect]] = defaultdict(list)
    for reading in newest(readings):
        taken[reading.infusion_id].append(reading)
    for effect in newest(side_effects):
        told[effect.infusion_id].append(effect)
    return {
        infusion_id: Session(tuple(taken[infusion_id]), tuple(told[infusion_id]))
        for infusion_id in sorted({*taken, *told})
    }
