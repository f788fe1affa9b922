"""Rows of other people's tables: what is taken of them, and what is named and left out."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from mindspa.domain.definitions import Definitions
from mindspa.exchange.answer_rows import ReadAnswers, ReadForm, Reject, read_answers
from mindspa.exchange.csv_tables import open_table
from mindspa.exchange.mapping import read_mapping

NEW_YORK = ZoneInfo("America/New_York")
NOW = datetime(2026, 6, 10, 16, 0, tzinfo=UTC)
ITEMS = ",".join(f"q{number}" for number in range(1, 10))
COLUMNS = ", ".join(f'"q{number}"' for number in range(1, 10))

DATED = f"""
source = "study"
person = "id"
answered_at = "day"
missing = [7, 9, "n/a"]

[instruments.phq9]
items = [{COLUMNS}]
"""
VISITS = f"""
source = "study"
person = "id"
event = "visit"
day_zero = 2026-01-05

[events]
base = {{ days = 0, occasion = "baseline" }}
week = 7
after = {{ after = "d", days = 2 }}

[instruments.phq9]
items = [{COLUMNS}]

[infusions]
file = "infusions.csv"
columns = ["one", "two"]
days = [0, 14]
kinds = {{ d = "ketamine", p = "placebo" }}
"""
CALM = "1,1,1,1,1,1,1,1,0"


class Study:
    """A folder with a mapping and its tables."""

    def __init__(self, folder: Path, definitions: Definitions) -> None:
        self.folder, self.definitions = folder, definitions

    def read(self, mapping: str, *rows: str, header: str, infusions: str = "") -> ReadAnswers:
        self._write("map.toml", mapping)
        self._write("answers.csv", "\n".join([header, *rows]) + "\n")
        self._write("infusions.csv", infusions or "id,one,two\n")
        loaded = read_mapping(self.folder / "map.toml", self.definitions.instruments)
        with (
            open_table(self.folder / "answers.csv") as table,
            open_table(self.folder / "infusions.csv") as given,
        ):
            return read_answers(
                loaded,
                table,
                given,
                instruments=self.definitions.instruments,
                rules=self.definitions.safety,
                zone=NEW_YORK,
                now=NOW,
            )

    def dated(self, *rows: str) -> ReadAnswers:
        return self.read(DATED, *rows, header=f"id,day,{ITEMS}")

    def visits(self, *rows: str, infusions: str = "") -> ReadAnswers:
        return self.read(VISITS, *rows, header=f"id,visit,{ITEMS}", infusions=infusions)

    def _write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text, encoding="utf-8")


@pytest.fixture
def study(tmp_path: Path, definitions: Definitions) -> Study:
    return Study(tmp_path, definitions)


def only_form(read: ReadAnswers) -> ReadForm:
    assert read.rejects == ()
    ((form,),) = (person.forms for person in read.people)
    return form


def named(rejects: tuple[Reject, ...]) -> list[tuple[int, str, str, str]]:
    return [(reject.line, reject.person, reject.field, reject.value) for reject in rejects]


# --- When ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text, at, date_only",
    [
        # Noon in the clinic's zone, in winter and in summer.
        ("2026-01-05", "2026-01-05T17:00Z", True),
        ("2026-06-01", "2026-06-01T16:00Z", True),
        ("2026-06-10", "2026-06-10T16:00Z", True),  # today, whatever the hour
        ("2026-01-05T09:30", "2026-01-05T14:30Z", False),
        ("2026-01-05 09:30:00", "2026-01-05T14:30Z", False),
        ("2026-01-05T09:30+01:00", "2026-01-05T08:30Z", False),
        ("2026-06-10T12:00", "2026-06-10T16:00Z", False),  # this very minute
    ],
)
def test_the_time_of_a_row(study: Study, text: str, at: str, date_only: bool) -> None:
    moment = only_form(study.dated(f"a,{text},{CALM}")).moment
    assert moment.at == datetime.fromisoformat(at)
    assert moment.date_only is date_only


@pytest.mark.parametrize(
    "text, problem",
    [
        ("", "This is no date."),
        ("05/01/2026", "This is no date."),
        ("2026-02-30", "This is no date."),
        ("2026-01-05T25:00", "This is no date."),
        ("9999-12-31", "This is no date."),
        ("9999-12-31T23:59", "This is no date."),
        ("0001-01-01T00:00+00:00", "This is no date."),
        ("2026-06-11", "The answers are dated in the future."),
        ("2026-06-10T12:00:01", "The answers are dated in the future."),
        ("1899-12-31", "The answers are dated before 1900."),
    ],
)
def test_a_time_that_cannot_be(study: Study, text: str, problem: str) -> None:
    read = study.dated(f"a,{text},{CALM}", f"b,2026-01-05,{CALM}")
    assert named(read.rejects) == [(2, "a", "day", text)]
    assert read.rejects[0].problem.startswith(problem)
    assert [person.id for person in read.people] == ["b"]


def test_one_date_for_all(study: Study) -> None:
    mapping = DATED.replace('answered_at = "day"', "answered_on = 2018-01-01")
    read = study.read(mapping, f"a,{CALM}", header=f"id,{ITEMS}")
    assert only_form(read).moment.at == datetime(2018, 1, 1, 17, tzinfo=UTC)


def test_events_are_days_from_day_zero_or_from_the_own_infusion(study: Study) -> None:
    read = study.visits(
        f"a,after,{CALM}",
        f"b,week,{CALM}",
        f"b,base,{CALM}",
        f"b,after,{CALM}",
        infusions="id,one,two\na,d,p\nb,p,d\n",
    )
    assert read.rejects == ()
    days = {
        (person.id, form.moment.name): form.moment.at.date()
        for person in read.people
        for form in person.forms
    }
    assert days == {
        ("a", "after"): date(2026, 1, 7),
        ("b", "base"): date(2026, 1, 5),
        ("b", "week"): date(2026, 1, 12),
        ("b", "after"): date(2026, 1, 21),
    }
    occasions = {form.moment.name: form.moment.occasion for form in read.people[1].forms}
    assert occasions == {"base": "baseline", "week": None, "after": None}


@pytest.mark.parametrize(
    "infusions, problem",
    [
        ("id,one,two\na,p,\n", "The person has no infusion of the kind d to count from."),
        ("id,one,two\na,d,d\n", "The person has more than one infusion of the kind d"),
        ("id,one,two\nb,d,p\n", "The person has no infusion of the kind d to count from."),
    ],
)
def test_an_event_without_its_infusion(study: Study, infusions: str, problem: str) -> None:
    read = study.visits(f"a,after,{CALM}", infusions=infusions)
    assert named(read.rejects) == [(2, "a", "visit", "after")]
    assert read.rejects[0].problem.startswith(problem)


def test_an_event_without_a_day(study: Study) -> None:
    read = study.visits(f"a,month,{CALM}")
    assert named(read.rejects) == [(2, "a", "visit", "month")]


# --- Who -----------------------------------------------------------------------------------------


def test_rows_of_one_person_stand_together_wherever_they_are(study: Study) -> None:
    read = study.dated(f"a,2026-01-05,{CALM}", f"b,2026-01-05,{CALM}", f"a,2026-01-12,{CALM}")
    assert {person.id: len(person.forms) for person in read.people} == {"a": 2, "b": 1}


def test_a_row_about_nobody_or_of_another_length(study: Study) -> None:
    read = study.dated(f",2026-01-05,{CALM}", "b,2026-01-05,1")
    assert named(read.rejects) == [(2, "", "id", ""), (3, "", "", "")]
    assert read.people == ()


@pytest.mark.parametrize(
    "births, rejected, born_on",
    [
        (["1980-01-31", ""], [], [date(1980, 1, 31)]),
        (["n/a", "1980-01-31"], [], [date(1980, 1, 31)]),
        (["1980-01-31", "1981-01-31"], [3], [date(1980, 1, 31)]),
        (["1899-12-31", "2026-06-11"], [2, 3], []),
        (["31.1.1980", ""], [2], [None]),
    ],
)
def test_dates_of_birth(
    study: Study, births: list[str], rejected: list[int], born_on: list[date | None]
) -> None:
    mapping = DATED.replace('person = "id"', 'person = "id"\nborn_on = "birth"')
    rows = [f"a,{birth},2026-01-{10 + n},{CALM}" for n, birth in enumerate(births)]
    read = study.read(mapping, *rows, header=f"id,birth,day,{ITEMS}")
    assert [(reject.line, reject.field) for reject in read.rejects] == [
        (line, "birth") for line in rejected
    ]
    assert [person.born_on for person in read.people] == born_on


# --- Infusions -----------------------------------------------------------------------------------


def test_infusions_of_a_study(study: Study) -> None:
    read = study.visits(infusions="id,one,two\na,p,d\nb,d,\nc,,\n")
    given = {
        person.id: [(infusion.substance.value, infusion.day) for infusion in person.infusions]
        for person in read.people
    }
    first, second = date(2026, 1, 5), date(2026, 1, 19)
    assert given == {
        "a": [("placebo", first), ("ketamine", second)],
        "b": [("ketamine", first)],
        "c": [],
    }
    assert read.people[0].infusions[0].at == datetime(2026, 1, 5, 17, tzinfo=UTC)


def test_infusions_that_cannot_be_meant(study: Study) -> None:
    read = study.visits(f"a,base,{CALM}", infusions="id,one,two\na,x,p\n,d,p\nb,d,p\nb,p,d\nc,d\n")
    assert named(read.rejects) == [
        (2, "a", "one", "x"),
        (3, "", "id", ""),
        (5, "b", "id", "b"),
        (6, "", "", ""),
    ]
    assert {reject.file for reject in read.rejects} == {"infusions.csv"}
    assert {person.id: len(person.infusions) for person in read.people} == {"a": 0, "b": 2}


# --- Answers -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "cells, answers, total",
    [
        (CALM, 9, 8),
        (" 1, 1.0,1,1,1,1,1,1,0", 9, 8),
        ("1,1,1,7,1,1,1,1,0", 8, None),  # refused
        ("1,1,1,,1,1,1,1,0", 8, None),
        ("7,9,7,9,7,9,n/a,9,9", 0, None),  # asked, nothing answered
        (",,,,,,,,2", 1, None),
    ],
)
def test_what_is_answered_of_a_form(
    study: Study, cells: str, answers: int, total: int | None
) -> None:
    form = only_form(study.dated(f"a,2026-01-05,{cells}"))
    assert (len(form.answers), form.total) == (answers, total)


def test_blank_cells_are_no_form_and_their_person_is_known(study: Study) -> None:
    read = study.dated("a,2026-01-05,,,,,,,,,")
    assert (read.rejects, read.rows, read.blank) == ((), 1, 1)
    assert [(person.id, person.forms) for person in read.people] == [("a", [])]


@pytest.mark.parametrize("value", ["4", "-1", "1.5", "true", "yes", "5.4e-79"])
def test_a_value_that_is_no_option_leaves_the_form_out(study: Study, value: str) -> None:
    read = study.dated(f"a,2026-01-05,1,1,{value},1,1,1,1,1,0", f"b,2026-01-05,{CALM}")
    assert named(read.rejects) == [(2, "a", "q3", value)]
    assert value not in read.rejects[0].problem.replace("0, 1, 2, 3", "")
    assert [person.id for person in read.people] == ["b"]


def test_every_wrong_cell_is_named(study: Study) -> None:
    read = study.dated("a,2026-01-05,1,x,1,1,1,1,1,1,8")
    assert named(read.rejects) == [(2, "a", "q2", "x"), (2, "a", "q9", "8")]


@pytest.mark.parametrize(
    "row, urgent",
    [
        ("a,2026-01-05,1,x,1,1,1,1,1,1,0", False),
        ("a,2026-01-05,1,x,1,1,1,1,1,1,1", True),
        ("a,2027-01-05,1,1,1,1,1,1,1,1,3", True),
        (",2026-01-05,1,1,1,1,1,1,1,1,3", True),
        ("a,2026-01-05,1", False),
    ],
)
def test_a_safety_answer_in_what_is_left_out_is_pointed_at(
    study: Study, row: str, urgent: bool
) -> None:
    assert [reject.urgent for reject in study.dated(row).rejects] == [urgent]


TWO_FORMS = DATED.replace(
    "[instruments.phq9]", "[instruments.gad7]\nitems = [{}]\n\n[instruments.phq9]"
).format(", ".join(f'"g{number}"' for number in range(1, 8)))


def test_a_wrong_cell_leaves_out_its_own_form_only(study: Study) -> None:
    header = f"id,day,{ITEMS}," + ",".join(f"g{number}" for number in range(1, 8))
    read = study.read(TWO_FORMS, f"a,2026-01-05,{CALM},0,0,5,0,0,0,0", header=header)
    assert named(read.rejects) == [(2, "a", "g3", "5")]
    assert [form.instrument.id for form in read.people[0].forms] == ["phq9"]


DECLARED = DATED + 'declared_total = "sum"\n'


@pytest.mark.parametrize(
    "cells, declared, agrees",
    [
        (CALM, "8", True),
        (CALM, "8.0", True),
        (CALM, "", True),
        (CALM, "n/a", True),
        (CALM, "9", False),  # a code for missing in items; among totals it is a total
        (CALM, "36", False),
        (CALM, "eight", False),
        ("1,1,1,,1,1,1,1,0", "8", False),
        ("1,1,1,,1,1,1,1,0", "", True),
    ],
)
def test_items_win_over_a_declared_total(
    study: Study, cells: str, declared: str, agrees: bool
) -> None:
    read = study.read(DECLARED, f"a,2026-01-05,{cells},{declared}", header=f"id,day,{ITEMS},sum")
    assert len(read.people[0].forms) == 1
    assert named(read.rejects) == ([] if agrees else [(2, "a", "sum", declared)])
    assert all(reject.stored for reject in read.rejects)


TOTALS = """
source = "study"
person = "id"
answered_at = "day"
missing = [9, "n/a"]

