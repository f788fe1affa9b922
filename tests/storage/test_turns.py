"""Who writes next to a SQLite file: first come, first served."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from mindspa.domain.errors import DatabaseUnusable
from mindspa.storage.database import Database
from mindspa.storage.turns import Turns

PATIENT = 30.0  # seconds


def wait_until(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENT
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.001)


def test_turns_come_in_the_order_of_asking() -> None:
    turns, came = Turns(), []
    threads = []

    def write(name: int) -> None:
        with turns.turn(patience=PATIENT):
            came.append(name)

    with turns.turn(patience=PATIENT):
        for name in range(5):
            threads.append(threading.Thread(target=write, args=(name,)))
            threads[-1].start()
            wait_until(lambda: len(turns) == len(threads) + 1)
    for thread in threads:
        thread.join()
    assert came == list(range(5))
    assert len(turns) == 0


def test_whoever_waited_too_long_gives_the_place_up() -> None:
    turns = Turns()
    with turns.turn(patience=PATIENT):
        with pytest.raises(DatabaseUnusable, match="busy"), turns.turn(patience=0.01):
            raise AssertionError("it was not this one's turn")
        assert len(turns) == 1
    with turns.turn(patience=0.01):
        pass


def test_a_unit_that_fails_hands_on_its_turn() -> None:
    turns = Turns()
    with pytest.raises(ZeroDivisionError), turns.turn(patience=PATIENT):
        raise ZeroDivisionError
    with turns.turn(patience=0.01):
        pass


def test_who_writes_again_and_again_does_not_keep_another_from_it(tmp_path: Path) -> None:
    database, wrote = Database(f"sqlite:///{tmp_path}/turns.db"), []

    def write_once() -> None:
        with database.writing():
            wrote.append("another")

    another = threading.Thread(target=write_once)
    with database.writing():
        another.start()
        wait_until(lambda: len(database.turns) == 2)
    with database.writing():
        wrote.append("the same again")
    another.join()
    database.dispose()
    assert wrote == ["another", "the same again"]
