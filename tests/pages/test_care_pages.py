"""The care team's day: what waits, who has not answered, entering it for them, and new patients."""

from datetime import timedelta

import pytest
from streamlit.testing.v1 import AppTest

from mindspa.bootstrap import Runtime
from mindspa.domain.access import Actor, operator
from mindspa.domain.check_ins import Mode
from mindspa.domain.contacts import Reached
from mindspa.domain.treatment import Clinic, Patient
from mindspa.services.choose_reach import choose_email
from mindspa.services.manage_people import TEMPORARY_FOR
from mindspa.services.register_patient import change_details
from tests.conftest import NOW, Clock
from tests.factories import a_patient, account_of, an_induction, an_infusion
from tests.pages.conftest import OpenPage

HOUR = timedelta(hours=1)
PULSE = {
    "interest": 1, "low_mood": 0, "nervous": 1, "worry": 2, "change": 3, "side_effects": 0,
    "safety": 0, "call": 0,
}  # fmt: skip


@pytest.fixture
def patient(runtime: Runtime, clinic: Clinic) -> Patient:
    """Whose only infusion ended 70 hours ago, without an answer."""
    patient = a_patient(runtime, clinic, "Pat *Example*")
    course = an_induction(runtime, clinic, patient, starts_at=NOW - 71 * HOUR)
    an_infusion(runtime, clinic, course, starts_at=NOW - 71 * HOUR)
    return patient


def said(page: AppTest) -> str:
    parts = (
        *page.title, *page.header, *page.markdown, *page.text, *page.caption,
        *page.error, *page.warning, *page.info, *page.success,
    )  # fmt: skip
    return "\n".join(str(part.value) for part in parts)


# What waits


def test_four_counts_lead_to_lists(nurse: Actor, patient: Patient, open_page: OpenPage) -> None:
    page = open_page(nurse, "home")
    assert page.title[0].value == "Today in the clinic"
    assert {metric.label: metric.value for metric in page.metric} == {
        "Open alerts": "0",
        "Infusions to follow up": "1",
        "Patients whose answers are due": "1",
        "Infusions today": "0",
    }
    assert [link.value for link in page.page_link] == [
        "Alerts", "Follow-up", "Due and missing", "Infusion day",
    ]  # fmt: skip


# Due and missing


def test_a_row_says_what_is_waited_for_and_is_opened(
    nurse: Actor, patient: Patient, open_page: OpenPage
) -> None:
    page = open_page(nurse, "due_and_missing")
    (row,) = page.dataframe[0].value.to_dict("records")
    assert row == {
        "Patient": "Pat *Example*",
        "Waited for": "No answer since the infusion; "
        "72 h: open until Thu 11 Jun 02:00; "
        "Baseline: missed, closed Sun 7 Jun 13:00; "
        "Pre infusion: missed, closed Sun 7 Jun 13:00; "
        "24 h: missed, closed Tue 9 Jun 02:00; "
        "48 h: missed, closed Wed 10 Jun 02:00",
        "Last answer": "never",
        "Last contact": "none",
        "Phone": "not known",
    }
    page.selectbox(key="worklist_picker").set_value(patient.id).run()
    assert page.header[0].value == r"Pat \*Example\*"
    assert "leave no message" not in said(page)


def test_a_contact_is_written_down(
    runtime: Runtime, nurse: Actor, patient: Patient, open_page: OpenPage
) -> None:
    page = open_page(nurse, "due_and_missing")
    page.selectbox(key="worklist_picker").set_value(patient.id).run()
    page.button(key=f"contact_send:{patient.id}").click().run()
    assert page.error[0].value == "Choose what came of the contact."
    page.selectbox(key=f"contact_outcome:{patient.id}").set_value(Reached.NOT_REACHED)
    page.text_input(key=f"contact_note:{patient.id}").set_value("Rang *long*")
    page.button(key=f"contact_send:{patient.id}").click().run()
    assert page.success[0].value == "The contact is written down."
    table = page.table[0].value.to_dict("records")
    assert table == [
        {
            "When": "Wed 10 Jun 12:00: not reached, by phone",
            "By": r"care\_team@⁠clinic",
            "Note": r"Rang \*long\*",
        }
    ]
    assert page.text_input(key=f"contact_note:{patient.id}").value == ""
    with runtime.reading(operator("clinic")) as work:
        assert len(work.records.contacts.last_of(patient.id)) == 1


def test_the_filter_and_an_empty_list(nurse: Actor, patient: Patient, open_page: OpenPage) -> None:
    page = open_page(nurse, "due_and_missing")
    page.selectbox(key="worklist_filter").set_value("Silent after an infusion").run()
    assert len(page.dataframe[0].value) == 1
    page.selectbox(key="worklist_filter").set_value("Late").run()
    assert not page.dataframe
    assert page.info[0].value.startswith("Nobody here is waited for")


# Entering answers


def begun(page: AppTest, patient: Patient) -> AppTest:
    return page.button(key=f"entry_start:{patient.id}").click().run()


