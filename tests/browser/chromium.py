"""A browser that keeps account of what went wrong in it, and what people do in it."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlsplit

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    ViewportSize,
    expect,
    sync_playwright,
)
from playwright.sync_api import TimeoutError as PlaywrightTimeout

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE: ViewportSize = {"width": 390, "height": 844}
DESKTOP: ViewportSize = {"width": 1440, "height": 900}
ANDROID = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/140.0.0.0 Mobile Safari/537.36"
)
Colours = Literal["light", "dark"]
WAIT = 30_000  # milliseconds, on a busy machine
expect.set_options(timeout=WAIT)

# Streamlit looks below the page's own address first, in case it is served below a folder.
GUESSES = re.compile(r"404 \(Not Found\) \(/\w+/_stcore/(host-config|health)\)$")

RUN_STATE = "data-test-script-state"
SETTLED = f'[data-testid="stApp"][{RUN_STATE}="notRunning"]'
_AT_REST = """() => Promise.allSettled(
  [...document.querySelectorAll('details')]
    .flatMap(part => part.getAnimations())
    .map(animation => animation.finished)
).then(() => null)"""


@contextmanager
def chromium() -> Iterator[Browser]:
    """The system's own where there is one, else Playwright's."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=FLAGS, headless=True
        )
        yield browser
        browser.close()


@dataclass(slots=True)
class Person:
    """Somebody at a browser of their own. `problems` are errors in its console, what the content
    policy refused, and requests that left this machine; a test that provokes one names it in
    `expected`, and it must come."""

    address: str
    context: BrowserContext
    problems: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)

    @classmethod
    def at(
        cls, browser: Browser, address: str, *, phone: bool = False, colours: Colours = "light"
    ) -> "Person":
        options: dict[str, Any] = {"viewport": DESKTOP}
        if phone:
            options = {
                "viewport": PHONE,
                "user_agent": ANDROID,
                "is_mobile": True,
                "has_touch": True,
            }
        context = browser.new_context(
            color_scheme=colours, timezone_id="America/New_York", locale="en-US", **options
        )
        context.set_default_timeout(WAIT)
        person = cls(address, context)
        context.on("console", lambda message: person._on_console(message))
        context.on("weberror", lambda error: person.problems.append(str(error.error)))
        context.on("request", lambda request: person._on_request(request))
        return person

    def _on_console(self, message: ConsoleMessage) -> None:
        text = f"{message.text} ({urlsplit(message.location.get('url', '')).path})"
        serious = message.type == "error" or "Content Security Policy" in text
        if serious and not GUESSES.search(text):
            self.problems.append(text)

    def _on_request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob", "about") and parts.hostname != "127.0.0.1":
            self.problems.append(f"a request to {parts.hostname}")

    def check(self) -> None:
        unexpected = [p for p in self.problems if not any(e in p for e in self.expected)]
        assert not unexpected, unexpected
        for text in self.expected:
            assert any(text in problem for problem in self.problems), f"never seen: {text}"

    # What a person does

    def sign_in(self, login: str, password: str, *, path: str = "/") -> Page:
        """Through the form, leading on to `path`."""
        page = self.context.new_page()
        page.goto(self.address + path)
        page.get_by_label("Login", exact=True).fill(login)
        page.get_by_label("Password", exact=True).fill(password)
        page.get_by_role("button", name="Sign in", exact=True).click()
        return page

    def open(self, path: str) -> Page:
        """A further tab."""
        page = self.context.new_page()
        page.goto(self.address + path)
        settled(page)
        return page


def settled(page: Page) -> None:
    """The script has run and the page is drawn, all that is loaded late as well, and no part of it
    is still on its way up or down: a press would miss what moves."""
    page.locator(SETTLED).wait_for()
    page.get_by_test_id("stMain").wait_for()
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)
    page.evaluate(_AT_REST)


def question(page: Page, number: int) -> Any:
    """A question of a check-in, by the number before it."""
    return page.get_by_role("radiogroup", name=re.compile(rf"^{number} · "))


def choose(page: Page, number: int, words: str) -> None:
    """Taps an answer; what was saved is for the test to say."""
    option = question(page, number).get_by_role("radio", name=words, exact=True)
    option.locator("xpath=ancestor::label").click()
    page.wait_for_function("e => e.checked", arg=option.element_handle())
    settled(page)


def pick(page: Page, label: str, text: str) -> None:
    """Chooses from a picker. A run that was still to come may close it: it is opened again."""
    picker = page.get_by_role("combobox", name=label)
    for tries_left in (2, 1, 0):
        picker.press("ArrowDown")  # opens it, under a finger too
        if picker.is_editable():  # a short one on a phone is not
            picker.fill(text)
        try:
            page.get_by_role("option").filter(has_text=text).first.click(timeout=WAIT / 3)
            break
        except PlaywrightTimeout:
            if not tries_left:
                raise
    settled(page)


# The figures as the browser holds them, and how many points it drew.
_FIGURES = """() => [...document.querySelectorAll('.js-plotly-plot')].map(plot => ({
  traces: plot.data.map(trace => ({
    name: trace.name, mode: trace.mode, x: Array.from(trace.x), y: Array.from(trace.y),
  })),
  points: plot.querySelectorAll('.scatterlayer .points path').length,
  starts: plot.layout.xaxis.range[0],
}))"""


def figures(page: Page) -> list[dict[str, Any]]:
    page.locator(".js-plotly-plot .scatterlayer .points path").first.wait_for(state="attached")
    found: list[dict[str, Any]] = page.evaluate(_FIGURES)
    return found
