"""A browser that is measured: Chromium, spoken to in its own protocol and no more than needed.

Playwright has the browser note where every error came from, those too that a script catches itself:
Plotly's do so as it is loaded, and cost a page with a figure 0.6 s that no visitor waits.
"""

import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright
from websockets.sync.client import ClientConnection, connect

from tests.browser.chromium import DESKTOP, FLAGS

STARTED_WITHIN, ANSWERED_WITHIN = 30.0, 60.0  # seconds
BASE64 = 3 / 4  # of the characters that the browser tells a frame in are bytes

# Looked for before each picture of the page, as long as it takes.
_WHEN_TRUE = """new Promise(found => {
  const look = () => { const now = (%s)(); now ? found(now) : requestAnimationFrame(look); };
  look();
})"""


@contextmanager
def browser() -> Iterator["Bare"]:
    """A process of its own, with nothing in its cache and no cookies."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        process = subprocess.Popen(
            [
                _chromium(),
                *FLAGS,
                "--remote-debugging-port=0",
                f"--user-data-dir={profile}",
                f"--window-size={DESKTOP['width']},{DESKTOP['height']}",
                "about:blank",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            address = _address(Path(profile) / "DevToolsActivePort", process)
            with connect(address, max_size=None, proxy=None) as socket:
                yield Bare(socket)
        finally:
            process.terminate()
            process.wait(timeout=30)


def _chromium() -> str:
    """The system's own where there is one, else Playwright's."""
    if found := shutil.which("chromium"):
        return found
    with sync_playwright() as playwright:
        return playwright.chromium.executable_path


def _address(told: Path, process: subprocess.Popen[bytes]) -> str:
    until = time.monotonic() + STARTED_WITHIN
    while time.monotonic() < until and process.poll() is None:
        if told.exists() and len(lines := told.read_text().splitlines()) == 2:
            return f"ws://127.0.0.1:{lines[0]}{lines[1]}"
        time.sleep(0.05)
    raise RuntimeError("the browser did not start")


@dataclass(slots=True)
class Bare:
    socket: ClientConnection
    _asked: int = 0
    _received: dict[str, float] = field(default_factory=dict)  # bytes, by tab

    def ask(self, method: str, tab: str = "", **given: Any) -> dict[str, Any]:
        self._asked += 1
        question = {"id": self._asked, "method": method, "params": given}
        self.socket.send(json.dumps(question | ({"sessionId": tab} if tab else {})))
        while True:
            said = json.loads(self.socket.recv(timeout=ANSWERED_WITHIN))
            if said.get("id") == self._asked:
                if "error" in said:
                    raise RuntimeError(f"{method}: {said['error']['message']}")
                result: dict[str, Any] = said["result"]
                return result
            self._count(said)

    def _count(self, said: Mapping[str, Any]) -> None:
        """Bytes as they were sent, those of the websocket before compression."""
        match said.get("method"):
            case "Network.loadingFinished":
                size = said["params"]["encodedDataLength"]
            case "Network.webSocketFrameReceived":
                size = len(said["params"]["response"]["payloadData"]) * BASE64
            case _:
                return
        self._received[said["sessionId"]] += size

    def set_cookies(self, address: str, cookies: Mapping[str, str]) -> None:
        found = [{"name": name, "value": value, "url": address} for name, value in cookies.items()]
        self.ask("Storage.setCookies", cookies=found)

    def load(self, address: str, drawn: str, *, counted: bool) -> tuple[float, float]:
        """In a new tab: what `drawn`, a function, gives once that is true. Bytes are counted where
        asked for, since that takes time as well."""
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        tab = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self._received[tab] = 0.0
        if counted:
            self.ask("Network.enable", tab)
        self.ask("Page.navigate", tab, url=address)
        found = self.ask(
            "Runtime.evaluate",
            tab,
            expression=_WHEN_TRUE % drawn,
            awaitPromise=True,
            returnByValue=True,
        )
        self.ask("Target.closeTarget", targetId=target)
        return float(found["result"]["value"]), self._received[tab]
