"""Signing in and out, and changing the password."""

from functools import partial
from urllib.parse import quote

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from mindspa import bootstrap
from mindspa.domain.errors import MindSpaError, SignInOver
from mindspa.services import second_factor
from mindspa.services import sign_in as service
from mindspa.storage.accounts import Entered
from mindspa.web import cookies, early_files, forms, gate, html
from mindspa.web.hashing import hashed


async def show_sign_in(request: Request) -> Response:
    next_path = forms.local_path(request.query_params.get("next"))
    if member := await gate.live_session(request, activity=False):
        return _go(member.owes or next_path)
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
        found = await hashed(
            partial(
                service.sign_in,
                runtime.accounts,
                login=login,
                password=password,
                address=forms.address_of(request),
                devices=devices,
                now=runtime.clock(),
            )
        )
    except MindSpaError as error:
        return await _sign_in_page(
            request, next_path, login, error=str(error), status=forms.status_of(error)
        )
    return await entered(request, found, next_path)


async def entered(request: Request, found: Entered, next_path: str) -> Response:
    """Behind the password, or the clinic's own sign-on."""
    if found.code_due:
        response = _go(f"/sign-in/code?next={quote(next_path, safe='/')}")
        cookies.half_signed_in(response, found.token)
        return response
    return await _signed_in(request, found.token, next_path)


async def show_refused(request: Request, next_path: str, error: str) -> Response:
    """Back at the door, from a way in that did not work out."""
    return await _sign_in_page(request, next_path, error=error)


async def show_chosen(request: Request, login: str) -> Response:
    """After a link: whoever was signed in here goes on only with the new password."""
    notice = "Your password is chosen. Sign in with it."
    return await _sign_in_page(request, "/", login, notice=notice)


async def show_code(request: Request) -> Response:
    runtime, next_path = bootstrap.runtime(), forms.local_path(request.query_params.get("next"))
    half = cookies.half_of(request)
    if half is None or not await to_thread.run_sync(
        partial(runtime.accounts.factors.half, half, now=runtime.clock())
    ):
        return _go(f"/sign-in?next={quote(next_path, safe='/')}")
    return html.page("sign_in_code.html", next_path=next_path, error=None)


async def enter_code(request: Request) -> Response:
    runtime = bootstrap.runtime()
    fields = await forms.read_form(request)
    next_path = forms.local_path(fields.get("next"))
    try:
        token = await to_thread.run_sync(
            partial(
                second_factor.enter_code,
                runtime.accounts,
                cookies.half_of(request) or "",
                code=fields.get("code", ""),
                address=forms.address_of(request),
                devices=cookies.devices_of(request),
                now=runtime.clock(),
            )
        )
    except SignInOver as error:
        return await show_refused(request, next_path, str(error))
    except MindSpaError as error:
        return html.page(
            "sign_in_code.html",
            status=forms.status_of(error),
            next_path=next_path,
            error=str(error),
        )
    return await _signed_in(request, token, next_path)


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
        await hashed(
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
        return await _password_page(request, error=str(error), status=forms.status_of(error))
    return _go("/password?changed")


async def _signed_in(request: Request, token: str, next_path: str) -> Response:
    """In place of whoever was signed in here before."""
    runtime = bootstrap.runtime()
    if before := cookies.token_of(request):
        await to_thread.run_sync(partial(runtime.accounts.end_session, before, now=runtime.clock()))
    response = _go(next_path)
    cookies.signed_in(response, token, cookies.devices_of(request))
    if cookies.half_of(request):
        cookies.no_longer_half(response)
    return response


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
        mails=bootstrap.runtime().mail is not None,
        sign_on=_sign_on_name(),
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


def _sign_on_name() -> str | None:
    runtime = bootstrap.runtime()
    return runtime.settings.oidc_name if runtime.sign_on else None


def _go(path: str) -> Response:
    return RedirectResponse(path, status_code=303)
