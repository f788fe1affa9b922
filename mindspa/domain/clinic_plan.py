"""The plan of a patient in a clinic whose protocol has versions: what stands keeps its own."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from mindspa.domain.schedule import PULSE, Occasion, Protocol, plan
from mindspa.domain.treatment import Course, Infusion, Pause

Written = Mapping[tuple[str, str], int]  # the version of what stands, by anchor id and code
_NOTHING: Written = {}


def clinic_plan(
    patient_id: str,
    courses: Iterable[Course],
    infusions: Iterable[Infusion],
    protocol: Protocol,
    *,
    indications: Iterable[str],
    until: datetime,
    pauses: Iterable[Pause] = (),
    earlier: Iterable[Protocol] = (),
    written: Written = _NOTHING,
) -> tuple[Occasion, ...]:
    """As `plan`, by `protocol` but for what is `written`. Of that each keeps its version, of those
    in `earlier`, and so does all that hangs on the same infusion: a version with one point more
    adds none to an infusion that was planned under another, whether it moves or not."""
    courses, infusions, pauses = tuple(courses), tuple(infusions), tuple(pauses)
    indications = frozenset(indications)
    of_anchor = {anchor_id: number for (anchor_id, _), number in written.items()}
    in_use = {protocol.number, *written.values()}

    def governing(occasion: Occasion) -> int:
        if occasion.anchor_id == occasion.infusion_id:
            return of_anchor.get(occasion.anchor_id, protocol.number)
        return written.get((occasion.anchor_id, occasion.code), protocol.number)

    found = [
        occasion
        for version in (*earlier, protocol)
        if version.number in in_use
        for occasion in _spaced(
            plan(
                patient_id,
                courses,
                infusions,
                version,
                indications=indications,
                until=until,
                pauses=pauses,
            ),
            version,
        )
        if version.number == governing(occasion)
    ]
    if len(in_use) > 1:
        found = _without_doubles(found, written)
    return tuple(sorted(found, key=lambda occasion: (occasion.opens_at, occasion.due_at)))


def _without_doubles(occasions: Iterable[Occasion], written: Written) -> list[Occasion]:
    """A repeat that a newer version moves into the window of one that stands is not asked beside
    it."""
    given = tuple(occasions)
    standing: defaultdict[tuple[str, str], list[Occasion]] = defaultdict(list)
    for occasion in given:
        if (occasion.anchor_id, occasion.code) in written:
            standing[_series(occasion)].append(occasion)
    return [
        occasion
        for occasion in given
        if (occasion.anchor_id, occasion.code) in written
        or not any(map(occasion.meets, standing[_series(occasion)]))
    ]


def _series(occasion: Occasion) -> tuple[str, str]:
    """The same for all repeats of one rule in one course."""
    return occasion.anchor_id, occasion.code.partition("-")[0]


def _spaced(occasions: Iterable[Occasion], protocol: Protocol) -> Iterator[Occasion]:
    """Standard forms stand beside a pulse only where they can be asked: not within the days that
    keep two of them apart, unless one answer serves both."""
    given = tuple(occasions)
    with_forms = [o for o in given if o.asked and any(form != PULSE for form in o.forms)]
    kept = [occasion for occasion in with_forms if PULSE not in occasion.forms]
    barred: set[tuple[str, str, str]] = set()
    for occasion in sorted(with_forms, key=lambda occasion: occasion.due_at):
        if PULSE in occasion.forms:
            if any(
                abs(occasion.due_at - other.due_at) < protocol.standard_spacing
                and not occasion.meets(other)
                for other in kept
            ):
                barred.add(occasion.key)
            else:
                kept.append(occasion)
    for occasion in given:
        yield replace(occasion, forms=(PULSE,)) if occasion.key in barred else occasion
