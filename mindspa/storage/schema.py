"""Brings a database to the version of this program, or says why it cannot be used."""

from contextlib import suppress
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlalchemy.engine import Connection
from sqlmodel import SQLModel

from mindspa.domain.errors import DatabaseUnusable
from mindspa.storage import all_tables
from mindspa.storage.audit_tables import missing_triggers
from mindspa.storage.database import Database, errors_named

assert all_tables.MODULES, "imported, so that every table is declared"

# Any number will do, as long as every server of this program takes the same.
_UPGRADE_LOCK = 7_201_511


def upgrade(database: Database) -> None:
    """Runs what is missing in one transaction; two servers starting together take turns.

    A database of a newer version is refused: writing with old code would damage it.
    """
    if database.file is not None:
        with suppress(OSError):  # SQLite says it better
            database.file.touch(mode=0o600)  # a new one: nobody else on this machine reads it
    with errors_named(), database.writer.begin() as connection:
        if not database.is_sqlite:
            connection.execute(text("SET LOCAL lock_timeout = 0"))  # another may take its time
            connection.execute(text(f"SELECT pg_advisory_xact_lock({_UPGRADE_LOCK})"))
        config = _config(connection)
        _current(connection, ScriptDirectory.from_config(config))
        command.upgrade(config, "head")
        if database.is_sqlite:
            # PostgreSQL counts by itself. Without counts SQLite goes through every form of the
            # clinic to find those of a few patients.
            connection.execute(text("PRAGMA analysis_limit = 1000"))
            connection.execute(text("ANALYZE"))


def is_behind(database: Database) -> bool:
    """Whether `upgrade` has something to do; raises where it would refuse."""
    with errors_named(), database.reader.connect() as connection:
        scripts = ScriptDirectory.from_config(_config(connection))
        return _current(connection, scripts) != scripts.get_current_head()


def differences(database: Database) -> list[str]:
    """Where the database differs from the tables of this program; empty when it is sound."""
    found: list[str] = []
    with errors_named(), database.writer.connect() as connection:
        found += missing_triggers(connection)
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        found += [str(change) for change in compare_metadata(context, SQLModel.metadata)]
        if database.is_sqlite:
            result = connection.execute(text("PRAGMA integrity_check")).scalars().all()
            found += [row for row in result if row != "ok"]
            broken = connection.execute(text("PRAGMA foreign_key_check")).all()
            found += [f"a row of {row[0]} refers to nothing" for row in broken]
        connection.rollback()
    return found


def _current(connection: Connection, scripts: ScriptDirectory) -> str | None:
    """The version of the database, None for an empty one; raises for one that is not ours."""
    names = set(inspect(connection).get_table_names())
    if names and "alembic_version" not in names:
        raise DatabaseUnusable(
            "The database holds tables but no version: it is half-written or belongs to another "
            "program. Restore a backup, or name another one in MINDSPA_DATABASE_URL."
        )
    current = MigrationContext.configure(connection).get_current_revision()
    if current is not None and current not in {
        script.revision for script in scripts.walk_revisions()
    }:
        raise DatabaseUnusable(
            "The database was made by a newer version of Mind Spa Outcomes. "
            "Install that version, or restore a backup made with this one."
        )
    return current


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config
