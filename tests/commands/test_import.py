"""The `import` command as an operator uses it, on made-up files with the oddities of real ones;
what is in the database afterwards is read with plain SQL."""

import csv
import json
import resource
import shutil
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from mindspa.commands.import_ import import_answers
from mindspa.commands.user import add

DATA = Path(__file__).parents[1] / "data"
URGENT = (
    "Look first at the rejected rows that call for an alert (1). It was raised where the row says "
    "whose answer it is and when it was given."
)

app = typer.Typer()
app.command("import")(import_answers)
app.command("user-add")(add)


class Database:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.url = f"sqlite:///{path}"

    def add_clinic(self, name: str) -> None:
        clinic = ["--clinic-name", name, "--zone", "America/New_York", "--country", "US"]
        account = ["--login", f"admin-{name}", "--name", "Admin", "--role", "administrator"]
        made = CliRunner().invoke(app, ["user-add", *account, *clinic, "--db", self.url])
        assert made.exit_code == 0, made.output

    def imports(self, file: Path | str, mapping: Path | str = "", *more: str | Path) -> Result:
        """A name alone is one of the files of tests/data, and its mapping."""
        if isinstance(file, str):
            file = DATA / file
        mapping = mapping or file.with_suffix(".toml")
        arguments = ["import", file, "--mapping", mapping, "--db", self.url, *more]
        return CliRunner().invoke(app, [str(argument) for argument in arguments])

    def rows(self, query: str) -> list[tuple[object, ...]]:
        connection = sqlite3.connect(self.path)
        try:
            return connection.execute(query).fetchall()
        finally:
            connection.close()

    def forms(self) -> list[tuple[object, ...]]:
        """Person, instrument, day, raw answers in order, total."""
        found = self.rows(
            "SELECT p.source_id, f.instrument, f.answered_at, f.answers, f.total "
            "FROM stored_forms f JOIN patients p ON p.id = f.patient_id "
            "ORDER BY p.source_id, f.answered_at, f.instrument DESC"
        )
        return [
            (
                person,
                instrument,
                datetime.fromtimestamp(int(str(at)) / 1e6, UTC).date().isoformat(),
                "".join(str(value) for value in json.loads(str(answers)).values()),
                total,
            )
            for person, instrument, at, answers, total in found
        ]

    def counts(self) -> list[int]:
        tables = ("patients", "stored_forms", "alerts", "courses", "infusions", "audit_events")
        return [int(str(self.rows(f"SELECT count(*) FROM {table}")[0][0])) for table in tables]  # noqa: S608


@pytest.fixture(scope="session")
def _with_a_clinic(tmp_path_factory: pytest.TempPathFactory) -> Path:
    database = Database(tmp_path_factory.mktemp("import") / "clinic.db")
    database.add_clinic("One")
    return database.path


@pytest.fixture
def database(tmp_path: Path, _with_a_clinic: Path) -> Database:
    shutil.copy(_with_a_clinic, tmp_path / "clinic.db")
    return Database(tmp_path / "clinic.db")


# --- What other people's files look like ---------------------------------------------------------


