"""Where the C library puts what many short threads ask for: into few heaps instead of many."""

import ctypes

_M_ARENA_MAX = -8  # of mallopt(3)
HEAPS = 2


def share_heaps() -> None:
    """Every run of a page is a thread. By default each of eight threads a core has a heap of its
    own, and what they leave between living values is lost to the others: memory grows for hours.
    Python's own lock lets one thread work at a time anyway."""
    if mallopt := getattr(ctypes.CDLL(None), "mallopt", None):  # of the GNU C library alone
        mallopt(_M_ARENA_MAX, HEAPS)
