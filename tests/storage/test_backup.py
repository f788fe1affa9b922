"""A backup is one state of the database, whoever writes meanwhile; what is not a sound one is
refused, and the database stays as it was."""

import resource
import shutil
import sqlite3
import stat
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from mindspa import bootstrap
from mindspa.domain.access import Actor, operator
from mindspa.domain.errors import DatabaseUnusable, InvalidInput, MindSpaError
from mindspa.domain.treatment import Clinic
from mindspa.services.check_records import problems
from mindspa.services.open_check_in import open_check_in
from mindspa.services.save_answer import save_answer
from mindspa.services.send_check_in import send_check_in
from mindspa.settings import Settings
from mindspa.storage import backup, schema
from mindspa.storage.database import Database
from mindspa.storage.restore import restore
from tests.accounts import a_session, an_account
from tests.conftest import NOW
from tests.data.releases.dump import Filled
from tests.factories import a_clinic, a_patient, account_of

RELEASES = Path(__file__).parent.parent / "data" / "releases"


@pytest.fixture
def runtime(tmp_path: Path) -> Iterator[bootstrap.Runtime]:
    """Over a SQLite file in a folder of its own."""
    folder = tmp_path / "clinic"
    folder.mkdir()
    with opened(folder / "mindspa.db") as runtime:
        yield runtime


@contextmanager
def opened(path: Path) -> Iterator[bootstrap.Runtime]:
    settings = Settings.load({"MINDSPA_DATABASE_URL": f"sqlite:///{path}"})
    runtime = bootstrap.start(settings, clock=lambda: NOW)
    try:
        yield runtime
    finally:
        runtime.database.dispose()


@pytest.fixture(scope="module")
def _filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("filled") / "mindspa.db"
    Filled(f"sqlite:///{path}").runtime.database.dispose()
    return path


@pytest.fixture
def clinic(_filled: Path, tmp_path: Path) -> Path:
    """A small clinic's database, which nobody has open."""
    folder = tmp_path / "clinic"
    folder.mkdir()
    return Path(shutil.copy(_filled, folder))


@pytest.fixture
def copy(clinic: Path, tmp_path: Path) -> Path:
    """A backup of it, in a folder of its own."""
    folder = tmp_path / "backups"
    folder.mkdir()
    make(clinic, folder / "monday.db")
    return folder / "monday.db"


def make(source: Path, file: Path, *, overwrite: bool = False) -> backup.Backup:
    return backup.make(source, file, overwrite=overwrite, now=NOW, program="0.0.0")


def rows(path: Path, without: set[str] | None = None) -> dict[str, list[tuple[object, ...]]]:
    """By table. Sessions are not compared: those of a backup are ended."""
    left_out = {"sessions", backup.MANIFEST} | (without or set())
    with closing(sqlite3.connect(path)) as connection:
        names = [
            name
            for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
            if name not in left_out and not name.startswith("sqlite_")
        ]
        return {
            name: connection.execute(f"SELECT * FROM {name} ORDER BY rowid").fetchall()  # noqa: S608
            for name in names
        }


# --- One state, whoever writes -------------------------------------------------------------------


@dataclass
class Writer:
    """A patient who sends one check-in after the other, and knows which were acknowledged."""

    runtime: bootstrap.Runtime
    actor: Actor
    acknowledged: list[str]

    def write_until(self, stop: threading.Event) -> None:
        while not stop.wait(0.01):  # a breath between two, as people take
            with suppress(DatabaseUnusable):  # busy: not acknowledged, and tried again
                self.acknowledged.append(self._send_one())

    def _send_one(self) -> str:
        with self.runtime.unit_of_work(self.actor) as work:
            check_in = open_check_in(work, unscheduled=True)
        for item in ("worry", "safety"):
            with self.runtime.unit_of_work(self.actor) as work:
                save_answer(
                    work,
                    check_in.id,
                    instrument_id="pulse",
                    item_id=item,
                    value=1,
                    replaces=0,
                )
        with self.runtime.unit_of_work(self.actor) as work:
            send_check_in(work, check_in.id, unanswered_too=True)
        return check_in.id


