"""Streamlit's own files, made small once: a first visit loads a fifth of the bytes."""

import gzip
import hashlib
import logging
import mimetypes
import os
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import brotli
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from mindspa.web import early_files, icon_font

log = logging.getLogger(__name__)

SUFFIXES = frozenset({".js", ".css", ".json", ".svg"})  # fonts and pictures are compressed already
ICONS = "MaterialSymbols-*.woff2"
AS_IT_IS = "identity"
SMALLEST = 1024  # bytes
BROTLI_QUALITY = 11  # the best, a tenth smaller than 9: the two minutes are spent once
# Of a script that begins with this, Chromium compiles all while it comes in, beside what the page
# does meanwhile, and not once it is needed: half a second of a figure's way to the screen.
COMPILE_AHEAD = b"//# allFunctionsCalledOnLoad\n"
# The names carry a hash of the content, so what was loaded once is never asked for again.
_FOR_EVER = "public, immutable, max-age=31536000"
# Which icons are in the font changes with us, and its name does not.
_ASKED_ANEW = "public, no-cache"


@dataclass(slots=True)
class CompressedFiles:
    """The compressed files of one folder, by address and encoding; filled in the background.

    They are remembered in `cache`, a folder for this version of Streamlit. A file that is not ready
    yet goes out as it is. `scripts` are those of ours that name the icons they show.
    """

    folder: Path
    cache: Path
    scripts: tuple[Path, ...]
    _ready: dict[tuple[str, str], bytes]
    _told: bool

    def __init__(self, folder: Path, cache: Path, scripts: Iterable[Path] = ()) -> None:
        self.folder = folder
        self.cache = cache
        self.scripts = tuple(scripts)
        self._ready = {}
        self._told = False  # that the cache cannot be written

    def prepare_in_background(self) -> None:
        threading.Thread(target=self.prepare, name="compress-static", daemon=True).start()

    def prepare(self) -> None:
        self._cut_icons()
        first = (self.folder / "index.html").read_text("utf-8")
        files = [path for path in (self.folder / "static").rglob("*") if path.suffix in SUFFIXES]
        # What every visit loads comes first.
        for path in sorted(files, key=lambda path: (path.name not in first, path.name)):
            content = path.read_bytes()
            if len(content) < SMALLEST:
                continue
            address, name = self._address(path), path.name
            if early_files.part_of(name) == early_files.FIGURE:
                content, name = COMPILE_AHEAD + content, f"{name}.ahead"
            self._ready[address, "br"] = self._remembered(
                f"{name}.{BROTLI_QUALITY}.br",
                partial(brotli.compress, content, quality=BROTLI_QUALITY),
            )
            self._ready[address, "gzip"] = self._remembered(
                f"{name}.gz", partial(gzip.compress, content, mtime=0)
            )

    def _cut_icons(self) -> None:
        scripts = [*(self.folder / "static").rglob("*.js"), *self.scripts]
        names = icon_font.named_in(path.read_text("utf-8") for path in scripts)
        digest = hashlib.sha256(" ".join(sorted(names)).encode()).hexdigest()[:16]
        for path in (self.folder / "static").rglob(ICONS):
            self._ready[self._address(path), AS_IT_IS] = self._remembered(
                f"{path.stem}.{digest}{path.suffix}",
                partial(icon_font.cut, path.read_bytes(), names),
            )

    def _address(self, path: Path) -> str:
        return "/" + path.relative_to(self.folder).as_posix()

    def best(self, address: str, accepted: str) -> tuple[str, bytes] | None:
        """The encoding and content to answer with, if the browser takes one that is ready."""
        for encoding in ("br", "gzip"):
            if _accepts(accepted, encoding) and (found := self._ready.get((address, encoding))):
                return encoding, found
        if found := self._ready.get((address, AS_IT_IS)):
            return AS_IT_IS, found
        return None

    def _remembered(self, name: str, make: Callable[[], bytes]) -> bytes:
        kept = self.cache / name
        try:
            return kept.read_bytes()
        except OSError:
            pass
        made = make()
        try:
            self.cache.mkdir(parents=True, exist_ok=True)
            # Renamed when whole: another server may be reading.
            half = kept.with_name(f"{name}.{os.getpid()}")
            half.write_bytes(made)
            half.replace(kept)
        except OSError:
            if not self._told:
                log.warning("Compressed files are not kept: %s cannot be written.", self.cache)
            self._told = True
        return made


class StaticFiles:
    """Answers for the files that are ready, by their exact address: no path is ever looked up."""

    def __init__(self, app: ASGIApp, files: CompressedFiles) -> None:
        self.app = app
        self.files = files

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] in ("GET", "HEAD"):
            accepted = Headers(scope=scope).get("accept-encoding", "")
            if found := self.files.best(scope["path"], accepted):
                await _response(scope, *found)(scope, receive, send)
                return
        await self.app(scope, receive, send)


def _response(scope: Scope, encoding: str, content: bytes) -> Response:
    headers = {"Content-Length": str(len(content))}
    if encoding == AS_IT_IS:
        tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
        headers |= {"Cache-Control": _ASKED_ANEW, "ETag": tag}
        if Headers(scope=scope).get("if-none-match") == tag:
            del headers["Content-Length"]
            return Response(None, 304, headers)
    else:
        headers |= {
            "Content-Encoding": encoding,
            "Cache-Control": _FOR_EVER,
            "Vary": "Accept-Encoding",
        }
    kind = mimetypes.guess_type(scope["path"])[0]
    return Response(b"" if scope["method"] == "HEAD" else content, 200, headers, kind)


def _accepts(header: str, encoding: str) -> bool:
    for part in header.split(","):
        name, _, weight = part.partition(";")
        if name.strip().lower() == encoding:
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False
