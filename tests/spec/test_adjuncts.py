"""Other treatment: what can be entered, and what stands."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from mindspa.domain.adjuncts import Adjunct, Entry, Kind, checked, standing
from mindspa.domain.errors import InvalidInput

TODAY, BORN = date(2026, 6, 10), date(1980, 5, 1)
DAY = timedelta(days=1)
WEEKLY = Entry(Kind.TALK_THERAPY, "CBT", TODAY - 30 * DAY, "once a week")


def an_adjunct(entry: Entry = WEEKLY, **fields: Any) -> Adjunct:
    given: dict[str, Any] = {"id": "a1", "told_by_patient": False, "by_name": "Nurse"} | fields
    return Adjunct(
        patient_id="p1",
        kind=entry.kind,
        name=entry.name,
        started_on=entry.started_on,
        how_often=entry.how_often,
        ended_on=entry.ended_on,
        recorded_at=datetime(2026, 6, 10, 12, tzinfo=UTC),
        recorded_by="n",
        **given,
    )


@pytest.mark.parametrize(
    "fields, kept",
    [
        ({}, WEEKLY),
        ({"kind": "tms"}, replace(WEEKLY, kind=Kind.TMS)),
        ({"name": "  sertraline 50 →  100 mg "}, replace(WEEKLY, name="sertraline 50 → 100 mg")),
        ({"how_often": ""}, replace(WEEKLY, how_often=None)),
        ({"ended_on": WEEKLY.started_on}, replace(WEEKLY, ended_on=WEEKLY.started_on)),
        ({"started_on": BORN}, replace(WEEKLY, started_on=BORN)),
        ({"started_on": TODAY + 366 * DAY}, replace(WEEKLY, started_on=TODAY + 366 * DAY)),
    ],
)
def test_what_is_kept(fields: dict[str, Any], kept: Entry) -> None:
    assert checked(replace(WEEKLY, **fields), today=TODAY, born_on=BORN) == kept


@pytest.mark.parametrize(
    "fields, said",
    [
        ({"kind": "surgery"}, "kind of treatment"),
        ({"kind": None}, "kind of treatment"),
        ({"name": " "}, "1 to 100"),
        ({"name": "x" * 101}, "1 to 100"),
        ({"name": 5}, "must be a text"),
        ({"how_often": "x" * 41}, "1 to 40"),
        ({"started_on": None}, "first day is missing"),
        ({"started_on": datetime(2026, 6, 1, tzinfo=UTC)}, "first day is missing"),
        ({"started_on": BORN - DAY}, "before the patient was born"),
        ({"started_on": TODAY + 367 * DAY}, "more than a year ahead"),
        ({"ended_on": TODAY + 367 * DAY}, "more than a year ahead"),
        ({"ended_on": WEEKLY.started_on - DAY}, "before the first"),
        ({"how_often": None, "ended_on": TODAY}, "how often"),
    ],
)
def test_what_cannot_be_meant(fields: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        checked(replace(WEEKLY, **fields), today=TODAY, born_on=BORN)


def test_without_a_date_of_birth_a_long_life_is_the_limit() -> None:
    with pytest.raises(InvalidInput, match="born"):
        checked(replace(WEEKLY, started_on=date(1920, 1, 1)), today=TODAY, born_on=None)


def test_what_stands_is_neither_replaced_nor_withdrawn() -> None:
    first, second = an_adjunct(id="a1"), an_adjunct(id="a2")
    ended = an_adjunct(replace(WEEKLY, ended_on=TODAY), id="a3", replaces="a1", reason="It ended.")
    withdrawn = an_adjunct(id="a4", replaces="a2", reason="Wrong patient.", withdrawn=True)
    assert standing([first, second, ended, withdrawn]) == (ended,)


@pytest.mark.parametrize(
    "entry, overlaps",
    [
        (replace(WEEKLY, how_often=None), False),
        (replace(WEEKLY, how_often=None, started_on=TODAY), True),
        (WEEKLY, True),  # goes on
        (replace(WEEKLY, ended_on=TODAY - DAY), False),
        (replace(WEEKLY, ended_on=TODAY), True),
        (replace(WEEKLY, started_on=TODAY + DAY), False),
    ],
)
def test_what_falls_on_a_day(entry: Entry, overlaps: bool) -> None:
    assert an_adjunct(entry).overlaps(TODAY, TODAY) is overlaps
