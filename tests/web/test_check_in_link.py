"""A link from a reminder, as the receiver and everybody else meets it: one check-in, once, and a
way on where it opens nothing any more."""

import re
from collections.abc import Callable
from datetime import timedelta

import httpx2
import pytest
from sqlalchemy import text

from mindspa import worker
from mindspa.bootstrap import Runtime
from mindspa.domain.access import Actor, Role, operator
from mindspa.domain.check_ins import Mode, StoredForm
from mindspa.domain.links import VISIT_IDLE
from mindspa.domain.treatment import Clinic, Patient
from mindspa.exchange.email import SmtpServer
from mindspa.services.check_records import problems
from mindspa.services.choose_reach import choose_email
from mindspa.services.open_check_in import open_check_in
from mindspa.services.save_answer import save_answer
from mindspa.services.send_check_in import send_check_in
from mindspa.services.send_messages import send_messages
from tests.conftest import NOW, Clock
from tests.factories import a_patient, account_of, an_induction, an_infusion, staff
from tests.faults.sound import rows
from tests.mail import Inbox, text_of
from tests.services.test_handle_alert import act
from tests.web.conftest import ADDRESS, Browser
from tests.web.test_tablet import fields_of

LINK = "mindspa-link"
PAT = "pat@example.org"
OpenBrowser = Callable[..., Browser]


@pytest.fixture
def patient(runtime: Runtime, clinic: Clinic) -> Patient:
    """An hour after the pulse of 24 hours opened."""
    found = a_patient(runtime, clinic, "Pat <Example>")
    course = an_induction(runtime, clinic, found, starts_at=NOW - timedelta(hours=26))
    an_infusion(runtime, clinic, course, starts_at=NOW - timedelta(hours=26))
    return found


@pytest.fixture
def person(runtime: Runtime, clinic: Clinic, patient: Patient) -> Actor:
    account = account_of(runtime, clinic, patient)
    act(runtime, account, lambda work: choose_email(work, PAT))
    return account


@pytest.fixture
def mailed(
    runtime: Runtime, person: Actor, inbox: Inbox, mail_server: SmtpServer
) -> Callable[[], str]:
    """Sends what is due; the path of the newest link."""

    def sent() -> str:
        worker.remind(runtime)
        send_messages(runtime.outbox, mail_server, public_url=ADDRESS, clock=runtime.clock)
        found = re.search(r"/check-in\?link=\S+", text_of(inbox.letters[-1]))
        assert found
        return found[0]

    return sent


@pytest.fixture
def link(mailed: Callable[[], str]) -> str:
    return mailed()


def start(browser: Browser, link: str) -> httpx2.Response:
    """Presses the button of the page."""
    page = browser.get(link)
    return browser.submit("/check-in/open", **fields_of(page.text))


def go_through(browser: Browser, value: int = 0) -> str:
    """All questions; the page that sends."""
    page = browser.get("/check-in").text
    while "Send your answers" not in page:
        offered = re.findall(r'name="value" value="(\d+)"', page)
        chosen = str(value) if str(value) in offered else offered[0]
        answered = browser.submit("/check-in/answer", value=chosen, **fields_of(page))
        assert answered.status_code == 303
        page = browser.get(answered.headers["location"]).text
    return page


def forms_of(runtime: Runtime, clinic: Clinic, patient: Patient) -> list[StoredForm]:
    with runtime.reading(operator(clinic.id)) as work:
        assert list(problems(work)) == []
        return work.records.check_ins.forms_of(patient.id)


# Ordinary use


def test_from_the_mail_to_the_receipt_and_no_further_reminder(
    runtime: Runtime,
    clinic: Clinic,
    patient: Patient,
    browser: Browser,
    link: str,
    inbox: Inbox,
    clock: Clock,
) -> None:
    assert "Start" in browser.get(link).text
    opened = start(browser, link)
    assert (opened.status_code, opened.headers["location"]) == (303, "/check-in")
    flags = opened.headers["set-cookie"].lower()
    assert "httponly" in flags
    assert "samesite=strict" in flags
    page = browser.get("/check-in").text
    assert "Question 1 of" in page
    assert "Pat" not in page, "nothing of the record"
    assert "refresh" not in browser.get("/check-in").headers
    receipt = browser.submit("/check-in/send", note="Fine.", **fields_of(go_through(browser))).text
    assert "Sent. Your answers are saved." in receipt
    assert "tablet" not in receipt
    (form,) = forms_of(runtime, clinic, patient)
    assert (form.mode, form.entered_by, form.note) == (Mode.REMOTE, patient.id, "Fine.")
    assert "Nothing is open here." in browser.get("/check-in").text
    clock.forward(hours=6)
    assert worker.remind(runtime) == 0
    assert len(inbox.letters) == 1


