"""What surrounds Streamlit on its port: routes, middleware, start and stop."""

import asyncio
import gc
import importlib
import signal
import sys
import time
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from importlib.metadata import version
from pathlib import Path
from types import FrameType

from anyio import to_thread
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mindspa import bootstrap
from mindspa.domain.errors import DatabaseUnusable, MindSpaError, NotFound, NotPermitted
from mindspa.settings import DATA_FOLDER, PROJECT_ROOT, Settings
from mindspa.web import (
    check_in_link,
    downloads,
    get_help,
    health,
    html,
    logs,
    memory,
    pair_tablet,
    password_link,
    reconnects,
    second_factor,
    sign_in,
    sign_on,
    stop_reminders,
    tablet,
    theme,
)
from mindspa.web.early_files import EarlyFiles
from mindspa.web.gate import HostCheck, SessionGate
from mindspa.web.headers import SecurityHeaders, hashes_of_inline_scripts, security_headers
from mindspa.web.last_words import LastWords
from mindspa.web.presses import PressesFirst
from mindspa.web.static_files import CompressedFiles, StaticFiles

ROUTES = [
    Route("/sign-in", sign_in.show_sign_in, methods=["GET"]),
    Route("/sign-in", sign_in.sign_in, methods=["POST"]),
    Route("/sign-in/code", sign_in.show_code, methods=["GET"]),
    Route("/sign-in/code", sign_in.enter_code, methods=["POST"]),
    Route("/sign-out", sign_in.sign_out, methods=["POST"]),
    Route("/password", sign_in.show_password, methods=["GET"]),
    Route("/password", sign_in.change_password, methods=["POST"]),
    Route("/password/lost", password_link.show_lost, methods=["GET"]),
    Route("/password/lost", password_link.ask, methods=["POST"]),
    Route("/password/link", password_link.show_link, methods=["GET"]),
    Route("/password/link", password_link.choose, methods=["POST"]),
    Route("/password/link/again", password_link.ask_again, methods=["POST"]),
    Route("/sign-on/start", sign_on.start, methods=["GET"]),
    Route("/sign-on/back", sign_on.back, methods=["GET"]),
    Route("/sign-on", sign_on.show, methods=["GET"]),
    Route("/sign-on", sign_on.change, methods=["POST"]),
    Route("/second-factor", second_factor.show, methods=["GET"]),
    Route("/second-factor", second_factor.change, methods=["POST"]),
    Route("/download/my-plan.ics", downloads.own_calendar, methods=["GET"]),
    Route("/download/audit-trail", downloads.audit_trail, methods=["GET"]),
    Route("/download/answers", downloads.answers, methods=["GET"]),
    Route("/download/infusions/{infusion_id}", downloads.summary, methods=["GET"]),
    Route("/download/answers/{patient_id}", downloads.answers, methods=["GET"]),
    Route("/tablet", tablet.PAGES.show, methods=["GET"]),
    Route("/tablet/code", tablet.enter_code, methods=["POST"]),
    Route("/tablet/answer", tablet.PAGES.answer, methods=["POST"]),
    Route("/tablet/send", tablet.PAGES.send, methods=["POST"]),
    Route("/tablet/leave", tablet.PAGES.leave, methods=["POST"]),
    Route("/tablet/pair", pair_tablet.show, methods=["GET"]),
    Route("/tablet/pair", pair_tablet.pair, methods=["POST"]),
    Route("/tablet/unpair", pair_tablet.unpair, methods=["POST"]),
    Route("/check-in", check_in_link.show, methods=["GET"]),
    Route("/check-in/open", check_in_link.open_it, methods=["POST"]),
    Route("/check-in/again", check_in_link.ask_again, methods=["POST"]),
    Route("/check-in/answer", check_in_link.PAGES.answer, methods=["POST"]),
    Route("/check-in/send", check_in_link.PAGES.send, methods=["POST"]),
    Route("/check-in/leave", check_in_link.PAGES.leave, methods=["POST"]),
    Route("/reminders/stop", stop_reminders.show, methods=["GET"]),
    Route("/reminders/stop", stop_reminders.stop, methods=["POST"]),
    Route("/help", get_help.show_help, methods=["GET"]),
    Route("/health", health.health, methods=["GET"]),
    Route("/ready", health.ready, methods=["GET"]),
]

# How long a stop waits: for requests that are being answered, and for units of work, which take
# milliseconds unless another server or a full disk holds them up.
ANSWERED_WITHIN, WRITTEN_WITHIN = timedelta(seconds=3), timedelta(seconds=20)

# Of the errors that are a person's to read; the others are a mistake in what was sent.
STATUS = {NotPermitted: 403, NotFound: 404, DatabaseUnusable: 503}


def middleware(files: CompressedFiles) -> list[Middleware]:
    """From the outside in. The gate is last: what it refuses still leaves with every header."""
    hashes = hashes_of_inline_scripts(files.folder / "index.html")
    return [
        Middleware(SecurityHeaders, script_hashes=hashes),
        Middleware(HostCheck),
        Middleware(StaticFiles, files=files),
        Middleware(EarlyFiles, folder=files.folder),
        Middleware(SessionGate),
        Middleware(PressesFirst),
        Middleware(LastWords),
    ]


def compressed_files(streamlit_folder: Path) -> CompressedFiles:
    cache = DATA_FOLDER / "local" / "static-cache" / version("streamlit")
    ours = (PROJECT_ROOT / folder for folder in ("mindspa", "pages"))
    scripts = [path for folder in ours for path in folder.rglob("*.py")]
    return CompressedFiles(streamlit_folder / "static", cache, scripts)


async def known_error(request: Request, error: Exception) -> Response:
    status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 422)
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
    memory.share_heaps()
    reconnects.send_over_newest()
    theme.work_out_once()
    _stop_in_good_order()
    files.prepare_in_background()
    for module in warm:
        await to_thread.run_sync(importlib.import_module, module)
    gc.collect()
    gc.freeze()  # what is loaded by now stays: the collector need not look at it again
    giving_back = asyncio.create_task(memory.give_back_now_and_again())
    try:
        yield
    finally:
        giving_back.cancel()
        await _written()
        bootstrap.runtime().database.dispose()


def _stop_in_good_order() -> None:
    """uvicorn waits for ever for a browser that stops in the middle of a request, or of reading an
    answer, and a second Ctrl+C makes it leave everything as it is. Streamlit has no option for
    either: they are set where uvicorn listens for signals."""
    stop = signal.getsignal(signal.SIGTERM)
    config = getattr(getattr(stop, "__self__", None), "config", None)
    if callable(stop) and config is not None:
        config.timeout_graceful_shutdown = ANSWERED_WITHIN.total_seconds()
        signal.signal(signal.SIGINT, lambda _, frame: stop(signal.SIGTERM, frame))


async def _written() -> None:
    """Waits for the units of work that pages have begun: their threads end with the process."""
    until = time.monotonic() + WRITTEN_WITHIN.total_seconds()
    while bootstrap.runtime().database.is_writing and time.monotonic() < until:
        await asyncio.sleep(0.05)


def end_without_failure() -> None:
    """To be told to stop is no failure. uvicorn raises the signal again once it has stopped."""

    def end(_number: int, _frame: FrameType | None) -> None:
        raise SystemExit(0)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)


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
