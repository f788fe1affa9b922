"""Runs a second with 50 sessions at once, over the same program on Streamlit's default settings."""

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from itertools import product
from pathlib import Path
from statistics import median

from benchmarks import clinic, steps
from benchmarks.machine import Shares
from benchmarks.people import Seen, at_work
from benchmarks.server import ON_DEFAULTS, PROGRAM, Server, running
from benchmarks.steps import Rerun, Start
from tests.client import Tab

SESSIONS = 50
AT_LEAST = 5  # times as many on the program as on the defaults
LOADS: Mapping[str, Start] = {
    "check-in page": lambda tab: tab.rerun,
    "saved answers": steps.choosing,
}


@dataclass(frozen=True, slots=True)
class Measured:
    """One load on one server in one round. Cores are those that each used meanwhile."""

    load: str
    server: str
    per_second: float
    cpu_ms: float  # of the server, of one run
    server_cores: float
    client_cores: float
    other_cores: float


def measure(database: Path, *, rounds: int, seconds: float = 20.0) -> list[Measured]:
    """The two servers take turns, over the same clinic; each has its sessions all the while, on
    the page of a check-in."""
    found, url = [], f"sqlite:///{database}"
    runtime = clinic.opened(url, clinic.Clock())
    with ExitStack() as stack:
        servers = {
            name: stack.enter_context(running(name, url, database.parent))
            for name in (ON_DEFAULTS, PROGRAM)
        }
        tabs: dict[str, list[Tab]] = {name: [] for name in servers}
        for number, (name, server) in product(range(SESSIONS), servers.items()):
            browser = clinic.signed_in(runtime, server.address, clinic.login_of(number))
            tabs[name].append(stack.enter_context(browser.tab()))
            steps.check_in(tabs[name][-1])
        runtime.database.dispose()
        for _, (load, start), (name, server) in product(
            range(rounds), LOADS.items(), servers.items()
        ):
            reruns = [start(tab) for tab in tabs[name]]
            found.append(_rate(load, name, server, reruns, seconds))
    return found


def _rate(
    load: str, name: str, server: Server, reruns: Sequence[Rerun], seconds: float
) -> Measured:
    """All of them as fast as they can: on the defaults, one run of each takes as long as this."""
    counts, over, seen = [0] * len(reruns), threading.Event(), Seen()

    def again_and_again(number: int) -> None:
        while not over.is_set():
            reruns[number]()
            counts[number] += 1

    with at_work((partial(again_and_again, number) for number in range(len(reruns))), seen):
        shares, started, cpu = Shares(server.cpu_seconds), time.monotonic(), server.cpu_seconds()
        time.sleep(seconds)
        passed, cores = time.monotonic() - started, shares.cores()
        done, cpu = sum(counts), server.cpu_seconds() - cpu
        over.set()
    if seen.failed:
        raise RuntimeError(f"{load} on {name}: {seen.errors[0]}")
    return Measured(load, name, done / passed, cpu / done * 1000, *cores)


def printed(found: Sequence[Measured]) -> Iterator[str]:
    """A Markdown table; figures are medians of the rounds, times those of one round."""
    yield "| 50 sessions | server | runs a second | times | CPU ms | cores: own, client, others |"
    yield "|---|---|--:|--:|--:|--:|"
    for load in LOADS:
        base, own = (
            [one for one in found if (one.load, one.server) == (load, name)]
            for name in (ON_DEFAULTS, PROGRAM)
        )
        times = sorted(a.per_second / b.per_second for a, b in zip(own, base, strict=True))
        yield _line(base, "")
        yield _line(own, f"{median(times):.1f} ({times[0]:.1f}-{times[-1]:.1f})")


def _line(rounds: Sequence[Measured], times: str) -> str:
    cores = [
        median(column)
        for column in zip(
            *((one.server_cores, one.client_cores, one.other_cores) for one in rounds), strict=True
        )
    ]
    cells = (
        rounds[0].load,
        rounds[0].server,
        f"{median(one.per_second for one in rounds):.1f}",
        times,
        f"{median(one.cpu_ms for one in rounds):.1f}",
        ", ".join(f"{used:.2f}" for used in cores),
    )
    return f"| {' | '.join(cells)} |"
