"""Correcting what was sent, as patient and as staff; moving a form; merging two records."""

from datetime import timedelta

import pytest
from streamlit.testing.v1 import AppTest

from mindspa.bootstrap import Runtime
from mindspa.domain.access import Actor, operator
from mindspa.domain.check_ins import StoredForm
from mindspa.domain.treatment import Clinic, Patient
from mindspa.services.open_check_in import open_check_in
from tests.conftest import NOW, Clock
from tests.factories import (
    a_patient,
    a_stored_form,
    account_of,
    an_induction,
    an_infusion,
)
from tests.pages.conftest import OpenPage
from tests.services.test_correct_answers import PULSE, answer, send


@pytest.fixture
def patient(runtime: Runtime, clinic: Clinic) -> Patient:
    """30 hours after an infusion."""
    found = a_patient(runtime, clinic)
    course = an_induction(runtime, clinic, found, starts_at=NOW - timedelta(hours=31))
    an_infusion(runtime, clinic, course, starts_at=NOW - timedelta(hours=31))
    return found


@pytest.fixture
def other(runtime: Runtime, clinic: Clinic) -> Patient:
    return a_patient(runtime, clinic, "Other Person")


def words(page: AppTest) -> str:
    kinds = (page.title, page.text, page.caption, page.success, page.info, page.warning, page.error)
    return "\n".join(str(element.value) for kind in kinds for element in kind)


def forms_of(runtime: Runtime, patient: Patient) -> list[StoredForm]:
    with runtime.reading(operator("clinic")) as work:
        return work.records.check_ins.forms_of(patient.id)


def test_a_patient_changes_what_they_sent(
    open_page: OpenPage, runtime: Runtime, clock: Clock, clinic: Clinic, patient: Patient
) -> None:
    person = account_of(runtime, clinic, patient)
    with runtime.unit_of_work(person) as work:
        check_in = open_check_in(work, unscheduled=False)
    answer(runtime, person, check_in, **PULSE)
    send(runtime, person, check_in)
    page = open_page(person, "check_in", id=check_in.id)
    page.button(key="check_in.change").click().run()
    assert "These are the answers that you sent" in page.info[0].value
    assert [radio.value for radio in page.radio] == list(PULSE.values())
    page.radio[3].set_value(3).run()
    page.button(key="check_in.send").click().run()
    assert "Changed today" in page.success[0].value
    assert [form.total for form in forms_of(runtime, patient)] == [4, 5]
    clock.now = check_in.closes_at
    later = open_page(person, "check_in", id=check_in.id)
    assert "Last changed" in words(later)
    assert not [button for button in later.button if button.key == "check_in.change"]


def test_staff_correct_an_answer_with_a_reason(
    open_page: OpenPage, runtime: Runtime, clinic: Clinic, nurse: Actor, patient: Patient
) -> None:
    form = a_stored_form(runtime, clinic, patient, "phq9", at=NOW - timedelta(hours=3))
    page = open_page(nurse, "correct_record", id=patient.id)
    page.selectbox(key=f"fix_form:{patient.id}").set_value(form.id)
    page.button(key=f"fix_send:{patient.id}").click().run()
    assert "The reason needs 1 to 100 characters" in page.error[0].value
    page.text_input(key=f"fix_reason:{patient.id}").set_value("Misread the paper")
    page.button(key=f"fix_send:{patient.id}").click().run()
    assert "Misread the paper" in words(page)
    page = open_page(nurse, "enter_answers", id=str(page.query_params["id"]))
    page.radio[0].set_value(3).run()
    page.button(key="check_in.send").click().run()
    page.button(key="check_in.send_unfinished").click().run()
    assert "The correction of what was answered" in page.success[0].value
    found = open_page(nurse, "correct_record", id=patient.id)
    (row,) = found.dataframe[0].value.to_dict("records")
    assert row["What"].startswith("Total 9 → 11; Little interest")
    assert (row["By"], row["Reason"]) == (nurse.name, "Misread the paper")
    scores = open_page(nurse, "patient", id=patient.id).dataframe[0].value
    assert list(scores["Recorded"].dropna()) == ["by the patient, corrected"]


def test_a_form_is_moved_and_both_pages_say_so(
    open_page: OpenPage,
    runtime: Runtime,
    clinic: Clinic,
    nurse: Actor,
    patient: Patient,
    other: Patient,
) -> None:
    form = a_stored_form(runtime, clinic, patient, "phq9", at=NOW - timedelta(hours=3), _9=2)
    page = open_page(nurse, "correct_record", id=patient.id)
    page.segmented_control(key=f"fix_what:{patient.id}").set_value("Move a form").run()
    page.text_input(key=f"fix_search:{patient.id}").set_value("other").run()
    page.selectbox(key=f"fix_form:{patient.id}").set_value(form.id)
    page.selectbox(key=f"fix_other:{patient.id}").set_value(other.id)
    page.text_input(key=f"fix_reason:{patient.id}").set_value("Same room")
    page.button(key=f"fix_send:{patient.id}").click().run()
    assert page.success[0].value == "The form is moved."
    there = words(open_page(nurse, "patient", id=patient.id))
    assert "Moved to the record of Other Person" in there
    assert "filed under the wrong patient" in there
    here = words(open_page(nurse, "patient", id=other.id))
    assert "Moved here from the record of Pat Example" in here
    assert "Same room" in here
    assert "alert" in here


def test_two_records_are_merged_and_the_closed_one_says_where_it_went(
    open_page: OpenPage,
    runtime: Runtime,
    clinic: Clinic,
    nurse: Actor,
    patient: Patient,
    other: Patient,
) -> None:
    a_stored_form(runtime, clinic, other, "phq9", at=NOW - timedelta(hours=3))
    page = open_page(nurse, "correct_record", id=patient.id)
    page.segmented_control(key=f"fix_what:{patient.id}").set_value("Merge two records").run()
    page.text_input(key=f"fix_search:{patient.id}").set_value("other").run()
    page.selectbox(key=f"fix_other:{patient.id}").set_value(other.id).run()
    assert "Moved into this record: 1 forms" in words(page)
    page.text_input(key=f"fix_reason:{patient.id}").set_value("Registered twice")
    page.button(key=f"fix_send:{patient.id}").click().run()
    assert "The second record of Other Person was merged" in words(page)
    closed = words(open_page(nurse, "patient", id=other.id))
    assert "This record is closed" in closed
    assert "Registered twice" in closed


def test_nothing_to_put_right(open_page: OpenPage, nurse: Actor, other: Patient) -> None:
    page = open_page(nurse, "correct_record", id=other.id)
    assert "No form was handed in yet." in words(page)
    assert "Nothing so far" in words(page)


def test_nobody_there(open_page: OpenPage, nurse: Actor) -> None:
    page = open_page(nurse, "correct_record", id="id999999")
    assert "There is no such patient in your clinic." in page.error[0].value
