"""A provider of text messages on this machine, as the real one answers and as bad days make it."""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

from mindspa.exchange.text_message import TextProvider
from tests.mail import a_free_port

ACCOUNT, TOKEN = "AC" + "0" * 32, "a token of theirs"
SENDER = "+12025550100"


@dataclass(slots=True)
class Phones:
    """What arrived, as a text each. `answers`: by number, a status and a body in place of taking
    it; `hangs_up`: takes it and loses the connection before it says so."""

    texts: list[dict[str, str]] = field(default_factory=list)
    answers: dict[str, tuple[int, str]] = field(default_factory=dict)
    hangs_up: bool = False
    asked: list[str] = field(default_factory=list)  # the paths

    def to(self, number: str) -> list[str]:
        return [text["Body"] for text in self.texts if text["To"] == number]

    def refuses(self, number: str, code: int, status: int = 400) -> None:
        words = f"The number {number} is refused"
        self.answers[number] = (status, json.dumps({"code": code, "message": words}))


@contextmanager
def a_text_provider(phones: Phones, *, token: str = TOKEN) -> Iterator[TextProvider]:
    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            given = parse_qs(self.rfile.read(length).decode(), strict_parsing=True)
            text = {name: values[0] for name, values in given.items()}
            phones.asked.append(self.path)
            known = base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
            if self.headers["Authorization"] != f"Basic {known}":
                self.says(401, json.dumps({"code": 20003, "message": "Authenticate"}))
            elif text["To"] in phones.answers:
                self.says(*phones.answers[text["To"]])
            else:
                phones.texts.append(text)
                if phones.hangs_up:
                    self.close_connection = True
                else:
                    self.says(201, json.dumps({"sid": "SM1", "status": "queued"}))

        def says(self, status: int, body: str) -> None:
            self.send_response(status)
            if status in (301, 302, 307, 308):
                self.send_header("Location", body)
            self.send_header("Content-Length", str(len(body.encode())))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            """Into the tests' output goes nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield TextProvider(f"http://127.0.0.1:{server.server_port}", ACCOUNT, token, SENDER)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def settings_for(provider: TextProvider) -> dict[str, str]:
    return {
        "MINDSPA_SMS_ACCOUNT": provider.account,
        "MINDSPA_SMS_TOKEN": provider.token,
        "MINDSPA_SMS_FROM": provider.sender,
        "MINDSPA_SMS_URL": provider.url,
    }


def no_provider() -> TextProvider:
    return TextProvider(f"http://127.0.0.1:{a_free_port()}", ACCOUNT, TOKEN, SENDER)
