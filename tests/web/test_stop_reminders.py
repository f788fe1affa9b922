"""No more reminders, by the link at the foot of one."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from mindspa import worker
from mindspa.bootstrap import Runtime
from mindspa.domain.access import Actor
from mindspa.domain.treatment import Clinic
from mindspa.exchange.email import SmtpServer
from mindspa.services.choose_reach import choose_email
from mindspa.services.send_messages import send_messages
from tests.conftest import NOW, Clock
from tests.factories import a_patient, account_of, an_induction, an_infusion
from tests.mail import Inbox, text_of
from tests.services.test_handle_alert import act
from tests.web.conftest import ADDRESS, Browser

FORM = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def person(runtime: Runtime, clinic: Clinic) -> Actor:
    """Of a patient with a check-in that opened an hour ago."""
    found = a_patient(runtime, clinic)
    course = an_induction(runtime, clinic, found, starts_at=NOW - timedelta(hours=26))
    an_infusion(runtime, clinic, course, starts_at=NOW - timedelta(hours=26))
    account = account_of(runtime, clinic, found)
    act(runtime, account, lambda work: choose_email(work, "pat@example.org"))
    return account


@pytest.fixture
def link(runtime: Runtime, person: Actor, inbox: Inbox, mail_server: SmtpServer) -> str:
    """Of the newest reminder, as a path."""
    worker.remind(runtime)
    send_messages(runtime.outbox, mail_server, public_url=ADDRESS, clock=runtime.clock)
    found = re.search(r"/reminders/stop\?link=\S+", text_of(inbox.letters[-1]))
    assert found
    return found[0]


def are_wanted(runtime: Runtime) -> bool:
    with runtime.database.reading() as session:
        stored = session.execute(text("SELECT reminders FROM people WHERE patient_id IS NOT NULL"))
        return bool(stored.scalar_one())


def press(browser: Browser, link: str) -> None:
    done = browser.submit("/reminders/stop", link=link.partition("=")[2])
    assert done.headers["location"] == "/reminders/stop?stopped"
    assert "no more reminders" in browser.get("/reminders/stop?stopped").text


def test_a_press_stops_them(runtime: Runtime, browser: Browser, link: str) -> None:
    assert "No more reminders?" in browser.get(link).text
    assert are_wanted(runtime), "a look stops nothing"
    press(browser, link)
    assert not are_wanted(runtime)
    press(browser, link)  # again
    with runtime.database.reading() as session:
        told = session.execute(
            text("SELECT count(*) FROM audit_events WHERE what = 'reminders.refused'")
        )
        assert told.scalar_one() == 1


def test_long_after_the_check_in_closed(
    runtime: Runtime, browser: Browser, link: str, clock: Clock
) -> None:
    clock.forward(days=200)
    press(browser, link)
    assert not are_wanted(runtime)


@pytest.mark.parametrize(
    "how", [{"data": FORM}, {"files": {"List-Unsubscribe": (None, "One-Click")}}]
)
def test_a_mail_program_does_it_by_itself(
    runtime: Runtime, browser: Browser, link: str, inbox: Inbox, how: dict[str, Any]
) -> None:
    """RFC 8058: a form to that address, from no page and with no cookie."""
    letter = inbox.letters[-1]
    assert letter["List-Unsubscribe"] == f"<{ADDRESS}{link}>"
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert browser.post(link, **how).status_code == 200
    assert not are_wanted(runtime)


def test_what_another_site_sends_stops_nothing(
    runtime: Runtime, browser: Browser, link: str
) -> None:
    token = link.partition("=")[2]
    sent = browser.submit("/reminders/stop", origin="https://evil.example", link=token)
    assert sent.status_code == 403
    assert are_wanted(runtime)


@pytest.mark.parametrize("token", ["", "x", "x" * 43, "é" * 43, "x" * 5000])
def test_a_made_up_link(runtime: Runtime, browser: Browser, person: Actor, token: str) -> None:
    assert browser.get("/reminders/stop", params={"link": token}).status_code == 410
    sent = browser.submit("/reminders/stop", link=token)
    assert sent.headers["location"] == "/reminders/stop?stopped"
    assert are_wanted(runtime)


def test_a_body_without_end(browser: Browser, link: str) -> None:
    assert browser.post(link, content=b"x" * 9000).status_code == 422
