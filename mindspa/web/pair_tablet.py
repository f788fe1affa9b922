"""Staff make the device before them a tablet of the clinic, or put one out of use."""

from functools import partial

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from mindspa import bootstrap
from mindspa.domain.errors import InvalidInput
from mindspa.services import clinic_tablet
from mindspa.web import cookies, forms, gate, html


async def show(request: Request) -> Response:
    return await _page(request)


async def pair(request: Request) -> Response:
    """The session on this device ends: from now on it is the patients'."""
    runtime, actor = bootstrap.runtime(), gate.signed_in_of(request).actor
    name = (await forms.read_form(request)).get("name", "")
    try:
        token = await to_thread.run_sync(
            partial(
                clinic_tablet.pair_tablet,
                runtime.tablets,
                actor,
                name=name,
                new_id=runtime.new_id,
                now=runtime.clock(),
            )
        )
    except InvalidInput as error:
        return await _page(request, name=name, error=str(error))
    if session := cookies.token_of(request):
        await to_thread.run_sync(
            partial(runtime.accounts.end_session, session, now=runtime.clock())
        )
    response = RedirectResponse("/tablet", 303)
    cookies.signed_out(response)
    cookies.paired(response, token)
    return response


async def unpair(request: Request) -> Response:
    runtime, actor = bootstrap.runtime(), gate.signed_in_of(request).actor
    tablet_id = (await forms.read_form(request)).get("tablet", "")
    await to_thread.run_sync(
        partial(clinic_tablet.unpair_tablet, runtime.tablets, actor, tablet_id, now=runtime.clock())
    )
    return RedirectResponse("/tablet/pair", 303)


async def _page(request: Request, *, name: str = "", error: str | None = None) -> Response:
    runtime, member = bootstrap.runtime(), gate.signed_in_of(request)
    paired = await to_thread.run_sync(
        partial(clinic_tablet.paired_tablets, runtime.tablets, member.actor)
    )
    return html.page(
        "tablet_pair.html",
        status=422 if error else 200,
        clinic=member.clinic,
        tablets=paired,
        name=name[:100],
        error=error,
    )
