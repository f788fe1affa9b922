"""The cookies: the session's token, which sessions this browser has had before, of a tablet of the
clinic which it is, who came in by a link, who has given a password and not yet a code, and who is
on the way to the clinic's own sign-on."""

from typing import Literal

from starlette.requests import HTTPConnection
from starlette.responses import Response

from mindspa import bootstrap
from mindspa.domain.second_factor import HALF_FOR
from mindspa.storage.session_rows import digest
from mindspa.storage.sign_in_tries import DEVICE_KEPT
from mindspa.storage.sign_ons import STARTED_FOR

TOKEN_LENGTH = 43  # of secrets.token_urlsafe(32)
DIGEST_LENGTH = 64
# A tablet that a ward shares knows this many people; the one signed in longest ago goes first.
DEVICES_KEPT = 8


def token_of(connection: HTTPConnection) -> str | None:
    return _token(connection, bootstrap.runtime().settings.session_cookie)


def tablet_of(connection: HTTPConnection) -> str | None:
    return _token(connection, bootstrap.runtime().settings.tablet_cookie)


def link_of(connection: HTTPConnection) -> str | None:
    return _token(connection, bootstrap.runtime().settings.link_cookie)


def half_of(connection: HTTPConnection) -> str | None:
    return _token(connection, bootstrap.runtime().settings.code_cookie)


def came_by_link(response: Response, token: str, seconds: int) -> None:
    """Until the check-in closes. Strict, as the tablet's: no other site leads into it."""
    name = bootstrap.runtime().settings.link_cookie
    _set(response, name, token, seconds, same_site="strict")


def _token(connection: HTTPConnection, name: str) -> str | None:
    token = connection.cookies.get(name, "")
    return token if may_be_token(token) else None


def may_be_token(text: str) -> bool:
    return len(text) == TOKEN_LENGTH and text.isascii()


def devices_of(connection: HTTPConnection) -> list[str]:
    """Digests of this browser's earlier sessions, newest first. Forged ones match nothing."""
    given = connection.cookies.get(bootstrap.runtime().settings.device_cookie, "")
    return [one for one in given.split(".") if len(one) == DIGEST_LENGTH][:DEVICES_KEPT]


def signed_in(response: Response, token: str, devices: list[str]) -> None:
    settings = bootstrap.runtime().settings
    _set(response, settings.session_cookie, token, int(settings.session_lifetime.total_seconds()))
    kept = [digest(token), *devices][:DEVICES_KEPT]
    _set(response, settings.device_cookie, ".".join(kept), int(DEVICE_KEPT.total_seconds()))


def half_signed_in(response: Response, token: str) -> None:
    """Not strict: a browser that comes from the clinic's sign-on goes straight on to the code."""
    name = bootstrap.runtime().settings.code_cookie
    _set(response, name, token, int(HALF_FOR.total_seconds()))


def no_longer_half(response: Response) -> None:
    _set(response, bootstrap.runtime().settings.code_cookie, "", 0)


def state_of(connection: HTTPConnection) -> str | None:
    return _token(connection, bootstrap.runtime().settings.state_cookie)


def signing_on(response: Response, state: str) -> None:
    """That this browser is on its way to the clinic's sign-on, which leads back from elsewhere."""
    name = bootstrap.runtime().settings.state_cookie
    _set(response, name, state, int(STARTED_FOR.total_seconds()))


def signed_on(response: Response) -> None:
    _set(response, bootstrap.runtime().settings.state_cookie, "", 0)


def signed_out(response: Response) -> None:
    _set(response, bootstrap.runtime().settings.session_cookie, "", 0)


def paired(response: Response, token: str) -> None:
    """No link of another site brings it along: nothing but the tablet's own page needs it."""
    settings = bootstrap.runtime().settings
    kept = int(DEVICE_KEPT.total_seconds())
    _set(response, settings.tablet_cookie, token, kept, same_site="strict")


def _set(
    response: Response,
    name: str,
    value: str,
    seconds: int,
    *,
    same_site: Literal["lax", "strict"] = "lax",
) -> None:
    response.set_cookie(
        name,
        value,
        max_age=seconds,
        path="/",
        secure=bootstrap.runtime().settings.secure,
        httponly=True,
        samesite=same_site,
    )
