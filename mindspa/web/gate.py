"""Who gets past the door: own host names only, and nothing but the door without a session.

Everything is closed but for the short list below, so that a route which Streamlit adds in a later
version is closed as well.
"""

import re
from functools import partial
from urllib.parse import quote

from anyio import to_thread
from starlette.requests import HTTPConnection, Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from mindspa import bootstrap
from mindspa.domain.access import SignedIn
from mindspa.domain.errors import DatabaseUnusable, NotPermitted
from mindspa.web import cookies, forms, html

OPEN_PATHS = frozenset(
    {
        "/sign-in",
        "/sign-in/code",  # of who has given the password; looked up there
        "/sign-out",
        "/help",
        # To and from the clinic's own sign-on.
        "/sign-on/start",
        "/sign-on/back",
        "/password/lost",
        # Of a letter; it looks the link up.
        "/password/link",
        "/password/link/again",
        # Of a paired tablet; each looks up for itself who is before it.
        "/tablet",
        "/tablet/code",
        "/tablet/answer",
        "/tablet/send",
        "/tablet/leave",
        # Of a link from a reminder; the same.
        "/check-in",
        "/check-in/open",
        "/check-in/again",
        "/check-in/answer",
        "/check-in/send",
        "/check-in/leave",
        "/reminders/stop",
        "/health",
        "/ready",
        "/favicon.png",
        "/manifest.json",
        "/_stcore/health",
    }
)
OPEN_FOLDER = "/static/"  # the program's own files, the same for everybody
# Asked by the machine in front of us, which knows no host name.
PROBES = frozenset({"/health", "/ready"})
# Streamlit's own: answered with a status, never with a page. All but what a page of ours uses is
# closed to everybody: uploads, files that anybody with the address could have, figures about the
# server, ways in for programs and for other accounts.
INNER_FOLDERS = ("/_stcore/", "/media/", "/component/", "/auth/", "/oauth2callback")
INNER_IN_USE = frozenset({"/_stcore/stream", "/_stcore/host-config", "/_stcore/health"})

_HOST = re.compile(r"(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::[0-9]{1,5})?")
_SIGNED_IN = "mindspa.signed_in"


class HostCheck:
    """Refuses requests for another host name: a page elsewhere could otherwise have its own name
    point at this machine and read what it answers (DNS rebinding)."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket") or _may_answer(scope):
            await self.app(scope, receive, send)
        else:
            refused = PlainTextResponse("This server does not answer under that name.", 400)
            await _refuse(scope, receive, send, refused)


class SessionGate:
    """Lets a request pass that needs no session or has a live one; sends people to sign in."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        if (refused := await self._refusal(scope)) is not None:
            await _refuse(scope, receive, send, refused)
        else:
            await self.app(scope, receive, send)

    async def _refusal(self, scope: Scope) -> Response | None:
        path: str = scope["path"]
        is_inner = path.startswith(INNER_FOLDERS)
        if is_inner and path not in INNER_IN_USE:
            return PlainTextResponse("Not found.", 404)
        is_websocket = scope["type"] == "websocket"
        if not is_websocket and (path in OPEN_PATHS or path.startswith(OPEN_FOLDER)):
            return None
        connection = HTTPConnection(scope)
        if is_websocket and not forms.is_own_origin(connection.headers.get("origin"), connection):
            return PlainTextResponse("Open the page here.", 403)
        is_page = not is_websocket and not is_inner
        try:
            member = await live_session(connection, activity=is_page)
        except DatabaseUnusable as error:
            return html.message("Please try again", str(error), status=503)
        if member is None:
            return _to_sign_in(scope) if is_page else PlainTextResponse("Sign in first.", 403)
        if member.owes and path != member.owes:
            if is_page:
                return RedirectResponse(member.owes, 303)
            return PlainTextResponse("Do first what your clinic asks for.", 403)
        scope[_SIGNED_IN] = member
        return None


async def live_session(connection: HTTPConnection, *, activity: bool) -> SignedIn | None:
    """Looked up in a thread: a busy database must not stop the event loop."""
    token = cookies.token_of(connection)
    if token is None:
        return None
    runtime = bootstrap.runtime()
    return await to_thread.run_sync(
        partial(runtime.accounts.session, token, now=runtime.clock(), activity=activity)
    )


def signed_in_of(request: Request) -> SignedIn:
    """Who came past the gate to a route of our own, which a locked screen has none of."""
    member = request.scope[_SIGNED_IN]
    assert isinstance(member, SignedIn)
    if member.locked:
        raise NotPermitted("This screen is locked. Go back to the page and unlock it first.")
    return member


def _may_answer(scope: Scope) -> bool:
    allowed = bootstrap.runtime().settings.allowed_hosts
    return scope["path"] in PROBES or _host_name(scope) in allowed


def _host_name(scope: Scope) -> str:
    """Without the port; an IPv6 address without its brackets. "" for anything else than one name:
    another part of the program could read it another way."""
    given = HTTPConnection(scope).headers.getlist("host")
    found = _HOST.fullmatch(given[0].lower()) if len(given) == 1 else None
    return (found[1] or found[2]) if found else ""


def _to_sign_in(scope: Scope) -> Response:
    if cookies.tablet_of(HTTPConnection(scope)) is not None:
        return RedirectResponse("/tablet", 303)  # it shows nothing else
    path = quote(scope["path"])
    if query := scope["query_string"].decode("latin-1"):
        path += f"?{query}"
    if scope["method"] not in ("GET", "HEAD") or len(path) > forms.LONGEST_PATH:
        path = "/"  # what was posted is gone, and so long an address is none of ours
    return RedirectResponse(f"/sign-in?next={quote(path, safe='/')}", 303)


async def _refuse(scope: Scope, receive: Receive, send: Send, response: Response) -> None:
    if scope["type"] == "websocket":
        # Closed before it was accepted: the server answers the handshake with 403.
        await WebSocketClose(code=1008)(scope, receive, send)
    else:
        await response(scope, receive, send)
