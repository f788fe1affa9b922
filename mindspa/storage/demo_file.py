"""Puts a newly built demo database where an old one is, whole or not at all."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from mindspa.domain.errors import DatabaseUnusable

IN_USE = "The database is in use. Stop the server, then build the demo clinic again."
REAL_CLINIC = (
    "This database holds a clinic that is no demo, and is left as it is. Name another one in "
    "MINDSPA_DATABASE_URL or with --db."
)


def put_in_place(built: Path, target: Path) -> None:
    """Refuses where somebody has `target` open, or it holds a clinic that is no demo. Both files
    leave write-ahead logging for it: a log that stayed behind would be read into the new file."""
    _close_log(built)
    if not target.exists():
        os.replace(built, target)
        return
    _close_log(target)
    with closing(sqlite3.connect(target, timeout=0, isolation_level=None)) as connection:
        try:
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError:
            raise DatabaseUnusable(IN_USE) from None
        if connection.execute("SELECT 1 FROM clinics WHERE demo_built_at IS NULL").fetchone():
            raise DatabaseUnusable(REAL_CLINIC)
        os.replace(built, target)


def _close_log(path: Path) -> None:
    """Only the last connection can do so: it fails while any other is open."""
    with closing(sqlite3.connect(path, timeout=0)) as connection:
        try:
            connection.execute("PRAGMA journal_mode = DELETE")
        except sqlite3.OperationalError:
            raise DatabaseUnusable(IN_USE) from None
