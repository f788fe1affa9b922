"""A stop that is asked for ends what was begun, closes what is open, and is no failure."""

import signal
import socket
import sqlite3
import subprocess
import threading
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import timedelta
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed

from mindspa.web import server
from tests.client import Tab
from tests.faults.patience import wait_until
from tests.program import HOST, Program
from tests.server.conftest import PATIENT, Started, Visit

PROMPTLY = 15.0  # seconds, on a busy machine


def lines(program: Program) -> list[str]:
    """Plain ones, all of them."""
    said = program.said()
    assert "Traceback" not in said, said
    assert "Exception" not in said, said
    return said.splitlines()


def send(program: Program, number: signal.Signals) -> None:
    assert program.process is not None
    program.process.send_signal(number)


def ended(program: Program, *, within: float = PROMPTLY) -> int:
    assert program.process is not None
    return program.process.wait(timeout=within)


def is_closed(tab: Tab) -> int | None:
    """With which code the server has closed it."""
    with pytest.raises(ConnectionClosed) as closed:
        while True:
            tab.socket.recv(timeout=PROMPTLY)
    return closed.value.rcvd.code if closed.value.rcvd else None


def answers(database: Path) -> list[tuple[int]]:
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return connection.execute("SELECT value FROM given_answers").fetchall()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda number: number.name)
def test_open_pages_are_told_to_come_back(
    started: Started, visit: Visit, number: signal.Signals
) -> None:
    program = started()
    tab = visit(program, PATIENT)
    tab.open("today")
    before = lines(program)
    send(program, number)
    assert is_closed(tab) == 1012  # "service restart"
    assert ended(program) == 0
    assert lines(program) == before
    assert program.answers("/health") is None


@pytest.fixture
def half_way(
    started: Started, visit: Visit, database: Path
) -> Callable[[], tuple[Program, threading.Thread]]:
    """An answer that was given, is written and is not yet committed: that waits for `holds`."""

    def answering() -> tuple[Program, threading.Thread]:
        folder = database.parent
        program = started(module="tests.faults.mishaps", environment={"MISHAPS": str(folder)})
        tab = visit(program, PATIENT)
        tab.open("today")
        tab.press("Start the check-in")
        (folder / "holds").touch()

        def choose() -> None:
            with suppress(ConnectionClosed):
                tab.set("radio", tab.all("radio")[0].label, "A little of the time")

        person = threading.Thread(target=choose)
        person.start()
        wait_until((folder / "held").exists)
        return program, person

    return answering


@pytest.mark.parametrize(
    "numbers",
    [(signal.SIGTERM,), (signal.SIGINT, signal.SIGINT)],
    ids=["once", "ctrl-c-twice"],
)
def test_what_is_being_written_is_written_to_its_end(
    half_way: Callable[[], tuple[Program, threading.Thread]],
    database: Path,
    numbers: tuple[signal.Signals, ...],
) -> None:
    """However often it is asked for: service managers and impatient people ask again."""
    program, person = half_way()
    send(program, numbers[0])
    person.join(PROMPTLY)  # the page is closed: the stop has begun
    assert not person.is_alive()
    for number in numbers[1:]:
        send(program, number)
    with pytest.raises(subprocess.TimeoutExpired):
        ended(program, within=(server.ANSWERED_WITHIN + timedelta(seconds=2)).total_seconds())
    assert answers(database) == []
    (database.parent / "holds").unlink()
    assert ended(program) == 0
    assert answers(database) == [(1,)]
    lines(program)


def test_a_browser_that_stops_in_the_middle_holds_no_stop_up(started: Started) -> None:
    program = started()
    with socket.create_connection((HOST, program.port)) as connection:
        connection.sendall(
            f"POST /sign-in HTTP/1.1\r\nHost: {HOST}:{program.port}\r\n"
            f"Origin: {program.address}\r\nContent-Length: 100\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n\r\nlogin=".encode()
        )
        wait_until(lambda: program.answers("/health") == 200)  # what came before it was read
        send(program, signal.SIGTERM)
        assert ended(program) == 0
    assert "Traceback" not in program.said()
