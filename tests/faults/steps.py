"""The steps of what is written to a database, so that a process can be made to die at one."""

import os
import signal
from collections.abc import Callable

from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

STATEMENT, COMMIT, COMMITTED = "statement", "commit", "committed"


def watch(writer: Engine, reached: Callable[[str], None]) -> None:
    """Calls `reached` before each statement, before each commit and after it."""

    def statement(*_: object) -> None:
        reached(STATEMENT)

    def commit(_: object) -> None:
        reached(COMMIT)

    def committed(session: Session) -> None:
        if session.get_bind() is writer:
            reached(COMMITTED)

    event.listen(writer, "before_cursor_execute", statement)
    event.listen(writer, "commit", commit)
    event.listen(Session, "after_commit", committed)


def die() -> None:
    """As a machine that fails ends a process: nothing of it runs any more."""
    os.kill(os.getpid(), signal.SIGKILL)
