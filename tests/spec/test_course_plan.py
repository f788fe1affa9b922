"""Which days are proposed for a course."""

from datetime import date, timedelta

import pytest

from mindspa.domain.course_plan import CourseShape
from mindspa.domain.course_review import ReviewRule
from tests.spec.treatment_factories import protocol

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def shape(days: str, infusions: int = 6, apart: int = 2) -> CourseShape:
    return CourseShape(
        infusions,
        frozenset(map(WEEKDAYS.index, days.split())),
        apart=timedelta(days=apart),
        within=timedelta(days=21),
        booster_after=timedelta(days=28),
        review=ReviewRule(2, 4),
    )


@pytest.mark.parametrize(
    "days, first, proposed",
    [
        # The 5th of January 2026 is a Monday.
        ("Mon Wed Fri", 5, "Mon 5, Wed 7, Fri 9, Mon 12, Wed 14, Fri 16"),
        ("Mon Wed Fri", 7, "Wed 7, Fri 9, Mon 12, Wed 14, Fri 16, Mon 19"),
        ("Mon Wed Fri", 9, "Fri 9, Mon 12, Wed 14, Fri 16, Mon 19, Wed 21"),
        # Any day can be the first; a day later is too soon for the second.
        ("Mon Wed Fri", 6, "Tue 6, Fri 9, Mon 12, Wed 14, Fri 16, Mon 19"),
        ("Mon Wed Fri", 11, "Sun 11, Wed 14, Fri 16, Mon 19, Wed 21, Fri 23"),
        ("Tue Thu", 6, "Tue 6, Thu 8, Tue 13, Thu 15, Tue 20, Thu 22"),
        ("Fri", 9, "Fri 9, Fri 16, Fri 23, Fri 30, Fri 6, Fri 13"),
    ],
)
def test_days_of_an_induction(days: str, first: int, proposed: str) -> None:
    found = shape(days).induction(date(2026, 1, first))
    assert ", ".join(f"{WEEKDAYS[day.weekday()]} {day.day}" for day in found) == proposed


@pytest.mark.parametrize(
    "last, next_one",
    [
        (date(2026, 1, 9), date(2026, 2, 6)),  # from Friday to Friday
        (date(2026, 1, 10), date(2026, 2, 9)),  # from a Saturday to the Monday after
        (date(2026, 1, 8), date(2026, 2, 6)),  # from a Thursday to the Friday after
    ],
)
def test_the_next_booster_is_four_weeks_later_or_soon_after(last: date, next_one: date) -> None:
    assert shape("Mon Wed Fri").booster(last) == next_one


def test_as_shipped_it_is_six_on_monday_wednesday_and_friday() -> None:
    course = protocol().course
    assert (course.infusions, course.days) == (6, frozenset({0, 2, 4}))
    first = date(2026, 1, 5)
    assert course.induction(first)[-1] - first == timedelta(days=11)
    assert course.booster(first) - first == timedelta(days=28)
