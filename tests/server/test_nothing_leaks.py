"""The whole story with planted names, notes and answers: they are in the database, and in no
letter or text, no line of the log, no address and no error."""

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import httpx2
import pytest

from mindspa import bootstrap
from mindspa.domain.access import Actor, Role
from mindspa.services.choose_reach import choose_email, choose_mobile
from mindspa.settings import Settings
from tests import factories
from tests.accounts import PASSWORD, an_account
from tests.client import Browser, Tab
from tests.conftest import NOW
from tests.faults.patience import wait_until
from tests.mail import Inbox, text_of
from tests.program import Program
from tests.server.linked import answer_all, link_of
from tests.server.mailing import mailing
from tests.texts import Phones, a_text_provider, settings_for

NAME = "Zebulon Quixworth"
NOTES = ("mulberry lantern", "thistledown harbour", "saffron weathercock", "juniper sundial")
# What stands in the database, and may stand nowhere else.
PLANTED = (*NAME.split(), *NOTES)
# An answer: as it is stored, and in the words of the form.
ANSWER, ANSWER_WORDS = '"safety": 1', ("hurting yourself", "self-harm", "ending your life")
READER, TEAM, MOBILE = "reader@example.org", "team@example.org", "+12025550143"


@dataclass(slots=True)
class Story:
    """What left the server while it was told: addresses, errors, log, letters and texts."""

    program: Program
    database: Path
    inbox: Inbox
    phones: Phones
    addresses: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    left: ExitStack = field(default_factory=ExitStack)

    def browser(self, login: str | None = None) -> Browser:
        found = Browser(self.program.address)
        self.left.enter_context(found.http)
        found.http.event_hooks = {"response": [self._note]}
        if login:
            found.sign_in(login, PASSWORD)
        return found

    def does(self, tab: Tab, act: str, *given: str) -> None:
        """One act of a person in a tab, and what it left."""
        getattr(tab, act)(*given)
        self.saw(tab)

    def saw(self, tab: Tab) -> None:
        self.addresses.append(f"{tab.page}?{tab.query}")
        self.errors += tab.refusals()

    def one(self, query: str) -> str:
        with closing(sqlite3.connect(self.database)) as connection:
            return str(connection.execute(query).fetchone()[0])

    def change(self, sql: str) -> None:
        with closing(sqlite3.connect(self.database)) as connection:
            connection.execute(sql)
            connection.commit()

    def _note(self, answer: httpx2.Response) -> None:
        self.addresses += [str(answer.request.url), answer.headers.get("location", "")]
        if answer.status_code >= 400:
            self.errors.append(answer.read().decode())


@pytest.fixture
def story(tmp_path: Path, _sqlite_template: Path) -> Iterator[Story]:
    """Somebody who is asked how the day after their infusion was, and their clinic."""
    database = tmp_path / "clinic.db"
    database.write_bytes(_sqlite_template.read_bytes())
    settings = Settings.load({"MINDSPA_DATABASE_URL": f"sqlite:///{database}"})
    runtime = bootstrap.start(settings, clock=lambda: NOW)
    clinic = factories.a_clinic(runtime)
    patient = factories.a_patient(runtime, clinic, NAME)
    pat = an_account(runtime, clinic, "pat", name=NAME, role=Role.PATIENT, patient_id=patient.id)
    ana = an_account(runtime, clinic, "ana")
    for person, address in ((pat, READER), (ana, TEAM)):
        actor = Actor(person.id, clinic.id, person.name, person.roles, person.patient_id)
        with runtime.unit_of_work(actor) as work:
            choose_email(work, address)
            if person is ana:
                choose_mobile(work, MOBILE)
    starts_at = NOW - timedelta(hours=26)
    course = factories.an_induction(runtime, clinic, patient, starts_at=starts_at)
    factories.an_infusion(runtime, clinic, course, starts_at=starts_at)
    runtime.database.dispose()

    phones = Phones()
    with (
        a_text_provider(phones) as provider,
        mailing(database, settings_for(provider)) as (program, inbox),
    ):
        program.start()
        told = Story(program, database, inbox, phones)
        with told.left:
            yield told


# --- The story -----------------------------------------------------------------------------------


def the_patient_answers(story: Story) -> None:
    """Yes to the question about safety, in a form that is refused once and then sent."""
    with story.browser("pat").tab() as tab:
        tab.open("today")
        story.does(tab, "press", "Start the check-in")
        story.does(tab, "press", "Send")  # with nothing answered
        radios = [radio for radio in tab.all("radio") if radio.content.options]
        for radio in radios:
            words = "Yes" if "hurting yourself" in radio.label else radio.content.options[0]
            story.does(tab, "set", "radio", radio.label, words)
        story.does(tab, "set", "text_area", tab.all("text_area")[0].label, NOTES[0])
        story.does(tab, "press", "Send")
        assert "Your answers are saved." in tab.words()


