"""A positive answer from the tap to the patient's receipt: on a phone, the tab closed before
anything is sent; the nurse takes it and calls, the clinician closes it. Every step is looked up in
the database file as well."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from mindspa import bootstrap
from mindspa.domain.access import Role
from mindspa.settings import Settings
from tests import factories, program
from tests.accounts import PASSWORD, an_account
from tests.browser.chromium import Colours, choose, pick, question, settled
from tests.browser.conftest import Serve, Served, Visit

pytestmark = pytest.mark.browser

NOW = datetime.fromisoformat(program.DEMO_NOW)


def build(database: Path) -> None:
    """A clinic with a nurse, a clinician, and a patient who has yet to answer before the first
    infusion."""
    settings = Settings.load({"MINDSPA_DATABASE_URL": f"sqlite:///{database}"})
    runtime = bootstrap.start(settings, clock=lambda: NOW)
    try:
        clinic = factories.a_clinic(runtime)
        an_account(runtime, clinic, "noor", name="Noor Nurse", role=Role.CARE_TEAM)
        an_account(runtime, clinic, "cleo", name="Dr. Cleo Clinician")
        patient = factories.a_patient(runtime, clinic, "Pat Example")
        an_account(
            runtime, clinic, "pat", name=patient.name, role=Role.PATIENT, patient_id=patient.id
        )
        first = NOW + timedelta(days=2)
        course = factories.an_induction(runtime, clinic, patient, starts_at=first)
        factories.an_infusion(runtime, clinic, course, starts_at=first)
    finally:
        runtime.database.dispose()


def says(page: Page, text: str) -> None:
    expect(page.get_by_text(text).first).to_be_visible()
    settled(page)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def steps(served: Served) -> list[str]:
    return [row[0] for row in served.rows("SELECT step FROM alert_events ORDER BY number")]


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_from_the_tap_to_the_receipt(
    tmp_path: Path, serve: Serve, visit: Visit, colours: Colours
) -> None:
    database = tmp_path / "clinic.db"
    build(database)
    served = serve(database, at=NOW)

    # The patient taps item 9, sees help at once, and closes the tab.
    patient = visit(served, phone=True, colours=colours)
    page = patient.sign_in("pat", PASSWORD)
    press(page, "Start the check-in")
    expect(question(page, 9).first).to_be_visible()
    settled(page)
    choose(page, 9, "Nearly every day")
    expect(page.get_by_role("heading", name="Help is there now")).to_be_visible()
    expect(page.get_by_role("link", name="Call 988")).to_have_attribute("href", "tel:988")
    address = page.url
    page.close()
    assert served.rows("SELECT tier, state, version FROM alert_cases") == [("immediate", "open", 1)]
    assert served.rows("SELECT count(*) FROM stored_forms") == [(0,)]
    assert len(served.rows("SELECT id FROM messages WHERE state = 'waiting'")) == 1

    # The nurse, on a phone too, takes it and calls.
    page = visit(served, phone=True, colours=colours).sign_in("noor", PASSWORD)
    says(page, "1 open alert, 1 immediate")
    page.get_by_role("link", name="Go to alerts").click()
    pick(page, "Open an alert", "Pat Example")
    says(page, "nearly every day")
    press(page, "I take this alert")
    says(page, "The alert is yours.")
    pick(page, "What came of it", "Not reached")
    press(page, "Save attempt")
    says(page, "The attempt is written down.")
    pick(page, "What came of it", "Reached")
    page.get_by_role("textbox", name="Note (optional)").first.fill("At home, with her sister.")
    press(page, "Save attempt")
    says(page, "At home, with her sister.")
    says(page, "A clinician closes an alert")
    assert steps(served) == ["raised", "owned", "contact", "contact"]
    assert served.rows("SELECT state, owner_name FROM alert_cases") == [("owned", "Noor Nurse")]

    # The clinician closes it.
    page = visit(served, colours=colours).sign_in("cleo", PASSWORD, path="/alerts")
    pick(page, "Open an alert", "Pat Example")
    page.locator("summary").filter(has_text="Close this alert").click()
    settled(page)  # it opens in a movement, and a press may miss what still moves
    press(page, "Close this alert")
    says(page, "Choose what came of the alert.")
    page.get_by_role("combobox", name="What came of it").last.press("ArrowDown")
    page.get_by_role("option").filter(has_text="Safety plan made").click()
    page.get_by_role("textbox", name="Note: what you found").fill("Plan made together.")
    press(page, "Close this alert")
    says(page, "The alert is closed.")
    assert served.rows("SELECT state, outcome FROM alert_cases") == [("closed", "safety_plan")]
    assert served.rows("SELECT DISTINCT state, outcome FROM alerts") == [("closed", "safety_plan")]
    assert served.rows("SELECT state FROM messages") == [("cancelled",)]
    page.get_by_role("link", name="Today in the clinic").click()
    says(page, "Infusions to follow up")
    expect(
        page.get_by_text("open alert", exact=False).filter(has_text="1 open alert")
    ).to_have_count(0)

    # The patient goes on where they stopped; the receipt says that it was looked at.
    page = patient.open(address.removeprefix(served.address))
    option = question(page, 9).first.get_by_role("radio", name="Nearly every day", exact=True)
    expect(option).to_be_checked()
    press(page, "Send")
    press(page, "Send without these answers")
    says(page, "Your answers are saved.")
    says(page, "Your care team looked at this")
