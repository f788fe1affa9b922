"""Signing in and out, and changing the password."""

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from mindspa import bootstrap
from mindspa.domain.errors import MindSpaError, TooManyTries
from mindspa.services import sign_in as service
from mindspa.web import cookies, early_files, forms, gate, html

Result = TypeVar("Result")

# A hash takes a core for a third of a second and 64 MB: more at once would stop everything else.
HASHES_AT_ONCE = 2
_hashing = CapacityLimiter(HASHES_AT_ONCE)


async def _hashed(work: Callable[[], Result]) -> Result:
    return await to_thread.run_sync(work, limiter=_hashing)


async def show_sign_in(request: Request) -> Response:
    next_path = forms.local_path(request.query_params.get("next"))
    if member := await gate.live_session(request, activity=False):
        return _go("/password" if member.must_change_password else next_path)
    notice = "You are signed out." if "signed-out" in request.query_params else None
    return await _sign_in_page(request, next_path, notice=notice)


async def sign_in(request: Request) -> Response:
    runtime = bootstrap.runtime()
    fields = await forms.read_form(request)
    next_path = forms.local_path(fields.get("next"))
    login, password = fields.get("login", ""), fields.get("password", "")
    if not login.strip() or not password:
        return await _sign_in_page(
            request, next_path, login, error="Enter your login and your password."
        )
    devices = cookies.devices_of(request)
    try:
        token = await _hashed(
            partial(
                service.sign_in,
                runtime.accounts,
                login=login,
                password=password,
                address=request.client.host if request.client else "",
                devices=devices,
                now=runtime.clock(),
            )
        )
    except MindSpaError as error:
        return await _sign_in_page(
            request, next_path, login, error=str(error), status=_status_of(error)
        )
    if before := cookies.token_of(request):
        await to_thread.run_sync(partial(runtime.accounts.end_session, before, now=runtime.clock()))
    response = _go(next_path)
    cookies.signed_in(response, token, devices)
    return response


async def sign_out(request: Request) -> Response:
    await forms.read_form(request)
    runtime = bootstrap.runtime()
    if token := cookies.token_of(request):
        await to_thread.run_sync(partial(runtime.accounts.end_session, token, now=runtime.clock()))
    response = _go("/sign-in?signed-out")
    cookies.signed_out(response)
    return response


async def show_password(request: Request) -> Response:
    return await _password_page(request, changed="changed" in request.query_params)


async def change_password(request: Request) -> Response:
    runtime = bootstrap.runtime()
    fields = await forms.read_form(request)
    try:
        await _hashed(
            partial(
                service.change_password,
                runtime.accounts,
                gate.signed_in_of(request).actor,
                token=cookies.token_of(request) or "",
                current=fields.get("current", ""),
                new=fields.get("new", ""),
                repeated=fields.get("repeated", ""),
                now=runtime.clock(),
            )
        )
    except MindSpaError as error:
        return await _password_page(request, error=str(error), status=_status_of(error))
    return _go("/password?changed")


async def _sign_in_page(
    request: Request,
    next_path: str,
    login: str = "",
    *,
    notice: str | None = None,
    error: str | None = None,
    status: int | None = None,
) -> Response:
    return html.page(
        "sign_in.html",
        status=status or (422 if error else 200),
        next_path=next_path,
        login=login[:100],
        notice=notice,
        error=error,
        demo_accounts=await to_thread.run_sync(bootstrap.runtime().demo_accounts),
        first_files=early_files.first_files(request),
    )


async def _password_page(
    request: Request, *, changed: bool = False, error: str | None = None, status: int = 200
) -> Response:
    member = gate.signed_in_of(request)
    account = await to_thread.run_sync(
        partial(
            bootstrap.runtime().accounts.account_of,
            member.actor.id,
            clinic_id=member.actor.clinic_id,
        )
    )
    return html.page(
        "password.html",
        status=status,
        login=account.person.login,
        must_change=member.must_change_password,
        changed=changed and not member.must_change_password,
        error=error,
        shortest=service.SHORTEST_PASSWORD,
        longest=service.LONGEST_PASSWORD,
    )


def _status_of(error: MindSpaError) -> int:
    return 429 if isinstance(error, TooManyTries) else 422


def _go(path: str) -> Response:
    return RedirectResponse(path, status_code=303)
