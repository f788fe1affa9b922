"""When a clinic is open, who is on duty, and by when somebody must act: the edges, in clinic time.

The clinic: Monday to Friday 9 to 17 in New York, closed on Friday 3 July 2026. Ana and then Ben are
on duty on weekdays; Cleo is on call on Saturdays, and every night from Monday to Tuesday.
"""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from mindspa.domain.definitions import Definitions
from mindspa.domain.duty import Duty, DutyPlan, Holiday, OpenHours, Shift
from mindspa.domain.safety import Tier

ZONE = ZoneInfo("America/New_York")
NINE, FIVE = time(9), time(17)
PLAN = DutyPlan(
    hours=tuple(OpenHours(day, NINE, FIVE) for day in range(5)),
    holidays=(Holiday(date(2026, 7, 3), "Independence Day, observed"),),
    shifts=(
        *(Shift(NINE, FIVE, "ana", "ben", weekday=day) for day in range(5)),
        Shift(time(0), time(0), "cleo", weekday=5),
        Shift(FIVE, NINE, "cleo", weekday=0, on_holidays=True),
    ),
)
DUTY = Duty(PLAN, ZONE)


def at(text: str) -> datetime:
    """By the clinic's clock: "2026-06-10 12:00" is a Wednesday noon."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


@pytest.mark.parametrize(
    ("when", "is_open"),
    [
        ("2026-06-10 08:59:59", False),
        ("2026-06-10 09:00", True),
        ("2026-06-10 16:59:59", True),
        ("2026-06-10 17:00", False),
        ("2026-06-13 12:00", False),  # a Saturday
        ("2026-07-03 12:00", False),  # a holiday
        ("2026-03-09 09:00", True),  # the Monday after the clocks went forward
        ("2026-03-09 08:59:59", False),
    ],
)
def test_open(when: str, is_open: bool) -> None:
    assert (DUTY.open_period(at(when)) is not None) is is_open


@pytest.mark.parametrize(
    ("when", "opens"),
    [
        ("2026-06-10 08:00", "2026-06-10 09:00"),
        ("2026-06-10 09:00", "2026-06-11 09:00"),
        ("2026-06-12 17:00", "2026-06-15 09:00"),  # Friday evening
        ("2026-07-02 18:00", "2026-07-06 09:00"),  # over the holiday and the weekend
        ("2026-03-06 18:00", "2026-03-09 09:00"),  # over a night of 23 hours
    ],
)
def test_next_opening(when: str, opens: str) -> None:
    assert DUTY.next_opening(at(when)) == at(opens)


def test_a_clinic_that_never_opens_has_no_next_opening() -> None:
    assert Duty(DutyPlan(), ZONE).next_opening(at("2026-06-10 12:00")) is None


@pytest.mark.parametrize(
    ("when", "first", "second"),
    [
        ("2026-06-10 09:00", "ana", "ben"),
        ("2026-06-10 17:00", None, None),
        ("2026-06-13 00:00", "cleo", None),
        ("2026-06-13 23:59:59", "cleo", None),
        ("2026-06-14 00:00", None, None),
        ("2026-06-15 17:00", "cleo", None),  # Monday evening
        ("2026-06-16 08:59:59", "cleo", None),  # and the morning after
        ("2026-06-16 09:00", "ana", "ben"),
        ("2026-07-03 12:00", None, None),  # the shift of a Friday does not hold on a holiday
    ],
)
def test_on_duty(when: str, first: str | None, second: str | None) -> None:
    found = DUTY.on_duty(at(when))
    assert (found and found.first, found and found.second) == (first, second)


def test_a_shift_of_one_day_goes_before_the_weekly_one() -> None:
    swapped = Shift(time(12), FIVE, "dora", day=date(2026, 6, 10))
    duty = Duty(replace(PLAN, shifts=(*PLAN.shifts, swapped)), ZONE)
    found = [duty.on_duty(at(f"2026-06-10 {hour}:00")) for hour in ("11", "12")]
    assert [one and one.first for one in found] == ["ana", "dora"]


def test_on_call_holds_on_a_holiday_where_the_rota_says_so() -> None:
    duty = Duty(replace(PLAN, holidays=(Holiday(date(2026, 6, 15), "Closed"),)), ZONE)
    day, night = (duty.on_duty(at(f"2026-06-15 {hour}:00")) for hour in ("12", "20"))
    assert day is None
    assert night is not None
    assert "cleo" in night
    assert "ana" not in night


@pytest.mark.parametrize(
    ("tier", "when", "due"),
    [
        (Tier.IMMEDIATE, "2026-06-10 12:00", "2026-06-10 12:30"),
        (Tier.IMMEDIATE, "2026-06-10 16:50", "2026-06-10 17:20"),  # whoever is there stays
        (Tier.IMMEDIATE, "2026-06-10 20:00", "2026-06-11 09:30"),  # nobody on call
        (Tier.IMMEDIATE, "2026-06-13 03:00", "2026-06-13 03:30"),  # on call
        (Tier.IMMEDIATE, "2026-07-03 12:00", "2026-07-04 00:30"),  # on call from Saturday on
        (Tier.SAME_DAY, "2026-06-10 09:30", "2026-06-10 13:30"),
        (Tier.SAME_DAY, "2026-06-10 14:00", "2026-06-10 17:00"),  # before it closes
        (Tier.SAME_DAY, "2026-06-10 16:30", "2026-06-10 17:30"),  # but an hour at least
        (Tier.SAME_DAY, "2026-06-10 20:00", "2026-06-11 10:00"),  # in the first open hour
        (Tier.SAME_DAY, "2026-06-12 17:00", "2026-06-13 01:00"),  # the same
        (Tier.SAME_DAY, "2026-06-14 12:00", "2026-06-15 10:00"),  # a Sunday without
        (Tier.SAME_DAY, "2026-06-13 03:00", "2026-06-13 07:00"),
        (Tier.SAME_DAY, "2026-03-08 01:30", "2026-03-09 10:00"),  # in the night of 23 hours
    ],
)
def test_due(definitions: Definitions, tier: Tier, when: str, due: str) -> None:
    assert DUTY.due(definitions.safety.clock[tier], at(when)) == at(due)


def test_without_hours_the_clock_runs_at_once(definitions: Definitions) -> None:
    """An alert too early is the smaller error."""
    duty = Duty(DutyPlan(), ZONE)
    night = at("2026-06-10 03:00")
    assert duty.due(definitions.safety.clock[Tier.IMMEDIATE], night) == night + timedelta(
        minutes=30
    )


def test_hours_over_midnight() -> None:
    duty = Duty(DutyPlan(hours=(OpenHours(4, time(20), time(2)),)), ZONE)
    inside = duty.open_period(at("2026-06-13 01:59:59"))
    assert inside is not None
    assert inside.ends == at("2026-06-13 02:00")
    assert duty.open_period(at("2026-06-13 02:00")) is None


def test_holes_are_said_while_the_clinic_is_open_and_while_it_is_not() -> None:
    """Wednesday has nobody in the afternoon."""
    shifts = [
        replace(shift, ends=time(12)) if shift.weekday == 2 else shift for shift in PLAN.shifts
    ]
    duty = Duty(replace(PLAN, shifts=tuple(shifts)), ZONE)
    found = list(duty.holes(at("2026-06-10 08:00"), at("2026-06-11 12:00")))
    assert [(hole.period.begins, hole.period.ends, hole.is_open) for hole in found] == [
        (at("2026-06-10 08:00"), at("2026-06-10 09:00"), False),
        (at("2026-06-10 12:00"), at("2026-06-10 17:00"), True),
        (at("2026-06-10 17:00"), at("2026-06-11 09:00"), False),
    ]


def test_no_hole_where_somebody_is_always_there() -> None:
    always = tuple(Shift(time(0), time(0), "ana", weekday=d, on_holidays=True) for d in range(7))
    duty = Duty(replace(PLAN, shifts=always), ZONE)
    assert list(duty.holes(at("2026-03-01 00:00"), at("2026-03-29 00:00"))) == []


@pytest.mark.parametrize(
    ("tier", "when", "furthest"),
    [
        (Tier.IMMEDIATE, "2026-06-10 12:00", "2026-06-10 13:00"),
        (Tier.IMMEDIATE, "2026-06-10 16:30", "2026-06-11 10:00"),  # closed an hour later
        (Tier.SAME_DAY, "2026-06-10 12:00", "2026-06-11 12:00"),
        (Tier.SAME_DAY, "2026-06-11 18:00", "2026-06-13 01:00"),  # Friday evening, nobody there
    ],
)
def test_the_furthest_that_another_attempt_may_be_put(
    definitions: Definitions, tier: Tier, when: str, furthest: str
) -> None:
    assert DUTY.furthest_attempt(definitions.safety.clock[tier], at(when)) == at(furthest)
