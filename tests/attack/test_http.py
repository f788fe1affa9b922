"""Requests that no browser of ours sends, byte for byte."""

import socket
from dataclasses import dataclass

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from websockets.exceptions import ConnectionClosedError

from mindspa.settings import PROJECT_ROOT
from tests.accounts import PASSWORD
from tests.attack import pair
from tests.attack.conftest import COOKIE, Target, Visit
from tests.client import PATIENCE

OUR_PAGE = "<title>Sign in"
STREAMLITS_PAGE = "You need to enable JavaScript"


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: dict[str, str]
    text: str


def ask(
    target: Target, line: str, *headers: str, host: tuple[str, ...] | None = None, body: bytes = b""
) -> Answer:
    """`host`: the lines of that name; otherwise the right one. Reads what comes until the server
    ends the connection."""
    name, port = target.address.removeprefix("http://").split(":")
    lines = [f"{line} HTTP/1.1", *(host if host is not None else (f"Host: {name}:{port}",))]
    lines += [*headers, "Connection: close", "", ""]
    with socket.create_connection((name, int(port)), timeout=PATIENCE) as connection:
        connection.sendall("\r\n".join(lines).encode("latin-1") + body)
        got = b""
        while part := connection.recv(65536):
            got += part
            head, found, text = got.partition(b"\r\n\r\n")
            if found and len(text) >= _length(head):
                break  # with a body that never comes, the server waits for the rest of it
    first, *fields = head.decode("latin-1").split("\r\n")
    named = (field.split(": ", 1) for field in fields)
    return Answer(
        int(first.split()[1]),
        {name.lower(): value for name, value in named},
        text.decode("utf-8", "replace"),
    )


def _length(head: bytes) -> int:
    for field in head.decode("latin-1").split("\r\n"):
        if field.lower().startswith("content-length: "):
            return int(field.split(": ")[1])
    return 0 if b" 30" in head[:14] else 10**9


def cookie(target: Target, login: str = "ana") -> str:
    return f"Cookie: {COOKIE}={target.pair[login].token}"


# Host names

OURS, EVIL = "Host: 127.0.0.1", "Host: evil.example"


@pytest.mark.parametrize(
    "host",
    [
        (),
        ("Host:",),
        (EVIL,),
        (OURS, EVIL),
        (EVIL, OURS),
        (OURS, OURS),
        (EVIL, "X-Forwarded-Host: 127.0.0.1"),
        ("Host: 127.0.0.1,evil.example",),
        ("Host: 127.0.0.1@evil.example",),
        ("Host: 127.0.0.1:80@evil.example",),
        ("Host: 127.0.0.1.evil.example",),
        ("Host: localhost.",),
        ("Host: 127.1",),
        ("Host: 2130706433",),
        ("Host: 0.0.0.0",),
        ("Host: 127.0.0.1:0x50",),
    ],
    ids=" ".join,
)
def test_another_host_name_is_refused(target: Target, host: tuple[str, ...]) -> None:
    for path in ("/sign-in", "/account", "/static/index.html"):
        answer = ask(target, f"GET {path}", cookie(target), host=host)
        assert (answer.status, answer.headers.get("location")) == (400, None)
        assert "sign" not in answer.text.lower()


def test_no_name_but_the_hosts_own_is_believed(target: Target) -> None:
    """Nothing that is sent is repeated in the answer, as a link or as a source to load from."""
    said = (
        "X-Forwarded-Host: evil.example",
        "X-Forwarded-Proto: https",
        "X-Forwarded-Prefix: /evil.example",
        "Forwarded: host=evil.example;proto=https",
        "X-Original-URL: /account",
        "X-Rewrite-URL: /account",
    )
    for line in ("GET /sign-in", "GET /account", "GET http://evil.example/account"):
        answer = ask(target, line, *said)
        assert answer.status == (200 if "sign-in" in line else 303)
        assert "evil.example" not in str(answer)
        assert "strict-transport-security" not in answer.headers


# Paths


@pytest.mark.parametrize(
    "path",
    [
        "/static/../../../data/local/mindspa.db",
        "/static/%2e%2e/%2e%2e/app.py",
        "/static/..%2f..%2fapp.py",
        "/static/..%5c..%5capp.py",
        "/static/\\..\\app.py",
        "/static/%252e%252e/app.py",
        f"/static/{PROJECT_ROOT}/app.py",
        f"/static//{PROJECT_ROOT}/app.py",
        "/static/%2fetc%2fpasswd",
        "/static/file:///etc/passwd",
        "/static/C:/windows",
        "/static/js/%00.js",
        "/static/%2e%2e/account",
        "/static/../account",
        "/health/../account",
        "/sign-in/../account",
        "/sign-in;/account",
        "/account%2f..%2fhelp",
        "//account",
        "//evil.example/",
        "/\\evil.example/",
        "/%5cevil.example/",
        "/.git/config",
        "/.streamlit/config.toml",
        "/app.py",
        "/data/rules.toml",
        "/%ff%fe",
        "/" + "a" * 20_000,
        "*",
    ],
)
@pytest.mark.parametrize("login", [None, "ana"])
def test_no_path_leads_to_a_file_or_out_of_here(
    target: Target, login: str | None, path: str
) -> None:
    headers = [cookie(target, login)] if login else []
    answer = ask(target, f"GET {path}", *headers)
    assert answer.status in (200, 301, 303, 400, 404)
    if answer.status == 200:  # Streamlit's page, the same for every address
        assert STREAMLITS_PAGE in answer.text
    if answer.status in (301, 303):
        went = answer.headers["location"]
        assert went.startswith("/")
        assert went[1:2] not in ("/", "\\")
        assert len(went) < 4000
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"])
@pytest.mark.parametrize("path", ["/sign-in", "/account", "/static/index.html", "/health"])
def test_other_methods_do_nothing(target: Target, method: str, path: str) -> None:
    before = target.records()
    answer = ask(target, f"{method} {path}", cookie(target))
    assert answer.status == 405
    assert "access-control-allow-origin" not in answer.headers
    assert target.records() == before


