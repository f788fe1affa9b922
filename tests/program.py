"""The program as its users start it: its commands, and servers on ports of their own."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path

from mindspa.settings import PREFIX, PROJECT_ROOT

HOST = "127.0.0.1"
DEMO_SEED, DEMO_NOW = "7", "2026-06-10T16:00:00Z"
STARTS_WITHIN = 60  # seconds, on a busy machine
STOPS_WITHIN = 30


def run(*arguments: str, at: str, database: Path) -> str:
    """What a command says; one that fails fails the test with it."""
    done = subprocess.run(
        _command(at, arguments),
        cwd=PROJECT_ROOT,
        env=_environment(f"sqlite:///{database}", {}),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def build_demo(database: Path) -> None:
    run("demo", "--seed", DEMO_SEED, "--now", DEMO_NOW, at=DEMO_NOW, database=database)


@dataclass(slots=True)
class Program:
    """A server on a port of its own, whose clock starts `at`: to be started, stopped, killed and
    started again."""

    database_url: str
    log: Path
    at: str = DEMO_NOW
    environment: Mapping[str, str] = field(default_factory=dict)
    module: str = "tests.at"
    port: int = 0
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://{HOST}:{self.port}"

    def start(self) -> None:
        """Returns when it is ready."""
        self.port = self.port or free_port()
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                _command(self.at, ("serve", "--port", str(self.port)), self.module),
                cwd=PROJECT_ROOT,
                env=_environment(self.database_url, self.environment),
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        self._wait_until_ready(self.process)

    def stop(self) -> int:
        """As a service manager stops it; the code that it ends with."""
        return self._end(signal.SIGTERM)

    def kill(self) -> int:
        """As a machine that fails ends it: nothing of its own runs any more."""
        return self._end(signal.SIGKILL)

    def said(self) -> str:
        return self.log.read_text()

    def _end(self, with_signal: signal.Signals) -> int:
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(with_signal)
        return self.process.wait(timeout=STOPS_WITHIN)

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> None:
        until = time.monotonic() + STARTS_WITHIN
        while time.monotonic() < until:
            assert process.poll() is None, self.said()
            if self.answers("/ready") == HTTPStatus.OK:
                return
            time.sleep(0.1)
        raise AssertionError(f"The server did not start:\n{self.said()}")

    def answers(self, path: str) -> int | None:
        """The status; None while nobody listens."""
        try:
            with closing(HTTPConnection(HOST, self.port, timeout=5)) as connection:
                connection.request("GET", path)
                return connection.getresponse().status
        except OSError:
            return None


@contextmanager
def serving(
    database: Path,
    *,
    at: str = DEMO_NOW,
    port: int = 0,
    environment: Mapping[str, str] | None = None,
    module: str = "tests.at",
) -> Iterator[str]:
    """The address of a server over a SQLite file. Its log must stay free of errors."""
    port = port or free_port()
    log = database.with_suffix(f".{port}.log")
    program = Program(f"sqlite:///{database}", log, at, environment or {}, module, port)
    try:
        program.start()
        yield program.address
    finally:
        program.stop()
    said = program.said()
    assert "Traceback" not in said, said
    assert "(reference " not in said, said  # how `web/logs` tells of an error


def _command(at: str, arguments: tuple[str, ...], module: str = "tests.at") -> list[str]:
    return [sys.executable, "-m", module, at, *arguments]


def _environment(database_url: str, more: Mapping[str, str]) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith((PREFIX, "STREAMLIT_"))
    }
    return kept | {f"{PREFIX}DATABASE_URL": database_url} | dict(more)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
