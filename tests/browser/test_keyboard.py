"""The keyboard alone: the order of the stops, where the focus is seen and goes, the main job."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

import pytest
from playwright.sync_api import Locator, Page, expect

from mindspa.services.demo_accounts import ADMINISTRATOR, CARE_TEAM, CLINICIAN, DUE_NOW
from mindspa.settings import PROJECT_ROOT
from mindspa.storage.types import since_epoch
from mindspa.ui.menu import ENTRIES
from tests import program
from tests.accounts import PASSWORD
from tests.browser import small_clinic
from tests.browser.chromium import Person, choose, figures, pick, question, settled
from tests.browser.conftest import Served, Visit
from tests.browser.tours.steps import State, heading, open_forms, press, says, table_drawn

pytestmark = pytest.mark.browser

FARTHEST = 120  # presses of Tab: what is farther is not reached
SKIP = "Skip to main content"

# --- What the document says ----------------------------------------------------------------------


def documented() -> dict[str, list[str]]:
    """The stops of each page, by its heading."""
    text = (PROJECT_ROOT / "docs" / "accessibility.md").read_text("utf-8")
    section = text.partition("\n## The order of the stops\n")[2].partition("\n## ")[0]
    _, *parts = section.split("\n### ")
    found = {}
    for part in parts:
        title, _, body = part.partition("\n")
        stops = re.findall(r"^\d+\. (.+(?:\n   .+)*)", body, re.MULTILINE)
        found[title] = [" ".join(stop.split()) for stop in stops]
    return found


# --- What the keyboard does ----------------------------------------------------------------------

# A table is one stop, although its cells take the focus in turn; a button of its toolbar repeats
# its name.
_STOP = """element => {
  const table = element.closest('[data-testid="stDataFrame"]');
  const toolbar = element.closest('[data-testid="stElementToolbar"]');
  if (element === document.body) return ['none', ''];
  if (toolbar) return ['button', element.getAttribute('aria-label').split(': ')[0]];
  if (table) return ['table', ''];
  if (element.matches('summary')) return ['expander', element.innerText.split('\\n').pop()];
  return null;
}"""
# A table draws its own around the cell that it hands the focus on to, on a busy machine late.
_RING = """async () => {
  for (let frames = 0; frames < 60; frames += 1) {
    if (document.activeElement.closest('canvas')) return true;
    let box = document.activeElement;
    for (let up = 0; box && up < 4; box = box.parentElement, up += 1) {
      const style = getComputedStyle(box);
      if (style.outlineStyle === 'solid' && parseFloat(style.outlineWidth) >= 2) return true;
    }
    await new Promise(requestAnimationFrame);
  }
  return false;
}"""

# A table hands the focus on to one of its cells some frames later.
_SETTLED = """async () => {
  await new Promise(requestAnimationFrame);
  if (!document.activeElement.closest('[data-testid="stDataFrame"]')) return;
  for (let before = null, frames = 0; frames < 4; frames += 1) {
    if (document.activeElement !== before) [before, frames] = [document.activeElement, 0];
    await new Promise(requestAnimationFrame);
  }
}"""


def stop(page: Page) -> str | None:
    """What has the focus, as a screen reader names it; None where nothing has."""
    active = page.evaluate_handle("document.activeElement").as_element()
    assert active is not None
    known = active.evaluate(_STOP)
    if known:
        role, name = known
        return None if role == "none" else f"{role}: {name}".removesuffix(": ")
    group = page.locator('[role="radiogroup"]:has(:focus)')
    focused = group if group.count() else page.locator(":focus")
    first = focused.first.aria_snapshot().partition("\n")[0]
    found = re.match(r"""- '?(\w+)(?: "(.*?)")?""", first)
    assert found, first
    return ": ".join(part for part in found.groups() if part)


