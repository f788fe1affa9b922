"""Setting up a second factor and signing in with it, as a browser meets them."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import segno

from mindspa.bootstrap import Runtime
from mindspa.domain.access import Person, Role, operator
from mindspa.domain.second_factor import HALF_FOR
from mindspa.domain.treatment import Clinic
from mindspa.services.manage_people import require_second_factor
from tests.accounts import PASSWORD, an_account
from tests.authenticator import SECONDS, code_of
from tests.conftest import Clock
from tests.web.conftest import SESSION, Browser
from tests.web.test_gate import streams

HALF = "mindspa-code"
NEW = "another river of small stones"


class Phone:
    """What an authenticator took from the page of a browser that is signed in."""

    def __init__(self, browser: Browser, clock: Clock) -> None:
        self.clock = clock
        page = browser.submit("/second-factor", what="start").text
        found = re.search(r"<code>([A-Z2-7 ]+)</code>", page)
        assert found, page
        self.secret = found[1].replace(" ", "")

    def code(self) -> str:
        return code_of(self.secret, self.clock.now)


def turn_on(browser: Browser, clock: Clock) -> tuple[Phone, list[str]]:
    phone = Phone(browser, clock)
    done = browser.submit("/second-factor", what="confirm", password=PASSWORD, code=phone.code())
    assert done.status_code == 200, done.text
    codes = re.findall(r"<li><code>([a-z0-9-]+)</code></li>", done.text)
    clock.forward(seconds=2 * SECONDS)
    return phone, codes


@pytest.fixture
def phone(browser: Browser, ana: Person, clock: Clock) -> Phone:
    """Ana's, who is signed in with this browser."""
    browser.sign_in()
    return turn_on(browser, clock)[0]


def test_set_up_and_signed_in_with(browser: Browser, ana: Person, clock: Clock) -> None:
    browser.sign_in()
    assert "Set it up" in browser.get("/second-factor").text
    phone, codes = turn_on(browser, clock)
    assert len(codes) == 10
    assert "Recovery codes left: 10" in browser.get("/second-factor").text
    browser.submit("/sign-out")
    asked = browser.sign_in(next="/patient?id=7&view=year")
    assert asked.status_code == 303
    where = urlsplit(asked.headers["location"])
    assert where.path == "/sign-in/code"
    assert parse_qs(where.query) == {"next": ["/patient?id=7&view=year"]}
    form = browser.get(asked.headers["location"]).text
    assert 'value="/patient?id=7&amp;view=year"' in form
    done = browser.submit("/sign-in/code", code=phone.code(), next="/patient?id=7&view=year")
    assert (done.status_code, done.headers["location"]) == (303, "/patient?id=7&view=year")
    assert browser.get("/patient").text == "page /patient"
    assert HALF not in browser.cookies


