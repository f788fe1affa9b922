"""Records made for one clinic, or for one patient, read and write nothing of another."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import SQLModel, select

from mindspa.bootstrap import Runtime
from mindspa.domain.access import operator
from mindspa.domain.adjuncts import Entry, Kind
from mindspa.domain.check_ins import CheckIn, CheckInState, Mode
from mindspa.domain.errors import NotFound
from mindspa.domain.follow_up import Disposition, FollowUpReview
from mindspa.domain.infusion_sheet import Severity
from mindspa.domain.treatment import Patient
from mindspa.services.record_adjunct import record_adjunct
from mindspa.services.record_side_effect import record_side_effect
from mindspa.services.record_vitals import record_vitals
from mindspa.storage.audit_tables import AuditEventRow
from mindspa.storage.records import Records
from mindspa.storage.tables import PatientRow, StoredFormRow
from tests.conftest import NOW
from tests.factories import a_clinic, a_patient, a_stored_form, an_induction, an_infusion

DAY = timedelta(days=1)
AGES_AGO = NOW - 4000 * DAY


def a_check_in(patient: Patient, check_in_id: str, state: CheckInState) -> CheckIn:
    return CheckIn(
        check_in_id, patient.id, ("pulse",), None, state, NOW, NOW + DAY, NOW, "en",
        Mode.REMOTE, patient.id,
    )  # fmt: skip


@pytest.fixture
def somebody(runtime: Runtime) -> Patient:
    """With something in every table that is read by patient."""
    clinic = a_clinic(runtime)
    patient = a_patient(runtime, clinic, "Somebody")
    course = an_induction(runtime, clinic, patient, starts_at=NOW - 3 * DAY)
    an_infusion(runtime, clinic, course, starts_at=NOW - 3 * DAY)
    a_stored_form(runtime, clinic, patient, "phq9", at=NOW - DAY, each=2, _9=3)
    with runtime.unit_of_work(operator(clinic.id)) as work:
        work.write_about(patient.id)
        for check_in_id, state in (("open", CheckInState.OPEN), ("sent", CheckInState.SENT)):
            work.records.check_ins.add(a_check_in(patient, check_in_id, state))
        work.records.alerts.ask("call", patient.id, at=NOW)
        (infusion,) = work.records.treatment.infusions_of(patient.id)
        record_vitals(work, infusion.id, {"systolic": 120})
        record_side_effect(work, infusion.id, "nausea", Severity.MILD)
        record_adjunct(work, patient.id, Entry(Kind.TMS, "A series", NOW.date()))
    return patient


Read = Callable[[Records, str, str], Any]
READS: dict[str, Read] = {
    "patients.all": lambda r, p, i: r.patients.all(),
    "patients.versions": lambda r, p, i: r.patients.versions(),
    "patients.summaries": lambda r, p, i: r.patients.summaries(summary_version(r)),
    "patients.old": lambda r, p, i: r.patients.with_old_summaries("none"),
    "courses": lambda r, p, i: r.treatment.courses_of(p),
    "infusions": lambda r, p, i: r.treatment.infusions_of(p),
    "occasions": lambda r, p, i: r.treatment.occasions_of(p),
    "occasions around": lambda r, p, i: r.treatment.occasions_around(p, [i]),
    "versions of occasions": lambda r, p, i: r.treatment.protocol_versions_of(p),
    "check-ins ahead": lambda r, p, i: r.protocols.ahead(now=NOW),
    "forms": lambda r, p, i: r.check_ins.forms_of(p),
    "forms since": lambda r, p, i: r.check_ins.forms_since(p, AGES_AGO),
    "forms within": lambda r, p, i: r.check_ins.forms_within(p, [(AGES_AGO, NOW + DAY)]),
    "last forms": lambda r, p, i: r.check_ins.last_forms(p, ["phq9"], asking=["phq9"]),
    "last complete": lambda r, p, i: r.check_ins.last_complete(p, "phq9", before=NOW),
    "answered at": lambda r, p, i: r.check_ins.answered_at(p, "phq9", NOW - DAY),
    "older": lambda r, p, i: r.check_ins.older(p, before=NOW)[0],
    "marks": lambda r, p, i: r.check_ins.marks_around(p, [i], before=9 * DAY, after=9 * DAY),
    "check-ins": lambda r, p, i: r.check_ins.all_of(p),
    "open check-ins": lambda r, p, i: r.check_ins.open_of(p),
    "last sent": lambda r, p, i: r.check_ins.last_sent_of(p),
    "alerts": lambda r, p, i: r.alerts.of_many([p]),
    "alerts with a clock": lambda r, p, i: r.alerts.with_clock_of(p),
    "open patients": lambda r, p, i: r.alerts.open_patients(),
    "wishes": lambda r, p, i: r.alerts.wishes_of(p),
    "rows": lambda r, p, i: r.follow_up.of(p),
    "readings": lambda r, p, i: r.sheets.written_at([i])[0],
    "side effects": lambda r, p, i: r.sheets.written_at([i])[1],
    "adjuncts": lambda r, p, i: r.adjuncts.of(p),
    "rows listed": lambda r, p, i: r.follow_up.listed(summary_version(r), now=NOW),
}


def summary_version(records: Records) -> str:
    """Of the one summary there is."""
    connection = records.patients.scope.session.connection()
    found = connection.execute(text("SELECT definitions_version FROM patient_summaries"))
    return str(found.scalars().first())


@pytest.mark.parametrize("read", READS.values(), ids=READS)
def test_whoever_is_not_in_scope_does_not_exist(
    runtime: Runtime, somebody: Patient, read: Read
) -> None:
    with runtime.reading(operator("clinic")) as work:
        (infusion,) = work.records.treatment.infusions_of(somebody.id)
        assert read(work.records, somebody.id, infusion.id), "there is something to read"
    a_clinic(runtime, "elsewhere")
    with runtime.database.reading() as session:
        own = Records(session, "clinic", patient_id=somebody.id)
        assert read(own, somebody.id, infusion.id), "their own"
    for clinic_id, patient_id in (("elsewhere", None), ("clinic", "another"), ("clinic", "")):
        with runtime.database.reading() as session:
            records = Records(session, clinic_id, patient_id=patient_id)
            assert not read(records, somebody.id, infusion.id)


@pytest.mark.parametrize("row", [PatientRow, StoredFormRow, AuditEventRow])
def test_a_query_of_rows_that_names_nobody_is_of_the_scope_alone(
    runtime: Runtime, somebody: Patient, row: type[SQLModel]
) -> None:
    """Whatever somebody may write one day, without a thought of clinics."""
    a_clinic(runtime, "elsewhere")
    found = {}
    for clinic_id, patient_id in (("clinic", None), ("elsewhere", None), ("clinic", "another")):
        with runtime.database.reading() as session:
            Records(session, clinic_id, patient_id=patient_id)
            rows = session.scalars(select(row)).all()
            found[clinic_id, patient_id] = {getattr(one, "clinic_id") for one in rows}  # noqa: B009
    assert found["clinic", None] == {"clinic"}
    assert found["elsewhere", None] <= {"elsewhere"}
    if row is not AuditEventRow:  # which no patient's page reads
        assert found["clinic", "another"] == set()


def test_nothing_is_written_about_whoever_is_not_in_scope(
    runtime: Runtime, somebody: Patient
) -> None:
    other = a_check_in(somebody, "other", CheckInState.LAPSED)
    writes: list[Callable[[Records], object]] = [
        lambda records: records.check_ins.add(other),
        lambda records: records.check_ins.save(a_check_in(somebody, "open", CheckInState.LAPSED)),
        lambda records: records.follow_up.replace(somebody.id, []),
    ]
    for write in writes:
        with pytest.raises(NotFound), runtime.database.writing() as session:
            write(Records(session, "clinic", patient_id="another"))
    a_clinic(runtime, "elsewhere")
    with pytest.raises(NotFound), runtime.database.writing() as session:
        writes[1](Records(session, "elsewhere"))
    with runtime.database.writing() as session:
        Records(session, "elsewhere").follow_up.replace(somebody.id, [])
    with runtime.reading(operator("clinic")) as work:
        assert work.records.check_ins.get("open").state is CheckInState.OPEN
        assert work.records.follow_up.of(somebody.id)


def test_what_was_just_written_is_read(runtime: Runtime, somebody: Patient) -> None:
    """Prepared queries pass the session by, which keeps what is added until it is asked."""
    with runtime.unit_of_work(operator("clinic")) as work:
        work.write_about(somebody.id)
        (infusion,) = work.records.treatment.infusions_of(somebody.id)
        work.records.treatment.add_review(a_review(somebody.id, infusion.id))
        assert len(work.records.treatment.reviews_of_many([somebody.id])) == 1


def a_review(patient_id: str, infusion_id: str) -> FollowUpReview:
    return FollowUpReview(
        "review", patient_id, infusion_id, "nurse", "Nurse", NOW, Disposition.NO_ACTION, None,
        frozenset(), frozenset(),
    )  # fmt: skip
