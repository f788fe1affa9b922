"""What two hands, two tabs and a lost session do to a check-in."""

import pytest
from playwright.sync_api import Page, expect

from mindspa.services.demo_accounts import DUE_NOW, MID_COURSE, DemoAccount
from tests.browser.chromium import Person, choose, question, settled
from tests.browser.conftest import Served, Visit

pytestmark = pytest.mark.browser

PATIENT_ID = "SELECT patient_id FROM people WHERE login = ?"
CHECK_INS = "SELECT id FROM check_ins WHERE patient_id = ?"
ANSWER = (
    "SELECT value FROM given_answers WHERE check_in_id = ? AND item = ? "
    "ORDER BY revision DESC LIMIT 1"
)


def at_today(person: Person, account: DemoAccount) -> Page:
    page = person.sign_in(account.login, account.password, path="/today")
    expect(page.get_by_role("heading", name="Today")).to_be_visible()
    settled(page)
    return page


def at_check_in(page: Page, button: str) -> str:
    """Opens a check-in and returns its id."""
    page.get_by_role("button", name=button).click()
    expect(question(page, 1)).to_be_visible()
    settled(page)
    return page.url.partition("?id=")[2]


# Presses the first, and the second 8 ms later, before anything of the first has been drawn.
_BOTH = """([first, second]) => new Promise(done => {
  first.click();
  setTimeout(() => { second.click(); done(); }, 8);
})"""


def test_a_press_is_carried_out_although_another_tap_follows(demo: Served, visit: Visit) -> None:
    """Were it carried out after drawing, the tap would stop the run and the press be lost."""
    page = at_today(visit(demo, phone=True), MID_COURSE)
    patient_id = demo.one(PATIENT_ID, MID_COURSE.login)
    sent = "SELECT count(*) FROM check_ins WHERE state = 'sent' AND patient_id = ?"
    before = demo.one(sent, patient_id)
    for number in range(1, 21):
        at_check_in(page, "Tell us how you are now")
        choose(page, 1, "A little of the time")
        page.get_by_role("button", name="Send", exact=True).click()
        anyway = page.get_by_role("button", name="Send without these answers")
        expect(anyway).to_be_visible()
        settled(page)
        tap = question(page, 2).get_by_role("radio").first
        page.evaluate(_BOTH, [anyway.element_handle(), tap.element_handle()])
        expect(page.get_by_text("Your answers are saved.")).to_be_visible()
        assert demo.one(sent, patient_id) == before + number
        page.get_by_test_id("stMain").get_by_role("link", name="Today").click()
        expect(page.get_by_role("heading", name="Today")).to_be_visible()


def test_a_positive_answer_survives_what_another_tab_does(demo: Served, visit: Visit) -> None:
    person = visit(demo, phone=True)
    first = at_today(person, DUE_NOW)
    check_in_id = at_check_in(first, "Start the check-in")
    second = person.open(f"/check_in?id={check_in_id}")
    expect(question(second, 7)).to_be_visible()
    choose(first, 7, "Yes")
    # Help is on the screen, and the alert in the database, before anything is sent.
    expect(first.get_by_role("heading", name="Help is there now")).to_be_visible()
    alerts = demo.rows(
        "SELECT rule, tier, item, value, state FROM alerts WHERE check_in_id = ?", check_in_id
    )
    assert alerts == [("pulse_safety", "immediate", "safety", 1, "open")]
    choose(second, 1, "None of the time")
    expect(second.get_by_text("2 of 8 answered, saved")).to_be_visible()
    expect(question(second, 7).get_by_role("radio", name="Yes")).to_be_checked()
    assert demo.one(ANSWER, check_in_id, "safety") == 1
    assert demo.one(ANSWER, check_in_id, "interest") == 0


def test_a_second_tab_and_a_second_press_make_no_second_check_in(
    demo: Served, visit: Visit
) -> None:
    person = visit(demo, phone=True)
    first = at_today(person, DUE_NOW)
    second = person.open("/today")
    start = first.get_by_role("button", name="Start the check-in").element_handle()
    first.evaluate(_BOTH, [start, start])
    expect(question(first, 1)).to_be_visible()
    second.get_by_role("button", name="Start the check-in").click()
    expect(question(second, 1)).to_be_visible()
    settled(second)
    patient_id = demo.one(PATIENT_ID, DUE_NOW.login)
    (check_in_id,) = demo.rows(f"{CHECK_INS} AND state = 'open'", patient_id)[0]
    assert demo.one(f"{CHECK_INS} AND state = 'open'", patient_id) == check_in_id
    assert first.url == second.url == f"{demo.address}/check_in?id={check_in_id}"


def test_signing_out_bites_in_every_open_tab(demo: Served, visit: Visit) -> None:
    person = visit(demo)
    first = at_today(person, DUE_NOW)
    check_in_id = at_check_in(first, "Start the check-in")
    second = person.open("/account")
    second.get_by_role("button", name="Sign out").click()
    expect(second.get_by_role("heading", name="You are signed out")).to_be_visible()
    tap = question(first, 1).get_by_role("radio", name="Nearly all of the time")
    tap.locator("xpath=ancestor::label").click()
    expect(first.get_by_role("heading", name="You are signed out")).to_be_visible()
    expect(first.get_by_role("radiogroup")).to_have_count(0)
    assert demo.rows(ANSWER, check_in_id, "interest") == []


def test_a_session_that_was_taken_away_stores_nothing_more(demo: Served, visit: Visit) -> None:
    """The answer's fragment looks for itself: the guard of its page does not run again."""
    page = at_today(visit(demo), DUE_NOW)
    check_in_id = at_check_in(page, "Start the check-in")
    choose(page, 1, "None of the time")
    expect(page.get_by_text("1 of 8 answered, saved")).to_be_visible()
    demo.change("UPDATE sessions SET ended_at = last_seen_at WHERE ended_at IS NULL")
    tap = question(page, 2).get_by_role("radio", name="Nearly all of the time")
    tap.locator("xpath=ancestor::label").click()
    expect(page.get_by_role("heading", name="You are signed out")).to_be_visible()
    assert demo.rows(ANSWER, check_in_id, "low_mood") == []
    assert demo.one(ANSWER, check_in_id, "interest") == 0
