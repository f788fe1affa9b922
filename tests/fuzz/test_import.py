"""`import` under any table and any mapping: all of a person or nothing, and never a guess."""

import contextlib
import csv
import io
import json
import shutil
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mindspa.domain.definitions import Definitions
from mindspa.domain.errors import InvalidInput
from mindspa.exchange.answer_rows import read_answers
from mindspa.exchange.csv_tables import open_table
from mindspa.exchange.mapping import AnswerMapping, read_mapping
from tests.conftest import NOW
from tests.fuzz.command import rows_of, run
from tests.fuzz.files import raw_tables, raw_toml, toml_of, toml_values
from tests.fuzz.odd import ANSWER, NAME, NEW_YORK, fuzzed, texts

ITEMS = [f"q{number}" for number in range(1, 10)]  # of the PHQ-9
MAPPING: Mapping[str, object] = {
    "source": "study",
    "person": "id",
    "answered_at": "day",
    "born_on": "born",
    "missing": [7, "n/a"],
    "values": {"sometimes": 1},
    "instruments": {"phq9": {"items": ITEMS, "declared_total": "sum"}},
}
BY_EVENT: Mapping[str, object] = {
    "source": "study",
    "person": "id",
    "event": "day",
    "day_zero": date(2026, 5, 4),
    "events": {"before": -7, "after": {"days": 2, "after": "k", "occasion": "baseline"}},
    "instruments": {"madrs": {"total": "sum"}, "phq9": {"items": ITEMS}},
    "infusions": {"file": "given.csv", "columns": ["q1"], "days": [0], "kinds": {"k": "ketamine"}},
}


