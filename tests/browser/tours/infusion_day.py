"""Infusion day: the list, and a sheet from its beginning to its end."""

from collections.abc import Iterator
from datetime import datetime

from playwright.sync_api import expect

from mindspa.services.demo_accounts import (
    CARE_TEAM,
)
from mindspa.storage.types import since_epoch
from tests import program
from tests.browser import small_clinic
from tests.browser.chromium import figures
from tests.browser.tours.steps import Places, State, heading, press, says


def infusion_days(at: Places) -> Iterator[State]:
    page = at.visit(at.demo).sign_in(CARE_TEAM.login, CARE_TEAM.password, path="/infusion_day")
    heading(page, "Infusion day")
    expect(page.get_by_role("table")).to_be_visible()
    yield "Infusion day: the list", page
    page.locator("summary", has_text="Record several at once").click()
    says(page, "Fill in the end of each")
    yield "Infusion day: several at once", page
    given, planned = (
        at.demo.one(
            "SELECT id FROM infusions WHERE status = ? AND abs(planned_at - ?) < 39600000000 "
            "AND (discharged_at IS NULL) = ? ORDER BY planned_at LIMIT 1",
            status,
            since_epoch(datetime.fromisoformat(program.DEMO_NOW)),
            status == "planned",
        )
        for status in ("given", "planned")
    )
    page.goto(at.demo.address + f"/infusion_day?id={given}")
    figures(page)
    yield "Infusion day: given, and the patient has left", page
    page.goto(at.demo.address + f"/infusion_day?id={planned}")
    says(page, "Start now")
    yield "Infusion day: planned", page
    press(page, "Start now")
    says(page, "The infusion has started.")
    yield "Infusion day: under way", page
    page.get_by_role("spinbutton", name="Systolic").first.fill("80")
    page.get_by_role("spinbutton", name="Diastolic").first.fill("120")
    press(page, "Save vitals")
    says(page, "The systolic pressure must be above")
    yield "Infusion day: vitals refused", page
    page.get_by_role("spinbutton", name="Systolic").first.fill("120")
    page.get_by_role("spinbutton", name="Diastolic").first.fill("80")
    press(page, "Save vitals")
    says(page, "The vitals are saved.")
    figures(page)
    yield "Infusion day: vitals saved", page
    press(page, "End")
    says(page, "It has ended.")
    yield "Infusion day: ended", page
    page.locator("summary", has_text="Correct what was recorded").click()
    says(page, "No check-in changes.")
    yield "Infusion day: a correction", page
    press(page, "Lock")
    heading(page, "Locked")
    yield "Infusion day: locked", page
    page.get_by_label("PIN or password").fill("2580")
    press(page, "Unlock")
    says(page, "neither your PIN nor your password")
    yield "Infusion day: a wrong PIN", page
    page.get_by_label("PIN or password").fill(CARE_TEAM.password)
    press(page, "Unlock")
    says(page, "Correct what was recorded")
    page.goto(at.demo.address + "/infusion_day?id=nothing")
    says(page, "There is no such infusion")
    yield "Infusion day: no such one", page

    page = at.sign_in_small(small_clinic.STAFF_OF_NOBODY, "/infusion_day")
    says(page, "No infusion is planned for today")
    yield "Infusion day: nothing planned", page
