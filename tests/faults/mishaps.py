"""The program on a machine where things go wrong: `python -m tests.faults.mishaps INSTANT serve …`.

Files of the folder that MISHAPS names say what, while the server runs: `dies` holds the kind of
step, and after how many more of them the process ends; `clock` by how many seconds its clock is
off; while `holds` is there, what commits waits, and says so in `held`. With `impatient` there at
the start, a lock on the database is waited for but a moment.
"""

import os
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from mindspa import bootstrap
from mindspa.__main__ import app
from mindspa.storage import database
from tests.at import clock_from
from tests.faults import steps
from tests.faults.patience import wait_until

DIES, CLOCK, HOLDS, HELD, IMPATIENT = "dies", "clock", "holds", "held", "impatient"
IMPATIENT_MS = 200


def _shifted(clock: Callable[[], datetime], by: Path) -> datetime:
    return clock() + timedelta(seconds=float(by.read_text()) if by.exists() else 0)


def _dies_as_told(told: Path) -> Callable[[str], None]:
    left: list[int] = []

    def reached(kind: str) -> None:
        if not told.exists():
            return
        at, number = told.read_text().split()
        if kind == at:
            left[:] = [(left[0] if left else int(number)) - 1]
            if left[0] < 0:
                told.unlink()
                steps.die()

    return reached


def _holds_as_told(folder: Path) -> Callable[[str], None]:
    def reached(kind: str) -> None:
        if kind == steps.COMMIT and (folder / HOLDS).exists():
            (folder / HELD).touch()
            wait_until(lambda: not (folder / HOLDS).exists())

    return reached


def _start(
    folder: Path, clock: Callable[[], datetime], *arguments: object, **others: object
) -> bootstrap.Runtime:
    runtime = real_start(*arguments, clock=clock, **others)  # type: ignore[arg-type]
    steps.watch(runtime.database.writer, _dies_as_told(folder / DIES))
    steps.watch(runtime.database.writer, _holds_as_told(folder))
    return runtime


if __name__ == "__main__":
    mishaps = Path(os.environ["MISHAPS"])
    if (mishaps / IMPATIENT).exists():
        database.BUSY_TIMEOUT_MS = IMPATIENT_MS
    off = partial(_shifted, clock_from(sys.argv.pop(1)), mishaps / CLOCK)
    real_start = bootstrap.start
    bootstrap.start = partial(_start, mishaps, off)
    app(prog_name="python -m mindspa")
