"""The program, which says what is in force in its process: `python -m tests.server.tells INSTANT
serve …`, as `tests.at`. At SIGUSR1 it writes the file `facts.json` beside its database."""

import asyncio
import gc
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from streamlit import config
from streamlit.runtime import app_session

from mindspa import bootstrap
from mindspa.__main__ import app
from mindspa.web import server
from mindspa.web.static_files import CompressedFiles
from tests.at import clock_from

FOLDER = Path(os.environ["MINDSPA_DATABASE_URL"].removeprefix("sqlite:///")).parent
OPTIONS = (
    "browser.gatherUsageStats",
    "client.showErrorDetails",
    "logger.enableRich",
    "runner.postScriptGC",
    "server.address",
    "server.allowedHosts",
    "server.enableStaticServing",
    "server.fileWatcherType",
)
_running = server.running


def write_facts(loop: asyncio.AbstractEventLoop) -> None:
    facts = {
        "loop": type(loop).__module__,
        "without_delay": list(accepted()),
        "collector_on": gc.isenabled(),
        "frozen": gc.get_freeze_count(),
        "full_collections": gc.get_stats()[2]["collections"],
        "loaded": sorted({"pandas", "plotly", "mindspa.charts.timeline"} & sys.modules.keys()),
        "look": app_session._populate_theme_msg.__module__,
        "options": {name: config.get_option(name) for name in OPTIONS},
    }
    (half := FOLDER / "facts.half").write_text(json.dumps(facts))
    half.replace(FOLDER / "facts.json")


def accepted() -> Iterable[bool]:
    """Of each connection that a browser has opened: whether small messages leave at once."""
    for descriptor in os.listdir("/proc/self/fd"):
        try:
            with socket.socket(fileno=os.dup(int(descriptor))) as found:
                if found.family == socket.AF_INET and found.getpeername():
                    yield bool(found.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        except OSError:
            continue  # closed meanwhile, no socket, or one that listens


@asynccontextmanager
async def running(files: CompressedFiles, warm: Iterable[str]) -> AsyncIterator[None]:
    async with _running(files, warm):
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGUSR1, write_facts, loop)
        yield


if __name__ == "__main__":
    server.running = running
    bootstrap.start = partial(bootstrap.start, clock=clock_from(sys.argv.pop(1)))
    app(prog_name="python -m mindspa")
