"""The worklist: who is waited for, what is noted of each occasion, and reaching people."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event

from mindspa.bootstrap import Runtime
from mindspa.domain.access import Actor, Role, operator
from mindspa.domain.contacts import Reached
from mindspa.domain.errors import InvalidInput, NotFound, NotPermitted
from mindspa.domain.treatment import Clinic, Patient, PatientStatus, Phase
from mindspa.domain.worklist import Standing, WorklistRow
from mindspa.services.change_status import change_status
from mindspa.services.log_contact import log_contact
from mindspa.services.mark_answered import lacking
from mindspa.services.plan_course import open_course
from mindspa.services.summarise_patient import differing_summaries, rebuild_summaries
from mindspa.services.view_worklist import MOST_ROWS, open_row, view_worklist
from tests.conftest import NOW, Clock
from tests.factories import (
    a_clinic,
    a_patient,
    a_stored_form,
    account_of,
    an_induction,
    an_infusion,
    staff,
)
from tests.services.lives import Lives

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def treated(
    runtime: Runtime, clinic: Clinic, hours_ago: float, name: str = "Pat Example"
) -> Patient:
    """Whose only infusion ended so long ago, with all that is asked before it."""
    patient = a_patient(runtime, clinic, name)
    starts = NOW - hours_ago * HOUR - HOUR
    course = an_induction(runtime, clinic, patient, starts_at=starts)
    an_infusion(runtime, clinic, course, starts_at=starts)
    for form in ("phq9", "gad7"):
        a_stored_form(runtime, clinic, patient, form, at=starts - DAY)
    a_stored_form(runtime, clinic, patient, "pulse", at=starts - HOUR)
    return patient


def rows(
    runtime: Runtime, nurse: Actor, only: Standing | None = None, *, silent_only: bool = False
) -> list[WorklistRow]:
    with runtime.reading(nurse) as work:
        return list(view_worklist(work, only=only, silent_only=silent_only).rows)


def stands(row: WorklistRow) -> dict[str, Standing]:
    return {wanted.occasion.code: wanted.standing for wanted in row.wanted}


def test_from_due_to_missed_to_answered_by_phone(
    runtime: Runtime, clinic: Clinic, nurse: Actor, clock: Clock
) -> None:
    patient = treated(runtime, clinic, 25)
    (row,) = rows(runtime, nurse)
    assert stands(row) == {"24h": Standing.DUE}
    assert row.silent_since is None
    a_stored_form(runtime, clinic, patient, "pulse", at=NOW)
    assert rows(runtime, nurse) == []
    clock.now = NOW + 40 * HOUR  # +65 h: 48 h is missed, 72 h can be answered
    (row,) = rows(runtime, nurse)
    assert stands(row) == {"72h": Standing.OPEN, "48h": Standing.MISSED}
    assert row.last_answered_at == NOW
    a_stored_form(runtime, clinic, patient, "pulse", at=clock.now)
    (row,) = rows(runtime, nurse)
    assert stands(row) == {"48h": Standing.MISSED}
    clock.now = NOW + 12 * DAY  # the missed one is too long ago to phone about; the week is over
    assert "48h" not in {code for row in rows(runtime, nurse) for code in stands(row)}


def test_silence_rises_by_itself(
    runtime: Runtime, clinic: Clinic, nurse: Actor, clock: Clock
) -> None:
    patient = treated(runtime, clinic, 30, "Silent Example")
    treated(runtime, clinic, 25, "Due Example")
    assert [row.silent_since for row in rows(runtime, nurse)] == [None, None]
    clock.now = NOW + 6 * HOUR
    first, second = rows(runtime, nurse)
    assert (first.patient.id, first.silent_since) == (patient.id, NOW + 6 * HOUR)
    assert second.silent_since is None
    assert [row.patient.id for row in rows(runtime, nurse, silent_only=True)] == [patient.id]
    a_stored_form(runtime, clinic, patient, "pulse", at=clock.now)
    assert rows(runtime, nurse, silent_only=True) == []


def test_the_filter_leaves_what_stands_so(runtime: Runtime, clinic: Clinic, nurse: Actor) -> None:
    treated(runtime, clinic, 25, "Due Example")
    missed = treated(runtime, clinic, 100, "Missed Example")
    found = rows(runtime, nurse, Standing.MISSED)
    assert [row.patient.id for row in found] == [missed.id]
    assert set(stands(found[0])) == {"24h", "48h", "72h"}
    assert [row.patient.name for row in rows(runtime, nurse, Standing.DUE)] == ["Due Example"]
    # A weekly PHQ-9 of day 7 is open from day 5 on, and late from day 9.
    weekly = treated(runtime, clinic, 5.5 * 24, "Weekly Example")
    late = treated(runtime, clinic, 10 * 24, "Late Example")
    assert [row.patient.id for row in rows(runtime, nurse, Standing.OPEN)] == [weekly.id]
    assert [row.patient.id for row in rows(runtime, nurse, Standing.LATE)] == [late.id]


def test_nobody_waits_for_whoever_is_not_active(
    runtime: Runtime, clinic: Clinic, nurse: Actor
) -> None:
    patient = treated(runtime, clinic, 25)
    with runtime.unit_of_work(nurse) as work:
        change_status(work, patient.id, PatientStatus.PAUSED)
    assert rows(runtime, nurse) == []


def test_a_patient_of_another_clinic_is_on_another_list(
    runtime: Runtime, clinic: Clinic, nurse: Actor
) -> None:
    other = a_clinic(runtime, "elsewhere")
    theirs = treated(runtime, other, 25)
    assert rows(runtime, nurse) == []
    found = rows(runtime, staff(runtime, other, Role.CARE_TEAM))
    assert [row.patient.id for row in found] == [theirs.id]


@pytest.mark.parametrize("role", [Role.PATIENT, Role.ADMINISTRATOR])
def test_only_who_may_enter_answers_sees_it(runtime: Runtime, clinic: Clinic, role: Role) -> None:
    patient = treated(runtime, clinic, 25)
    somebody = (
        account_of(runtime, clinic, patient)
        if role is Role.PATIENT
        else staff(runtime, clinic, role)
    )
    with pytest.raises(NotPermitted):
        rows(runtime, somebody)
    with pytest.raises(NotPermitted), runtime.unit_of_work(somebody) as work:
        log_contact(work, patient.id, way="phone", outcome="reached")


# What is noted of the occasions


@pytest.mark.parametrize("seed", range(6))
def test_what_is_noted_is_what_the_whole_record_gives(
    runtime: Runtime, clock: Clock, seed: int
) -> None:
    """Whatever is stored, entered late, corrected, moved or cancelled, in whatever order."""
    lives = Lives.begun(runtime, clock, seed)
    lives.go_by(patients=4)
    looked_at = set[bool]()
    with runtime.reading(operator(lives.clinic.id)) as work:
        for patient in work.records.patients.all():
            noted = work.records.treatment.lacking(patient.id, closing_since=NOW - 5000 * DAY)
            assert noted == lacking(work, patient.id)
            looked_at |= {bool(forms) for forms in noted.values()}
    assert looked_at == {True, False}


def test_an_answer_that_was_there_before_its_occasion_stands_with_it(
    runtime: Runtime, clinic: Clinic, nurse: Actor
) -> None:
    """A booster is written down only after the patient has told how they are."""
    patient = a_patient(runtime, clinic)
    with runtime.unit_of_work(operator(clinic.id)) as work:
        began = NOW - 20 * DAY
        course = open_course(work, patient.id, Phase.MAINTENANCE, starts_at=began)
    an_infusion(runtime, clinic, course, starts_at=began)
    a_stored_form(runtime, clinic, patient, "pulse", at=NOW - HOUR / 2)
    an_infusion(runtime, clinic, course, starts_at=NOW - 26 * HOUR)
    assert "24h" not in {code for row in rows(runtime, nurse) for code in stands(row)}
    with runtime.reading(operator(clinic.id)) as work:
        noted = work.records.treatment.lacking(patient.id, closing_since=NOW)
    assert {code: forms for (_, _, code), forms in noted.items()}["24h"] == ()


def test_a_note_that_is_wrong_is_found_and_made_anew(
    runtime: Runtime, clinic: Clinic, nurse: Actor
) -> None:
    patient = treated(runtime, clinic, 25)
    with runtime.unit_of_work(operator(clinic.id)) as work:
        (occasion,) = (
            o for o in work.records.treatment.occasions_of(patient.id) if o.code == "24h"
        )
        work.records.treatment.note_lacking(patient.id, {occasion.key: ()})
    assert rows(runtime, nurse) == []
    with runtime.unit_of_work(operator(clinic.id)) as work:
        assert list(differing_summaries(work, [patient.id])) == [patient.id]
        work.records.patients.save_summary(patient.id, "older", {})
        assert rebuild_summaries(work) == 1
    assert len(rows(runtime, nurse)) == 1


# What it costs


def queries(runtime: Runtime, nurse: Actor, only: Standing | None = None) -> int:
    counted = []
    engine = runtime.database.reader

    def count(*_: object) -> None:
        counted.append(1)

    event.listen(engine, "before_cursor_execute", count)
    try:
        rows(runtime, nurse, only)
    finally:
        event.remove(engine, "before_cursor_execute", count)
    return len(counted)


def test_a_list_of_many_does_as_many_queries_as_one_of_few(
    runtime: Runtime, clinic: Clinic, nurse: Actor
) -> None:
    treated(runtime, clinic, 25)
    few = queries(runtime, nurse)
    for number in range(12):
        treated(runtime, clinic, 20 + 7 * number, f"Patient {number}")
    assert queries(runtime, nurse) == few


def test_no_more_are_shown_than_can_be_phoned_and_it_is_said(
    runtime: Runtime, clinic: Clinic, nurse: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        treated(runtime, clinic, 25 + number / 10, f"Patient {number}")
    assert MOST_ROWS >= 100
    monkeypatch.setattr("mindspa.services.view_worklist.MOST_ROWS", 3)
    with runtime.reading(nurse) as work:
        view = view_worklist(work)
    # The last of these four closes last.
    assert [row.patient.name for row in view.rows] == ["Patient 3", "Patient 2", "Patient 1"]
    assert view.more


# Contacts


def test_a_contact_is_written_down_and_shown(
    runtime: Runtime, clinic: Clinic, nurse: Actor, clock: Clock
) -> None:
    patient = treated(runtime, clinic, 25)
    for minutes, outcome in ((0, "not_reached"), (5, "message_left")):
        clock.now = NOW + timedelta(minutes=minutes)
        with runtime.unit_of_work(nurse) as work:
            log_contact(work, patient.id, way="phone", outcome=outcome, note=" Rang long. ")
    (row,) = rows(runtime, nurse)
    assert row.last_contact
    assert row.last_contact.outcome is Reached.MESSAGE_LEFT
    with runtime.reading(nurse) as work:
        opened = open_row(work, view_worklist(work), patient.id)
    assert opened
    assert [contact.outcome for contact in opened.contacts] == [
        Reached.MESSAGE_LEFT,
        Reached.NOT_REACHED,
    ]
    assert opened.contacts[0].note == "Rang long."
    assert opened.contacts[0].by == nurse.id


def test_the_same_press_twice_is_one_contact(
    runtime: Runtime, clinic: Clinic, nurse: Actor
) -> None:
    patient = treated(runtime, clinic, 25)
    for _ in range(2):
        with runtime.unit_of_work(nurse) as work:
            log_contact(work, patient.id, way="phone", outcome="reached", contact_id="press")
    with runtime.reading(nurse) as work:
        assert len(work.records.contacts.last_of(patient.id)) == 1


@pytest.mark.parametrize(
    ("way", "outcome"),
    [(None, "reached"), ("pigeon", "reached"), ("phone", None), ("phone", "closed")],
)
def test_a_contact_without_its_outcome_is_refused(
    runtime: Runtime, clinic: Clinic, nurse: Actor, way: str | None, outcome: str | None
) -> None:
    patient = treated(runtime, clinic, 25)
    with pytest.raises(InvalidInput), runtime.unit_of_work(nurse) as work:
        log_contact(work, patient.id, way=way, outcome=outcome)


def test_a_contact_is_that_of_the_own_clinic(runtime: Runtime, clinic: Clinic) -> None:
    patient = treated(runtime, clinic, 25)
    elsewhere = staff(runtime, a_clinic(runtime, "elsewhere"), Role.CARE_TEAM)
    with pytest.raises(NotFound), runtime.unit_of_work(elsewhere) as work:
        log_contact(work, patient.id, way="phone", outcome="reached")


def test_opening_a_row_is_looking_at_the_record(
    runtime: Runtime, clinic: Clinic, nurse: Actor
) -> None:
    patient = treated(runtime, clinic, 25)
    with runtime.reading(nurse) as work:
        view = view_worklist(work)
        assert open_row(work, view, None) is None
        assert open_row(work, view, "nobody") is None
        assert not work.viewed
        assert open_row(work, view, patient.id)
        assert list(work.viewed) == [patient.id]
    assert replace(patient, record_version=0).name == "Pat Example"
