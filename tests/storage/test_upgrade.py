"""A database of any earlier release, brought up to date: nothing is lost, and it is read as before.

The databases are in tests/data/releases; the README there says how they came about.
"""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import text

from mindspa import bootstrap
from mindspa.domain.access import operator
from mindspa.domain.safety import AlertState
from mindspa.services.review_follow_up import follow_up_list
from mindspa.services.sign_in import sign_in
from mindspa.services.view_progress import view_progress
from mindspa.settings import Settings
from mindspa.storage import schema
from mindspa.storage.database import Database
from tests.accounts import PASSWORD
from tests.data.releases.dump import Filled
from tests.databases import address, an_empty_postgres, records

DUMPS = sorted((Path(__file__).parent.parent / "data" / "releases").glob("*.sql"))
MIGRATIONS = Path(schema.__file__).parent / "migrations"
NOW = datetime(2026, 5, 6, 16, 0, tzinfo=UTC)  # days after the last that happened in the dumps
ROSA = "id000003"

SQLITE_STRUCTURE = """
    SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite%'
"""
POSTGRES_STRUCTURE = (
    """
    SELECT concat_ws(' ', table_name, column_name, data_type, is_nullable,
                     character_maximum_length, column_default)
    FROM information_schema.columns WHERE table_schema = 'public'
    """,
    "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'",
    """
    SELECT concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid))
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    """,
)


@dataclass(frozen=True, slots=True)
class Released:
    database: Database

    @property
    def revision(self) -> str:
        with self.database.reader.connect() as connection:
            return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar())


@pytest.fixture(
    params=[
        pytest.param(path, marks=[pytest.mark.postgres] if "postgresql" in path.name else [])
        for path in DUMPS
    ],
    ids=[path.stem for path in DUMPS],
)
def released(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Released]:
    """A database as that release left it."""
    dump: Path = request.param
    if dump.stem.endswith("sqlite"):
        url = f"sqlite:///{tmp_path / 'released.db'}"
        with closing(sqlite3.connect(tmp_path / "released.db")) as connection:
            connection.executescript(dump.read_text("utf-8"))
    else:
        url = an_empty_postgres(request.getfixturevalue("postgres_server"))
        with psycopg.connect(url) as server:
            server.execute(dump.read_bytes())
    found = Database(url)
    yield Released(found)
    found.dispose()


@pytest.fixture
def empty(released: Released, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """Nothing yet, on the same engine."""
    found = Database(
        f"sqlite:///{tmp_path / 'empty.db'}"
        if released.database.is_sqlite
        else an_empty_postgres(request.getfixturevalue("postgres_server"))
    )
    yield found
    found.dispose()


def test_a_release_left_a_database_for_both_engines() -> None:
    versions = {path.name.removesuffix(".sql") for path in DUMPS}
    assert {"0.1.0.sqlite", "0.1.0.postgresql"} <= versions
    assert len(versions) % 2 == 0


def test_every_row_is_still_there_with_the_same_content(released: Released) -> None:
    before = records(released.database)
    assert all(rows for _, rows in before.values()), "a table of the dump is empty"
    with started(released.database):
        pass
    columns = {name: columns for name, (columns, _) in before.items()}
    after = records(released.database, only=columns)
    assert after == before


def test_it_is_what_this_version_expects(released: Released) -> None:
    schema.upgrade(released.database)
    assert schema.differences(released.database) == []


def test_a_second_start_changes_nothing(released: Released) -> None:
    with started(released.database):
        before = records(released.database), structure(released.database)
    with started(released.database):
        pass
    assert (records(released.database), structure(released.database)) == before


def test_the_pages_read_it(released: Released) -> None:
    with started(released.database) as runtime:
        (clinic,) = runtime.accounts.clinics()
        with runtime.reading(operator(clinic.id)) as work:
            seen = view_progress(work, ROSA)
            listed = follow_up_list(work)
    assert seen.patient.name == "Rosa Ünreal"
    assert {name: series.points[-1].total for name, series in seen.series.items()} == {
        "phq9": 18,
        "gad7": 15,  # the corrected version
        "pulse": 4,
        "madrs": 31,
    }
    assert [alert.state for alert in seen.alerts].count(AlertState.OPEN) == 2
    assert ROSA in {entry.patient.id for entry in listed}


def test_people_sign_in_with_the_password_that_they_had(released: Released) -> None:
    with started(released.database) as runtime:
        token = sign_in(
            runtime.accounts, login="ana", password=PASSWORD, address="", devices=(), now=NOW
        ).token
        assert runtime.accounts.session(token, now=NOW, activity=False) is not None


def test_the_migrations_of_a_release_stay_as_they_were(released: Released, empty: Database) -> None:
    """A change of one would give new clinics another database than those that upgrade."""
    with empty.writer.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, released.revision)
    assert structure(empty) == structure(released.database)


def test_the_next_release_leaves_a_row_in_every_table(empty: Database) -> None:
    Filled(address(empty)).runtime.database.dispose()
    assert [name for name, (_, rows) in records(empty).items() if not rows] == []


@contextmanager
def started(database: Database) -> Iterator[bootstrap.Runtime]:
    """As the server does."""
    settings = Settings.load({"MINDSPA_DATABASE_URL": address(database)})
    runtime = bootstrap.start(settings, clock=lambda: NOW)
    try:
        yield runtime
    finally:
        runtime.database.dispose()


def structure(database: Database) -> set[str]:
    """Tables, keys, constraints and indexes, as the engine itself writes them."""
    with database.reader.connect() as connection:
        if database.is_sqlite:
            found = connection.execute(text(SQLITE_STRUCTURE)).scalars()
            return {re.sub(r"\s+", " ", sql) for sql in found}
        return {line for query in POSTGRES_STRUCTURE for line in connection.scalars(text(query))}