def the_team_acts(story: Story) -> None:
    wait_until(lambda: TEAM in {str(letter["To"]) for letter in story.inbox.letters})
    case = story.one("SELECT id FROM alert_cases")
    with story.browser("ana").tab() as tab:
        tab.open("alerts", id=case)
        assert NAME in tab.words()
        story.does(tab, "press", "I take this alert")
        story.does(tab, "press", "Save attempt")  # without what came of it
        story.does(tab, "set", "selectbox", "What came of it", "Reached")
        story.does(tab, "set", "text_area", "Note (optional)", NOTES[1])
        story.does(tab, "press", "Save attempt")
        story.does(tab, "expand", "Close this alert")
        story.does(tab, "press", "Close this alert")  # without an outcome
        outcome = [box for box in tab.all("selectbox") if box.label == "What came of it"][-1]
        assessed = next(words for words in outcome.content.options if "ssessed" in words)
        state = tab.state()
        state.widget_states.widgets.add(id=outcome.content.id, string_value=assessed)
        tab.forge(state)
        story.does(tab, "set", "text_area", "Note: what you found and what was agreed", NOTES[2])
        tab.press("Close this alert")
        story.saw(tab)


def somebody_looks_around(story: Story) -> None:
    """What is refused, what is not there, and what breaks."""
    patient = story.one("SELECT id FROM patients")
    nobody = story.browser()
    for login, password in (("nobody", NAME), ("pat", NOTES[1])):
        nobody.http.post("/sign-in", data={"login": login, "password": password})
    nobody.http.get("/patient", params={"id": patient})
    nobody.http.get("/help")
    browser = story.browser("ana")
    for path in (f"/download/answers/{patient}", "/download/answers/nobody", "/no-such-place"):
        browser.http.get(path)
    with browser.tab() as tab:
        tab.open("patients")
        story.does(tab, "set", "text_input", "Search by name", NAME)
        tab.open("patient", id=patient)
        assert NAME in tab.words()
        story.saw(tab)
        tab.open("patient", id="nobody")
        story.saw(tab)
        for table in ("stored_forms", "patients"):
            story.change(f"ALTER TABLE {table} RENAME TO gone")
            tab.open("patient", id=patient)
            story.saw(tab)
            browser.http.get(f"/download/answers/{patient}")
            story.change(f"ALTER TABLE gone RENAME TO {table}")


def a_reminder_leads_to_a_check_in(story: Story) -> None:
    """Two days after the infusion, by a server that was started anew. On a slow machine, the first
    one has sent a reminder as well."""
    assert story.program.stop() == 0
    before = len(story.inbox.letters)
    story.program.at = (NOW + timedelta(hours=22)).isoformat()
    story.program.start()

    def reminders() -> list[EmailMessage]:
        return [one for one in story.inbox.letters[before:] if one["To"] == READER]

    wait_until(lambda: len(reminders()) > 0)
    (letter,) = reminders()
    phone, other = story.browser().http, story.browser().http
    answer_all(phone, letter, note=NOTES[3])
    for browser in (phone, other):
        browser.get(link_of(letter))  # is spent
        browser.get("/check-in")
        browser.get("/check-in", params={"link": "made-up"})


def test_what_was_planted_is_in_the_database_and_nowhere_else(story: Story) -> None:
    the_patient_answers(story)
    the_team_acts(story)
    somebody_looks_around(story)
    a_reminder_leads_to_a_check_in(story)
    assert story.program.stop() == 0

    stored = everything_stored(story.database)
    for planted in (*PLANTED, ANSWER):
        assert planted in stored, f"{planted} was never stored"

    letters = [f"{letter}\n{text_of(letter)}" for letter in story.inbox.letters]
    elsewhere = {
        "log": [story.program.said()],
        "letters": letters,
        "texts": story.phones.to(MOBILE),
        "addresses": story.addresses,
        "errors": story.errors,
    }
    for where, texts in elsewhere.items():
        assert any(texts), f"the story left no {where}"
        for planted in (*PLANTED, ANSWER, *ANSWER_WORDS):
            for text in texts:
                assert planted.lower() not in text.lower(), f"{planted!r} in {where}: {text}"
    assert MOBILE.removeprefix("+1") not in story.program.said()


def everything_stored(database: Path) -> str:
    with closing(sqlite3.connect(database)) as connection:
        names = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
        tables = [connection.execute(f"SELECT * FROM {name}").fetchall() for (name,) in names]  # noqa: S608
    return str(tables)
