"""`user`, `demo`, `serve` and `check` under any option that a terminal can hand over."""

import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mindspa.commands import demo as demo_command
from mindspa.domain.access import Role
from mindspa.services import manage_people
from mindspa.settings import Settings
from mindspa.web import server
from tests.accounts import CHEAP_HASH
from tests.fuzz.command import rows_of, run
from tests.fuzz.odd import fuzzed, instants, texts, whole_numbers

# What the operating system can hand to a program.
arguments = texts.filter(lambda text: "\x00" not in text)
often = st.one_of(arguments, arguments)


@pytest.fixture
def _cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manage_people, "hash_password", lambda _password: CHEAP_HASH)


@pytest.fixture(scope="module")
def empty_clinic(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("fuzz") / "clinic.db"
    account = ["--login", "ada", "--name", "Ada", "--role", "administrator"]
    clinic = ["--clinic-name", "One", "--zone", "America/New_York", "--country", "US"]
    run("user", "add", "--db", f"sqlite:///{path}", *account, *clinic)
    return path


def or_right(right: str) -> st.SearchStrategy[str]:
    return st.one_of(st.just(right), arguments)


RIGHT: dict[str, Any] = {
    "login": "cyd@example.org",
    "name": "Cyd Example",
    "role": "administrator",
    "patient": None,
    "clinic": None,
    "clinic_name": "Cedar",
    "zone": "Europe/Berlin",
    "country": "us",
    "phone": "555-0100",
    "hours": "Mon-Fri 9-17",
}


@pytest.mark.usefixtures("_cheap_hashes")
@fuzzed(40)
@given(
    login=or_right("cyd@example.org"),
    name=or_right("Cyd Example"),
    role=or_right("clinician"),
    patient=st.none() | arguments,
    clinic=st.none() | arguments,
    clinic_name=st.none() | or_right("Cedar"),
    zone=or_right("Europe/Berlin"),
    country=or_right("us"),
    phone=or_right("555-0100"),
    hours=or_right("Mon-Fri 9-17"),
)
@example(**RIGHT)
@example(**RIGHT | {"clinic_name": "\x1b[31mCedar"})
@example(**RIGHT | {"phone": "\x1b[31m5"})
@example(**RIGHT | {"hours": "\udcff"})
def test_any_account_and_clinic(
    empty_clinic: Path,
    tmp_path: Path,
    login: str,
    name: str,
    role: str,
    patient: str | None,
    clinic: str | None,
    clinic_name: str | None,
    **of_clinic: str,
) -> None:
    database = tmp_path / "clinic.db"
    shutil.copy(empty_clinic, database)
    given_ = {"login": login, "name": name, "role": role, **of_clinic}
    optional = {"patient": patient, "clinic": clinic, "clinic-name": clinic_name}
    given_ |= {option: value for option, value in optional.items() if value is not None}
    before = rows_of(database)
    result = run(
        *("user", "add", f"--db=sqlite:///{database}"),
        *(f"--{option}={value}" for option, value in given_.items()),
    )
    after = rows_of(database)
    if result.exit_code:
        assert after == before
        return
    assert len(after["people"]) == len(before["people"]) + 1
    for row in (*after["people"], *after["clinics"]):
        assert all(one.decode().isprintable() for one in row if isinstance(one, bytes))
    assert role in set(Role)


@fuzzed(60)
@given(or_right("1"), arguments | instants.map(str) | st.dates().map(str), st.booleans())
@example("1", "0001-01-01T00:00+14:00", False)
@example("1", "9999-12-31T23:59-12:00", False)
def test_any_demo(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, seed: str, now: str, if_needed: bool
) -> None:
    """Building it is tested elsewhere, and takes a minute: what it would be built with is kept."""
    asked: list[datetime] = []

    def build(settings: Settings, *, seed: int, now: datetime) -> None:
        asked.append(now)

    monkeypatch.setattr(demo_command, "build", build)
    result = run(
        *("demo", f"--seed={seed}", f"--now={now}", f"--db=sqlite:///{tmp_path / 'demo.db'}"),
        *(["--if-needed"] if if_needed else []),
    )
    assert (result.exit_code == 0) == bool(asked)
    assert all(2000 <= now.year <= 2100 for now in asked)


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[tuple[str, int]]:
    """Where a server was about to listen, in place of the server."""
    asked: list[tuple[str, int]] = []

    def serve(*, address: str, port: int) -> None:
        asked.append((address, port))

    monkeypatch.setattr(server, "serve", serve)
    monkeypatch.setenv("MINDSPA_DATABASE_URL", f"sqlite:///{tmp_path / 'clinic.db'}")
    return asked


@fuzzed(60)
@given(st.just("127.0.0.1") | arguments, whole_numbers.map(str) | arguments)
@example("", "8501")
@example("x" * 300, "8501")
@example("..", "8501")
@example("\udcff", "8501")
def test_any_address_and_port(served: list[tuple[str, int]], address: str, port: str) -> None:
    served.clear()
    result = run("serve", f"--address={address}", f"--port={port}")
    assert (result.exit_code == 0) == bool(served)
    assert all(address for address, _ in served), "listening everywhere is never meant by nothing"


URLS = [
    *("sqlite:///{}/a.db?timeout=abc", "sqlite:///{}/a.db?uri=true&mode=ro", "sqlite:///{}"),
    *("sqlite:///{}/\udcff.db", "sqlite:///{}/" + "x" * 300, "sqlite:////proc/nothing/a.db"),
    *("sqlite:///{}/a.db?check_same_thread=x", "sqlite:///{}/a.db?cached_statements=-1e9"),
    *("postgresql://127.0.0.1:1/none", "postgresql://127.0.0.1:1/none?connect_timeout=abc"),
    *("postgresql://127.0.0.1:99999/none", "postgresql://[::1/none", "postgresql:///?host=%00"),
    *("postgresql://127.0.0.1:1/x?sslmode=odd", "postgresql://127.0.0.1:1/x?nothing=1"),
    *("postgresql+psycopg://127.0.0.1:1/x", "postgresql://a:b@c@127.0.0.1:1/x", "sqlite:///"),
    *("sqlite:///:memory:", "sqlite:///file:x?mode=memory", "mysql://x", "sqlite://", ":"),
]


@fuzzed(60)
@given(st.one_of(arguments, st.sampled_from(URLS), arguments.map("sqlite:///{{}}/{}".format)))
@pytest.mark.parametrize("command", ["check"])
def test_any_database_address(tmp_path: Path, command: str, url: str) -> None:
    run(command, f"--db={url.replace('{}', str(tmp_path / 'folder'))}")


@pytest.mark.parametrize("url", URLS)
def test_an_odd_database_address_is_said_in_a_sentence(tmp_path: Path, url: str) -> None:
    run("check", f"--db={url.replace('{}', str(tmp_path / 'folder'))}")


@fuzzed(25)
@given(st.binary(max_size=200), st.sampled_from(["check", "user"]))
@example(b"SQLite format 3\x00" + b"\x00" * 84, "check")
def test_any_file_as_a_database(tmp_path: Path, content: bytes, command: str) -> None:
    path = tmp_path / "clinic.db"
    path.write_bytes(content)
    more = ["add", "--login=cyd", "--name=Cyd", "--role=clinician"] if command == "user" else []
    result = run(command, *more, f"--db=sqlite:///{path}")
    if len(content) > 1 and content.strip(b"\x00"):  # SQLite takes a single byte for an empty file
        assert result.exit_code == 1
        assert path.read_bytes() == content
