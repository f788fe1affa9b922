"""A copy of a SQLite database, made while people write, that says what it must hold.

The copy is a database of its own with one table more: how many rows each table has and a hash of
their content, counted in the database that was copied. Whoever looks at the copy counts again. The
hashes find damage; they are no signature.
"""

import json
import os
import sqlite3
import tempfile
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

from mindspa.domain.errors import DatabaseUnusable, InvalidInput
from mindspa.storage.sqlite_file import close_log, keep, why
from mindspa.storage.types import since_epoch

# Named so that a person who opens the file sees what it is.
MANIFEST = "backup_manifest"

_DAMAGED = "The backup is damaged. Use another one."
_NO_BACKUP = "The file is no backup that this program made. Name another one."


@dataclass(frozen=True, slots=True)
class Backup:
    """`tables`: rows and hash by name."""

    made_at: datetime
    program: str  # the version that made it
    tables: Mapping[str, tuple[int, str]]

    @property
    def rows(self) -> int:
        return sum(rows for rows, _ in self.tables.values())


def make(source: Path, file: Path, *, overwrite: bool, now: datetime, program: str) -> Backup:
    """One consistent state, whoever writes meanwhile. `file` appears when it is complete, verified
    and on the disk, readable by its owner alone; until then, whatever was there stays."""
    if not source.exists():
        raise InvalidInput("There is no database yet, so there is nothing to back up.")
    if file.exists() and file.samefile(source):
        raise InvalidInput("That is the database itself. Name another file for the backup.")
    if file.exists() and not overwrite:
        raise InvalidInput(
            "There is a file of that name already. Name another, or replace it with --overwrite."
        )
    try:
        with tempfile.TemporaryDirectory(dir=file.parent, prefix=".backup-") as folder:
            copy = Path(folder) / "backup"
            copy.touch(mode=0o600)
            expected = _copied(source, copy)
            made = _finished(copy, expected, now, program)
            keep(copy)
            os.replace(copy, file)
            keep(file.parent)
    except (sqlite3.Error, OSError) as error:
        raise DatabaseUnusable(f"No backup was made: {why(error)}") from None
    return made


def verified(file: Path) -> Backup:
    """What the backup says it is, once that has proved true; otherwise one sentence why not."""
    if not file.is_file():
        raise InvalidInput("There is no such backup file. Check its path.")
    with closing(_only_read(file)) as connection:
        found = _manifest(connection)
        try:
            if not _is_sound(connection) or _tables(connection) != found.tables:
                raise DatabaseUnusable(_DAMAGED)
        except sqlite3.Error:
            raise DatabaseUnusable(_DAMAGED) from None
    return found


def without_manifest(copy: Path) -> None:
    """Makes a database of a copy of a backup."""
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute(f"DROP TABLE {MANIFEST}")


def _copied(source: Path, copy: Path) -> Mapping[str, tuple[int, str]]:
    """What the source held at the instant of the copy."""
    with (
        closing(sqlite3.connect(source, isolation_level=None)) as database,
        closing(sqlite3.connect(copy)) as target,
    ):
        database.execute("PRAGMA busy_timeout = 30000")
        database.execute("PRAGMA query_only = ON")
        # Both are read in one transaction: they are the same state.
        database.execute("BEGIN")
        expected = _tables(database)
        database.backup(target)
        return expected


def _finished(
    copy: Path, expected: Mapping[str, tuple[int, str]], now: datetime, program: str
) -> Backup:
    close_log(copy)
    with closing(sqlite3.connect(copy)) as connection:
        if not _is_sound(connection):
            raise DatabaseUnusable(
                "No backup was made: the database is damaged. Restore the last backup."
            )
        if _tables(connection) != expected:
            raise DatabaseUnusable(
                "No backup was made: the copy differs from the database. Check the disk."
            )
        # Whoever was signed in then must not be so again because this was put back.
        connection.execute(
            "UPDATE sessions SET ended_at = ? WHERE ended_at IS NULL", (since_epoch(now),)
        )
        made = Backup(now, program, _tables(connection))
        connection.execute(f"CREATE TABLE {MANIFEST} (manifest TEXT NOT NULL)")
        connection.execute(f"INSERT INTO {MANIFEST} VALUES (?)", (_written(made),))  # noqa: S608
        connection.commit()
    return made


def _only_read(file: Path) -> sqlite3.Connection:
    """Leaves nothing beside the file and needs no right to write there."""
    return sqlite3.connect(f"file:{quote(str(file))}?mode=ro&immutable=1", uri=True)


def _manifest(connection: sqlite3.Connection) -> Backup:
    try:
        (row,) = connection.execute(f"SELECT manifest FROM {MANIFEST}").fetchall()  # noqa: S608
        (text,) = row
        manifest = json.loads(text)
        return Backup(
            datetime.fromisoformat(manifest["made_at"]),
            manifest["program"],
            {name: (rows, content) for name, (rows, content) in manifest["tables"].items()},
        )
    except sqlite3.Error as error:
        corrupt = getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_CORRUPT
        raise DatabaseUnusable(_DAMAGED if corrupt else _NO_BACKUP) from None
    except (ValueError, TypeError, KeyError, AttributeError):
        raise DatabaseUnusable(_NO_BACKUP) from None


def _written(backup: Backup) -> str:
    return json.dumps(
        {
            "made_at": backup.made_at.isoformat(),
            "program": backup.program,
            "tables": backup.tables,
        }
    )


def _is_sound(connection: sqlite3.Connection) -> bool:
    said = connection.execute("PRAGMA integrity_check").fetchall()
    return said == [("ok",)] and not connection.execute("PRAGMA foreign_key_check").fetchall()


def _tables(connection: sqlite3.Connection) -> dict[str, tuple[int, str]]:
    """Rows and hash of each table, in the order of the rows. The same for the same content on
    every machine and in every version of Python."""
    names = connection.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' "
        "AND name NOT LIKE 'sqlite@_%' ESCAPE '@' AND name <> ? ORDER BY name",
        (MANIFEST,),
    ).fetchall()
    found = {}
    for (name,) in names:
        rows, content = 0, sha256()
        for row in connection.execute(f'SELECT * FROM "{name}" ORDER BY rowid'):  # noqa: S608
            rows += 1
            content.update(json.dumps(row).encode())
        found[name] = (rows, content.hexdigest())
    return found
