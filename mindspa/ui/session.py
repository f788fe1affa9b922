"""Who a page is drawn for, and the units of work opened in their name.

Cookies are frozen when a browser's connection opens, so the session behind the cookie is looked up
at every run of a page and of a fragment, and once in each: signing out bites in every open tab.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from contextvars import ContextVar
from datetime import datetime

import streamlit as st

from mindspa import bootstrap
from mindspa.domain.access import Actor, Permission, SignedIn
from mindspa.domain.alert_cases import Waiting
from mindspa.domain.errors import DatabaseUnusable
from mindspa.domain.messages import Channel
from mindspa.services import lock_screen, sign_in
from mindspa.services.unit_of_work import UnitOfWork

TOKEN_LENGTH = 43  # of secrets.token_urlsafe(32)
_OWNER = "session.owner"

# Whom the frame has found, while it runs the page. A fragment's own run has no frame around it.
_found_by_frame: ContextVar[SignedIn | None] = ContextVar("found_by_frame", default=None)
_has_written: ContextVar[bool] = ContextVar("has_written", default=False)


@contextmanager
def drawing_for(member: SignedIn) -> Iterator[None]:
    """What the frame has looked up holds for the page and the fragments that it runs."""
    if _was_anothers(member):
        st.session_state.clear()
    st.session_state[_OWNER] = _owner(member)
    before, wrote = _found_by_frame.set(member), _has_written.set(False)
    try:
        yield
    finally:
        _found_by_frame.reset(before)
        _has_written.reset(wrote)


def signed_in(*, activity: bool = True) -> SignedIn | None:
    """`activity` is False for what a page does by itself, which keeps nobody signed in."""
    if found := _found_by_frame.get():
        return found
    runtime = bootstrap.runtime()
    token = runtime.visitor_token()
    if not isinstance(token, str) or len(token) != TOKEN_LENGTH:
        return None
    return runtime.accounts.session(token, now=runtime.clock(), activity=activity)


def require(permission: Permission | None = None, *, activity: bool = True) -> Actor:
    """The guard: the first line of every page, and of every fragment that shows or saves anything.
    `activity` as above.

    Nobody signed in, or somebody without the permission, gets nothing of it: the whole page is run
    again, and the frame draws what such a visitor may see.
    """
    with _frame_says_what_is_wrong():
        member = signed_in(activity=activity)
    if member is None or member.owes or member.locked or _was_anothers(member):
        st.rerun(scope="app")
    if permission is not None and not member.actor.may(permission):
        st.error("Your account does not have access to this page.")
        st.stop()
    return member.actor


def unit_of_work(actor: Actor) -> AbstractContextManager[UnitOfWork]:
    _has_written.set(True)
    return bootstrap.runtime().unit_of_work(actor)


def has_written() -> bool:
    """Whether this run of the page has opened a unit of work that may have stored something."""
    return _has_written.get()


def trying(actor: Actor) -> AbstractContextManager[UnitOfWork]:
    return bootstrap.runtime().trying(actor)


def reading(actor: Actor) -> AbstractContextManager[UnitOfWork]:
    return bootstrap.runtime().reading(actor)


def alerts_waiting(actor: Actor) -> Waiting:
    return bootstrap.runtime().alerts_waiting(actor)


def channels() -> frozenset[Channel]:
    """By which this server sends messages; empty: by none."""
    return bootstrap.runtime().settings.channels


def now() -> datetime:
    return bootstrap.runtime().clock()


def sign_out() -> None:
    """Ends the session in every tab and clears what this one remembers."""
    runtime = bootstrap.runtime()
    if token := runtime.visitor_token():
        runtime.accounts.end_session(token, now=runtime.clock())
    st.session_state.clear()


def lock() -> None:
    """In every tab."""
    runtime = bootstrap.runtime()
    if token := runtime.visitor_token():
        runtime.accounts.locks.lock(token, now=runtime.clock())


def lock_when_idle(member: SignedIn, *, wanted: bool) -> None:
    """Written only where it is not so already. A database that is full or away hides no page."""
    runtime = bootstrap.runtime()
    after = runtime.definitions.infusion_day.lock_after if wanted else None
    if member.locks_after != after and (token := runtime.visitor_token()):
        with suppress(DatabaseUnusable):
            runtime.accounts.locks.lock_when_idle(token, after)


def unlock(secret: str) -> None:
    runtime = bootstrap.runtime()
    lock_screen.unlock(runtime.accounts, runtime.visitor_token() or "", secret, now=runtime.clock())


def choose_pin(actor: Actor, password: str, pin: str, repeated: str) -> None:
    runtime = bootstrap.runtime()
    lock_screen.choose_pin(
        runtime.accounts,
        actor,
        token=runtime.visitor_token() or "",
        password=password,
        pin=pin,
        repeated=repeated,
        now=runtime.clock(),
    )


def require_password(actor: Actor, password: str) -> None:
    """Of whoever is signed in; each guess counts as a try to sign in from this browser."""
    runtime = bootstrap.runtime()
    sign_in.checked_password(
        runtime.accounts,
        actor,
        token=runtime.visitor_token() or "",
        password=password,
        now=runtime.clock(),
    )


@st.fragment(run_every="60s")
def watch() -> None:
    """Clears the screen of a session that has ended, although nobody touches the page."""
    require(activity=False)


@st.fragment(run_every="5s")
def wait_until_unlocked() -> None:
    """The page of a tab goes on when another tab is unlocked."""
    with _frame_says_what_is_wrong():
        member = signed_in(activity=False)
    if member is None or not member.locked:
        st.rerun(scope="app")


@st.fragment(run_every="5s")
def wait_for_database() -> None:
    """Nobody need do anything: the page goes on once it can be known who is there. Asked in the
    same way as the page asks, or the two could go round in a circle."""
    with suppress(DatabaseUnusable):
        signed_in()
        st.rerun(scope="app")


@contextmanager
def _frame_says_what_is_wrong() -> Iterator[None]:
    """Where a database is out of reach for a fragment it is so for the whole page."""
    try:
        yield
    except DatabaseUnusable:
        st.rerun(scope="app")


def _was_anothers(member: SignedIn) -> bool:
    """Whether what this tab remembers, and shows, is another person's. A page that lost its
    connection asks for the same tab again, by then perhaps with the cookie of whoever signed in
    on that device since."""
    return bool(st.session_state.get(_OWNER, _owner(member)) != _owner(member))


def _owner(member: SignedIn) -> tuple[str, str]:
    return member.actor.clinic_id, member.actor.id
