"""What time alone causes, beside the server: plans reach further ahead, old sessions go."""

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta

from mindspa.bootstrap import Runtime
from mindspa.domain.access import worker
from mindspa.domain.errors import MindSpaError
from mindspa.services.extend_plans import extend_plan, patients_to_plan_for

logger = logging.getLogger(__name__)

SWEEP_EVERY = timedelta(hours=12)
ENDS_WITHIN = timedelta(seconds=8)  # unless somebody else holds the database up


def sweep(runtime: Runtime, *, stopping: threading.Event | None = None) -> int:
    """How many plans were extended. A unit for each patient: none waits long for another, and two
    servers that sweep at once write the same rows."""
    extended = 0
    with _kept_going():
        runtime.accounts.forget_old(now=runtime.clock())
    for clinic in runtime.accounts.clinics():
        actor = worker(clinic.id)
        with runtime.reading(actor) as work:
            waiting = patients_to_plan_for(work)
        for patient_id in waiting:
            if stopping and stopping.is_set():
                return extended
            with _kept_going(), runtime.unit_of_work(actor) as work:
                extended += extend_plan(work, patient_id)
    return extended


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
    """Sweeps now and again for as long as the server runs. A stop waits for the patient whose unit
    is being written, and for no further one."""
    stopping = threading.Event()

    def again_and_again() -> None:
        while not stopping.is_set():
            with _kept_going():
                sweep(runtime, stopping=stopping)
            stopping.wait(SWEEP_EVERY.total_seconds())

    thread = threading.Thread(target=again_and_again, name="sweep", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        await asyncio.to_thread(thread.join, ENDS_WITHIN.total_seconds())