def test_a_backup_under_writers_is_one_committed_state(
    runtime: bootstrap.Runtime, tmp_path: Path
) -> None:
    clinic = a_clinic(runtime)
    writers = [
        Writer(runtime, account_of(runtime, clinic, a_patient(runtime, clinic)), [])
        for _ in range(8)
    ]
    stop, source = threading.Event(), runtime.database.file
    assert source is not None
    with ThreadPoolExecutor(len(writers)) as pool:
        working = [pool.submit(writer.write_until, stop) for writer in writers]
        try:
            wait_until(lambda: all(writer.acknowledged for writer in writers))
            before = [list(writer.acknowledged) for writer in writers]
            make(source, tmp_path / "backup.db")
            sent_at_end = sum(len(writer.acknowledged) for writer in writers)
            wait_until(lambda: sum(len(w.acknowledged) for w in writers) > sent_at_end)
        finally:
            stop.set()
        for done in working:
            done.result()
    restore(tmp_path / "backup.db", tmp_path / "restored.db", replace=False, now=NOW)
    _is_a_prefix(rows(tmp_path / "restored.db"), rows(source))
    with opened(tmp_path / "restored.db") as restored:
        for writer, acknowledged in zip(writers, before, strict=True):
            sent = _sent(restored, clinic, writer.actor)
            assert set(acknowledged) <= sent, "acknowledged before the backup began"
            # Besides, at most one whose acknowledgement was on its way.
            assert len(sent - set(writer.acknowledged)) <= 1
        with restored.reading(operator(clinic.id)) as work:
            assert list(problems(work)) == []


def _is_a_prefix(
    restored: dict[str, list[tuple[object, ...]]], live: dict[str, list[tuple[object, ...]]]
) -> None:
    """Everything is audited, and SQLite commits one unit after the other: the audit trail is the
    order of what happened. What the backup holds besides is what these units wrote."""
    trail = len(restored["audit_events"])
    assert trail < len(live["audit_events"]), "people wrote after the backup"
    assert restored["audit_events"] == live["audit_events"][:trail]
    for table in ("given_answers", "stored_forms", "alerts"):
        assert restored[table] == live[table][: len(restored[table])]
        by_audit = {
            "given_answers": ("answer.given",),
            "stored_forms": ("form.stored",),
            "alerts": ("alert.raised",),
        }[table]
        assert len(restored[table]) == sum(
            event[4] in by_audit for event in restored["audit_events"]
        ), table


def _sent(runtime: bootstrap.Runtime, clinic: Clinic, actor: Actor) -> set[str]:
    assert actor.patient_id is not None
    with runtime.reading(operator(clinic.id)) as work:
        return {
            check_in.id
            for check_in in work.records.check_ins.all_of(actor.patient_id)
            if check_in.sent_at is not None
        }


def wait_until(holds: Callable[[], bool]) -> None:
    pause = threading.Event()
    for _ in range(6000):
        if holds():
            return
        pause.wait(0.01)
    raise AssertionError("it did not come about within a minute")


