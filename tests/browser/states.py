"""Every page in each of its states, one after the other: what the accessibility tests look at.

A tour is one visit of one person or a few; it yields the name of each state that it comes to, and
the page that shows it. `docs/accessibility.md` lists the names.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from playwright.sync_api import Page, expect

from mindspa.services.demo_accounts import (
    ADMINISTRATOR,
    CARE_TEAM,
    CLINICIAN,
    DUE_NOW,
    MID_COURSE,
)
from mindspa.services.demo_accounts import PASSWORD as DEMO_PASSWORD
from mindspa.services.sign_in import FREE_TRIES_HERE
from mindspa.storage.session_rows import digest
from mindspa.storage.types import AFTER_ALL, since_epoch
from tests import program
from tests.accounts import PASSWORD
from tests.authenticator import code_of
from tests.browser import small_clinic
from tests.browser.chromium import Person, choose, figures, pick, question, settled
from tests.browser.conftest import Served

State = tuple[str, Page]
Tour = Callable[["Places"], Iterator[State]]


@dataclass(frozen=True, slots=True)
class Places:
    """The demo clinic, two small ones, and how somebody on the device in question comes there."""

    demo: Served
    small: Served
    visit: Callable[[Served], Person]

    def sign_in_small(self, login: str, path: str = "/") -> Page:
        page = self.visit(self.small).sign_in(login, PASSWORD, path=path)
        settled(page)
        return page


def heading(page: Page, name: str | re.Pattern[str]) -> None:
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    settled(page)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def says(page: Page, text: str) -> None:
    expect(page.get_by_text(text).first).to_be_visible()
    settled(page)


@contextmanager
def without(served: Served, table: str) -> Iterator[None]:
    """As long as this lasts, what reads the table meets a database that cannot be used."""
    served.change(f"ALTER TABLE {table} RENAME TO gone")
    try:
        yield
    finally:
        served.change(f"ALTER TABLE gone RENAME TO {table}")


# --- Before anybody is signed in, and the pages of plain HTML -------------------------------------


def door(at: Places) -> Iterator[State]:
    person = at.visit(at.demo)
    person.expected += ["422", "503"]
    page = person.context.new_page()
    for name, path in (
        ("Sign in: a demo clinic", "/sign-in"),
        ("Sign in: signed out just now", "/sign-in?signed-out"),
        ("Get help without signing in: of the clinic's country", "/help"),
        ("Get help without signing in: of another country", "/help?country=CA"),
    ):
        page.goto(at.demo.address + path)
        yield name, page
    page = person.sign_in("nobody", "not the password")
    expect(page.get_by_role("alert")).to_be_visible()
    yield "Sign in: refused", page
    person.expected.append("429")
    for _ in range(FREE_TRIES_HERE):
        page.get_by_label("Password", exact=True).fill("not the password")
        with page.expect_navigation():
            press(page, "Sign in")
    expect(page.get_by_role("alert")).to_contain_text("Too many")
    yield "Sign in: too many tries", page
    settled(person.sign_in(DUE_NOW.login, DUE_NOW.password))
    with without(at.demo, "sessions"):
        page.goto(at.demo.address + "/today")
        expect(page.get_by_role("heading", name="Please try again")).to_be_visible()
        yield "Any page: the database is out of reach as it opens", page

    person = at.visit(at.small)
    person.expected.append("422")
    page = person.context.new_page()
    page.goto(at.small.address + "/sign-in")
    yield "Sign in: no demo clinic", page
    page = person.sign_in(small_clinic.MUST_CHANGE, PASSWORD)
    new = "quiet harbour at first light"
    for state, passwords in (
        ("Password: one of their own is asked for", (PASSWORD, new, "something else")),
        ("Password: refused", (PASSWORD, new, new)),
    ):
        page.get_by_label("New password", exact=True).wait_for()
        yield state, page
        for label, text in zip(
            ("Current password", "New password", "New password again"), passwords, strict=True
        ):
            page.get_by_label(label, exact=True).fill(text)
        with page.expect_navigation():
            press(page, "Change password")
    expect(page.get_by_role("status")).to_contain_text("Your password is changed.")
    yield "Password: changed", page
    page.goto(at.small.address + "/password")
    yield "Password: to be changed", page

    yield from _second_factor(at)
    yield from _password_by_link(at)


def _password_by_link(at: Places) -> Iterator[State]:
    person = at.visit(at.small)
    person.expected += ["410", "422"]
    page = person.context.new_page()
    page.goto(at.small.address + "/password/lost")
    yield "Password lost: no mail is sent", page
    token = "x" * 43
    page.goto(f"{at.small.address}/password/link?link={token}")
    expect(page.get_by_role("heading", name="This link is over")).to_be_visible()
    yield "Link for a password: over", page
    at.small.change(
        "INSERT INTO password_links (clinic_id, id, person_id, token_digest, issued_at, expires_at)"
        " SELECT clinic_id, 'link', id, ?, 0, ? FROM people WHERE login = ?",
        digest(token),
        since_epoch(AFTER_ALL),
        small_clinic.TWO_STEPS,
    )
    page.reload()
    yield "Link for a password: good", page
    for label, words in (("New password", "one of many words"), ("New password again", "another")):
        page.get_by_label(label, exact=True).fill(words * 2)
    with page.expect_navigation():
        press(page, "Choose this password")
    expect(page.get_by_role("alert")).to_contain_text("differ")
    yield "Link for a password: refused", page


def _second_factor(at: Places) -> Iterator[State]:
    """On the plain pages, from not having one to signing in with it."""

    def send(button: str, code: str, password: str | None = None) -> None:
        if password:
            page.get_by_label("Your password", exact=True).fill(password)
        page.get_by_label(re.compile("^Code ")).fill(code)
        with page.expect_navigation():
            press(page, button)

    person = at.visit(at.small)
    person.expected.append("422")
    page = person.sign_in(small_clinic.TWO_STEPS, PASSWORD)
    settled(page)
    page.goto(at.small.address + "/second-factor")
    expect(page.get_by_role("heading", name="Second factor")).to_be_visible()
    yield "Second factor: none", page
    with page.expect_navigation():
        press(page, "Set it up")
    yield "Second factor: being set up", page
    shown_at = datetime.fromtimestamp(
        at.small.one("SELECT max(offered_at) FROM second_factors") / 1e6, UTC
    )
    secret = page.locator(".key code").inner_text().replace(" ", "")
    send("Turn it on", "no code", PASSWORD)
    expect(page.get_by_role("alert")).to_contain_text("not right")
    yield "Second factor: a code refused", page
    send("Turn it on", code_of(secret, shown_at, steps=1), PASSWORD)
    expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible()
    codes = page.locator(".codes code").all_inner_texts()
    yield "Second factor: recovery codes", page
    page.goto(at.small.address + "/second-factor")
    yield "Second factor: on", page
    person.context.clear_cookies()
    page.goto(at.small.address + "/sign-in")
    page.get_by_label("Login", exact=True).fill(small_clinic.TWO_STEPS)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    with page.expect_navigation():
        press(page, "Sign in")
    yield "Code: asked for", page
    send("Sign in", "no code")
    expect(page.get_by_role("alert")).to_contain_text("not right")
    yield "Code: refused", page
    send("Sign in", codes[0])
    settled(page)
    page.goto(at.small.address + "/second-factor")
    page.get_by_label("Turn it off").check()
    send("Go on", codes[1], PASSWORD)
    expect(page.get_by_role("status")).to_contain_text("is off")
    yield "Second factor: turned off", page


# --- A patient -----------------------------------------------------------------------------------


def check_ins(at: Places) -> Iterator[State]:
    person = at.visit(at.demo)
    page = person.sign_in(DUE_NOW.login, DUE_NOW.password)
    heading(page, "Today")
    yield "Today: a check-in is due", page
    press(page, "Ask the clinic to call me")
    says(page, "You asked for a call")
    yield "Today: a call was asked for", page
    open_form(page, "Ask for a booster or an appointment", "Ask the clinic")
    press(page, "Ask the clinic")
    says(page, "You asked for a booster")
    yield "Today: a booster was asked for", page
    press(page, "Start the check-in")
    expect(question(page, 8)).to_be_visible()
    settled(page)
    yield "Check-in: nothing answered", page
    press(page, "Send")
    says(page, "Nothing was answered when")
    yield "Check-in: sent with nothing answered", page
    for number, words in enumerate(("None of the time", "A little of the time") * 2, start=1):
        choose(page, number, words)
    says(page, "4 of 8 answered")
    yield "Check-in: half answered", page
    choose(page, 7, "Yes")
    heading(page, "Help is there now")
    yield "Check-in: help panel open", page
    choose(page, 7, "No")
    says(page, "You changed this answer.")
    yield "Check-in: a positive answer taken back", page
    other = person.open("/check_in?id=" + page.url.partition("?id=")[2])
    choose(other, 1, "Nearly all of the time")
    says(other, "5 of 8 answered")
    other.close()
    question(page, 1).get_by_role("radio", name="A little").locator("xpath=ancestor::label").click()
    says(page, "answered in another window")
    yield "Check-in: answered in another window", page
    press(page, "Send")
    expect(page.get_by_role("button", name="Send without these answers")).to_be_visible()
    settled(page)
    yield "Check-in: answers are missing", page
    page.goto(at.demo.address + "/today")
    says(page, "You have started a check-in.")
    yield "Today: a check-in was begun", page
    press(page, "Go on with it")
    expect(question(page, 8)).to_be_visible()
    settled(page)
    press(page, "Send")
    press(page, "Send without these answers")
    says(page, "Your answers are saved.")
    yield "Check-in: receipt", page
    page.goto(at.demo.address + "/today")
    says(page, "Nothing to answer now.")
    yield "Today: nothing is due", page
    press(page, "Tell us how you are now")
    expect(question(page, 8)).to_be_visible()
    settled(page)
    check_in_id = page.url.partition("?id=")[2]
    at.demo.change("UPDATE check_ins SET closes_at = opened_at + 1 WHERE id = ?", check_in_id)
    page.reload()
    says(page, "This check-in closed")
    yield "Check-in: closed meanwhile", page
    page.goto(at.demo.address + "/check_in?id=nothing")
    says(page, "There is no such check-in.")
    yield "Check-in: no such one", page

    page = at.sign_in_small(small_clinic.BEFORE_FIRST)
    press(page, "Start the check-in")
    says(page, "0 of 7 answered")
    yield "Check-in: standard questionnaires", page


def own_pages(at: Places) -> Iterator[State]:
    person = at.visit(at.demo)
    page = person.sign_in(MID_COURSE.login, MID_COURSE.password, path="/my_progress")
    heading(page, "My progress")
    figures(page)
    yield "My progress: a year", page
    page.get_by_text("The same as a table").click()
    expect(page.get_by_role("table")).to_be_visible()
    yield "My progress: its table open", page
    page.goto(at.demo.address + "/my_plan")
    heading(page, "My plan")
    expect(page.get_by_role("table").first).to_be_visible()
    yield "My plan: infusions and check-ins", page
    page.locator("summary").filter(has_text="Other treatment").click()
    expect(page.get_by_role("button", name="Tell the clinic")).to_be_visible()
    settled(page)
    yield "My plan: other treatment", page
    press(page, "Tell the clinic")
    says(page, "Choose the kind of treatment")
    yield "My plan: other treatment refused", page
    for title, path in (
        ("About treatment", "/about_treatment"),
        ("Get help", "/get_help"),
        ("Account", "/account"),
        ("Who looked at your record", "/who_looked"),
    ):
        page.goto(at.demo.address + path)
        heading(page, title)
        yield f"{title}: of a patient", page
    with without(at.demo, "infusions"):
        for title, path in (("Today", "/today"), ("My progress", "/my_progress")):
            page.goto(at.demo.address + path)
            expect(page.get_by_test_id("stAlert").last).to_contain_text("database")
            heading(page, title)
            yield f"{title}: the record is out of reach", page
    with without(at.demo, "sessions"):
        page.get_by_role("link", name="Get help now").click()
        heading(page, "Please wait")
        yield "Any page: the database is out of reach once it is open", page
    person.expected.append("page that you have requested does not seem to exist")
    page.goto(at.demo.address + "/no_such_page")
    expect(page.get_by_role("dialog")).to_be_visible()
    yield "Any page: not there", page
    page.goto(at.demo.address + "/account")
    press(page, "Sign out")
    heading(page, "You are signed out")
    yield "Any page: signed out", page

    page = at.visit(at.demo).sign_in("billie", DEMO_PASSWORD, path="/new_patient")
    heading(page, "Why you come")
    yield "New-patient forms: begun", page
    page.get_by_text("Thoughts of ending my life").click()
    heading(page, "Help is there now")
    yield "New-patient forms: help panel open", page
    page.get_by_role("textbox", name="Phone").fill("my sister")
    page.get_by_role("textbox", name="Phone").blur()
    says(page, "needs its digits")
    yield "New-patient forms: an entry refused", page
    page.get_by_role("textbox", name="Phone").fill("555 0100")
    press(page, "Hand in")
    says(page, "Not answered yet")
    yield "New-patient forms: not complete", page
    for login, said, state in (
        ("drew", "The clinic reads it", "handed in"),
        ("gray", "The clinic asks you to look at this again", "more is needed"),
        ("hollis", "The clinic has read your forms", "read"),
    ):
        page = at.visit(at.demo).sign_in(login, DEMO_PASSWORD, path="/new_patient")
        says(page, said)
        yield f"New-patient forms: {state}", page

    page = at.sign_in_small(small_clinic.NEW_PATIENT)
    says(page, "No check-in is planned")
    yield "Today: nothing is planned", page
    page.goto(at.small.address + "/my_progress")
    heading(page, "My progress")
    yield "My progress: nothing yet", page
    page.goto(at.small.address + "/my_plan")
    says(page, "No infusion is planned for you now.")
    yield "My plan: nothing is planned", page
    page = at.sign_in_small(small_clinic.THREE_FORMS, "/my_progress")
    figures(page)
    yield "My progress: three points", page


# --- Staff ---------------------------------------------------------------------------------------


def table_drawn(page: Page) -> None:
    page.get_by_test_id("stDataFrame").first.locator("tr").nth(1).wait_for(state="attached")
    settled(page)


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
    page = at.visit(at.demo).sign_in(ADMINISTRATOR.login, ADMINISTRATOR.password, path="/account")
    heading(page, "Account")
    yield "Account: of an administrator", page


# By their title, and the button at their end.
FORMS = {
    "Infusions": "Save infusion",
    "Ratings": "Save rating",
    "Other treatment": "Save entry",
    "Course and schedule": "Move this infusion",
    "Details and phone": "Save details",
    "Safety plan and contacts": "Save safety plan and contacts",
    "Account": "Give a new temporary password",
}


def open_forms(page: Page) -> None:
    for title, button in FORMS.items():
        open_form(page, title, button)


def open_form(page: Page, title: str, button: str) -> None:
    page.locator("summary").filter(has_text=title).click()
    expect(page.get_by_role("button", name=button, exact=True)).to_be_visible()
    settled(page)


def records(at: Places) -> Iterator[State]:
    patient_id = at.demo.one("SELECT patient_id FROM people WHERE login = ?", MID_COURSE.login)
    page = at.visit(at.demo).sign_in(
        CLINICIAN.login, CLINICIAN.password, path=f"/patient?id={patient_id}"
    )
    heading(page, MID_COURSE.name)
    figures(page)
    yield "Patient: the course", page
    open_form(page, "New-patient forms", "Save review")
    yield "Patient: the new-patient forms", page
    open_form(page, "Mid-course review", "Save decision")
    yield "Patient: the mid-course review", page
    page.locator("summary").filter(has_text="Vitals and side effects").click()
    expect(page.locator(".js-plotly-plot")).to_have_count(2)
    settled(page)
    yield "Patient: the vitals of an infusion", page
    page.locator("summary").filter(has_text="Vitals and side effects").click()
    expect(page.locator(".js-plotly-plot")).to_have_count(1)
    settled(page)
    before = figures(page)[0]["starts"]
    page.get_by_role("radio", name="A year").click()
    page.wait_for_function(
        "before => document.querySelector('.js-plotly-plot').layout.xaxis.range[0] !== before",
        arg=before,
    )
    settled(page)
    yield "Patient: a year", page
    for tab in page.get_by_role("tab").all()[1:]:
        tab.press("Enter")  # under a finger the tools of the table before may lie over the last
        expect(tab).to_have_attribute("aria-selected", "true")
        settled(page)
        yield f"Patient: {tab.inner_text().lower()} as a table", page

    page = at.sign_in_small(small_clinic.STAFF, "/patients")
    heading(page, "Patients")
    pick(page, "Open a patient", "Nell Example")
    heading(page, "Nell Example")
    yield "Patient: nothing is known", page
    page.goto(at.small.address + "/patients")
    pick(page, "Open a patient", "Theo Example")
    heading(page, "Theo Example")
    figures(page)
    yield "Patient: three points, and an infusion to close", page
    page.goto(at.small.address + "/patients")
    pick(page, "Open a patient", "Bea Example")
    heading(page, "Bea Example")
    figures(page)
    yield "Patient: an alert is open", page
    open_forms(page)
    yield "Patient: the forms are open", page
    for button, said in (
        # Never the sentence of the one before.
        ("Save infusion", "Give the day and the time."),
        ("Save rating", "Give the day and the time."),
        ("Save entry", "Choose the kind"),
    ):
        press(page, button)
        expect(page.get_by_test_id("stAlert").filter(has_text=said).first).to_be_visible()
        settled(page)
        yield f"Patient: “{button}” refused", page
    for task, said in (
        ("Cancel an infusion", "Cancel this infusion"),
        ("Plan an infusion", "Plan this infusion"),
        ("End the course", "End this course"),
        ("Change the patient's status", "Change the status"),
    ):
        page.get_by_role("radio", name=task).locator("xpath=ancestor::label").click()
        says(page, said)
        yield f"Patient: “{task}” is chosen", page
    page.get_by_role("radio", name="Plan an induction").locator("xpath=ancestor::label").click()
    first = page.get_by_role("group", name="Infusion 1")
    first.wait_for()
    settled(page)
    yield "Patient: an induction is begun", page
    page.goto(at.small.address + "/patient?id=nothing")
    expect(page.get_by_role("alert").first).to_be_visible()
    settled(page)
    yield "Patient: no such one", page
    with without(at.small, "patients"):
        page.goto(at.small.address + "/patients")
        expect(page.get_by_test_id("stAlert").last).to_contain_text("database")
        settled(page)
        yield "Patients: the list is out of reach", page


# --- Infusion day --------------------------------------------------------------------------------


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


# --- The care team's day -------------------------------------------------------------------------


def _put_right(at: Places, page: Page) -> Iterator[State]:
    page.goto(at.demo.address + "/patients")
    pick(page, "Open a patient", DUE_NOW.name)
    heading(page, DUE_NOW.name)
    page.get_by_role("link", name="Put right").click()
    says(page, "Nothing so far.")
    yield "Put right: nothing so far", page
    press(page, "Correct these answers")
    says(page, "There is no such form")
    yield "Put right: no form chosen", page
    page.get_by_role("radio", name="Merge two records").click()
    says(page, "For two records of one person.")
    yield "Put right: two records", page


def care_days(at: Places) -> Iterator[State]:
    page = at.visit(at.demo).sign_in(CARE_TEAM.login, CARE_TEAM.password)
    heading(page, "Today in the clinic")
    yield "Today in the clinic: four counts", page
    page.get_by_test_id("stMain").get_by_role("link", name="Due and missing").click()
    heading(page, "Due and missing")
    table_drawn(page)
    yield "Due and missing: the list", page
    pick(page, "Open a row", DUE_NOW.name)
    heading(page, DUE_NOW.name)
    yield "Due and missing: a row", page
    press(page, "Save contact")
    says(page, "Choose what came of the contact.")
    yield "Due and missing: a contact refused", page
    pick(page, "What came of it", "Not reached")
    press(page, "Save contact")
    says(page, "The contact is written down.")
    yield "Due and missing: a contact written down", page
    page.get_by_role("link", name="Enter answers").click()
    says(page, "How the patient answers")
    yield "Enter answers: how the patient answers", page
    page.get_by_role("radio", name="From paper").locator("xpath=ancestor::label").click()
    says(page, "Filled in by the patient")
    press(page, "Start")
    says(page, "Say when the patient filled in the paper")
    yield "Enter answers: a paper without its time", page
    page.get_by_role("radio", name="By phone").locator("xpath=ancestor::label").click()
    expect(page.get_by_text("Filled in by the patient")).to_have_count(0)
    settled(page)
    press(page, "Start")
    expect(question(page, 8)).to_be_visible()
    settled(page)
    yield "Enter answers: by phone", page
    choose(page, 7, "Yes")
    heading(page, "This answer has raised an alert")
    yield "Enter answers: an alert is raised", page
    press(page, "Save check-in")
    says(page, "Not answered when you pressed Save check-in")
    yield "Enter answers: answers are missing", page
    press(page, "Save check-in without these answers")
    says(page, "Saved, as answered")
    yield "Enter answers: saved", page
    page.goto(at.demo.address + "/enter_answers?id=nothing")
    says(page, "There is no such check-in.")
    yield "Enter answers: no such one", page
    yield from _put_right(at, page)

    page = at.sign_in_small(small_clinic.STAFF_OF_NOBODY, "/due_and_missing")
    says(page, "Nobody here is waited for")
    yield "Due and missing: nobody", page
    page.goto(at.small.address + "/patients")
    open_form(page, "Register a patient", "Register")
    yield "Patients: registering one", page
    press(page, "Register")
    says(page, "The patient's name needs")
    yield "Patients: registering refused", page
    page.get_by_role("textbox", name="Name").fill("Nia Example")
    press(page, "Register")
    heading(page, "Nia Example")
    open_form(page, "Details and phone", "Save details")
    open_form(page, "Account", "Invite on paper")
    yield "Patient: details, and no account yet", page
    press(page, "Invite on paper")
    says(page, "For Nia Example")
    yield "Patient: an invitation", page
    press(page, "Done: take it off the screen")
    says(page, "with a temporary password")
    yield "Patient: invited", page


# --- The clinic's protocol ------------------------------------------------------------------------


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


def clinic_tablets(at: Places) -> Iterator[State]:
    nurse = at.visit(at.demo).sign_in(CARE_TEAM.login, CARE_TEAM.password)
    person = at.visit(at.demo)

    def shows(title: str) -> None:
        """Of a page beside Streamlit."""
        expect(page.get_by_role("heading", name=title)).to_be_visible()

    person.expected.append("422")
    page = person.sign_in(CLINICIAN.login, CLINICIAN.password)
    page.goto(at.demo.address + "/tablet/pair")
    yield "Clinic tablets: none yet", page
    page.get_by_label("What to call it").fill("a\u202eb")
    with page.expect_navigation():
        press(page, "Make this a clinic tablet")
    expect(page.get_by_role("alert")).to_be_visible()
    yield "Clinic tablets: the name is refused", page
    page.get_by_label("What to call it").fill("Room 1")
    with page.expect_navigation():
        press(page, "Make this a clinic tablet")
    shows("Your code")
    yield "Clinic tablet: a code is asked for", page

    patient_id = at.demo.one("SELECT patient_id FROM people WHERE login = ?", DUE_NOW.login)
    nurse.goto(at.demo.address + f"/patient?id={patient_id}")
    heading(nurse, DUE_NOW.name)
    open_form(nurse, "Code for the clinic tablet", "Make a code")
    press(nurse, "Make a code")
    says(nurse, "Works once, on a tablet of the clinic")
    yield "Patient: a code for the clinic tablet", nurse
    code = nurse.get_by_test_id("stCode").inner_text().strip()

    def enter(digits: str) -> None:
        page.get_by_label("digits that the clinic gave you").fill(digits)
        with page.expect_navigation():
            press(page, "Begin")

    enter(f"{(int(code) + 1) % 10_000:04}")
    expect(page.get_by_role("alert")).to_be_visible()
    yield "Clinic tablet: a code refused", page
    enter(code)
    expect(page.get_by_text("Question 1 of").first).to_be_visible()
    yield "Clinic tablet: a question", page
    page.goto(at.demo.address + "/tablet?question=7")
    with page.expect_navigation():
        press(page, "Yes")
    shows("Help is there now")
    yield "Clinic tablet: help beside a question", page
    page.goto(at.demo.address + "/tablet?question=99")
    shows("Send your answers")
    yield "Clinic tablet: to be sent", page
    with page.expect_navigation():
        press(page, "Send")
    shows("Thank you")
    yield "Clinic tablet: sent", page


# By the headings of the document that lists the states.
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


TOURS: Mapping[str, Tour] = {
    "At the door": door,
    "A check-in": check_ins,
    "A patient's other pages": own_pages,
    "Lists of staff": lists,
    "A patient's record": records,
    "The clinic tablet": clinic_tablets,
    "Infusion day": infusion_days,
    "The care team's day": care_days,
    "The clinic's protocol": protocols,
    "Alerts": alerts,
    "Hours and rota": rotas,
    "Messages": messages,
    "Emergency access": emergencies,
    "The audit trail": audit_trails,
    "People": people,
}
