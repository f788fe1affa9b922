"""What a page costs in a browser: the time until it is drawn, and the bytes on the wire."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from benchmarks import bare_browser, clinic, steps
from benchmarks.server import PROGRAM, running
from mindspa.bootstrap import Runtime
from mindspa.services.demo_accounts import CLINICIAN
from tests.browser.chromium import SETTLED

WARM_LOADS = 3  # in each round, after the cold one
MEGABYTE = 1_000_000

# The time, once the script has run, nothing is still to be loaded and what is wanted is there.
_DRAWN = """() => %s.every(selector => document.querySelector(selector))
  && !document.querySelector('[data-testid="stSkeleton"]')
  && performance.now()"""


@dataclass(slots=True)
class Page:
    """`wanted`: what must be there before it counts as drawn. Limits: times the empty page, and
    megabytes at the first load."""

    name: str
    login: str
    path: str
    wanted: list[str]
    warm_at_most: float | None = None
    cold_at_most: float | None = None
    megabytes_at_most: float | None = None
    cold: list[float] = field(default_factory=list)  # milliseconds
    warm: list[float] = field(default_factory=list)
    megabytes: list[float] = field(default_factory=list)


def measure(database: Path, *, rounds: int) -> list[Page]:
    """The empty page first, which the others are compared with; all in turn in every round."""
    url = f"sqlite:///{database}"
    runtime = clinic.opened(url, clinic.Clock())
    with running(PROGRAM, url, database.parent) as server:
        cookies = {
            login: clinic.signed_in(runtime, server.address, login).http.cookies
            for login in (CLINICIAN.login, clinic.login_of(0))
        }
        pages = _pages(clinic.longest_records(runtime, 1)[0], _begun(runtime, server.address))
        runtime.database.dispose()
        for _ in range(rounds):
            for page in pages:
                with bare_browser.browser() as browser:
                    browser.set_cookies(server.address, cookies[page.login])
                    _load(page, browser, server.address)
    return pages


def _pages(record: str, check_in: str) -> list[Page]:
    banner = '[data-testid="stAlert"]'
    points = ".js-plotly-plot .scatterlayer .points path"
    table = '[data-testid="stDataFrame"] canvas'
    answers = "input[type=radio]"
    return [
        Page("empty page", CLINICIAN.login, "/empty", [banner]),
        Page("patient", CLINICIAN.login, f"/patient?id={record}", [points, table], 2, 2.5, 2.3),
        Page(
            "check-in",
            clinic.login_of(0),
            f"/check_in?{check_in}",
            [answers],
            megabytes_at_most=1.05,
        ),
    ]


def _begun(runtime: Runtime, address: str) -> str:
    """What follows the question mark in the address of a check-in to answer."""
    with clinic.signed_in(runtime, address, clinic.login_of(0)).tab() as tab:
        steps.check_in(tab)
        return tab.query


def _load(page: Page, browser: bare_browser.Bare, address: str) -> None:
    """Once with nothing in the cache, then again in new tabs."""
    drawn = _DRAWN % json.dumps([SETTLED, *page.wanted])
    milliseconds, size = browser.load(address + page.path, drawn, counted=True)
    page.cold.append(milliseconds)
    page.megabytes.append(size / MEGABYTE)
    for _ in range(WARM_LOADS):
        page.warm.append(browser.load(address + page.path, drawn, counted=False)[0])


def printed(pages: list[Page]) -> Iterator[str]:
    """A Markdown table; medians, and times the empty page of the same round."""
    yield "| Page | cold (ms) | times | at most | warm (ms) | times | at most | MB | at most |"
    yield "|---|--:|--:|--:|--:|--:|--:|--:|--:|"
    empty = pages[0]
    for page in pages:
        cells = (
            page.name,
            f"{median(page.cold):.0f}",
            _times(page.cold, empty.cold),
            f"{page.cold_at_most or ''}",
            f"{median(page.warm):.0f}",
            _times(page.warm, empty.warm),
            f"{page.warm_at_most or ''}",
            f"{median(page.megabytes):.2f}",
            f"{page.megabytes_at_most or ''}",
        )
        yield f"| {' | '.join(cells)} |"


def _times(page: list[float], empty: list[float]) -> str:
    ratios = sorted(a / b for a, b in zip(page, empty, strict=True))
    return f"{median(ratios):.1f} ({ratios[0]:.1f}-{ratios[-1]:.1f})"
