"""Takes a SQLite file out of everybody's hands, so that another can be put in its place."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from mindspa.domain.errors import DatabaseUnusable

IN_USE = "The database is in use. Stop the server, then try again."


@contextmanager
def taken(path: Path) -> Iterator[sqlite3.Connection]:
    """Refuses where anybody has the file open; as long as the block lasts, nobody can write it."""
    close_log(path)
    with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as connection:
        try:
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError:
            raise DatabaseUnusable(IN_USE) from None
        yield connection


def close_log(path: Path) -> None:
    """Leaves write-ahead logging, so that the file is all there is: a log that stayed behind would
    be read into whatever stands in its place. Only the last connection can do so; it fails while
    any other is open."""
    with closing(sqlite3.connect(path, timeout=0)) as connection:
        try:
            connection.execute("PRAGMA journal_mode = DELETE")
        except sqlite3.OperationalError:
            raise DatabaseUnusable(IN_USE) from None


def keep(path: Path) -> None:
    """What was written to a file, or to a folder, is on the disk when this returns."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def why(error: sqlite3.Error | OSError) -> str:
    """What went wrong with a file, and what to do. The driver's own text never goes on."""
    if isinstance(error, OSError):
        said = error.strerror or "the disk failed"
        return f"{said}. Check the path, who may write there, and the disk."
    match getattr(error, "sqlite_errorcode", 0) & 0xFF:
        case sqlite3.SQLITE_FULL | sqlite3.SQLITE_IOERR:
            return "the disk is full or cannot be written. Free some space, then try again."
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return "the database is damaged. Restore a backup."
        case _:
            return "the database cannot be read. Run `python -m mindspa check`."
