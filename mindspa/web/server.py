"""What surrounds Streamlit on its port: routes, middleware, start and stop."""

import gc
import importlib
import sys
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from importlib.metadata import version
from pathlib import Path

from anyio import to_thread
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mindspa import bootstrap
from mindspa.domain.errors import DatabaseUnusable, MindSpaError, NotPermitted
from mindspa.settings import DATA_FOLDER, PROJECT_ROOT, Settings
from mindspa.web import get_help, health, html, logs, sign_in
from mindspa.web.gate import HostCheck, SessionGate
from mindspa.web.headers import SecurityHeaders, hashes_of_inline_scripts, security_headers
from mindspa.web.static_files import CompressedFiles, StaticFiles

ROUTES = [
    Route("/sign-in", sign_in.show_sign_in, methods=["GET"]),
    Route("/sign-in", sign_in.sign_in, methods=["POST"]),
    Route("/sign-out", sign_in.sign_out, methods=["POST"]),
    Route("/password", sign_in.show_password, methods=["GET"]),
    Route("/password", sign_in.change_password, methods=["POST"]),
    Route("/help", get_help.show_help, methods=["GET"]),
    Route("/health", health.health, methods=["GET"]),
    Route("/ready", health.ready, methods=["GET"]),
]


def middleware(files: CompressedFiles) -> list[Middleware]:
    """From the outside in. The gate is last: what it refuses still leaves with every header."""
    hashes = hashes_of_inline_scripts(files.folder / "index.html")
    return [
        Middleware(SecurityHeaders, script_hashes=hashes),
        Middleware(HostCheck),
        Middleware(StaticFiles, files=files),
        Middleware(SessionGate),
    ]


def compressed_files(streamlit_folder: Path) -> CompressedFiles:
    cache = DATA_FOLDER / "local" / "static-cache" / version("streamlit")
    return CompressedFiles(streamlit_folder / "static", cache)


async def known_error(request: Request, error: Exception) -> Response:
    status = 403 if isinstance(error, NotPermitted) else 422
    if isinstance(error, DatabaseUnusable):
        status = 503
    return html.message("That did not work", str(error), status=status)


async def defect(request: Request, error: Exception) -> Response:
    """Outside our middleware, so it brings its own headers."""
    response = html.message("Something went wrong", logs.sentence_about(error), status=500)
    response.headers.update(security_headers(request.scope, ()))
    response.headers["Cache-Control"] = "no-store"
    return response


EXCEPTION_HANDLERS = {MindSpaError: known_error, Exception: defect}


@asynccontextmanager
async def running(files: CompressedFiles, warm: Iterable[str]) -> AsyncIterator[None]:
    """The time between start and stop. `warm` are modules that the first visitor would wait for."""
    logs.keep_values_out()
    files.prepare_in_background()
    for module in warm:
        await to_thread.run_sync(importlib.import_module, module)
    gc.collect()
    gc.freeze()  # what is loaded by now stays: the collector need not look at it again
    try:
        yield
    finally:
        bootstrap.runtime().database.dispose()


def streamlit_options(settings: Settings, *, address: str, port: int) -> Mapping[str, object]:
    """What Streamlit must know of our settings, beside its own file."""
    return {
        "server.address": address,
        "server.port": port,
        "server.allowedHosts": sorted(settings.allowed_hosts),
        # Without it, Streamlit asks outside services for this machine's address.
        "browser.serverAddress": min(settings.allowed_hosts),
    }


def serve(*, address: str, port: int) -> None:
    """Runs app.py; returns when the server has stopped. A wrong setting is a MindSpaError."""
    sys.argv = [str(PROJECT_ROOT / "app.py")]  # Streamlit looks for its configuration beside it
    sys.path.insert(0, str(PROJECT_ROOT))
    importlib.import_module("app").main(address=address, port=port)