[instruments.madrs]
total = "score"
"""


@pytest.mark.parametrize(
    "text, total", [("0", 0), ("9", 9), ("60", 60), (" 31.0", 31), ("n/a", None)]
)
def test_a_total_that_came_without_items(study: Study, text: str, total: int | None) -> None:
    form = only_form(study.read(TOTALS, f"a,2026-01-05,{text}", header="id,day,score"))
    assert (form.total, form.answers) == (total, {})


@pytest.mark.parametrize("text", ["61", "-1", "31.5", "high"])
def test_a_total_that_cannot_be(study: Study, text: str) -> None:
    read = study.read(TOTALS, f"a,2026-01-05,{text}", header="id,day,score")
    assert named(read.rejects) == [(2, "a", "score", text)]


# --- Two rows for one person and time ------------------------------------------------------------

RESTLESS = "1,1,1,1,1,1,1,1,2"


@pytest.mark.parametrize(
    "second, kept, rejected, urgent",
    [
        (f"a,2026-01-05,{CALM}", 1, [3], False),  # the same twice
        (f"a,2026-01-05,{RESTLESS}", 0, [2, 3], True),  # nobody can say which is right
        (f"a,2026-01-05T12:00,{RESTLESS}", 0, [2, 3], True),
        (f"a,2026-01-06,{RESTLESS}", 2, [], False),
        (f"b,2026-01-05,{RESTLESS}", 2, [], False),
        ("a,2026-01-05,,,,,,,,,", 1, [], False),
    ],
)
def test_two_rows(study: Study, second: str, kept: int, rejected: list[int], urgent: bool) -> None:
    read = study.dated(f"a,2026-01-05,{CALM}", second)
    assert sum(len(person.forms) for person in read.people) == kept
    assert [reject.line for reject in read.rejects] == rejected
    assert any(reject.urgent for reject in read.rejects) is urgent


def test_a_form_keeps_its_key_when_the_dates_of_a_mapping_change(study: Study) -> None:
    def keys(mapping: str) -> Mapping[str, datetime]:
        read = study.read(mapping, f"a,week,{CALM}", header=f"id,visit,{ITEMS}")
        return {form.source_key: form.moment.at for form in read.people[0].forms}

    before = keys(VISITS)
    after = keys(VISITS.replace("day_zero = 2026-01-05", "day_zero = 2026-01-06"))
    assert before.keys() == after.keys()
    assert before != after
