"""The heaps of a process with many threads, as the C library counts them."""

import subprocess
import sys
from pathlib import Path

import pytest

from mindspa.settings import PROJECT_ROOT
from mindspa.web.memory import HEAPS

THREADS = 12

# Threads that are all there at once, each with memory of its own: while the server runs, and
# without it.
PROGRAM = """
import asyncio, ctypes, sys, threading
from pathlib import Path
from mindspa import bootstrap
from mindspa.settings import Settings
from mindspa.web import server
from mindspa.web.static_files import CompressedFiles

folder = Path(sys.argv[2])
libc = ctypes.CDLL(None)
libc.fopen.restype = ctypes.c_void_p
together = threading.Barrier({threads})

def asks():
    together.wait()
    libc.malloc(5000)
    together.wait()

def count():
    threads = [threading.Thread(target=asks) for _ in range({threads})]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told = ctypes.c_void_p(libc.fopen(bytes(folder / sys.argv[1]), b"w"))
    libc.malloc_info(0, told)
    libc.fclose(told)

async def while_serving():
    (folder / "index.html").touch()
    async with server.running(CompressedFiles(folder, folder), ()):
        count()

if sys.argv[1] == "server":
    settings = Settings.load({{"MINDSPA_DATABASE_URL": f"sqlite:///{{folder}}/heaps.db"}})
    bootstrap.install(bootstrap.start(settings))
    asyncio.run(while_serving())
else:
    count()
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the GNU C library only")
def test_many_threads_share_few_heaps(tmp_path: Path) -> None:
    heaps = {}
    for which in ("server", "nothing"):
        program = PROGRAM.format(threads=THREADS)
        command = [sys.executable, "-c", program, which, str(tmp_path)]
        subprocess.run(command, cwd=PROJECT_ROOT, check=True)
        heaps[which] = (tmp_path / which).read_text().count("<heap nr=")
    assert heaps["server"] <= HEAPS < heaps["nothing"]
