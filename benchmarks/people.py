"""People who use the program at the same time, each in a thread with a browser of their own."""

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from statistics import quantiles

from benchmarks.steps import press_begin
from mindspa.services.demo_accounts import PASSWORD
from tests.client import Browser, Tab

ANSWER, PAGE, SEND, SIGN_IN = "answer", "page", "send", "sign-in"  # what is timed
ERRORS_KEPT = 20

_NOTHING_TO_TELL = {"No", "No, thank you"}  # raises no alert
_OPTIONS = 4  # the first of a question are chosen from


@dataclass(slots=True)
class Seen:
    """What all of them met: how long each thing took, what was acknowledged, what went wrong."""

    sent: int = 0
    failed: int = 0
    errors: list[str] = field(default_factory=list)
    _times: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def timed(self, what: str) -> Iterator[None]:
        started = time.perf_counter()
        yield
        passed = time.perf_counter() - started
        with self._lock:
            self._times[what].append(passed)

    def acknowledged(self) -> None:
        with self._lock:
            self.sent += 1

    def error(self, words: str) -> None:
        with self._lock:
            self.failed += 1
            if len(self.errors) < ERRORS_KEPT:
                self.errors.append(words)

    def times(self) -> dict[str, list[float]]:
        """In seconds, since this was asked last."""
        with self._lock:
            taken, self._times = self._times, defaultdict(list)
        return taken


@dataclass(slots=True)
class Someone:
    """One person. `over` ends what they do; `thinking`: seconds, on average, before they answer or
    look again."""

    address: str
    login: str
    seen: Seen
    over: threading.Event
    thinking: float
    random: Random

    def think(self) -> None:
        self.over.wait(self.random.uniform(0.5, 1.5) * self.thinking)

    def sign_in(self) -> Browser:
        browser = Browser(self.address)
        with self.seen.timed(SIGN_IN):
            browser.sign_in(self.login, PASSWORD)
        return browser

    def open(self, tab: Tab, page: str, **query: str) -> None:
        with self.seen.timed(PAGE):
            tab.open(page, **query)
        self._look_for_errors(tab)

    def begin_check_in(self, tab: Tab) -> None:
        self.open(tab, "")
        with self.seen.timed(PAGE):
            press_begin(tab)
        self._look_for_errors(tab)

    def answers(self, tab: Tab) -> Iterator[None]:
        """To each question in turn, after some thought; comes back when one is saved. Ends early
        when time is over."""
        given: set[str] = set()
        while asked := next((r for r in tab.all("radio") if r.label not in given), None):
            self.think()
            if self.over.is_set():
                return
            with self.seen.timed(ANSWER):
                tab.set("radio", asked.label, self._choice(asked.content.options))
            self._look_for_errors(tab)
            given.add(asked.label)
            yield

    def send(self, tab: Tab) -> None:
        with self.seen.timed(SEND):
            tab.press("Send")
        self._look_for_errors(tab)
        if "Your answers are saved." in tab.words():
            self.seen.acknowledged()
        else:
            self.seen.error(f"{self.login} got no receipt")

    def _choice(self, options: list[str]) -> str:
        nothing = _NOTHING_TO_TELL & set(options)
        return nothing.pop() if nothing else self.random.choice(list(options)[:_OPTIONS])

    def _look_for_errors(self, tab: Tab) -> None:
        for words in tab.refusals():
            self.seen.error(f"{self.login} was shown: {words}")


@contextmanager
def at_work(jobs: Iterable[Callable[[], None]], seen: Seen) -> Iterator[None]:
    """Each job in a thread of its own, all finished when the block is left."""
    threads = [threading.Thread(target=_counted, args=(job, seen)) for job in jobs]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        for thread in threads:
            thread.join()


def _counted(job: Callable[[], None], seen: Seen) -> None:
    try:
        job()
    except Exception as error:  # whatever it is, the others go on
        seen.error(f"{type(error).__name__}: {error}")


def percentile(seconds: Sequence[float], percent: int) -> float | None:
    """In milliseconds; None of nothing."""
    if len(seconds) < 2:
        return seconds[0] * 1000 if seconds else None
    return quantiles(seconds, n=100, method="inclusive")[percent - 1] * 1000
