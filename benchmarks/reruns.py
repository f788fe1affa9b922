"""What each page costs a rerun: the server's CPU, its queries and the bytes on the wire."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median

from benchmarks.server import ONE_LINE, PROGRAM, Server, running
from benchmarks.steps import Start
from mindspa.services.demo_accounts import PASSWORD
from tests.client import Browser, Tab

WARM_UP = 3  # reruns that are not measured
SETTLE = 0.1  # seconds, for what a run leaves to be done after it


@dataclass(slots=True)
class Row:
    """One line of the table. `login`: whose in a round of that number, nobody's for the one-line
    script. `over`: the row that it is compared with, `at_most`: so many times."""

    name: str
    login: Callable[[int], str] | None
    start: Start
    over: str | None
    at_most: float | None = None
    reruns: int = 40
    rounds: list["Measured"] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Measured:
    """Of one rerun."""

    cpu_ms: float
    ratio: float | None  # over the other row in the same round
    queries: float
    kilobytes: float


def measure(table: list[Row], database: Path, *, rounds: int) -> None:
    """Fills the rows. Every round goes through all of them, so that what the machine does beside
    falls on all alike; ratios are of one round."""
    url = f"sqlite:///{database}"
    with (
        running(PROGRAM, url, database.parent) as program,
        running(ONE_LINE, url, database.parent) as one_line,
    ):
        browsers: dict[str, Browser] = {}
        for round_number in range(rounds):
            cpu: dict[str, float] = {}
            for row in table:
                if row.login is None:
                    measured, browser = one_line, Browser(one_line.address)
                else:
                    measured, login = program, row.login(round_number)
                    if login not in browsers:
                        browsers[login] = Browser(program.address)
                        browsers[login].sign_in(login, PASSWORD)
                    browser = browsers[login]
                with browser.tab() as tab:
                    found = cost(row, tab, measured)
                cpu[row.name] = found.cpu_ms
                ratio = found.cpu_ms / cpu[row.over] if row.over in cpu else None
                row.rounds.append(replace(found, ratio=ratio))


def cost(row: Row, tab: Tab, measured: Server) -> Measured:
    """Of one row in one round; its ratio is for the caller to say."""
    rerun = row.start(tab)
    for _ in range(WARM_UP):
        rerun()
    time.sleep(SETTLE)
    cpu, queries, size = measured.cpu_seconds(), measured.queries(), 0
    for _ in range(row.reruns):
        size += rerun().size
        if errors := tab.refusals():
            raise RuntimeError(f"{row.name}: the page shows an error: {errors[0]}")
    time.sleep(SETTLE)
    return Measured(
        cpu_ms=(measured.cpu_seconds() - cpu) / row.reruns * 1000,
        ratio=None,
        queries=(measured.queries() - queries) / row.reruns,
        kilobytes=size / row.reruns / 1000,
    )


def printed(table: list[Row]) -> Iterator[str]:
    """A Markdown table; the figures are medians of the rounds, with the range of the ratio."""
    yield "| Page | CPU ms | times | over | at most | queries | kB sent |"
    yield "|---|--:|--:|---|--:|--:|--:|"
    for row in table:
        ratios = sorted(found.ratio for found in row.rounds if found.ratio is not None)
        times = f"{median(ratios):.1f} ({ratios[0]:.1f}-{ratios[-1]:.1f})" if ratios else ""
        cells = (
            row.name,
            f"{median(found.cpu_ms for found in row.rounds):.1f}",
            times,
            row.over or "",
            f"{row.at_most:g}" if row.at_most else "",
            f"{median(found.queries for found in row.rounds):.0f}",
            f"{median(found.kilobytes for found in row.rounds):.1f}",
        )
        yield f"| {' | '.join(cells)} |"
