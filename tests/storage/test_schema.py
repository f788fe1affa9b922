"""The database is brought up to date, or refused with one sentence."""

import stat
from pathlib import Path

import pytest
from sqlalchemy import text

from mindspa.domain.errors import DatabaseUnusable, InvalidSetting
from mindspa.storage import schema
from mindspa.storage.database import Database


def test_migrations_give_exactly_the_tables_of_this_version(database: Database) -> None:
    assert schema.differences(database) == []


def test_upgrading_twice_changes_nothing(database: Database) -> None:
    schema.upgrade(database)
    assert schema.differences(database) == []


def test_a_new_database_is_its_owners_alone(tmp_path: Path) -> None:
    """With its log: both hold health data."""
    database = Database(f"sqlite:///{tmp_path / 'new.db'}")
    schema.upgrade(database)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    database.dispose()
    assert modes == dict.fromkeys(("new.db", "new.db-wal", "new.db-shm"), 0o600)


def test_a_missing_table_is_found(database: Database) -> None:
    with database.writer.begin() as connection:
        connection.execute(text("DROP TABLE contact_requests"))
    assert any("contact_requests" in found for found in schema.differences(database))


def test_a_newer_database_is_refused(database: Database) -> None:
    with database.writer.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DatabaseUnusable, match="newer version"):
        schema.upgrade(database)


def test_a_half_written_database_is_refused(database: Database) -> None:
    with database.writer.begin() as connection:
        connection.execute(text("DROP TABLE alembic_version"))
    with pytest.raises(DatabaseUnusable, match="half-written"):
        schema.upgrade(database)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "notes.db"
    path.write_text("not a database, but long enough to be looked at as one. " * 100)
    with pytest.raises(DatabaseUnusable, match="restores a backup"):
        schema.upgrade(Database(f"sqlite:///{path}"))


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("mysql://host/name", "must begin with"),
        ("nonsense", "not a database address"),
        ("sqlite://", "needs the path"),
        ("postgresql://user:with/slash@:port/name", "not a database address"),
    ],
)
def test_an_impossible_address_is_refused(url: str, sentence: str) -> None:
    with pytest.raises(InvalidSetting, match=sentence):
        Database(url)


@pytest.mark.parametrize("place", ["127.0.0.1:1/nothing", "nobody.invalid/nothing"])
def test_a_server_that_is_not_there_is_named_without_its_password(place: str) -> None:
    database = Database(f"postgresql://somebody:hunter2@{place}")
    with pytest.raises(DatabaseUnusable, match="out of reach") as raised:
        schema.upgrade(database)
    assert "hunter2" not in str(raised.value)


@pytest.mark.postgres
def test_a_database_that_the_server_does_not_have(postgres_server: str) -> None:
    with pytest.raises(DatabaseUnusable, match=r"checks MINDSPA_DATABASE_URL \(host, name"):
        schema.upgrade(Database(postgres_server.replace("template_mindspa", "nothing")))
