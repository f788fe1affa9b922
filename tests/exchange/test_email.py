"""Letters to a real mail server: what arrives, and what becomes of those that do not."""

import socket
import ssl
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import pytest

from mindspa.domain.messages import Delivery, Outcome, Problem
from mindspa.exchange import email as wire
from mindspa.exchange.email import SmtpServer
from mindspa.exchange.letter import Letter
from tests.mail import SENDER, Inbox, a_mail_server, nobody_listens, text_of

AT = datetime(2026, 6, 10, 16, 0, tzinfo=UTC)
SENT = Delivery(Outcome.SENT)
LATER = Delivery(Outcome.LATER, Problem.OUT_OF_REACH)
NEVER = Delivery(Outcome.NEVER, Problem.REFUSED)


def letters(*to: str) -> list[Letter]:
    return [
        Letter(("clinic", str(n)), address, "You have an alert", "Sign in.\n", f"<{n}@x.org>", AT)
        for n, address in enumerate(to)
    ]


def outcomes(found: dict[tuple[str, str], Delivery]) -> list[Delivery]:
    return [found[key] for key in sorted(found)]


def test_a_letter_arrives_as_it_was_written(mail_server: SmtpServer, inbox: Inbox) -> None:
    assert outcomes(mail_server.send(letters("ana@example.org"))) == [SENT]
    (letter,) = inbox.letters
    assert (letter["From"], letter["To"]) == (SENDER, "ana@example.org")
    assert (letter["Subject"], letter["Message-ID"]) == ("You have an alert", "<0@x.org>")
    assert letter["Auto-Submitted"] == "auto-generated"
    assert parsedate_to_datetime(str(letter["Date"])) == AT
    assert text_of(letter) == "Sign in.\n"


def test_one_who_is_refused_holds_up_nobody(mail_server: SmtpServer, inbox: Inbox) -> None:
    inbox.refuses = {"gone@example.org": "550 no such user", "full@example.org": "452 try later"}
    to = ("gone@example.org", "ana@example.org", "full@example.org", "ben@example.org")
    assert outcomes(mail_server.send(letters(*to))) == [NEVER, SENT, LATER, SENT]
    assert [letter["To"] for letter in inbox.letters] == ["ana@example.org", "ben@example.org"]


@pytest.mark.parametrize("address", ["nobody", "a\nBcc: eve@example.org", "ü@example.org", "a b@c"])
def test_an_address_that_no_server_takes(
    mail_server: SmtpServer, inbox: Inbox, address: str
) -> None:
    found = outcomes(mail_server.send(letters(address, "ana@example.org")))
    assert found[0].outcome is not Outcome.LATER or found[0] == LATER
    assert found[1] == SENT
    assert "eve@example.org" not in str(inbox.letters)


def test_a_server_that_takes_a_letter_and_dies_gets_it_again_under_the_same_name(
    mail_server: SmtpServer, inbox: Inbox
) -> None:
    inbox.dies_after = 1
    assert outcomes(mail_server.send(letters("ana@example.org", "ben@example.org"))) == [SENT, SENT]
    assert inbox.wire_ids == ["<0@x.org>", "<0@x.org>", "<1@x.org>"]


def test_nobody_listens() -> None:
    assert outcomes(nobody_listens().send(letters("a@b.org", "c@d.org"))) == [LATER, LATER]


def test_a_server_that_says_nothing_is_not_waited_for_for_ever(
    mail_server: SmtpServer, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "TIMEOUT_S", 0.2)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        found = SmtpServer("127.0.0.1", silent.getsockname()[1], SENDER, plain=True)
        assert outcomes(found.send(letters("ana@example.org"))) == [LATER]


def test_a_server_without_tls_is_told_nothing(inbox: Inbox) -> None:
    """Not the letter, nor the password."""
    with a_mail_server(inbox) as plain:
        for user, password in (("user", "secret"), (None, None)):
            strict = SmtpServer(plain.host, plain.port, SENDER, user, password, starts_tls=True)
            assert outcomes(strict.send(letters("ana@example.org"))) == [LATER]
        implicit = SmtpServer(plain.host, plain.port, SENDER, starts_tls=False)
        assert outcomes(implicit.send(letters("ana@example.org"))) == [LATER]
    assert inbox.letters == []


def test_a_certificate_is_looked_at() -> None:
    assert ssl.create_default_context().verify_mode is ssl.CERT_REQUIRED


def test_a_stop_ends_it_between_two_letters(mail_server: SmtpServer, inbox: Inbox) -> None:
    def go_on() -> bool:
        return len(inbox.letters) < 1

    found = outcomes(mail_server.send(letters("ana@example.org", "ben@example.org"), go_on=go_on))
    assert found == [SENT, LATER]
    assert len(inbox.letters) == 1
