"""What the server is set to is in force in its process, and not only written in a file."""

import json
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.client import Tab
from tests.faults.patience import wait_until
from tests.program import Program
from tests.server.conftest import CLINICIAN, Started, Visit

Facts = Callable[[], dict[str, Any]]


@pytest.fixture
def program(started: Started) -> Program:
    return started(module="tests.server.tells")


@pytest.fixture
def facts(program: Program, database: Path) -> Facts:
    def told() -> dict[str, Any]:
        (file := database.parent / "facts.json").unlink(missing_ok=True)
        assert program.process is not None
        program.process.send_signal(signal.SIGUSR1)
        wait_until(file.exists)
        found: dict[str, Any] = json.loads(file.read_text())
        return found

    return told


@pytest.fixture
def tab(program: Program, visit: Visit) -> Tab:
    tab = visit(program, CLINICIAN)
    tab.open("patients")
    return tab


def test_the_process_as_it_serves(facts: Facts, tab: Tab) -> None:
    before = facts()
    for _ in range(20):
        tab.rerun()
    after = facts()

    # A message leaves at once: waiting for a fuller packet takes 40 ms a rerun.
    assert after["loop"].startswith("uvloop")
    assert after["without_delay"]
    assert all(after["without_delay"])

    # What is loaded is not looked at again, and no run is followed by a full collection.
    assert after["loaded"] == ["mindspa.charts.timeline", "pandas", "plotly"]
    assert after["frozen"] > 100_000
    assert after["collector_on"]
    assert after["full_collections"] - before["full_collections"] <= 2

    # The look is not worked out anew for each run.
    assert after["look"] == "mindspa.web.theme"

    assert after["options"] == {
        "browser.gatherUsageStats": False,
        "client.showErrorDetails": "none",
        "logger.enableRich": False,
        "runner.postScriptGC": False,
        "server.address": "127.0.0.1",
        "server.allowedHosts": ["127.0.0.1", "::1", "localhost"],
        "server.enableStaticServing": False,
        "server.fileWatcherType": "none",
    }
