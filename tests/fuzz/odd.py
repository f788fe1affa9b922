"""Values that somebody might send: ordinary ones, and those that programs stumble over."""

import os
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

# They stand in much of what is thrown at the program, and must never come back in a log.
NAME = "Zebulon Quixworth"
ANSWER = "answered-31415926"

# `FUZZ_TIMES=20` looks further than a run of all tests has time for.
TIMES = int(os.environ.get("FUZZ_TIMES", "1"))

NEW_YORK = ZoneInfo("America/New_York")


def fuzzed(examples: int) -> Callable[[Any], Any]:
    """Other values in each run; a failure prints what repeats it. A test's fixtures are made once
    for all its examples, which therefore clean up after themselves."""
    return settings(
        max_examples=examples * TIMES,
        deadline=None,
        print_blob=True,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )


_NASTY = [
    "",
    " ",
    "\t",
    "\n",
    "\x00",
    "a\x00b",
    "\x1b[31mred\x1b[0m",
    "\ud800",  # half of a pair: no encoding has it
    "\udcff",  # how Python reads a wrong byte of a command line
    "\u202egnimmargorp",  # written from right to left
    "\u2028",
    "\u0085",
    "\ufeff",
    "\ufffe",
    "e\u0301" * 20,
    "\U0001f469\u200d\u2695\ufe0f",
    "ﷺ" * 30,  # grows when it is normalised
    "İ" * 40,
    "%00",
    "../../etc/passwd",
    "'; DROP TABLE patients; --",
    "<script>alert(1)</script>",
    "=1+1",
    "{0.__class__}",
    "%s%n",
    "9" * 5000,
    "-" * 300,
    "x" * 3000,
    "nan",
    "1e999",
    NAME,
    f"{NAME}\x00{ANSWER}",
]

texts = st.one_of(st.sampled_from(_NASTY), st.text(max_size=40), st.characters(categories=["C"]))

whole_numbers = st.one_of(
    st.integers(-5, 100),
    st.integers(),
    st.sampled_from([2**31, 2**63, -(2**63) - 1, 10**400, 0x110000]),
)
numbers = st.one_of(whole_numbers, st.floats())

# What a widget could hold if a browser were free to choose.
anything = st.one_of(
    st.none(), st.booleans(), whole_numbers, st.floats(), texts, st.lists(texts, max_size=2)
)

days = st.one_of(
    st.dates(),
    st.sampled_from(
        [
            date.min,
            date.max,
            date(1900, 1, 1),
            date(2026, 3, 8),  # clocks go forward in New York
            date(2026, 11, 1),  # and back
            date(2024, 2, 29),
        ]
    ),
    st.dates(date(2026, 5, 1), date(2026, 7, 1)),
)
times = st.one_of(st.times(), st.sampled_from([time.min, time.max, time(1, 30), time(2, 30)]))

_zones = st.one_of(
    st.just(UTC),
    st.just(NEW_YORK),
    st.just(ZoneInfo("Pacific/Kiritimati")),  # 14 hours ahead: its year 1 begins in year 0
    st.timedeltas(timedelta(hours=-23), timedelta(hours=23)).map(
        lambda offset: ZoneInfo("UTC") if not offset else _fixed(offset)
    ),
)


def _fixed(offset: timedelta) -> Any:
    from datetime import timezone

    return timezone(timedelta(minutes=offset // timedelta(minutes=1)))


instants = st.builds(datetime.combine, days, times, _zones)
