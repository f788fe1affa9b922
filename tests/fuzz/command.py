"""Runs a command in this process as a terminal would, and says what it may not do."""

import sqlite3
from collections.abc import Iterable
from pathlib import Path

from typer.testing import CliRunner, Result

from mindspa.__main__ import app

EXIT_CODES = (0, 1, 2)  # done, refused with a sentence, not understood


def run(*arguments: str | Path) -> Result:
    """It ends as a command may end: never with a defect, and refused in words."""
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code in EXIT_CODES
    assert "Traceback" not in result.stderr
    if result.exit_code == 1:
        *before, last = result.stderr.splitlines()
        sentences = [line for line in (*before, last) if line.startswith("Error: ")]
        assert len(sentences) == 1, result.stderr
        assert sentences[0] == last
        assert all(one.isprintable() for one in last)
    return result


def rows_of(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """All that a SQLite file holds, but for what counting its rows leaves behind."""
    connection = sqlite3.connect(path)
    connection.text_factory = bytes
    try:
        names = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        ).fetchall()
        return {
            name.decode(): sorted(_all(connection, name.decode()), key=repr) for (name,) in names
        }
    finally:
        connection.close()


def _all(connection: sqlite3.Connection, table: str) -> Iterable[tuple[object, ...]]:
    return connection.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608