def test_counted_and_copied_is_the_same_instant(
    clinic: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody writes just between the two."""
    before, counted = rows(clinic), backup._tables

    def and_then_somebody_writes(connection: sqlite3.Connection) -> dict[str, tuple[int, str]]:
        found = counted(connection)
        altered(clinic, "UPDATE patients SET name = name || ' Again'")
        return found

    monkeypatch.setattr(backup, "_tables", and_then_somebody_writes)
    make(clinic, tmp_path / "backup.db")
    assert rows(tmp_path / "backup.db") == before != rows(clinic)


# --- Making one ----------------------------------------------------------------------------------


def test_a_backup_holds_every_row_and_is_one_private_file(clinic: Path, copy: Path) -> None:
    assert rows(copy) == rows(clinic)
    assert backup.verified(copy).rows == sum(map(len, rows(clinic).values())) + 2  # the sessions
    assert [path.name for path in copy.parent.iterdir()] == ["monday.db"]
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600


def test_what_is_only_in_the_log_is_backed_up_too(
    runtime: bootstrap.Runtime, tmp_path: Path
) -> None:
    clinic = a_clinic(runtime)
    patient = a_patient(runtime, clinic, "Only In The Log")
    source = runtime.database.file
    assert source is not None
    assert source.with_name("mindspa.db-wal").stat().st_size, "nothing has been written back yet"
    make(source, tmp_path / "backup.db")
    assert [row[1] for row in rows(tmp_path / "backup.db")["patients"]] == [patient.id]


def test_a_file_that_is_there_is_replaced_only_when_told(clinic: Path, copy: Path) -> None:
    before = copy.read_bytes()
    with pytest.raises(InvalidInput, match="--overwrite"):
        make(clinic, copy)
    assert copy.read_bytes() == before
    altered(clinic, "UPDATE patients SET name = 'Somebody Else'")
    make(clinic, copy, overwrite=True)
    assert rows(copy) == rows(clinic)


def test_the_database_itself_is_never_overwritten(clinic: Path) -> None:
    before = clinic.read_bytes()
    with pytest.raises(InvalidInput, match="the database itself"):
        make(clinic, clinic, overwrite=True)
    assert clinic.read_bytes() == before


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """As on a disk that is almost full: what goes beyond is refused."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_leaves_nothing_half_behind(clinic: Path, tmp_path: Path) -> None:
    folder = tmp_path / "full"
    folder.mkdir()
    with (
        files_of_at_most(50_000),
        pytest.raises(DatabaseUnusable, match=r"^No backup was made: the disk is full"),
    ):
        make(clinic, folder / "backup.db")
    assert list(folder.iterdir()) == []


def test_a_full_disk_leaves_the_last_backup(clinic: Path, copy: Path) -> None:
    before = copy.read_bytes()
    with files_of_at_most(50_000), pytest.raises(DatabaseUnusable, match="disk is full"):
        make(clinic, copy, overwrite=True)
    assert copy.read_bytes() == before
    assert [path.name for path in copy.parent.iterdir()] == ["monday.db"]


def test_a_damaged_database_does_not_replace_a_good_backup(clinic: Path, copy: Path) -> None:
    before = copy.read_bytes()
    an_index_overwritten(clinic)
    with pytest.raises(DatabaseUnusable, match="the database is damaged"):
        make(clinic, copy, overwrite=True)
    assert copy.read_bytes() == before


@pytest.mark.parametrize("place", ["nowhere/backup.db", "clinic/mindspa.db/backup.db"])
def test_a_folder_that_is_not_there(clinic: Path, tmp_path: Path, place: str) -> None:
    with pytest.raises(DatabaseUnusable, match=r"^No backup was made: .+ Check the path"):
        make(clinic, tmp_path / place)


def test_nothing_to_back_up(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="no database yet"):
        make(tmp_path / "none.db", tmp_path / "backup.db")
    assert list(tmp_path.iterdir()) == []


# --- What is refused -----------------------------------------------------------------------------


def truncated(copy: Path) -> None:
    copy.write_bytes(copy.read_bytes()[: copy.stat().st_size // 2])


def a_byte_changed(copy: Path) -> None:
    content = copy.read_bytes()
    assert b"Slept well" in content
    copy.write_bytes(content.replace(b"Slept well", b"Slept ill "))


def an_index_overwritten(copy: Path) -> None:
    """Every row is as it was."""
    with closing(sqlite3.connect(copy)) as connection:
        (page,) = connection.execute(
            "SELECT rootpage FROM sqlite_schema WHERE name = 'ix_infusions_clinic_id_planned_at'"
        ).fetchone()
    with copy.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\xff" * 4096)


def empty(copy: Path) -> None:
    copy.write_bytes(b"")


def text(copy: Path) -> None:
    copy.write_text("Dear colleague, " * 1000)


def altered(path: Path, sql: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(sql)
        connection.commit()


def a_copied_database(copy: Path) -> None:
    altered(copy, f"DROP TABLE {backup.MANIFEST}")


def another_programs(copy: Path) -> None:
    copy.unlink()
    altered(copy, "CREATE TABLE notes (words TEXT)")


@pytest.mark.parametrize(
    "spoilt, sentence",
    [
        (truncated, "damaged"),
        (a_byte_changed, "damaged"),
        (an_index_overwritten, "damaged"),
        (empty, "no backup that this program made"),
        (text, "no backup that this program made"),
        (a_copied_database, "no backup that this program made"),
        (another_programs, "no backup that this program made"),
        (lambda copy: altered(copy, "UPDATE stored_forms SET total = 1"), "damaged"),
        (lambda copy: altered(copy, "DELETE FROM alerts WHERE historic"), "damaged"),
        (lambda copy: altered(copy, "CREATE TABLE more (x)"), "damaged"),
        (lambda copy: altered(copy, "DROP TABLE contact_requests"), "damaged"),
        (lambda copy: altered(copy, "UPDATE backup_manifest SET manifest = '[]'"), "no backup"),
        (Path.unlink, "no such backup file"),
    ],
)
def test_what_is_no_sound_backup_is_refused_and_changes_nothing(
    clinic: Path, copy: Path, spoilt: Callable[[Path], None], sentence: str
) -> None:
    spoilt(copy)
    before = clinic.read_bytes()
    with pytest.raises(MindSpaError, match=sentence):
        backup.verified(copy)
    with pytest.raises(MindSpaError, match=sentence):
        restore(copy, clinic, replace=True, now=NOW)
    assert clinic.read_bytes() == before
    assert [path.name for path in clinic.parent.iterdir()] == ["mindspa.db"]


def test_a_backup_of_a_newer_version_is_refused(clinic: Path, tmp_path: Path) -> None:
    altered(clinic, "UPDATE alembic_version SET version_num = '9999'")
    make(clinic, tmp_path / "newer.db")
    with pytest.raises(DatabaseUnusable, match="newer version"):
        restore(tmp_path / "newer.db", tmp_path / "restored.db", replace=False, now=NOW)
    assert not (tmp_path / "restored.db").exists()


# --- Putting one back ----------------------------------------------------------------------------


def test_restored_is_what_was_backed_up(copy: Path, clinic: Path, tmp_path: Path) -> None:
    found, aside = restore(copy, tmp_path / "restored.db", replace=False, now=NOW)
    assert (found.program, found.made_at, aside) == ("0.0.0", NOW, None)
    assert rows(tmp_path / "restored.db") == rows(clinic)
    assert stat.S_IMODE((tmp_path / "restored.db").stat().st_mode) == 0o600
    database = Database(f"sqlite:///{tmp_path / 'restored.db'}")
    assert schema.differences(database) == []
    database.dispose()


def test_nobody_is_signed_in_by_a_restored_database(
    runtime: bootstrap.Runtime, tmp_path: Path
) -> None:
    clinic = a_clinic(runtime)
    token = a_session(runtime, an_account(runtime, clinic))
    source = runtime.database.file
    assert source is not None
    make(source, tmp_path / "backup.db")
    assert runtime.accounts.session(token, now=NOW, activity=False), "the live one goes on"
    restore(tmp_path / "backup.db", tmp_path / "restored.db", replace=False, now=NOW)
    with opened(tmp_path / "restored.db") as restored:
        assert restored.accounts.session(token, now=NOW, activity=False) is None


def test_a_database_that_is_there_stays_unless_told(clinic: Path, copy: Path) -> None:
    altered(clinic, "UPDATE patients SET name = 'Since The Backup'")
    before = rows(clinic)
    with pytest.raises(InvalidInput, match="--replace"):
        restore(copy, clinic, replace=False, now=NOW)
    assert rows(clinic) == before
    _, aside = restore(copy, clinic, replace=True, now=NOW)
    assert rows(clinic) == rows(copy)
    assert aside is not None
    assert rows(aside) == before


def test_an_empty_file_is_no_database_to_be_kept(copy: Path, tmp_path: Path) -> None:
    (tmp_path / "empty.db").touch()
    restore(copy, tmp_path / "empty.db", replace=False, now=NOW)
    assert rows(tmp_path / "empty.db") == rows(copy)


def test_a_database_in_use_is_refused(clinic: Path, copy: Path) -> None:
    with opened(clinic) as runtime:
        before = rows(clinic)
        with pytest.raises(DatabaseUnusable, match="Stop the server"):
            restore(copy, clinic, replace=True, now=NOW)
        assert runtime.accounts.clinics()
        assert rows(clinic) == before
    assert [path.name for path in clinic.parent.iterdir()] == ["mindspa.db"]


def test_a_damaged_database_is_put_aside_with_its_log(clinic: Path, copy: Path) -> None:
    """A log that stayed behind would be read into the restored file."""
    with opened(clinic) as runtime:
        a_patient(runtime, runtime.accounts.clinics()[0], "Only In The Log")
        log = clinic.with_name("mindspa.db-wal").read_bytes()
    clinic.write_bytes(b"\xff" * 4096)
    clinic.with_name("mindspa.db-wal").write_bytes(log)
    _, aside = restore(copy, clinic, replace=True, now=NOW)
    assert rows(clinic) == rows(copy)
    assert aside is not None
    assert aside.read_bytes() == b"\xff" * 4096
    assert aside.with_name(f"{aside.name}-wal").read_bytes() == log


def test_a_log_without_its_database_is_put_aside(clinic: Path, copy: Path) -> None:
    with opened(clinic) as runtime:
        a_patient(runtime, runtime.accounts.clinics()[0], "Only In The Log")
        shutil.copy(clinic.with_name("mindspa.db-wal"), clinic.with_name("kept"))
    clinic.unlink()
    clinic.with_name("kept").rename(clinic.with_name("mindspa.db-wal"))
    restore(copy, clinic, replace=False, now=NOW)
    assert rows(clinic) == rows(copy)


def test_a_full_disk_leaves_the_database(clinic: Path, copy: Path) -> None:
    before = clinic.read_bytes()
    with files_of_at_most(50_000), pytest.raises(DatabaseUnusable, match="Nothing was restored"):
        restore(copy, clinic, replace=True, now=NOW)
    assert clinic.read_bytes() == before
    assert [path.name for path in clinic.parent.iterdir()] == ["mindspa.db"]


@pytest.mark.parametrize("dump", sorted(RELEASES.glob("*.sqlite.sql")), ids=lambda path: path.stem)
def test_a_backup_of_an_earlier_release_is_brought_up_to_date(dump: Path, tmp_path: Path) -> None:
    """The backup is made before the upgrade, as it should be, or by the earlier program's file."""
    with closing(sqlite3.connect(tmp_path / "released.db")) as connection:
        connection.executescript(dump.read_text("utf-8"))
    make(tmp_path / "released.db", tmp_path / "backup.db")
    restore(tmp_path / "backup.db", tmp_path / "restored.db", replace=False, now=NOW)
    database = Database(f"sqlite:///{tmp_path / 'restored.db'}")
    assert not schema.is_behind(database)
    assert schema.differences(database) == []
    database.dispose()
