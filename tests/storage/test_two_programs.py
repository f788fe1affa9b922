"""Two programs on one SQLite file: each has its turn, and a backup is of one instant."""

import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from mindspa.storage import backup
from mindspa.storage.database import Database
from tests.conftest import NOW

HELD_FOR = 1.0  # seconds for which the first goes on; the other has long asked by then


@pytest.fixture
def programs(_sqlite_template: Path, tmp_path: Path) -> Iterator[tuple[Database, Database]]:
    path = Path(shutil.copy(_sqlite_template, tmp_path / "mindspa.db"))
    with ExitStack() as ends:
        both = Database(f"sqlite:///{path}"), Database(f"sqlite:///{path}")
        for program in both:
            ends.callback(program.dispose)
        with both[0].writing() as session:
            session.execute(text("CREATE TABLE counted (number INTEGER)"))
            session.execute(text("INSERT INTO counted VALUES (0)"))
        yield both


def number(session: Session) -> int:
    return int(session.execute(text("SELECT number FROM counted")).scalar_one())


def test_both_writes_land(programs: tuple[Database, Database]) -> None:
    """With SQLite's deferred begin the first, who has read, may not write after the second."""
    first, second = programs
    has_read, has_ended = threading.Event(), threading.Event()
    failed: list[Exception] = []

    def count_slowly() -> None:
        try:
            with first.writing() as session:
                found = number(session)
                has_read.set()
                has_ended.wait(HELD_FOR)
                session.execute(text("UPDATE counted SET number = :n"), {"n": found + 1})
        except Exception as error:
            failed.append(error)

    slow = threading.Thread(target=count_slowly)
    slow.start()
    assert has_read.wait(10)
    with second.writing() as session:
        session.execute(text("UPDATE counted SET number = :n"), {"n": number(session) + 1})
    has_ended.set()
    slow.join()
    assert failed == []
    with first.reading() as session:
        assert number(session) == 2


def test_a_backup_is_of_one_instant(
    programs: tuple[Database, Database], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is written between counting and copying is in neither."""
    first, second = programs
    counted = backup._tables

    def then_somebody_writes(connection: sqlite3.Connection) -> dict[str, tuple[int, str]]:
        found = counted(connection)
        monkeypatch.setattr(backup, "_tables", counted)
        with second.writing() as session:
            session.execute(text("UPDATE counted SET number = 1"))
        return found

    monkeypatch.setattr(backup, "_tables", then_somebody_writes)
    assert first.file is not None
    file = tmp_path / "backup.db"
    backup.make(first.file, file, overwrite=False, now=NOW, program="0.0.0")
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("SELECT number FROM counted").fetchall() == [(0,)]
    with first.reading() as session:
        assert number(session) == 1
