"""The page of a paired tablet: the field for a code, then one check-in, question by question.

Plain pages beside Streamlit: whoever is before a tablet has no session, so that no other page opens
for them.
"""

import re
from functools import partial

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response

from mindspa import bootstrap
from mindspa.domain.tablets import CODE_LENGTH, VISIT_IDLE, Entry, Visit
from mindspa.web import cookies, forms, html
from mindspa.web.plain_check_in import CheckInPages

IDLE_SECONDS = int(VISIT_IDLE.total_seconds()) + 2

_NOT_RIGHT = "That code opens nothing here. Check it, or ask for a new one."
_LOCKED = "Too many wrong codes. Give the tablet back: this page takes codes again in half an hour."


async def enter_code(request: Request) -> Response:
    """One answer to whatever opens nothing."""
    code = "".join((await forms.read_form(request)).get("code", "").split())
    runtime, token = bootstrap.runtime(), cookies.tablet_of(request)
    is_code = re.fullmatch(rf"[0-9]{{{CODE_LENGTH}}}", code, re.ASCII) is not None
    entry = Entry.REFUSED
    if token is not None and is_code:
        entry = await to_thread.run_sync(
            partial(runtime.tablets.enter, token, code, runtime.new_id(), now=runtime.clock())
        )
    match entry:
        case Entry.OPENED:
            return PAGES.back()
        case Entry.LOCKED:
            return _code_page(_LOCKED, status=429)
    return _code_page(_NOT_RIGHT, status=422)


async def _visit(request: Request, activity: bool) -> Visit | None:
    token = cookies.tablet_of(request)
    if token is None:
        return None
    runtime = bootstrap.runtime()
    return await to_thread.run_sync(
        partial(runtime.tablets.visit, token, now=runtime.clock(), activity=activity)
    )


async def _end(visit: Visit) -> None:
    runtime = bootstrap.runtime()
    await to_thread.run_sync(partial(runtime.tablets.end, visit, now=runtime.clock()))


def _code_page(error: str | None = None, *, status: int = 200) -> Response:
    return html.page("tablet_code.html", status=status, error=error, length=CODE_LENGTH)


PAGES = CheckInPages("/tablet", _visit, _end, _code_page, on_tablet=True, idle_seconds=IDLE_SECONDS)
