"""A server that sends to a real mail server, started by whoever needs it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.conftest import NOW
from tests.mail import SENDER, Inbox, a_mail_server
from tests.program import HOST, Program, free_port


@contextmanager
def mailing(
    database: Path, settings: Mapping[str, str] | None = None
) -> Iterator[tuple[Program, Inbox]]:
    """Ended with the block, however it is. What it sends is in the inbox."""
    inbox, port = Inbox(), free_port()
    with a_mail_server(inbox) as mail:
        program = Program(
            f"sqlite:///{database}",
            database.with_suffix(".log"),
            NOW.isoformat(),
            port=port,
            environment={
                "MINDSPA_PUBLIC_URL": f"http://{HOST}:{port}",
                "MINDSPA_SMTP_URL": f"smtp://{mail.host}:{mail.port}",
                "MINDSPA_MAIL_FROM": SENDER,
                **(settings or {}),
            },
        )
        try:
            yield program, inbox
        finally:
            if program.process is not None:
                program.kill()
