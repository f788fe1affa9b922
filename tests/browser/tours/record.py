"""A patient's record, as clinicians see and fill it."""

from collections.abc import Iterator

from playwright.sync_api import expect

from mindspa.services.demo_accounts import (
    CLINICIAN,
    MID_COURSE,
)
from tests.browser import small_clinic
from tests.browser.chromium import figures, pick, settled
from tests.browser.tours.steps import (
    Places,
    State,
    heading,
    open_form,
    open_forms,
    press,
    says,
    without,
)


def records(at: Places) -> Iterator[State]:
    patient_id = at.demo.one("SELECT patient_id FROM people WHERE login = ?", MID_COURSE.login)
    page = at.visit(at.demo).sign_in(
        CLINICIAN.login, CLINICIAN.password, path=f"/patient?id={patient_id}"
    )
    heading(page, MID_COURSE.name)
    figures(page)
    yield "Patient: the course", page
    open_form(page, "New-patient forms", "Save review")
    yield "Patient: the new-patient forms", page
    open_form(page, "Mid-course review", "Save decision")
    yield "Patient: the mid-course review", page
    page.locator("summary").filter(has_text="Vitals and side effects").click()
    expect(page.locator(".js-plotly-plot")).to_have_count(2)
    settled(page)
    yield "Patient: the vitals of an infusion", page
    page.locator("summary").filter(has_text="Vitals and side effects").click()
    expect(page.locator(".js-plotly-plot")).to_have_count(1)
    settled(page)
    before = figures(page)[0]["starts"]
    page.get_by_role("radio", name="A year").click()
    page.wait_for_function(
        "before => document.querySelector('.js-plotly-plot').layout.xaxis.range[0] !== before",
        arg=before,
    )
    settled(page)
    yield "Patient: a year", page
    for tab in page.get_by_role("tab").all()[1:]:
        tab.press("Enter")  # under a finger the tools of the table before may lie over the last
        expect(tab).to_have_attribute("aria-selected", "true")
        settled(page)
        yield f"Patient: {tab.inner_text().lower()} as a table", page

    page = at.sign_in_small(small_clinic.STAFF, "/patients")
    heading(page, "Patients")
    pick(page, "Open a patient", "Nell Example")
    heading(page, "Nell Example")
    yield "Patient: nothing is known", page
    page.goto(at.small.address + "/patients")
    pick(page, "Open a patient", "Theo Example")
    heading(page, "Theo Example")
    figures(page)
    yield "Patient: three points, and an infusion to close", page
    page.goto(at.small.address + "/patients")
    pick(page, "Open a patient", "Bea Example")
    heading(page, "Bea Example")
    figures(page)
    yield "Patient: an alert is open", page
    open_forms(page)
    yield "Patient: the forms are open", page
    for button, said in (
        # Never the sentence of the one before.
        ("Save infusion", "Give the day and the time."),
        ("Save rating", "Give the day and the time."),
        ("Save entry", "Choose the kind"),
    ):
        press(page, button)
        expect(page.get_by_test_id("stAlert").filter(has_text=said).first).to_be_visible()
        settled(page)
        yield f"Patient: “{button}” refused", page
    for task, said in (
        ("Cancel an infusion", "Cancel this infusion"),
        ("Plan an infusion", "Plan this infusion"),
        ("End the course", "End this course"),
        ("Change the patient's status", "Change the status"),
    ):
        page.get_by_role("radio", name=task).locator("xpath=ancestor::label").click()
        says(page, said)
        yield f"Patient: “{task}” is chosen", page
    page.get_by_role("radio", name="Plan an induction").locator("xpath=ancestor::label").click()
    first = page.get_by_role("group", name="Infusion 1")
    first.wait_for()
    settled(page)
    yield "Patient: an induction is begun", page
    page.goto(at.small.address + "/patient?id=nothing")
    expect(page.get_by_role("alert").first).to_be_visible()
    settled(page)
    yield "Patient: no such one", page
    with without(at.small, "patients"):
        page.goto(at.small.address + "/patients")
        expect(page.get_by_test_id("stAlert").last).to_contain_text("database")
        settled(page)
        yield "Patients: the list is out of reach", page
