"""A real mail server on this machine, which can be told to behave as bad ones do."""

import asyncio
import email
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope

from mindspa.exchange.email import SmtpServer

SENDER = "mindspa@clinic.example.org"


@dataclass(slots=True)
class Inbox:
    """What arrived. `refuses`: a reply by receiver in place of taking it; `dies_after`: takes so
    many letters and loses the connection before it says so."""

    letters: list[EmailMessage] = field(default_factory=list)
    refuses: dict[str, str] = field(default_factory=dict)
    dies_after: int | None = None

    async def handle_RCPT(  # noqa: N802  # aiosmtpd looks for this name
        self, server: SMTP, session: Any, envelope: Envelope, address: str, options: Any
    ) -> str:
        if said := self.refuses.get(address):
            return said
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Any, envelope: Envelope
    ) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        letter = email.message_from_bytes(content, policy=default)
        assert isinstance(letter, EmailMessage)
        self.letters.append(letter)
        if self.dies_after is not None and len(self.letters) >= self.dies_after:
            self.dies_after = None
            assert isinstance(server.transport, asyncio.WriteTransport)
            server.transport.abort()
        return "250 OK"

    def subjects_to(self, address: str) -> list[str]:
        return [str(letter["Subject"]) for letter in self.letters if letter["To"] == address]

    @property
    def wire_ids(self) -> list[str]:
        return [str(letter["Message-ID"]) for letter in self.letters]


def text_of(letter: EmailMessage) -> str:
    return str(letter.get_content()).replace("\r\n", "\n")


@contextmanager
def a_mail_server(inbox: Inbox) -> Iterator[SmtpServer]:
    controller = Controller(inbox, hostname="127.0.0.1", port=a_free_port())
    controller.start()
    try:
        yield SmtpServer("127.0.0.1", controller.port, SENDER, plain=True)
    finally:
        controller.stop()


def a_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def nobody_listens() -> SmtpServer:
    return SmtpServer("127.0.0.1", a_free_port(), SENDER, plain=True)
