"""Which texts, numbers and instants may be entered, whatever way they come."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from mindspa.domain import entered
from mindspa.domain.errors import InvalidInput

NEW_YORK = ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Ana Example", "Ana Example"),
        ("  Ana \t Example\n", "Ana Example"),
        ("Ana\u00a0Example", "Ana Example"),  # as it is pasted from a web page
        ("Zoe\u0308", "Zoë"),
        ("نیم\u200cشب", "نیم\u200cشب"),  # a joiner belongs to how the name is written
        ("x" * 100, "x" * 100),
    ],
)
def test_a_line_is_kept_as_it_reads(given: str, kept: str) -> None:
    assert entered.line(given, what="The name") == kept


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("", "The name needs 1 to 100 characters."),
        (" \n", "The name needs 1 to 100 characters."),
        ("x" * 101, "The name needs 1 to 100 characters."),
        ("Ana\x00", "cannot be seen"),
        ("\x1b[31mAna", "cannot be seen"),
        ("Ana\u202eelpmaxE", "cannot be seen"),  # turns what follows round
        ("Ana\u200b", "cannot be seen"),
        ("Ana\ud800", "cannot be seen"),
        (None, "The name must be a text."),
        (5, "The name must be a text."),
    ],
)
def test_no_line(given: object, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        entered.line(given, what="The name")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("", ""),
        ("  \n", ""),
        ("one\ntwo\tthree", "one\ntwo\tthree"),
        ("one\r\ntwo\rthree\x0bfour\u2028five", "one\ntwo\nthree\nfour\nfive"),  # other programs'
        ("Zoe\u0308", "Zoë"),
        ("\U0001f469\u200d\u2695\ufe0f", "\U0001f469\u200d\u2695\ufe0f"),
        ("x" * 2000 + "\n", "x" * 2000),
    ],
)
def test_a_note_is_kept_as_it_reads(given: str, kept: str) -> None:
    assert entered.note(given) == kept


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("a\x00b", "no text"),
        ("a\x07b", "no text"),
        ("a\ud800b", "no text"),
        ("x" * 2001, "can have 2000 characters"),
        (None, "must be a text"),
        (["a"], "must be a text"),
    ],
)
def test_no_note(given: object, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        entered.note(given)


@pytest.mark.parametrize("given", [1, 1.0, 2.5, 3])
def test_a_number_within_its_limits(given: object) -> None:
    entered.number(given, what="The dose", lowest=1, highest=3)


@pytest.mark.parametrize(
    "given", [0.999, 3.001, float("nan"), float("inf"), float("-inf"), True, "2", None, 10**400]
)
def test_no_number_within_its_limits(given: object) -> None:
    with pytest.raises(InvalidInput, match="The dose is a number from 1 to 3"):
        entered.number(given, what="The dose", lowest=1, highest=3)


def test_an_instant_is_kept_in_utc() -> None:
    """Where two of one zone are compared, Python compares what clocks show: an hour's infusion in
    the night when clocks go back would end as it began."""
    first = datetime(2026, 11, 1, 1, 30, tzinfo=NEW_YORK)
    second = first.replace(fold=1)
    assert second == first
    kept = [entered.instant(at, what="The start") for at in (first, second)]
    assert kept[1] - kept[0] == timedelta(hours=1)
    assert {at.tzinfo for at in kept} == {UTC}


@pytest.mark.parametrize(
    "given",
    [
        datetime.min.replace(tzinfo=timezone(timedelta(hours=14))),  # in UTC of no year at all
        datetime.max.replace(tzinfo=timezone(-timedelta(hours=12))),
        entered.EARLIEST - timedelta(microseconds=1),
        entered.LATEST,
    ],
)
def test_an_instant_of_a_year_that_cannot_be(given: datetime) -> None:
    with pytest.raises(InvalidInput, match="a year that cannot be right"):
        entered.instant(given, what="The start")


@pytest.mark.parametrize("given", [None, "2026-01-01", datetime(2026, 1, 1), 5])  # noqa: DTZ001
def test_no_instant(given: object) -> None:
    with pytest.raises(InvalidInput, match="The start needs a day and a time"):
        entered.instant(given, what="The start")
