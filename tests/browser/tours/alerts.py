"""Alerts, who is told of them, and access in an emergency."""

from collections.abc import Iterator

from playwright.sync_api import expect

from mindspa.services.demo_accounts import (
    ADMINISTRATOR,
    CARE_TEAM,
    CLINICIAN,
)
from tests.browser import small_clinic
from tests.browser.chromium import pick, settled
from tests.browser.tours.steps import Places, State, heading, open_form, press, says, table_drawn


def alerts(at: Places) -> Iterator[State]:
    page = at.visit(at.demo).sign_in(CARE_TEAM.login, CARE_TEAM.password, path="/alerts")
    heading(page, "Alerts")
    table_drawn(page)
    yield "Alerts: the list", page
    pick(page, "Open an alert", _first_alert(at))
    says(page, "To reach the patient")
    yield "Alerts: one that is late", page
    press(page, "Save attempt")
    says(page, "Choose what came of the contact.")
    yield "Alerts: an attempt refused", page
    press(page, "I take this alert")
    says(page, "The alert is yours.")
    yield "Alerts: taken", page
    pick(page, "What came of it", "Not reached")
    press(page, "Save attempt")
    says(page, "The attempt is written down.")
    yield "Alerts: an attempt written down", page
    open_form(page, "Hand over", "Hand over")
    open_form(page, "Safety plan and contacts", "Save safety plan and contacts")
    for title, words in (("While you talk", "Stay on the line"), ("How quickly", "Median and")):
        page.locator("summary").filter(has_text=title).click()
        says(page, words)
    yield "Alerts: every form open", page
    page.get_by_role("radio", name="Closed, of the last").locator("xpath=ancestor::label").click()
    grid = page.get_by_test_id("stDataFrame").first
    grid.locator("th").filter(has_text="What came of it").wait_for(state="attached")
    table_drawn(page)
    yield "Alerts: closed ones", page
    page.get_by_role("radio", name="From old answers").locator("xpath=ancestor::label").click()
    says(page, "No import has found anything in old answers.")
    yield "Alerts: nothing in old answers", page
    page.goto(at.demo.address + "/alerts?id=nothing")
    says(page, "There is no such alert")
    yield "Alerts: no such one", page

    page = at.sign_in_small(small_clinic.STAFF, "/alerts")
    says(page, "Nobody is on the rota")
    pick(page, "Open an alert", "Bea Example")
    open_form(page, "Close this alert", "Close this alert")
    press(page, "Close this alert")
    says(page, "Choose what came of the alert.")
    yield "Alerts: closing refused", page
    page.get_by_role("combobox", name="What came of it").last.press("ArrowDown")
    page.get_by_role("option").filter(has_text="Assessed").click()
    page.get_by_role("textbox", name="Note: what you found").fill("Spoken to.")
    press(page, "Close this alert")
    says(page, "The alert is closed.")
    yield "Alerts: closed", page
    page = at.sign_in_small(small_clinic.STAFF_OF_NOBODY, "/alerts")
    says(page, "No alert is open.")
    yield "Alerts: none open", page


def _first_alert(at: Places) -> str:
    """Whose stands first."""
    return str(
        at.demo.one(
            "SELECT p.name FROM alert_cases c JOIN patients p ON p.id = c.patient_id "
            "WHERE c.state != 'closed' AND c.tier = 'immediate'"
        )
    )


def rotas(at: Places) -> Iterator[State]:
    page = at.visit(at.demo).sign_in(ADMINISTRATOR.login, ADMINISTRATOR.password, path="/duty")
    says(page, "Somebody is on duty in every open hour")
    table_drawn(page)
    yield "Hours and rota: a rota", page
    page = at.sign_in_small(small_clinic.ADMINISTRATOR, "/duty")
    says(page, "Nobody is on the rota.")
    yield "Hours and rota: nothing written down", page
    press(page, "Save hours and rota")
    says(page, "Hours and rota are saved.")
    yield "Hours and rota: saved", page


def messages(at: Places) -> Iterator[State]:
    page = at.visit(at.demo).sign_in(CLINICIAN.login, CLINICIAN.password, path="/messages")
    heading(page, "Messages")
    table_drawn(page)
    yield "Messages: a month", page
    page = at.sign_in_small(small_clinic.ADMINISTRATOR, "/messages")
    heading(page, "Messages")
    page.get_by_text("Sent", exact=True).click()
    says(page, "None in the last 30 days.")
    yield "Messages: none", page


def emergencies(at: Places) -> Iterator[State]:
    page = at.sign_in_small(small_clinic.ADMINISTRATOR, "/emergency")
    says(page, "No record was opened in an emergency.")
    yield "Emergency access: none", page
    press(page, "Open the record")
    expect(page.get_by_test_id("stAlert").first).to_contain_text("The name")
    settled(page)
    yield "Emergency access: refused", page
    page.get_by_role("textbox", name="The patient's full name").fill("Bea Example")
    page.get_by_role("textbox", name="Why this cannot wait").fill(
        "The ambulance asks for her dose."
    )
    press(page, "Open the record")
    heading(page, "Bea Example")
    yield "Emergency access: a record", page
    page = at.sign_in_small(small_clinic.STAFF, "/emergency")
    says(page, "What you found")
    yield "Emergency access: to be reviewed", page
