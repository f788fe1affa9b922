"""What the C library does with memory that many short threads ask for and give back."""

import asyncio
import ctypes
from datetime import timedelta

_M_ARENA_MAX = -8  # of mallopt(3)
HEAPS = 2
GIVEN_BACK_EVERY = timedelta(minutes=5)


def share_heaps() -> None:
    """Into few heaps instead of many. Every run of a page is a thread. By default each of eight
    threads a core has a heap of its own, and what they leave between living values is lost to the
    others: memory grows for hours. Python's own lock lets one thread work at a time anyway."""
    if mallopt := getattr(ctypes.CDLL(None), "mallopt", None):  # of the GNU C library alone
        mallopt(_M_ARENA_MAX, HEAPS)


def give_back() -> None:
    """Whole pages between living values, which the C library would keep: over a day of visits that
    is tens of megabytes that nothing uses. It takes some milliseconds."""
    if trim := getattr(ctypes.CDLL(None), "malloc_trim", None):  # the same
        trim(0)


async def give_back_now_and_again() -> None:
    while True:
        await asyncio.sleep(GIVEN_BACK_EVERY.total_seconds())
        await asyncio.to_thread(give_back)
