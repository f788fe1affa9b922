"""Clinics that are served for a test, and the browsers of the people who visit them."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests import program
from tests.browser import small_clinic
from tests.browser.chromium import Colours, Person, chromium
from tests.texts import no_provider, settings_for


@dataclass(frozen=True, slots=True)
class Served:
    """A clinic with a server of its own."""

    address: str
    database: Path

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """Straight from the file: nothing of the program's own reading stands in between."""
        with closing(sqlite3.connect(self.database)) as connection:
            return connection.execute(sql, values).fetchall()

    def one(self, sql: str, *values: Any) -> Any:
        """The only column of the only row."""
        ((found,),) = self.rows(sql, *values)
        return found

    def change(self, sql: str, *values: Any) -> None:
        with closing(sqlite3.connect(self.database)) as connection:
            connection.execute(sql, values)
            connection.commit()


Serve = Callable[..., Served]
Visit = Callable[..., Person]


@pytest.fixture(scope="session")
def _demo_server(demo_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    database = tmp_path_factory.mktemp("demo") / "clinic.db"
    shutil.copy(demo_file, database)
    with program.serving(database) as address:
        yield Served(address, database)


@pytest.fixture
def demo(_demo_server: Served, demo_file: Path) -> Served:
    """The demo clinic as it was built, whatever the test before has done to it."""
    return _as_built(_demo_server, demo_file)


@pytest.fixture(scope="session")
def _small_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("small") / "built.db"
    small_clinic.build(file, now=datetime.fromisoformat(program.DEMO_NOW))
    return file


@pytest.fixture(scope="session")
def _small_server(_small_file: Path) -> Iterator[Served]:
    """One that sends texts, through a provider that nobody reaches, and with the ASQ in force."""
    database, port = _small_file.with_name("clinic.db"), program.free_port()
    shutil.copy(_small_file, database)
    address = f"http://{program.HOST}:{port}"
    settings = {"MINDSPA_PUBLIC_URL": address, **settings_for(no_provider())}
    screen = "tests.signed_screen"
    with program.serving(database, port=port, environment=settings, module=screen):
        yield Served(address, database)


@pytest.fixture
def small(_small_server: Served, _small_file: Path) -> Served:
    """The clinics in which little is known yet, as they were built."""
    return _as_built(_small_server, _small_file)


def _as_built(served: Served, file: Path) -> Served:
    with (
        closing(sqlite3.connect(file)) as built,
        closing(sqlite3.connect(served.database)) as used,
    ):
        built.backup(used)
    return served


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture
def serve() -> Iterator[Serve]:
    """`serve(database, at=instant)`: a server of the test's own."""
    with ExitStack() as servers:

        def served(database: Path, *, at: datetime) -> Served:
            address = servers.enter_context(program.serving(database, at=at.isoformat()))
            return Served(address, database)

        yield served


@pytest.fixture
def visit(browser: Browser, serve: Serve) -> Iterator[Visit]:
    """People leave before the servers stop.

    `visit(served, phone=True)`: somebody at a browser of their own. At the end nothing may have
    gone wrong in it that the test does not expect."""
    people: list[Person] = []

    def visited(served: Served, *, phone: bool = False, colours: Colours = "light") -> Person:
        person = Person.at(browser, served.address, phone=phone, colours=colours)
        people.append(person)
        return person

    yield visited
    for person in people:
        person.context.close()
    for person in people:
        person.check()
