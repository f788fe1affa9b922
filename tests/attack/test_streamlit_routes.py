"""Every route of the installed Streamlit, each with what it is to us: one that a later version adds
fails here until somebody has decided."""

from unittest.mock import MagicMock

import pytest
from starlette.routing import Mount, Route, WebSocketRoute
from streamlit.web.server.starlette.starlette_app import create_streamlit_routes
from websockets.exceptions import InvalidStatus

from tests.attack.conftest import Target, Visit

# Without a session: nothing but whether the server is up, and the program's own files.
OPEN = {"/_stcore/health"}
# With a session: what every page needs.
FOR_PEOPLE = {"/_stcore/host-config", "/_stcore/stream"}
# For nobody: no page of ours uses it.
CLOSED = {
    "/_stcore/metrics": "/_stcore/metrics",
    "/media/{file_id:path}": "/media/abc.png",
    "/_stcore/upload_file/{session_id}/{file_id}": "/_stcore/upload_file/a/b",
    "/component/{path:path}": "/component/a/index.html",
    "/_stcore/bidi-components/{path:path}": "/_stcore/bidi-components/a/b.js",
    "/auth/login": "/auth/login",
    "/auth/logout": "/auth/logout",
    "/oauth2callback": "/oauth2callback?code=1&state=2",
    "/_stcore/agent/interact": "/_stcore/agent/interact",
    "/_stcore/agent/openapi.json": "/_stcore/agent/openapi.json",
    "/_stcore/agent/mcp": "/_stcore/agent/mcp",
}
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def test_every_route_has_been_decided_on() -> None:
    found = []
    for route in create_streamlit_routes(MagicMock()):
        assert isinstance(route, Route | WebSocketRoute | Mount)
        found.append(route.path)
    # The last are its own files, by their addresses, and its page for every other address.
    assert set(found) == OPEN | FOR_PEOPLE | CLOSED.keys() | {""}


@pytest.mark.parametrize("login", [None, "ana", "administrator@north.example"])
@pytest.mark.parametrize("address", CLOSED.values())
def test_what_no_page_uses_is_closed_to_everybody(
    target: Target, visit: Visit, address: str, login: str | None
) -> None:
    browser = visit(target.pair[login] if login else None)
    for method in METHODS:
        answer = browser.http.request(method, address)
        assert answer.status_code == 404, method
        assert "set-cookie" not in answer.headers


def test_what_every_page_needs_is_open_with_a_session_only(target: Target, visit: Visit) -> None:
    """`/_stcore/stream` is the websocket."""
    nobody, ana = visit(), visit(target.pair["ana"])
    assert nobody.http.get("/_stcore/host-config").status_code == 403
    assert ana.http.get("/_stcore/host-config").status_code == 200
    with pytest.raises(InvalidStatus, match="403"):
        nobody.tab()
    with ana.tab() as opened:
        opened.open("today")
        assert opened.words()


def test_what_is_open_to_everybody_says_next_to_nothing(target: Target, visit: Visit) -> None:
    browser = visit()
    for address, says in (("/_stcore/health", "ok"), ("/health", "up"), ("/ready", "ready")):
        assert browser.http.get(address).text == says
