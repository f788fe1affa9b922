"""Lists of staff, and their own account."""

import re
from collections.abc import Iterator

from playwright.sync_api import expect

from mindspa.services.demo_accounts import (
    ADMINISTRATOR,
    CLINICIAN,
    DUE_NOW,
)
from tests.browser import small_clinic
from tests.browser.chromium import pick, settled
from tests.browser.tours.steps import (
    Places,
    State,
    heading,
    press,
    says,
    table_drawn,
)


def lists(at: Places) -> Iterator[State]:
    page = at.visit(at.demo).sign_in(CLINICIAN.login, CLINICIAN.password, path="/follow_up")
    heading(page, "Follow-up")
    table_drawn(page)
    yield "Follow-up: the list", page
    row = at.demo.one(
        "SELECT p.name FROM alerts a JOIN patients p ON p.id = a.patient_id "
        "WHERE a.state = 'open' AND a.tier = 'immediate'"
    )
    pick(page, "Open a row", row)
    expect(page.get_by_role("alert").filter(has_text="Immediate alert")).to_be_visible()
    settled(page)
    yield "Follow-up: a row with an open alert", page
    pick(page, "Open a row", f"{DUE_NOW.name}: infusion 3")
    heading(page, re.compile(f"{DUE_NOW.name}: infusion 3"))
    yield "Follow-up: a row", page
    press(page, "Mark reviewed")
    expect(page.get_by_test_id("stAlert").filter(has_text="Choose").first).to_be_visible()
    settled(page)
    yield "Follow-up: a review refused", page
    pick(page, "What came of it", "No action needed")
    press(page, "Mark reviewed")
    says(page, "Marked reviewed.")
    yield "Follow-up: reviewed", page
    page.goto(at.demo.address + "/patients")
    heading(page, "Patients")
    table_drawn(page)
    yield "Patients: the list", page
    page.get_by_role("textbox", name="Search").fill("nobody of that name")
    page.keyboard.press("Enter")
    says(page, "Nobody like that.")
    yield "Patients: nobody found", page
    page.goto(at.demo.address + "/account")
    heading(page, "Account")
    yield "Account: of staff", page

    page = at.sign_in_small(small_clinic.STAFF, "/follow_up")
    says(page, "no infusion yet")
    yield "Follow-up: an alert without a row", page
    page = at.sign_in_small(small_clinic.STAFF_OF_NOBODY, "/follow_up")
    says(page, "Nobody is waiting")
    yield "Follow-up: nobody waits", page
    page.goto(at.small.address + "/patients")
    says(page, "No patients yet.")
    yield "Patients: none yet", page
    page.goto(at.small.address + "/account")
    page.get_by_role("textbox", name="Mobile number").fill("my sister's")
    press(page, "Save")
    says(page, "The mobile number is not one.")
    yield "Account: a mobile number refused", page
    page = at.visit(at.demo).sign_in(ADMINISTRATOR.login, ADMINISTRATOR.password, path="/account")
    heading(page, "Account")
    yield "Account: of an administrator", page
