"""A check-in by the link of a letter, as a phone goes through it: without signing in."""

import re
from email.message import EmailMessage

import httpx2

from tests.mail import text_of
from tests.web.test_tablet import fields_of


def link_of(letter: EmailMessage) -> str:
    found = re.search(r"http://[^/\s]+(/check-in\?link=\S+)", text_of(letter))
    assert found, "a letter without a link"
    return found[1]


def answer_all(phone: httpx2.Client, letter: EmailMessage, *, note: str = "") -> None:
    """The first option of each question."""
    opened = phone.post("/check-in/open", data=fields_of(phone.get(link_of(letter)).text))
    assert opened.status_code == 303, opened.text
    page = phone.get("/check-in")
    while "Send your answers" not in page.text:
        offered = re.findall(r'name="value" value="(\d+)"', page.text)
        given = phone.post("/check-in/answer", data={"value": offered[0]} | fields_of(page.text))
        page = phone.get(given.headers["location"])
    sent = phone.post("/check-in/send", data={"note": note} | fields_of(page.text))
    assert "Your answers are saved." in sent.text
