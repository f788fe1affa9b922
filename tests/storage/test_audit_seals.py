"""The audit trail is only added to, and what was sealed of it shows every change."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from mindspa.bootstrap import Runtime
from mindspa.domain.access import operator
from mindspa.domain.treatment import Clinic
from mindspa.storage import audit_seals, schema
from mindspa.storage.audit_tables import ONLY_ADDED_TO
from mindspa.storage.database import Database
from tests.conftest import Clock
from tests.factories import a_clinic


@pytest.fixture
def clinic(runtime: Runtime) -> Clinic:
    return a_clinic(runtime)


@pytest.fixture
def happens(runtime: Runtime, clinic: Clinic) -> Callable[..., None]:
    """So many events, one unit each."""

    def happened(times: int = 1, of: Clinic = clinic) -> None:
        for number in range(times):
            with runtime.unit_of_work(operator(of.id)) as work:
                work.audit("thing.done", about=f"patient{number}")

    return happened


def changed_by_force(database: Database, sql: str) -> None:
    """As by somebody who may change the tables themselves."""
    with database.writer.begin() as connection:
        for table in ONLY_ADDED_TO:
            if database.is_sqlite:
                for name in ("not_changed", "not_removed"):
                    connection.execute(text(f"DROP TRIGGER IF EXISTS {table}_{name}"))
            else:
                connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))
        connection.execute(text(sql))


@pytest.mark.parametrize("table", ONLY_ADDED_TO)
@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE {} SET clinic_id = 'another'",
        "DELETE FROM {}",
        "TRUNCATE {}",
        "INSERT OR REPLACE INTO {} SELECT * FROM {}",
    ],
)
def test_nobody_changes_it(
    runtime: Runtime, happens: Callable[..., None], clinic: Clinic, table: str, sql: str
) -> None:
    happens()
    runtime.audit_seals.seal(clinic.id, now=runtime.clock())
    if sql.startswith("TRUNCATE") is runtime.database.is_sqlite:
        sql = "DELETE FROM {}"  # what the other engine does not know
    if "REPLACE" in sql and not runtime.database.is_sqlite:
        sql = "INSERT INTO {} SELECT * FROM {} ON CONFLICT DO UPDATE SET clinic_id = 'another'"
        sql = sql.replace("CONFLICT", "CONFLICT ON CONSTRAINT pk_{}")
    with (
        pytest.raises(DBAPIError, match="the audit trail is only added to"),
        runtime.database.writer.begin() as connection,
    ):
        connection.execute(text(sql.replace("{}", table)))


def test_a_seal_covers_what_was_added_since_the_last(
    runtime: Runtime, happens: Callable[..., None], clinic: Clinic, clock: Clock
) -> None:
    seals = runtime.audit_seals
    happens(3)
    first = seals.seal(clinic.id, now=clock())
    assert first
    assert (first.number, first.sealed_at) == (1, clock())
    assert first.events >= 3
    assert seals.seal(clinic.id, now=clock()) is None
    clock.forward(minutes=10)
    happens(2)
    second = seals.seal(clinic.id, now=clock())
    assert second
    assert (second.number, second.events) == (2, 2)
    assert seals.last(clinic.id) == second
    assert list(seals.problems(clinic.id)) == []


def test_many_at_once_stand_under_several(
    runtime: Runtime,
    happens: Callable[..., None],
    clinic: Clinic,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(audit_seals, "EVENTS", 3)
    while runtime.audit_seals.seal(clinic.id, now=runtime.clock()):
        pass
    happens(7)
    made = [runtime.audit_seals.seal(clinic.id, now=runtime.clock()) for _ in range(4)]
    assert [seal and seal.events for seal in made] == [3, 3, 1, None]
    assert list(runtime.audit_seals.problems(clinic.id)) == []


def test_each_clinic_has_its_own(
    runtime: Runtime, happens: Callable[..., None], clinic: Clinic
) -> None:
    other = a_clinic(runtime, "another")
    happens(2)
    happens(1, other)
    for one in (clinic, other):
        runtime.audit_seals.seal(one.id, now=runtime.clock())
    changed_by_force(
        runtime.database, "UPDATE audit_events SET actor_id = 'x' WHERE clinic_id = 'another'"
    )
    assert list(runtime.audit_seals.problems(clinic.id)) == []
    assert len(list(runtime.audit_seals.problems(other.id))) == 1


@pytest.mark.parametrize(
    ("sql", "seal"),
    [
        ("UPDATE audit_events SET what = 'x' WHERE about = 'patient1'", 1),
        ("UPDATE audit_events SET origin = 'x' WHERE about = 'patient1'", 1),
        ("DELETE FROM audit_events WHERE about = 'patient1'", 1),
        ("DELETE FROM audit_seals WHERE number = 1", 2),
        ("UPDATE audit_seals SET upto = upto - 1 WHERE number = 1", 1),
        ("UPDATE audit_seals SET digest = 'x' WHERE number = 2", 2),
        ("UPDATE audit_seals SET sealed_at = 0 WHERE number = 2", 2),
    ],
)
def test_what_was_changed_shows(
    runtime: Runtime, happens: Callable[..., None], clinic: Clinic, sql: str, seal: int
) -> None:
    happens()
    for _ in range(2):
        happens(3)
        runtime.audit_seals.seal(clinic.id, now=runtime.clock())
    changed_by_force(runtime.database, sql)
    found = list(runtime.audit_seals.problems(clinic.id))
    assert found
    assert f"under seal {seal} is not what was sealed" in found[0]


def test_what_is_still_being_written_comes_under_the_next(
    runtime: Runtime, happens: Callable[..., None], clinic: Clinic
) -> None:
    """Its number was given before that of another, which is stored already."""
    while runtime.audit_seals.seal(clinic.id, now=runtime.clock()):
        pass
    written, may_end = threading.Event(), threading.Event()

    def writes() -> None:
        with runtime.unit_of_work(operator(clinic.id)) as work:
            work.audit("thing.done", about="slow")
            work.records.audit(work.events)
            work.events.clear()
            written.set()
            may_end.wait(10)

    def seals() -> None:
        made.append(runtime.audit_seals.seal(clinic.id, now=runtime.clock()))

    made: list[object] = []
    writer, sealer = threading.Thread(target=writes), threading.Thread(target=seals)
    writer.start()
    assert written.wait(10)
    if not runtime.database.is_sqlite:  # where nobody else could write
        happens()
    sealer.start()
    sealer.join(0.5)
    assert not made
    may_end.set()
    writer.join(10)
    sealer.join(10)
    happens()
    runtime.audit_seals.seal(clinic.id, now=runtime.clock())
    assert list(runtime.audit_seals.problems(clinic.id)) == []
    with runtime.database.reading() as session:
        sealed = session.execute(text("SELECT sum(events) FROM audit_seals")).scalar_one()
        assert sealed == session.execute(text("SELECT count(*) FROM audit_events")).scalar_one()


def test_several_servers_seal_at_once(
    runtime: Runtime, happens: Callable[..., None], clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_seals, "EVENTS", 2)
    happens(20)
    with ThreadPoolExecutor(4) as pool:
        made = [
            pool.submit(runtime.audit_seals.seal, clinic.id, now=runtime.clock()) for _ in range(8)
        ]
        numbers = [seal.number for one in made if (seal := one.result())]
    assert sorted(numbers) == list(range(1, 9))
    assert list(runtime.audit_seals.problems(clinic.id)) == []


def test_a_trigger_that_is_missing_is_a_difference(database: Database) -> None:
    assert schema.differences(database) == []
    where = "" if database.is_sqlite else " ON audit_seals"
    with database.writer.begin() as connection:
        connection.execute(text(f"DROP TRIGGER audit_seals_not_removed{where}"))
    (found,) = schema.differences(database)
    assert "audit_seals_not_removed" in found
