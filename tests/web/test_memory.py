"""Memory that nothing uses any more goes back to the system."""

import subprocess
import sys

import pytest

# In a process of its own: holes between living values, as hours of visits leave them.
HOLES = """
import ctypes, os, sys
from mindspa.web import memory

libc = ctypes.CDLL(None)
libc.malloc.restype, libc.free.argtypes = ctypes.c_void_p, [ctypes.c_void_p]
def resident():
    return int(open("/proc/self/statm").read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
blocks = [libc.malloc(16_000) for _ in range(4_000)]
for block in blocks:
    ctypes.memset(block, 1, 16_000)
for block in blocks[:-1]:
    libc.free(block)
before = resident()
memory.give_back()
print(before - resident())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="how much is resident is asked of Linux")
def test_what_was_freed_between_living_values_goes_back() -> None:
    said = subprocess.run(
        [sys.executable, "-c", HOLES], capture_output=True, text=True, check=True
    ).stdout
    assert int(said) > 30_000_000
