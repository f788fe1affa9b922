"""From the reminder over its link to the check-in, and no further reminder: over the night in which
the clocks go back, for people in two time zones, by a server that is started again and again."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from mindspa import bootstrap
from mindspa.domain.access import Actor, Role
from mindspa.services.choose_reach import choose_email
from mindspa.settings import Settings
from tests import factories
from tests.accounts import an_account
from tests.client import Browser
from tests.faults.patience import wait_until
from tests.mail import Inbox
from tests.program import Program
from tests.server.linked import answer_all, link_of
from tests.server.mailing import mailing

EAST, WEST = ZoneInfo("America/New_York"), ZoneInfo("America/Los_Angeles")
# Saturday, 10 in the morning in New York. In the night after it both zones gain an hour, so that
# the pulse of the next day opens at 10 in New York, and not at 11, and at 7 in Los Angeles: in the
# quiet hours, which end at 8 there.
INFUSION = datetime(2026, 10, 31, 10, tzinfo=EAST)
OPENS = datetime(2026, 11, 1, 10, tzinfo=EAST)
QUIET_UNTIL = datetime(2026, 11, 1, 8, tzinfo=WEST)
LAST_CALL = OPENS + timedelta(hours=6)  # six hours before it closes
PEOPLE = {"east": EAST, "west": WEST, "silent": EAST}


@dataclass(slots=True)
class Post:
    """A clinic of three patients, and what was sent to them."""

    program: Program
    database: Path
    inbox: Inbox

    def at(self, instant: datetime) -> None:
        """The server, started at that instant, has looked whom to remind, and has sent."""
        if self.program.process is not None:
            assert self.program.stop() == 0
        passes = self._passes()
        self.program.at = instant.astimezone(UTC).isoformat()
        self.program.start()
        wait_until(lambda: self._passes() > passes)
        wait_until(lambda: self._messages("WHERE state = 'waiting'") == 0)

    def letters(self, name: str) -> list[EmailMessage]:
        return [one for one in self.inbox.letters if one["To"] == f"{name}@example.org"]

    def written(self) -> int:
        """Whether they went out or not."""
        return self._messages("")

    def _messages(self, where: str) -> int:
        with closing(sqlite3.connect(self.database)) as connection:
            (found,) = connection.execute(f"SELECT count(*) FROM messages {where}").fetchone()  # noqa: S608
        return int(found)

    def _passes(self) -> int:
        """What the worker does once it has reminded."""
        return (
            self.program.said().count("audit trail of clinic") if self.program.log.exists() else 0
        )


@pytest.fixture
def post(tmp_path: Path, _sqlite_template: Path) -> Iterator[Post]:
    database = tmp_path / "clinic.db"
    database.write_bytes(_sqlite_template.read_bytes())
    settings = Settings.load({"MINDSPA_DATABASE_URL": f"sqlite:///{database}"})
    runtime = bootstrap.start(settings, clock=lambda: INFUSION.astimezone(UTC))
    clinic = factories.a_clinic(runtime)
    for name, zone in PEOPLE.items():
        patient = factories.a_patient(runtime, clinic, name)
        account = an_account(
            runtime, clinic, name, name=name, role=Role.PATIENT, patient_id=patient.id
        )
        actor = Actor(account.id, clinic.id, name, account.roles, patient.id)
        with runtime.unit_of_work(actor) as work:
            choose_email(work, f"{name}@example.org")
            work.write_about(patient.id)
            work.records.patients.save_details(replace(patient, zone=str(zone)))
        course = factories.an_induction(runtime, clinic, patient, starts_at=INFUSION)
        factories.an_infusion(runtime, clinic, course, starts_at=INFUSION)
    runtime.database.dispose()

    with mailing(database) as (program, inbox):
        yield Post(program, database, inbox)


def test_over_the_change_of_clocks_in_two_zones(post: Post) -> None:
    before = timedelta(minutes=3)
    post.at(OPENS - before)
    assert post.written() == 0

    post.at(OPENS)
    assert [len(post.letters(name)) for name in PEOPLE] == [1, 0, 1]
    (letter,) = post.letters("east")
    with Browser(post.program.address).http as phone:
        answer_all(phone, letter)

    post.at(QUIET_UNTIL - before)
    assert post.letters("west") == []
    post.at(QUIET_UNTIL)
    (letter,) = post.letters("west")
    with Browser(post.program.address).http as phone:
        answer_all(phone, letter)

    post.at(LAST_CALL - before)
    assert post.written() == 3
    post.at(LAST_CALL)
    assert [len(post.letters(name)) for name in PEOPLE] == [1, 1, 2]
    first, last = map(link_of, post.letters("silent"))
    assert first != last
    with closing(sqlite3.connect(post.database)) as connection:
        sent = connection.execute(
            "SELECT p.name FROM check_ins c JOIN patients p ON p.id = c.patient_id "
            "WHERE c.state = 'sent' ORDER BY 1"
        ).fetchall()
    assert sent == [("east",), ("west",)]
