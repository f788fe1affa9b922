"""What is read of a long record is a part of it; what is said is the same as of the whole."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from mindspa.bootstrap import Runtime
from mindspa.domain.access import Actor, Role, operator
from mindspa.domain.adjuncts import Entry, Kind
from mindspa.domain.check_ins import Mode, StoredForm, newest_versions
from mindspa.domain.follow_up_windows import FormMark
from mindspa.domain.infusion_sheet import Severity
from mindspa.domain.progress_words import words
from mindspa.domain.treatment import Patient, Phase
from mindspa.services.form_before import form_before
from mindspa.services.open_check_in import Today, open_check_in, today
from mindspa.services.plan_course import open_course
from mindspa.services.record_adjunct import record_adjunct
from mindspa.services.record_side_effect import record_side_effect
from mindspa.services.record_vitals import record_vitals
from mindspa.services.review_follow_up import follow_up_list
from mindspa.services.send_check_in import send_check_in
from mindspa.services.summarise_patient import (
    differing_summaries,
    read_summaries,
    rebuild_summaries,
    summarise,
)
from mindspa.services.unit_of_work import UnitOfWork
from mindspa.services.view_progress import recent_part, view_own_progress, view_progress
from mindspa.storage.records.check_ins import CheckIns
from mindspa.storage.records.treatment import Treatment
from tests.conftest import NOW, Clock
from tests.factories import (
    a_clinic,
    a_patient,
    a_stored_form,
    account_of,
    an_induction,
    an_infusion,
)
from tests.services.lives import Lives, list_derived_in_full

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
SEEDS, PATIENTS = (1, 2, 3), 8
LATER = (NOW - HOUR, NOW, NOW + 30 * HOUR, NOW + 36 * HOUR, NOW + 90 * HOUR, NOW + 40 * DAY)
on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


_lived: dict[int, tuple[Path, Lives]] = {}  # by seed: they take seconds


@pytest.fixture(params=SEEDS)
def lives(
    request: pytest.FixtureRequest,
    runtime: Runtime,
    clock: Clock,
    tmp_path_factory: pytest.TempPathFactory,
) -> Lives:
    file = runtime.database.file
    assert file is not None
    if request.param not in _lived:
        made = Lives.begun(runtime, clock, request.param)
        made.go_by(PATIENTS)
        runtime.database.dispose()
        kept = tmp_path_factory.mktemp("lives") / "lives.db"
        shutil.copyfile(file, kept)
        _lived[request.param] = (kept, made)
    kept, made = _lived[request.param]
    shutil.copyfile(kept, file)
    return replace(made, runtime=runtime, clock=clock)


@pytest.fixture
def whole_records(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Makes every reader of a part read the whole record from then on."""
    forms_of, occasions_of = CheckIns.forms_of, Treatment.occasions_of

    def newest(self: CheckIns, patient_id: str, *_: Any, **__: Any) -> list[Any]:
        return list(newest_versions(forms_of(self, patient_id)))

    def marks(self: CheckIns, patient_id: str, *_: Any, **__: Any) -> list[FormMark]:
        found = newest(self, patient_id)
        return [FormMark(form.id, form.instrument, form.answered_at) for form in found]

    def read_all() -> None:
        for part in ("forms_within", "forms_since", "last_forms"):
            monkeypatch.setattr(CheckIns, part, newest)
        monkeypatch.setattr(CheckIns, "marks_around", marks)
        monkeypatch.setattr(
            Treatment, "occasions_of", lambda self, patient, **_: occasions_of(self, patient)
        )
        monkeypatch.setattr(
            Treatment, "occasions_around", lambda self, patient, _: occasions_of(self, patient)
        )

    return read_all


@on_sqlite
def test_the_list_from_stored_rows_is_the_list_derived_from_whole_records(
    runtime: Runtime, clock: Clock, lives: Lives
) -> None:
    for clock.now in LATER:
        with runtime.reading(lives.nurse) as work:
            stored = follow_up_list(work)
            assert stored == list_derived_in_full(work)
            assert stored


@on_sqlite
def test_summaries_from_a_part_are_those_from_whole_records(
    runtime: Runtime, lives: Lives, whole_records: Callable[[], None]
) -> None:
    whole_records()
    with runtime.reading(lives.nurse) as work:
        stored = read_summaries(work)
        assert stored == {patient_id: summarise(work, patient_id) for patient_id in stored}
        assert len(stored) == PATIENTS
        assert list(differing_summaries(work, stored)) == []


@on_sqlite
def test_rows_made_anew_are_the_same(runtime: Runtime, lives: Lives) -> None:
    def rows(of: Runtime) -> list[list[str]]:
        with of.reading(lives.nurse) as work:
            return [work.records.follow_up.of(p.id) for p in work.records.patients.all()]

    before = rows(runtime)
    newer = replace(runtime, definitions=replace(runtime.definitions, version="newer"))
    with newer.unit_of_work(operator(lives.clinic.id)) as work:
        assert rebuild_summaries(work) == PATIENTS
    assert rows(newer) == before
    assert any(before)


