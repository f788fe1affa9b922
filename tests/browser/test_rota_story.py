"""Hours and rota in a real browser: a row added, typed into, saved, and read from the file."""

import json
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from mindspa import bootstrap
from mindspa.domain.access import Role
from mindspa.settings import Settings
from tests import factories, program
from tests.accounts import PASSWORD, an_account
from tests.browser.chromium import settled
from tests.browser.conftest import Serve, Served, Visit
from tests.faults.patience import wait_until
from tests.services.test_handle_alert import a_rota

pytestmark = pytest.mark.browser
NOW = datetime.fromisoformat(program.DEMO_NOW)
ROW = 35  # pixels: of the heading and of each row
STEPS = 4  # the place of the table on the page


def build(database: Path) -> None:
    settings = Settings.load({"MINDSPA_DATABASE_URL": f"sqlite:///{database}"})
    runtime = bootstrap.start(settings, clock=lambda: NOW)
    try:
        clinic = factories.a_clinic(runtime)
        an_account(runtime, clinic, "cleo", name="Dr. Cleo Clinician")
        clinician = factories.staff(runtime, clinic, Role.CLINICIAN)
        nurse = factories.staff(runtime, clinic, Role.CARE_TEAM)
        a_rota(runtime, clinician, nurse, clinician)
    finally:
        runtime.database.dispose()


def table(page: Page, place: int) -> Locator:
    found = page.get_by_test_id("stDataFrame").nth(place)
    found.scroll_into_view_if_needed()
    settled(page)
    return found


def type_into(page: Page, found: Locator, row: int, text: str) -> None:
    found.dblclick(position={"x": 120, "y": ROW * row + ROW // 2})  # opens the cell
    page.keyboard.press("Control+a")
    page.keyboard.type(text, delay=20)
    page.keyboard.press("Enter")
    settled(page)


def test_a_step_is_added_and_changed(tmp_path: Path, serve: Serve, visit: Visit) -> None:
    build(tmp_path / "clinic.db")
    served = serve(tmp_path / "clinic.db", at=NOW)
    page = visit(served).sign_in("cleo", PASSWORD, path="/duty")
    expect(page.get_by_role("heading", name="Hours and rota")).to_be_visible()
    settled(page)

    def saved(step: str) -> None:
        expect(page.get_by_text("Changes above are not saved yet.")).to_be_visible()
        page.get_by_role("button", name="Save hours and rota").click()
        wait_until(lambda: in_force(served) == [step])
        expect(page.get_by_text("Changes above are not saved yet.")).to_have_count(0)
        settled(page)

    table(page, STEPS).hover()
    page.get_by_role("button", name="Add row").last.click()
    settled(page)
    type_into(page, table(page, STEPS), 1, "Call the emergency contact")
    saved("Call the emergency contact")
    type_into(page, table(page, STEPS), 1, "Call the emergency contact, then 911")
    saved("Call the emergency contact, then 911")


def in_force(served: Served) -> list[str]:
    """The steps of the plan that was written last."""
    content = served.one("SELECT content FROM duty_plans ORDER BY number DESC LIMIT 1")
    found: list[str] = json.loads(content)["unreached_steps"]
    return found
