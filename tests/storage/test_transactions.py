"""One unit of work is one transaction, and two that write about a patient take turns."""

import shutil
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError
from sqlalchemy.pool import QueuePool

from mindspa.bootstrap import Runtime
from mindspa.domain.access import Actor, Role, operator
from mindspa.domain.check_ins import CheckIn, CheckInState, GivenAnswer, Mode
from mindspa.domain.errors import DatabaseUnusable, NotFound, Stale
from mindspa.domain.treatment import Patient
from mindspa.storage.database import READERS_KEPT, Database
from tests.conftest import NOW
from tests.factories import a_clinic, a_patient, account_of


def a_check_in(patient: Patient, check_in_id: str = "check-in", at: datetime = NOW) -> CheckIn:
    return CheckIn(
        check_in_id,
        patient.id,
        ("pulse",),
        "after",
        CheckInState.OPEN,
        opened_at=at,
        closes_at=at + timedelta(hours=12),
        sent_at=None,
        language="en",
        mode=Mode.REMOTE,
        opened_by="somebody",
    )


def test_an_error_undoes_the_whole_unit(runtime: Runtime) -> None:
    clinic = a_clinic(runtime)
    patient = a_patient(runtime, clinic)
    with pytest.raises(ZeroDivisionError), runtime.unit_of_work(operator(clinic.id)) as work:
        work.records.check_ins.add(a_check_in(patient))
        work.audit("check_in.opened", about=patient.id)
        _ = 1 / 0
    with runtime.reading(operator(clinic.id)) as work:
        assert work.records.check_ins.open_of(patient.id) == []
        assert [e.what for e in work.records.audit_events(patient.id)] == ["patient.registered"]


def test_reading_units_cannot_write(runtime: Runtime) -> None:
    clinic = a_clinic(runtime)
    patient = a_patient(runtime, clinic)
    with (
        pytest.raises(DatabaseUnusable, match="may not be written"),
        runtime.reading(operator(clinic.id)) as work,
    ):
        work.records.check_ins.add(a_check_in(patient))


def test_units_about_one_patient_take_turns(runtime: Runtime) -> None:
    """Fifty read-then-write units at once: without the lock most of them would be lost."""
    clinic = a_clinic(runtime)
    patient = a_patient(runtime, clinic)
    with runtime.unit_of_work(operator(clinic.id)) as work:
        work.records.check_ins.add(a_check_in(patient))

    def add_one(_: int) -> None:
        with runtime.unit_of_work(operator(clinic.id)) as work:
            work.write_about(patient.id)
            given = work.records.check_ins.answers_of("check-in")
            work.records.check_ins.add_answer(
                patient.id,
                GivenAnswer("check-in", "pulse", "worry", len(given) + 1, 1, NOW, "somebody"),
            )

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add_one, range(50)))
    with runtime.reading(operator(clinic.id)) as work:
        revisions = [a.revision for a in work.records.check_ins.answers_of("check-in")]
    assert revisions == list(range(1, 51))


def test_the_same_revision_is_stored_once(runtime: Runtime) -> None:
    clinic = a_clinic(runtime)
    patient = a_patient(runtime, clinic)
    answer = GivenAnswer("check-in", "pulse", "worry", 1, 3, NOW, "somebody")
    with runtime.unit_of_work(operator(clinic.id)) as work:
        work.records.check_ins.add(a_check_in(patient))
        work.records.check_ins.add_answer(patient.id, answer)
    with pytest.raises(Stale), runtime.unit_of_work(operator(clinic.id)) as work:
        work.records.check_ins.add_answer(patient.id, answer)


def test_a_second_open_check_in_of_the_same_forms_is_refused_by_the_database(
    runtime: Runtime,
) -> None:
    clinic = a_clinic(runtime)
    patient = a_patient(runtime, clinic)
    with runtime.unit_of_work(operator(clinic.id)) as work:
        work.records.check_ins.add(a_check_in(patient))
    with pytest.raises(IntegrityError), runtime.unit_of_work(operator(clinic.id)) as work:
        work.records.check_ins.add(a_check_in(patient, "another"))


def test_another_clinics_patient_does_not_exist(runtime: Runtime) -> None:
    clinic, other = a_clinic(runtime, "first"), a_clinic(runtime, "second")
    patient = a_patient(runtime, clinic)
    with runtime.reading(operator(other.id)) as work:
        assert work.records.patients.all() == []
        with pytest.raises(NotFound):
            work.records.patients.get(patient.id)