@on_sqlite
def test_what_is_asked_and_shown_is_the_same_as_from_whole_records(
    runtime: Runtime, clock: Clock, lives: Lives, whole_records: Callable[[], None]
) -> None:
    with runtime.reading(lives.nurse) as work:
        patients = work.records.patients.all()
    people = [
        Actor(p.id, lives.clinic.id, p.name, frozenset({Role.PATIENT}), p.id) for p in patients
    ]

    def asked() -> Iterator[Today]:
        for clock.now in LATER:
            for person in people:
                with runtime.reading(person) as work:
                    yield today(work)

    def shown(*, whole: bool) -> Iterator[Any]:
        clock.now = NOW
        for patient in patients:
            with runtime.reading(lives.nurse) as work:
                read = view_progress(work, patient.id, whole=whole)
                recent = recent_part(read)
                for name, series in recent.series.items():
                    # Whether a line comes from what is not shown says nothing.
                    first = replace(series.points[0], breaks_line=False)
                    yield name, (first, *series.points[1:]), series.change
                yield recent.incomplete, recent.occasions, read.older, read.first_answered_at
                if not read.older:
                    yield words(read, work.definitions)

    before, parts = list(asked()), list(shown(whole=False))
    assert parts == list(shown(whole=True))
    whole_records()
    assert before == list(asked())


# How much is read


class Long:
    """A patient of ten years: weekly forms, and an induction that began last month."""

    def __init__(self, runtime: Runtime, forms: int) -> None:
        self.runtime, self.clinic = runtime, a_clinic(runtime)
        self.patient: Patient = a_patient(runtime, self.clinic)
        self.person = account_of(runtime, self.clinic, self.patient)
        self._tell(forms)
        course = an_induction(runtime, self.clinic, self.patient, starts_at=NOW - 30 * DAY)
        for days in (30, 27, 2):
            an_infusion(runtime, self.clinic, course, starts_at=NOW - days * DAY)

    def _tell(self, forms: int) -> None:
        """Evenly over the years before the last."""
        with self.runtime.unit_of_work(operator(self.clinic.id)) as work:
            work.write_about(self.patient.id)
            for number in range(forms):
                at = NOW - 450 * DAY - number * (3200 * DAY / forms)
                work.records.check_ins.add_form(a_form(work, self.patient.id, at))


def a_form(work: UnitOfWork, patient_id: str, at: datetime) -> StoredForm:
    return StoredForm(
        work.new_id(), patient_id, "phq9", "1", "en", {"q9": 0}, 9, "1", Mode.REMOTE,
        answered_at=at, saved_at=at, entered_by=patient_id,
    )  # fmt: skip


