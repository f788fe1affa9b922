"""The worklist, and moving an infusion, in a clinic of 120 patients and in one of 10,020: each with
the year of occasions and forms that a patient of the demo clinic has."""

import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from statistics import median

from benchmarks import clinic, reruns, steps
from benchmarks.server import PROGRAM, Server, running
from mindspa.domain.access import Actor, Person, Role, operator
from mindspa.domain.treatment import InfusionStatus
from mindspa.services.demo_accounts import HASH, PASSWORD
from mindspa.services.move_infusion import move_infusion
from tests.client import Browser

FEW, MANY = 120, 10_020  # whole multiples of the demo's 60
AT_MOST = 3  # times the cost of the few
NAME, LOGIN = "network", "nurse-of-the-network"
MOVED = 20  # infusions

# In an order in which each row finds what it refers to. What no list reads is left out.
TABLES = (
    "patients",
    "courses",
    "infusions",
    "occasions",
    "stored_forms",
    "contacts",
    "patient_summaries",
    "follow_up_rows",
)
RENAMED = {"id", "patient_id", "course_id", "infusion_id", "anchor_id", "replaces"}
LEFT_OUT = {"check_in_id", "source", "source_id", "source_key"}


def measure(database: Path, *, rounds: int) -> Iterator[str]:
    files = {patients: database.with_name(f"network-{patients}.db") for patients in (FEW, MANY)}
    for patients, file in files.items():
        shutil.copy(database, file)
        _fill(file, patients)
    yield from _pages(files, rounds)
    yield ""
    moved = {patients: _moving(file) for patients, file in files.items()}
    yield (
        f"Moving a planned infusion, with its check-ins: {moved[FEW]:.1f} ms of {FEW} patients, "
        f"{moved[MANY]:.1f} of {MANY:,}, {moved[MANY] / moved[FEW]:.1f} times."
    )


def _fill(file: Path, patients: int) -> None:
    """A clinic of its own beside the one that is there, made of its demo patients over and over."""
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute(
            "INSERT INTO clinics (id, name, zone, country, phone, hours) "
            "SELECT ?, name, zone, country, phone, hours FROM clinics LIMIT 1",
            (NAME,),
        )
        _copy_protocol(connection)
        connection.execute(
            "CREATE TEMP TABLE chosen AS SELECT id FROM patients WHERE name LIKE '%Demo-%'"
        )
        demo = connection.execute("SELECT count(*) FROM chosen").fetchone()[0]
        connection.execute(
            "CREATE TEMP TABLE copies AS WITH RECURSIVE n (copy) AS "
            "(SELECT 1 UNION ALL SELECT copy + 1 FROM n WHERE copy < ?) SELECT copy FROM n",
            (-(-patients // demo),),
        )
        for table in TABLES:
            _copy(connection, table)
        connection.execute("ANALYZE")
    runtime = clinic.opened(f"sqlite:///{file}", clinic.Clock())
    person = Person(
        "nurse", NAME, LOGIN, "Nurse", frozenset({Role.CARE_TEAM}), None,
        active=True, must_change_password=False,
    )  # fmt: skip
    runtime.accounts.add_person(person, HASH, by=operator(NAME), now=clinic.NOW)
    runtime.database.dispose()


def _copy_protocol(connection: sqlite3.Connection) -> None:
    """The versions that the copied occasions were planned under."""
    others = ", ".join(_columns(connection, "protocol_versions")[1:])
    connection.execute(
        f"INSERT INTO protocol_versions SELECT ?, {others} FROM protocol_versions",  # noqa: S608  # names of ours
        (NAME,),
    )


def _columns(connection: sqlite3.Connection, table: str) -> list[str]:
    return [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]


def _copy(connection: sqlite3.Connection, table: str) -> None:
    columns = _columns(connection, table)
    cells = []
    for column in columns:
        if column == "clinic_id":
            cells.append(f"'{NAME}'")
        elif column in RENAMED:
            # As long as an id may be, and still unlike any other.
            cells.append(f"substr({column}, 1, 16) || printf('%06d', copy)")
        else:
            cells.append("NULL" if column in LEFT_OUT else f'"{column}"')
    of = "id" if table == "patients" else "patient_id"
    names = ", ".join(f'"{column}"' for column in columns)
    connection.execute(
        f"INSERT INTO {table} ({names}) SELECT {', '.join(cells)} FROM {table}, copies "  # noqa: S608  # names of ours
        f"WHERE {of} IN (SELECT id FROM chosen)"
    )


def _pages(files: dict[int, Path], rounds: int) -> Iterator[str]:
    def row(name: str, page: str, patients: int) -> reruns.Row:
        over = None if patients == FEW else f"{name}, {FEW} patients"
        at_most = None if patients == FEW else AT_MOST
        return reruns.Row(f"{name}, {patients:,} patients", None, steps.page(page), over, at_most)

    names = {"due and missing": "due_and_missing", "today in the clinic": "home"}
    table = {
        (name, patients): row(name, page, patients)
        for name, page in names.items()
        for patients in files
    }
    with ExitStack() as stack:
        servers = {
            patients: stack.enter_context(running(PROGRAM, f"sqlite:///{file}", file.parent))
            for patients, file in files.items()
        }
        browsers = {}
        for server in servers.values():
            _at_rest(server)
        for patients, server in servers.items():
            browsers[patients] = Browser(server.address)
            browsers[patients].sign_in(LOGIN, PASSWORD)
        for _ in range(rounds):
            for name in names:
                few = 0.0
                for patients, server in servers.items():
                    with browsers[patients].tab() as tab:
                        cost = reruns.cost(table[name, patients], tab, server)
                    ratio = None if patients == FEW else cost.cpu_ms / few
                    few = few or cost.cpu_ms
                    table[name, patients].rounds.append(replace(cost, ratio=ratio))
    yield from reruns.printed(list(table.values()))


def _at_rest(server: Server) -> None:
    """The server's own sweep plans further ahead for whoever needs it, right after the start."""
    before = -1
    while (queries := server.queries()) > before + 5:
        before = queries
        time.sleep(5)


def _moving(file: Path) -> float:
    """Milliseconds of wall time."""
    runtime = clinic.opened(f"sqlite:///{file}", clinic.Clock())
    nurse = Actor("nurse", NAME, "Nurse", frozenset({Role.CARE_TEAM}))
    with closing(sqlite3.connect(file)) as connection:
        infusions = connection.execute(
            "SELECT id FROM infusions WHERE clinic_id = ? AND status = ? AND planned_at > ? "
            "ORDER BY id LIMIT ?",
            (NAME, InfusionStatus.PLANNED, int(clinic.NOW.timestamp() * 1_000_000), MOVED),
        ).fetchall()
    took = []
    for (infusion_id,) in infusions:
        with runtime.reading(nurse) as work:
            infusion = work.records.treatment.infusion(infusion_id)
        started = time.perf_counter()
        with runtime.unit_of_work(nurse) as work:
            move_infusion(
                work,
                infusion.id,
                version=infusion.version,
                planned_at=infusion.planned_at + timedelta(minutes=20),
            )
        took.append(time.perf_counter() - started)
    runtime.database.dispose()
    return median(took) * 1000
