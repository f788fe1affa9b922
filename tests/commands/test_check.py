"""`check` says what is sound and what is not, and changes nothing."""

import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from mindspa import bootstrap
from mindspa.__main__ import app
from mindspa.domain.access import operator
from mindspa.settings import Settings
from tests import factories
from tests.data.releases.dump import Filled

TOTAL_DIFFERS = "Form {}: the stored total is not that of its answers."
SUMMARY_DIFFERS = "Patient {}: the stored summary differs from the record."
PULSE_WITHOUT_ALERT = "Check-in {}: a safety answer of pulse has no alert."


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "clinic.db"


def check(path: Path, **environment: str) -> Result:
    return CliRunner().invoke(app, ["check", "--db", f"sqlite:///{path}"], env=environment)


def made(path: Path, *, country: str = "US") -> None:
    runtime = bootstrap.start(Settings.load({"MINDSPA_DATABASE_URL": f"sqlite:///{path}"}))
    factories.a_clinic(runtime, country=country)
    runtime.database.dispose()


def altered(path: Path, sql: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(sql)
        connection.commit()


def test_no_database_yet_is_sound_and_none_is_made(path: Path) -> None:
    result = check(path)
    assert result.exit_code == 0, result.stderr
    assert "Database: none yet." in result.stdout
    assert not path.exists()


def test_a_sound_one(path: Path) -> None:
    made(path)
    result = check(path)
    assert result.exit_code == 0, result.stderr
    assert "sound, of this version, with 1 clinic." in result.stdout
    (unsigned,) = [line for line in result.stdout.splitlines() if "Not yet signed" in line]
    assert all(name in unsigned for name in ("PHQ-9", "Pulse", "protocol", "safety rules"))
    assert "Help lines: US, checked on " in result.stdout


def test_a_new_empty_one_is_of_an_older_version(path: Path) -> None:
    path.touch()
    result = check(path)
    assert result.exit_code == 0
    assert "of an older version" in result.stdout
    with closing(sqlite3.connect(path)) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master").fetchall()
    assert tables == [], "nothing was made"


@pytest.mark.parametrize(
    "sql, sentence",
    [
        ("ALTER TABLE patients DROP COLUMN language", "differs from what this version expects"),
        ("UPDATE alembic_version SET version_num = '9999'", "made by a newer version"),
        ("DROP TABLE alembic_version", "half-written"),
        ("UPDATE clinics SET country = 'XX'", "no verified help line for XX"),
    ],
)
def test_what_is_wrong(path: Path, sql: str, sentence: str) -> None:
    made(path)
    altered(path, sql)
    result = check(path)
    assert result.exit_code == 1
    assert sentence in result.stderr
    assert "Traceback" not in result.stderr


@pytest.fixture(scope="module")
def _filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("filled") / "clinic.db"
    Filled(f"sqlite:///{path}").runtime.database.dispose()
    return path


@pytest.fixture
def filled(_filled: Path, path: Path) -> Path:
    """A small clinic with a row in every table."""
    return Path(shutil.copy(_filled, path))


def test_records_that_agree(filled: Path) -> None:
    result = check(filled)
    assert result.exit_code == 0, result.stderr
    assert result.stderr == ""


@pytest.mark.parametrize(
    "sql, sentence",
    [
        ("UPDATE stored_forms SET total = 3 WHERE instrument = 'phq9'", TOTAL_DIFFERS),
        ("UPDATE stored_forms SET total = NULL WHERE instrument = 'phq9'", TOTAL_DIFFERS),
        ("UPDATE stored_forms SET total = 3 WHERE answers LIKE '%\"9\": 2%'", TOTAL_DIFFERS),
        (
            "UPDATE stored_forms SET total = 99 WHERE instrument = 'madrs'",
            "Form {}: it holds an answer or a total that madrs cannot have.",
        ),
        (
            "UPDATE stored_forms SET answers = '{\"1\": 4}' WHERE instrument = 'phq9'",
            "Form {}: it holds an answer or a total that phq9 cannot have.",
        ),
        (
            "UPDATE stored_forms SET answers = '{\"1\": 1}' WHERE instrument = 'madrs'",
            "Form {}: it holds an answer or a total that madrs cannot have.",
        ),
        (
            "UPDATE stored_forms SET instrument = 'phq2' WHERE instrument = 'phq9'",
            "Patient {}: data/instruments has no phq2, which was answered.",
        ),
        (
            "DELETE FROM stored_forms WHERE instrument = 'pulse'",
            "Check-in {}: it was sent, and has no form.",
        ),
        (
            "DELETE FROM stored_forms WHERE instrument = 'gad7'",
            "Check-in {}: gad7 was answered, and has no form.",
        ),
        (
            "UPDATE check_ins SET state = 'lapsed' WHERE forms LIKE 'phq9%'",
            "Check-in {}: it was not sent, and yet it has a form.",
        ),
        ("DELETE FROM alerts WHERE rule = 'pulse_safety'", PULSE_WITHOUT_ALERT),
        # One that was closed before the answer was chosen is not that answer's.
        ("UPDATE alerts SET state = 'closed', closed_at = 1", PULSE_WITHOUT_ALERT),
        ("UPDATE alerts SET value = 3 WHERE rule = 'pulse_safety'", PULSE_WITHOUT_ALERT),
        ("DELETE FROM alerts WHERE historic", "Form {}: its safety answer has no alert."),
        (
            "UPDATE patient_summaries SET summary = json_set(summary, '$.treated', 7)",
            SUMMARY_DIFFERS,
        ),
        ('UPDATE patient_summaries SET summary = \'{"treated": "Rosa"}\'', SUMMARY_DIFFERS),
        ("DELETE FROM follow_up_rows", SUMMARY_DIFFERS),
        ("UPDATE occasions SET lacking = '' WHERE lacking != ''", SUMMARY_DIFFERS),
        (
            "UPDATE patients SET intake = 'begun' WHERE intake = 'eligible'",
            "Patient {}: what is noted of the new-patient forms is not how they stand.",
        ),
    ],
)
def test_records_that_do_not_agree(filled: Path, sql: str, sentence: str) -> None:
    """Each is told with its id, and without a word of what is in it."""
    altered(filled, sql)
    before = filled.read_bytes()
    result = check(filled)
    assert result.exit_code == 1
    assert re.search(re.escape(sentence).replace(r"\{\}", r"id\d{6}"), result.stderr), result.stderr
    assert "Error: The records do not agree in " in result.stderr
    assert not re.search("Rosa|Otto|study|Slept|Traceback", result.output)
    assert filled.read_bytes() == before, "nothing is changed"


def test_a_summary_of_an_older_program_is_no_fault(filled: Path) -> None:
    """The next start makes it anew."""
    altered(filled, "UPDATE patient_summaries SET summary = '{}', definitions_version = '0:old'")
    assert check(filled).exit_code == 0


def test_a_form_of_an_earlier_wording_is_not_scored_anew(filled: Path) -> None:
    altered(filled, "UPDATE stored_forms SET total = 3, instrument_version = 'old'")
    assert "is not that of its answers" not in check(filled).stderr


def test_an_index_that_lost_track_of_its_table(filled: Path) -> None:
    """No row is wrong by itself: only comparing each row with the index finds it."""
    name = "ix_infusions_clinic_id_planned_at"
    with closing(sqlite3.connect(filled)) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        index = connection.execute("SELECT * FROM sqlite_schema WHERE name = ?", (name,)).fetchone()
        connection.execute("DELETE FROM sqlite_schema WHERE name = ?", (name,))
        connection.commit()
    altered(filled, "UPDATE infusions SET planned_at = planned_at + 1 WHERE status = 'cancelled'")
    with closing(sqlite3.connect(filled)) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute("INSERT INTO sqlite_schema VALUES (?, ?, ?, ?, ?)", index)
        connection.commit()
    result = check(filled)
    assert result.exit_code == 1
    assert f"missing from index {name}" in result.stderr


def test_a_file_that_is_no_database(path: Path) -> None:
    path.write_bytes(b"\x00\x01 not a database " * 100)
    result = check(path)
    assert result.exit_code == 1
    assert "is damaged or is no database" in result.stderr


def test_an_unknown_setting(path: Path) -> None:
    result = check(path, MINDSPA_DATABASE="x")
    assert result.exit_code == 1
    assert "MINDSPA_DATABASE is not a setting" in result.stderr


def test_an_audit_trail_that_was_changed(path: Path) -> None:
    runtime = bootstrap.start(Settings.load({"MINDSPA_DATABASE_URL": f"sqlite:///{path}"}))
    clinic = factories.a_clinic(runtime)
    with runtime.unit_of_work(operator(clinic.id)) as work:
        work.audit("thing.done")
    sealed = runtime.audit_seals.seal(clinic.id, now=runtime.clock())
    runtime.database.dispose()
    assert sealed
    result = check(path)
    assert result.exit_code == 0, result.stderr
    assert f"Audit trail of clinic {clinic.id}: seal 1 is {sealed.digest}." in result.stdout

    altered(path, "DROP TRIGGER audit_events_not_changed")
    result = check(path)
    assert result.exit_code == 1
    assert "the trigger audit_events_not_changed" in result.stderr
    altered(path, "UPDATE audit_events SET actor_id = 'nobody' WHERE what = 'thing.done'")
    altered(
        path,
        "CREATE TRIGGER audit_events_not_changed BEFORE UPDATE ON audit_events "
        "BEGIN SELECT RAISE(ABORT, 'no'); END",
    )
    result = check(path)
    assert result.exit_code == 1
    assert f"clinic {clinic.id}: what stands under seal 1 is not what was sealed" in result.stderr
