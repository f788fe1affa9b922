"""A patient's first week in a real browser: registered and invited, the new-patient forms on a
phone, a verdict, a course that is planned, an infusion on a tablet, 24 h answered, 48 h missed, a
nurse who phones at +70 h, and a timeline that shows all of it."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from mindspa import bootstrap
from mindspa.domain.access import Role
from mindspa.settings import Settings
from tests import factories
from tests.accounts import PASSWORD, an_account
from tests.browser.chromium import choose, figures, pick, question, settled
from tests.browser.conftest import Serve, Served, Visit
from tests.browser.tours.steps import heading, open_form, press, says

pytestmark = pytest.mark.browser

MONDAY = datetime(2026, 6, 8, 13, 0, tzinfo=UTC)  # 9 am in New York
INFUSION = MONDAY + timedelta(hours=1)
HOUR = timedelta(hours=1)
TABLET: ViewportSize = {"width": 1024, "height": 768}
NAME, OWN_PASSWORD = "Nia Example", "quiet harbour at first light"
CALM = (
    "A little of the time", "None of the time", "A little of the time", "None of the time",
    "Much better", "None", "No", "No, thank you",
)  # fmt: skip


def build(database: Path) -> None:
    """A clinic with two of its staff, and nobody else."""
    settings = Settings.load({"MINDSPA_DATABASE_URL": f"sqlite:///{database}"})
    runtime = bootstrap.start(settings, clock=lambda: MONDAY - timedelta(days=1))
    clinic = factories.a_clinic(runtime)
    an_account(runtime, clinic, "noor", name="Noor Example", role=Role.CARE_TEAM)
    an_account(runtime, clinic, "cleo", name="Cleo Example", role=Role.CLINICIAN)
    runtime.database.dispose()


def test_a_first_week(tmp_path: Path, serve: Serve, visit: Visit) -> None:
    database = tmp_path / "clinic.db"
    build(database)

    served = serve(database, at=MONDAY)
    nurse = visit(served).sign_in("noor", PASSWORD, path="/patients")
    patient_id, login, given = registered_and_invited(nurse)
    nia = visit(served, phone=True)
    page = nia.sign_in(login, given)
    own_password(page, given)
    new_patient_forms(page, nia.address)
    clinician = visit(served).sign_in("cleo", PASSWORD, path=f"/patient?id={patient_id}")
    found_eligible(clinician)
    induction_planned(clinician, served, patient_id)
    baseline(page, nia.address)

    served = serve(database, at=INFUSION)
    tablet = visit(served).sign_in("noor", PASSWORD, path="/infusion_day")
    tablet.set_viewport_size(TABLET)
    infusion_day(tablet, served)
    (ended,) = (at for (at,) in served.rows("SELECT ended_at FROM infusions WHERE status='given'"))
    ended_at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=ended)

    served = serve(database, at=ended_at + 25 * HOUR)
    page = visit(served, phone=True).sign_in(login, OWN_PASSWORD)
    check_in(page, served)

    served = serve(database, at=ended_at + 70 * HOUR)
    nurse = visit(served).sign_in("noor", PASSWORD, path="/due_and_missing")
    phoned(nurse, served)

    clinician = visit(served, colours="dark").sign_in(
        "cleo", PASSWORD, path=f"/patient?id={patient_id}"
    )
    all_on_the_timeline(clinician)


# --- The steps -----------------------------------------------------------------------------------


def registered_and_invited(page: Page) -> tuple[str, str, str]:
    """The patient's id, login and temporary password."""
    heading(page, "Patients")
    open_form(page, "Register a patient", "Register")
    page.get_by_role("textbox", name="Name").fill(NAME)
    page.get_by_role("textbox", name="Phone").fill("(212) 555-0100")
    press(page, "Register")
    heading(page, NAME)
    open_form(page, "Account", "Invite on paper")
    press(page, "Invite on paper")
    says(page, f"For {NAME}")
    picture = page.get_by_role("img", name="The address as a QR picture")
    expect(picture).to_be_visible()
    assert picture.evaluate("e => e.naturalWidth > 0")
    address, login, given = page.get_by_test_id("stCode").all_inner_texts()
    assert page.url.startswith(address.strip())
    return page.url.partition("?id=")[2], login.strip(), given.strip()


