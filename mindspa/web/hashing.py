"""Work that compares a password: in a thread, and little of it at once."""

from collections.abc import Callable
from typing import TypeVar

from anyio import CapacityLimiter, to_thread

Result = TypeVar("Result")

# A hash takes a core for a third of a second and 64 MB: more at once would stop everything else.
HASHES_AT_ONCE = 2
_hashing = CapacityLimiter(HASHES_AT_ONCE)


async def hashed(work: Callable[[], Result]) -> Result:
    return await to_thread.run_sync(work, limiter=_hashing)
