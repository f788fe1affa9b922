"""Waits for what must come."""

import time
from collections.abc import Callable

LONGEST = 60.0  # seconds, on a busy machine


def wait_until(there: Callable[[], bool]) -> None:
    until = time.monotonic() + LONGEST
    while not there():
        assert time.monotonic() < until, "it never came"
        time.sleep(0.02)
