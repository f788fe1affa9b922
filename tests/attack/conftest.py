"""One server for the whole attack, over two small clinics that each test finds as built."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests import program
from tests.attack import pair
from tests.attack.pair import Pair, Someone
from tests.client import Browser, Tab

COOKIE = "mindspa-session"

# What anybody's work in a clinic is stored in; signing in and looking leave other traces.
RECORDS = (
    "patients",
    "courses",
    "infusions",
    "check_ins",
    "given_answers",
    "stored_forms",
    "alerts",
    "contact_requests",
    "follow_up_reviews",
)


@dataclass(frozen=True, slots=True)
class Target:
    """The served clinics."""

    address: str
    database: Path
    log: Path
    pair: Pair

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.database)) as connection:
            return connection.execute(sql, values).fetchall()

    def change(self, sql: str, *values: Any) -> None:
        with closing(sqlite3.connect(self.database)) as connection:
            connection.execute(sql, values)
            connection.commit()

    def records(self) -> dict[str, list[tuple[Any, ...]]]:
        """Everything that is on record, to be compared with what it is later."""
        return {table: self.rows(f"SELECT * FROM {table}") for table in RECORDS}  # noqa: S608


Visit = Callable[..., Browser]
OpenTab = Callable[..., Tab]


@pytest.fixture(scope="session")
def _server(
    tmp_path_factory: pytest.TempPathFactory, _sqlite_template: Path
) -> Iterator[tuple[Target, Path]]:
    folder = tmp_path_factory.mktemp("attack")
    built, used = folder / "built.db", folder / "used.db"
    shutil.copy(_sqlite_template, built)
    people = pair.build(built, now=datetime.fromisoformat(program.DEMO_NOW))
    shutil.copy(built, used)
    server = program.Program(f"sqlite:///{used}", folder / "server.log")
    server.start()
    yield Target(server.address, used, server.log, people), built
    server.stop()


@pytest.fixture
def target(_server: tuple[Target, Path]) -> Iterator[Target]:
    """As it was built, whatever the test before has done to it. Nobody's name, note or answer may
    reach the log, and nothing may fail in a way that the program has no words for."""
    target, built = _server
    with closing(sqlite3.connect(built)) as before, closing(sqlite3.connect(target.database)) as db:
        before.backup(db)
    known = target.log.stat().st_size
    yield target
    said = target.log.read_bytes()[known:].decode()
    assert "Traceback" not in said, said
    assert "(reference " not in said, said  # how `web/logs` tells of an error
    assert not [
        person.login for person in target.pair.patients() if pair.mark(person.login) in said
    ]


@pytest.fixture
def visit(target: Target) -> Iterator[Visit]:
    """`visit(person)`: their browser, signed in; `visit()`: somebody's who is not."""
    with ExitStack() as closing_all:

        def visiting(person: Someone | None = None) -> Browser:
            browser = Browser(target.address)
            closing_all.callback(browser.http.close)
            if person is not None:
                browser.http.cookies.set(COOKIE, person.token)
            return browser

        yield visiting


@pytest.fixture
def tab(visit: Visit) -> Iterator[OpenTab]:
    """`tab(person, "patient", id=…)`: a page in a window of theirs."""
    with ExitStack() as closing_all:

        def open_tab(person: Someone, page: str, **query: str) -> Tab:
            made = closing_all.enter_context(visit(person).tab())
            made.open(page, **query)
            return made

        yield open_tab
