"""What a page costs in a browser: the time until it is drawn, and the bytes on the wire."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from playwright.sync_api import BrowserContext, CDPSession

from benchmarks import clinic, steps
from benchmarks.server import PROGRAM, running
from mindspa.bootstrap import Runtime
from mindspa.services.demo_accounts import CLINICIAN
from tests.browser.chromium import DESKTOP, SETTLED, WAIT, chromium

WARM_LOADS = 3  # in each round, after the cold one
MEGABYTE = 1_000_000
BASE64 = 3 / 4  # of the characters that the browser tells a frame in are bytes

# True once the script has run, nothing is still to be loaded, and what the page is for is there.
_DRAWN = """([settled, wanted]) => document.querySelector(settled)
  && !document.querySelector('[data-testid="stSkeleton"]')
  && wanted.every(selector => document.querySelector(selector))
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
    with running(PROGRAM, url, database.parent) as server, chromium() as browser:
        cookies = {
            login: clinic.signed_in(runtime, server.address, login).http.cookies
            for login in (CLINICIAN.login, clinic.login_of(0))
        }
        pages = _pages(clinic.longest_records(runtime, 1)[0], _begun(runtime, server.address))
        runtime.database.dispose()
        for _ in range(rounds):
            for page in pages:
                context = browser.new_context(viewport=DESKTOP)
                context.add_cookies(
                    [
                        {"name": name, "value": value, "url": server.address}
                        for name, value in cookies[page.login].items()
                    ]
                )
                _load(page, context, server.address)
                context.close()
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


def _load(page: Page, context: BrowserContext, address: str) -> None:
    """Once with nothing in the cache, then again in new tabs."""
    for cold in (True, *[False] * WARM_LOADS):
        tab = context.new_page()
        size = _counted(context.new_cdp_session(tab))
        tab.goto(address + page.path)
        drawn = tab.wait_for_function(_DRAWN, arg=[SETTLED, page.wanted], timeout=WAIT)
        (page.cold if cold else page.warm).append(float(drawn.json_value()))
        if cold:
            page.megabytes.append(size() / MEGABYTE)
        tab.close()


def _counted(network: CDPSession) -> Callable[[], float]:
    """Bytes received so far: as they were sent, those of the websocket before compression."""
    sizes: list[float] = []
    network.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    network.on(
        "Network.webSocketFrameReceived",
        lambda event: sizes.append(len(event["response"]["payloadData"]) * BASE64),
    )
    network.send("Network.enable")
    return lambda: sum(sizes)


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
