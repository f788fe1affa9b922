"""Infusion day, as a nurse uses it on a tablet: the list, and a sheet from the start to leaving."""

from datetime import time, timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import text
from streamlit.testing.v1 import AppTest

from mindspa.bootstrap import Runtime
from mindspa.domain.access import Actor, Role, operator
from mindspa.domain.infusion_sheet import Checklist, newest
from mindspa.domain.treatment import Clinic, Infusion, InfusionStatus, Patient
from mindspa.services.plan_induction import plan_induction
from mindspa.services.record_infusion import cancel, save_dose
from mindspa.services.review_course import review_course
from mindspa.services.tick_checklist import tick
from tests.accounts import PASSWORD, an_account
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
from tests.pages.conftest import OpenPage

HOUR = timedelta(hours=1)
PIN = "2580"
PIN_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PIN)


@pytest.fixture
def patient(runtime: Runtime, clinic: Clinic) -> Patient:
    return a_patient(runtime, clinic, "Pat *Example*")


@pytest.fixture
def infusion(runtime: Runtime, patient: Patient) -> Infusion:
    with runtime.unit_of_work(operator("clinic")) as work:
        plan_induction(work, patient.id, [NOW + HOUR / 2])
        return work.records.treatment.infusions_of(patient.id)[0]


def said(page: AppTest) -> str:
    parts = (*page.title, *page.markdown, *page.error, *page.warning, *page.info, *page.caption)
    return "\n".join(str(part.value) for part in parts)


def give_pin(runtime: Runtime, nurse: Actor) -> None:
    account = runtime.accounts.account_of(nurse.id, clinic_id=nurse.clinic_id)
    runtime.accounts.locks.set_pin(
        account.person, PIN_HASH, checked=account.password_hash, now=runtime.clock()
    )


def press(page: AppTest, infusion: Infusion, button: str) -> AppTest:
    return page.button(key=f"sheet_{button}_send:{infusion.id}").click().run()


def field(infusion: Infusion, name: str) -> str:
    return f"sheet_{name}:{infusion.id}"


def test_the_list_opens_a_sheet(
    nurse: Actor, patient: Patient, infusion: Infusion, open_page: OpenPage
) -> None:
    page = open_page(nurse, "infusion_day")
    (row,) = page.table[0].value.to_dict("records")
    assert row == {
        "Time": "12:30",
        "Patient": r"Pat \*Example\*",
        "State": "Planned; check-in before: not yet",
    }
    page.selectbox(key="infusions_picker").set_value(infusion.id).run()
    assert page.query_params["id"] == infusion.id
    assert page.title[0].value == r"Pat \*Example\*"


def test_a_check_in_of_the_evening_before_names_its_day(
    runtime: Runtime,
    clinic: Clinic,
    nurse: Actor,
    patient: Patient,
    infusion: Infusion,
    open_page: OpenPage,
) -> None:
    a_stored_form(runtime, clinic, patient, "pulse", at=NOW - 15 * HOUR)
    page = open_page(nurse, "infusion_day")
    (row,) = page.table[0].value.to_dict("records")
    assert row["State"] == "Planned; check-in before: Tue 9 Jun, 21:00"


def test_a_day_without_infusions_says_where_they_are_planned(
    nurse: Actor, open_page: OpenPage
) -> None:
    page = open_page(nurse, "infusion_day")
    assert "No infusion is planned for today, Wednesday 10 June." in page.info[0].value


def test_several_are_recorded_at_once_and_each_is_refused_by_itself(
    runtime: Runtime,
    clinic: Clinic,
    clock: Clock,
    nurse: Actor,
    infusion: Infusion,
    open_page: OpenPage,
) -> None:
    others = []
    for name in ("Ann Example", "Ben Example", "Cy Example"):
        other = a_patient(runtime, clinic, name)
        with runtime.unit_of_work(operator("clinic")) as work:
            plan_induction(work, other.id, [NOW + HOUR / 2])
            others += work.records.treatment.infusions_of(other.id)
    ann, ben, cy = others
    clock.forward(hours=2)
    page = open_page(nurse, "infusion_day")
    page.session_state["open.bulk"] = True
    page.run()
    for one, end, dose in ((infusion, 30, 40.0), (ann, 15, 0.05), (ben, 25, None)):
        page.time_input(key=f"bulk_end:{one.id}").set_value(time(13, end))
        page.number_input(key=f"bulk_dose:{one.id}").set_value(dose)
    with runtime.unit_of_work(nurse) as work:  # on another tablet meanwhile
        save_dose(work, ben.id, version=ben.version, dose_mg=35, weight_kg=None)
    page.button(key="bulk_send").click().run()
    assert page.success[0].value == "1 infusion is saved."
    refused = {error.value for error in page.error}
    assert len(refused) == 2
    assert any(said.startswith("The dose in milligrams is a number from") for said in refused)
    assert any(said.startswith("Somebody changed this infusion meanwhile") for said in refused)
    assert page.time_input(key=f"bulk_end:{ann.id}").value == time(13, 15)  # kept
    with runtime.reading(nurse) as work:
        stored = [work.records.treatment.infusion(one.id) for one in (infusion, ann, ben, cy)]
    assert [one.status.value for one in stored] == ["given", "planned", "planned", "planned"]
    assert (stored[0].dose_mg, stored[0].started_at, stored[0].ended_at) == (
        40,
        NOW + HOUR / 2,
        NOW + HOUR * 1.5,
    )
    give_pin(runtime, nurse)
    clock.forward(minutes=7)
    assert page.run().title[0].value == "Locked"
    page.text_input(key="unkept.unlock").set_value(PIN)
    page.button(key="lock.send").click().run()
    assert page.time_input(key=f"bulk_end:{ann.id}").value == time(13, 15)


