"""Messages as e-mail, to a server over SMTP with TLS."""

import smtplib
import ssl
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import format_datetime
from typing import ClassVar

from mindspa.domain.messages import Channel, Delivery, Outcome, Problem
from mindspa.exchange.letter import BATCH_S, Letter

TIMEOUT_S = 10.0  # of each word that the server is waited for


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """`starts_tls`: begins in the clear and turns to TLS before anything is said; False where TLS
    is there from the first byte. `plain`: neither, for a relay on this machine."""

    host: str
    port: int
    sender: str
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    starts_tls: bool = True
    plain: bool = False

    channel: ClassVar[Channel] = Channel.EMAIL

    def send(
        self, letters: Sequence[Letter], *, go_on: Callable[[], bool] = lambda: True
    ) -> dict[tuple[str, str], Delivery]:
        """See `Carrier`."""
        done: dict[tuple[str, str], Delivery] = {}
        until, waiting = time.monotonic() + BATCH_S, list(letters)
        for _ in range(2):  # a server may close a connection after so many letters
            self._send_some(waiting, done, lambda: go_on() and time.monotonic() < until)
            waiting = [letter for letter in waiting if letter.id not in done]
            if not waiting or not go_on():
                break
        return done | {one.id: Delivery(Outcome.LATER, Problem.OUT_OF_REACH) for one in waiting}

    def _send_some(
        self,
        letters: Sequence[Letter],
        done: dict[tuple[str, str], Delivery],
        go_on: Callable[[], bool],
    ) -> None:
        """Until all are tried, the time is over or the connection is lost."""
        with suppress(OSError, smtplib.SMTPException), self._connected() as server:
            for letter in letters:
                if not go_on():
                    return
                done[letter.id] = self._send_one(server, letter)

    def _send_one(self, server: smtplib.SMTP, letter: Letter) -> Delivery:
        """A lost connection is raised: it says nothing of this letter."""
        try:
            server.send_message(self._written(letter))
        except smtplib.SMTPRecipientsRefused as refused:
            code = next(iter(refused.recipients.values()))[0]
            return _refused(code)
        except smtplib.SMTPServerDisconnected:
            raise
        except smtplib.SMTPSenderRefused:
            server.rset()
            return Delivery(Outcome.LATER, Problem.OUT_OF_REACH)  # ours to put right, not theirs
        except smtplib.SMTPResponseException as refused:
            if refused.smtp_code == 421:  # it closes the connection
                raise
            server.rset()
            return _refused(refused.smtp_code)
        except (ValueError, smtplib.SMTPNotSupportedError):
            return Delivery(Outcome.NEVER, Problem.REFUSED)  # an address that no server would take
        return Delivery(Outcome.SENT)

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        context = ssl.create_default_context()
        server: smtplib.SMTP
        if self.starts_tls or self.plain:
            server = smtplib.SMTP(self.host, self.port, timeout=TIMEOUT_S)
        else:
            server = smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT_S, context=context)
        try:
            if self.starts_tls and not self.plain:
                server.starttls(context=context)
            if self.user and self.password:
                server.login(self.user, self.password)
            yield server
        finally:
            with suppress(OSError, smtplib.SMTPException):
                server.quit()

    def _written(self, letter: Letter) -> EmailMessage:
        message = EmailMessage()
        message["From"], message["To"] = self.sender, letter.to
        message["Subject"], message["Message-ID"] = letter.subject, letter.wire_id
        message["Date"] = format_datetime(letter.written_at)
        message["Auto-Submitted"] = "auto-generated"  # so that no absence note answers it
        if letter.stop:
            message["List-Unsubscribe"] = f"<{letter.stop}>"
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        message.set_content(letter.body)
        return message


def _refused(code: int) -> Delivery:
    if 500 <= code < 600:
        return Delivery(Outcome.NEVER, Problem.REFUSED)
    return Delivery(Outcome.LATER, Problem.OUT_OF_REACH)
