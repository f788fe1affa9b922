"""The clinic's protocol, its accounts and the audit trail."""

from collections.abc import Iterator

from playwright.sync_api import expect

from mindspa.services.demo_accounts import (
    ADMINISTRATOR,
)
from tests.accounts import PASSWORD
from tests.browser import small_clinic
from tests.browser.chromium import figures, pick, settled
from tests.browser.tours.steps import Places, State, heading, press, says, table_drawn


def protocols(at: Places) -> Iterator[State]:
    page = at.visit(at.demo).sign_in(ADMINISTRATOR.login, ADMINISTRATOR.password, path="/protocol")
    figures(page)
    says(page, "Nothing is chosen that is not in force already.")
    yield "Protocol: two versions", page
    page.get_by_text("48 h", exact=True).first.click()
    says(page, "A clinician puts this in force")
    figures(page)
    yield "Protocol: chosen by an administrator", page

    page = at.sign_in_small(small_clinic.STAFF, "/protocol")
    says(page, "No clinician has signed it yet.")
    figures(page)
    press(page, "Sign and put version 2 in force")
    says(page, "Write the reason")
    yield "Protocol: signing refused", page
    for point in ("24 h", "48 h", "72 h"):
        page.get_by_text(point, exact=True).first.click()
    says(page, "Keep at least one check-in after an infusion.")
    yield "Protocol: what cannot be asked", page
    page.get_by_text("72 h", exact=True).first.click()
    figures(page)
    page.get_by_role("textbox", name="Reason").fill("Fewer questions.")
    press(page, "Sign and put version 2 in force")
    says(page, "Version 2 is in force")
    figures(page)
    yield "Protocol: signed", page


def audit_trails(at: Places) -> Iterator[State]:
    page = at.visit(at.demo).sign_in(
        ADMINISTRATOR.login, ADMINISTRATOR.password, path="/audit_trail"
    )
    says(page, "The last 200 entries")
    table_drawn(page)
    yield "Audit trail: a week", page
    page.get_by_role("textbox", name="About the patient").fill("nobody")
    page.keyboard.press("Enter")
    says(page, "Nothing of this kind is written down for that time.")
    yield "Audit trail: nothing found", page
    page.get_by_role("spinbutton", name="year, To").press_sequentially("2020")
    page.keyboard.press("Escape")
    page.get_by_role("heading", name="Audit trail").click()  # a date is taken as it is left
    says(page, "The last day is before the first.")
    yield "Audit trail: times refused", page


def people(at: Places) -> Iterator[State]:
    page = at.sign_in_small(small_clinic.ADMINISTRATOR, "/people")
    heading(page, "People")
    table_drawn(page)
    yield "People: the list", page
    pick(page, "Open an account", "Dr. Ada Example")
    says(page, "Each signs them out everywhere")
    yield "People: an account", page
    page.get_by_label("Your own password").first.fill(PASSWORD)
    press(page, "Give a new temporary password")
    says(page, "Shown only now.")
    yield "People: a new password", page
    press(page, "Done: take it off the screen")
    press(page, "Close the account")
    says(page, "The account is closed.")
    yield "People: a closed account", page
    page.get_by_text("Add somebody").click()
    settled(page)
    press(page, "Add")
    expect(page.get_by_role("alert").first).to_be_visible()
    settled(page)
    yield "People: adding refused", page
    press(page, "Ask it of all staff")
    says(page, "No longer ask for it")
    yield "People: a second factor is asked of all", page
    page.goto(at.small.address + "/people")
    expect(page.get_by_role("heading", name="Second factor")).to_be_visible()
    yield "Second factor: the clinic asks for it", page
