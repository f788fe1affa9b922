"""Our own routes and middleware under any request: answered, with every header, and no echo."""

from collections.abc import Callable, Mapping

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mindspa.bootstrap import Runtime
from mindspa.domain.access import Person
from mindspa.services import sign_in as sign_in_service
from tests.accounts import CHEAP_HASH, a_session
from tests.fuzz.odd import fuzzed, texts
from tests.web.conftest import ADDRESS, Browser

PATHS = [
    *(
        "/",
        "/sign-in",
        "/sign-in/code",
        "/sign-out",
        "/password",
        "/password/lost",
        "/password/link",
        "/password/link/again",
        "/second-factor",
        "/reminders/stop",
        "/sign-on",
        "/sign-on/start",
        "/sign-on/back",
        "/help",
        "/health",
        "/ready",
        "/today",
        "/patient",
    ),
    *("/tablet", "/tablet/code", "/tablet/answer", "/tablet/send", "/tablet/leave", "/tablet/pair"),
    *("/static/js/app.1.js", "/static/../secret.py", "/_stcore/health", "/_stcore/stream"),
    *(
        "/media/x",
        "/download/my-plan.ics",
        "/download/answers",
        "/download/answers/%00",
        "/favicon.png",
        "/nowhere",
        "//evil.example",
        "/sign-in/",
        "/SIGN-IN",
    ),
]
# Put where it would be seen if it came back as it is.
MARK = "<i>31415926</i>"
HEADERS = ["X-Content-Type-Options", "X-Frame-Options", "Content-Security-Policy"]

bytes_of_text = st.one_of(
    texts.map(lambda text: text.encode("utf-8", "replace")), st.binary(max_size=60)
)
in_an_address = st.one_of(
    st.sampled_from(["%00", "%ff", "%2e%2e/", "%2f", "\\", "..", "%", "%zz", "+", "&", "=", ";"]),
    st.text("abc/?[]@!$'()*,:", max_size=10),
    st.just(f"next=/{MARK}"),
    st.just("next=//evil.example"),
    st.just("country=US"),
)
queries = st.lists(in_an_address, max_size=5).map("".join)
header_values = st.binary(max_size=40).map(
    lambda value: bytes(one for one in value if one not in b"\r\n\x00")
)
header_names = st.sampled_from(
    [
        *(b"host", b"origin", b"referer", b"cookie", b"accept-encoding", b"content-type"),
        *(b"content-length", b"x-forwarded-host", b"x-forwarded-proto", b"range", b"expect"),
        *(b"if-none-match", b"upgrade", b"transfer-encoding", b"accept-language", b"te"),
    ]
)
cookies = st.one_of(
    header_values,
    st.sampled_from(
        [
            b'mindspa-session="' + b"\\000" * 43 + b'"',
            b'mindspa-device="' + b"\\000" * 64 + b'"',
            b"mindspa-session=" + b"x" * 43,
            b"mindspa-tablet=" + b"x" * 43,
            b"mindspa-session=\xff; mindspa-session=" + b"y" * 43,
            b"mindspa-device=" + b"." * 5000,
            b"=;=;;=" * 50,
        ]
    ),
)
bodies = st.one_of(
    st.binary(max_size=200),
    st.builds(
        lambda fields: "&".join(f"{name}={value}" for name, value in fields).encode(),
        st.lists(
            st.tuples(
                st.sampled_from(["login", "password", "next", "current", "new", "repeated", "x"]),
                st.sampled_from(
                    ["", "ana", "%00", "%ff", "%ED%A0%80", "+", f"%3Ci%3E{MARK}", "a" * 60]
                ),
            ),
            max_size=25,
        ),
    ),
    st.just(b"x=" + b"y" * 9000),
    st.just(b'--b\r\nContent-Disposition: form-data; name="login"\r\n\r\nana\r\n--b--\r\n'),
)
content_types = st.sampled_from(
    [
        *("application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=utf-16"),
        *(
            "multipart/form-data; boundary=b",
            "multipart/form-data",
            "application/json",
            "text/html",
        ),
        *("", "; charset=nonsense", "application/x-www-form-urlencoded; charset=\x7f"),
    ]
)
methods = st.sampled_from(
    ["GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT", "SPAM"]
)


@pytest.fixture(autouse=True)
def _cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_in_service, "NOBODYS_HASH", CHEAP_HASH)


@pytest.fixture
def new_token(runtime: Runtime, ana: Person) -> Callable[[], str]:
    """Signs Ana in: any request may have signed her out."""
    return lambda: a_session(runtime, ana)


@fuzzed(300)
@given(
    method=methods,
    path=st.sampled_from(PATHS) | in_an_address.map("/{}".format),
    query=queries,
    headers=st.lists(st.tuples(header_names, header_values), max_size=4),
    cookie=st.none() | cookies,
    body=st.none() | bodies,
    content_type=content_types,
    is_signed_in=st.booleans(),
    own_origin=st.booleans(),
)
@example("GET", "/sign-in", "", [(b"host", b"U\xfd")], None, None, "", False, False)
def test_any_request(
    browser: Browser,
    new_token: Callable[[], str],
    method: str,
    path: str,
    query: str,
    headers: list[tuple[bytes, bytes]],
    cookie: bytes | None,
    body: bytes | None,
    content_type: str,
    is_signed_in: bool,
    own_origin: bool,
) -> None:
    browser.cookies.clear()
    sent = [(name, value) for name, value in headers if name != b"content-length" or body is None]
    if is_signed_in:
        sent.append((b"cookie", f"mindspa-session={new_token()}".encode()))
    if cookie is not None:
        sent.append((b"cookie", cookie))
    if own_origin:
        sent.append((b"origin", ADDRESS.encode()))
    if body is not None:
        sent.append((b"content-type", content_type.encode()))
    answer = browser.request(
        method,
        f"{ADDRESS}{path}?{query}",
        headers=sent,
        content=body,
    )
    assert answer.status_code < 500
    assert all(name in answer.headers for name in HEADERS)
    if not answer.text.startswith("page /"):  # of the stand-in for Streamlit
        assert MARK not in answer.text
    assert_only_own_redirects(answer.headers)


def assert_only_own_redirects(headers: Mapping[str, str]) -> None:
    target = headers.get("location", "/")
    assert target.startswith("/")
    assert not target.startswith(("//", "/\\"))
    assert target.isprintable()


@fuzzed(100)
@given(login=bytes_of_text, password=bytes_of_text, next_path=bytes_of_text, device=cookies)
@example(b"ana", b"wrong", b"/", b'mindspa-device="' + b"\\000" * 64 + b'"')
def test_any_sign_in(
    browser: Browser,
    ana: Person,
    login: bytes,
    password: bytes,
    next_path: bytes,
    device: bytes,
) -> None:
    browser.cookies.clear()
    fields = {"login": login, "password": password, "next": next_path}
    quoted = "&".join(
        f"{name}={''.join(f'%{one:02x}' for one in value)}" for name, value in fields.items()
    )
    answer = browser.post(
        "/sign-in",
        content=quoted.encode(),
        headers=[(b"origin", ADDRESS.encode()), (b"cookie", device)],
    )
    assert answer.status_code in (422, 429)
    assert all(name in answer.headers for name in HEADERS)
    assert "mindspa-session" not in answer.cookies
    written = login.decode("utf-8", "replace")
    assert "<" not in written or written not in answer.text
