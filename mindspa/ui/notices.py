"""What every page says in the same words: errors, signed out, demo."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote, urlsplit

import streamlit as st

from mindspa.domain.errors import MindSpaError


@contextmanager
def errors_shown(*, go_on: bool = False) -> Iterator[None]:
    """Shows the sentence of an error that people can act on and ends the run there; whatever the
    unit of work had written is rolled back. Anything else is a defect and goes on. `go_on` draws
    the page below the sentence: a form that was refused keeps what was typed into it."""
    try:
        yield
    except MindSpaError as error:
        st.error(str(error), icon=":material/error:")
        if not go_on:
            st.stop()
        st.toast(str(error), icon=":material/error:", duration="long")  # seen wherever one is


def signed_out() -> None:
    st.title("You are signed out")
    st.write("Everything you saved is kept. Sign in to go on where you were.")
    path = urlsplit(st.context.url or "").path or "/"
    st.html(
        f'<p><a href="/sign-in?next={quote(path, safe="/")}">Sign in</a></p>'
        '<p><a href="/help">Get help now</a></p>'
    )


def password_change_needed() -> None:
    st.title("Choose your own password")
    st.write("Your account still has the password that the clinic gave you.")
    st.html('<p><a href="/password">Change it now</a></p>')


def demo_banner() -> None:
    st.info(
        "Demo clinic: every person and every answer here is made up. Nothing is sent to anybody.",
        icon=":material/science:",
    )
