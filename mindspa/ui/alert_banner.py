"""The open alerts, at the top of every page of the team."""

import streamlit as st

from mindspa.domain.access import Permission
from mindspa.domain.alert_cases import Waiting
from mindspa.ui import notices, session
from mindspa.ui.menu import path_of


@st.fragment(run_every="60s")
def draw() -> None:
    """Anew each minute, although nobody touches the page; clears the screen like `session.watch`,
    which is not drawn beside it."""
    actor = session.require(Permission.HANDLE_ALERTS, activity=False)
    with notices.errors_shown():
        waiting = session.alerts_waiting(actor)
    if waiting.total:
        with st.container(horizontal=True, vertical_alignment="center"):
            _say(waiting)
            st.page_link(path_of("alerts"), label="Go to alerts", icon=":material/emergency_home:")


def _say(waiting: Waiting) -> None:
    count = "1 open alert" if waiting.total == 1 else f"{waiting.total} open alerts"
    parts = [count]
    if waiting.immediate:
        parts.append(f"{waiting.immediate} immediate")
    if waiting.late:
        parts.append(f"{waiting.late} late")
    text = ", ".join(parts) + "."
    notices.alert(text, at_once=bool(waiting.immediate or waiting.late))
