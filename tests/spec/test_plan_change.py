"""What is said of the check-ins before an infusion is moved, cancelled or planned.

Infusions are at two in the afternoon, New York time, and last an hour. Until another is planned,
the check-ins of the last one are those before it and 24, 48 and 72 hours after it. Three a week
leave no 72 hours to any but Friday's.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from mindspa.domain.check_ins import StoredForm
from mindspa.domain.plan_change import PlanChange, plan_change, sentence
from mindspa.domain.schedule import Occasion, plan
from mindspa.domain.treatment import Infusion, InfusionStatus
from tests.spec.treatment_factories import (
    DAY,
    HOUR,
    PATIENT,
    START,
    a_course,
    a_form,
    an_infusion,
    protocol,
)

KEPT = " What was answered is kept."
NEW_YORK = ZoneInfo("America/New_York")
PLANNED, CANCELLED = InfusionStatus.PLANNED, InfusionStatus.CANCELLED
COURSES = {
    "Mon Wed Fri": (0, 2, 4),
    "Mon Thu": (0, 3),
    "Fri Mon": (4, 7),
    "Mon Wed": (0, 2),
    "Mon": (0,),
}


def course_of(name: str) -> dict[str, Infusion]:
    """Planned infusions by their weekday."""
    return {
        day: an_infusion(day, START + days * DAY, status=PLANNED)
        for day, days in zip(name.split(), COURSES[name], strict=True)
    }


def moved(day: str, by: timedelta) -> Callable[[Mapping[str, Infusion]], Iterable[Infusion]]:
    return lambda infusions: [
        replace(i, planned_at=i.planned_at + by) if i.id == day else i for i in infusions.values()
    ]


def cancelled(*days: str) -> Callable[[Mapping[str, Infusion]], Iterable[Infusion]]:
    return lambda infusions: [
        replace(i, status=CANCELLED) if i.id in days else i for i in infusions.values()
    ]


def another(days: float) -> Callable[[Mapping[str, Infusion]], Iterable[Infusion]]:
    return lambda infusions: [
        *infusions.values(),
        an_infusion("another", START + days * DAY, status=PLANNED),
    ]


def given_late(day: str, by: timedelta) -> Callable[[Mapping[str, Infusion]], Iterable[Infusion]]:
    return lambda infusions: [
        an_infusion(day, i.planned_at + by) if i.id == day else i for i in infusions.values()
    ]


def stopped_early(day: str) -> Callable[[Mapping[str, Infusion]], Iterable[Infusion]]:
    return lambda infusions: [
        an_infusion(day, i.planned_at, status=InfusionStatus.STOPPED, length=HOUR / 4)
        if i.id == day
        else i
        for i in infusions.values()
    ]


def pulses(infusions: Iterable[Infusion]) -> list[Occasion]:
    """Those that hang on an infusion; what hangs on the course has its own table below."""
    whole = plan(PATIENT, [a_course()], infusions, protocol(), indications=[], until=START)
    return [occasion for occasion in whole if occasion.forms == ("pulse",)]


@pytest.mark.parametrize(
    "course, change, said",
    [
        # The last one alone: before, 24, 48 and 72 h.
        ("Mon", moved("Mon", DAY), "4 check-ins move."),
        ("Mon", moved("Mon", HOUR), "4 check-ins move."),
        ("Mon", moved("Mon", -DAY), "4 check-ins move."),
        ("Mon", cancelled("Mon"), "4 check-ins are cancelled."),
        ("Mon", given_late("Mon", HOUR / 4), "4 check-ins move."),
        ("Mon", stopped_early("Mon"), "3 check-ins move."),  # the one before it stays
        # One more on Wednesday cuts Monday's 48 h, and takes its 72 h.
        ("Mon", another(2), "1 check-in moves, 4 are added, 1 is cancelled."),
        # On Tuesday, 23 h after Monday's end, it takes all three of them.
        ("Mon", another(1), "4 check-ins are added, 3 are cancelled."),
        # On Thursday Monday's 72 h still fits, cut short.
        ("Mon", another(3), "1 check-in moves, 4 are added."),
        ("Mon", another(4), "4 check-ins are added."),
        # Wednesday to Thursday: Monday's 48 h is whole again, and its 72 h comes back.
        ("Mon Wed", moved("Wed", DAY), "5 check-ins move, 1 is added."),
        ("Mon Wed", moved("Wed", 2 * DAY), "5 check-ins move, 1 is added."),
        ("Mon Wed", moved("Wed", -DAY), "4 check-ins move, 2 are cancelled."),
        ("Mon Wed", cancelled("Wed"), "1 check-in moves, 1 is added, 4 are cancelled."),
        ("Mon Wed", cancelled("Mon"), "3 check-ins are cancelled."),
        ("Mon Wed", cancelled("Mon", "Wed"), "7 check-ins are cancelled."),
        # Monday to Thursday, a day after Wednesday, which loses its three to it.
        ("Mon Wed", moved("Mon", 3 * DAY), "3 check-ins move, 1 is added, 3 are cancelled."),
        # Wednesday of three a week: on Thursday it leaves itself no time before Friday.
        ("Mon Wed Fri", moved("Wed", DAY), "2 check-ins move, 1 is added, 2 are cancelled."),
        ("Mon Wed Fri", moved("Wed", HOUR), "4 check-ins move."),
        ("Mon Wed Fri", cancelled("Wed"), "1 check-in moves, 1 is added, 3 are cancelled."),
        ("Mon Wed Fri", moved("Fri", DAY), "5 check-ins move, 1 is added."),
        ("Mon Wed Fri", cancelled("Fri"), "1 check-in moves, 1 is added, 4 are cancelled."),
        ("Mon Wed Fri", cancelled("Wed", "Fri"), "1 check-in moves, 1 is added, 7 are cancelled."),
        ("Mon Wed Fri", stopped_early("Wed"), "2 check-ins move."),
        # Twice a week.
        ("Mon Thu", moved("Thu", DAY), "5 check-ins move."),
        ("Mon Thu", moved("Thu", -DAY), "5 check-ins move, 1 is cancelled."),
        ("Mon Thu", cancelled("Thu"), "1 check-in moves, 4 are cancelled."),
        # Friday: its 72 h lies before Monday's infusion.
        ("Fri Mon", moved("Mon", DAY), "5 check-ins move."),
        ("Fri Mon", moved("Mon", -DAY), "5 check-ins move, 1 is cancelled."),
        ("Fri Mon", cancelled("Fri"), "4 check-ins are cancelled."),
        # Nothing that changes anything.
        ("Mon Wed Fri", moved("Wed", 0 * DAY), "No check-in changes."),
    ],
)
def test_what_a_change_says(
    course: str, change: Callable[[Mapping[str, Infusion]], Iterable[Infusion]], said: str
) -> None:
    infusions = course_of(course)
    change_made = plan_change(pulses(infusions.values()), pulses(change(infusions)), [])
    assert sentence(change_made) == said
    adds_up(pulses(infusions.values()), pulses(change(infusions)), change_made)


def adds_up(before: list[Occasion], after: list[Occasion], change: PlanChange) -> None:
    """Every occasion that is asked afterwards was asked before, but for those added."""
    asked_before = sum(occasion.asked for occasion in before)
    asked_after = sum(occasion.asked for occasion in after)
    gone = len(change.cancelled) + len(change.released)
    assert asked_after == asked_before + len(change.added) - gone


@pytest.mark.parametrize("month, day", [(3, 7), (10, 31)], ids=["forward", "back"])
def test_a_night_in_which_the_clocks_change_moves_no_more_than_another(
    month: int, day: int
) -> None:
    """Moved by a day of the calendar, the check-ins move by its 23 or 25 hours."""
    at = datetime(2026, month, day, 14, tzinfo=NEW_YORK)
    before = pulses([an_infusion("i1", at, status=PLANNED)])
    after = pulses([an_infusion("i1", at + DAY, status=PLANNED)])
    change = plan_change(before, after, [])
    assert sentence(change) == "4 check-ins move."
    shift = after[0].opens_at - before[0].opens_at
    assert shift == (23 if month == 3 else 25) * HOUR
    assert [a.opens_at - b.opens_at for a, b in zip(after, before, strict=True)] == 4 * [shift]


BEFORE_WED = START + 2 * DAY - 3 * HOUR  # within 24 h before, and Monday's 48 h
AFTER_MON = START + 26 * HOUR  # Monday's 24 h; within 24 h before Wednesday, not Thursday


@pytest.mark.parametrize(
    "course, change, answered, said",
    [
        # A pulse given on Wednesday morning answers Monday's 48 h and the one before Wednesday.
        ("Mon Wed", moved("Wed", HOUR), BEFORE_WED, "3 check-ins move."),
        (
            "Mon Wed",
            moved("Wed", 2 * DAY),
            BEFORE_WED,
            "3 check-ins move, 1 is added, 1 that was answered is asked again." + KEPT,
        ),
        (
            "Mon Wed",
            cancelled("Wed"),
            BEFORE_WED,
            "1 check-in is added, 3 are cancelled, 1 that was answered is cancelled." + KEPT,
        ),
        # What was answered after Monday is left alone by whatever happens on Thursday.
        ("Mon Thu", moved("Thu", DAY), AFTER_MON, "5 check-ins move."),
        ("Mon Thu", moved("Thu", -DAY), AFTER_MON, "5 check-ins move, 1 is cancelled."),
        ("Mon Thu", cancelled("Thu"), AFTER_MON, "1 check-in moves, 4 are cancelled."),
        # On a Tuesday it would be Wednesday's as well.
        ("Mon", another(2), AFTER_MON, "1 check-in moves, 3 are added, 1 is cancelled."),
    ],
)
def test_what_was_answered_is_left_alone(
    course: str,
    change: Callable[[Mapping[str, Infusion]], Iterable[Infusion]],
    answered: datetime,
    said: str,
) -> None:
    infusions = course_of(course)
    forms = [a_form("f", answered)]
    before, after = pulses(infusions.values()), pulses(change(infusions))
    assert sentence(plan_change(before, after, forms)) == said


def whole(infusions: Iterable[Infusion], ended_at: datetime | None = None) -> list[Occasion]:
    course = a_course(ended_at=ended_at)
    until = START + 56 * DAY
    return list(plan(PATIENT, [course], infusions, protocol(), indications=[], until=until))


BASELINE = [a_form(name, START - 10 * DAY, name) for name in ("phq9", "gad7")]


@pytest.mark.parametrize(
    "change, forms, said",
    [
        # Beside the pulses there are the baseline, a week and the index.
        (moved("Mon", 2 * DAY), [], "7 check-ins move."),
        (moved("Mon", 2 * DAY), BASELINE, "6 check-ins move."),
        # Five days later the baseline would be fifteen days old.
        (
            moved("Mon", 5 * DAY),
            BASELINE,
            "6 check-ins move, 1 that was answered is asked again." + KEPT,
        ),
        (cancelled("Mon"), [], "7 check-ins are cancelled."),
        (
            cancelled("Mon"),
            BASELINE,
            "6 check-ins are cancelled, 1 that was answered is cancelled." + KEPT,
        ),
    ],
)
def test_what_hangs_on_the_course_moves_with_its_first_infusion(
    change: Callable[[Mapping[str, Infusion]], Iterable[Infusion]],
    forms: list[StoredForm],
    said: str,
) -> None:
    infusions = course_of("Mon")
    assert sentence(plan_change(whole(infusions.values()), whole(change(infusions)), forms)) == said


def test_a_course_that_ends_asks_no_further_week() -> None:
    given = [an_infusion("i1", START)]
    change = plan_change(whole(given), whole(given, ended_at=START + 5 * DAY), [])
    assert sentence(change) == "1 check-in is cancelled."
    assert [occasion.code for occasion in change.cancelled] == ["weekly-1"]