def own_password(page: Page, given: str) -> None:
    page.get_by_label("New password", exact=True).wait_for()
    for label, text in (
        ("Current password", given),
        ("New password", OWN_PASSWORD),
        ("New password again", OWN_PASSWORD),
    ):
        page.get_by_label(label, exact=True).fill(text)
    page.get_by_role("button", name="Change").click()
    page.wait_for_url(lambda url: "changed" in url)


def new_patient_forms(page: Page, address: str) -> None:
    page.goto(f"{address}/today")
    says(page, "Before your first infusion")
    page.get_by_role("link", name="New-patient forms").click()
    heading(page, "Why you come")
    tick(page, "Depression")
    page.get_by_role("textbox", name="Name of antidepressant 1").fill("Sertraline")
    page.keyboard.press("Tab")
    page.get_by_role("textbox", name="Name of antidepressant 2").wait_for()
    settled(page)
    for group in page.get_by_role("radiogroup").all():
        if "How it went" not in (group.get_attribute("aria-label") or ""):
            group.get_by_role("radio", name="No", exact=True).locator(
                "xpath=ancestor::label"
            ).click()
            settled(page)
    page.reload()
    heading(page, "Why you come")
    expect(page.get_by_role("textbox", name="Name of antidepressant 1")).to_have_value("Sertraline")
    press(page, "Hand in")
    says(page, "Not answered yet: Name, and who they are to you; Phone; My answers are kept")
    page.get_by_role("textbox", name="Name, and who they are").fill("Jo, my sister")
    page.get_by_role("textbox", name="Phone").fill("(212) 555-0101")
    page.keyboard.press("Tab")
    settled(page)
    for words in ("My answers are kept", "I know that nobody watches", "After an infusion"):
        tick(page, words)
    press(page, "Hand in")
    says(page, "Handed in today")


def tick(page: Page, words: str) -> None:
    box = page.get_by_role("checkbox", name=re.compile(re.escape(words)))
    box.locator("xpath=ancestor::label").click()
    expect(box).to_be_checked()
    settled(page)


def found_eligible(page: Page) -> None:
    heading(page, NAME)
    open_form(page, "New-patient forms", "Save review")
    says(page, "To be reviewed")
    pick(page, "What came of the review", "Eligible")
    page.get_by_role("textbox", name="Reason").fill("History and medicines read.")
    press(page, "Save review")
    says(page, "The review is saved.")


def induction_planned(page: Page, served: Served, patient_id: str) -> None:
    """Monday, Wednesday, Friday; Wednesday's is cancelled again, and what that does is said."""
    page.locator("summary").filter(has_text="Course and schedule").click()
    first = page.get_by_role("group", name="Infusion 1")
    first.wait_for()
    settled(page)
    for segment, digits in zip(
        first.get_by_role("spinbutton").all(), ("2026", "06", "08", "10", "00"), strict=True
    ):
        segment.press_sequentially(digits)
    page.keyboard.press("Enter")
    says(page, "added")
    press(page, "Plan this induction")
    says(page, "The induction is planned")
    page.get_by_role("radio", name="Cancel an infusion").locator("xpath=ancestor::label").click()
    says(page, "Cancel this infusion")
    pick(page, "Infusion", "Wed 10 Jun 2026, 10:00")
    page.get_by_role("textbox", name="Why").fill("Works that day")
    page.keyboard.press("Tab")
    says(page, "cancelled.")
    press(page, "Cancel this infusion")
    says(page, "The infusion is cancelled")
    planned = served.rows(
        "SELECT status, count(*) FROM infusions WHERE patient_id = ? GROUP BY status", patient_id
    )
    assert dict(planned) == {"planned": 5, "cancelled": 1}