def walk(page: Page, key: str) -> list[str]:
    """From what has the focus to where nothing has, or to where it began."""
    stops: list[str] = []
    page.evaluate("window.firstStop = document.activeElement")
    for _ in range(FARTHEST):
        here = stop(page)
        if here is None or (stops and page.evaluate("document.activeElement === firstStop")):
            return stops
        assert page.evaluate(_RING), f"the focus is not seen on {here}"
        if not stops or here != stops[-1]:
            stops.append(here)
        page.evaluate("window.lastStop = document.activeElement")
        page.keyboard.press(key)
        page.evaluate(_SETTLED)
    raise AssertionError(f"no way out: {stops}")


def walk_there_and_back(page: Page, first: Locator) -> list[str]:
    """A trap would show on one of the two ways."""
    first.focus()
    page.keyboard.press("Tab")  # a browser shows the focus once a key has moved it
    page.keyboard.press("Shift+Tab")
    stops = walk(page, "Tab")
    page.evaluate("lastStop.focus()")
    assert walk(page, "Shift+Tab") == stops[::-1]
    return stops


# --- Every page, by its heading in the document --------------------------------------------------


def afresh(page: Page) -> None:
    """A table that was walked through both ways may keep the key, as the document says."""
    page.reload()
    settled(page)


def doors(served: Served, person: Person) -> Iterator[State]:
    page = person.context.new_page()
    for title, path in (
        ("Sign in", "/sign-in"),
        ("Password lost", "/password/lost"),
        ("Get help without signing in", "/help"),
    ):
        page.goto(served.address + path)
        yield title, page
    settled(person.sign_in(small_clinic.NEW_PATIENT, PASSWORD))
    page.goto(served.address + "/password")
    yield "Password", page
    page.goto(served.address + "/second-factor")
    yield "Second factor", page
    press(page, "Set it up")
    page.get_by_label("Your password", exact=True).wait_for()
    yield "Second factor, being set up", page


def patients_pages(served: Served, person: Person) -> Iterator[State]:
    page = person.sign_in(DUE_NOW.login, DUE_NOW.password)
    heading(page, "Today")
    yield "Today", page
    press(page, "Start the check-in")
    expect(question(page, 8)).to_be_visible()
    settled(page)
    yield "Check-in", page
    choose(page, 7, "Yes")
    heading(page, "Help is there now")
    press(page, "Send")
    says(page, "Not answered when you pressed Send")
    yield "Check-in, with help, and sent too early", page
    press(page, "Send without these answers")
    says(page, "Your answers are saved.")
    yield "Receipt", page
    for title, path in (
        ("New-patient forms", "/new_patient"),
        ("My progress", "/my_progress"),
        ("My plan", "/my_plan"),
        ("About treatment", "/about_treatment"),
        ("Get help", "/get_help"),
    ):
        page.goto(served.address + path)
        heading(page, title)
        if title == "My progress":
            figures(page)
        yield title, page
    page.goto(served.address + "/account")
    heading(page, "Account")
    yield "Account of a patient", page
    page.get_by_role("link", name="Who looked at your record").click()
    heading(page, "Who looked at your record")
    afresh(page)
    heading(page, "Who looked at your record")
    yield "Who looked at your record", page


