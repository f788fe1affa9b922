"""The first page of staff: four counts, each above the way to its list."""

import streamlit as st

from mindspa.services.view_home import Home
from mindspa.ui.menu import path_of


def draw(home: Home) -> None:
    more = "+" if home.more else ""
    counts = (
        ("Patients with an open alert", str(home.alerts), "patients", ":material/groups:"),
        ("Infusions to follow up", str(home.follow_up), "follow_up", ":material/event_note:"),
        (
            "Patients whose answers are due",
            f"{home.waited_for}{more}",
            "due_and_missing",
            ":material/pending_actions:",
        ),
        ("Infusions today", str(home.infusions), "infusion_day", ":material/vaccines:"),
    )
    names = ("Patients", "Follow-up", "Due and missing", "Infusion day")
    # In rows of two, so that a phone has them in order and none is squeezed.
    for place in (0, 2):
        for column, count, name in zip(
            st.columns(2), counts[place : place + 2], names[place : place + 2], strict=True
        ):
            label, number, page, icon = count
            with column.container(border=True):
                st.text(label)  # a figure's own label is cut off in large text
                st.metric(label, number, label_visibility="collapsed")
                st.page_link(path_of(page), label=name, icon=icon)
