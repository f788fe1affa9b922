"""A clinic at work: patients who answer check-ins, staff who look, and what goes wrong between."""

import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import partial
from random import Random

from benchmarks.clinic import login_of
from benchmarks.people import PAGE, Seen, Someone, at_work
from mindspa.services.demo_accounts import CARE_TEAM, CLINICIAN
from tests.client import Browser, Tab

PATIENTS = 50
STAFF = 2  # of the care team, and as many clinicians
THINKING, LOOKING = 5.0, 15.0  # seconds
ARRIVE_WITHIN = 60.0  # seconds: a sign-in costs a third of a second of CPU

MOST_CHECK_INS = 6  # in one visit of a patient
LOOKS = 12  # in one visit of somebody on the staff
DROPPED, RELOADED = 0.02, 0.02  # of the answers, after which that happens
SIGNED_OUT = 0.5  # of the visits; the others just leave

Visit = Callable[[Someone, Browser, Tab], None]


@contextmanager
def clinic_at_work(address: str, records: Sequence[str], seen: Seen) -> Iterator[None]:
    """Everybody at it until the block ends. `records`: of patients whom clinicians open."""
    over = threading.Event()
    parts: list[tuple[str, float, Visit]] = [
        *((login_of(number), THINKING, _answer) for number in range(PATIENTS)),
        *((CARE_TEAM.login, LOOKING, _look_at_the_list) for _ in range(STAFF)),
        *((CLINICIAN.login, LOOKING, partial(_look_at_patients, records)) for _ in range(STAFF)),
    ]
    jobs = []
    for number, (login, thinking, visit) in enumerate(parts):
        chance = Random(number)  # noqa: S311
        someone = Someone(address, login, seen, over, thinking, chance)
        jobs.append(partial(_again_and_again, someone, visit))
    with at_work(jobs, seen):
        try:
            yield
        finally:
            over.set()


def _again_and_again(someone: Someone, visit: Visit) -> None:
    someone.over.wait(someone.random.uniform(0, ARRIVE_WITHIN))
    while not someone.over.is_set():
        try:
            _come_and_go(someone, visit)
        except Exception as error:  # counted, whatever it is: they come again
            someone.seen.error(f"{someone.login}: {type(error).__name__}: {error}")
        someone.think()


def _come_and_go(someone: Someone, visit: Visit) -> None:
    browser = someone.sign_in()
    with closing(browser.http), browser.tab() as tab:
        visit(someone, browser, tab)
        if someone.random.random() < SIGNED_OUT:
            browser.http.post("/sign-out")


def _answer(patient: Someone, browser: Browser, tab: Tab) -> None:
    for _ in range(patient.random.randint(1, MOST_CHECK_INS)):
        patient.begin_check_in(tab)
        for _ in patient.answers(tab):
            _mishap(patient, browser, tab)
        if patient.over.is_set():
            return
        patient.send(tab)
        patient.think()
        patient.open(tab, "my_progress")
        patient.think()


def _mishap(patient: Someone, browser: Browser, tab: Tab) -> None:
    """The connection breaks without a word and is made again, or the page is loaded anew."""
    chance = patient.random.random()
    if chance < DROPPED:
        tab.socket.socket.shutdown(socket.SHUT_RDWR)
        tab.socket = browser.tab(resumes=tab.session_id).socket
        with patient.seen.timed(PAGE):
            tab.rerun()
    elif chance < DROPPED + RELOADED:
        with patient.seen.timed(PAGE):
            tab.reload()


def _look_at_the_list(member: Someone, _browser: Browser, tab: Tab) -> None:
    for _ in range(LOOKS):
        member.open(tab, "follow_up")
        member.think()
        if member.over.is_set():
            return


def _look_at_patients(records: Sequence[str], member: Someone, _browser: Browser, tab: Tab) -> None:
    for _ in range(LOOKS // 2):
        member.open(tab, "patients")
        member.think()
        member.open(tab, "patient", id=member.random.choice(records))
        member.think()
        if member.over.is_set():
            return
