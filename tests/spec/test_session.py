"""What is said of one infusion's vitals and side effects."""

from datetime import timedelta

import pytest

from mindspa.domain.infusion_sheet import Reading, Severity, SideEffect
from mindspa.domain.session import Session, Span, sessions
from tests.spec.progress_factories import START, an_infusion

INFUSION = an_infusion(START)


def a_reading(minute: int, vitals: dict[str, int], replaces: str | None = None) -> Reading:
    at = START + timedelta(minutes=minute)
    name = f"{minute} {replaces}"
    return Reading(name, "p", INFUSION.id, at, vitals, at, "n", replaces=replaces)


def an_effect(kind: str, severity: Severity) -> SideEffect:
    return SideEffect(
        f"{kind} {severity}", "p", INFUSION.id, kind, severity, START, None, START, "n"
    )


def values(span: Span | None, vital: str) -> tuple[int, ...]:
    assert span is not None
    return tuple(r.vitals[vital] for r in (span.baseline, span.extreme, span.last))


@pytest.mark.parametrize(
    "vital, taken, said",
    [
        # The last at or before the start is the baseline, the first one where there is none.
        ("heart_rate", {-20: 90, 0: 60, 30: 80, 60: 70}, (60, 90, 70)),
        ("heart_rate", {5: 64, 30: 80, 60: 70}, (64, 80, 70)),
        ("systolic", {-5: 120, 30: 110}, (120, 120, 110)),
        # Of these the lowest is looked for.
        ("spo2", {-5: 98, 30: 93, 60: 97}, (98, 93, 97)),
        ("respiration", {-5: 16, 30: 10, 60: 14}, (16, 10, 14)),
    ],
)
def test_baseline_extreme_and_last(
    vital: str, taken: dict[int, int], said: tuple[int, ...]
) -> None:
    session = Session(tuple(a_reading(minute, {vital: at}) for minute, at in taken.items()))
    assert values(session.span(INFUSION, vital), vital) == said


def test_what_was_not_measured_is_not_there_and_one_reading_is_one() -> None:
    session = Session((a_reading(0, {"systolic": 120}), a_reading(9, {"spo2": 97})))
    assert session.span(INFUSION, "heart_rate") is None
    span = session.span(INFUSION, "spo2")
    assert span
    assert span.single


def test_what_was_corrected_does_not_count() -> None:
    wrong = a_reading(0, {"systolic": 210})
    right = a_reading(0, {"systolic": 120}, replaces=wrong.id)
    found = sessions([wrong, right], [])
    assert found == {INFUSION.id: Session((right,))}
    assert found[INFUSION.id].worst is None


def test_a_side_effect_counts_at_its_worst() -> None:
    told = [
        an_effect("nausea", Severity.SEVERE),
        an_effect("dissociation", Severity.MILD),
        an_effect("nausea", Severity.MODERATE),
    ]
    session = sessions([], told)[INFUSION.id]
    assert session.worst is Severity.SEVERE
    assert list(session.worst_by_kind().items()) == [
        ("nausea", Severity.SEVERE),
        ("dissociation", Severity.MILD),
    ]
