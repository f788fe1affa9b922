"""The sheet of an infusion: started, written on from two tablets, corrected, ended, and closed."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from mindspa.bootstrap import Runtime
from mindspa.domain.access import Actor, Role, operator
from mindspa.domain.errors import AskAgain, InvalidInput, NotFound, NotPermitted, Stale
from mindspa.domain.infusion_sheet import Checklist, Severity, newest
from mindspa.domain.intake import Status
from mindspa.domain.treatment import Clinic, Infusion, InfusionStatus, Patient
from mindspa.services.correct_infusion import correct_infusion
from mindspa.services.foresee_plan import foresee_plan
from mindspa.services.plan_induction import plan_induction
from mindspa.services.record_infusion import cancel, record_end, save_dose
from mindspa.services.record_side_effect import end_side_effect, record_side_effect
from mindspa.services.record_vitals import correct_vitals, record_vitals
from mindspa.services.start_infusion import start_infusion
from mindspa.services.tick_checklist import discharge, tick
from mindspa.services.unit_of_work import UnitOfWork
from mindspa.services.view_infusion_day import InfusionSheet, infusion_day, view_sheet
from mindspa.services.write_sheet_note import write_sheet_note
from tests.conftest import NOW, Clock
from tests.factories import a_clinic, a_patient, a_stored_form, account_of, an_induction, staff
from tests.factories import an_infusion as given_infusion

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
PRESSURE = {"systolic": 120, "diastolic": 80}


@pytest.fixture
def planned(runtime: Runtime, patient: Patient) -> Infusion:
    """In half an hour, and another in two days."""
    with runtime.unit_of_work(operator("clinic")) as work:
        plan_induction(work, patient.id, [NOW + HOUR / 2, NOW + 2 * DAY])
        return work.records.treatment.infusions_of(patient.id)[0]


def start(runtime: Runtime, nurse: Actor, infusion: Infusion) -> Infusion:
    with runtime.unit_of_work(nurse) as work:
        return start_infusion(work, infusion.id, version=infusion.version)


def sheet_of(runtime: Runtime, nurse: Actor, infusion: Infusion) -> InfusionSheet:
    with runtime.reading(nurse) as work:
        return view_sheet(work, infusion.id)


def end(runtime: Runtime, nurse: Actor, infusion: Infusion) -> Infusion:
    with runtime.unit_of_work(nurse) as work:
        return record_end(
            work,
            infusion.id,
            version=infusion.version,
            started_at=infusion.starts_at,
            ended_at=work.now,
            dose_mg=infusion.dose_mg,
            weight_kg=infusion.weight_kg,
        )


# Starting


def test_it_starts_now_and_its_check_ins_run_from_there(
    runtime: Runtime, clock: Clock, nurse: Actor, planned: Infusion
) -> None:
    clock.forward(minutes=40)
    started = start(runtime, nurse, planned)
    assert (started.status, started.started_at) == (InfusionStatus.STARTED, clock.now)
    assert start(runtime, nurse, planned) == started  # on another tablet as well
    with runtime.reading(nurse) as work:
        opens = {
            o.code: o.opens_at
            for o in work.records.treatment.occasions_around(planned.patient_id, [planned.id])
        }
    assert opens["24h"] == clock.now + HOUR + 24 * HOUR  # from the provisional end


def test_what_was_moved_or_cancelled_meanwhile_does_not_start(
    runtime: Runtime, nurse: Actor, planned: Infusion
) -> None:
    with pytest.raises(Stale), runtime.unit_of_work(nurse) as work:
        start_infusion(work, planned.id, version=planned.version + 1)
    with runtime.unit_of_work(nurse) as work:
        cancel(work, planned.id, version=planned.version, reason="Ill.")
    with pytest.raises(InvalidInput, match="was cancelled"):
        start(runtime, nurse, planned)


def test_that_of_another_day_does_not_start(
    runtime: Runtime, nurse: Actor, patient: Patient, planned: Infusion
) -> None:
    with runtime.reading(nurse) as work:
        later = work.records.treatment.infusions_of(patient.id)[1]
    with pytest.raises(InvalidInput, match="planned for another day"):
        start(runtime, nurse, later)


# Dose


def test_an_unusual_dose_is_asked_about_and_an_impossible_one_refused(
    runtime: Runtime, nurse: Actor, planned: Infusion
) -> None:
    def save(dose: float | None, weight: float | None, *, sure: bool = False) -> Infusion:
        with runtime.unit_of_work(nurse) as work:
            return save_dose(
                work,
                planned.id,
                version=planned.version,
                dose_mg=dose,
                weight_kg=weight,
                dose_confirmed=sure,
            )

    with pytest.raises(AskAgain, match="over 1 mg for each kilogram, which is unusual"):
        save(100, 80)
    with pytest.raises(InvalidInput, match="over 3 mg for each kilogram"):
        save(800, 80, sure=True)
    with pytest.raises(InvalidInput, match="dose in milligrams is a number from"):
        save(3200, 80, sure=True)  # 40 mg/kg
    for weight in (7, 700):
        with pytest.raises(InvalidInput, match="weight in kilograms is a number from 25 to 350"):
            save(40, weight)
    saved = save(100, 80, sure=True)
    assert (saved.dose_mg, saved.weight_kg, saved.version) == (100, 80, planned.version + 1)
    assert save(100, 80, sure=True) == saved  # a second press


# Vitals


def test_two_tablets_write_beside_each_other_and_a_second_press_adds_nothing(
    runtime: Runtime, clinic: Clinic, clock: Clock, nurse: Actor, planned: Infusion
) -> None:
    other = staff(runtime, clinic, Role.CLINICIAN)
    start(runtime, nurse, planned)
    clock.forward(minutes=15)
    for actor, rate in ((nurse, 70), (other, 72), (nurse, 70)):
        with runtime.unit_of_work(actor) as work:
            record_vitals(work, planned.id, {"heart_rate": rate}, entry_id=f"press-{rate}")
    readings = sheet_of(runtime, nurse, planned).readings
    assert [(r.vitals["heart_rate"], r.recorded_by) for r in readings] == [
        (70, nurse.id),
        (72, other.id),
    ]
    assert sheet_of(runtime, nurse, planned).next_reading_at == clock.now + 15 * MINUTE


def test_a_correction_says_why_and_the_wrong_one_stays_readable(
    runtime: Runtime, clock: Clock, nurse: Actor, planned: Infusion
) -> None:
    start(runtime, nurse, planned)
    with runtime.unit_of_work(nurse) as work:
        wrong = record_vitals(work, planned.id, {"systolic": 210, "diastolic": 80})

    def correct(reason: str, replaced: str = wrong.id) -> None:
        with runtime.unit_of_work(nurse) as work:
            correct_vitals(
                work, planned.id, replaced, PRESSURE, taken_at=wrong.taken_at, reason=reason
            )

    with pytest.raises(InvalidInput, match="Say why"):
        correct("")
    with pytest.raises(NotFound):
        correct("Typed wrong.", "nothing")
    correct("Typed wrong.")
    with pytest.raises(Stale):
        correct("Again.")
    readings = sheet_of(runtime, nurse, planned).readings
    assert [reading.vitals for reading in readings] == [wrong.vitals, PRESSURE]
    (stands,) = newest(readings)
    assert (stands.vitals, stands.reason) == (PRESSURE, "Typed wrong.")


@pytest.mark.parametrize(
    "at, says",
    [
        (NOW + MINUTE, "The reading is in the future."),
        (NOW - 7 * HOUR, "The reading is long before the infusion."),
        (NOW.replace(tzinfo=None), "The reading needs a day and a time."),
    ],
)
def test_a_time_that_cannot_be_is_refused(
    runtime: Runtime, nurse: Actor, planned: Infusion, at: datetime, says: str
) -> None:
    start(runtime, nurse, planned)
    with pytest.raises(InvalidInput, match=says), runtime.unit_of_work(nurse) as work:
        record_vitals(work, planned.id, PRESSURE, taken_at=at)
    assert sheet_of(runtime, nurse, planned).readings == []


# Correcting what was recorded


@pytest.fixture
def given(runtime: Runtime, clock: Clock, nurse: Actor, planned: Infusion) -> Infusion:
    """An hour, ended just now, without a dose."""
    started = start(runtime, nurse, planned)
    clock.forward(hours=1)
    return end(runtime, nurse, started)


def correct(
    runtime: Runtime, actor: Actor, infusion: Infusion, why: str = "A slip.", **said: Any
) -> Infusion:
    stands: dict[str, Any] = {
        "version": infusion.version,
        "outcome": infusion.status,
        "started_at": infusion.started_at,
        "ended_at": infusion.ended_at,
        "discharged_at": infusion.discharged_at,
        "dose_mg": infusion.dose_mg,
        "weight_kg": infusion.weight_kg,
    }
    with runtime.unit_of_work(actor) as work:
        return correct_infusion(work, infusion.id, why=why, **stands | said)


def see_to_all(runtime: Runtime, nurse: Actor, infusion: Infusion) -> None:
    """What the checklist asks for before the patient leaves."""
    with runtime.unit_of_work(nurse) as work:
        for choice in work.definitions.infusion_day.checklists[Checklist.DISCHARGE]:
            tick(work, infusion.id, Checklist.DISCHARGE, choice.id, ticked=True)


def opens(runtime: Runtime, nurse: Actor, infusion: Infusion) -> dict[str, datetime]:
    with runtime.reading(nurse) as work:
        around = work.records.treatment.occasions_around(infusion.patient_id, [infusion.id])
        return {occasion.code: occasion.opens_at for occasion in around if occasion.asked}


def test_a_correction_keeps_what_was_recorded_before_and_moves_the_check_ins(
    runtime: Runtime, clinic: Clinic, clock: Clock, nurse: Actor, given: Infusion
) -> None:
    clock.forward(minutes=5)
    ended_at = given.ends_at - 10 * MINUTE
    with runtime.trying(nurse) as work:
        change = foresee_plan(
            work,
            given.patient_id,
            lambda work: correct_infusion(
                work,
                given.id,
                version=given.version,
                outcome=given.status,
                why="?",
                started_at=given.started_at,
                ended_at=ended_at,
            ),
        )
    assert {"24h"} <= {occasion.code for occasion in change.moved}
    assert opens(runtime, nurse, given)["24h"] == given.ends_at + DAY  # only said so far
    said: dict[str, Any] = {"ended_at": ended_at, "dose_mg": 40, "weight_kg": 80}
    with pytest.raises(InvalidInput, match="Say why the infusion is corrected"):
        correct(runtime, nurse, given, why=" ", **said)
    other = staff(runtime, clinic, Role.CLINICIAN)
    corrected = correct(runtime, other, given, **said)
    assert correct(runtime, other, given, **said) == corrected  # a second press
    with pytest.raises(Stale):
        correct(runtime, nurse, given, dose_mg=50)
    assert opens(runtime, nurse, given)["24h"] == ended_at + DAY
    sheet = sheet_of(runtime, nurse, given)
    (before,) = sheet.earlier
    assert (before.ended_at, before.dose_mg, before.version) == (
        given.ended_at,
        None,
        given.version,
    )
    assert (before.why, before.corrected_by, before.corrected_at) == (
        "A slip.",
        other.id,
        clock.now,
    )
    assert (sheet.infusion.dose_mg, sheet.infusion.given_by) == (40, nurse.id)
    assert sheet.name_of(other.id) == other.name


def test_what_was_not_given_counts_no_more_and_can_be_put_back(
    runtime: Runtime, nurse: Actor, given: Infusion
) -> None:
    cancelled = correct(runtime, nurse, given, outcome=InfusionStatus.CANCELLED)
    assert (cancelled.status, cancelled.ended_at) == (InfusionStatus.CANCELLED, None)
    assert "24h" not in opens(runtime, nurse, given)
    back = correct(
        runtime,
        nurse,
        cancelled,
        outcome=InfusionStatus.STOPPED,
        started_at=given.started_at,
        ended_at=given.ended_at,
        stopped_because="Very sick.",
    )
    assert (back.status, back.reason) == (InfusionStatus.STOPPED, "Very sick.")
    assert "24h" in opens(runtime, nurse, given)
    assert [record.status for record in sheet_of(runtime, nurse, given).earlier] == [
        InfusionStatus.GIVEN,
        InfusionStatus.CANCELLED,
    ]


@pytest.mark.parametrize(
    "said, says",
    [
        ({"ended_at": NOW - MINUTE}, "must be after its start"),
        ({"ended_at": NOW + 2 * HOUR}, "in the future"),
        ({"ended_at": None}, "The end of the infusion needs a day and a time"),
        ({"discharged_at": NOW + HOUR}, "once the checklist is complete"),
        ({"weight_kg": 7}, "weight in kilograms is a number from 25"),
        ({"weight_kg": 700}, "weight in kilograms is a number from 25"),
        ({"dose_mg": 100, "weight_kg": 80}, "which is unusual"),
        ({"outcome": InfusionStatus.STOPPED}, "Say why the infusion was stopped early"),
        ({"outcome": InfusionStatus.PLANNED}, "Say whether the infusion was given"),
    ],
)
def test_a_correction_that_cannot_be_is_refused(
    runtime: Runtime, nurse: Actor, given: Infusion, said: dict[str, Any], says: str
) -> None:
    with pytest.raises(InvalidInput, match=says):
        correct(runtime, nurse, given, **said)
    assert sheet_of(runtime, nurse, given).earlier == []


def test_when_the_patient_left_is_corrected_like_the_rest(
    runtime: Runtime, clock: Clock, nurse: Actor, given: Infusion
) -> None:
    see_to_all(runtime, nurse, given)
    clock.forward(hours=2)
    with runtime.unit_of_work(nurse) as work:
        left = discharge(work, given.id, version=given.version)
    for at, says in (
        (None, "The time the patient left needs a day and a time"),
        (given.ends_at - MINUTE, "after the patient left"),
        (clock.now + MINUTE, "in the future"),
    ):
        with pytest.raises(InvalidInput, match=says):
            correct(runtime, nurse, left, discharged_at=at)
    corrected = correct(runtime, nurse, left, discharged_at=given.ends_at + HOUR)
    assert corrected.discharged_at == given.ends_at + HOUR
    (before,) = sheet_of(runtime, nurse, given).earlier
    assert before.discharged_at == left.discharged_at
    cancelled = correct(runtime, nurse, corrected, outcome=InfusionStatus.CANCELLED)
    assert cancelled.discharged_at is None


def test_a_correction_moves_no_infusion_past_another(
    runtime: Runtime, clock: Clock, nurse: Actor, given: Infusion
) -> None:
    clock.forward(days=3)
    with pytest.raises(InvalidInput, match="lies between"):
        correct(runtime, nurse, given, started_at=clock.now - 2 * HOUR, ended_at=clock.now - HOUR)


def test_what_is_recorded_is_recorded_once(runtime: Runtime, nurse: Actor, given: Infusion) -> None:
    with (
        pytest.raises(InvalidInput, match="Correct it on its sheet, with a reason"),
        runtime.unit_of_work(nurse) as work,
    ):
        record_end(work, given.id, version=given.version, started_at=NOW, ended_at=NOW + HOUR / 2)


# Side effects, notes, checklists


def test_a_side_effect_begins_and_ends_once(
    runtime: Runtime, clock: Clock, nurse: Actor, planned: Infusion
) -> None:
    start(runtime, nurse, planned)
    for _ in range(2):
        with runtime.unit_of_work(nurse) as work:
            effect = record_side_effect(
                work, planned.id, "nausea", Severity.MODERATE, entry_id="press"
            )
    clock.forward(minutes=20)
    for _ in range(2):
        with runtime.unit_of_work(nurse) as work:
            end_side_effect(work, planned.id, effect.id)
    (stands,) = newest(sheet_of(runtime, nurse, planned).side_effects)
    assert (stands.kind, stands.severity) == ("nausea", Severity.MODERATE)
    assert (stands.onset_at, stands.ended_at) == (NOW, NOW + 20 * MINUTE)


@pytest.mark.parametrize("kind, severity", [("sneezing", 1), ("nausea", 4), (None, 1), (1, None)])
def test_what_is_no_side_effect_is_refused(
    runtime: Runtime, nurse: Actor, planned: Infusion, kind: str, severity: Severity
) -> None:
    with pytest.raises(InvalidInput, match="Choose"), runtime.unit_of_work(nurse) as work:
        record_side_effect(work, planned.id, kind, severity)


def test_the_patient_leaves_once_all_is_seen_to_and_nothing_is_written_of_later(
    runtime: Runtime, clock: Clock, nurse: Actor, planned: Infusion
) -> None:
    started = start(runtime, nurse, planned)

    def leave(version: int) -> Infusion:
        with runtime.unit_of_work(nurse) as work:
            return discharge(work, planned.id, version=version)

    with pytest.raises(InvalidInput, match="Record the end of the infusion first"):
        leave(started.version)
    clock.forward(hours=1)
    ended = end(runtime, nurse, started)
    with pytest.raises(InvalidInput, match="these are to be seen to: Awake and orientated; Walks"):
        leave(ended.version)
    see_to_all(runtime, nurse, planned)
    clock.forward(minutes=30)
    left = leave(ended.version)
    assert left.discharged_at == clock.now
    assert leave(ended.version) == left
    clock.forward(minutes=1)
    with (
        pytest.raises(InvalidInput, match="after the patient left"),
        runtime.unit_of_work(nurse) as work,
    ):
        record_vitals(work, planned.id, PRESSURE)
    with (
        pytest.raises(InvalidInput, match="The patient has left"),
        runtime.unit_of_work(nurse) as work,
    ):
        tick(work, planned.id, Checklist.DISCHARGE, "awake", ticked=False)
    # What was seen before can still be written down.
    with runtime.unit_of_work(nurse) as work:
        record_vitals(work, planned.id, PRESSURE, taken_at=clock.now - 10 * MINUTE)
        write_sheet_note(work, planned.id, "Left with her sister.")


def test_a_tick_is_kept_each_time_and_one_that_changes_nothing_is_not(
    runtime: Runtime, nurse: Actor, planned: Infusion
) -> None:
    for ticked in (True, True, False, True):
        with runtime.unit_of_work(nurse) as work:
            tick(work, planned.id, Checklist.READINESS, "escort", ticked=ticked)
    ticks = sheet_of(runtime, nurse, planned).ticks
    assert [(entry.revision, entry.ticked) for entry in ticks] == [
        (1, True),
        (2, False),
        (3, True),
    ]
    with (
        pytest.raises(InvalidInput, match="not on this checklist"),
        runtime.unit_of_work(nurse) as work,
    ):
        tick(work, planned.id, Checklist.READINESS, "awake", ticked=True)


def test_a_note_is_added_once_a_press(runtime: Runtime, nurse: Actor, planned: Infusion) -> None:
    for _ in range(2):
        with runtime.unit_of_work(nurse) as work:
            write_sheet_note(work, planned.id, "Calm.", entry_id="press")
    assert [note.text for note in sheet_of(runtime, nurse, planned).notes] == ["Calm."]
    with (
        pytest.raises(InvalidInput, match="Write the note first"),
        runtime.unit_of_work(nurse) as work,
    ):
        write_sheet_note(work, planned.id, " \n")


# What is seen


def test_what_is_lacking_before_a_first_infusion(
    runtime: Runtime, clinic: Clinic, nurse: Actor, patient: Patient, planned: Infusion
) -> None:
    found = sheet_of(runtime, nurse, planned).readiness
    assert (found.baseline_missing, found.pulse_at) == (("phq9", "gad7"), None)
    assert found.intake is Status.NOT_BEGUN
    a_stored_form(runtime, clinic, patient, "phq9", at=NOW - DAY)
    a_stored_form(runtime, clinic, patient, "gad7", at=NOW - DAY, _1=None)  # no total
    a_stored_form(runtime, clinic, patient, "pulse", at=NOW - HOUR)
    found = sheet_of(runtime, nurse, planned).readiness
    assert (found.baseline_missing, found.pulse_at) == (("gad7",), NOW - HOUR)


def test_a_later_infusion_lacks_no_baseline(
    runtime: Runtime, clinic: Clinic, nurse: Actor, patient: Patient
) -> None:
    course = an_induction(runtime, clinic, patient, starts_at=NOW - 2 * DAY)
    given_infusion(runtime, clinic, course, starts_at=NOW - 2 * DAY)
    second = given_infusion(runtime, clinic, course, starts_at=NOW + HOUR)
    sheet = sheet_of(runtime, nurse, second)
    assert (sheet.number, sheet.readiness.baseline_missing) == (2, ())
    assert sheet.readiness.intake is None


def test_the_list_of_the_day(
    runtime: Runtime, clinic: Clinic, nurse: Actor, patient: Patient, planned: Infusion
) -> None:
    forgotten = a_patient(runtime, clinic, "Forgotten Example")
    course = an_induction(runtime, clinic, forgotten, starts_at=NOW - DAY)
    given_infusion(runtime, clinic, course, starts_at=NOW - DAY, length=2 * DAY)
    a_stored_form(runtime, clinic, patient, "pulse", at=NOW - HOUR, safety=1)
    elsewhere = a_clinic(runtime, "elsewhere")
    theirs = a_patient(runtime, elsewhere, "Theirs Example")
    given_infusion(
        runtime,
        elsewhere,
        an_induction(runtime, elsewhere, theirs, starts_at=NOW + HOUR),
        starts_at=NOW + HOUR,
    )
    with runtime.reading(nurse) as work:
        rows = infusion_day(work).rows
    assert [(row.patient.name, row.pulse_at, bool(row.alert)) for row in rows] == [
        ("Forgotten Example", None, False),
        ("Pat Example", NOW - HOUR, True),
    ]


def test_nobody_else_sees_or_writes_it(
    runtime: Runtime, clinic: Clinic, patient: Patient, planned: Infusion
) -> None:
    elsewhere = staff(runtime, a_clinic(runtime, "elsewhere"), Role.CLINICIAN)
    acts: list[Callable[[UnitOfWork], object]] = [
        lambda work: start_infusion(work, planned.id, version=1),
        lambda work: record_vitals(work, planned.id, PRESSURE),
        lambda work: record_side_effect(work, planned.id, "nausea", Severity.MILD),
        lambda work: tick(work, planned.id, Checklist.READINESS, "escort", ticked=True),
        lambda work: write_sheet_note(work, planned.id, "x"),
        lambda work: discharge(work, planned.id, version=1),
        lambda work: correct_infusion(
            work, planned.id, version=1, outcome=InfusionStatus.CANCELLED, why="x"
        ),
        lambda work: view_sheet(work, planned.id),
    ]
    for actor, error in (
        (elsewhere, NotFound),
        (account_of(runtime, clinic, patient), NotPermitted),
        (staff(runtime, clinic, Role.ADMINISTRATOR), NotPermitted),
    ):
        for act in acts:
            with pytest.raises(error), runtime.unit_of_work(actor) as work:
                act(work)
