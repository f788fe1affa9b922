"""What every page says in the same words: errors, open alerts, signed out, demo."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import quote, urlencode, urlsplit

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from mindspa.domain.access import Owed
from mindspa.domain.errors import DatabaseUnusable, MindSpaError


@contextmanager
def errors_shown(
    above: Callable[[], object] | None = None, *, go_on: bool = False
) -> Iterator[list[str]]:
    """Shows the sentence of an error that people can act on and ends the run there; whatever the
    unit of work had written is rolled back. Anything else is a defect and goes on. `above` draws
    what stands above the sentence: the heading of a page that has drawn nothing yet. `go_on` draws
    the page below the sentence: a form that was refused keeps what was typed into it. The list that
    it gives holds the sentence then."""
    said: list[str] = []
    try:
        yield said
    except MindSpaError as error:
        said.append(str(error))
        if above:
            above()
        st.error(str(error), icon=":material/error:")
        if not go_on:
            st.stop()
        st.toast(str(error), icon=":material/error:", duration="long")  # seen wherever one is


def saved(sentence: str) -> None:
    """After the commit, never before. Said twice, since a list that was scrolled down to shows
    nothing of its top."""
    st.success(sentence, icon=":material/check:")
    st.toast(sentence, icon=":material/check:")


def alert(text: str, *, at_once: bool) -> None:
    """That an answer about safety waits for somebody to act on it."""
    if at_once:
        st.error(text, icon=":material/emergency_home:")
    else:
        st.warning(text, icon=":material/notification_important:")


def signed_out() -> None:
    st.title("You are signed out", anchor=False)
    st.write("Everything you saved is kept. Sign in to go on where you were.")
    target = urlsplit(st.context.url or "").path or "/"
    if query := urlencode(st.query_params.to_dict()):
        target += f"?{query}"
    st.html(
        f'<p><a href="/sign-in?next={quote(target, safe="/")}">Sign in</a></p>'
        '<p><a href="/help">Get help now</a></p>'
    )


def out_of_reach(error: DatabaseUnusable) -> None:
    """Instead of the page."""
    st.title("Please wait", anchor=False)
    st.error(str(error), icon=":material/error:")
    st.write("What you typed on this page is kept. The page goes on by itself as soon as it can.")
    st.html('<p><a href="/help">Get help now</a></p>')


def no_such_page(first: StreamlitPage) -> None:
    """For an address that is nobody's and for one that is not this person's, in the same words."""
    st.title("There is no such page", anchor=False)
    st.write("The address may be mistyped, or your account does not have that page.")
    st.page_link(first)
    st.html('<p><a href="/help">Get help now</a></p>')


def owed(what: Owed) -> None:
    """Instead of any page."""
    if what == Owed.PASSWORD:
        st.title("Choose your own password", anchor=False)
        st.write("Your account still has the password that the clinic gave you.")
        st.html(f'<p><a href="{what}">Change it now</a></p>')
    else:
        st.title("Set up a second factor", anchor=False)
        st.write("Your clinic asks everybody on the staff for a code from a phone at sign-in.")
        st.html(f'<p><a href="{what}">Set it up now</a></p>')


def demo_banner() -> None:
    st.info(
        "Demo clinic: every person and every answer here is made up. Nothing is sent to anybody.",
        icon=":material/science:",
    )
