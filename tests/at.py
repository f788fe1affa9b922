"""The program's own command line, at another time: `python -m tests.at INSTANT serve …`.

The clock starts at that instant and goes on from there. Nothing else differs from
`python -m mindspa`: the same commands, the same wiring, the same server.
"""

import sys
import time
from datetime import datetime, timedelta
from functools import partial

from mindspa import bootstrap
from mindspa.__main__ import app


def clock_from(instant: str) -> partial[datetime]:
    starts_at, started = datetime.fromisoformat(instant), time.monotonic()
    if starts_at.tzinfo is None:
        raise SystemExit("Give the instant with its zone, such as 2026-06-10T16:00:00Z.")
    return partial(_now, starts_at, started)


def _now(starts_at: datetime, started: float) -> datetime:
    return starts_at + timedelta(seconds=time.monotonic() - started)


if __name__ == "__main__":
    bootstrap.start = partial(bootstrap.start, clock=clock_from(sys.argv.pop(1)))
    app(prog_name="python -m mindspa")
