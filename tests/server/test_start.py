"""A start that cannot succeed is refused with one sentence, before anything is served."""

import os
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from mindspa import bootstrap
from mindspa.__main__ import app
from mindspa.settings import PREFIX, PROJECT_ROOT
from mindspa.web import server
from tests.program import HOST, Program, free_port
from tests.server.conftest import Started

SECRET = "hunter2"
Refused = Callable[..., str]


def said_once(output: str) -> str:
    """The sentence, and nothing beside it."""
    (line,) = output.splitlines()
    assert line.startswith("Error: ")
    assert line.endswith(".")
    assert SECRET not in line
    return line.removeprefix("Error: ")


@pytest.fixture
def refused(monkeypatch: pytest.MonkeyPatch) -> Refused:
    """`refused(MINDSPA_…=value)`: what the command says that does not start."""
    # The last step before it would serve.
    monkeypatch.setattr(server, "end_without_failure", lambda: pytest.fail("it was not refused"))
    monkeypatch.setattr(sys, "argv", list(sys.argv))
    monkeypatch.setattr(sys, "path", list(sys.path))

    def started(port: int | None = None, **environment: str) -> str:
        for name in os.environ:
            if name.startswith((PREFIX, "STREAMLIT_")):
                monkeypatch.delenv(name)
        result: Result = CliRunner().invoke(
            app, ["serve", "--port", str(port or free_port())], env=environment
        )
        assert result.exit_code == 1, result.output
        assert result.stdout == ""
        return said_once(result.stderr)

    return started


def over(database: Path) -> dict[str, str]:
    return {"MINDSPA_DATABASE_URL": f"sqlite:///{database}"}


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("MINDSPA_DATABSE_URL", "sqlite:///x.db", "MINDSPA_DATABSE_URL is not a setting. Remove"),
        ("MINDSPA_DATABASE_URL", f"mysql://me:{SECRET}@host/x", "must begin with sqlite:/// or"),
        ("MINDSPA_DATABASE_URL", f"postgresql://me:{SECRET}@host:port/x", "not a database address"),
        ("MINDSPA_DATABASE_URL", f"postgresql://me:{SECRET}@127.0.0.1:1/x", "out of reach"),
        ("MINDSPA_DATABASE_URL", "sqlite://", "must begin with sqlite:/// or"),
        ("MINDSPA_DATABASE_URL", f"sqlite:///{__file__}/x.db", "folder of the database cannot be"),
        ("MINDSPA_DATABASE_URL", f"sqlite:///{__file__}", "no database. Whoever runs this"),
        ("MINDSPA_DATABASE_URL", f"sqlite:///{PROJECT_ROOT}/docs", "cannot be opened. Whoever"),
        ("MINDSPA_PUBLIC_URL", "http://outcomes.example.org", "must be https: health records"),
        ("MINDSPA_PUBLIC_URL", "outcomes.example.org", "must be a scheme and a host, such as"),
        ("MINDSPA_SESSION_IDLE_MINUTES", "soon", "must be a whole number from 1 to 1440."),
        ("MINDSPA_SESSION_HOURS", "0", "must be a whole number from 1 to 168."),
    ],
)
def test_with_a_wrong_setting(refused: Refused, name: str, value: str, says: str) -> None:
    assert says in refused(**{name: value})


def test_on_a_port_that_is_taken(refused: Refused, database: Path) -> None:
    with socket.create_server((HOST, 0)) as other:
        port = other.getsockname()[1]
        assert f"Port {port} of 127.0.0.1 cannot be used" in refused(port, **over(database))


def changed(database: Path, sql: str) -> Path:
    with closing(sqlite3.connect(database)) as connection:
        connection.execute(sql)
        connection.commit()
    return database


def test_on_a_database_of_a_newer_version(refused: Refused, database: Path) -> None:
    changed(database, "UPDATE alembic_version SET version_num = '9999'")
    before = database.read_bytes()
    assert "newer" in refused(**over(database))
    assert database.read_bytes() == before


def test_for_a_country_without_a_help_line(refused: Refused, database: Path) -> None:
    changed(database, "UPDATE clinics SET country = 'ZZ'")
    assert "no verified help line for ZZ" in refused(**over(database))


@pytest.mark.parametrize(
    ("file", "find", "put"),
    [
        ("protocol.toml", r"\[\[occasions\]\]", "[[occasions"),  # no TOML any more
        ("instruments/phq9.toml", r"total = \d+", "total = 99"),  # a worked example that is wrong
        ("instruments/gad7.toml", r"^id = .*$", ""),
        ("rules.toml", r"^\[safety\]", "[unsafe]"),
        ("crisis.toml", r"^checked_on = .*$", ""),
    ],
)
def test_on_clinical_content_that_is_damaged(
    refused: Refused,
    database: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    file: str,
    find: str,
    put: str,
) -> None:
    shutil.copytree(
        PROJECT_ROOT / "data", tmp_path / "data", ignore=shutil.ignore_patterns("local")
    )
    damaged = tmp_path / "data" / file
    text, count = re.subn(find, put, damaged.read_text("utf-8"), count=1, flags=re.MULTILINE)
    assert count == 1
    damaged.write_text(text, "utf-8")
    monkeypatch.setattr(bootstrap, "PROJECT_ROOT", tmp_path)
    assert Path(file).name in refused(**over(database))


def test_as_the_process_that_a_service_manager_starts() -> None:
    """The same without anything of a test around it: the exit code, one line, and no trace."""
    done = subprocess.run(
        [sys.executable, "-m", "mindspa", "serve", "--port", str(free_port())],
        cwd=PROJECT_ROOT,
        env=dict(os.environ) | {"MINDSPA_DATABASE_URL": f"postgresql://me:{SECRET}@127.0.0.1:1/x"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert "out of reach" in said_once(done.stderr)


def test_help_lines_that_nobody_has_checked_for_long_are_said(
    database: Path, tmp_path: Path, started: Started
) -> None:
    says = "The help lines of US are to be checked again"
    assert says not in started().said()
    late = Program(f"sqlite:///{database}", tmp_path / "late.log", "2030-01-01T00:00:00Z")
    late.start()
    assert late.stop() == 0
    assert says in late.said()
