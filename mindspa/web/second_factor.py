"""Setting up a second factor, new recovery codes, and doing without it again."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TypeVar

import segno
from anyio import to_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from mindspa import bootstrap
from mindspa.charts.time_axis import local
from mindspa.domain.errors import InvalidInput, MindSpaError
from mindspa.domain.second_factor import Offered
from mindspa.services import second_factor as service
from mindspa.web import cookies, forms, gate, html
from mindspa.web.hashing import hashed

Result = TypeVar("Result")

QR_SCALE = 4  # pixels a square: fits a narrow phone


async def show(request: Request) -> Response:
    return await _page(request, notice="off" if "off" in request.query_params else None)


async def change(request: Request) -> Response:
    """Which of the page's buttons was pressed says `what`."""
    fields = await forms.read_form(request)
    try:
        match fields.get("what"):
            case "start":
                return await _page(request, offered=await _start(request))
            case "confirm":
                return _codes(await _proven(request, fields, service.confirm), new=True)
            case "codes":
                return _codes(await _proven(request, fields, service.renew_codes), new=False)
            case "off":
                await _proven(request, fields, service.remove)
                return RedirectResponse("/second-factor?off", 303)
            case _:
                raise InvalidInput("The form cannot be read. Reload the page and try again.")
    except MindSpaError as error:
        offered = await _still_offered(request) if fields.get("what") == "confirm" else None
        return await _page(
            request, offered=offered, error=str(error), status=forms.status_of(error)
        )


async def _start(request: Request) -> Offered:
    runtime, actor = bootstrap.runtime(), gate.signed_in_of(request).actor
    return await to_thread.run_sync(
        partial(service.offer, runtime.accounts, actor, now=runtime.clock())
    )


async def _still_offered(request: Request) -> Offered | None:
    runtime, actor = bootstrap.runtime(), gate.signed_in_of(request).actor
    return await to_thread.run_sync(
        partial(service.offered, runtime.accounts, actor, now=runtime.clock())
    )


async def _proven(
    request: Request, fields: Mapping[str, str], work: Callable[..., Result]
) -> Result:
    """Of what asks for the password and a code."""
    runtime = bootstrap.runtime()
    return await hashed(
        partial(
            work,
            runtime.accounts,
            gate.signed_in_of(request).actor,
            token=cookies.token_of(request) or "",
            password=fields.get("password", ""),
            code=fields.get("code", ""),
            now=runtime.clock(),
        )
    )


def _codes(codes: Sequence[str], *, new: bool) -> Response:
    return html.page("recovery_codes.html", codes=codes, new=new)


async def _page(
    request: Request,
    *,
    offered: Offered | None = None,
    notice: str | None = None,
    error: str | None = None,
    status: int = 200,
) -> Response:
    runtime, member = bootstrap.runtime(), gate.signed_in_of(request)
    own = await to_thread.run_sync(partial(service.own_factor, runtime.accounts, member.actor))
    return html.page(
        "second_factor.html",
        status=status,
        own=own,
        since=local(own.since, member.clinic.zone) if own.since else None,
        offered=offered,
        picture=_picture(offered.address) if offered else None,
        notice=notice,
        error=error,
    )


def _picture(address: str) -> str:
    """As the address of an image, dark on light in any theme: cameras read it so."""
    return segno.make(address, micro=False, error="m").svg_data_uri(
        scale=QR_SCALE, border=4, dark="#000", light="#fff"
    )
