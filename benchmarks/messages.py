"""From an alert to the mail server, and 10,000 reminders that are due at the same moment."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from random import Random
from statistics import median

from sqlalchemy import insert, text
from sqlmodel import SQLModel

from benchmarks import clinic
from benchmarks.people import percentile
from mindspa import worker
from mindspa.bootstrap import Runtime
from mindspa.domain.access import Actor, Role, operator
from mindspa.domain.safety import Finding, Tier
from mindspa.services.open_check_in import open_check_in
from mindspa.services.raise_alerts import raise_alerts
from mindspa.services.save_answer import save_answer
from mindspa.settings import Settings
from tests.mail import SENDER, Inbox, a_mail_server

ALERTS, MEDIAN_AT_MOST = 30, 2.0  # seconds
REMINDERS = 10_000
SAVED_ALONE = 200  # answers
BETWEEN = 0.02  # seconds from one answer to the next
GIVES_UP = 60.0  # seconds
FOUND = Finding("phq9_item9", Tier.IMMEDIATE, "phq9", "9", 2)
_REMINDED = "reminded"  # the clinic, and how its ids begin


@dataclass(frozen=True, slots=True)
class Outcome:
    """In seconds. `alone`, `beside`: of saving an answer, with nothing else and while the
    reminders were written and sent. `letters`, `people`: that went out, and to how many."""

    alerted: list[float]
    written: float
    sent: float
    letters: int
    people: int
    alone: list[float]
    beside: list[float]

    def printed(self) -> Iterator[str]:
        yield (
            f"From an alert to the mail server: median {median(self.alerted):.2f} s, longest "
            f"{max(self.alerted):.2f} s of {len(self.alerted)}; median at most {MEDIAN_AT_MOST} s."
        )
        yield (
            f"{REMINDERS:,} reminders due at once: written in {self.written:.0f} s, sent in "
            f"{self.sent:.0f} s; {self.letters:,} letters to {self.people:,} people. An answer was "
            f"saved in {percentile(self.beside, 50):.0f} ms meanwhile, p99 "
            f"{percentile(self.beside, 99):.0f}; alone in {percentile(self.alone, 50):.0f}, p99 "
            f"{percentile(self.alone, 99):.0f}."
        )


def measure(database: Path) -> Outcome:
    url, inbox = f"sqlite:///{database}", Inbox()
    built = clinic.opened(url, clinic.Clock())
    _sends(built)
    with a_mail_server(inbox) as server:
        settings = Settings.load(
            {
                "MINDSPA_DATABASE_URL": url,
                "MINDSPA_PUBLIC_URL": "https://mindspa.example.org",
                "MINDSPA_SMTP_URL": f"smtp://{server.host}:{server.port}",
                "MINDSPA_MAIL_FROM": SENDER,
            }
        )
        runtime = replace(built, settings=settings)
        alerted = _alerts(runtime, inbox)
        save = _saving(runtime)
        alone = [save() for _ in range(SAVED_ALONE)]
        inbox.letters.clear()
        _many_to_remind(runtime)
        with _beside(save) as beside:
            written = _timed(lambda: worker.remind(runtime))
            sent = _timed(lambda: worker.send(runtime))
    built.database.dispose()
    receivers = {str(letter["To"]) for letter in inbox.letters}
    return Outcome(alerted, written, sent, len(inbox.letters), len(receivers), alone, beside)


def _sends(runtime: Runtime) -> None:
    """A demo clinic never does, and its people have no address."""
    with runtime.database.writer.begin() as connection:
        connection.execute(text("UPDATE clinics SET demo_built_at = NULL"))
        connection.execute(
            text("UPDATE people SET email = id || '@example.org' WHERE patient_id IS NULL")
        )


def _alerts(runtime: Runtime, inbox: Inbox) -> list[float]:
    """Each of another patient, at any moment between two looks of the worker."""
    stopping, chance = threading.Event(), Random(1)  # noqa: S311
    threads = worker.start(runtime, stopping)
    actor = operator(runtime.accounts.clinics()[0].id)
    found = []
    for patient_id in clinic.named(runtime, clinic.AFTER_INFUSION)[:ALERTS]:
        time.sleep(chance.uniform(0.3, 1.5))
        before = len(inbox.letters)
        with runtime.unit_of_work(actor) as work:
            work.write_about(patient_id)
            raise_alerts(work, patient_id, [FOUND], answered_at=work.now, form_id=work.new_id())
        began = time.perf_counter()
        while len(inbox.letters) == before and time.perf_counter() - began < GIVES_UP:
            time.sleep(0.005)
        found.append(time.perf_counter() - began)
    stopping.set()
    worker.join(threads)
    return found


def _saving(runtime: Runtime) -> Callable[[], float]:
    """Saves another answer of the same check-in each time, as somebody who cannot decide."""
    patient_id = clinic.named(runtime, clinic.AFTER_INFUSION)[ALERTS]
    clinic_id = runtime.accounts.clinics()[0].id
    actor = Actor("measured", clinic_id, "Measured", frozenset({Role.PATIENT}), patient_id)
    with runtime.unit_of_work(actor) as work:
        check_in_id = open_check_in(work, unscheduled=True).id
    revision = 0

    def save() -> float:
        nonlocal revision
        time.sleep(BETWEEN)

        def saved() -> None:
            with runtime.unit_of_work(actor) as work:
                save_answer(
                    work,
                    check_in_id,
                    instrument_id="pulse",
                    item_id="interest",
                    value=revision % 2,
                    replaces=revision,
                )

        took = _timed(saved)
        revision += 1
        return took

    return save


@contextmanager
def _beside(save: Callable[[], float]) -> Iterator[list[float]]:
    over, found = threading.Event(), []

    def saves() -> None:
        while not over.is_set():
            found.append(save())

    thread = threading.Thread(target=saves)
    thread.start()
    try:
        yield found
    finally:
        over.set()
        thread.join()


def _many_to_remind(runtime: Runtime) -> None:
    """A clinic of its own, of people who each have one check-in that has just opened."""
    tables = SQLModel.metadata.tables
    opened, hour = clinic.NOW, timedelta(hours=1)
    ids = [f"{_REMINDED}{number}" for number in range(REMINDERS)]
    owned: dict[str, object] = {"clinic_id": _REMINDED}
    rows: dict[str, list[dict[str, object]]] = {
        "clinics": [
            {"id": _REMINDED, "name": "Reminded", "zone": "America/New_York", "country": "US"}
        ],
        "patients": [owned | {"id": one, "name": one} for one in ids],
        "people": [
            owned
            | {"id": f"p{one}", "login": one, "name": one, "roles": Role.PATIENT, "patient_id": one}
            | {"password_hash": "", "created_at": opened, "email": f"{one}@example.org"}
            for one in ids
        ],
        "courses": [
            owned | {"id": f"c{one}", "patient_id": one, "phase": "induction", "started_at": opened}
            for one in ids
        ],
        "occasions": [
            owned
            | {"patient_id": one, "anchor_id": f"c{one}", "code": "24h", "course_id": f"c{one}"}
            | {"forms": "pulse", "lacking": "pulse", "target_at": opened + 6 * hour}
            | {"opens_at": opened, "due_at": opened + 6 * hour, "closes_at": opened + 12 * hour}
            for one in ids
        ],
    }
    with runtime.database.writer.begin() as connection:
        for name, found in rows.items():
            connection.execute(insert(tables[name]), found)


def _timed(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began
