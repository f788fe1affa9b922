"""`check` says what is sound and what is not, and changes nothing."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from mindspa import bootstrap
from mindspa.__main__ import app
from mindspa.settings import Settings
from tests import factories


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


def test_a_file_that_is_no_database(path: Path) -> None:
    path.write_bytes(b"\x00\x01 not a database " * 100)
    result = check(path)
    assert result.exit_code == 1
    assert "is damaged or is no database" in result.stderr


def test_an_unknown_setting(path: Path) -> None:
    result = check(path, MINDSPA_DATABASE="x")
    assert result.exit_code == 1
    assert "MINDSPA_DATABASE is not a setting" in result.stderr
