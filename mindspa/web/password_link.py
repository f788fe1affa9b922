"""A password by e-mail: asking for a link, and what the link opens.

Whoever asks gets one answer, before anything is looked up: neither its words nor its time say
whether there is such an account. Looking at a link spends nothing, as with those of reminders.
"""

import logging
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import BoundedSemaphore

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from mindspa import bootstrap
from mindspa.domain.access import Person
from mindspa.domain.errors import InvalidInput, MindSpaError
from mindspa.domain.links import PasswordLink
from mindspa.services import password_by_mail as service
from mindspa.services.sign_in import LONGEST_PASSWORD, SHORTEST_PASSWORD, normal_login
from mindspa.web import cookies, forms, html, sign_in
from mindspa.web.hashing import hashed

logger = logging.getLogger(__name__)

# Beside the answers: one after the other, so that many at once cost no page its time, and no more
# waiting than a clinic ever asks for.
MOST_WAITING = 100
_asking = ThreadPoolExecutor(1, "password links")
_waiting = BoundedSemaphore(MOST_WAITING)


async def show_lost(request: Request) -> Response:
    return _lost_page("asked" if "asked" in request.query_params else "ask")


async def ask(request: Request) -> Response:
    login = (await forms.read_form(request)).get("login", "")
    if not login.strip():
        return _lost_page("ask", error="Enter your login.")
    _ask_beside(login)
    return RedirectResponse("/password/lost?asked", 303)


async def show_link(request: Request) -> Response:
    token = request.query_params.get("link", "")
    return _page(await _find(token), token)


async def choose(request: Request) -> Response:
    runtime = bootstrap.runtime()
    fields = await forms.read_form(request)
    token = fields.get("link", "")
    link = await _find(token)
    if link is None:
        return _page(None, token)
    try:
        await hashed(
            partial(
                service.choose_password,
                runtime.accounts,
                runtime.password_links,
                link,
                new=fields.get("new", ""),
                repeated=fields.get("repeated", ""),
                now=runtime.clock(),
            )
        )
    except InvalidInput as error:
        return _page(await _find(token), token, error=str(error))
    return await sign_in.show_chosen(request, link.login)


async def ask_again(request: Request) -> Response:
    """With a link that is over, without the login: the same answer to whatever is sent."""
    link = await _find((await forms.read_form(request)).get("link", ""))
    if link is not None:
        _ask_beside(link.login)
    return RedirectResponse("/password/lost?asked", 303)


def _lost_page(state: str, *, error: str | None = None) -> Response:
    mails = bootstrap.runtime().mail is not None
    return html.page(
        "password_lost.html",
        status=422 if error else 200,
        state=state if mails else "no mail",
        error=error,
    )


def _ask_beside(login: str) -> None:
    if _waiting.acquire(blocking=False):
        _asking.submit(_ask_for, login).add_done_callback(lambda _: _waiting.release())


def _ask_for(login: str) -> None:
    """Nobody is left to be told what goes wrong."""
    runtime = bootstrap.runtime()
    try:
        person = _known(login)
        if person is not None and person.email is not None and runtime.mail is not None:
            with runtime.unit_of_work(service.nobody_yet(person)) as work:
                service.ask_for_link(work, person)
    except MindSpaError as error:
        logger.warning("A link for a password was not written: %s", error)
    except Exception as error:
        logger.error("A link for a password was not written: %s", error)  # as in `worker`


def _known(login: str) -> Person | None:
    normal = normal_login(login)
    return bootstrap.runtime().accounts.with_login(normal) if normal.isprintable() else None


async def _find(token: str) -> PasswordLink | None:
    if not cookies.may_be_token(token):
        return None
    return await to_thread.run_sync(bootstrap.runtime().password_links.find, token)


def _page(link: PasswordLink | None, token: str, *, error: str | None = None) -> Response:
    good = link is not None and link.is_good(bootstrap.runtime().clock())
    return html.page(
        "password_link.html",
        status=(422 if error else 200) if good else 410,
        login=link.login if link is not None and good else None,
        link=token,
        error=error,
        shortest=SHORTEST_PASSWORD,
        longest=LONGEST_PASSWORD,
    )
