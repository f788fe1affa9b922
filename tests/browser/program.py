"""The program as its users start it: its commands, and a server on a port of its own."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path

from mindspa.settings import PREFIX, PROJECT_ROOT

DEMO_SEED, DEMO_NOW = "7", "2026-06-10T16:00:00Z"
STARTS_WITHIN = 60  # seconds, on a busy machine


def run(*arguments: str, at: str, database: Path) -> str:
    """What a command says; one that fails fails the test with it."""
    done = subprocess.run(
        _command(at, arguments),
        cwd=PROJECT_ROOT,
        env=_environment(database),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def build_demo(database: Path) -> None:
    run("demo", "--seed", DEMO_SEED, "--now", DEMO_NOW, at=DEMO_NOW, database=database)


@contextmanager
def serving(database: Path, *, at: str = DEMO_NOW) -> Iterator[str]:
    """The address of a server that is ready, whose clock starts `at`. Its log must stay free of
    errors."""
    port = _free_port()
    address = f"http://127.0.0.1:{port}"
    log = database.with_suffix(f".{port}.log")
    with log.open("w") as output:
        server = subprocess.Popen(
            _command(at, ("serve", "--port", str(port))),
            cwd=PROJECT_ROOT,
            env=_environment(database),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait_until_ready(port, server, log)
            yield address
        finally:
            server.terminate()
            server.wait(timeout=30)
    said = log.read_text()
    assert "Traceback" not in said, said
    assert "(reference " not in said, said  # how `web/logs` tells of an error


def _command(at: str, arguments: tuple[str, ...]) -> list[str]:
    return [sys.executable, "-m", "tests.browser.at", at, *arguments]


def _environment(database: Path) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith((PREFIX, "STREAMLIT_"))
    }
    return kept | {f"{PREFIX}DATABASE_URL": f"sqlite:///{database}"}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_ready(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < until:
        assert server.poll() is None, log.read_text()
        try:
            with closing(HTTPConnection("127.0.0.1", port, timeout=5)) as connection:
                connection.request("GET", "/ready")
                if connection.getresponse().status == HTTPStatus.OK:
                    return
        except OSError:
            pass
        time.sleep(0.1)
    raise AssertionError(f"The server did not start:\n{log.read_text()}")
