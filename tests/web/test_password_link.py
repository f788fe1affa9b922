"""A password by e-mail, as whoever lost theirs, whoever is invited, and everybody else meet it."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from threading import Event

import httpx2
import pytest
from sqlalchemy import text

from mindspa import bootstrap
from mindspa.bootstrap import Runtime
from mindspa.domain.access import Actor, Person, operator
from mindspa.domain.errors import InvalidInput, NotPermitted
from mindspa.domain.treatment import Clinic, Patient
from mindspa.exchange.email import SmtpServer
from mindspa.services.choose_reach import choose_email
from mindspa.services.manage_people import (
    TEMPORARY_FOR,
    close_account,
    give_password,
    invite_patient,
    open_account_again,
)
from mindspa.services.password_by_mail import ASKED_AGAIN_AFTER, LOST_FOR, invite_by_mail
from mindspa.services.send_messages import send_messages
from mindspa.settings import Settings
from mindspa.web import password_link
from tests.accounts import PASSWORD, an_account
from tests.conftest import Clock
from tests.factories import a_patient
from tests.mail import SENDER, Inbox, text_of
from tests.web.conftest import ADDRESS, SESSION, Browser
from tests.web.test_second_factor import turn_on

MAIL = "ana@example.org"
NEW = "another river of small stones"
OpenBrowser = Callable[..., Browser]


@pytest.fixture
def post(runtime: Runtime, inbox: Inbox, mail_server: SmtpServer) -> Callable[[], list[str]]:
    """Everything that was asked for until now goes out; the links of all letters so far."""
    settings = Settings.load(
        {
            "MINDSPA_PUBLIC_URL": ADDRESS,
            "MINDSPA_SMTP_URL": f"smtp://{mail_server.host}:{mail_server.port}",
            "MINDSPA_MAIL_FROM": SENDER,
        }
    )
    bootstrap.install(replace(runtime, settings=settings))

    def went() -> list[str]:
        password_link._asking.submit(lambda: None).result()
        send_messages(runtime.outbox, mail_server, public_url=ADDRESS, clock=runtime.clock)
        found = (re.search(r"/password/link\?link=\S+", text_of(one)) for one in inbox.letters)
        return [link[0] for link in found if link]

    return went


@pytest.fixture
def ana(runtime: Runtime, clinic: Clinic) -> Person:
    """Who has lost her password."""
    person = an_account(runtime, clinic)
    with runtime.database.writing() as session:
        session.execute(text("UPDATE people SET email = :to WHERE login = 'ana'"), {"to": MAIL})
    return person


@pytest.fixture
def link(browser: Browser, ana: Person, post: Callable[[], list[str]]) -> str:
    assert browser.submit("/password/lost", login=" ANA ").status_code == 303
    (found,) = post()
    return found


def choose(browser: Browser, link: str, new: str = NEW, repeated: str = "") -> httpx2.Response:
    token = link.partition("=")[2]
    return browser.submit("/password/link", link=token, new=new, repeated=repeated or new)


def password_stands(browser: Browser, password: str = PASSWORD) -> bool:
    return browser.sign_in(password=password).status_code == 303


def test_from_the_lost_password_to_the_new_one(browser: Browser, link: str, inbox: Inbox) -> None:
    page = browser.get(link).text
    assert "Choose your password" in page
    assert 'value="ana"' in page
    done = choose(browser, link)
    assert done.status_code == 200
    assert "Your password is chosen" in done.text
    assert SESSION not in browser.cookies
    assert not password_stands(browser)
    assert password_stands(browser, NEW)
    (letter,) = inbox.letters
    assert letter["To"] == MAIL
    for told in ("ana", "Ana Example", "Example Clinic"):
        assert told not in text_of(letter).replace(link, "")
        assert told not in letter["Subject"]


def test_looking_at_it_spends_nothing(browser: Browser, link: str) -> None:
    for _ in range(3):
        assert browser.get(link).status_code == 200
        assert browser.head(link).status_code in (200, 405)
    assert password_stands(browser)
    assert choose(browser, link).status_code == 200


def test_it_works_once(browser: Browser, open_browser: OpenBrowser, link: str) -> None:
    choose(browser, link)
    other = open_browser()
    again = choose(other, link, "a third harbour of quiet birds")
    assert again.status_code == 410
    assert "This link is over" in other.get(link).text
    assert password_stands(browser, NEW)


def test_it_runs_out(browser: Browser, link: str, clock: Clock) -> None:
    clock.now += LOST_FOR
    assert browser.get(link).status_code == 410
    assert choose(browser, link).status_code == 410
    assert password_stands(browser)


@pytest.mark.parametrize(
    ("new", "repeated", "said"),
    [
        ("short", "short", "too short"),
        (NEW, NEW + "s", "differ"),
        ("aaaaaaaaaaaaaa", "", "Many people"),
    ],
)
def test_what_is_no_good_spends_nothing(
    browser: Browser, link: str, new: str, repeated: str, said: str
) -> None:
    refused = choose(browser, link, new, repeated)
    assert refused.status_code == 422
    assert said in refused.text
    assert f'value="{new}"' not in refused.text
    assert choose(browser, link).status_code == 200


def test_it_ends_every_session_and_every_other_link(
    browser: Browser,
    open_browser: OpenBrowser,
    link: str,
    clock: Clock,
    post: Callable[[], list[str]],
) -> None:
    thief = open_browser()
    thief.sign_in()
    clock.now += ASKED_AGAIN_AFTER
    browser.submit("/password/lost", login="ana")
    first, second = post()
    assert first == link
    choose(browser, second)
    assert thief.get("/").headers["location"].startswith("/sign-in")
    assert browser.get(first).status_code == 410


def test_an_expired_one_offers_a_fresh_one(
    browser: Browser, link: str, clock: Clock, post: Callable[[], list[str]]
) -> None:
    clock.now += LOST_FOR
    page = browser.get(link).text
    assert "Send a fresh link" in page
    asked = browser.submit("/password/link/again", link=link.partition("=")[2])
    assert asked.headers["location"] == "/password/lost?asked"
    _, fresh = post()
    assert choose(browser, fresh).status_code == 200


# Enumeration, guessing, floods


@pytest.mark.parametrize("login", ["nobody", "closed", "no-address", "x" * 5000, "\x00", "a\nb"])
def test_nobody_learns_who_has_an_account(
    browser: Browser,
    runtime: Runtime,
    clinic: Clinic,
    ana: Person,
    post: Callable[[], list[str]],
    login: str,
) -> None:
    an_account(runtime, clinic, "closed", active=False)
    an_account(runtime, clinic, "no-address")
    asked, known = (browser.submit("/password/lost", login=one) for one in (login, "ana"))
    assert (asked.status_code, asked.headers["location"]) == (303, known.headers["location"])
    assert len(post()) == 1  # ana's
    answers = [browser.submit("/password/link/again", link=one) for one in ("", "x" * 43)]
    assert {answer.headers["location"] for answer in answers} == {"/password/lost?asked"}


def test_the_answer_waits_for_no_look_up(
    browser: Browser, ana: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same time, because it is given before: here nothing is ever looked up."""
    asked: list[str] = []
    monkeypatch.setattr(password_link, "_ask_beside", asked.append)
    for login in ("ana", "nobody"):
        assert browser.submit("/password/lost", login=login).status_code == 303
    assert asked == ["ana", "nobody"]