def test_from_the_start_to_leaving(
    runtime: Runtime, clock: Clock, nurse: Actor, infusion: Infusion, open_page: OpenPage
) -> None:
    page = open_page(nurse, "infusion_day", id=infusion.id)
    assert not page.exception
    assert "The baseline lacks PHQ-9 and GAD-7." in said(page)
    assert "The new-patient forms: not begun." in said(page)
    page.checkbox(key=field(infusion, "readiness_escort")).check().run()
    assert page.success[0].value == "Saved."

    press(page, infusion, "start")
    assert page.success[0].value == "The infusion has started."
    assert "Under way" in page.markdown[0].value
    assert "Vitals are due since 12:00." in said(page)

    page.number_input(key=field(infusion, "vital_systolic")).set_value(80)
    page.number_input(key=field(infusion, "vital_diastolic")).set_value(120)
    press(page, infusion, "vitals")
    assert page.error[0].value.startswith("The systolic pressure must be above")
    assert page.number_input(key=field(infusion, "vital_systolic")).value == 80  # kept
    page.number_input(key=field(infusion, "vital_systolic")).set_value(120)
    page.number_input(key=field(infusion, "vital_diastolic")).set_value(80)
    press(page, infusion, "vitals")
    assert page.success[0].value == "The vitals are saved."
    assert page.number_input(key=field(infusion, "vital_systolic")).value is None
    assert len(page.get("plotly_chart")) == 1

    clock.forward(minutes=5)
    page.selectbox(key=field(infusion, "effect_kind")).set_value("nausea")
    press(page, infusion, "effect")
    assert page.success[0].value == "The side effect is saved."
    assert page.table[0].value["Until"].tolist() == ["goes on"]
    press(page, infusion, "effect_over")
    assert page.table[0].value["Until"].tolist() == ["minute 5"]

    page.number_input(key=field(infusion, "dose")).set_value(100.0)
    page.number_input(key=field(infusion, "weight")).set_value(80.0).run()
    assert "1.25 mg for each kilogram. That is unusual" in said(page)
    press(page, infusion, "end")
    assert "which is unusual" in page.error[0].value
    page.checkbox(key=field(infusion, "sure")).check()
    press(page, infusion, "end")
    assert page.success[0].value == "It has ended."
    assert "Dose 100 mg, 1.25 mg for each kilogram." in said(page)
    assert "Check-ins open Thu 11 Jun, 12:05" in said(page)
    assert "Minute 0: Systolic (mmHg) 120, Diastolic (mmHg) 80" in page.code[0].value

    press(page, infusion, "leave")
    assert "these are to be seen to: Awake and orientated" in page.error[0].value
    with runtime.unit_of_work(nurse) as work:
        for choice in work.definitions.infusion_day.checklists[Checklist.DISCHARGE]:
            tick(work, infusion.id, Checklist.DISCHARGE, choice.id, ticked=True)
    page.run()
    press(page, infusion, "leave")
    assert page.success[0].value == "The patient has left."
    with runtime.reading(nurse) as work:
        stored = work.records.treatment.infusion(infusion.id)
    assert (stored.status, stored.discharged_at) == (InfusionStatus.GIVEN, clock.now)


def test_a_reading_is_corrected(
    runtime: Runtime, nurse: Actor, infusion: Infusion, open_page: OpenPage
) -> None:
    page = open_page(nurse, "infusion_day", id=infusion.id)
    press(page, infusion, "start")
    page.number_input(key=field(infusion, "vital_heart_rate")).set_value(170)
    press(page, infusion, "vitals")
    with runtime.reading(nurse) as work:
        (wrong,) = work.records.sheets.readings_of(infusion.id)
    page.number_input(key=field(infusion, f"correct_heart_rate_{wrong.id}")).set_value(70)
    press(page, infusion, "correct")
    assert page.error[0].value == "Say why the reading is corrected."
    page.text_input(key=field(infusion, "correct_reason")).set_value("A slip.")
    press(page, infusion, "correct")
    assert page.success[0].value == "The correction is saved."
    with runtime.reading(nurse) as work:
        readings = work.records.sheets.readings_of(infusion.id)
    assert [reading.vitals["heart_rate"] for reading in readings] == [170, 70]
    assert [reading.reason for reading in newest(readings)] == ["A slip."]


