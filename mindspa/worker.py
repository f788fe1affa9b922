"""What time alone causes, beside the server: for now, plans that reach further ahead."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import timedelta

from mindspa.bootstrap import Runtime
from mindspa.domain.access import worker
from mindspa.domain.errors import MindSpaError
from mindspa.services.extend_plans import extend_plan, patients_to_plan_for

logger = logging.getLogger(__name__)

SWEEP_EVERY = timedelta(hours=12)


def sweep(runtime: Runtime) -> int:
    """How many plans were extended. A unit for each patient: none waits long for another, and two
    servers that sweep at once write the same rows."""
    extended = 0
    for clinic in runtime.accounts.clinics():
        actor = worker(clinic.id)
        with runtime.reading(actor) as work:
            waiting = patients_to_plan_for(work)
        for patient_id in waiting:
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
        logger.error("A step of the sweep failed: %s", type(error).__name__)


@asynccontextmanager
async def sweeping(runtime: Runtime) -> AsyncIterator[None]:
    """Sweeps now and again for as long as the server runs."""

    async def again_and_again() -> None:
        while True:
            with _kept_going():
                await asyncio.to_thread(sweep, runtime)
            await asyncio.sleep(SWEEP_EVERY.total_seconds())

    task = asyncio.create_task(again_and_again())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
