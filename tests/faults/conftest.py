"""A real server over a test's database, and a patient who answers through it."""

import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from mindspa import bootstrap
from mindspa.bootstrap import Runtime
from mindspa.domain.access import Actor
from mindspa.domain.definitions import Definitions
from mindspa.domain.treatment import Clinic
from mindspa.settings import Settings
from mindspa.storage.database import Database
from tests.accounts import PASSWORD
from tests.client import Browser, Tab
from tests.conftest import Clock, a_copy_of_the_template
from tests.factories import a_clinic
from tests.faults.patience import wait_until
from tests.faults.people import a_person
from tests.program import Program


class Visitor(Browser):
    """Whose connections end with the test."""

    def __init__(self, address: str, until: ExitStack) -> None:
        super().__init__(address)
        self._until = until
        until.callback(self.http.close)

    def tab(self, *, resumes: str = "") -> Tab:
        tab = super().tab(resumes=resumes)
        self._until.callback(lambda: tab.socket.close())
        return tab


@dataclass(frozen=True, slots=True)
class Server:
    """The program, and the folder in which it is told what goes wrong."""

    program: Program
    mishaps: Path
    until: ExitStack

    def will_die(self, at: str, after: int = 0) -> None:
        (self.mishaps / "dies").write_text(f"{at} {after}")

    def is_impatient(self) -> None:
        """From its next start on."""
        (self.mishaps / "impatient").touch()

    def clock_is_off_by(self, seconds: float) -> None:
        (self.mishaps / "clock").write_text(str(seconds))

    @contextmanager
    def commits_are_held(self) -> Iterator[None]:
        (self.mishaps / "held").unlink(missing_ok=True)
        (self.mishaps / "holds").touch()
        try:
            yield
        finally:
            (self.mishaps / "holds").unlink()

    def wait_until_held(self) -> None:
        wait_until((self.mishaps / "held").exists)

    def is_dead(self) -> bool:
        assert self.program.process is not None
        return self.program.process.wait(timeout=30) != 0

    def visitor(self) -> Visitor:
        return Visitor(self.program.address, self.until)

    def browser(self, login: str = "pat") -> Visitor:
        found = self.visitor()
        found.sign_in(login, PASSWORD)
        return found


def address_of(database: Database) -> str:
    """As it stands in the settings."""
    url = database.url.set(drivername=database.url.get_backend_name())
    return url.render_as_string(hide_password=False)


def a_program(database: Database, folder: Path) -> Program:
    """That is told in `folder` what goes wrong."""
    return Program(
        address_of(database),
        folder / "log",
        environment={"MISHAPS": str(folder)},
        module="tests.faults.mishaps",
    )


def assert_plain(program: Program) -> None:
    """Whatever went wrong, no error escaped into the log."""
    said = program.said()
    assert "Traceback" not in said, said
    assert "(reference " not in said, said


MakeServer = Callable[[], Server]


@pytest.fixture
def make_server(runtime: Runtime, tmp_path: Path) -> Iterator[MakeServer]:
    """Servers over the test's database, to be started by the test. What their log holds in the end
    is plain lines."""
    made: list[Server] = []
    until = ExitStack()

    def make() -> Server:
        folder = tmp_path / f"server {len(made)}"
        folder.mkdir()
        made.append(Server(a_program(runtime.database, folder), folder, until))
        return made[-1]

    runtime.database.dispose()
    with until:
        yield make
    for server in made:
        if server.program.process is not None:
            server.program.stop()
            assert_plain(server.program)


@pytest.fixture
def server(make_server: MakeServer, person: Actor) -> Server:
    found = make_server()
    found.program.start()
    return found


@pytest.fixture
def person(runtime: Runtime) -> Actor:
    """Signs in as "pat"; a pulse is due."""
    return a_person(runtime, a_clinic(runtime))


@dataclass(frozen=True, slots=True)
class Shared:
    """A server that no test ends, and a Runtime over its database."""

    server: Server
    runtime: Runtime
    clinic: Clinic

    def newcomer(self) -> tuple[Actor, Visitor]:
        """Whose pulse is due, signed in."""
        login = f"pat{secrets.token_hex(4)}"
        return a_person(self.runtime, self.clinic, login), self.server.browser(login)


@pytest.fixture(
    scope="session", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
)
def shared(
    request: pytest.FixtureRequest,
    definitions: Definitions,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Shared]:
    """One for all tests that leave it running: starting takes longer than most of them."""
    folder = tmp_path_factory.mktemp("shared")
    if request.param == "sqlite":
        address = f"sqlite:///{folder / 'mindspa.db'}"
        shutil.copy(request.getfixturevalue("_sqlite_template"), folder / "mindspa.db")
    else:
        address = a_copy_of_the_template(request.getfixturevalue("postgres_server"))
    settings, database = Settings.load({}), Database(address)
    accounts = bootstrap.accounts_of(settings, database)
    runtime = Runtime(settings, database, definitions, accounts, clock=Clock())
    clinic = a_clinic(runtime)
    with ExitStack() as until:
        server = Server(a_program(database, folder), folder, until)
        server.program.start()
        yield Shared(server, runtime, clinic)
    server.program.stop()
    assert_plain(server.program)
    database.dispose()


def start_check_in(browser: Browser) -> Tab:
    tab = browser.tab()
    tab.open("today")
    labels = {button.label for button in tab.all("button")}
    tab.press("Go on with it" if "Go on with it" in labels else "Start the check-in")
    return tab


def question(tab: Tab, number: int) -> str:
    """Its label."""
    return next(r.label for r in tab.all("radio") if r.label.startswith(f"{number} · "))


def choose(tab: Tab, number: int, words: str) -> None:
    tab.set("radio", question(tab, number), words)


def chosen(tab: Tab, number: int) -> str | None:
    """What the page shows as chosen; None for nothing."""
    radio = tab.one("radio", question(tab, number)).content
    return str(radio.raw_value) if radio.HasField("raw_value") else None


def progress(tab: Tab) -> str:
    """What the page says of how much is saved."""
    return str(tab.all("progress")[0].content.text)