def test_a_survey_with_codes_for_missing(database: Database, tmp_path: Path) -> None:
    """Semicolons, a byte-order mark, 7 and 9 that are no answers, blanks, a difficulty question."""
    result = database.imports("survey_codes.csv", "", "--rejects", tmp_path / "rejects.csv")
    assert result.exit_code == 0
    assert database.forms() == [
        ("101", "phq9", "2018-01-01", "000000000", 0),
        ("102", "phq9", "2018-01-01", "1210312011", 11),
        ("103", "phq9", "2018-01-01", "211221102", None),
        ("105", "phq9", "2018-01-01", "", None),
        ("106", "phq9", "2018-01-01", "333333333", None),
        ("107", "phq9", "2018-01-01", "111111112", 10),
    ]
    assert database.rows("SELECT source_id FROM patients ORDER BY 1") == [
        (str(number),) for number in range(101, 109)
    ]
    alerts = database.rows(
        "SELECT p.source_id, a.tier, a.value, a.historic "
        "FROM alerts a JOIN patients p ON p.id = a.patient_id ORDER BY 1"
    )
    assert alerts == [
        ("102", "same_day", 1, 1),
        ("107", "immediate", 2, 1),
        ("108", "immediate", 3, 1),
    ]
    assert result.stderr.splitlines() == [
        "8 rows of 8 persons, 8 of them new.",
        "Forms: 6 stored, 0 known from an earlier run.",
        "Infusions: 0 stored.",
        "Alerts: 0 to act on now, 3 historic.",
        "Rows without any answer: 1; with something rejected: 1.",
        URGENT,
    ]
    with (tmp_path / "rejects.csv").open(encoding="utf-8", newline="") as file:
        assert list(csv.DictReader(file)) == [
            {
                "file": "survey_codes.csv",
                "row": "9",
                "person": "108",
                "field": "D3",
                "value": "4",
                "stored": "no",
                "urgent": "yes",
                "problem": "phq9 item 3 takes one of 0, 1, 2, 3.",
            }
        ]


def test_two_waves_with_declared_totals(database: Database) -> None:
    """Rows of one person apart, "1.0" and " 1", a declared total above the scale's maximum."""
    result = database.imports("two_waves.csv")
    assert result.exit_code == 0
    assert database.forms() == [
        ("1", "phq9", "2015-03-02", "121100100", 6),
        ("1", "gad7", "2015-03-02", "1111010", 5),
        ("1", "phq9", "2015-03-09", "010001000", 2),
        ("1", "gad7", "2015-03-09", "1001010", 3),
        ("2", "phq9", "2015-03-02", "222222221", 17),
        ("2", "gad7", "2015-03-02", "3333333", 21),
        ("2", "phq9", "2015-03-09", "111111110", 8),
        ("3", "phq9", "2015-03-09", "000000000", 0),
    ]
    told = result.stderr.splitlines()
    beginnings = [
        "Stored two_waves.csv row 3, person 2, p_sum '36': The items give 17.",
        "Rejected two_waves.csv row 5, person 2, g4 '1.5': An answer must be a whole number",
        "Rejected two_waves.csv row 6, person 3, asked_on '2015-02-30': This is no date.",
        "6 rows of 3 persons, 3 of them new.",
    ]
    assert [
        line[: len(start)] for line, start in zip(told[:4], beginnings, strict=True)
    ] == beginnings
    assert told[-2:] == ["Declared totals that the items do not give: 1.", URGENT]


def test_an_attention_check_is_no_item(database: Database) -> None:
    assert database.imports("attention_item.csv").exit_code == 0
    assert [(person, total) for person, _, _, _, total in database.forms()] == [
        ("s1", 15),
        ("s2", 0),
    ]


def test_visits_without_dates(database: Database) -> None:
    """-999 is no answer; the difficulty question is kept and counts in no total."""
    assert database.imports("visits.tsv").exit_code == 0
    assert database.forms() == [
        ("v1", "gad7", "2017-01-02", "0001000", 1),
        ("v1", "gad7", "2018-01-02", "10020100", 4),
        ("v2", "gad7", "2017-01-02", "000000", None),
    ]


def test_a_crossover_study_with_its_infusions(database: Database) -> None:
    assert database.imports("crossover_ratings.tsv", DATA / "crossover.toml").exit_code == 0
    madrs = [row[0:3:2] + row[4:] for row in database.forms() if row[1] == "madrs"]
    assert madrs == [
        ("x1", "2012-01-14", 35),
        ("x1", "2012-01-18", 24),
        ("x1", "2012-01-26", None),
        ("x1", "2012-02-01", 31),
        ("x2", "2012-01-14", 33),
        ("x2", "2012-01-18", 30),
        ("x2", "2012-02-01", 12),
        ("x3", "2012-01-14", 1),
        ("x3", "2012-01-18", 0),
        ("x4", "2012-01-14", 41),
    ]
    given = database.rows(
        "SELECT p.source_id, i.substance, date(i.planned_at / 1000000, 'unixepoch') "
        "FROM infusions i JOIN patients p ON p.id = i.patient_id ORDER BY 1, 3"
    )
    assert given == [
        ("x1", "ketamine", "2012-01-16"),
        ("x1", "placebo", "2012-01-30"),
        ("x2", "placebo", "2012-01-16"),
        ("x2", "ketamine", "2012-01-30"),
        ("x3", "ketamine", "2012-01-16"),
    ]


