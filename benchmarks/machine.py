"""The machine that is measured on: what it is, its floor, and what else it does meanwhile."""

import os
import platform
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median

import psutil  # type: ignore[import-untyped]


def described() -> list[str]:
    """What it is, and its floor: a loop that does nothing else."""
    loops = []
    for _ in range(5):
        started = time.process_time()
        sum(number * number for number in range(1_000_000))
        loops.append(time.process_time() - started)
    cores, version = os.cpu_count(), platform.python_version()
    return [
        f"{platform.system()} {platform.machine()}, {cores} cores, Python {version}.",
        f"A million squares added in plain Python: {median(loops) * 1000:.0f} ms of CPU.",
    ]


def _busy_seconds() -> float:
    times = psutil.cpu_times()
    return float(sum(times) - times.idle - times.iowait - times.guest - times.guest_nice)


@dataclass(slots=True)
class Shares:
    """Who used how much of the processor since this was made, in cores: the server that is
    measured, our own client, and others, who falsify every figure of time."""

    server_seconds: Callable[[], float]
    client_seconds: Callable[[], float] = time.process_time
    _started: tuple[float, ...] = field(init=False)

    def __post_init__(self) -> None:
        self._started = self._now()

    def _now(self) -> tuple[float, ...]:
        busy, server, client = _busy_seconds(), self.server_seconds(), self.client_seconds()
        return time.monotonic(), server, client, busy - server - client

    def cores(self) -> tuple[float, float, float]:
        """Of server, client and others."""
        passed, *used = (now - then for now, then in zip(self._now(), self._started, strict=True))
        server, client, others = (seconds / passed for seconds in used)
        return server, client, others