def test_many_that_are_asked_for_are_one_letter(
    browser: Browser, link: str, clock: Clock, post: Callable[[], list[str]]
) -> None:
    for _ in range(20):
        browser.submit("/password/lost", login="ana")
        browser.submit("/password/link/again", link=link.partition("=")[2])
    assert len(post()) == 1
    clock.now += ASKED_AGAIN_AFTER
    browser.submit("/password/lost", login="ana")
    assert len(post()) == 2


@pytest.mark.parametrize("token", ["", "x", "x" * 43, "é" * 43, "x" * 5000])
def test_a_made_up_link(browser: Browser, ana: Person, token: str) -> None:
    assert browser.get("/password/link", params={"link": token}).status_code == 410
    sent = browser.submit("/password/link", link=token, new=NEW, repeated=NEW)
    assert sent.status_code == 410
    assert password_stands(browser)


def test_the_form_of_another_site(browser: Browser, link: str) -> None:
    token = link.partition("=")[2]
    for path in ("/password/lost", "/password/link", "/password/link/again"):
        refused = browser.submit(
            path, origin="https://evil.example", link=token, login="ana", new=NEW, repeated=NEW
        )
        assert refused.status_code == 403
    assert password_stands(browser)


def test_no_more_wait_than_a_clinic_asks_for(
    browser: Browser, ana: Person, monkeypatch: pytest.MonkeyPatch, post: Callable[[], list[str]]
) -> None:
    """However many are sent while one is being looked up."""
    looked_up: list[str] = []
    held, goes_on = Event(), Event()

    def known(login: str) -> None:
        looked_up.append(login)
        held.set()
        goes_on.wait()

    monkeypatch.setattr(password_link, "_known", known)
    for _ in range(password_link.MOST_WAITING + 20):
        browser.submit("/password/lost", login="nobody")
    assert held.wait(5)
    goes_on.set()
    password_link._asking.submit(lambda: None).result()
    assert len(looked_up) == password_link.MOST_WAITING