def test_a_patient_reads_only_their_own_rows(runtime: Runtime) -> None:
    clinic = a_clinic(runtime)
    own, other = a_patient(runtime, clinic, "Own"), a_patient(runtime, clinic, "Other")
    with runtime.unit_of_work(operator(clinic.id)) as work:
        work.records.check_ins.add(a_check_in(own, "own"))
        work.records.check_ins.add(a_check_in(other, "others"))
    with runtime.reading(account_of(runtime, clinic, own)) as work:
        assert [patient.name for patient in work.records.patients.all()] == ["Own"]
        assert work.records.check_ins.get("own").patient_id == own.id
        for look in (
            lambda: work.records.check_ins.get("others"),
            lambda: work.records.patients.get(other.id),
        ):
            with pytest.raises(NotFound):
                look()
        assert work.records.check_ins.open_of(other.id) == []


def test_a_patients_account_without_a_record_reads_nothing(runtime: Runtime) -> None:
    clinic = a_clinic(runtime)
    a_patient(runtime, clinic)
    nobody = Actor("nobody", clinic.id, "Nobody", frozenset({Role.PATIENT}))
    with runtime.reading(nobody) as work:
        assert work.records.patients.all() == []


def test_a_patient_cannot_write_about_another(runtime: Runtime) -> None:
    clinic = a_clinic(runtime)
    own, other = a_patient(runtime, clinic, "Own"), a_patient(runtime, clinic, "Other")
    actor = account_of(runtime, clinic, own)
    with pytest.raises(NotFound), runtime.unit_of_work(actor) as work:
        work.write_about(other.id)
    with pytest.raises(NotFound), runtime.unit_of_work(actor) as work:
        work.records.check_ins.add(a_check_in(other))


def test_errors_of_the_database_hold_no_values(runtime: Runtime) -> None:
    clinic = a_clinic(runtime)
    patient = a_patient(runtime, clinic, "Secret Name")
    with (
        pytest.raises(IntegrityError) as raised,
        runtime.unit_of_work(operator(clinic.id)) as work,
    ):
        work.records.patients.add(patient)
    assert "Secret Name" not in str(raised.value)


def test_a_full_disk_is_said_and_loses_nothing(runtime: Runtime) -> None:
    if not runtime.database.is_sqlite:
        return  # PostgreSQL's disk cannot be filled from here
    clinic = a_clinic(runtime)
    patient = a_patient(runtime, clinic)
    with runtime.database.writer.connect() as connection:
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()

    @event.listens_for(runtime.database.writer, "begin")
    def no_more_pages(connection: Connection) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 1}")

    with (
        pytest.raises(DatabaseUnusable, match="disk of the database is full"),
        runtime.unit_of_work(operator(clinic.id)) as work,
    ):
        work.records.check_ins.add(a_check_in(patient))
        for number in range(2000):
            lapsed = replace(a_check_in(patient, f"lapsed {number}"), state=CheckInState.LAPSED)
            work.records.check_ins.add(lapsed)
    with runtime.reading(operator(clinic.id)) as work:
        assert work.records.check_ins.open_of(patient.id) == []


def test_a_file_that_has_gone_is_not_replaced_by_an_empty_one(runtime: Runtime) -> None:
    if (file := runtime.database.file) is None:
        return
    clinic = a_clinic(runtime)
    file.rename(file.with_suffix(".away"))
    for use in (runtime.reading, runtime.unit_of_work):
        with pytest.raises(DatabaseUnusable, match="cannot be opened"), use(operator(clinic.id)):
            pass
    assert not file.exists()
    file.with_suffix(".away").rename(file)
    a_patient(runtime, clinic)


def test_nothing_is_written_into_a_file_that_was_replaced(
    runtime: Runtime, request: pytest.FixtureRequest
) -> None:
    """As by somebody who puts a backup in place while the server runs: what SQLite still has open
    is a file that nobody finds again."""
    if (file := runtime.database.file) is None:
        return
    a_clinic(runtime)
    replacement = file.with_suffix(".restored")
    shutil.copy(request.getfixturevalue("_sqlite_template"), replacement)
    replacement.replace(file)
    for rest in ("-wal", "-shm"):
        Path(f"{file}{rest}").unlink()
    assert runtime.accounts.clinics() == ()
    a_clinic(runtime, "another")
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("SELECT id FROM clinics").fetchall() == [("another",)]


def test_one_after_the_other_uses_one_connection(database: Database) -> None:
    """Not all of a pool in turn: each would keep pages and statements of its own for ever."""
    for engine in (database.reader, database.writer):
        with engine.connect(), engine.connect(), engine.connect():
            pass  # three are there now
        seen = set()
        for _ in range(6):
            with engine.connect() as connection:
                seen.add(id(connection.connection.dbapi_connection))
        assert len(seen) == 1


def test_of_a_rush_few_connections_are_kept(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'mindspa.db'}")
    for engine, kept in ((database.reader, READERS_KEPT), (database.writer, 1)):
        with ExitStack() as rush:
            for _ in range(READERS_KEPT + 3):
                rush.enter_context(closing(engine.raw_connection()))
        assert isinstance(engine.pool, QueuePool)
        assert engine.pool.checkedin() == kept
    database.dispose()