def test_it_is_stopped_early_with_a_reason(
    runtime: Runtime, clock: Clock, nurse: Actor, infusion: Infusion, open_page: OpenPage
) -> None:
    page = open_page(nurse, "infusion_day", id=infusion.id)
    press(page, infusion, "start")
    clock.forward(minutes=5)
    page.text_input(key=field(infusion, "stop_reason")).set_value("Very sick.")
    press(page, infusion, "stop")
    assert page.success[0].value == "It was stopped early."
    assert "Stopped early: Very sick." in page.code[0].value
    with runtime.reading(nurse) as work:
        assert work.records.treatment.infusion(infusion.id).status is InfusionStatus.STOPPED


def test_what_was_recorded_is_corrected(
    runtime: Runtime, clock: Clock, nurse: Actor, infusion: Infusion, open_page: OpenPage
) -> None:
    page = open_page(nurse, "infusion_day", id=infusion.id)
    press(page, infusion, "start")
    clock.forward(minutes=5, seconds=20)
    press(page, infusion, "end")
    with runtime.reading(nurse) as work:
        ended = work.records.treatment.infusion(infusion.id)
    page.session_state[f"open.{field(infusion, f'record_{ended.version}')}"] = True
    page.run()
    assert "No check-in changes." in said(page)
    wrong = page.number_input(key=field(infusion, f"record_dose_{ended.version}"))
    wrong.set_value(45.0).run()
    press(page, infusion, "record")
    assert page.error[0].value == "Say why the infusion is corrected."
    page.text_input(key=field(infusion, f"record_why_{ended.version}")).set_value("A *slip*.")
    press(page, infusion, "record")
    assert page.success[0].value == "The correction is saved."
    (row,) = page.table[0].value.to_dict("records")
    assert row["Recorded before"] == r"given; 12\:00 to 12\:05"
    assert row["Why corrected"] == r"A \*slip\*\."
    assert "Corrected by " in page.code[0].value
    with runtime.reading(nurse) as work:
        stored = work.records.treatment.infusion(infusion.id)
    assert (stored.dose_mg, stored.ended_at) == (45, ended.ended_at)  # to the second


def test_a_locked_sheet_shows_and_writes_nothing_and_keeps_what_was_typed(
    runtime: Runtime, nurse: Actor, infusion: Infusion, open_page: OpenPage
) -> None:
    give_pin(runtime, nurse)
    page = open_page(nurse, "infusion_day", id=infusion.id)
    page.text_area(key=field(infusion, "note")).set_value("Half a note")
    page.number_input(key=field(infusion, "dose")).set_value(40.0)
    page.button(key="sheet_lock").click().run()
    assert page.title[0].value == "Locked"
    assert "Example" not in said(page)
    assert not page.text_area
    for secret, outcome in ((PIN[::-1], "4 tries are left"), (PIN, None)):
        page.text_input(key="unkept.unlock").set_value(secret)
        page.button(key="lock.send").click().run()
        if outcome:
            assert outcome in page.error[0].value
            assert page.title[0].value == "Locked"
    assert page.title[0].value == r"Pat \*Example\*"
    assert page.text_area(key=field(infusion, "note")).value == "Half a note"
    assert page.number_input(key=field(infusion, "dose")).value == 40
    press(page, infusion, "note")
    assert page.success[0].value == "The note is added."


def test_it_is_locked_by_itself_and_an_open_tab_too(
    runtime: Runtime, clock: Clock, nurse: Actor, infusion: Infusion, open_page: OpenPage
) -> None:
    page = open_page(nurse, "infusion_day", id=infusion.id)
    clock.forward(minutes=7)
    press(page, infusion, "start")  # of a tab that still shows the sheet
    assert page.title[0].value == "Locked"
    with runtime.reading(nurse) as work:
        stored = work.records.treatment.infusion(infusion.id)
    assert stored.status is InfusionStatus.PLANNED
    elsewhere = open_page(nurse, "patients")  # another browser
    clock.forward(minutes=7)
    assert elsewhere.run().title[0].value == "Patients"


