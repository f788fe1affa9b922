"""A page as a person uses it: through the frame, over a real database, with a live session."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from mindspa import bootstrap
from mindspa.bootstrap import Runtime
from mindspa.domain.access import Actor
from mindspa.settings import PROJECT_ROOT
from mindspa.storage.database import Database
from mindspa.ui import menu

OpenPage = Callable[..., AppTest]
FRAME = PROJECT_ROOT / "mindspa" / "ui" / "frame.py"


@pytest.fixture
def database(_sqlite_template: Path, tmp_path: Path) -> Iterator[Database]:
    """On one engine: what differs between the two is below the services, and tested there."""
    path = tmp_path / "mindspa.db"
    shutil.copy(_sqlite_template, path)
    found = Database(f"sqlite:///{path}")
    yield found
    found.dispose()


@pytest.fixture
def open_page(runtime: Runtime) -> OpenPage:
    """`open_page(actor, "patient", id=…)`: the page by its name, for somebody who is signed in, or
    for nobody (None)."""

    def opened(actor: Actor | None, name: str, **query: str) -> AppTest:
        token = sign_in(runtime, actor) if actor else None
        bootstrap.install(replace(runtime, visitor_token=lambda: token))
        page = AppTest.from_file(str(FRAME), default_timeout=30)
        for key, value in query.items():
            page.query_params[key] = value
        return page.switch_page(menu.path_of(name)).run()

    return opened


def sign_in(runtime: Runtime, actor: Actor) -> str:
    person = runtime.accounts.account_of(actor.id, clinic_id=actor.clinic_id).person
    tried = runtime.accounts.begin_try(
        person.login, address="127.0.0.1", devices=(), now=runtime.clock()
    )
    return runtime.accounts.enter(person, after=tried, now=runtime.clock()).token
