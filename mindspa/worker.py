"""What happens beside the pages: messages go out, alerts escalate, plans reach further ahead, old
sessions go."""

import asyncio
import logging
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from functools import partial
from time import monotonic

from mindspa.bootstrap import Runtime
from mindspa.domain.access import worker
from mindspa.domain.errors import MindSpaError
from mindspa.exchange.letter import Carrier
from mindspa.services.escalate_alerts import alerts_waiting, escalate_alert
from mindspa.services.extend_plans import extend_plan, patients_to_plan_for
from mindspa.services.notice_silence import notice_silence, patients_gone_silent
from mindspa.services.remind import patients_to_remind
from mindspa.services.remind import remind as remind_patient
from mindspa.services.send_messages import send_messages
from mindspa.services.unit_of_work import UnitOfWork

logger = logging.getLogger(__name__)

LOOK_EVERY = timedelta(seconds=15)  # for alerts whose time has come
REMIND_EVERY = timedelta(minutes=1)  # and look for what was missed
SEND_EVERY = timedelta(seconds=1)  # what was written meanwhile
SEAL_EVERY = timedelta(minutes=10)
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


def notice(runtime: Runtime, *, stopping: threading.Event | None = None) -> int:
    """How many alerts were raised, because a check-in was missed."""
    return _each(runtime, patients_gone_silent, notice_silence, stopping)


def seal(runtime: Runtime, *, stopping: threading.Event | None = None) -> int:
    """How many audit events stand under a seal now that did not."""
    sealed = 0
    for clinic in runtime.accounts.clinics():
        while not (stopping and stopping.is_set()):
            made = runtime.audit_seals.seal(clinic.id, now=runtime.clock())
            if made is None:
                break
            sealed += made.events
    return sealed


def tell_seals(runtime: Runtime) -> None:
    """To the log, which is kept elsewhere: whoever can change the database can make new seals, and
    none that agree with what was told of them."""
    for clinic in runtime.accounts.clinics():
        if last := runtime.audit_seals.last(clinic.id):
            sys.stderr.write(
                f"{last.sealed_at:%Y-%m-%d %H:%M} UTC: audit trail of clinic {clinic.id}, "
                f"seal {last.number} is {last.digest}\n"
            )


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
async def working(runtime: Runtime) -> AsyncIterator[None]:
    """For as long as the server runs. A stop waits for what is being written or sent at that
    instant, and for nothing further."""
    stopping = threading.Event()
    threads = start(runtime, stopping)
    try:
        yield
    finally:
        stopping.set()
        await asyncio.to_thread(join, threads)


def start(runtime: Runtime, stopping: threading.Event) -> list[threading.Thread]:
    """A thread for the watch and one for each way of sending: one that is slow holds up neither the
    other nor an alert that escalates."""
    loops = {"watch": _watch}
    for carrier in runtime.carriers:
        loops[f"send {carrier.channel}"] = partial(_send, carrier=carrier)
    threads = [
        threading.Thread(target=loop, args=(runtime, stopping), name=name, daemon=True)
        for name, loop in loops.items()
    ]
    for thread in threads:
        thread.start()
    return threads


def join(threads: Iterable[threading.Thread]) -> None:
    ends_by = monotonic() + ENDS_WITHIN.total_seconds()
    for thread in threads:
        thread.join(max(0.0, ends_by - monotonic()))


def remind(runtime: Runtime, *, stopping: threading.Event | None = None) -> int:
    """How many reminders were written."""
    return _each(runtime, patients_to_remind, remind_patient, stopping)


def send(runtime: Runtime, *, stopping: threading.Event | None = None) -> int:
    """How many messages went out; none where nothing carries them."""
    return sum(_carry(runtime, carrier, stopping) for carrier in runtime.carriers)


def _carry(runtime: Runtime, carrier: Carrier, stopping: threading.Event | None) -> int:
    return send_messages(
        runtime.outbox,
        carrier,
        public_url=runtime.settings.public_url or "",  # the settings want it with a carrier
        clock=runtime.clock,
        go_on=lambda: not (stopping and stopping.is_set()),
    )


def _watch(runtime: Runtime, stopping: threading.Event) -> None:
    sweeps_at = reminds_at = seals_at = monotonic()
    while not stopping.is_set():
        with _kept_going():
            escalate(runtime, stopping=stopping)
        with _kept_going():
            runtime.outbox.cancel_late(now=runtime.clock())
        if monotonic() >= reminds_at:
            reminds_at = monotonic() + REMIND_EVERY.total_seconds()
            with _kept_going():
                notice(runtime, stopping=stopping)
            with _kept_going():
                remind(runtime, stopping=stopping)
        if monotonic() >= seals_at:
            seals_at = monotonic() + SEAL_EVERY.total_seconds()
            with _kept_going():
                seal(runtime, stopping=stopping)
        if monotonic() >= sweeps_at:
            sweeps_at = monotonic() + SWEEP_EVERY.total_seconds()
            with _kept_going():
                sweep(runtime, stopping=stopping)
            with _kept_going():
                tell_seals(runtime)
        stopping.wait(LOOK_EVERY.total_seconds())


def _send(runtime: Runtime, stopping: threading.Event, carrier: Carrier) -> None:
    while not stopping.is_set():
        with _kept_going():
            _carry(runtime, carrier, stopping)
        stopping.wait(SEND_EVERY.total_seconds())
