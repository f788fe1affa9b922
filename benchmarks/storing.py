"""What storing one sent PHQ-9 costs, over one bare committed row of the same database."""

import time
from pathlib import Path
from statistics import median

from sqlalchemy import insert
from sqlmodel import SQLModel

from benchmarks.clinic import NOW, Clock, longest_records, opened
from mindspa.bootstrap import Runtime
from mindspa.domain.access import Actor, Role
from mindspa.domain.check_ins import CheckIn, CheckInState, GivenAnswer, Mode
from mindspa.services.send_check_in import send_check_in

SENT = 40  # forms
AT_MOST = 15  # times
# Item 9 is 1: the form raises an alert.
ANSWERS = dict(zip((f"q{n}" for n in range(1, 10)), (2, 2, 1, 1, 2, 1, 0, 0, 1), strict=True))


def measure(database: Path) -> tuple[float, float]:
    """Milliseconds of wall time: one bare row, one sent PHQ-9. The two alternate."""
    runtime = opened(f"sqlite:///{database}", Clock())
    clinic_id = runtime.accounts.clinics()[0].id
    bare, sent = [], []
    for patient_id in longest_records(runtime, SENT):
        actor = Actor("measured", clinic_id, "Measured", frozenset({Role.PATIENT}), patient_id)
        check_in_id = _answered(runtime, actor, patient_id)
        bare.append(_bare_row(runtime, clinic_id))
        started = time.perf_counter()
        with runtime.unit_of_work(actor) as work:
            send_check_in(work, check_in_id)
        sent.append(time.perf_counter() - started)
    runtime.database.dispose()
    return median(bare) * 1000, median(sent) * 1000


def _answered(runtime: Runtime, actor: Actor, patient_id: str) -> str:
    with runtime.unit_of_work(actor) as work:
        instrument = work.definitions.instruments["phq9"]
        asked = [item.id for item in instrument.items_for(None)]
        check_in = CheckIn(
            work.new_id(),
            patient_id,
            forms=("phq9",),
            variant=None,
            state=CheckInState.OPEN,
            opened_at=NOW,
            closes_at=NOW.replace(hour=23),
            sent_at=None,
            language="en",
            mode=Mode.REMOTE,
            opened_by=actor.id,
        )
        work.records.check_ins.add(check_in)
        for item in asked:
            work.records.check_ins.add_answer(
                patient_id,
                GivenAnswer(check_in.id, "phq9", item, 1, ANSWERS.get(item, 1), NOW, actor.id),
            )
    return check_in.id


def _bare_row(runtime: Runtime, clinic_id: str) -> float:
    """The least that this engine can be asked to keep."""
    started = time.perf_counter()
    with runtime.database.writer.begin() as connection:
        connection.execute(
            insert(SQLModel.metadata.tables["audit_events"]),
            {"clinic_id": clinic_id, "at": NOW, "actor_id": "measured", "what": "measured"},
        )
    return time.perf_counter() - started
