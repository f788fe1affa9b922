"""Puts a backup where the database is, whole or not at all, and keeps what was there."""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime
from pathlib import Path

from mindspa.domain.errors import DatabaseUnusable, InvalidInput
from mindspa.storage import schema
from mindspa.storage.backup import Backup, verified, without_manifest
from mindspa.storage.database import Database
from mindspa.storage.sqlite_file import close_log, keep, taken, why


def restore(
    file: Path, target: Path, *, replace: bool, now: datetime
) -> tuple[Backup, Path | None]:
    """The backup, and where the database that it replaced now is. It is put in place only when its
    copy has proved to hold what the backup said and is of this program's version."""
    if target.exists() and target.stat().st_size and not replace:
        raise InvalidInput(
            "There is a database already, and it is left as it is. Name another one in "
            "MINDSPA_DATABASE_URL or with --db, or put it aside with --replace."
        )
    verified(file)
    try:
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".restore-") as folder:
            copy = Path(folder) / "copy.db"
            copy.touch(mode=0o600)
            shutil.copyfile(file, copy)
            found = verified(copy)
            _bring_up_to_date(copy)
            keep(copy)
            aside = _put_in_place(copy, target, now)
            keep(target.parent)
    except (sqlite3.Error, OSError) as error:
        raise DatabaseUnusable(f"Nothing was restored: {why(error)}") from None
    return found, aside


def _bring_up_to_date(copy: Path) -> None:
    without_manifest(copy)
    database = Database(f"sqlite:///{copy}")
    try:
        schema.upgrade(database)
        if schema.differences(database):
            raise DatabaseUnusable(
                "Nothing was restored: brought up to date, the backup differs from what this "
                "version expects. Restore it with the version that made it."
            )
    finally:
        database.dispose()
    close_log(copy)


def _put_in_place(copy: Path, target: Path, now: datetime) -> Path | None:
    aside = target.with_name(f"{target.name}.before-{now:%Y%m%dT%H%M%SZ}")
    with _held(target):
        # A log that stayed behind would be read into the new file.
        for log in ("-wal", "-shm"):
            if (left := Path(f"{target}{log}")).exists():
                os.replace(left, f"{aside}{log}")
        was_there = target.exists()
        if was_there:
            # Not moved: a server that starts just now would find none and make an empty one.
            os.link(target, aside)
        os.replace(copy, target)
    return aside if was_there else None


@contextmanager
def _held(target: Path) -> Iterator[None]:
    """Refuses where somebody has the database open. One that is damaged nobody can have."""
    with ExitStack() as stack:
        if target.exists():
            with suppress(sqlite3.DatabaseError):
                stack.enter_context(taken(target))
        yield
