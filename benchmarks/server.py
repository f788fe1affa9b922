"""The servers that are measured: the program with one empty page more, the same on Streamlit's
default settings, and a one-line script.

Run as `python -m benchmarks.server NAME PORT COUNTER`; `running` starts
one as a process of its own.
"""

import gc
import itertools
import mmap
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import httpx2
import psutil  # type: ignore[import-untyped]
import streamlit as st
from sqlalchemy import event
from streamlit.navigation.page import StreamlitPage

import app as entry_point
from benchmarks.clinic import NOW
from mindspa import bootstrap
from mindspa.domain.access import Actor
from mindspa.settings import PROJECT_ROOT, Settings
from mindspa.storage.database import Database
from mindspa.ui import menu
from mindspa.web import gate, server

SCRIPTS = Path(__file__).resolve().parent / "scripts"
ADDRESS = "127.0.0.1"
PROGRAM, ON_DEFAULTS, ONE_LINE = "program", "on-defaults", "one-line"
STARTED_WITHIN = 60.0  # seconds


@dataclass(frozen=True, slots=True)
class Server:
    """One that runs. `counter` is where the program writes how many queries it has made."""

    address: str
    counter: Path
    _process: psutil.Process

    def cpu_seconds(self) -> float:
        """Of user and system; counted in hundredths, so that single reruns say little."""
        times = self._process.cpu_times()
        return float(times.user + times.system)

    def megabytes(self) -> float:
        """Of memory that is its own or shared, resident now."""
        return float(self._process.memory_info().rss) / 2**20

    def queries(self) -> int:
        return int.from_bytes(self.counter.read_bytes()) if self.counter.exists() else 0


def compress_files() -> None:
    """What a new installation's server does beside its first pages, and what would count as
    theirs. Two minutes, once."""
    entry_point.files.prepare()


@contextmanager
def running(name: str, database_url: str, folder: Path) -> Iterator[Server]:
    """A process of its own, which ends with the block. What it writes is in the folder."""
    port = _free_port()
    address, counter = f"http://{ADDRESS}:{port}", folder / f"queries-{port}"
    with (folder / f"{name}-{port}.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.server", name, str(port), str(counter)],
            cwd=PROJECT_ROOT,
            env=os.environ | {"MINDSPA_DATABASE_URL": database_url},
            stdout=log,
            stderr=log,
        )
    try:
        _wait_for(address, process)
        yield Server(address, counter, psutil.Process(process.pid))
    finally:
        process.terminate()
        process.wait(timeout=30)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((ADDRESS, 0))
        return int(probe.getsockname()[1])


def _wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + STARTED_WITHIN
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}")
        try:
            if httpx2.get(f"{address}/_stcore/health").status_code == 200:
                return
        except httpx2.TransportError:
            time.sleep(0.2)
    raise RuntimeError("the server did not start in time")


def main(name: str, port: int, counter: Path) -> None:
    sys.argv = [str(PROJECT_ROOT / "app.py")]  # where Streamlit looks for its configuration
    settings = Settings.load(os.environ)
    options = dict(server.streamlit_options(settings, address=ADDRESS, port=port))
    if name == ON_DEFAULTS:
        options |= _untuned()
    if name == ONE_LINE:
        st.App(SCRIPTS / "one_line.py").run(config=options)
        return
    _add_empty_page()
    gate.INNER_IN_USE |= {"/_stcore/metrics"}  # where the server counts its sessions
    started = datetime.now(UTC)
    runtime = bootstrap.start(
        settings,
        clock=lambda: NOW + (datetime.now(UTC) - started),
        visitor_token=lambda: st.context.cookies.get(settings.session_cookie),
    )
    _count_queries(runtime.database, counter)
    bootstrap.install(runtime)
    entry_point.app.run(config=options)


def _untuned() -> dict[str, object]:
    """Takes back what we change of Streamlit: our file of options, the event loop of its extra for
    speed, and what we keep from the collector. What remains is needed to measure at all."""
    sys.argv = [str(SCRIPTS / "no_options_here.py")]
    os.chdir(SCRIPTS)
    sys.modules["uvloop"] = None  # type: ignore[assignment]  # imports as if not installed
    gc.freeze = lambda: None
    return {"server.headless": True}


def _add_empty_page() -> None:
    """For everybody, beside the pages of their role; made once, as those are."""
    own_pages = menu.pages_of

    @cache
    def empty() -> StreamlitPage:
        return st.Page(SCRIPTS / "empty.py", url_path="empty", visibility="hidden")

    def with_empty_page(actor: Actor) -> list[StreamlitPage]:
        return [*own_pages(actor), copy(empty())]

    menu.pages_of = with_empty_page


def _count_queries(database: Database, file: Path) -> None:
    """In mapped memory, where the measuring process reads it: a count costs next to nothing."""
    file.write_bytes(bytes(8))
    with file.open("r+b") as opened:
        counter = mmap.mmap(opened.fileno(), 8)
    numbers = itertools.count(1)

    def count(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith("BEGIN"):
            counter[:] = next(numbers).to_bytes(8)

    for engine in (database.reader, database.writer):
        event.listen(engine, "before_cursor_execute", count)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
