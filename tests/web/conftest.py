"""A browser before our routes and middleware, with stand-ins where Streamlit would answer."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket

from mindspa import bootstrap
from mindspa.domain.access import Person
from mindspa.domain.treatment import Clinic
from mindspa.settings import Settings
from mindspa.storage.database import Database
from mindspa.web import server
from mindspa.web.static_files import CompressedFiles
from tests.accounts import PASSWORD, an_account

SESSION = "mindspa-session"
ADDRESS = "http://127.0.0.1:8501"
SCRIPT = "export const answer = 42; // " + "quite often the same words " * 200
INDEX = (
    "<html><script>window.inline = 1</script><script src='./static/js/app.1.js'></script></html>"
)


@pytest.fixture
def database(tmp_path: Path, _sqlite_template: Path) -> Iterator[Database]:
    """SQLite only: what differs between the engines is tested under storage/ and services/."""
    shutil.copy(_sqlite_template, tmp_path / "mindspa.db")
    made = Database(f"sqlite:///{tmp_path / 'mindspa.db'}")
    yield made
    made.dispose()


@pytest.fixture
def files(tmp_path: Path) -> CompressedFiles:
    folder = tmp_path / "streamlit"
    (folder / "static" / "js").mkdir(parents=True)
    (folder / "index.html").write_text(INDEX)
    (folder / "static" / "js" / "app.1.js").write_text(SCRIPT)
    (folder / "static" / "js" / "small.2.js").write_text("1")
    (folder / "static" / "secret.py").write_text(SCRIPT)
    return CompressedFiles(folder, tmp_path / "cache")


async def _page(request: Request) -> Response:
    if request.url.path == "/broken":
        raise ValueError("Ana answered 3")
    return HTMLResponse(f"page {request.url.path}")


async def _inner(request: Request) -> Response:
    return PlainTextResponse("inner")


async def _stream(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.send_text("drawn")
    await websocket.close()


def _app(files: CompressedFiles) -> Starlette:
    return Starlette(
        routes=[
            *server.ROUTES,
            Route("/_stcore/{rest:path}", _inner, methods=["GET", "POST"]),
            Route("/media/{rest:path}", _inner),
            Route("/static/{rest:path}", _inner),
            WebSocketRoute("/_stcore/stream", _stream),
            Route("/{rest:path}", _page, methods=["GET", "POST"]),
        ],
        middleware=server.middleware(files),
        exception_handlers=server.EXCEPTION_HANDLERS,
    )


class Browser(TestClient):
    """Keeps cookies, follows no redirect, and sends an Origin with each form as browsers do."""

    def submit(
        self, path: str, *, origin: str | None = None, referer: str | None = None, **fields: str
    ) -> httpx2.Response:
        headers = {"Origin": origin or str(self.base_url)} if origin != "" else {}
        if referer is not None:
            headers["Referer"] = referer
        return self.post(path, data=fields, headers=headers)

    def shows(self, token: str) -> None:
        """From now on sends this session's token, and no other cookie."""
        self.cookies.clear()
        self.cookies.set(SESSION, token)

    def sign_in(
        self, login: str = "ana", password: str = PASSWORD, **fields: str
    ) -> httpx2.Response:
        return self.submit("/sign-in", login=login, password=password, **fields)


@pytest.fixture
def open_browser(runtime: bootstrap.Runtime, files: CompressedFiles) -> Callable[..., Browser]:
    """A further browser; with `public_url`, of a server behind TLS."""

    def opened(public_url: str | None = None, client: str = "192.0.2.1") -> Browser:
        if public_url is not None:
            settings = Settings.load({"MINDSPA_PUBLIC_URL": public_url})
            bootstrap.install(replace(runtime, settings=settings))
        return Browser(
            _app(files),
            base_url=public_url or ADDRESS,
            follow_redirects=False,
            raise_server_exceptions=False,
            client=(client, 50000),
        )

    return opened


@pytest.fixture
def browser(open_browser: Callable[..., Browser]) -> Browser:
    return open_browser()


@pytest.fixture
def ana(runtime: bootstrap.Runtime, clinic: Clinic) -> Person:
    return an_account(runtime, clinic)