def test_the_picture_holds_what_authenticators_read(
    browser: Browser, ana: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, plain = list[str](), segno.make

    def noted(text: str, **how: Any) -> segno.QRCode:
        made.append(text)
        return plain(text, **how)

    monkeypatch.setattr("mindspa.web.second_factor.segno.make", noted)
    browser.sign_in()
    page = browser.submit("/second-factor", what="start").text
    assert 'src="data:image/svg+xml' in unescape(page)
    (address,) = made
    parts = urlsplit(address)
    asked = parse_qs(parts.query)
    assert (parts.scheme, parts.netloc, parts.path) == (
        "otpauth",
        "totp",
        "/Mind%20Spa%20Outcomes:ana",
    )
    assert asked["secret"][0] in page.replace(" ", "")
    assert asked["issuer"] == ["Mind Spa Outcomes"]


def test_with_the_password_alone_nothing_opens(
    browser: Browser, phone: Phone, open_browser: Callable[..., Browser]
) -> None:
    other = open_browser()
    other.sign_in()
    assert SESSION not in other.cookies
    assert "mindspa-device" not in other.cookies
    for path in ("/", "/patient", "/password", "/second-factor", "/download/answers"):
        assert other.get(path).headers["location"].startswith("/sign-in")
    token = other.cookies[HALF]
    other.shows(token)
    assert other.get("/").headers["location"].startswith("/sign-in")
    assert not streams(other)


def test_flags_of_the_cookie(open_browser: Callable[..., Browser], phone: Phone) -> None:
    safe = open_browser("https://clinic.example")
    flags = safe.sign_in().headers["set-cookie"].lower()
    assert flags.startswith("__host-mindspa-code=")
    for flag in ("httponly", "secure", "samesite=lax", "path=/", f"max-age={HALF_FOR.seconds}"):
        assert flag in flags


def test_a_wrong_code(browser: Browser, phone: Phone) -> None:
    browser.submit("/sign-out")
    browser.sign_in()
    refused = browser.submit("/sign-in/code", code='"><script>', next="//evil.example")
    assert refused.status_code == 422
    assert 'role="alert"' in refused.text
    assert "<script>" not in refused.text
    assert "evil.example" not in refused.text
    assert SESSION not in browser.cookies
    assert browser.submit("/sign-in/code", code=phone.code()).status_code == 303


def test_too_many_codes(browser: Browser, phone: Phone) -> None:
    browser.submit("/sign-out")
    browser.cookies.delete("mindspa-device")
    for _ in range(5):
        browser.sign_in()
        browser.submit("/sign-in/code", code="no code")
    assert browser.submit("/sign-in/code", code=phone.code()).status_code == 429


def test_after_ten_minutes_one_begins_again(browser: Browser, phone: Phone, clock: Clock) -> None:
    browser.submit("/sign-out")
    browser.sign_in(next="/today")
    clock.now += HALF_FOR
    late = browser.submit("/sign-in/code", code=phone.code(), next="/today")
    assert late.status_code == 422
    assert "took too long" in late.text
    assert 'name="password"' in late.text
    assert 'value="/today"' in late.text
    assert browser.get("/sign-in/code?next=/today").headers["location"] == "/sign-in?next=/today"


def test_the_page_of_codes_is_nobodys_without_a_password(browser: Browser, phone: Phone) -> None:
    browser.submit("/sign-out")
    assert browser.get("/sign-in/code").headers["location"] == "/sign-in?next=/"
    assert browser.submit("/sign-in/code", code=phone.code()).status_code == 422
    assert SESSION not in browser.cookies


def test_whoever_was_signed_in_here_is_signed_out_by_the_code_and_not_before(
    browser: Browser, phone: Phone, runtime: Runtime, clinic: Clinic, clock: Clock
) -> None:
    an_account(runtime, clinic, "bo")
    browser.sign_in("bo")
    of_bo = browser.cookies[SESSION]
    browser.sign_in()
    assert browser.get("/").text == "page /"
    browser.submit("/sign-in/code", code=phone.code())
    assert browser.cookies[SESSION] != of_bo
    assert runtime.accounts.session(of_bo, now=clock.now, activity=False) is None


def test_the_form_of_another_site(browser: Browser, phone: Phone) -> None:
    for path in ("/second-factor", "/sign-in/code"):
        refused = browser.submit(path, origin="https://evil.example", what="off", code="1")
        assert refused.status_code == 403


def test_recovery_codes_and_turning_it_off(browser: Browser, phone: Phone, clock: Clock) -> None:
    page = browser.submit("/second-factor", what="codes", password=PASSWORD, code=phone.code()).text
    codes = re.findall(r"<li><code>([a-z0-9-]+)</code></li>", page)
    assert len(codes) == 10
    assert "no longer work" in page
    refused = browser.submit("/second-factor", what="off", password="a guess", code=codes[0])
    assert refused.status_code == 422
    assert 'role="alert"' in refused.text
    gone = browser.submit("/second-factor", what="off", password=PASSWORD, code=codes[0])
    assert gone.headers["location"] == "/second-factor?off"
    assert "is off" in browser.get("/second-factor?off").text
    browser.submit("/sign-out")
    assert browser.sign_in().headers["location"] == "/"


def test_a_wrong_code_while_setting_up_shows_the_same_key_again(
    browser: Browser, ana: Person, clock: Clock
) -> None:
    browser.sign_in()
    phone = Phone(browser, clock)
    refused = browser.submit("/second-factor", what="confirm", password=PASSWORD, code="no code")
    assert refused.status_code == 422
    assert phone.secret in refused.text.replace(" ", "")
    done = browser.submit("/second-factor", what="confirm", password=PASSWORD, code=phone.code())
    assert done.status_code == 200


def test_a_press_that_the_page_does_not_have(browser: Browser, ana: Person) -> None:
    browser.sign_in()
    assert browser.submit("/second-factor", what="everything").status_code == 422


def test_a_locked_screen_changes_nothing(browser: Browser, phone: Phone, runtime: Runtime) -> None:
    runtime.accounts.locks.lock(browser.cookies[SESSION], now=runtime.clock())
    assert browser.get("/second-factor").status_code == 403
    refused = browser.submit("/second-factor", what="off", password=PASSWORD, code=phone.code())
    assert refused.status_code == 403


def test_what_the_clinic_asks_comes_before_any_page(
    browser: Browser, runtime: Runtime, clinic: Clinic, clock: Clock
) -> None:
    an_account(runtime, clinic, role=Role.CARE_TEAM)
    browser.sign_in()
    require_second_factor(runtime.accounts, operator(clinic.id), True, now=clock.now)
    for path in ("/", "/patient?id=7", "/download/answers", "/tablet/pair"):
        assert browser.get(path).headers["location"] == "/second-factor"
    assert browser.get("/_stcore/host-config").status_code == 403
    assert browser.get("/sign-in").headers["location"] == "/second-factor"
    page = browser.get("/second-factor").text
    assert "asks everybody on the staff" in page
    assert "Sign out" in page
    _, codes = turn_on(browser, clock)
    assert browser.get("/").text == "page /"
    assert "Set it up on another phone" in browser.get("/second-factor").text
    browser.submit("/second-factor", what="off", password=PASSWORD, code=codes[0])
    assert browser.get("/").headers["location"] == "/second-factor"
