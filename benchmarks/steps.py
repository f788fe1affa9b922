"""What is done again and again on a page: how the page is opened in a tab, and what reruns it."""

from collections.abc import Callable, Iterator
from itertools import cycle

from tests.client import Run, Tab

Rerun = Callable[[], Run]
Start = Callable[[Tab], Rerun]

_BEGIN = ("Go on with it", "Start the check-in", "Tell us how you are now")


def page(name: str, **query: str) -> Start:
    def start(tab: Tab) -> Rerun:
        tab.open(name, **query)
        return tab.rerun

    return start


def after(change: Callable[[], None], start: Start) -> Start:
    """Somebody else writes before every rerun, so that nothing which was kept still holds."""

    def changing(tab: Tab) -> Rerun:
        rerun = start(tab)

        def changed() -> Run:
            change()
            return rerun()

        return changed

    return changing


def reloads(name: str) -> Start:
    """In a new session nothing is kept."""

    def start(tab: Tab) -> Rerun:
        tab.open(name)
        return tab.reload

    return start


def first_looks(patients: list[str]) -> Start:
    """Several in turn, more than the server or the browser keep a figure of."""

    def start(tab: Tab) -> Rerun:
        turn = cycle(patients)
        tab.open("patient", id=next(turn))
        return lambda: tab.open("patient", id=next(turn))

    return start


def check_in(tab: Tab) -> Rerun:
    """The whole page with its questions."""
    tab.open("")
    press_begin(tab)
    return tab.rerun


def press_begin(tab: Tab) -> Run:
    """On Today: what is begun or due, or else "how you are now"."""
    there = {button.label for button in tab.all("button")}
    return tab.press(next(label for label in _BEGIN if label in there))


def saved_answer(tab: Tab) -> Rerun:
    check_in(tab)
    return choosing(tab)


def choosing(tab: Tab) -> Rerun:
    """Goes through the questions and back to the first, choosing another option each time."""
    choices = _choices(tab)
    return lambda: tab.set("radio", *next(choices))


def _choices(tab: Tab) -> Iterator[tuple[str, str]]:
    """Of the scored questions: no answer that raises an alert."""
    questions = tab.all("radio")[:4]
    for step in cycle(range(12)):
        question = questions[step % len(questions)].content
        yield question.label, question.options[step // len(questions) % 3]
