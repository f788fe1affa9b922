"""Signing in, out and choosing a password, as a browser meets them."""

from collections.abc import Callable
from urllib.parse import quote

import pytest
from sqlalchemy import text

from mindspa.bootstrap import Runtime
from mindspa.domain.access import Person
from mindspa.domain.treatment import Clinic
from mindspa.services.demo_accounts import ACCOUNTS
from mindspa.web.forms import local_path
from tests.accounts import PASSWORD, an_account
from tests.conftest import Clock
from tests.web.conftest import ADDRESS, SESSION, Browser

NEW = "another river of small stones"


def test_the_target_is_kept_through_sign_in(browser: Browser, ana: Person) -> None:
    sent = browser.get("/patient?id=7&view=year")
    assert sent.status_code == 303
    form = browser.get(sent.headers["location"])
    assert 'value="/patient?id=7&amp;view=year"' in form.text
    done = browser.sign_in(next="/patient?id=7&view=year")
    assert (done.status_code, done.headers["location"]) == (303, "/patient?id=7&view=year")
    assert browser.get("/patient").text == "page /patient"


@pytest.mark.parametrize(
    ("wanted", "goes"),
    [
        ("/follow_up", "/follow_up"),
        ("/patient?id=7", "/patient?id=7"),
        ("/help?country=CA", "/help?country=CA"),
        (None, "/"),
        ("", "/"),
        ("follow_up", "/"),
        ("https://evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("//evil.example", "/"),
        ("///evil.example", "/"),
        ("/\\evil.example", "/"),
        ("\\\\evil.example", "/"),
        ("/\t/evil.example", "/"),
        ("/\n/evil.example", "/"),
        ("/%2Fevil.example", "/"),
        ("/%5Cevil.example", "/"),
        ("/%252Fevil.example", "/"),
        ("/%09/evil.example", "/"),
        (" //evil.example", "/"),
        ("/a\r\nSet-Cookie: x=y", "/"),
        ("/sign-in?next=/", "/"),
        ("/sign-out", "/"),
        ("/" + "x" * 1000, "/"),
    ],
)
def test_only_own_pages_follow_a_sign_in(
    browser: Browser, ana: Person, wanted: str | None, goes: str
) -> None:
    assert local_path(wanted) == goes
    if wanted is not None:  # as a link to the page, and as its hidden field
        form = browser.get(f"/sign-in?next={quote(wanted, safe='')}")
        assert "evil.example" not in form.text
        assert browser.sign_in(next=wanted).headers["location"] == goes


def test_somebody_signed_in_goes_on(browser: Browser, ana: Person) -> None:
    browser.sign_in()
    assert browser.get("/sign-in?next=/follow_up").headers["location"] == "/follow_up"
    assert browser.get("/sign-in?next=//evil.example").headers["location"] == "/"


@pytest.mark.parametrize(
    ("login", "password", "status"),
    [("ana", "a guess", 422), ("nobody", "a guess", 422), ("", PASSWORD, 422), ("ana", "", 422)],
)
def test_a_refused_sign_in_says_so_in_text(
    browser: Browser, ana: Person, login: str, password: str, status: int
) -> None:
    refused = browser.sign_in(login, password)
    assert refused.status_code == status
    assert 'role="alert"' in refused.text
    assert SESSION not in browser.cookies
    assert "a guess" not in refused.text


def test_what_was_typed_is_shown_as_text(browser: Browser, ana: Person) -> None:
    refused = browser.sign_in('"><script>alert(1)</script>', "a guess")
    assert "<script>" not in refused.text


def test_too_many_tries(browser: Browser, ana: Person) -> None:
    for _ in range(5):
        browser.sign_in(password="a guess")
    refused = browser.sign_in()
    assert refused.status_code == 429
    assert "Wait 1 minute" in refused.text


def test_a_browser_known_to_the_account_is_not_locked_out(
    browser: Browser, open_browser: Callable[..., Browser], ana: Person
) -> None:
    browser.sign_in()
    browser.submit("/sign-out")
    for number in range(20):
        open_browser(client=f"198.51.100.{number}").sign_in(password="a guess")
    assert open_browser(client="203.0.113.1").sign_in().status_code == 429
    assert browser.sign_in().status_code == 303


def test_a_tablet_of_many_people_knows_the_latest_eight(
    browser: Browser, runtime: Runtime, clinic: Clinic
) -> None:
    for number in range(10):
        an_account(runtime, clinic, f"nurse{number}")
        browser.sign_in(f"nurse{number}")
    assert browser.cookies["mindspa-device"].count(".") == 7


@pytest.mark.parametrize("path", ["/sign-in", "/sign-out", "/password"])
@pytest.mark.parametrize(
    ("origin", "referer"),
    [
        ("https://evil.example", None),
        ("http://127.0.0.1:9999", None),  # another program of this machine
        ("https://127.0.0.1:8501", None),
        ("http://127.0.0.1:8501.evil.example", None),
        ("null", None),
        ("", None),
        ("", "https://evil.example/page"),
        ("https://evil.example", ADDRESS + "/sign-in"),
    ],
)
def test_a_form_of_another_site_does_nothing(
    browser: Browser, ana: Person, path: str, origin: str, referer: str | None
) -> None:
    browser.sign_in()
    before = browser.cookies[SESSION]
    refused = browser.submit(
        path,
        origin=origin,
        referer=referer,
        login="ana",
        password=PASSWORD,
        current=PASSWORD,
        new=NEW,
        repeated=NEW,
    )
    assert refused.status_code == 403
    assert browser.cookies[SESSION] == before
    assert browser.get("/").text == "page /"


def test_a_browser_that_sends_a_referer_instead_may_sign_in(browser: Browser, ana: Person) -> None:
    done = browser.submit(
        "/sign-in", origin="", referer=ADDRESS + "/sign-in?next=/", login="ana", password=PASSWORD
    )
    assert done.status_code == 303


def test_a_session_given_beforehand_is_not_taken_over(browser: Browser, ana: Person) -> None:
    planted = "A" * 43
    browser.shows(planted)
    assert f"{SESSION}={planted}" not in browser.sign_in().headers["set-cookie"]
    browser.shows(planted)
    assert browser.get("/").status_code == 303


def test_signing_in_again_ends_the_session_before(browser: Browser, ana: Person) -> None:
    browser.sign_in()
    first = browser.cookies[SESSION]
    browser.sign_in()
    assert browser.cookies[SESSION] != first
    browser.shows(first)
    assert browser.get("/").status_code == 303


def test_a_token_is_worth_nothing_after_sign_out(browser: Browser, ana: Person) -> None:
    browser.sign_in()
    token = browser.cookies[SESSION]
    done = browser.submit("/sign-out")
    assert done.headers["location"] == "/sign-in?signed-out"
    assert "You are signed out." in browser.get("/sign-in?signed-out").text
    assert SESSION not in browser.cookies
    browser.shows(token)
    assert browser.get("/").status_code == 303


def test_signing_out_twice_is_no_error(browser: Browser) -> None:
    assert browser.submit("/sign-out").status_code == 303


@pytest.mark.parametrize(
    ("public_url", "name", "secure"),
    [
        (None, "mindspa-session", False),
        ("https://outcomes.example.org", "__Host-mindspa-session", True),
    ],
)
def test_flags_of_the_cookies(
    open_browser: Callable[..., Browser],
    ana: Person,
    public_url: str | None,
    name: str,
    secure: bool,
) -> None:
    done = open_browser(public_url).sign_in()
    cookies = done.headers.get_list("set-cookie")
    assert len(cookies) == 2
    assert cookies[0].startswith(f"{name}=")
    for cookie in cookies:
        parts = {part.strip().lower() for part in cookie.split(";")}
        assert {"httponly", "samesite=lax", "path=/"} <= parts
        assert ("secure" in parts) is secure
        assert not any(part.startswith("domain") for part in parts)


@pytest.mark.parametrize(
    "body",
    [b"login=ana&password=" + b"x" * 9000, b"\xff\xfe=1", b"&".join([b"a=1"] * 50)],
    ids=["large", "not text", "many fields"],
)
def test_a_form_that_no_page_of_ours_sends(browser: Browser, body: bytes) -> None:
    refused = browser.post("/sign-in", content=body, headers={"Origin": ADDRESS})
    assert refused.status_code == 422


def test_the_password_that_the_clinic_gave_must_be_changed(
    browser: Browser, runtime: Runtime, clinic: Clinic
) -> None:
    an_account(runtime, clinic, must_change_password=True)
    browser.sign_in()
    for path in ("/", "/patient?id=7"):
        assert browser.get(path).headers["location"] == "/password"
    assert browser.get("/_stcore/host-config").status_code == 403
    assert browser.get("/sign-in").headers["location"] == "/password"
    form = browser.get("/password").text
    assert "Choose your own password" in form
    assert 'value="ana"' in form
    refused = browser.submit("/password", current=PASSWORD, new="short", repeated="short")
    assert refused.status_code == 422
    assert 'role="alert"' in refused.text
    done = browser.submit("/password", current=PASSWORD, new=NEW, repeated=NEW)
    assert done.headers["location"] == "/password?changed"
    assert "is changed" in browser.get("/password?changed").text
    assert browser.get("/").text == "page /"


def test_a_password_form_of_an_ended_session(browser: Browser, ana: Person, clock: Clock) -> None:
    browser.sign_in()
    clock.forward(hours=1)
    sent = browser.submit("/password", current=PASSWORD, new=NEW, repeated=NEW)
    assert sent.headers["location"] == "/sign-in?next=/"
    assert browser.sign_in().status_code == 303


def test_demo_accounts_are_shown_in_a_demo_clinic_only(
    browser: Browser, runtime: Runtime, clinic: Clinic
) -> None:
    assert ACCOUNTS[0].password not in browser.get("/sign-in").text
    with runtime.database.writing() as session:
        session.execute(text("UPDATE clinics SET demo_built_at = 1"))
    shown = browser.get("/sign-in").text
    for account in ACCOUNTS:
        assert account.login in shown
        assert account.password in shown
