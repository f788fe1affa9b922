"""What a browser is told to load before it finds out by itself.

While somebody types a password it loads what every page needs, and with a page the parts that the
page's script asks for once it has run: the figures alone are a megabyte.
"""

import re
from collections.abc import Mapping
from pathlib import Path

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

FIGURE, TABLE = "PlotlyChart", "DataFrame"  # Streamlit's scripts, by the first part of their names
PARTS: Mapping[str, frozenset[str]] = {
    "/my_progress": frozenset({FIGURE}),
    "/follow_up": frozenset({TABLE}),
    "/due_and_missing": frozenset({TABLE}),
    "/patients": frozenset({TABLE}),
    "/patient": frozenset({FIGURE, TABLE}),
}

_IN_SHELL = re.compile(r"""["']\.(/static/[^"']+)["']""")
_FIRST = "mindspa.first_files"


class EarlyFiles:
    """`folder`: of Streamlit's own files, whose index.html is the shell of every page."""

    def __init__(self, app: ASGIApp, folder: Path) -> None:
        self.app = app
        self._first = tuple(_IN_SHELL.findall((folder / "index.html").read_text("utf-8")))
        self._links = {page: links_of(folder, parts) for page, parts in PARTS.items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        scope[_FIRST] = self._first
        links = self._links.get(scope["path"], "")

        async def send_with_links(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 200:
                MutableHeaders(scope=message)["Link"] = links
            await send(message)

        await self.app(scope, receive, send_with_links if links else send)


def first_files(request: Request) -> tuple[str, ...]:
    """The addresses of what every page loads, in the shell's order."""
    found: tuple[str, ...] = request.scope[_FIRST]
    return found


def links_of(folder: Path, parts: frozenset[str]) -> str:
    """The value of a Link header; "" where Streamlit has no script of such a name."""
    names = sorted(path.name for path in (folder / "static" / "js").glob("*.js"))
    return ", ".join(
        f"</static/js/{name}>; rel=modulepreload; crossorigin=anonymous"
        for name in names
        if part_of(name) in parts
    )


def part_of(name: str) -> str:
    """What a script of Streamlit's is, from the name of its file: the rest is a hash."""
    return name.partition(".")[0]