@pytest.mark.parametrize(
    "file, mapping",
    [
        ("survey_codes.csv", "survey_codes.toml"),
        ("two_waves.csv", "two_waves.toml"),
        ("crossover_ratings.tsv", "crossover.toml"),
    ],
)
def test_running_twice_adds_nothing(database: Database, file: str, mapping: str) -> None:
    first = database.imports(file, DATA / mapping)
    counts = database.counts()
    again = database.imports(file, DATA / mapping)
    assert (first.exit_code, again.exit_code) == (0, 0)
    assert database.counts() == counts
    assert "0 of them new.\nForms: 0 stored" in again.stderr


# --- What cannot be used -------------------------------------------------------------------------

MAPPING = """
source = "study"
person = "id"
answered_at = "day"
[instruments.madrs]
total = "score"
"""


@pytest.mark.parametrize(
    "table, mapping, sentence",
    [
        (b"", MAPPING, "answers.csv is empty."),
        (b"\x89PNG\r\n\x1a\n\0\0", MAPPING, "answers.csv is not a text table."),
        (b"id,day\na,2020-01-05\n", MAPPING, "answers.csv has no column score."),
        (b"id,day,score\na,2020-01-05,30\nb\xe9,2020-01-05,20\n", MAPPING, "line 3 is not UTF-8"),
        (b"id,day,score\na,2020-01-05,30\n", "source", "map.toml is not valid TOML"),
        (
            b"id,day,score\na,2020-01-05,30\n",
            MAPPING.replace("madrs", "madras"),
            "map.toml: there is no instrument madras.",
        ),
        (b"id,day,score\na,2020-01-05,61\nb,,3\n", MAPPING, "No row could be used."),
        (
            b"id,day,score\na,2020-01-05,30\n",
            MAPPING.replace('answered_at = "day"', "answered_on = 2199-01-01"),
            "No row could be used.",
        ),
    ],
)
def test_a_file_that_cannot_be_used_stores_nothing(
    database: Database, tmp_path: Path, table: bytes, mapping: str, sentence: str
) -> None:
    before = database.counts()
    (tmp_path / "answers.csv").write_bytes(table)
    (tmp_path / "map.toml").write_text(mapping, encoding="utf-8")
    result = database.imports(tmp_path / "answers.csv", tmp_path / "map.toml")
    assert result.exit_code == 1
    last = result.stderr.splitlines()[-1]
    assert last.startswith("Error: ")
    assert sentence in last
    assert database.counts() == before


def test_files_that_are_not_there(database: Database, tmp_path: Path) -> None:
    for result in (
        database.imports(tmp_path / "none.csv", DATA / "visits.toml"),
        database.imports("visits.tsv", tmp_path / "none.toml"),
        database.imports("visits.tsv", "", "--rejects", tmp_path / "none" / "rejects.csv"),
    ):
        assert result.exit_code == 1
        assert "No such file or directory." in result.stderr
    assert database.rows("SELECT * FROM patients") == []


def test_a_table_of_infusions_that_is_not_there(database: Database, tmp_path: Path) -> None:
    shutil.copy(DATA / "crossover_ratings.tsv", tmp_path)
    result = database.imports(tmp_path / "crossover_ratings.tsv", DATA / "crossover.toml")
    assert result.exit_code == 1
    assert "crossover_infusions.tsv cannot be read: No such file" in result.stderr