def test_a_pin_is_set_on_the_account_page(
    runtime: Runtime, clinic: Clinic, open_page: OpenPage
) -> None:
    ana = an_account(runtime, clinic)
    page = open_page(Actor(ana.id, clinic.id, ana.name, ana.roles), "account")
    for name, value in (("pin_password", PASSWORD), ("pin", PIN), ("pin_again", PIN)):
        page.text_input(key=f"unkept.{name}").set_value(value)
    page.button(key="lock.set_pin").click().run()
    assert page.success[0].value == "The PIN is set."
    with runtime.database.reading() as session:
        assert session.execute(text("SELECT pin_hash FROM people WHERE login = 'ana'")).scalar()
    patient = account_of(runtime, clinic, a_patient(runtime, clinic))
    labels = {field.label for field in open_page(patient, "account").text_input}
    assert labels == {"E-mail address"}, "a patient has no PIN"


def test_what_another_tablet_wrote_is_there(
    runtime: Runtime, nurse: Actor, infusion: Infusion, open_page: OpenPage
) -> None:
    first = open_page(nurse, "infusion_day", id=infusion.id)
    press(first, infusion, "start")
    second = open_page(nurse, "infusion_day", id=infusion.id)
    second.number_input(key=field(infusion, "vital_heart_rate")).set_value(70)
    press(second, infusion, "vitals")
    second.checkbox(key=field(infusion, "readiness_escort")).check().run()
    first.run()
    assert first.checkbox(key=field(infusion, "readiness_escort")).value is True
    assert first.dataframe[0].value["Heart rate (a minute)"].tolist() == [70]
    first.number_input(key=field(infusion, "vital_spo2")).set_value(97)
    press(first, infusion, "vitals")
    with runtime.reading(nurse) as work:
        assert [dict(r.vitals) for r in work.records.sheets.readings_of(infusion.id)] == [
            {"heart_rate": 70},
            {"spo2": 97},
        ]


def test_an_open_alert_stands_above_everything(
    runtime: Runtime,
    clinic: Clinic,
    nurse: Actor,
    patient: Patient,
    infusion: Infusion,
    open_page: OpenPage,
) -> None:
    a_stored_form(runtime, clinic, patient, "pulse", at=NOW - HOUR, safety=1)
    page = open_page(nurse, "infusion_day", id=infusion.id)
    assert page.error[0].value == "1 open alert, 1 immediate."
    assert page.error[1].value.startswith("**Immediate alert** is open")
    assert "Check-in before the infusion: 11:00." in said(page)


def test_what_a_review_of_the_course_says_of_the_next_infusion(
    runtime: Runtime, clinic: Clinic, nurse: Actor, patient: Patient, open_page: OpenPage
) -> None:
    course = an_induction(runtime, clinic, patient, starts_at=NOW - 72 * HOUR)
    for hours in (-72, -24):
        an_infusion(runtime, clinic, course, starts_at=NOW + hours * HOUR)
    coming = an_infusion(runtime, clinic, course, starts_at=NOW + HOUR)
    page = open_page(nurse, "infusion_day", id=coming.id)
    assert page.warning[0].value.startswith("The mid-course review is due: 2 infusions")
    with runtime.unit_of_work(staff(runtime, clinic, Role.CLINICIAN)) as work:
        review_course(
            work,
            patient.id,
            course.id,
            decision="change_dose",
            dose=48,
            unit="mg",
            reason="Little.",
        )
    page.run()
    assert "**The dose has changed: 48 mg.**" in page.info[0].value
    assert "review is due" not in said(page)


def test_a_cancelled_one_says_so(
    runtime: Runtime, nurse: Actor, infusion: Infusion, open_page: OpenPage
) -> None:
    with runtime.unit_of_work(nurse) as work:
        cancel(work, infusion.id, version=infusion.version, reason="Ill.")
    page = open_page(nurse, "infusion_day", id=infusion.id)
    assert page.info[0].value == "This infusion was cancelled."
    assert [button.key for button in page.button] == ["sheet_lock"]


@pytest.mark.parametrize("which", ["unknown", "another clinic's"])
def test_nothing_is_given_away(
    runtime: Runtime, infusion: Infusion, open_page: OpenPage, which: str
) -> None:
    elsewhere = staff(runtime, a_clinic(runtime, "elsewhere"), Role.CLINICIAN)
    page = open_page(elsewhere, "infusion_day", id="nothing" if which == "unknown" else infusion.id)
    assert "There is no such infusion in your clinic." in said(page)
    assert "Example" not in said(page)


def test_for_others_it_is_no_page(
    runtime: Runtime, clinic: Clinic, patient: Patient, infusion: Infusion, open_page: OpenPage
) -> None:
    for actor in (
        account_of(runtime, clinic, patient),
        staff(runtime, clinic, Role.ADMINISTRATOR),
        None,
    ):
        page = open_page(actor, "infusion_day", id=infusion.id)
        assert "Example" not in said(page)
        assert not page.dataframe