def answered(page: AppTest, **changed: int) -> AppTest:
    check_in_id = page.query_params["id"]
    for item, value in (PULSE | changed).items():
        page.radio(key=f"answer:{check_in_id}:pulse:{item}").set_value(value).run()
    return page


def test_by_phone(runtime: Runtime, nurse: Actor, patient: Patient, open_page: OpenPage) -> None:
    page = open_page(nurse, "enter_answers", patient=patient.id)
    assert page.title[0].value == r"Answers of Pat \*Example\*"
    assert page.checkbox(key=f"entry_form_pulse:{patient.id}").value
    assert not page.checkbox(key=f"entry_form_phq9:{patient.id}").value
    page = begun(page, patient)
    assert "By phone." in said(page)
    page.button(key="check_in.send").click().run()
    assert "Nothing was answered when you pressed Save check-in" in said(page)
    page = answered(page)
    page.button(key="check_in.send").click().run()
    assert "Saved, as answered Wed 10 Jun 2026, 12:00, by phone." in said(page)
    assert "8 of 8 questions of Pulse answered." in said(page)
    with runtime.reading(operator("clinic")) as work:
        (form,) = work.records.check_ins.forms_of(patient.id)
    assert (form.mode, form.entered_by) == (Mode.BY_PHONE, nurse.id)


def test_a_reminder_goes_by_hand_and_says_when_the_last_went(
    runtime: Runtime,
    clinic: Clinic,
    nurse: Actor,
    patient: Patient,
    open_page: OpenPage,
    clock: Clock,
) -> None:
    page = open_page(nurse, "due_and_missing")
    page.selectbox(key="worklist_picker").set_value(patient.id).run()
    key = f"remind:{patient.id}"
    assert key not in {button.key for button in page.button}, "nothing reaches this patient"
    person = account_of(runtime, clinic, patient)
    with runtime.unit_of_work(person) as work:
        choose_email(work, "pat@example.org")
    page.run()
    assert "Reminded: never" in said(page).replace("\\", "")
    page.button(key=key).click().run()
    assert page.success[0].value == "The reminder is on its way."
    assert "Reminded: 0 min ago" in said(page).replace("\\", "")
    page.button(key=key).click().run()
    assert page.error[0].value == "A reminder went out within the last hour. Try another way."
    clock.forward(minutes=25)
    page.run()
    assert "Reminded: 25 min ago" in said(page).replace("\\", "")


def test_a_positive_answer_shows_the_script_and_raises_its_alert(
    runtime: Runtime, nurse: Actor, patient: Patient, open_page: OpenPage
) -> None:
    page = begun(open_page(nurse, "enter_answers", patient=patient.id), patient)
    check_in_id = page.query_params["id"]
    page.radio(key=f"answer:{check_in_id}:pulse:safety").set_value(1).run()
    words = said(page)
    assert "This answer has raised an alert" in words
    assert "1 · Stay on the line" in words
    assert "Emergency: 911" in words
    assert "Help is there now" not in words
    with runtime.reading(operator("clinic")) as work:
        assert len(work.records.alerts.of_many([patient.id])) == 1


def test_a_paper_needs_its_time(
    runtime: Runtime, nurse: Actor, patient: Patient, open_page: OpenPage
) -> None:
    page = open_page(nurse, "enter_answers", patient=patient.id)
    page.radio(key=f"entry_mode:{patient.id}").set_value(Mode.ON_PAPER).run()
    page = begun(page, patient)
    assert page.error[0].value == "Say when the patient filled in the paper, and only of a paper."
    # On the clinic's clock: 50 hours after the infusion.
    written = (NOW - 20 * HOUR - 4 * HOUR).replace(tzinfo=None)
    page.datetime_input(key=f"entry_at:{patient.id}").set_value(written).run()
    page = begun(page, patient)
    assert "From paper, filled in Tue 9 Jun 2026, 16:00." in said(page)
    page = answered(page)
    page.button(key="check_in.send").click().run()
    with runtime.reading(operator("clinic")) as work:
        (form,) = work.records.check_ins.forms_of(patient.id)
    assert form.answered_at == NOW - 20 * HOUR


def test_no_form_ticked_and_one_not_finished(
    nurse: Actor, patient: Patient, open_page: OpenPage
) -> None:
    page = open_page(nurse, "enter_answers", patient=patient.id)
    page.checkbox(key=f"entry_form_pulse:{patient.id}").uncheck().run()
    page = begun(page, patient)
    assert page.error[0].value == "Choose at least one of the forms in the list."
    page.checkbox(key=f"entry_form_pulse:{patient.id}").check().run()
    begun(page, patient)
    page = open_page(nurse, "enter_answers", patient=patient.id)
    assert "Not finished: by phone, begun at 12:00." in said(page)
    assert "Go on with it" in [link.value for link in page.page_link]


