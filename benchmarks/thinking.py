"""200 patients who answer with time to think: how long the answer to each tap takes.

They arrive one after the other, so that they do not all send at the same time; what happens when
they do is measured in `benchmarks/sending.py`.
"""

import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random

from benchmarks import clinic
from benchmarks.machine import Shares
from benchmarks.people import ANSWER, Seen, Someone, at_work, percentile
from benchmarks.server import PROGRAM, running
from tests.client import Tab

PATIENTS = clinic.IN_WINDOW
THINKING = 5.0  # seconds, on average, before each tap
ARRIVING = 60.0  # seconds, about as long as one of them takes for a check-in
AT_MOST = 250  # milliseconds, of 99 in 100


@dataclass(frozen=True, slots=True)
class Answers:
    """Times from the tap until it is drawn as saved, in seconds; cores used meanwhile."""

    times: Sequence[float]
    seen: Seen
    server_cores: float
    client_cores: float
    other_cores: float

    def printed(self) -> str:
        p50, p95, p99 = (percentile(self.times, percent) for percent in (50, 95, 99))
        return (
            f"{PATIENTS} patients who think for {THINKING:g} s: {len(self.times)} answers, "
            f"p50 {p50:.0f} ms, p95 {p95:.0f} ms, p99 {p99:.0f} ms (at most {AT_MOST}), "
            f"{self.seen.failed} errors. Cores used: server {self.server_cores:.2f}, "
            f"client {self.client_cores:.2f}, others {self.other_cores:.2f}."
        )


def measure(database: Path, *, seconds: float = 60.0) -> Answers:
    """Measured from when the last has arrived."""
    url, seen, over = f"sqlite:///{database}", Seen(), threading.Event()
    runtime = clinic.opened(url, clinic.Clock())
    with running(PROGRAM, url, database.parent) as server, ExitStack() as tabs:
        jobs = []
        for number in range(PATIENTS):
            login = clinic.login_of(number)
            chance = Random(number)  # noqa: S311
            someone = Someone(server.address, login, seen, over, THINKING, chance)
            tab = tabs.enter_context(clinic.signed_in(runtime, server.address, login).tab())
            jobs.append(partial(_check_in_after_check_in, someone, tab))
        runtime.database.dispose()
        with at_work(jobs, seen):
            time.sleep(ARRIVING)
            seen.times()  # are forgotten
            shares = Shares(server.cpu_seconds)
            time.sleep(seconds)
            cores, times = shares.cores(), seen.times()[ANSWER]
            over.set()
    return Answers(times, seen, *cores)


def _check_in_after_check_in(patient: Someone, tab: Tab) -> None:
    patient.over.wait(patient.random.uniform(0, ARRIVING))
    while not patient.over.is_set():
        patient.begin_check_in(tab)
        for _ in patient.answers(tab):
            pass
        patient.think()
        if not patient.over.is_set():
            patient.send(tab)
            patient.think()
