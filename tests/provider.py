"""A clinic's sign-on on this machine: a real OpenID provider over HTTP, which can also lie."""

import json
import threading
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, unquote_plus, urlencode

import uvicorn
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from tests.program import HOST, free_port

CLIENT, SECRET = "mindspa", "a secret that only both know, and nobody else"


@dataclass
class Provider:
    """`subject`: who is sitting there. `claims` and the others change what it answers."""

    address: str
    clock: Callable[[], datetime]
    subject: str = "subject-of-ana"
    claims: dict[str, Any] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    signs_with: str = "own"  # "foreign": another key; "secret": the client's; "nothing"
    named: str | None = None  # in its metadata, instead of its address
    down: bool = False
    asked: list[dict[str, str]] = field(default_factory=list)
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)
    _key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "1"}))

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self._metadata),
                Route("/keys", self._keys),
                Route("/authorize", self._authorize),
                Route("/token", self._token, methods=["POST"]),
            ]
        )

    async def _metadata(self, _: Request) -> Response:
        if self.down:
            return JSONResponse({}, 503)
        return JSONResponse(
            {
                "issuer": self.named or self.address,
                "authorization_endpoint": f"{self.address}/authorize",
                "token_endpoint": f"{self.address}/token",
                "jwks_uri": f"{self.address}/keys",
            }
        )

    async def _keys(self, _: Request) -> Response:
        return JSONResponse(KeySet([self._key]).as_dict(private=False))

    async def _authorize(self, request: Request) -> Response:
        """Whoever sits there says yes at once."""
        asked = dict(request.query_params)
        self.asked.append(asked)
        code = f"code-{len(self.asked)}"
        self._codes[code] = asked
        back = urlencode({"code": code, "state": asked["state"]})
        return RedirectResponse(f"{asked['redirect_uri']}?{back}", 303)

    async def _token(self, request: Request) -> Response:
        sent = {
            name: values[0] for name, values in parse_qs((await request.body()).decode()).items()
        }
        given = b64decode(request.headers["authorization"].removeprefix("Basic ")).decode()
        name, secret = map(unquote_plus, given.split(":"))
        asked = self._codes.pop(sent.get("code", ""), None)
        challenge = _encoded(sha256(sent["code_verifier"].encode()).digest())
        if (
            asked is None
            or (name, secret) != (CLIENT, SECRET)
            or sent["redirect_uri"] != asked["redirect_uri"]
            or challenge != asked["code_challenge"]
        ):
            return JSONResponse({"error": "invalid_grant"}, 400)
        answer = {"access_token": "unused", "token_type": "Bearer", "id_token": self._signed(asked)}
        return JSONResponse(answer)

    def _signed(self, asked: dict[str, str]) -> str:
        now = int(self.clock().timestamp())
        claims = {
            "iss": self.address,
            "sub": self.subject,
            "aud": CLIENT,
            "nonce": asked["nonce"],
            "iat": now,
            "exp": now + 300,
        } | self.claims
        for name in self.without:
            claims.pop(name)
        if self.signs_with == "secret":
            return jwt.encode({"alg": "HS256", "kid": "1"}, claims, OctKey.import_key(SECRET))
        if self.signs_with == "nothing":
            parts = ({"alg": "none", "kid": "1"}, claims)
            return ".".join((*(_encoded(json.dumps(part).encode()) for part in parts), ""))
        key = self._key
        if self.signs_with == "foreign":
            key = RSAKey.generate_key(2048, {"kid": "1"})
        return jwt.encode({"alg": "RS256", "kid": "1"}, claims, key)


def _encoded(part: bytes) -> str:
    return urlsafe_b64encode(part).decode().rstrip("=")


@contextmanager
def a_provider(clock: Callable[[], datetime]) -> Iterator[Provider]:
    port = free_port()
    provider = Provider(f"http://{HOST}:{port}", clock)
    config = uvicorn.Config(provider.app(), HOST, port, log_level="error", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.01)
    try:
        yield provider
    finally:
        server.should_exit = True
        thread.join()
