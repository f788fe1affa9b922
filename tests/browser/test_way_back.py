"""Signed out while at work: signing in leads back to the same place, and the answers go along."""

import csv
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.accounts import PASSWORD
from tests.browser import small_clinic
from tests.browser.chromium import figures, settled
from tests.browser.conftest import Served, Visit
from tests.conftest import NOW

pytestmark = pytest.mark.browser

PATIENT_ID = "SELECT patient_id FROM people WHERE login = ?"


def id_of(small: Served, login: str) -> str:
    found: str = small.one(PATIENT_ID, login)
    return found


def fill(page: Page, login: str) -> None:
    page.get_by_label("Login", exact=True).fill(login)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def test_signing_in_again_leads_to_the_same_patient(small: Served, visit: Visit) -> None:
    """Both ways: a page that is opened without a session, and one whose session ends meanwhile."""
    name, patient_id = "Theo Example", id_of(small, small_clinic.THREE_FORMS)
    address = f"{small.address}/patient?id={patient_id}"
    page = visit(small).context.new_page()
    page.goto(address)
    fill(page, small_clinic.STAFF)
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    settled(page)
    assert page.url == address

    small.change("UPDATE sessions SET ended_at = last_seen_at")
    page.get_by_role("tab", name="Infusions").click()
    expect(page.get_by_role("heading", name="You are signed out")).to_be_visible()
    page.get_by_role("link", name="Sign in").click()
    fill(page, small_clinic.STAFF)
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    assert page.url == address


def downloaded(page: Page, link: str, to: Path) -> list[dict[str, str]]:
    with page.expect_download() as found:
        page.get_by_role("link", name=link).click()
    found.value.save_as(to)
    with to.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_answers_are_taken_away_as_a_file(small: Served, visit: Visit, tmp_path: Path) -> None:
    patient_id = id_of(small, small_clinic.THREE_FORMS)
    staff = visit(small).context.new_page()
    staff.goto(f"{small.address}/patient?id={patient_id}")
    fill(staff, small_clinic.STAFF)
    table = downloaded(staff, "Download all answers (CSV)", tmp_path / "staff.csv")
    assert {row["patient"] for row in table} == {patient_id}
    assert len({row["form"] for row in table}) == 3
    assert all(datetime.fromisoformat(row["answered_at"]) < NOW for row in table)
    expect(staff.get_by_role("heading", name="Theo Example")).to_be_visible()  # still there

    patient = visit(small, phone=True).context.new_page()
    patient.goto(f"{small.address}/my_progress")
    fill(patient, small_clinic.THREE_FORMS)
    own = downloaded(patient, "Download your answers (CSV)", tmp_path / "own.csv")
    assert {row["form"] for row in own} == {row["form"] for row in table}


def test_a_figure_is_drawn_whole_and_nothing_is_fetched_from_elsewhere(
    small: Served, visit: Visit
) -> None:
    """What the content policy refuses, an error in the console and a request that leaves this
    machine each fail the visit."""
    page = visit(small).context.new_page()
    page.goto(f"{small.address}/patient?id={id_of(small, small_clinic.THREE_FORMS)}")
    fill(page, small_clinic.STAFF)
    settled(page)
    (figure,) = figures(page)
    marked = [trace for trace in figure["traces"] if "markers" in trace["mode"]]
    given = sum(y is not None for trace in marked for y in trace["y"])
    assert given == figure["points"] >= 3
