"""What each step makes of a case, and by when the next one is due.

The clinic is open from 9 to 17 on weekdays; Ana and then Ben are on duty. It is a Wednesday.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from mindspa.domain import alert_cases
from mindspa.domain.alert_cases import AlertCase, CaseState, Step, Watch
from mindspa.domain.definitions import Definitions
from mindspa.domain.duty import Duty, DutyPlan
from mindspa.domain.errors import InvalidInput
from mindspa.domain.safety import Tier
from tests.spec.test_duty import DUTY, ZONE, at

NOON = at("2026-06-10 12:00")
MINUTE = timedelta(minutes=1)
At = Callable[[datetime], Watch]


@pytest.fixture
def watch(definitions: Definitions) -> At:
    return lambda now: Watch(DUTY, definitions.safety, now)


def begun(watch: At, tier: Tier = Tier.IMMEDIATE, now: datetime = NOON) -> AlertCase:
    return alert_cases.begin("case", "patient", tier, watch(now))


def owned(watch: At, tier: Tier = Tier.IMMEDIATE, by: str = "ana") -> AlertCase:
    return alert_cases.own(begun(watch, tier), by, by.title(), watch(NOON + MINUTE))


# The clock


@pytest.mark.parametrize(
    ("tier", "raised", "due", "next_at"),
    [
        # An immediate alert is told again before it is due; a same-day one is not.
        (Tier.IMMEDIATE, "2026-06-10 12:00", "2026-06-10 12:30", "2026-06-10 12:15"),
        (Tier.SAME_DAY, "2026-06-10 12:00", "2026-06-10 16:00", "2026-06-10 16:00"),
        # Nobody is there to be told again.
        (Tier.IMMEDIATE, "2026-06-10 20:00", "2026-06-11 09:30", "2026-06-11 09:30"),
    ],
)
def test_it_begins_open_with_nobody(
    watch: At, tier: Tier, raised: str, due: str, next_at: str
) -> None:
    case = begun(watch, tier, at(raised))
    assert (case.state, case.owner, case.version) == (CaseState.OPEN, None, 1)
    assert (case.due_at, case.next_at) == (at(due), at(next_at))


def test_nothing_happens_before_its_time(watch: At) -> None:
    assert (
        alert_cases.passed(begun(watch), watch(NOON + 15 * MINUTE - timedelta(seconds=1))) is None
    )


def test_unowned_it_is_told_again_then_escalates_then_is_told_for_as_long_as_nobody_acts(
    watch: At,
) -> None:
    case, steps = begun(watch), []
    for minutes in (15, 30, 45, 60):
        found = alert_cases.passed(case, watch(NOON + minutes * MINUTE))
        assert found is not None
        case, step = found
        steps.append((step, case.state))
    assert steps == [
        (Step.REPEATED, CaseState.OPEN),
        (Step.ESCALATED, CaseState.ESCALATED),
        (Step.REPEATED, CaseState.ESCALATED),
        (Step.REPEATED, CaseState.ESCALATED),
    ]
    assert (case.version, case.escalated_at) == (5, NOON + 30 * MINUTE)


def test_a_worker_that_comes_late_escalates_at_once(watch: At) -> None:
    found = alert_cases.passed(begun(watch), watch(NOON + 3 * timedelta(hours=1)))
    assert found is not None
    assert found[1] is Step.ESCALATED


def test_owned_without_an_attempt_by_its_time_escalates_and_keeps_its_owner(watch: At) -> None:
    case = owned(watch)
    assert alert_cases.passed(case, watch(NOON + 29 * MINUTE)) is None
    found = alert_cases.passed(case, watch(NOON + 30 * MINUTE))
    assert found is not None
    assert (found[0].state, found[0].owner) == (CaseState.ESCALATED, "ana")


def test_an_attempt_moves_the_time(watch: At) -> None:
    tried = alert_cases.contacted(
        owned(watch),
        "ana",
        "Ana",
        watch(NOON + 20 * MINUTE),
        reached=False,
        next_attempt=NOON + 70 * MINUTE,
    )
    assert (tried.state, tried.due_at) == (CaseState.OWNED, NOON + 70 * MINUTE)
    assert alert_cases.passed(tried, watch(NOON + 69 * MINUTE)) is None
    found = alert_cases.passed(tried, watch(NOON + 70 * MINUTE))
    assert found is not None
    assert found[1] is Step.ESCALATED


def test_reached_it_stays_open_until_it_is_closed(watch: At) -> None:
    case = alert_cases.contacted(
        owned(watch), "ana", "Ana", watch(NOON + 20 * MINUTE), reached=True
    )
    assert (case.state, case.due_at) == (CaseState.OWNED, NOON + 50 * MINUTE)
    found = alert_cases.passed(case, watch(NOON + 50 * MINUTE))
    assert found is not None
    assert found[1] is Step.ESCALATED


# Whose it is


def test_taking_it_buys_no_time(watch: At) -> None:
    case = owned(watch)
    assert (case.state, case.owner, case.owner_name) == (CaseState.OWNED, "ana", "Ana")
    assert (case.due_at, case.owned_at) == (NOON + 30 * MINUTE, NOON + MINUTE)


def test_taken_after_its_time_it_begins_anew(watch: At) -> None:
    found = alert_cases.passed(begun(watch), watch(NOON + 30 * MINUTE))
    assert found is not None
    case = alert_cases.own(found[0], "ben", "Ben", watch(NOON + 40 * MINUTE))
    assert (case.state, case.due_at) == (CaseState.OWNED, NOON + 70 * MINUTE)


def test_taking_it_twice_is_once(watch: At) -> None:
    case = owned(watch)
    assert alert_cases.own(case, "ana", "Ana", watch(NOON + 2 * MINUTE)) is case


def test_another_can_take_it_over(watch: At) -> None:
    case = alert_cases.own(owned(watch), "ben", "Ben", watch(NOON + 5 * MINUTE))
    assert (case.owner, case.version, case.owned_at) == ("ben", 3, NOON + MINUTE)


def test_who_tries_to_reach_the_patient_owns_it_where_nobody_does(watch: At) -> None:
    later = watch(NOON + 5 * MINUTE)
    case = alert_cases.contacted(begun(watch), "ben", "Ben", later, reached=True)
    assert (case.owner, case.state, case.version) == ("ben", CaseState.OWNED, 2)
    kept = alert_cases.contacted(owned(watch), "ben", "Ben", later, reached=True)
    assert kept.owner == "ana"


@pytest.mark.parametrize(
    ("ahead", "said"),
    [
        (None, "Say when"),
        (timedelta(0), "must lie ahead"),
        (-MINUTE, "must lie ahead"),
        (61 * MINUTE, "too far ahead"),
    ],
)
def test_not_reached_needs_a_next_attempt_that_is_soon(
    watch: At, ahead: timedelta | None, said: str
) -> None:
    with pytest.raises(InvalidInput, match=said):
        alert_cases.contacted(
            owned(watch),
            "ana",
            "Ana",
            watch(NOON),
            reached=False,
            next_attempt=None if ahead is None else NOON + ahead,
        )


# Another answer


@pytest.mark.parametrize(
    ("tier", "further", "worst"),
    [
        (Tier.SAME_DAY, Tier.SAME_DAY, Tier.SAME_DAY),
        (Tier.SAME_DAY, Tier.IMMEDIATE, Tier.IMMEDIATE),
        (Tier.IMMEDIATE, Tier.SAME_DAY, Tier.IMMEDIATE),
    ],
)
def test_another_answer_raises_the_tier_and_begins_the_clock_anew(
    watch: At, tier: Tier, further: Tier, worst: Tier
) -> None:
    later = NOON + 20 * MINUTE
    case = alert_cases.add(begun(watch, tier), further, watch(later), by="patient")
    assert (case.tier, case.version) == (worst, 2)
    assert case.due_at == later + (30 * MINUTE if worst is Tier.IMMEDIATE else 240 * MINUTE)


@pytest.mark.parametrize(
    ("owner", "when", "kept"),
    [
        ("ana", "2026-06-10 12:20", True),
        ("ben", "2026-06-10 12:20", True),
        ("cleo", "2026-06-10 12:20", False),  # not on duty
        ("ana", "2026-06-13 12:00", False),  # a Saturday, on which Cleo is on call
        ("ana", "2026-06-10 20:00", True),  # nobody is on duty: better theirs than nobody's
    ],
)
def test_it_goes_to_whoever_is_on_duty_where_the_owner_is_not(
    watch: At, owner: str, when: str, kept: bool
) -> None:
    case = alert_cases.add(owned(watch, by=owner), Tier.IMMEDIATE, watch(at(when)), by="patient")
    wanted = (CaseState.OWNED, owner) if kept else (CaseState.OPEN, None)
    assert (case.state, case.owner) == wanted


def test_an_escalated_one_begins_anew_as_well(watch: At) -> None:
    found = alert_cases.passed(begun(watch), watch(NOON + 30 * MINUTE))
    assert found is not None
    case = alert_cases.add(found[0], Tier.IMMEDIATE, watch(NOON + 40 * MINUTE), by="patient")
    assert (case.state, case.escalated_at) == (CaseState.OPEN, None)


def test_answers_of_one_step_are_one_step(watch: At) -> None:
    case = begun(watch, Tier.SAME_DAY)
    worse = alert_cases.graver(case, Tier.IMMEDIATE, watch(NOON))
    assert (worse.tier, worse.version, worse.due_at) == (Tier.IMMEDIATE, 1, NOON + 30 * MINUTE)
    assert alert_cases.graver(worse, Tier.SAME_DAY, watch(NOON)) is worse


# The end, and what is no end


def test_closed_nothing_happens_any_more(watch: At) -> None:
    case = alert_cases.close(owned(watch), "ana", "Ana", "assessed", watch(NOON + 9 * MINUTE))
    assert (case.state, case.outcome, case.closed_by) == (CaseState.CLOSED, "assessed", "ana")
    assert alert_cases.passed(case, watch(NOON + timedelta(days=365))) is None


@pytest.mark.parametrize("act", ["own", "contacted"])
def test_a_closed_one_is_acted_on_only_once_it_is_reopened(watch: At, act: str) -> None:
    case = alert_cases.close(owned(watch), "ana", "Ana", "assessed", watch(NOON))
    with pytest.raises(InvalidInput, match="Reopen it"):
        if act == "own":
            alert_cases.own(case, "ben", "Ben", watch(NOON))
        else:
            alert_cases.contacted(case, "ben", "Ben", watch(NOON), reached=True)


def test_reopened_it_is_nobodys_and_its_clock_begins_anew(watch: At) -> None:
    closed = alert_cases.close(owned(watch), "ana", "Ana", "assessed", watch(NOON))
    later = NOON + 60 * MINUTE
    case = alert_cases.reopen(closed, watch(later))
    assert (case.state, case.owner, case.outcome, case.closed_at) == (
        CaseState.OPEN,
        None,
        None,
        None,
    )
    assert case.due_at == later + 30 * MINUTE
    with pytest.raises(InvalidInput, match="open already"):
        alert_cases.reopen(case, watch(later))


def test_no_time_closes_one(watch: At, definitions: Definitions) -> None:
    """A year of nobody acting, in a clinic without hours and rota."""
    nobody = Duty(DutyPlan(), ZONE)
    for tier in Tier:
        case = alert_cases.begin("case", "patient", tier, replace(watch(NOON), duty=nobody))
        now = NOON
        while now < NOON + timedelta(days=365):
            assert case.next_at is not None
            assert case.state is not CaseState.CLOSED
            now = max(case.next_at, now + timedelta(hours=7))
            found = alert_cases.passed(case, Watch(nobody, definitions.safety, now))
            case = found[0] if found else case
        assert case.state is CaseState.ESCALATED
