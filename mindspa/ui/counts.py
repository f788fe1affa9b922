"""The first page of staff: four counts, each above the way to its list."""

import streamlit as st

from mindspa.services.view_home import Home
from mindspa.ui.menu import path_of


def draw(home: Home) -> None:
    due = f"{home.waited_for}{'+' if home.more else ''}"
    patients, follow_up, waited_for, infusions = [  # in rows of two: a phone has them in order
        column.container(border=True) for _ in range(2) for column in st.columns(2)
    ]
    with patients:
        _count("Open alerts", home.alerts)
        st.page_link(path_of("alerts"), label="Alerts", icon=":material/emergency_home:")
    with follow_up:
        _count("Infusions to follow up", home.follow_up)
        st.page_link(path_of("follow_up"), label="Follow-up", icon=":material/event_note:")
    with waited_for:
        _count("Patients whose answers are due", due)
        st.page_link(
            path_of("due_and_missing"), label="Due and missing", icon=":material/pending_actions:"
        )
    with infusions:
        _count("Infusions today", home.infusions)
        st.page_link(path_of("infusion_day"), label="Infusion day", icon=":material/vaccines:")


def _count(label: str, count: int | str) -> None:
    st.text(label)  # a figure's own label is cut off in large text
    st.metric(label, count, label_visibility="collapsed")
