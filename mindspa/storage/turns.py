"""Who writes next to a database that lets one write at a time: first come, first served.

SQLite lets whoever asks at the right moment go first. Where many write at once, somebody then
waits past all patience while others write again and again.
"""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from mindspa.domain.errors import DatabaseUnusable

BUSY = "The database is busy. Nothing was saved; try again in a moment."


class Turns:
    """For the threads of one process."""

    def __init__(self) -> None:
        self._queue: deque[threading.Lock] = deque()  # the first has its turn
        self._guard = threading.Lock()

    def __len__(self) -> int:
        """How many have their turn or wait for it."""
        return len(self._queue)

    @contextmanager
    def turn(self, *, patience: float) -> Iterator[None]:
        """DatabaseUnusable for whoever has waited so many seconds."""
        mine = threading.Lock()
        mine.acquire()
        with self._guard:
            self._queue.append(mine)
            if self._queue[0] is mine:
                mine.release()
        if not mine.acquire(timeout=patience) and self._leave(mine):
            raise DatabaseUnusable(BUSY)
        try:
            yield
        finally:
            with self._guard:
                self._queue.popleft()
                if self._queue:
                    self._queue[0].release()

    def _leave(self, mine: threading.Lock) -> bool:
        """False where the turn has come in this very moment."""
        with self._guard:
            if self._queue[0] is mine:
                return False
            self._queue.remove(mine)
            return True