@pytest.mark.parametrize(
    "name", ["crossover_ratings.tsv", "crossover.toml", "crossover_infusions.tsv"]
)
def test_the_files_that_are_read_are_never_written_over(
    database: Database, tmp_path: Path, name: str
) -> None:
    for read in ("crossover_ratings.tsv", "crossover.toml", "crossover_infusions.tsv"):
        shutil.copy(DATA / read, tmp_path)
    before = (tmp_path / name).read_bytes()
    result = database.imports(
        tmp_path / "crossover_ratings.tsv",
        tmp_path / "crossover.toml",
        *("--rejects", tmp_path / name),
    )
    assert (result.exit_code, (tmp_path / name).read_bytes()) == (1, before)
    assert "--rejects is a file that is read." in result.stderr


def test_a_long_list_of_rejects_is_cut_on_the_terminal(database: Database, tmp_path: Path) -> None:
    rows = [f"p{number},2020-01-05,99" for number in range(30)]
    table = tmp_path / "answers.csv"
    table.write_text("\n".join(["id,day,score", "a,2020-01-05,30", *rows]), encoding="utf-8")
    (tmp_path / "map.toml").write_text(MAPPING, encoding="utf-8")
    result = database.imports(table, tmp_path / "map.toml")
    assert result.exit_code == 0
    assert result.stderr.count("Rejected") == 20
    assert "And 10 more: list them all with --rejects FILE." in result.stderr


def test_a_disk_that_gives_out_half_way_keeps_whole_persons(
    database: Database, tmp_path: Path
) -> None:
    table, persons = tmp_path / "answers.csv", 100
    days = [f"2020-01-{day:02}" for day in range(1, 11)]
    rows = [f"p{person},{day},10\n" for person in range(persons) for day in days]
    table.write_text("id,day,score\n" + "".join(rows), encoding="utf-8")
    (tmp_path / "map.toml").write_text(MAPPING, encoding="utf-8")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (database.path.stat().st_size + 200_000, limits[1]))
    try:
        stopped = database.imports(table, tmp_path / "map.toml")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert stopped.exit_code == 1
    assert "The disk of the database cannot be read or written." in stopped.stderr
    per_person = database.rows("SELECT count(*) FROM stored_forms GROUP BY patient_id")
    assert 0 < len(per_person) < persons
    assert set(per_person) == {(len(days),)}
    assert f"Stopped after {len(per_person)} persons" in stopped.stderr
    assert database.imports(table, tmp_path / "map.toml").exit_code == 0
    assert database.rows("SELECT count(*) FROM stored_forms") == [(len(rows),)]


def test_the_clinic_is_the_only_one_or_named(tmp_path: Path, database: Database) -> None:
    empty = Database(tmp_path / "empty.db")
    assert "There is no clinic yet." in empty.imports("visits.tsv").stderr
    database.add_clinic("Two")
    several = database.imports("visits.tsv")
    assert (several.exit_code, "Say which with --clinic" in several.stderr) == (1, True)
    (second,) = database.rows("SELECT id FROM clinics WHERE name = 'Two'")
    assert database.imports("visits.tsv", "", "--clinic", str(second[0])).exit_code == 0
    assert database.rows("SELECT DISTINCT clinic_id FROM patients") == [second]


@pytest.mark.parametrize(
    "spoil, sentence",
    [
        (lambda path: path.write_bytes(b"half of a database" * 100), "is no database."),
        (
            lambda path: sqlite3.connect(path).execute("DROP TABLE alembic_version"),
            "it is half-written or belongs to another program.",
        ),
        (
            lambda path: sqlite3.connect(path, isolation_level=None).execute(
                "UPDATE alembic_version SET version_num = '9999'"
            ),
            "made by a newer version",
        ),
    ],
    ids=["damaged", "half-written", "newer"],
)
def test_a_database_that_cannot_be_used(
    database: Database, spoil: Callable[[Path], object], sentence: str
) -> None:
    spoil(database.path)
    result = database.imports("visits.tsv")
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: ")
    assert sentence in result.stderr
    assert result.stderr.count("\n") == 1
