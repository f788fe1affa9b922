"""When a patient is reminded of a check-in, by the clock on their own wall, and when no longer."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from mindspa.domain.messages import Channel
from mindspa.domain.reminders import ReminderRule, Reminding, due, missed_in_a_row
from mindspa.domain.schedule import Occasion
from tests.spec.treatment_factories import definitions

NEW_YORK, BERLIN = ZoneInfo("America/New_York"), ZoneInfo("Europe/Berlin")
HOUR = timedelta(hours=1)
RULE = definitions().reminders


def at(text: str, zone: ZoneInfo = NEW_YORK) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def occasion(opens: datetime, closes: datetime, code: str = "24h") -> Occasion:
    return Occasion("pat", "course", "i1", "i1", code, ("pulse",), opens, opens, opens, closes)


def test_as_shipped() -> None:
    assert ReminderRule(timedelta(0), (6 * HOUR, 24 * HOUR), time(21), time(8), 3 * HOUR, 3) == RULE


@pytest.mark.parametrize(
    ("opens", "closes", "times"),
    [
        # The pulse at 24 hours: when it opens, and six hours before it closes.
        ("2026-06-10 14:00", "2026-06-11 02:00", ["2026-06-10 14:00", "2026-06-10 20:00"]),
        # The second falls into the night, and after that it is closed.
        ("2026-06-10 18:00", "2026-06-11 06:00", ["2026-06-10 18:00"]),
        # The first falls into the night: it goes in the morning, and the second stays away.
        ("2026-06-10 22:00", "2026-06-11 10:00", ["2026-06-11 08:00"]),
        ("2026-06-11 04:00", "2026-06-11 16:00", ["2026-06-11 08:00"]),
        # The whole window is at night.
        ("2026-06-10 22:00", "2026-06-11 07:00", []),
        ("2026-06-10 22:00", "2026-06-11 08:00", []),  # it closes as the quiet hours end
        # A weekly form: four days long, so the last is a day before.
        ("2026-06-10 10:00", "2026-06-14 10:00", ["2026-06-10 10:00", "2026-06-13 10:00"]),
        # The edges of the quiet hours.
        ("2026-06-10 20:59", "2026-06-11 08:59", ["2026-06-10 20:59", "2026-06-11 08:00"]),
        ("2026-06-10 21:00", "2026-06-11 09:00", ["2026-06-11 08:00"]),
        ("2026-06-11 07:59", "2026-06-11 19:59", ["2026-06-11 08:00", "2026-06-11 13:59"]),
        # In the night that the clocks go forward, and in the one that they go back.
        ("2026-03-07 22:00", "2026-03-08 20:00", ["2026-03-08 08:00", "2026-03-08 14:00"]),
        ("2026-10-31 22:00", "2026-11-01 20:00", ["2026-11-01 08:00", "2026-11-01 14:00"]),
    ],
)
def test_times(opens: str, closes: str, times: list[str]) -> None:
    for zone in (NEW_YORK, BERLIN):
        found = RULE.times(occasion(at(opens, zone), at(closes, zone)), zone)
        if zone is BERLIN and opens.startswith(("2026-03-07", "2026-10-31")):
            continue  # the clocks change on other days there; see below
        assert found == tuple(at(one, zone) for one in times), zone


def test_the_night_that_the_clocks_change_in_europe() -> None:
    night = occasion(at("2026-03-28 22:00", BERLIN), at("2026-03-29 20:00", BERLIN))
    assert RULE.times(night, BERLIN)[0] == at("2026-03-29 08:00", BERLIN)
    assert at("2026-03-29 08:00", BERLIN) == datetime(2026, 3, 29, 6, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "number"),
    [
        ("2026-06-10 13:59:59", 0),
        ("2026-06-10 14:00", 1),
        ("2026-06-10 19:59:59", 1),
        ("2026-06-10 20:00", 2),
        ("2026-06-10 20:59:59", 2),
        ("2026-06-10 21:00", 0),  # the quiet hours have begun
        ("2026-06-11 01:59:59", 0),
        ("2026-06-11 02:00", 0),  # it has closed
    ],
)
def test_number(now: str, number: int) -> None:
    pulse = occasion(at("2026-06-10 14:00"), at("2026-06-11 02:00"))
    assert RULE.number(pulse, NEW_YORK, now=at(now)) == number


def test_what_was_slept_through_is_not_made_up_for() -> None:
    pulse = occasion(at("2026-06-10 14:00"), at("2026-06-11 02:00"))
    one = Reminding("person", NEW_YORK.key, pulse, 0, Channel.EMAIL)
    assert [n for _, n in due([one], RULE, now=at("2026-06-10 20:30"))] == [2]
    assert [*due([replace(one, reminded=2)], RULE, now=at("2026-06-10 20:30"))] == []


@pytest.mark.parametrize(
    ("answered", "missed"),
    [
        ([], 0),
        ([True], 0),
        ([False], 1),
        ([False, False, False], 3),
        ([False, False, True], 0),
        ([True, False, False], 2),
        ([False, True, False], 1),
    ],
)
def test_missed_in_a_row(answered: list[bool], missed: int) -> None:
    start = at("2026-06-01 10:00")
    found = [
        (occasion(start + n * 24 * HOUR, start + (n + 1) * 24 * HOUR), one)
        for n, one in enumerate(answered)
    ]
    assert missed_in_a_row(reversed(found)) == missed
