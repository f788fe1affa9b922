"""A patient's check-ins, and their other pages."""

from collections.abc import Iterator

from playwright.sync_api import expect

from mindspa.services.demo_accounts import (
    DUE_NOW,
    MID_COURSE,
)
from mindspa.services.demo_accounts import PASSWORD as DEMO_PASSWORD
from tests.browser import small_clinic
from tests.browser.chromium import choose, figures, question, settled
from tests.browser.tours.steps import Places, State, heading, open_form, press, says, without


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
