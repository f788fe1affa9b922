"""What time alone causes, beside the server: alerts escalate, plans reach further, old sessions
go."""

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from time import monotonic

from mindspa.bootstrap import Runtime
from mindspa.domain.access import worker
from mindspa.domain.errors import MindSpaError
from mindspa.services.escalate_alerts import alerts_waiting, escalate_alert
from mindspa.services.extend_plans import extend_plan, patients_to_plan_for
from mindspa.services.unit_of_work import UnitOfWork

logger = logging.getLogger(__name__)

LOOK_EVERY = timedelta(seconds=15)  # for alerts whose time has come
SWEEP_EVERY = timedelta(hours=12)
ENDS_WITHIN = timedelta(seconds=8)  # unless somebody else holds the database up


def sweep(runtime: Runtime, *, stopping: threading.Event | None = None) -> int:
    """How many plans were extended."""
    with _kept_going():
        runtime.accounts.forget_old(now=runtime.clock())
    return _each(runtime, patients_to_plan_for, extend_plan, stopping)


def escalate(runtime: Runtime, *, stopping: threading.Event | None = None) -> int:
    """How many alerts moved on, whether or not anyone is signed in."""
    return _each(runtime, alerts_waiting, escalate_alert, stopping)


def _each(
    runtime: Runtime,
    waiting: Callable[[UnitOfWork], Sequence[str]],
    act: Callable[[UnitOfWork, str], bool],
    stopping: threading.Event | None,
) -> int:
    """For how many there was something to do. A unit for each: none waits long for another, and of
    two servers that come to the same one, the second finds it done."""
    done = 0
    for clinic in runtime.accounts.clinics():
        actor = worker(clinic.id)
        with runtime.reading(actor) as work:
            ids = waiting(work)
        for one in ids:
            if stopping and stopping.is_set():
                return done
            with _kept_going(), runtime.unit_of_work(actor) as work:
                done += act(work, one)
    return done


@contextmanager
def _kept_going() -> Iterator[None]:
    """What fails for one patient must not keep the others waiting, nor the next sweep."""
    try:
        yield
    except MindSpaError as error:
        logger.warning("A step of the sweep did not finish: %s", error)
    except Exception as error:
        logger.error("A step of the sweep failed: %s", error)  # as type and place: `web/logs.py`


@asynccontextmanager
async def sweeping(runtime: Runtime) -> AsyncIterator[None]:
    """Looks and sweeps now and again for as long as the server runs. A stop waits for the patient
    whose unit is being written, and for no further one."""
    stopping = threading.Event()

    def again_and_again() -> None:
        sweeps_at = monotonic()
        while not stopping.is_set():
            with _kept_going():
                escalate(runtime, stopping=stopping)
            if monotonic() >= sweeps_at:
                sweeps_at = monotonic() + SWEEP_EVERY.total_seconds()
                with _kept_going():
                    sweep(runtime, stopping=stopping)
            stopping.wait(LOOK_EVERY.total_seconds())

    thread = threading.Thread(target=again_and_again, name="sweep", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        await asyncio.to_thread(thread.join, ENDS_WITHIN.total_seconds())
