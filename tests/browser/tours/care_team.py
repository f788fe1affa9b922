"""The care team's day, and the clinic tablet."""

from collections.abc import Iterator

from playwright.sync_api import Page, expect

from mindspa.services.demo_accounts import (
    CARE_TEAM,
    CLINICIAN,
    DUE_NOW,
)
from tests.browser import small_clinic
from tests.browser.chromium import choose, pick, question, settled
from tests.browser.tours.steps import Places, State, heading, open_form, press, says, table_drawn


def _put_right(at: Places, page: Page) -> Iterator[State]:
    page.goto(at.demo.address + "/patients")
    pick(page, "Open a patient", DUE_NOW.name)
    heading(page, DUE_NOW.name)
    page.get_by_role("link", name="Put right").click()
    says(page, "Nothing so far.")
    yield "Put right: nothing so far", page
    press(page, "Correct these answers")
    says(page, "There is no such form")
    yield "Put right: no form chosen", page
    page.get_by_role("radio", name="Merge two records").click()
    says(page, "For two records of one person.")
    yield "Put right: two records", page


def care_days(at: Places) -> Iterator[State]:
    page = at.visit(at.demo).sign_in(CARE_TEAM.login, CARE_TEAM.password)
    heading(page, "Today in the clinic")
    yield "Today in the clinic: four counts", page
    page.get_by_test_id("stMain").get_by_role("link", name="Due and missing").click()
    heading(page, "Due and missing")
    table_drawn(page)
    yield "Due and missing: the list", page
    pick(page, "Open a row", DUE_NOW.name)
    heading(page, DUE_NOW.name)
    yield "Due and missing: a row", page
    press(page, "Save contact")
    says(page, "Choose what came of the contact.")
    yield "Due and missing: a contact refused", page
    pick(page, "What came of it", "Not reached")
    press(page, "Save contact")
    says(page, "The contact is written down.")
    yield "Due and missing: a contact written down", page
    page.get_by_role("link", name="Enter answers").click()
    says(page, "How the patient answers")
    yield "Enter answers: how the patient answers", page
    page.get_by_role("radio", name="From paper").locator("xpath=ancestor::label").click()
    says(page, "Filled in by the patient")
    press(page, "Start")
    says(page, "Say when the patient filled in the paper")
    yield "Enter answers: a paper without its time", page
    page.get_by_role("radio", name="By phone").locator("xpath=ancestor::label").click()
    expect(page.get_by_text("Filled in by the patient")).to_have_count(0)
    settled(page)
    press(page, "Start")
    expect(question(page, 8)).to_be_visible()
    settled(page)
    yield "Enter answers: by phone", page
    choose(page, 7, "Yes")
    heading(page, "This answer has raised an alert")
    yield "Enter answers: an alert is raised", page
    press(page, "Save check-in")
    says(page, "Not answered when you pressed Save check-in")
    yield "Enter answers: answers are missing", page
    press(page, "Save check-in without these answers")
    says(page, "Saved, as answered")
    yield "Enter answers: saved", page
    page.goto(at.demo.address + "/enter_answers?id=nothing")
    says(page, "There is no such check-in.")
    yield "Enter answers: no such one", page
    yield from _put_right(at, page)

    page = at.sign_in_small(small_clinic.STAFF_OF_NOBODY, "/due_and_missing")
    says(page, "Nobody here is waited for")
    yield "Due and missing: nobody", page
    page.goto(at.small.address + "/patients")
    open_form(page, "Register a patient", "Register")
    yield "Patients: registering one", page
    press(page, "Register")
    says(page, "The patient's name needs")
    yield "Patients: registering refused", page
    page.get_by_role("textbox", name="Name").fill("Nia Example")
    press(page, "Register")
    heading(page, "Nia Example")
    open_form(page, "Details and phone", "Save details")
    open_form(page, "Account", "Invite on paper")
    yield "Patient: details, and no account yet", page
    press(page, "Invite on paper")
    says(page, "For Nia Example")
    yield "Patient: an invitation", page
    press(page, "Done: take it off the screen")
    says(page, "with a temporary password")
    yield "Patient: invited", page

    yield from _a_screen(at)


def _a_screen(at: Places) -> Iterator[State]:
    """Where the ASQ is in force."""
    patient_id = at.small.one(
        "SELECT patient_id FROM people WHERE login = ?", small_clinic.NEW_PATIENT
    )
    page = at.sign_in_small(small_clinic.STAFF, f"/enter_answers?patient={patient_id}&form=asq")
    heading(page, "Answers of Nell Example")
    press(page, "Start")
    says(page, "Read each question as it stands")
    yield "Enter answers: a screen", page
    for number, words in ((1, "No"), (2, "No"), (3, "Yes"), (4, "No")):
        choose(page, number, words)
    says(page, "Positive so far")
    yield "Enter answers: a screen that is positive so far", page
    choose(page, 5, "Yes")
    says(page, "is not left alone, and stays on the line")
    yield "Enter answers: an acute screen", page


def clinic_tablets(at: Places) -> Iterator[State]:
    nurse = at.visit(at.demo).sign_in(CARE_TEAM.login, CARE_TEAM.password)
    person = at.visit(at.demo)

    def shows(title: str) -> None:
        """Of a page beside Streamlit."""
        expect(page.get_by_role("heading", name=title)).to_be_visible()

    person.expected.append("422")
    page = person.sign_in(CLINICIAN.login, CLINICIAN.password)
    page.goto(at.demo.address + "/tablet/pair")
    yield "Clinic tablets: none yet", page
    page.get_by_label("What to call it").fill("a\u202eb")
    with page.expect_navigation():
        press(page, "Make this a clinic tablet")
    expect(page.get_by_role("alert")).to_be_visible()
    yield "Clinic tablets: the name is refused", page
    page.get_by_label("What to call it").fill("Room 1")
    with page.expect_navigation():
        press(page, "Make this a clinic tablet")
    shows("Your code")
    yield "Clinic tablet: a code is asked for", page

    patient_id = at.demo.one("SELECT patient_id FROM people WHERE login = ?", DUE_NOW.login)
    nurse.goto(at.demo.address + f"/patient?id={patient_id}")
    heading(nurse, DUE_NOW.name)
    open_form(nurse, "Code for the clinic tablet", "Make a code")
    press(nurse, "Make a code")
    says(nurse, "Works once, on a tablet of the clinic")
    yield "Patient: a code for the clinic tablet", nurse
    code = nurse.get_by_test_id("stCode").inner_text().strip()

    def enter(digits: str) -> None:
        page.get_by_label("digits that the clinic gave you").fill(digits)
        with page.expect_navigation():
            press(page, "Begin")

    enter(f"{(int(code) + 1) % 10_000:04}")
    expect(page.get_by_role("alert")).to_be_visible()
    yield "Clinic tablet: a code refused", page
    enter(code)
    expect(page.get_by_text("Question 1 of").first).to_be_visible()
    yield "Clinic tablet: a question", page
    page.goto(at.demo.address + "/tablet?question=7")
    with page.expect_navigation():
        press(page, "Yes")
    shows("Help is there now")
    yield "Clinic tablet: help beside a question", page
    page.goto(at.demo.address + "/tablet?question=99")
    shows("Send your answers")
    yield "Clinic tablet: to be sent", page
    with page.expect_navigation():
        press(page, "Send")
    shows("Thank you")
    yield "Clinic tablet: sent", page