def test_only_a_digest_is_stored(runtime: Runtime, link: str) -> None:
    token = link.partition("=")[2]
    with runtime.database.reading() as session:
        stored = session.execute(text("SELECT * FROM password_links")).one()
        messages = session.execute(text("SELECT * FROM messages")).all()
    assert token not in str([stored, messages])


def test_a_second_factor_is_still_asked_for(
    browser: Browser, ana: Person, clock: Clock, post: Callable[[], list[str]]
) -> None:
    browser.sign_in()
    turn_on(browser, clock)
    browser.submit("/sign-out")
    browser.submit("/password/lost", login="ana")
    (link,) = post()
    choose(browser, link)
    asked = browser.sign_in(password=NEW)
    assert asked.headers["location"].startswith("/sign-in/code")
    assert SESSION not in browser.cookies


def test_an_account_that_was_closed_meanwhile(
    browser: Browser, runtime: Runtime, link: str
) -> None:
    with runtime.database.writing() as session:
        session.execute(text("UPDATE people SET active = false WHERE login = 'ana'"))
    assert browser.get(link).status_code == 410
    assert choose(browser, link).status_code == 410


def test_where_no_mail_goes_out_the_clinic_is_named(
    browser: Browser, runtime: Runtime, ana: Person
) -> None:
    page = browser.get("/sign-in").text
    assert "/password/lost" not in page
    assert "Ask your clinic" in page
    for path in ("/password/lost", "/password/lost?asked"):
        assert "This server sends no mail" in browser.get(path).text
    browser.submit("/password/lost", login="ana")
    password_link._asking.submit(lambda: None).result()
    assert runtime.outbox.waiting() == 0


def test_the_page_for_asking(browser: Browser, post: Callable[[], list[str]]) -> None:
    assert "Send me a link" in browser.get("/password/lost").text
    assert browser.submit("/password/lost", login=" ").status_code == 422
    assert 'role="status"' in browser.get("/password/lost?asked").text


# A link is one of the ways in that end together


def given_by_the_clinic(runtime: Runtime, ana: Person, clinic: Clinic) -> None:
    give_password(runtime.accounts, operator(clinic.id), "ana", clinic=clinic, now=runtime.clock())


def closed_and_opened(runtime: Runtime, ana: Person, clinic: Clinic) -> None:
    by = operator(clinic.id)
    close_account(runtime.accounts, by, ana.id, now=runtime.clock())
    open_account_again(runtime.accounts, by, ana.id, clinic=clinic, now=runtime.clock())


