"""A record as a long table: what stands in each row, and no cell that a spreadsheet calculates."""

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from mindspa.domain.check_ins import Mode, StoredForm
from mindspa.domain.definitions import Definitions
from mindspa.exchange.answers_csv import COLUMNS, answers_csv

ANSWERED = datetime(2026, 11, 1, 5, 30, tzinfo=UTC)  # half past one in New York, for the first time
PHQ9 = StoredForm(
    id="form1",
    patient_id="patient1",
    instrument="phq9",
    instrument_version="1",
    language="en",
    answers={str(number): 1 for number in range(1, 10)} | {"difficulty": 2},
    total=9,
    scorer_version="1",
    mode=Mode.REMOTE,
    answered_at=ANSWERED,
    saved_at=ANSWERED,
    entered_by="person1",
)


def table(definitions: Definitions, *forms: StoredForm) -> list[dict[str, str]]:
    content = answers_csv(forms, definitions.instruments, zone="America/New_York")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def items(rows: list[dict[str, str]]) -> dict[str, str]:
    return {row["item"]: row["value"] for row in rows}


def test_nothing_yet_is_a_table_without_rows(definitions: Definitions) -> None:
    content = answers_csv((), definitions.instruments, zone="UTC")
    assert content.decode("utf-8-sig") == ",".join(COLUMNS) + "\r\n"


def test_a_row_says_what_when_where_and_by_whom(definitions: Definitions) -> None:
    form = replace(PHQ9, occasion="baseline", source="study", saved_at=ANSWERED.replace(hour=7))
    first = table(definitions, form)[0]
    assert first == {
        "patient": "patient1",
        "form": "form1",
        "instrument": "phq9",
        "instrument_version": "1",
        "language": "en",
        "occasion": "baseline",
        "mode": "remote",
        "item": "1",
        "value": "1",
        "total": "9",
        "answered_at": "2026-11-01T01:30:00-04:00",
        "saved_at": "2026-11-01T02:30:00-05:00",
        "time_zone": "America/New_York",
        "entered_by": "person1",
        "source": "study",
        "scorer_version": "1",
        "version": "1",
        "replaced": "no",
        "reason": "",
        "moved": "",
        "note": "",
    }


def test_zero_is_written_and_missing_is_not(definitions: Definitions) -> None:
    rows = table(definitions, replace(PHQ9, answers={"1": 0}, total=None))
    assert items(rows)["1"] == "0"
    assert items(rows)["9"] == ""
    assert {row["total"] for row in rows} == {""}


def test_only_what_was_asked_has_a_row(definitions: Definitions) -> None:
    """Nobody knows whether a table from elsewhere asked about difficulty; a pulse before an
    infusion does not ask what changed since."""
    imported = replace(PHQ9, answers={"1": 1}, total=None, mode=Mode.IMPORTED)
    assert set(items(table(definitions, imported))) == set("123456789")
    before = replace(
        PHQ9, instrument="pulse", answers={"interest": 1}, total=None, variant="before"
    )
    after = replace(before, variant="after")
    more = items(table(definitions, after)).keys() - items(table(definitions, before)).keys()
    assert more == {"change", "side_effects"}


def test_a_total_without_items_is_one_row(definitions: Definitions) -> None:
    (row,) = table(definitions, replace(PHQ9, instrument="madrs", answers={}, total=31))
    assert (row["item"], row["value"], row["total"]) == ("", "", "31")


def test_an_item_or_instrument_that_is_no_more_is_written_all_the_same(
    definitions: Definitions,
) -> None:
    assert items(table(definitions, replace(PHQ9, answers={"10": 3}, total=None)))["10"] == "3"
    assert items(table(definitions, replace(PHQ9, instrument="old", answers={"a": 3}))) == {
        "a": "3"
    }


def test_a_corrected_version_says_that_it_was_replaced(definitions: Definitions) -> None:
    newer = replace(PHQ9, id="form2", version=2, replaces="form1")
    said = {
        (row["form"], row["version"], row["replaced"]) for row in table(definitions, PHQ9, newer)
    }
    assert said == {("form1", "1", "yes"), ("form2", "2", "no")}


def test_a_date_without_a_time_is_a_date(definitions: Definitions) -> None:
    assert table(definitions, replace(PHQ9, date_only=True))[0]["answered_at"] == "2026-11-01"


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1+1",
        "\r=1+1",
        "\n=1+1",
        '=HYPERLINK("http://x.example.org","a")',
    ],
)
def test_a_text_that_a_spreadsheet_would_calculate_is_marked_as_a_text(
    definitions: Definitions, text: str
) -> None:
    rows = table(definitions, replace(PHQ9, note=text, source=text, occasion=text, language=text))
    for column in ("note", "source", "occasion", "language"):
        assert rows[0][column] == f"'{text}"


@pytest.mark.parametrize("text", ["Slept well = good", "3-4 nights", 'She said "no",\nthen left'])
def test_any_other_text_is_as_it_was_written_and_stands_once(
    definitions: Definitions, text: str
) -> None:
    notes = [row["note"] for row in table(definitions, replace(PHQ9, note=text))]
    assert notes == [text, *[""] * 9]
