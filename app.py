"""The entry point: Streamlit with our routes, middleware, start and stop around it.

Started by `python -m mindspa serve`.
"""

import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st

from mindspa import bootstrap, worker
from mindspa.domain.errors import MindSpaError
from mindspa.settings import PROJECT_ROOT, Settings
from mindspa.web import logs, server

# What the first visitor would otherwise wait for.
WARM = ("pandas", "mindspa.charts.timeline", "mindspa.ui.menu")

files = server.compressed_files(Path(st.__file__).parent)


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    async with server.running(files, WARM), worker.working(bootstrap.runtime()):
        yield


def show_error(error: Exception) -> bool:
    """Streamlit has logged it by now, without its message (`web/logs`)."""
    if isinstance(error, MindSpaError):
        st.error(str(error), icon=":material/error:")
    else:
        st.error(f"Something went wrong. {logs.sentence_about(error)}", icon=":material/error:")
    return True


app = st.App(
    PROJECT_ROOT / "mindspa" / "ui" / "frame.py",
    routes=server.ROUTES,
    middleware=server.middleware(files),
    lifespan=lifespan,
    on_script_error=show_error,
    exception_handlers=server.EXCEPTION_HANDLERS,
)


def main(*, address: str, port: int) -> None:
    """Raises a MindSpaError, before anything is served, where the server must not start."""
    settings = Settings.load(os.environ)
    runtime = bootstrap.start(
        settings, visitor_token=lambda: st.context.cookies.get(settings.session_cookie)
    )
    if not runtime.accounts.clinics():
        sys.stderr.write(
            "There is no clinic yet, so nobody can sign in. Make it with its first account: "
            "python -m mindspa user add --help\n"
        )
    for country in runtime.overdue_help_lines():
        sys.stderr.write(
            f"The help lines of {country} are to be checked again: call them, correct "
            "data/crisis.toml, and set checked_on. Patients are still shown them.\n"
        )
    sys.stdout.write(f"Mind Spa Outcomes: {settings.public_url or f'http://{address}:{port}'}\n")
    sys.stdout.flush()
    sys.stderr.write("Press Ctrl+C to stop.\n")
    bootstrap.install(runtime)
    server.end_without_failure()
    app.run(config=server.streamlit_options(settings, address=address, port=port))
