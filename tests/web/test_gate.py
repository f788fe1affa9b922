"""Who gets past the door, and with which headers every answer leaves."""

from collections.abc import Callable

import pytest
from sqlalchemy import text
from starlette.websockets import WebSocketDisconnect

from mindspa.domain.access import Person
from mindspa.storage.database import Database
from tests.conftest import Clock
from tests.web.conftest import ADDRESS, Browser

STREAM = "ws://127.0.0.1:8501/_stcore/stream"


def streams(browser: Browser, **headers: str) -> bool:
    try:
        with browser.websocket_connect(STREAM, headers={"Origin": ADDRESS} | headers) as websocket:
            return websocket.receive_text() == "drawn"
    except WebSocketDisconnect:
        return False


@pytest.mark.parametrize(
    ("path", "status", "to"),
    [
        ("/", 303, "/sign-in?next=/"),
        ("/patient?id=7", 303, "/sign-in?next=/patient%3Fid%3D7"),
        ("/password", 303, "/sign-in?next=/password"),
        ("/password/lost", 200, None),
        ("/password/link", 410, None),
        ("/reminders/stop", 410, None),
        ("/sign-on", 303, "/sign-in?next=/sign-on"),
        ("/sign-on/start", 404, None),
        ("/second-factor", 303, "/sign-in?next=/second-factor"),
        ("/sign-in/code", 303, "/sign-in?next=/"),
        ("/no-such-page", 303, "/sign-in?next=/no-such-page"),
        ("/staticx", 303, "/sign-in?next=/staticx"),
        ("/health/../patient", 303, "/sign-in?next=/patient"),
        ("/_stcore/host-config", 403, None),
        ("/media/abc.png", 404, None),
        ("/_stcore/agent/interact", 404, None),
        ("/sign-in", 200, None),
        ("/help", 200, None),
        ("/health", 200, None),
        ("/ready", 200, None),
        ("/static/js/app.1.js", 200, None),
    ],
)
def test_without_a_session(
    browser: Browser, ana: Person, path: str, status: int, to: str | None
) -> None:
    answer = browser.get(path)
    assert (answer.status_code, answer.headers.get("location")) == (status, to)


def test_what_was_posted_without_a_session_is_not_repeated(browser: Browser) -> None:
    assert browser.post("/patient").headers["location"] == "/sign-in?next=/"


def test_with_a_session_pages_are_open_and_of_the_inner_routes_those_in_use(
    browser: Browser, ana: Person
) -> None:
    browser.sign_in()
    for path in ("/", "/patient", "/_stcore/host-config"):
        assert browser.get(path).status_code == 200
    for path in ("/media/abc.png", "/_stcore/agent/interact", "/_stcore/of-a-later-version"):
        assert browser.get(path).status_code == 404


@pytest.mark.parametrize("token", ["", "short", "A" * 43, "é" * 43, "A" * 5000])
def test_a_made_up_token_is_nobody(browser: Browser, ana: Person, token: str) -> None:
    answer = browser.get("/", headers={b"Cookie": f"mindspa-session={token}".encode()})
    assert answer.status_code == 303


def test_pages_keep_a_session_alive_and_their_own_requests_do_not(
    browser: Browser, ana: Person, clock: Clock
) -> None:
    browser.sign_in()
    clock.forward(minutes=20)
    browser.get("/patient")
    clock.forward(minutes=20)
    assert browser.get("/_stcore/host-config").status_code == 200
    clock.forward(minutes=11)
    assert browser.get("/patient").status_code == 303


def test_the_stream_needs_a_session(browser: Browser, ana: Person) -> None:
    assert not streams(browser)
    browser.sign_in()
    assert streams(browser)
    browser.submit("/sign-out")
    assert not streams(browser)


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "http://127.0.0.1:9999", "null", "", "http://localhost:8501"]
)
def test_the_stream_is_for_our_own_page(browser: Browser, ana: Person, origin: str) -> None:
    browser.sign_in()
    assert not streams(browser, Origin=origin)


@pytest.mark.parametrize(
    ("host", "answers"),
    [
        ("127.0.0.1:8501", True),
        ("localhost", True),
        ("LOCALHOST:1234", True),
        ("[::1]:8501", True),
        ("evil.example", False),
        ("127.0.0.1.evil.example", False),
        ("localhost.evil.example:8501", False),
        ("", False),
        ("[::1", False),
        ("[fe80::1]", False),
        ("127.0.0.1:80@evil.example", False),
        ("127.0.0.1:8501/evil.example", False),
        ("localhost.", False),
    ],
)
def test_other_host_names_are_refused(browser: Browser, host: str, answers: bool) -> None:
    assert browser.get("/sign-in", headers={"Host": host}).status_code == (200 if answers else 400)
    assert browser.get("/health", headers={"Host": host}).status_code == 200  # a probe's way


def test_the_stream_refuses_other_host_names(browser: Browser, ana: Person) -> None:
    browser.sign_in()
    assert not streams(browser, Host="evil.example", Origin="http://evil.example")


@pytest.mark.parametrize(
    "path", ["/sign-in", "/help", "/health", "/", "/static/js/app.1.js", "/media/x", "/no-page"]
)
def test_every_answer_has_the_headers(browser: Browser, path: str) -> None:
    headers = browser.get(path).headers
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert policy["frame-ancestors"] == "'none'"
    assert policy["base-uri"] == "'none'"
    assert policy["form-action"] == "'self'"
    assert policy["connect-src"] == "'self' ws://127.0.0.1:8501"
    assert "'unsafe-inline'" not in policy["script-src"]
    assert "'unsafe-eval'" not in policy["script-src"]
    assert "'sha256-" in policy["script-src"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert "strict-transport-security" not in headers
    assert (headers.get("cache-control") == "no-store") is not path.startswith("/static/")


def test_behind_tls(open_browser: Callable[..., Browser], ana: Person) -> None:
    browser = open_browser("https://outcomes.example.org")
    headers = browser.get("/sign-in").headers
    assert headers["strict-transport-security"].startswith("max-age=")
    assert "wss://outcomes.example.org" in headers["content-security-policy"]
    assert browser.get("/sign-in", headers={"Host": "127.0.0.1"}).status_code == 400
    assert browser.submit("/sign-in", origin="http://outcomes.example.org").status_code == 403
    assert browser.sign_in().status_code == 303
    assert browser.get("/").text == "page /"


def test_a_defect_shows_a_reference_and_nothing_else(browser: Browser, ana: Person) -> None:
    browser.sign_in()
    answer = browser.get("/broken")
    assert answer.status_code == 500
    assert "reference" in answer.text
    assert "Ana" not in answer.text
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"


def test_a_database_out_of_reach(browser: Browser, ana: Person, database: Database) -> None:
    browser.sign_in()
    with database.writing() as session:
        session.execute(text("ALTER TABLE clinics RENAME TO elsewhere"))
    assert browser.get("/ready").status_code == 503
    assert browser.get("/").status_code == 503
    assert browser.get("/health").status_code == 200
    help_page = browser.get("/help")
    assert help_page.status_code == 200  # the help is there all the same
    assert "tel:988" in help_page.text