def baseline(page: Page, address: str) -> None:
    """The forms before treatment and the check-in before the infusion, in one sitting."""
    page.goto(f"{address}/today")
    press(page, "Start the check-in")
    expect(question(page, 1).first).to_be_visible()
    settled(page)
    for group in page.get_by_role("radiogroup").all():
        group.get_by_role("radio").first.locator("xpath=ancestor::label").click()
        settled(page)
    press(page, "Send")
    says(page, "Your answers are saved.")


def infusion_day(page: Page, served: Served) -> None:
    heading(page, "Infusion day")
    pick(page, "Open an infusion", NAME)
    heading(page, NAME)
    press(page, "Start now")
    says(page, "The infusion has started.")
    page.get_by_role("spinbutton", name="Systolic").first.fill("128")
    page.get_by_role("spinbutton", name="Diastolic").first.fill("82")
    press(page, "Save vitals")
    says(page, "The vitals are saved.")
    pick(page, "Side effect", "Nausea")
    press(page, "Save side effect")
    says(page, "Nausea")
    press(page, "End")
    says(page, "It has ended.")
    assert served.one("SELECT count(*) FROM vitals_readings") == 1
    assert served.one("SELECT kind FROM side_effects") == "nausea"


def check_in(page: Page, served: Served) -> None:
    press(page, "Start the check-in")
    answered(page)
    press(page, "Send")
    says(page, "Your answers are saved.")
    assert pulses(served) == [("remote", 2), ("remote", 0)]


def pulses(served: Served) -> list[tuple[str, int]]:
    """Mode and total, the newest first."""
    return served.rows(
        "SELECT mode, total FROM stored_forms WHERE instrument = 'pulse' ORDER BY answered_at DESC"
    )


def answered(page: Page) -> None:
    expect(question(page, 8)).to_be_visible()
    settled(page)
    for number, words in enumerate(CALM, start=1):
        choose(page, number, words)
    says(page, "8 of 8 answered, saved")


def phoned(page: Page, served: Served) -> None:
    heading(page, "Due and missing")
    pick(page, "Open a row", NAME)
    heading(page, NAME)
    for fact in ("72 h: open until", "48 h: missed", "Phone: (212) 555-0100"):
        expect(page.get_by_role("listitem").filter(has_text=fact)).to_be_visible()
    pick(page, "What came of it", "Reached")
    press(page, "Save contact")
    says(page, "The contact is written down.")
    page.get_by_role("link", name="Enter answers").click()
    says(page, "How the patient answers")
    press(page, "Start")
    answered(page)
    press(page, "Save check-in")
    says(page, "Saved, as")
    assert pulses(served) == [("by_phone", 2), ("remote", 2), ("remote", 0)]
    page.get_by_test_id("stMain").get_by_role("link", name="Due and missing").click()
    heading(page, "Due and missing")
    pick(page, "Open a row", NAME)
    expect(page.get_by_role("listitem").filter(has_text="48 h: missed")).to_be_visible()
    expect(page.get_by_text("72 h: open")).to_have_count(0)


def all_on_the_timeline(page: Page) -> None:
    heading(page, NAME)
    (figure,) = figures(page)
    assert figure
    grid = page.get_by_test_id("stDataFrame").first
    grid.locator("tr").nth(1).wait_for(state="attached")
    rows = [
        " ".join(row.locator("td").all_text_contents()) for row in grid.locator("tbody tr").all()
    ]
    pulses = [row for row in rows if "Pulse" in row]
    # By phone, missed, on the phone, and the one before the infusion.
    assert [bool(re.search(r"answered 2 12", row)) for row in pulses[:3]] == [True, False, True]
    assert "not answered (48 h)" in pulses[1]
    assert "baseline" in pulses[3]
