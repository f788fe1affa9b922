"""What each page costs a rerun: the server's CPU, its queries and the bytes on the wire."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from statistics import median

from benchmarks.clinic import login_of
from benchmarks.server import ONE_LINE, PROGRAM, Server, running
from mindspa.services.demo_accounts import CARE_TEAM, CLINICIAN, MID_COURSE, PASSWORD
from tests.client import Browser, Run, Tab

Rerun = Callable[[], Run]

WARM_UP = 3  # reruns that are not measured
SETTLE = 0.1  # seconds, for what a run leaves to be done after it
FLOOR, EMPTY = "one-line script", "empty page"  # what others are compared with


@dataclass(slots=True)
class Row:
    """One line of the table. `start` opens the page in a tab and gives what reruns it; it is told
    the number of the round. `login`: nobody's for the one-line script. `at_most`: times `over`."""

    name: str
    login: Callable[[int], str] | None
    start: Callable[[Tab, int], Rerun]
    over: str | None = EMPTY
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


def rows(patients: Iterable[str]) -> list[Row]:
    """`patients` are ids of long records. What a row is compared with stands before it."""
    ids = list(patients)
    return [
        Row(FLOOR, None, _page(""), over=None),
        Row(EMPTY, _always(CLINICIAN.login), _page("empty"), over=FLOOR, at_most=2),
        Row("today", _always(MID_COURSE.login), _page("")),
        Row("check-in", login_of, _check_in, at_most=3),
        Row("one saved answer", login_of, _saved_answer, at_most=3, reruns=24),
        Row("my progress", _always(MID_COURSE.login), _page("my_progress")),
        Row("patients", _always(CLINICIAN.login), _page("patients")),
        Row("patient, first look", _always(CLINICIAN.login), _first_looks(ids), at_most=12),
        Row("patient, again", _always(CLINICIAN.login), _page("patient", id=ids[0]), at_most=5),
        Row("follow-up, first look", _always(CARE_TEAM.login), _reloads, reruns=24),
        Row("follow-up, again", _always(CARE_TEAM.login), _page(""), at_most=5),
    ]


def _always(login: str) -> Callable[[int], str]:
    return lambda _: login


def _page(name: str, **query: str) -> Callable[[Tab, int], Rerun]:
    def start(tab: Tab, _round: int) -> Rerun:
        tab.open(name, **query)
        return tab.rerun

    return start


def _reloads(tab: Tab, _round: int) -> Rerun:
    """Of the page where this person lands: in a new session nothing is kept."""
    tab.open("")
    return tab.reload


def _check_in(tab: Tab, _round: int) -> Rerun:
    tab.open("")
    begun = any(button.label == "Go on with it" for button in tab.all("button"))
    tab.press("Go on with it" if begun else "Start the check-in")
    return tab.rerun


def _saved_answer(tab: Tab, round_number: int) -> Rerun:
    """Goes through the questions and back to the first, choosing another option each time."""
    _check_in(tab, round_number)
    choices = _choices(tab)
    return lambda: tab.set("radio", *next(choices))


def _choices(tab: Tab) -> Iterator[tuple[str, str]]:
    """Of the scored questions: no answer that raises an alert."""
    questions = tab.all("radio")[:4]
    for step in cycle(range(12)):
        question = questions[step % len(questions)].content
        yield question.label, question.options[1 + step // len(questions) % 3 - 1]


def _first_looks(patients: list[str]) -> Callable[[Tab, int], Rerun]:
    """Several in turn, more than the server or the browser keep a figure of."""

    def start(tab: Tab, _round: int) -> Rerun:
        turn = cycle(patients)
        tab.open("patient", id=next(turn))
        return lambda: tab.open("patient", id=next(turn))

    return start


def measure(table: list[Row], database: Path, *, rounds: int) -> None:
    """Fills the rows. Every round goes through all of them, so that what the machine does beside
    falls on all alike; ratios are of one round."""
    with (
        running(PROGRAM, database) as program,
        running(ONE_LINE, database) as one_line,
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
                    cost = _cost(row, tab, measured, round_number)
                cpu[row.name] = cost.cpu_ms
                ratio = cost.cpu_ms / cpu[row.over] if row.over in cpu else None
                row.rounds.append(Measured(cost.cpu_ms, ratio, cost.queries, cost.kilobytes))


def _cost(row: Row, tab: Tab, measured: Server, round_number: int) -> Measured:
    rerun = row.start(tab, round_number)
    for _ in range(WARM_UP):
        rerun()
    time.sleep(SETTLE)
    cpu, queries, size = measured.cpu_seconds(), measured.queries(), 0
    for _ in range(row.reruns):
        size += rerun().size
        if errors := tab.errors():
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
