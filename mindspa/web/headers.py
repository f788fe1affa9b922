"""Security headers on every answer: what a browser may load, keep and tell others."""

import base64
import re
from hashlib import sha256
from pathlib import Path

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mindspa import bootstrap

_FIXED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Nothing is told to other sites. "no-referrer" would also blank the Origin of our own forms,
    # by which they are told from those of other sites.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}

# Scripts, styles and fonts are never shown as a page, so what is said about pages is left out: a
# first visit loads a hundred of them.
_NO_PAGE = frozenset({"text/javascript", "application/javascript", "text/css", "font/woff2"})
_FOR_ANY = frozenset(
    {"X-Content-Type-Options", "Cross-Origin-Resource-Policy", "Strict-Transport-Security"}
)


class SecurityHeaders:
    def __init__(self, app: ASGIApp, script_hashes: tuple[str, ...] = ()) -> None:
        self.app = app
        self._script_hashes = script_hashes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                kind = headers.get("Content-Type", "").partition(";")[0]
                for name, value in security_headers(scope, self._script_hashes).items():
                    if name in _FOR_ANY or kind not in _NO_PAGE:
                        headers[name] = value
                if not scope["path"].startswith("/static/"):
                    headers["Cache-Control"] = "no-store"
            await send(message)

        await self.app(scope, receive, send_with_headers if scope["type"] == "http" else send)


def security_headers(scope: Scope, script_hashes: tuple[str, ...]) -> dict[str, str]:
    secure = bootstrap.runtime().settings.secure
    found = {**_FIXED, "Content-Security-Policy": _policy(scope, secure, script_hashes)}
    if secure:
        found["Strict-Transport-Security"] = "max-age=31536000"
    return found


def hashes_of_inline_scripts(index: Path) -> tuple[str, ...]:
    """Streamlit's page carries one line of script; it alone is allowed, by its hash."""
    scripts = re.findall(r"<script>(.*?)</script>", index.read_text("utf-8"), re.DOTALL)
    return tuple(
        f"'sha256-{base64.b64encode(sha256(script.encode()).digest()).decode()}'"
        for script in scripts
    )


def _policy(scope: Scope, secure: bool, script_hashes: tuple[str, ...]) -> str:
    host = dict(scope["headers"]).get(b"host", b"").decode("latin-1")
    # Some browsers do not take 'self' to mean the websocket. A name with anything odd in it, which
    # the host check refuses, is not repeated here.
    is_name = re.fullmatch(r"[\w.:\[\]-]+", host, re.ASCII)
    socket = f" {'wss' if secure else 'ws'}://{host}" if is_name else ""
    return "; ".join(
        (
            "default-src 'self'",
            " ".join(("script-src 'self' 'wasm-unsafe-eval'", *script_hashes)),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            f"connect-src 'self'{socket}",
            "worker-src 'self' blob:",
            "object-src 'none'",
            "frame-src 'none'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action 'self'",
        )
    )
