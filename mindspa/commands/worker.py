"""`worker`: what happens beside the pages, in a process of its own."""

import os
import signal
import threading
from types import FrameType

import typer

from mindspa import bootstrap, worker
from mindspa.commands.options import DatabaseUrl, settings_for
from mindspa.commands.plain_errors import plain_errors
from mindspa.web import logs


def work(db: DatabaseUrl = None) -> None:
    """Sends messages, escalates alerts and plans ahead, until it is told to stop.

    Every server does so of itself. Where pages are served by several, one more of these goes on
    while they are exchanged; two never send one message twice.
    """
    with plain_errors():
        runtime = bootstrap.start(settings_for(db, os.environ))
        logs.keep_values_out()
        stopping = threading.Event()

        def stop(_number: int, _frame: FrameType | None) -> None:
            stopping.set()

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, stop)
        threads = worker.start(runtime, stopping)
        typer.echo("Working. Press Ctrl+C to stop.", err=True)
        if runtime.mail is None:
            typer.echo("MINDSPA_SMTP_URL is not set: no e-mail is sent.", err=True)
        stopping.wait()
        worker.join(threads)
        runtime.database.dispose()