def staffs_pages(served: Served, person: Person) -> Iterator[State]:
    page = person.sign_in(CLINICIAN.login, CLINICIAN.password)
    heading(page, "Today in the clinic")
    yield "Today in the clinic", page
    page.goto(served.address + "/due_and_missing")
    heading(page, "Due and missing")
    table_drawn(page)
    yield "Due and missing", page
    afresh(page)
    table_drawn(page)
    pick(page, "Open a row", DUE_NOW.name)
    heading(page, DUE_NOW.name)
    yield "Due and missing, with a row open", page
    page.get_by_role("link", name="Enter answers").click()
    says(page, "How the patient answers")
    afresh(page)
    says(page, "How the patient answers")
    yield "Enter answers", page
    page.goto(served.address + "/alerts")
    heading(page, "Alerts")
    table_drawn(page)
    yield "Alerts", page
    late = served.one("SELECT id FROM alert_cases WHERE state != 'closed' AND tier = 'immediate'")
    page.goto(served.address + f"/alerts?id={late}")
    says(page, "To reach the patient")
    yield "Alerts, one of them", page
    page.goto(served.address + "/duty")
    heading(page, "Hours and rota")
    table_drawn(page)
    yield "Hours and rota", page
    page.goto(served.address + "/messages")
    heading(page, "Messages")
    table_drawn(page)
    yield "Messages", page
    page.goto(served.address + "/follow_up")
    heading(page, "Follow-up")
    table_drawn(page)
    yield "Follow-up", page
    afresh(page)
    table_drawn(page)
    pick(page, "Open a row", f"{DUE_NOW.name}: infusion 3")
    heading(page, re.compile(f"{DUE_NOW.name}: infusion 3"))
    yield "Follow-up, with a row open", page
    page.goto(served.address + "/infusion_day")
    heading(page, "Infusion day")
    expect(page.get_by_role("table")).to_be_visible()
    yield "Infusion day", page
    planned = served.one(
        "SELECT id FROM infusions WHERE status = 'planned' AND planned_at > ? "
        "ORDER BY planned_at LIMIT 1",
        since_epoch(datetime.fromisoformat(program.DEMO_NOW)),
    )
    page.goto(served.address + f"/infusion_day?id={planned}")
    says(page, "Start now")
    press(page, "Start now")
    says(page, "The infusion has started.")
    expect(page.get_by_test_id("stToast")).to_have_count(0)  # a stop as long as it is there
    yield "Infusion day, a sheet under way", page
    page.goto(served.address + "/patients")
    heading(page, "Patients")
    table_drawn(page)
    yield "Patients", page
    page.goto(served.address + "/protocol")
    heading(page, "Protocol")
    figures(page)
    page.get_by_text("48 h", exact=True).first.click()
    says(page, "are no longer asked")
    figures(page)
    yield "Protocol, with another choice", page
    page.goto(served.address + "/account")
    heading(page, "Account")
    yield "Account of staff", page


def record(served: Served, person: Person) -> Iterator[State]:
    page = person.sign_in(small_clinic.STAFF, PASSWORD, path="/patients")
    heading(page, "Patients")
    pick(page, "Open a patient", "Bea Example")
    heading(page, "Bea Example")
    figures(page)
    yield "Patient", page
    afresh(page)
    heading(page, "Bea Example")
    figures(page)
    open_forms(page)
    yield "Patient, with every form open", page
    page.get_by_role("link", name="Put right").click()
    says(page, "What was put right")
    yield "Put right", page


def administrators_pages(served: Served, person: Person) -> Iterator[State]:
    page = person.sign_in(ADMINISTRATOR.login, ADMINISTRATOR.password, path="/audit_trail")
    heading(page, "Audit trail")
    table_drawn(page)
    yield "Audit trail", page
    page.goto(served.address + "/people")
    heading(page, "People")
    table_drawn(page)
    yield "People", page
    page.goto(served.address + "/emergency")
    heading(page, "Emergency access")
    yield "Emergency access", page


Visits = Callable[[Served, Person], Iterator[State]]
# Which begins with what stands on every page of theirs.
OF_PATIENTS, OF_STAFF = "The start of a patient's page", "The start of a page of staff"
OF_ADMINISTRATORS = "The start of a page of an administrator"
STARTS: Mapping[Visits, str] = {
    patients_pages: OF_PATIENTS,
    staffs_pages: OF_STAFF,
    record: OF_STAFF,
    administrators_pages: OF_ADMINISTRATORS,
}


def test_the_stops_of_the_pages_at_the_door(small: Served, visit: Visit) -> None:
    for title, page in doors(small, visit(small)):
        first = page.locator("input:not([type=hidden]), button, a").first
        assert walk_there_and_back(page, first) == documented()[title], title


