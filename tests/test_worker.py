"""The worker beside the server: it does what time alone causes, what fails for one patient stops no
other, and a stop stops it."""

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor

import pytest

from mindspa import worker
from mindspa.bootstrap import Runtime
from mindspa.domain.access import operator
from mindspa.domain.alert_cases import CaseState
from mindspa.domain.treatment import Clinic
from mindspa.services.unit_of_work import UnitOfWork
from tests.conftest import NOW, Clock
from tests.factories import a_clinic, a_patient, a_stored_form


@pytest.fixture
def swept(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Whom a sweep comes to, of three patients who wait."""
    a_clinic(runtime)
    seen: list[str] = []

    def extend(_work: UnitOfWork, patient_id: str) -> int:
        seen.append(patient_id)
        return 1

    monkeypatch.setattr(worker, "patients_to_plan_for", lambda _work: ["ana", "ben", "cleo"])
    monkeypatch.setattr(worker, "extend_plan", extend)
    return seen


def ran(task: Coroutine[None, None, object]) -> object:
    """In a thread: a browser test of the same process keeps a loop running in this one."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(asyncio.run, task).result()


def test_everybody_is_come_to(runtime: Runtime, swept: list[str]) -> None:
    assert worker.sweep(runtime) == 3
    assert swept == ["ana", "ben", "cleo"]


def test_what_fails_for_one_keeps_nobody_waiting(
    runtime: Runtime, swept: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    extend = worker.extend_plan  # type: ignore[attr-defined]

    def fails_for_ben(work: UnitOfWork, patient_id: str) -> int:
        if patient_id == "ben":
            raise ValueError(patient_id)
        return int(extend(work, patient_id))

    monkeypatch.setattr(worker, "extend_plan", fails_for_ben)
    assert worker.sweep(runtime) == 2
    assert swept == ["ana", "cleo"]


def test_a_stop_waits_for_one_patient_and_begins_no_further(
    runtime: Runtime, swept: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = threading.Event(), threading.Event()
    extend = worker.extend_plan  # type: ignore[attr-defined]

    def slowly(work: UnitOfWork, patient_id: str) -> int:
        begun.set()
        assert go_on.wait(10)
        return int(extend(work, patient_id))

    monkeypatch.setattr(worker, "extend_plan", slowly)

    async def started_and_stopped() -> None:
        async with worker.working(runtime):
            assert await asyncio.to_thread(begun.wait, 10)
            # Only once the stop has been asked for.
            asyncio.get_running_loop().call_later(0.05, go_on.set)

    ran(started_and_stopped())
    assert swept == ["ana"]
    assert "sweep" not in {thread.name for thread in threading.enumerate()}


def test_an_alert_escalates_although_nobody_is_signed_in(
    runtime: Runtime, clinic: Clinic, clock: Clock
) -> None:
    patient = a_patient(runtime, clinic)
    a_stored_form(runtime, clinic, patient, "pulse", at=NOW, safety=1)
    assert worker.escalate(runtime) == 0
    clock.forward(minutes=30)
    assert worker.escalate(runtime) == 1
    assert worker.escalate(runtime) == 0
    with runtime.reading(operator(clinic.id)) as work:
        (case,) = work.records.alert_cases.open()
    assert case.state is CaseState.ESCALATED


def test_the_worker_that_is_started_escalates(
    runtime: Runtime, clinic: Clinic, clock: Clock
) -> None:
    patient = a_patient(runtime, clinic)
    a_stored_form(runtime, clinic, patient, "pulse", at=NOW, safety=1)
    clock.forward(minutes=30)

    async def until_escalated() -> bool:
        async with worker.working(runtime):
            for _ in range(600):  # a minute, on a machine that has much else to do
                await asyncio.sleep(0.1)
                with runtime.reading(operator(clinic.id)) as work:
                    if work.records.alert_cases.open()[0].state is CaseState.ESCALATED:
                        return True
        return False

    assert ran(until_escalated())


def test_the_audit_trail_of_each_clinic_is_sealed_and_the_seals_told(
    runtime: Runtime, capsys: pytest.CaptureFixture[str]
) -> None:
    clinics = [a_clinic(runtime, name) for name in ("here", "there")]
    for clinic in clinics:
        with runtime.unit_of_work(operator(clinic.id)) as work:
            work.audit("thing.done")
    assert worker.seal(runtime) >= 2
    assert worker.seal(runtime) == 0
    worker.tell_seals(runtime)
    told = capsys.readouterr().err.splitlines()
    for clinic, line in zip(clinics, told, strict=True):
        last = runtime.audit_seals.last(clinic.id)
        assert last
        assert line.endswith(f"audit trail of clinic {clinic.id}, seal 1 is {last.digest}")


def test_it_is_sealed_while_the_worker_runs(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    clinic = a_clinic(runtime)
    with runtime.unit_of_work(operator(clinic.id)) as work:
        work.audit("thing.done")
    stopping, sealed = threading.Event(), threading.Event()
    seal = worker.seal

    def seals(runtime: Runtime, *, stopping: threading.Event) -> int:
        done = seal(runtime, stopping=stopping)
        sealed.set()
        return done

    monkeypatch.setattr(worker, "seal", seals)
    threads = worker.start(runtime, stopping)
    assert sealed.wait(20)
    stopping.set()
    worker.join(threads)
    assert runtime.audit_seals.last(clinic.id)