def test_another_sites_script_may_read_nothing(target: Target) -> None:
    for path in ("/", "/sign-in", "/_stcore/host-config", "/_stcore/health", "/static/index.html"):
        answer = ask(target, f"GET {path}", cookie(target), "Origin: https://evil.example")
        assert "access-control-allow-origin" not in answer.headers, path
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"


# Too much of it


@pytest.mark.parametrize(
    "path",
    [
        "/sign-in",
        "/sign-in/code",
        "/sign-out",
        "/password",
        "/second-factor",
        "/account",
        "/no-page",
    ],
)
@pytest.mark.parametrize("login", [None, "ana"])
def test_a_body_is_refused_without_being_read_whole(
    target: Target, login: str | None, path: str
) -> None:
    """A gigabyte is announced and a little of it sent; the answer comes all the same."""
    headers = [cookie(target, login)] if login else []
    answer = ask(
        target,
        f"POST {path}",
        *headers,
        f"Origin: {target.address}",
        "Content-Type: application/x-www-form-urlencoded",
        "Content-Length: 1000000000",
        body=b"a" * 9000,
    )
    assert answer.status in (303, 405, 422)


def test_a_body_in_pieces_without_end_is_refused(target: Target) -> None:
    answer = ask(
        target,
        "POST /sign-in",
        f"Origin: {target.address}",
        "Transfer-Encoding: chunked",
        body=b"3000\r\n" + b"a" * 0x3000 + b"\r\n3000\r\n",
    )
    assert answer.status == 422


def test_a_form_that_breaks_off_is_no_defect(target: Target) -> None:
    """`target` looks through the log."""
    name, port = target.address.removeprefix("http://").split(":")
    for _ in range(2):  # by the second, the server has dealt with the first
        with socket.create_connection((name, int(port)), timeout=PATIENCE) as connection:
            connection.sendall(
                f"POST /sign-in HTTP/1.1\r\nHost: {name}:{port}\r\nOrigin: {target.address}\r\n"
                "Content-Length: 100\r\n\r\nlogin=an".encode()
            )
        assert ask(target, "GET /sign-in").status == 200


def test_a_message_of_megabytes_ends_that_connection_only(target: Target, visit: Visit) -> None:
    browser = visit(target.pair["ana"])
    with browser.tab() as lives, browser.tab() as ends:
        lives.open("today")
        ends.send(BackMsg(rerun_script=ClientState(page_name="x" * 2_000_000)))
        with pytest.raises(ConnectionClosedError, match="1009"):
            while True:
                ends.socket.recv(timeout=PATIENCE)
        lives.rerun()
        assert lives.errors() == []


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_nothing_can_be_uploaded(target: Target, visit: Visit, method: str) -> None:
    """Not even with a session, its own tab and Streamlit's own token: no page of ours takes a file,
    and what is taken is kept in memory."""
    browser = visit(target.pair["ana"])
    with browser.tab() as opened:
        opened.open("today")
        xsrf = browser.http.get("/_stcore/host-config").cookies.get("_streamlit_xsrf")
        for session_id in (opened.session_id, "none"):
            answer = browser.http.request(
                method,
                f"/_stcore/upload_file/{session_id}/1",
                files={"file": b"a" * 1000},
                headers={"X-Xsrftoken": xsrf or ""},
            )
            assert answer.status_code == 404


# Guessing


def test_an_address_that_is_claimed_does_not_free_a_guesser(target: Target, visit: Visit) -> None:
    """A proxy on this machine is believed about the address, and so is whoever else is on this
    machine: the limit for one login from anywhere holds all the same."""
    guesser = visit()
    target.change("DELETE FROM sign_in_failures")
    statuses = []
    for number in range(22):
        answer = guesser.http.post(
            "/sign-in",
            data={"login": "ana", "password": "a guess"},
            headers={"X-Forwarded-For": f"198.51.100.{number}"},
        )
        statuses.append(answer.status_code)
    assert statuses == [422] * 20 + [429] * 2
    assert (
        visit().http.post("/sign-in", data={"login": "ben", "password": PASSWORD}).status_code
        == 303
    )


def test_the_sign_in_page_names_nobody(target: Target) -> None:
    for path in ("/sign-in", "/sign-in?next=/patient?id=1", "/help", "/health", "/ready"):
        answer = ask(target, f"GET {path}")
        assert answer.status == 200
        for person in target.pair.people.values():
            assert person.login not in answer.text
            assert pair.mark(person.login) not in answer.text