@contextmanager
def counted_rows(runtime: Runtime) -> Iterator[list[int]]:
    """Rows fetched and statements run inside the block."""
    counts = [0, 0]

    def count(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        counts[1] += 1
        if statement.lstrip().startswith("SELECT"):
            raw = connection.connection.driver_connection
            counts[0] += len(raw.execute(statement, _[0]).fetchall())

    engines = (runtime.database.reader, runtime.database.writer)
    for engine in engines:
        event.listen(engine, "before_cursor_execute", count)
    yield counts
    for engine in engines:
        event.remove(engine, "before_cursor_execute", count)


def _check_in(runtime: Runtime, long: Long) -> None:
    with runtime.unit_of_work(long.person) as work:
        check_in = open_check_in(work, unscheduled=True)
    with runtime.unit_of_work(long.person) as work:
        send_check_in(work, check_in.id, unanswered_too=True)


def _looked_at(runtime: Runtime, long: Long) -> None:
    with runtime.reading(operator(long.clinic.id)) as work:
        view_progress(work, long.patient.id)


def _looked_at_own(runtime: Runtime, long: Long) -> None:
    with runtime.reading(long.person) as work:
        view_own_progress(work)


def _today(runtime: Runtime, long: Long) -> None:
    with runtime.reading(long.person) as work:
        today(work)


def _written(runtime: Runtime, long: Long) -> None:
    with runtime.unit_of_work(operator(long.clinic.id)) as work:
        work.write_about(long.patient.id)


def _compared(runtime: Runtime, long: Long) -> None:
    with runtime.reading(long.person) as work:
        assert form_before(work, long.patient.id, "phq9", at=NOW)


def _listed(runtime: Runtime, long: Long) -> None:
    with runtime.reading(operator(long.clinic.id)) as work:
        assert follow_up_list(work)


@on_sqlite
@pytest.mark.parametrize(
    "does", [_looked_at, _looked_at_own, _today, _written, _check_in, _compared, _listed]
)
def test_no_more_is_read_of_a_longer_record(
    runtime: Runtime, does: Callable[[Runtime, Long], None]
) -> None:
    """The rows read grow with the treatment, not with the forms of the years before."""
    long = Long(runtime, forms=40)
    with counted_rows(runtime) as few:
        does(runtime, long)
    long._tell(1000)
    with counted_rows(runtime) as many:
        does(runtime, long)
    assert many[0] <= few[0] + 5
    assert many[1] <= few[1] + 1


@on_sqlite
def test_sheets_and_other_treatment_are_read_in_the_same_queries_however_many(
    runtime: Runtime,
) -> None:
    long = Long(runtime, forms=1)
    _looked_at(runtime, long)  # which is audited once
    with counted_rows(runtime) as few:
        _looked_at(runtime, long)
    with runtime.unit_of_work(operator(long.clinic.id)) as work:
        for infusion in work.records.treatment.infusions_of(long.patient.id):
            for minute in range(5):
                at = infusion.starts_at + minute * MINUTE
                record_vitals(work, infusion.id, {"systolic": 120}, taken_at=at)
            record_side_effect(work, infusion.id, "nausea", Severity.MILD, onset_at=at)
        for days in range(9):
            entry = Entry(Kind.MEDICATION, "sertraline to 50 mg", (NOW - days * DAY).date())
            record_adjunct(work, long.patient.id, entry)
    with counted_rows(runtime) as many:
        _looked_at(runtime, long)
    assert many[1] == few[1]
    assert many[0] - few[0] == 3 * 6 + 9


@on_sqlite
def test_incomplete_forms_hide_neither_the_last_score_nor_themselves(runtime: Runtime) -> None:
    clinic = a_clinic(runtime)
    patient = a_patient(runtime, clinic)
    a_stored_form(runtime, clinic, patient, "phq9", at=NOW - 900 * DAY, each=1, _9=0)
    for days in range(9, 4, -1):
        a_stored_form(runtime, clinic, patient, "phq9", at=NOW - days * DAY, each=0, _3=None)
    a_stored_form(runtime, clinic, patient, "gad7", at=NOW - DAY, each=0, _3=None)
    with runtime.reading(operator(clinic.id)) as work:
        summary = read_summaries(work)[patient.id]
    assert {name: score.total for name, score in summary.latest.items()} == {"phq9": 8}
    assert summary.last_answered_at == NOW - DAY


@on_sqlite
def test_a_baseline_from_years_ago_is_read_with_the_course_that_counts_from_it(
    runtime: Runtime, clock: Clock
) -> None:
    clinic = a_clinic(runtime)
    patient = a_patient(runtime, clinic)
    induction = an_induction(runtime, clinic, patient, starts_at=NOW - 900 * DAY)
    an_infusion(runtime, clinic, induction, starts_at=NOW - 900 * DAY)
    with runtime.unit_of_work(operator(clinic.id)) as work:
        starts_at = NOW - 20 * DAY
        course = open_course(work, patient.id, Phase.MAINTENANCE, starts_at=starts_at)
    an_infusion(runtime, clinic, course, starts_at=starts_at)
    a_stored_form(runtime, clinic, patient, "phq9", at=NOW - 905 * DAY, each=2, _9=0)
    for days in (300, 200, 100, 1):
        a_stored_form(runtime, clinic, patient, "phq9", at=NOW - days * DAY, each=1, _9=0)
    with runtime.reading(operator(clinic.id)) as work:
        change = view_progress(work, patient.id).series["phq9"].change
        stored = read_summaries(work)[patient.id].latest["phq9"]
    assert change is not None
    assert (change.points, stored.change) == (-8, -8)


@on_sqlite
def test_one_press_reads_all(runtime: Runtime) -> None:
    long = Long(runtime, forms=300)
    with runtime.reading(operator(long.clinic.id)) as work:
        part = view_progress(work, long.patient.id)
        assert (part.older, part.whole) == (300, False)
        assert len(part.series["phq9"].points) < 10
        assert "phq9" not in recent_part(part).series
        whole = view_progress(work, long.patient.id, kept=part, whole=True)
        assert (whole.older, whole.whole, len(whole.series["phq9"].points)) == (300, True, 300)
        assert view_progress(work, long.patient.id, kept=whole) is whole
        assert part.first_answered_at == whole.first_answered_at


@on_sqlite
def test_a_stored_row_of_another_version_is_not_read(runtime: Runtime) -> None:
    """A newer program beside this one may have written what this one cannot read."""
    long = Long(runtime, forms=3)
    with runtime.reading(operator(long.clinic.id)) as work:
        before = follow_up_list(work)
    with runtime.database.writer.begin() as connection:
        connection.exec_driver_sql("UPDATE follow_up_rows SET row = '{}'")
        connection.exec_driver_sql(
            "UPDATE patient_summaries SET definitions_version = 'of a newer program'"
        )
    with runtime.reading(operator(long.clinic.id)) as work:
        assert follow_up_list(work) == before
        assert before
