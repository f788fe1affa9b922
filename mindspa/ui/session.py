"""Who a page is drawn for, and the units of work opened in their name.

Cookies are frozen when a browser's connection opens, so the session behind the cookie is looked up
at every run of a page and of a fragment, and once in each: signing out bites in every open tab.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar

import streamlit as st

from mindspa import bootstrap
from mindspa.domain.access import Actor, Permission, SignedIn
from mindspa.services.unit_of_work import UnitOfWork

TOKEN_LENGTH = 43  # of secrets.token_urlsafe(32)

# Whom the frame has found, while it runs the page. A fragment's own run has no frame around it.
_found_by_frame: ContextVar[SignedIn | None] = ContextVar("found_by_frame", default=None)


@contextmanager
def drawing_for(member: SignedIn) -> Iterator[None]:
    """What the frame has looked up holds for the page and the fragments that it runs."""
    before = _found_by_frame.set(member)
    try:
        yield
    finally:
        _found_by_frame.reset(before)


def signed_in(*, activity: bool = True) -> SignedIn | None:
    """`activity` is False for what a page does by itself, which keeps nobody signed in."""
    if found := _found_by_frame.get():
        return found
    runtime = bootstrap.runtime()
    token = runtime.visitor_token()
    if not isinstance(token, str) or len(token) != TOKEN_LENGTH:
        return None
    return runtime.accounts.session(token, now=runtime.clock(), activity=activity)


def require(permission: Permission | None = None) -> Actor:
    """The guard: the first line of every page, and of every fragment that shows or saves anything.

    Nobody signed in, or somebody without the permission, gets nothing of it: the whole page is run
    again, and the frame draws what such a visitor may see.
    """
    member = signed_in()
    if member is None or member.must_change_password:
        st.rerun(scope="app")
    if permission is not None and not member.actor.may(permission):
        st.error("Your account does not have access to this page.")
        st.stop()
    return member.actor


def unit_of_work(actor: Actor) -> AbstractContextManager[UnitOfWork]:
    return bootstrap.runtime().unit_of_work(actor)


def reading(actor: Actor) -> AbstractContextManager[UnitOfWork]:
    return bootstrap.runtime().reading(actor)


def sign_out() -> None:
    """Ends the session in every tab and clears what this one remembers."""
    runtime = bootstrap.runtime()
    if token := runtime.visitor_token():
        runtime.accounts.end_session(token, now=runtime.clock())
    st.session_state.clear()


@st.fragment(run_every="60s")
def watch() -> None:
    """Clears the screen of a session that has ended, although nobody touches the page."""
    if signed_in(activity=False) is None:
        st.session_state.clear()
        st.rerun(scope="app")
