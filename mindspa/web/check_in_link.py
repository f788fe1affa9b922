"""A link from a reminder: a page that says what it opens, one check-in, and a way on where it opens
nothing any more.

Looking at it spends nothing: programs that scan mail follow links, and press no buttons.
"""

from functools import partial

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from mindspa import bootstrap
from mindspa.domain.links import CheckInLink, LinkState
from mindspa.domain.tablets import Visit
from mindspa.services.open_link import actor_of, send_fresh_link, spend_link, state_of
from mindspa.web import cookies, forms, html
from mindspa.web.plain_check_in import CheckInPages

PATH = "/check-in"


async def show(request: Request) -> Response:
    """The check-in, for the browser that has spent a link; else what the link opens."""
    token = request.query_params.get("link")
    if token is None:
        return await PAGES.show(request)
    link = await _find(token)
    state = LinkState.OVER if link is None else await _state(link)
    if state is LinkState.USED and await _visit(request, False) is not None:
        return PAGES.back()  # by this very browser: it goes on
    return _link_page(state, token)


async def open_it(request: Request) -> Response:
    token = (await forms.read_form(request)).get("link", "")
    link = await _find(token)
    if link is None:
        return _link_page(LinkState.OVER, token)
    runtime = bootstrap.runtime()

    def spent(link: CheckInLink) -> tuple[str | None, LinkState]:
        with runtime.unit_of_work(actor_of(link)) as work:
            return spend_link(work, link), state_of(work, link)

    visit_token, state = await to_thread.run_sync(partial(spent, link))
    if visit_token is None:
        return _link_page(LinkState.USED if state is LinkState.GOOD else state, token)
    response = PAGES.back()
    left = int((link.expires_at - runtime.clock()).total_seconds())
    cookies.came_by_link(response, visit_token, max(left, 1))
    return response


async def ask_again(request: Request) -> Response:
    """One answer to whatever is sent: nobody learns from it which links there were."""
    link = await _find((await forms.read_form(request)).get("link", ""))
    if link is not None:
        runtime = bootstrap.runtime()

        def ask() -> None:
            with runtime.unit_of_work(actor_of(link)) as work:
                send_fresh_link(work, link)

        await to_thread.run_sync(ask)
    return RedirectResponse(f"{PATH}?asked", 303)


async def _find(token: str) -> CheckInLink | None:
    if not cookies.may_be_token(token):
        return None
    return await to_thread.run_sync(bootstrap.runtime().links.find, token)


async def _state(link: CheckInLink) -> LinkState:
    def read() -> LinkState:
        with bootstrap.runtime().reading(actor_of(link)) as work:
            return state_of(work, link)

    return await to_thread.run_sync(read)


async def _visit(request: Request, _activity: bool) -> Visit | None:
    token = cookies.link_of(request)
    if token is None:
        return None
    runtime = bootstrap.runtime()
    return await to_thread.run_sync(partial(runtime.links.visit, token, now=runtime.clock()))


async def _end(visit: Visit) -> None:
    runtime = bootstrap.runtime()
    await to_thread.run_sync(partial(runtime.links.end, visit, now=runtime.clock()))


def _outside() -> Response:
    return html.page("link_outside.html")


def _link_page(state: LinkState, token: str) -> Response:
    return html.page(
        "link.html", status=200 if state is LinkState.GOOD else 410, state=state.name, link=token
    )


PAGES = CheckInPages(PATH, _visit, _end, _outside, on_tablet=False, idle_seconds=0)
