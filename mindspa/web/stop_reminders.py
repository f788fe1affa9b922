"""No more reminders, by the link at the foot of each: without signing in, and whatever became of
the check-in that it was about.

A mail program that has a button for it sends the form by itself (RFC 8058), from no page of ours:
what it needs to know stands in the link alone, and all that anybody does with it is to stop them.
"""

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from mindspa import bootstrap
from mindspa.domain.links import CheckInLink
from mindspa.services.choose_reach import choose_reminders
from mindspa.services.open_link import actor_of
from mindspa.web import cookies, forms, html

PATH = "/reminders/stop"
ONE_CLICK = (b"List-Unsubscribe", b"One-Click")  # in either of the ways that a form is sent


async def show(request: Request) -> Response:
    """A look stops nothing: programs that scan mail follow links."""
    if "stopped" in request.query_params:
        return html.page("stop_reminders.html", state="stopped", link="")
    token = request.query_params.get("link", "")
    known = await _find(token) is not None
    return html.page(
        "stop_reminders.html",
        status=200 if known else 410,
        state="known" if known else "unknown",
        link=token,
    )


async def stop(request: Request) -> Response:
    token, body = request.query_params.get("link", ""), await forms.read_body(request)
    by_itself = token and all(word in body for word in ONE_CLICK)
    if not by_itself:
        forms.require_own_page(request)
        token = forms.fields_in(body).get("link", "")
    if link := await _find(token):
        await to_thread.run_sync(_stopped, link)
    if by_itself:  # which follows nothing
        return html.page("stop_reminders.html", state="stopped", link="")
    return RedirectResponse(f"{PATH}?stopped", 303)


def _stopped(link: CheckInLink) -> None:
    with bootstrap.runtime().unit_of_work(actor_of(link)) as work:
        choose_reminders(work, wanted=False)


async def _find(token: str) -> CheckInLink | None:
    if not cookies.may_be_token(token):
        return None
    return await to_thread.run_sync(bootstrap.runtime().links.find, token)