def test_it_closes_and_says_so(
    nurse: Actor, patient: Patient, open_page: OpenPage, clock: Clock
) -> None:
    page = begun(open_page(nurse, "enter_answers", patient=patient.id), patient)
    check_in_id = page.query_params["id"]
    clock.now = NOW + 12 * HOUR
    page = open_page(nurse, "enter_answers", id=check_in_id)
    assert "This check-in closed Thu 11 Jun 2026, 00:00" in said(page)


@pytest.mark.parametrize("query", [{}, {"patient": "nobody"}, {"id": "nothing"}])
def test_nobody_and_nothing_of_that_name(
    nurse: Actor, open_page: OpenPage, query: dict[str, str]
) -> None:
    page = open_page(nurse, "enter_answers", **query)
    assert page.title[0].value == "Enter answers"
    assert "There is no such" in page.error[0].value


# New patients


def opened_form(page: AppTest, title: str, of: str) -> AppTest:
    page.session_state[f"{title}:{of}"] = True
    return page.run()


def test_a_patient_is_registered_found_and_changed(
    runtime: Runtime, nurse: Actor, clinic: Clinic, open_page: OpenPage
) -> None:
    page = open_page(nurse, "patients")
    assert "No patients yet. Register the first below." in said(page)
    page = opened_form(page, "Register a patient", "new")
    page.button(key="details_send:new").click().run()
    assert "needs 1 to" in page.error[0].value
    page.text_input(key="details_name:new").set_value("Nell *New*")
    page.text_input(key="details_phone:new").set_value("555 010 0199")
    page.checkbox(key="details_voicemail:new").check()
    page.checkbox(key="details_for_ptsd:new").check()
    page.button(key="details_send:new").click().run()
    assert page.title[0].value == r"Nell \*New\*"
    patient_id = page.query_params["id"]
    page = open_page(nurse, "patient", id=patient_id)
    page = opened_form(page, "Details and phone", patient_id)
    assert page.text_input(key=f"details_phone:{patient_id}").value == "555 010 0199"
    page.text_input(key=f"details_phone:{patient_id}").set_value("call me")
    page.button(key=f"details_send:{patient_id}").click().run()
    assert "needs its digits" in page.error[0].value
    page.text_input(key=f"details_phone:{patient_id}").set_value("+1 555 010 0100")
    page.button(key=f"details_send:{patient_id}").click().run()
    assert page.success[0].value == "The details are saved."
    with runtime.reading(operator("clinic")) as work:
        stored = work.records.patients.get(patient_id)
    assert (stored.phone, stored.voicemail, stored.indications) == (
        "+1 555 010 0100",
        True,
        frozenset({"ptsd"}),
    )


def test_details_that_are_opened_again_begin_with_what_stands_now(
    runtime: Runtime, nurse: Actor, patient: Patient, open_page: OpenPage
) -> None:
    page = opened_form(open_page(nurse, "patient", id=patient.id), "Details and phone", patient.id)
    page.session_state[f"Details and phone:{patient.id}"] = False
    page.run()
    with runtime.unit_of_work(nurse) as work:
        change_details(
            work, patient.id, name=patient.name, born_on=None, zone=None, indications=(),
            phone="555-0100", voicemail=False,
        )  # fmt: skip
    page = opened_form(page, "Details and phone", patient.id)
    assert page.text_input(key=f"details_phone:{patient.id}").value == "555-0100"
    page.checkbox(key=f"details_voicemail:{patient.id}").check()
    page.button(key=f"details_send:{patient.id}").click().run()
    assert page.success[0].value == "The details are saved."


def test_a_patient_is_invited_once_and_again(
    runtime: Runtime, nurse: Actor, patient: Patient, open_page: OpenPage
) -> None:
    page = opened_form(open_page(nurse, "patient", id=patient.id), "Account", patient.id)
    assert "No account yet." in said(page)
    login = page.text_input(key=f"invite_login:{patient.id}").value
    assert str(login).startswith("pat-")
    page.button(key=f"invite_send:{patient.id}").click().run()
    shown = [code.value for code in page.code]
    assert shown[1] == login
    assert "For Pat *Example*" in said(page)
    until = NOW + TEMPORARY_FOR
    assert f"It works until {until.day} {until:%B %Y}." in said(page)
    page.button(key=f"invite_done:{patient.id}").click().run()
    assert not page.code
    assert "with a temporary password" in said(page)
    page.button(key=f"invite_send:{patient.id}").click().run()
    again = [code.value for code in page.code]
    assert again[1] == login
    assert again[2] != shown[2]
    assert runtime.accounts.account_of_patient(patient.id, clinic_id="clinic")


# Refused


@pytest.mark.parametrize("name", ["home", "due_and_missing", "enter_answers"])
def test_for_a_patient_these_are_no_pages(
    runtime: Runtime, clinic: Clinic, patient: Patient, open_page: OpenPage, name: str
) -> None:
    person = account_of(runtime, clinic, patient)
    page = open_page(person, name, patient=patient.id)
    assert said(page) == said(open_page(person, "today"))
    assert not open_page(None, name).dataframe