def test_looking_at_it_spends_nothing(
    browser: Browser, link: str, open_browser: OpenBrowser
) -> None:
    """As a program does that scans mail."""
    for _ in range(3):
        assert open_browser().get(link).status_code == 200
        assert open_browser().head(link).status_code in (200, 405)
    assert start(browser, link).status_code == 303


def test_a_positive_answer_raises_its_alert_and_shows_help_at_once(
    runtime: Runtime, clinic: Clinic, browser: Browser, link: str
) -> None:
    start(browser, link)
    page = go_through(browser, value=1)
    assert "Help is there now" in page
    assert "do not wait for us" in page
    with runtime.reading(operator(clinic.id)) as work:
        assert len(work.records.alert_cases.open()) == 1


def test_what_was_begun_is_gone_on_with(
    runtime: Runtime, person: Actor, browser: Browser, link: str
) -> None:
    """In a session of their own, or by the link: it is the same check-in."""
    with runtime.unit_of_work(person) as work:
        begun = open_check_in(work, unscheduled=False)
    start(browser, link)
    assert fields_of(browser.get("/check-in").text)["check_in"] == begun.id


# Used, over, or never ours


def test_it_works_once_and_goes_on_in_the_browser_that_spent_it(
    browser: Browser, open_browser: OpenBrowser, link: str
) -> None:
    start(browser, link)
    again = browser.get(link)
    assert (again.status_code, again.headers["location"]) == (303, "/check-in")
    other = open_browser()
    said = other.get(link)
    assert said.status_code == 410
    assert "It was used before." in said.text
    assert start(other, link).status_code == 410
    assert "Nothing is open here." in other.get("/check-in").text


def test_of_two_browsers_one_spends_it(
    runtime: Runtime, open_browser: OpenBrowser, link: str
) -> None:
    one, other = open_browser(), open_browser()
    pages = [fields_of(browser.get(link).text) for browser in (one, other)]
    opened = [
        browser.submit("/check-in/open", **page).status_code
        for browser, page in zip((one, other), pages, strict=True)
    ]
    assert sorted(opened) == [303, 410]
    assert len(rows(runtime.database, "SELECT id FROM check_ins")) == 1


def test_it_runs_out_with_the_window(browser: Browser, link: str, clock: Clock) -> None:
    clock.forward(hours=11)
    said = browser.get(link)
    assert said.status_code == 410
    assert "This link is over" in said.text
    assert start(browser, link).status_code == 410


def test_answered_elsewhere_it_says_thank_you(
    runtime: Runtime, person: Actor, browser: Browser, link: str
) -> None:
    with runtime.unit_of_work(person) as work:
        check_in = open_check_in(work, unscheduled=False)
        save_answer(work, check_in.id, instrument_id="pulse", item_id="safety", value=0, replaces=0)
    with runtime.unit_of_work(person) as work:
        send_check_in(work, check_in.id, unanswered_too=True)
    assert "answered already" in browser.get(link).text


def test_a_used_link_offers_a_fresh_one_to_the_address_on_file_and_once_an_hour(
    runtime: Runtime,
    browser: Browser,
    open_browser: OpenBrowser,
    mailed: Callable[[], str],
    link: str,
    inbox: Inbox,
) -> None:
    start(browser, link)
    other = open_browser()
    for _ in range(3):
        asked = other.submit("/check-in/again", **fields_of(other.get(link).text))
        assert (asked.status_code, asked.headers["location"]) == (303, "/check-in?asked")
    fresh = mailed()
    assert fresh != link
    assert [letter["To"] for letter in inbox.letters] == [PAT, PAT]
    assert start(other, fresh).status_code == 303