@pytest.fixture(scope="module")
def empty_clinic(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("fuzz") / "clinic.db"
    account = ["--login", "ada", "--name", "Ada", "--role", "administrator"]
    clinic = ["--clinic-name", "One", "--zone", "America/New_York", "--country", "US"]
    run("user", "add", "--db", f"sqlite:///{path}", *account, *clinic)
    return path


# --- What is read of files -----------------------------------------------------------------------


@st.composite
def changed_mappings(draw: st.DrawFn) -> str:
    """A mapping that is right, but for a few keys somewhere in it."""
    content = _copy(draw(st.sampled_from([MAPPING, BY_EVENT])))
    for _ in range(draw(st.integers(1, 3))):
        table = content
        while True:
            inner = [value for value in table.values() if isinstance(value, dict)]
            if not inner or draw(st.booleans()):
                break
            table = draw(st.sampled_from(inner))
        key = draw(st.one_of(st.sampled_from([*table, "source"]), texts))
        if draw(st.booleans()):
            table.pop(key, None)
        else:
            table[key] = draw(st.one_of(toml_values, st.sampled_from(["id", "day", "q1", "phq9"])))
    return toml_of(content)


def _copy(table: Mapping[str, object]) -> dict[str, object]:
    return {
        key: _copy(value) if isinstance(value, Mapping) else value for key, value in table.items()
    }


@fuzzed(300)
@given(st.one_of(raw_toml, changed_mappings().map(str.encode)))
@example(toml_of({**MAPPING, "source": "a\x00b"}).encode())
@example(toml_of({**MAPPING, "source": "s" * 3000}).encode())
@example(toml_of({**BY_EVENT, "day_zero": 0}).encode())
@example(toml_of({**MAPPING, "missing": [10**300]}).encode())
def test_any_mapping_is_understood_or_refused(
    definitions: Definitions, tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "map.toml"
    path.write_bytes(content)
    said = ""
    try:
        mapping = read_mapping(path, definitions.instruments)
    except InvalidInput as refused:
        said = str(refused)
    if said:
        assert said.startswith("map.toml")
        assert said.endswith(".")
        return
    assert set(mapping.instruments) <= set(definitions.instruments)
    assert mapping.source.isprintable()
    assert len(mapping.source) <= 100
    assert type(mapping.day_zero) in (date, type(None))


cells = st.one_of(
    texts,
    st.dates().map(str),
    st.datetimes().map(str),
    st.sampled_from(
        [
            *("0", "1", "2.0", "3", "4", "7", "n/a", "sometimes", "k", "before", "after", "1.5"),
            *("2026-05-04", "2026-03-08T02:30", "2026-11-01T01:30", "2026-05-04T09:00-23:59"),
            *("0001-01-01T00:00+14:00", "9999-12-31T23:59-12:00", "1899-12-31", "46142", "46142.5"),
            *("5/4/2026", "20260504", "2026-W19-1", "2026-05-04T24:00", "2027-01-01", "9" * 5000),
            *(NAME, ANSWER, "p1", "p2"),
        ]
    ),
)
COLUMNS = ["id", "day", "born", "sum", *ITEMS]


@st.composite
def tables(draw: st.DrawFn) -> bytes:
    """With the right header, and anything in its cells."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for _ in range(draw(st.integers(0, 6))):
        writer.writerow([draw(cells) for _ in COLUMNS][: draw(st.sampled_from([13, 13, 13, 4]))])
    return text.getvalue().encode("utf-8", "replace")


def _one_row(person: str) -> bytes:
    return f"{','.join(COLUMNS)}\n{person},2026-05-04,,,{','.join('1' * 9)}\n".encode()


@fuzzed(300)
@given(st.one_of(raw_tables, tables()), raw_tables | tables(), st.booleans())
@example(_one_row("x" * 3000), b"", False)
@example(_one_row("\x1b[2J"), b"", False)
def test_any_table_is_read_or_refused(
    definitions: Definitions, tmp_path: Path, answers: bytes, given_: bytes, by_event: bool
) -> None:
    (tmp_path / "answers.csv").write_bytes(answers)
    (tmp_path / "given.csv").write_bytes(given_)
    mapping = AnswerMapping.model_validate(BY_EVENT if by_event else MAPPING)
    with contextlib.suppress(InvalidInput), contextlib.ExitStack() as files:
        table = files.enter_context(open_table(tmp_path / "answers.csv"))
        infusions = files.enter_context(open_table(tmp_path / "given.csv")) if by_event else None
        read = read_answers(
            mapping,
            table,
            infusions,
            instruments=definitions.instruments,
            rules=definitions.safety,
            zone=NEW_YORK,
            now=NOW,
        )
        for person in read.people:
            assert 1 <= len(person.id) <= 100
            assert "\x1b" not in person.id
            for form in (*person.forms, *person.urgent):
                assert datetime(1900, 1, 1, tzinfo=UTC) <= form.moment.at <= NOW


# --- What is stored ------------------------------------------------------------------------------


@fuzzed(25)
@given(tables(), changed_mappings() | st.sampled_from([toml_of(MAPPING), toml_of(BY_EVENT)]))
def test_a_refused_import_leaves_every_row_as_it_was(
    empty_clinic: Path, tmp_path: Path, answers: bytes, mapping: str
) -> None:
    database = tmp_path / "clinic.db"
    shutil.copy(empty_clinic, database)
    for name, content in (("a.csv", answers), ("given.csv", answers), ("m.toml", mapping.encode())):
        (tmp_path / name).write_bytes(content)
    before = rows_of(database)
    command = ("import", tmp_path / "a.csv", "--mapping", tmp_path / "m.toml")
    result = run(*command, "--db", f"sqlite:///{database}", "--rejects", tmp_path / "rejects.csv")
    after = rows_of(database)
    if result.exit_code:
        assert after == before
    else:
        assert _broken_references(database) == []
        again = run(*command, "--db", f"sqlite:///{database}")
        assert again.exit_code == 0
        unchanged = ("patients", "stored_forms", "infusions", "courses", "alerts")
        assert {t: rows_of(database)[t] for t in unchanged} == {t: after[t] for t in unchanged}


def _broken_references(path: Path) -> list[object]:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return connection.execute("PRAGMA foreign_key_check").fetchall()


ANSWERS: Mapping[str, int | None] = {
    **{str(value): value for value in range(4)},
    "1.0": 1,
    "sometimes": 1,
    " 2 ": 2,
    "": None,
    "7": None,
    "n/a": None,
}
WRONG = ["4", "-1", "2.5", "often", "9" * 40]


@fuzzed(25)
@given(
    st.dictionaries(
        st.tuples(
            st.sampled_from(["1", "2", "P 3", "Zoë", "٣"]),
            st.dates(date(2024, 1, 1), date(2026, 6, 9)),
        ),
        st.lists(st.sampled_from([*ANSWERS] * 5 + WRONG), min_size=9, max_size=9),
        max_size=8,
    ),
    st.sampled_from(["utf-8", "utf-8-sig"]),
    st.sampled_from([",", ";", "\t"]),
)
def test_what_is_right_is_stored_as_it_stands_and_nothing_else(
    empty_clinic: Path,
    tmp_path: Path,
    rows: Mapping[tuple[str, date], Sequence[str]],
    codec: str,
    delimiter: str,
) -> None:
    database = tmp_path / "clinic.db"
    shutil.copy(empty_clinic, database)
    lines = [["id", "day", "born", "sum", *ITEMS]]
    lines += [[person, day.isoformat(), "", "", *row] for (person, day), row in rows.items()]
    text = "".join(delimiter.join(line) + "\n" for line in lines)
    (tmp_path / "a.csv").write_bytes(text.encode(codec))
    (tmp_path / "m.toml").write_text(toml_of(MAPPING), encoding="utf-8")
    run(
        *("import", tmp_path / "a.csv", "--mapping", tmp_path / "m.toml"),
        *("--db", f"sqlite:///{database}"),
    )
    expected = {}
    for (person, day), row in rows.items():
        if set(row) <= set(ANSWERS) and any(cell for cell in row):
            answers = [ANSWERS[cell] for cell in row]
            whole = [value for value in answers if value is not None]
            total = sum(whole) if len(whole) == len(ITEMS) else None
            expected[person, day.isoformat()] = ([*whole], total)
    assert _stored(database) == expected


def _stored(path: Path) -> dict[tuple[str, str], tuple[list[int], int | None]]:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        found = connection.execute(
            "SELECT p.source_id, date(f.answered_at / 1000000, 'unixepoch'), "
            "(SELECT json_group_array(value) FROM json_each(f.answers)), f.total "
            "FROM stored_forms f JOIN patients p ON p.id = f.patient_id"
        ).fetchall()
    return {(person, day): (json.loads(answers), total) for person, day, answers, total in found}
