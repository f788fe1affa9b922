"""Before anybody is signed in, and the pages of plain HTML."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from playwright.sync_api import expect

from mindspa.services.demo_accounts import (
    DUE_NOW,
)
from mindspa.services.sign_in import FREE_TRIES_HERE
from mindspa.storage.session_rows import digest
from mindspa.storage.types import AFTER_ALL, since_epoch
from tests.accounts import PASSWORD
from tests.authenticator import code_of
from tests.browser import small_clinic
from tests.browser.chromium import settled
from tests.browser.tours.steps import (
    Places,
    State,
    press,
    without,
)


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
