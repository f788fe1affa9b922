"""`demo` and `serve --demo`: what they say, and what they leave alone."""

import socket
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from mindspa import bootstrap
from mindspa.__main__ import app
from mindspa.domain.treatment import Clinic
from mindspa.settings import Settings
from tests import factories
from tests.conftest import NOW


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'clinic.db'}"


def demo(url: str, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["demo", "--db", url, *arguments])


def a_clinic(url: str) -> tuple[bootstrap.Runtime, Clinic]:
    runtime = bootstrap.start(Settings.load({"MINDSPA_DATABASE_URL": url}))
    return runtime, factories.a_clinic(runtime)


def test_a_real_clinic_is_refused(url: str) -> None:
    runtime, _ = a_clinic(url)
    runtime.database.dispose()
    result = demo(url)
    assert result.exit_code == 1
    assert "holds a clinic that is no demo, and is left as it is" in result.stderr


def test_a_real_clinic_needs_no_demo(url: str) -> None:
    runtime, _ = a_clinic(url)
    runtime.database.dispose()
    result = demo(url, "--if-needed")
    assert result.exit_code == 0
    assert "no demo is built" in result.stderr


def test_a_fresh_demo_is_kept(url: str) -> None:
    runtime, clinic = a_clinic(url)
    runtime.accounts.mark_demo(clinic.id, built_at=NOW)
    runtime.database.dispose()
    result = demo(url, "--if-needed", "--now", (NOW + timedelta(hours=11)).isoformat())
    assert result.exit_code == 0
    assert "is kept" in result.stderr


@pytest.mark.parametrize("now", ["yesterday", "2026-06-10T16:00", "2026-13-01T00:00Z"])
def test_an_instant_needs_a_zone(url: str, now: str) -> None:
    result = demo(url, "--now", now)
    assert result.exit_code == 1
    assert "--now" in result.stderr


def test_a_port_that_is_taken() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        result = CliRunner().invoke(app, ["serve", "--port", port])
    assert result.exit_code == 1
    assert f"Port {port} of 127.0.0.1 cannot be used" in result.stderr


def test_help_and_version() -> None:
    for arguments in ([], ["--help"]):
        assert "Outcome tracking" in CliRunner().invoke(app, arguments).output
    for command in ("serve", "demo", "import", "score", "check", "user add"):
        result = CliRunner().invoke(app, [*command.split(), "--help"])
        assert result.exit_code == 0
        assert "Usage:" in result.stdout
    assert "Mind Spa Outcomes" in CliRunner().invoke(app, ["--version"]).stdout