def another_address(runtime: Runtime, ana: Person, clinic: Clinic) -> None:
    actor = Actor(ana.id, clinic.id, ana.name, ana.roles)
    with runtime.unit_of_work(actor) as work:
        choose_email(work, "new@example.org")


@pytest.mark.parametrize("ends", [given_by_the_clinic, closed_and_opened, another_address])
def test_a_link_ends_with_the_other_ways_in(
    browser: Browser,
    runtime: Runtime,
    clinic: Clinic,
    ana: Person,
    link: str,
    ends: Callable[[Runtime, Person, Clinic], None],
) -> None:
    ends(runtime, ana, clinic)
    assert browser.get(link).status_code == 410
    assert choose(browser, link).status_code == 410


def test_a_letter_that_had_not_gone_out_is_not_sent_any_more(
    browser: Browser,
    runtime: Runtime,
    clinic: Clinic,
    ana: Person,
    post: Callable[[], list[str]],
) -> None:
    browser.submit("/password/lost", login="ana")
    password_link._asking.submit(lambda: None).result()
    given_by_the_clinic(runtime, ana, clinic)
    assert post() == []


# Invitations


@pytest.fixture
def patient(runtime: Runtime, clinic: Clinic) -> Patient:
    return a_patient(runtime, clinic, "Pat Example")


def invited(runtime: Runtime, clinic: Clinic, by: Actor, patient: Patient, email: str) -> Person:
    person = runtime.accounts.account_of_patient(patient.id, clinic_id=clinic.id)
    if person is None:
        person = invite_patient(
            runtime.accounts,
            by,
            patient,
            login="pat",
            clinic=clinic,
            new_id=runtime.new_id,
            now=runtime.clock(),
        ).person
    with runtime.unit_of_work(by) as work:
        invite_by_mail(work, person, email)
    return person


def test_a_patient_is_invited_and_signs_in(
    runtime: Runtime,
    clinic: Clinic,
    nurse: Actor,
    patient: Patient,
    browser: Browser,
    inbox: Inbox,
    clock: Clock,
    post: Callable[[], list[str]],
) -> None:
    person = invited(runtime, clinic, nurse, patient, "pat@example.org")
    (link,) = post()
    for told in ("Pat", "pat", "Example Clinic", "ketamine", "infusion"):
        assert told not in text_of(inbox.letters[0]).replace(link, "")
    clock.now += TEMPORARY_FOR - timedelta(minutes=1)
    choose(browser, link)
    assert browser.sign_in("pat", NEW).headers["location"] == "/"
    assert browser.get("/").text == "page /", "no further password is asked for"
    found = runtime.accounts.account_of(person.id, clinic_id=clinic.id).person
    assert found.email == "pat@example.org"


def test_a_second_press_is_no_second_letter(
    runtime: Runtime,
    clinic: Clinic,
    nurse: Actor,
    patient: Patient,
    clock: Clock,
    post: Callable[[], list[str]],
) -> None:
    for _ in range(2):
        invited(runtime, clinic, nurse, patient, "pat@example.org")
    assert len(post()) == 1
    clock.now += timedelta(minutes=2)
    invited(runtime, clinic, nurse, patient, "pat@example.org")
    assert len(post()) == 2


def test_who_may_invite_whom(
    runtime: Runtime, clinic: Clinic, nurse: Actor, administrator: Actor, patient: Patient
) -> None:
    person = invited(runtime, clinic, nurse, patient, "pat@example.org")
    colleague = an_account(runtime, clinic, "bo")
    for actor, whom in ((nurse, colleague), (administrator, person)):
        with pytest.raises(NotPermitted), runtime.unit_of_work(actor) as work:
            invite_by_mail(work, whom, "new@example.org")
    with runtime.unit_of_work(administrator) as work:
        invite_by_mail(work, colleague, "bo@example.org")
    with pytest.raises(InvalidInput), runtime.unit_of_work(nurse) as work:
        invite_by_mail(work, person, "no address")
    assert runtime.accounts.account_of(person.id, clinic_id=clinic.id).person.email == (
        "pat@example.org"
    )
