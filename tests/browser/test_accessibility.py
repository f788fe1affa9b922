"""Every page in its states, as axe-core judges it, and the main job with the keyboard alone."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from mindspa.services.demo_accounts import CARE_TEAM, CLINICIAN, DUE_NOW
from tests.browser.chromium import Colours, choose, figures, question, settled
from tests.browser.conftest import Served, Visit

pytestmark = pytest.mark.browser

# What axe finds inside Streamlit's own widgets, and why it stands. One that is found no more fails
# the test: it goes from here.
SELECTED = '[data-testid="stButtonGroup"] [data-selected="true"]'
IN_THE_DARK = {
    # The chosen part is written in the primary colour, on which the buttons' white text must be
    # read as well: by night no one colour serves both.
    ("color-contrast", SELECTED),
}
LOOKS = pytest.mark.parametrize(
    "phone, colours", [(True, "dark"), (False, "light")], ids=["phone-dark", "desktop-light"]
)


class Judge:
    """Gathers what axe finds: by rule and known widget, or by rule, state and element."""

    def __init__(self) -> None:
        self.found: set[tuple[str, ...]] = set()

    def look(self, page: Page, state: str) -> None:
        for violation in Axe().run(page).response["violations"]:
            for node in violation["nodes"]:
                element = page.locator(node["target"][-1]).first
                if element.evaluate("(e, known) => !!e.closest(known)", SELECTED):
                    self.found.add((violation["id"], SELECTED))
                else:
                    self.found.add((violation["id"], state, node["html"]))


def heading(page: Page, name: str | re.Pattern[str]) -> None:
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    settled(page)


@LOOKS
def test_axe_finds_nothing_at_the_door(
    demo: Served, visit: Visit, phone: bool, colours: Colours
) -> None:
    judge = Judge()
    person = visit(demo, phone=phone, colours=colours)
    page = person.context.new_page()
    for path in ("/sign-in", "/help"):
        page.goto(demo.address + path)
        judge.look(page, path)
    person.expected.append("422")
    page = person.sign_in(DUE_NOW.login, "not the password")
    expect(page.get_by_role("alert")).to_be_visible()
    judge.look(page, "refused")
    settled(person.sign_in(DUE_NOW.login, DUE_NOW.password))
    page.goto(demo.address + "/password")
    page.get_by_label("New password", exact=True).wait_for()
    judge.look(page, "/password")
    assert judge.found == set()


@LOOKS
def test_axe_finds_nothing_on_a_patients_pages(
    demo: Served, visit: Visit, phone: bool, colours: Colours
) -> None:
    judge = Judge()
    person = visit(demo, phone=phone, colours=colours)
    page = person.sign_in(DUE_NOW.login, DUE_NOW.password)
    heading(page, "Today")
    judge.look(page, "today")
    page.get_by_role("button", name="Start the check-in").click()
    expect(question(page, 8)).to_be_visible()
    settled(page)
    judge.look(page, "check-in")
    choose(page, 7, "Yes")
    heading(page, "Help is there now")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("button", name="Send without these answers")).to_be_visible()
    settled(page)
    judge.look(page, "check-in with help, and sent too early")
    page.get_by_role("button", name="Send without these answers").click()
    expect(page.get_by_text("Your answers are saved.")).to_be_visible()
    judge.look(page, "receipt")
    page.goto(demo.address + "/my_progress")
    heading(page, "My progress")
    figures(page)
    page.get_by_text("The same as a table").click()
    expect(page.get_by_role("table")).to_be_visible()
    judge.look(page, "my progress")
    for path, title in (("/get_help", "Get help"), ("/account", "Account")):
        page.goto(demo.address + path)
        heading(page, title)
        judge.look(page, path)
    page.get_by_role("button", name="Sign out").click()
    heading(page, "You are signed out")
    judge.look(page, "signed out")
    assert judge.found == (IN_THE_DARK if colours == "dark" else set())


@LOOKS
def test_axe_finds_nothing_on_the_staffs_pages(
    demo: Served, visit: Visit, phone: bool, colours: Colours
) -> None:
    judge = Judge()
    page = visit(demo, phone=phone, colours=colours).sign_in(
        CLINICIAN.login, CLINICIAN.password, path="/follow_up"
    )
    heading(page, "Follow-up")
    grid = page.get_by_test_id("stDataFrame").first
    grid.locator("tr").nth(1).wait_for(state="attached")
    judge.look(page, "follow-up")
    pick_by_keyboard(page.get_by_role("combobox", name="Open a row"), DUE_NOW.name)
    expect(page.get_by_role("button", name="Mark reviewed")).to_be_visible()
    settled(page)
    judge.look(page, "follow-up with a row open")
    page.goto(demo.address + "/patients")
    heading(page, "Patients")
    grid.locator("tr").nth(1).wait_for(state="attached")
    judge.look(page, "patients")
    page.get_by_role("textbox", name="Search").fill("nobody of that name")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nobody of that name.")).to_be_visible()
    judge.look(page, "patients, none found")
    patient_id = demo.one("SELECT patient_id FROM people WHERE login = ?", DUE_NOW.login)
    page.goto(f"{demo.address}/patient?id={patient_id}")
    heading(page, DUE_NOW.name)
    figures(page)
    judge.look(page, "patient")
    for part in ("Infusions", "Ratings"):
        page.locator("summary").filter(has_text=part).click()
    for tab in page.get_by_role("tab").all():
        tab.click()
        settled(page)
        judge.look(page, f"patient, {tab.inner_text()}")
    page.goto(f"{demo.address}/patient?id=nothing")
    expect(page.get_by_role("alert")).to_be_visible()
    judge.look(page, "no such patient")
    assert judge.found == (IN_THE_DARK if colours == "dark" else set())


# --- The keyboard alone --------------------------------------------------------------------------

FARTHEST = 40  # presses of Tab: more than that is not reached


def tab_to(page: Page, target: Locator) -> None:
    for _ in range(FARTHEST):
        if target.evaluate("e => e === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not reach {target}")


def pick_by_keyboard(picker: Locator, text: str) -> None:
    """In a picker that has the focus, or takes it: opens it, types where it can be typed in, and
    takes what is marked."""
    picker.press("ArrowDown")
    options = picker.page.get_by_role("option")
    if picker.is_editable():
        picker.press_sequentially(text)
        options.filter(has_text=text).first.wait_for()
    options.first.wait_for()
    picker.press("ArrowDown")
    picker.press("Enter")
    settled(picker.page)


def test_a_patient_needs_no_pointer(demo: Served, visit: Visit) -> None:
    page = visit(demo).context.new_page()
    page.goto(demo.address)
    tab_to(page, page.get_by_label("Login", exact=True))
    page.keyboard.type(DUE_NOW.login)
    tab_to(page, page.get_by_label("Password", exact=True))
    page.keyboard.type(DUE_NOW.password)
    page.keyboard.press("Enter")
    heading(page, "Today")
    tab_to(page, page.get_by_role("button", name="Start the check-in"))
    page.keyboard.press("Enter")
    expect(question(page, 8)).to_be_visible()
    settled(page)
    for number in range(1, 9):
        card = question(page, number).get_by_role("radio").first
        tab_to(page, card)
        page.keyboard.press("Space")
        expect(page.get_by_text(f"{number} of 8 answered, saved")).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(question(page, 8).get_by_role("radio").nth(1)).to_be_checked()
    settled(page)
    tab_to(page, page.get_by_role("textbox", name="Is there anything you would like to add?"))
    page.keyboard.type("By keyboard.")
    tab_to(page, page.get_by_role("button", name="Send", exact=True))
    page.keyboard.press("Enter")
    expect(page.get_by_text("Your answers are saved.")).to_be_visible()
    answers = demo.one("SELECT answers FROM stored_forms WHERE note = 'By keyboard.'")
    assert '"call": 1' in answers


def test_the_care_team_needs_no_pointer(demo: Served, visit: Visit) -> None:
    page = visit(demo).sign_in(CARE_TEAM.login, CARE_TEAM.password, path="/follow_up")
    heading(page, "Follow-up")

    def reach(name: str) -> Locator:
        return page.get_by_role("combobox", name=name)

    tab_to(page, reach("Open a row"))
    pick_by_keyboard(reach("Open a row"), f"{DUE_NOW.name}: infusion 3")
    heading(page, re.compile(f"{DUE_NOW.name}: infusion 3"))
    tab_to(page, reach("What came of it"))
    pick_by_keyboard(reach("What came of it"), "Patient contacted")
    tab_to(page, page.get_by_role("textbox", name="Note (optional)"))
    page.keyboard.type("Called by keyboard.")
    tab_to(page, page.get_by_role("button", name="Mark reviewed"))
    page.keyboard.press("Enter")
    expect(page.get_by_text("Marked reviewed.")).to_be_visible()
    assert demo.rows(
        "SELECT disposition FROM follow_up_reviews WHERE note = 'Called by keyboard.'"
    ) == [("contacted",)]
    tab_to(page, page.get_by_role("link", name="Patients"))
    page.keyboard.press("Enter")
    heading(page, "Patients")
    tab_to(page, reach("Open a patient"))
    pick_by_keyboard(reach("Open a patient"), DUE_NOW.name)
    heading(page, DUE_NOW.name)