@pytest.mark.parametrize(
    "token", ["", "x", "A" * 43, "' OR 1=1 --", "A" * 42 + "é", "%00" * 43, "A" * 5000]
)
def test_a_made_up_link_is_as_one_that_is_over(browser: Browser, person: Actor, token: str) -> None:
    said = browser.get("/check-in", params={"link": token})
    assert said.status_code == 410
    assert "or it was never one of ours" in said.text
    assert browser.submit("/check-in/open", link=token).status_code == 410
    asked = browser.submit("/check-in/again", link=token)
    assert asked.headers["location"] == "/check-in?asked", "nobody learns which there were"


def test_an_account_that_has_ended_opens_nothing(
    runtime: Runtime, browser: Browser, link: str
) -> None:
    with runtime.database.writing() as session:
        session.execute(text("UPDATE people SET active = :no"), {"no": False})
    assert start(browser, link).status_code == 410


def test_another_site_opens_nothing(browser: Browser, link: str) -> None:
    fields = fields_of(browser.get(link).text)
    for path in ("open", "again"):
        answer = browser.submit(f"/check-in/{path}", origin="https://evil.example", **fields)
        assert answer.status_code == 403


def test_a_cookie_that_was_put_there_before_opens_nothing(
    runtime: Runtime, browser: Browser, link: str
) -> None:
    """Session fixation: the browser gets a new one as it spends the link."""
    browser.cookies.set(LINK, "A" * 43)
    opened = start(browser, link)
    assert "A" * 43 not in opened.headers["set-cookie"]
    other_digest = rows(runtime.database, "SELECT visit_digest FROM check_in_links")
    assert len(other_digest) == 1


# Nothing else


def test_it_opens_this_check_in_and_nothing_else(
    runtime: Runtime, clinic: Clinic, browser: Browser, link: str
) -> None:
    start(browser, link)
    for path in ("/", "/today", "/my_progress", "/my_plan", "/check_in", "/download/answers"):
        answer = browser.get(path)
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/sign-in")
    other = a_patient(runtime, clinic, "Sam Other")
    someone = account_of(runtime, clinic, other)
    with runtime.unit_of_work(someone) as work:
        theirs = open_check_in(work, unscheduled=True)
    fields = fields_of(browser.get("/check-in").text) | {"check_in": theirs.id}
    browser.submit("/check-in/answer", value="1", **fields)
    with runtime.reading(someone) as work:
        assert work.records.check_ins.answers_of(theirs.id) == []


def test_left_alone_it_closes_and_what_was_chosen_is_kept(
    runtime: Runtime, patient: Patient, browser: Browser, link: str, clock: Clock
) -> None:
    start(browser, link)
    page = browser.get("/check-in").text
    browser.submit("/check-in/answer", value="0", **fields_of(page))
    clock.now += VISIT_IDLE
    assert "Nothing is open here." in browser.get("/check-in").text
    assert len(rows(runtime.database, "SELECT value FROM given_answers")) == 1


def test_the_database_holds_no_link(runtime: Runtime, browser: Browser, link: str) -> None:
    """A copy of it opens nothing."""
    token = link.partition("=")[2]
    start(browser, link)
    visit = browser.cookies.get(LINK)
    stored = str(rows(runtime.database, "SELECT * FROM check_in_links"))
    stored += str(rows(runtime.database, "SELECT * FROM messages"))
    stored += str(rows(runtime.database, "SELECT * FROM audit_events"))
    assert token not in stored
    assert visit
    assert visit not in stored


def test_staff_of_the_clinic_see_the_answer_as_any_other(
    runtime: Runtime, clinic: Clinic, patient: Patient, browser: Browser, link: str
) -> None:
    start(browser, link)
    browser.submit("/check-in/send", note="", **fields_of(go_through(browser)))
    nurse = staff(runtime, clinic, Role.CARE_TEAM)
    with runtime.reading(nurse) as work:
        told = [event.what for event in work.records.audit_events(patient.id)]
    assert told.count("link.spent") == 1
    assert told.count("check_in.sent") == 1
