"""The clinic's own sign-on: on the way there, coming back, and linking an account to it.

A browser goes there by a link and not by a form, because the content policy lets no form lead
elsewhere.
"""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from mindspa import bootstrap
from mindspa.charts.time_axis import local
from mindspa.domain.errors import (
    DatabaseUnusable,
    MindSpaError,
    NotFound,
    SignOnFailed,
)
from mindspa.services import sign_on as service
from mindspa.storage.sign_ons import Start
from mindspa.web import cookies, forms, gate, html, sign_in
from mindspa.web.hashing import hashed

if TYPE_CHECKING:
    from mindspa.exchange.open_id import Provider

AT_ONCE = 4
_with_provider = CapacityLimiter(AT_ONCE)


async def start(request: Request) -> Response:
    runtime = bootstrap.runtime()
    next_path = forms.local_path(request.query_params.get("next"))
    provider = _provider()
    begun = await to_thread.run_sync(
        partial(runtime.sign_ons.begin, next_path, links=None, now=runtime.clock())
    )
    try:
        address = await _asked(partial(service.address_of, provider, begun))
    except SignOnFailed as error:
        return await sign_in.show_refused(request, next_path, str(error))
    response = RedirectResponse(address, 303)
    cookies.signing_on(response, begun.state)
    return response


async def back(request: Request) -> Response:
    """From the provider, which may also say that it did not work out."""
    runtime, state = bootstrap.runtime(), request.query_params.get("state", "")
    try:
        begun = await to_thread.run_sync(
            partial(
                service.returned,
                runtime.sign_ons,
                state,
                cookies.state_of(request),
                now=runtime.clock(),
            )
        )
        if begun.links is not None:
            response = await _linked(request, begun)
        else:
            response = await _entered(request, begun)
    except DatabaseUnusable:
        raise
    except MindSpaError as error:
        response = await _refused(request, str(error))
    cookies.signed_on(response)
    return response


async def show(request: Request) -> Response:
    return await _page(request)


async def change(request: Request) -> Response:
    """Link the account, or let it go; each with the password."""
    runtime, actor = bootstrap.runtime(), gate.signed_in_of(request).actor
    provider, fields = _provider(), await forms.read_form(request)
    proven = service.Proven(
        actor, cookies.token_of(request) or "", fields.get("password", ""), runtime.clock()
    )
    try:
        if fields.get("what") == "unlink":
            await hashed(partial(service.unlink, runtime.accounts, runtime.sign_ons, proven))
            return RedirectResponse("/sign-on", 303)
        begun = await hashed(
            partial(service.begin_linking, runtime.accounts, runtime.sign_ons, proven)
        )
        address = await _asked(partial(service.address_of, provider, begun))
    except MindSpaError as error:
        return await _page(request, error=str(error), status=forms.status_of(error))
    response = await _page(request, address=address)
    cookies.signing_on(response, begun.state)
    return response


async def _refused(request: Request, error: str) -> Response:
    if await gate.live_session(request, activity=False):
        return html.message("That did not work", error, status=422)
    return await sign_in.show_refused(request, "/", error)


async def _entered(request: Request, begun: Start) -> Response:
    runtime, provider = bootstrap.runtime(), _provider()
    subject = await _subject(request, begun)
    found = await to_thread.run_sync(
        partial(
            service.enter,
            runtime.accounts,
            runtime.sign_ons,
            provider.issuer,
            subject,
            address=forms.address_of(request),
            devices=cookies.devices_of(request),
            now=runtime.clock(),
        )
    )
    return await sign_in.entered(request, found, begun.next_path)


async def _linked(request: Request, begun: Start) -> Response:
    member = await gate.live_session(request, activity=True)
    if member is None or member.locked or member.owes:
        raise SignOnFailed(service.TOO_LATE)
    runtime, provider = bootstrap.runtime(), _provider()
    service.require_own(begun, member.actor)
    subject = await _subject(request, begun)
    await to_thread.run_sync(
        partial(runtime.sign_ons.link, member.actor, provider.issuer, subject, now=runtime.clock())
    )
    return RedirectResponse("/sign-on", 303)


async def _subject(request: Request, begun: Start) -> str:
    return await _asked(
        partial(
            _provider().subject,
            _code(request),
            nonce=begun.nonce,
            verifier=begun.verifier,
            now=bootstrap.runtime().clock(),
        )
    )


async def _asked(work: Callable[[], str]) -> str:
    """Of the provider, which may take its time: while it does, nothing else waits for it."""
    return await to_thread.run_sync(work, limiter=_with_provider)


def _code(request: Request) -> str:
    if code := request.query_params.get("code"):
        return code
    raise SignOnFailed("You were not signed on. Try again, or sign in with your password.")


def _provider() -> "Provider":
    provider = bootstrap.runtime().sign_on
    if provider is None:
        raise NotFound("This server has no sign-on of a clinic. Sign in with your password.")
    return provider


async def _page(
    request: Request, *, address: str | None = None, error: str | None = None, status: int = 200
) -> Response:
    runtime, member, provider = bootstrap.runtime(), gate.signed_in_of(request), _provider()
    linked_at = await to_thread.run_sync(
        partial(runtime.sign_ons.linked_at, member.actor, provider.issuer)
    )
    return html.page(
        "sign_on.html",
        status=status,
        name=runtime.settings.oidc_name,
        linked=local(linked_at, member.clinic.zone) if linked_at else None,
        address=address,
        error=error,
    )
