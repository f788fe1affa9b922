"""A small clinic in a file, and the program as a process over a copy of it."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from mindspa import bootstrap
from mindspa.domain.access import Role
from mindspa.settings import Settings
from tests import factories
from tests.accounts import PASSWORD, an_account
from tests.client import Browser, Tab
from tests.conftest import NOW
from tests.program import Program

CLINICIAN, PATIENT = "ana", "pat"
AT = NOW.isoformat()
Started = Callable[..., Program]
Browse = Callable[[Program, str], Browser]
Visit = Callable[[Program, str], Tab]


@pytest.fixture(scope="session")
def clinic_file(_sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clinician, and a patient who had an infusion yesterday and is asked how it went."""
    path = tmp_path_factory.mktemp("small") / "clinic.db"
    shutil.copy(_sqlite_template, path)
    settings = Settings.load({"MINDSPA_DATABASE_URL": f"sqlite:///{path}"})
    runtime = bootstrap.start(settings, clock=lambda: NOW)
    try:
        clinic = factories.a_clinic(runtime)
        an_account(runtime, clinic, CLINICIAN)
        pat = factories.a_patient(runtime, clinic, "Pat Example")
        an_account(runtime, clinic, PATIENT, name=pat.name, role=Role.PATIENT, patient_id=pat.id)
        course = factories.an_induction(
            runtime, clinic, pat, starts_at=NOW - timedelta(days=1, hours=2)
        )
        factories.an_infusion(runtime, clinic, course, starts_at=NOW - timedelta(days=1, hours=2))
        for days in (30, 20, 10):
            at = NOW - timedelta(days=days)
            factories.a_stored_form(runtime, clinic, pat, "phq9", at=at, each=2, _9=0)
    finally:
        runtime.database.dispose()
    return path


@pytest.fixture
def database(clinic_file: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(clinic_file, tmp_path / "clinic.db"))


@pytest.fixture
def started(database: Path) -> Iterator[Started]:
    """`started(module=…)`: a server over the small clinic; ended with the test, however it is."""
    running: list[Program] = []

    def start(**more: object) -> Program:
        log = database.with_suffix(f".{len(running)}.log")
        program = Program(f"sqlite:///{database}", log, AT, **more)  # type: ignore[arg-type]
        running.append(program)
        program.start()
        return program

    yield start
    for program in running:
        program.kill()


@pytest.fixture
def browse() -> Iterator[Browse]:
    """`browse(program, login)`: somebody who has signed in."""
    with ExitStack() as left:

        def browsed(program: Program, login: str) -> Browser:
            browser = Browser(program.address)
            left.enter_context(browser.http)
            browser.sign_in(login, PASSWORD)
            return browser

        yield browsed


@pytest.fixture
def visit(browse: Browse) -> Iterator[Visit]:
    """`visit(program, login)`: the same, at a tab."""
    with ExitStack() as left:
        yield lambda program, login: left.enter_context(browse(program, login).tab())