@pytest.mark.parametrize("pages", STARTS, ids=lambda pages: pages.__name__)
def test_the_stops_of_a_page(demo: Served, small: Served, visit: Visit, pages: Visits) -> None:
    served = small if pages is record else demo
    start = documented()[STARTS[pages]]
    for title, page in pages(served, visit(served)):
        first = page.get_by_role("link", name=SKIP)
        assert walk_there_and_back(page, first) == start + documented()[title], title


def test_the_order_of_every_page_is_documented() -> None:
    titles = documented()
    for entry in ENTRIES:
        assert any(title.startswith(entry.title) for title in titles), entry.title


# --- Where the focus goes ------------------------------------------------------------------------


def focus_is_on(page: Page, target: Locator) -> None:
    expect(target).to_be_focused()
    settled(page)


def test_the_first_stop_leads_past_the_menu(demo: Served, visit: Visit) -> None:
    page = visit(demo).sign_in(DUE_NOW.login, DUE_NOW.password)
    heading(page, "Today")
    page.get_by_role("link", name=SKIP).press("Enter")
    focus_is_on(page, page.get_by_test_id("stMain"))
    page.keyboard.press("Tab")
    focus_is_on(page, page.get_by_role("link", name="Get help now"))


def test_a_form_that_is_refused_keeps_the_focus(demo: Served, small: Served, visit: Visit) -> None:
    page = visit(demo).sign_in(DUE_NOW.login, DUE_NOW.password)
    press(page, "Start the check-in")
    send = page.get_by_role("button", name="Send", exact=True)
    send.press("Enter")
    says(page, "Nothing was answered when you pressed Send")
    focus_is_on(page, send)

    page = visit(demo).sign_in(CARE_TEAM.login, CARE_TEAM.password, path="/follow_up")
    pick(page, "Open a row", f"{DUE_NOW.name}: infusion 3")
    mark = page.get_by_role("button", name="Mark reviewed")
    mark.press("Enter")
    expect(page.get_by_test_id("stAlert").filter(has_text="Choose").first).to_be_visible()
    focus_is_on(page, mark)

    page = visit(small).sign_in(small_clinic.STAFF, PASSWORD, path="/patients")
    pick(page, "Open a patient", "Bea Example")
    page.locator("summary").filter(has_text="Infusions").press("Enter")
    save = page.get_by_role("button", name="Save infusion")
    save.press("Enter")
    says(page, "Give the day and the time.")
    focus_is_on(page, save)


def test_escape_closes_what_has_opened(demo: Served, small: Served, visit: Visit) -> None:
    page = visit(small).sign_in(small_clinic.STAFF, PASSWORD, path="/patients")
    heading(page, "Patients")
    picker = page.get_by_role("combobox", name="Open a patient")
    picker.press("ArrowDown")
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("Escape")
    expect(page.get_by_role("option")).to_have_count(0)
    focus_is_on(page, picker)

    pick(page, "Open a patient", "Bea Example")
    page.locator("summary").filter(has_text="Infusions").press("Enter")
    calendar = page.get_by_role("button", name="Choose date").first
    calendar.press("Enter")
    expect(page.get_by_role("grid")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("grid")).to_have_count(0)
    focus_is_on(page, calendar)

    person = visit(demo)
    person.expected.append("page that you have requested does not seem to exist")
    page = person.sign_in(DUE_NOW.login, DUE_NOW.password, path="/no_such_page")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


# --- The main job --------------------------------------------------------------------------------


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
    expect(page.get_by_text("Marked reviewed.").first).to_be_visible()
    assert demo.rows(
        "SELECT disposition FROM follow_up_reviews WHERE note = 'Called by keyboard.'"
    ) == [("contacted",)]
    tab_to(page, page.get_by_role("link", name="Patients"))
    page.keyboard.press("Enter")
    heading(page, "Patients")
    tab_to(page, reach("Open a patient"))
    pick_by_keyboard(reach("Open a patient"), DUE_NOW.name)
    heading(page, DUE_NOW.name)
