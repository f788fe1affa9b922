"""A disk that is full: the page says so, keeps what was typed, and goes on when there is space."""

import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from mindspa.bootstrap import Runtime
from mindspa.storage.database import Database
from tests.conftest import a_copy_of_the_template
from tests.factories import a_clinic
from tests.faults.conftest import MakeServer, progress, question, start_check_in
from tests.faults.people import a_person
from tests.faults.sound import assert_sound, count, rows

NOTES = 200  # many times what fits


@dataclass(frozen=True, slots=True)
class Disk:
    folder: Path

    def fill(self) -> None:
        with suppress(OSError), (self.folder / "filler").open("wb", buffering=0) as filler:
            while True:
                filler.write(bytes(4096))

    def free(self) -> None:
        (self.folder / "filler").unlink()


def _as_root(*command: str) -> bool:
    sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
    try:
        return subprocess.run([*sudo, *command], check=False, capture_output=True).returncode == 0
    except FileNotFoundError:
        return False


@pytest.fixture
def disk() -> Iterator[Disk]:
    """A small one in memory."""
    folder = tempfile.mkdtemp()
    options = f"size=32m,mode=755,uid={os.geteuid()}"
    if not _as_root("mount", "-t", "tmpfs", "-o", options, "tmpfs", folder):
        pytest.skip("a small disk can be mounted by root only")
    yield Disk(Path(folder))
    assert _as_root("umount", "--lazy", folder)
    os.rmdir(folder)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, disk: Disk) -> Iterator[Database]:
    """That keeps its tables on the small disk."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("_sqlite_template"), disk.folder / "mindspa.db")
        found = Database(f"sqlite:///{disk.folder / 'mindspa.db'}")
        yield found
        found.dispose()
        return
    url = request.getfixturevalue("postgres_server")
    found = Database(a_copy_of_the_template(url))
    tables = disk.folder / "tables"
    tables.mkdir()
    if os.geteuid() == 0:
        owner = pwd.getpwnam("pgserver")
        os.chown(tables, owner.pw_uid, owner.pw_gid)
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f"CREATE TABLESPACE small LOCATION '{tables}'")
        server.execute(f"ALTER DATABASE {found.url.database} SET TABLESPACE small")
    yield found
    found.dispose()
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f"DROP DATABASE {found.url.database} WITH (FORCE)")
        server.execute("DROP TABLESPACE small")


def test_what_was_typed_stays_until_it_can_be_saved(
    make_server: MakeServer, runtime: Runtime, disk: Disk
) -> None:
    a_person(runtime, a_clinic(runtime))
    runtime.database.dispose()
    server = make_server()
    server.program.start()
    browser = server.browser()
    tab = start_check_in(browser)
    tab.set("radio", question(tab, 1), "Much of the time")
    (field,) = tab.all("text_area")

    disk.fill()
    for number in range(NOTES):
        typed = f"{number}: {secrets.token_urlsafe(1000)}"
        tab.set("text_area", field.label, typed)
        if tab.errors():
            break
    (sentence,) = tab.errors()
    assert sentence.startswith("The disk of the database is full. Nothing was saved")
    assert server.program.answers("/health") == 200
    server.clock_is_off_by(120)  # it is time to write down that this person was seen
    other = browser.tab()
    other.open("today")
    assert "You have started a check-in." in other.words(), "who only reads is not hindered"
    tab.set("radio", question(tab, 2), "None of the time")
    stored = count(runtime.database, "SELECT count(*) FROM given_answers")
    assert progress(tab) == f"{stored} of 8 answered, saved"
    assert typed not in rows(runtime.database, "SELECT note FROM check_ins")[0]
    tab.press("Send")
    assert tab.errors()
    assert "Your answers are saved." not in tab.words()
    assert "Not answered when you pressed Send" not in tab.words()
    assert len(tab.all("radio")) == 8, "the form is still there"
    assert_sound(runtime)

    disk.free()
    tab.press("Send")
    tab.press("Send without these answers")
    assert "Your answers are saved." in tab.words()
    ((note,),) = rows(runtime.database, "SELECT note FROM stored_forms")
    assert note == typed
    assert {*rows(runtime.database, "SELECT item FROM given_answers")} == {
        ("interest",),
        ("low_mood",),
    }
    assert_sound(runtime)
