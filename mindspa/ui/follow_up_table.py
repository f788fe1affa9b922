"""The follow-up list as a table, and which of its rows is open."""

from collections.abc import Mapping, Sequence

import pyarrow as pa  # type: ignore[import-untyped]
import streamlit as st

from mindspa.domain.follow_up import FollowUpEntry
from mindspa.services.review_follow_up import Figures, FollowUpList
from mindspa.ui import kept
from mindspa.ui.follow_up_words import Words
from mindspa.ui.menu import path_of
from mindspa.ui.patient_name import listed_name
from mindspa.ui.picked_table import PickedTable, names_apart
from mindspa.ui.window import on_a_phone

# An infusion is chosen by its id.
TABLE = PickedTable("follow_up")


def say_who_is_not_here(listed: FollowUpList) -> None:
    """An alert from before any infusion, such as at baseline, has no row on this list."""
    if not (count := listed.alerts_elsewhere):
        return
    who = "1 patient has" if count == 1 else f"{count} patients have"
    st.error(
        f"{who} an open safety alert and no infusion yet, so no row here.",
        icon=":material/emergency_home:",
    )
    st.page_link(path_of("alerts"), label="Open the alerts", icon=":material/emergency_home:")


def draw(entries: Sequence[FollowUpEntry], found: Figures, words: Words) -> None:
    if not entries:
        st.info(
            "Nobody is waiting for follow-up. A row appears here when an infusion ends, and stays "
            "until somebody has reviewed it.",
            icon=":material/task_alt:",
        )
        return
    _say_what_it_is(entries, found, words)
    columns = kept.made("columns", lambda: _columns(entries, words))
    names = kept.made("labels", lambda: _labels(entries, columns))
    narrow = on_a_phone()
    TABLE.draw(
        kept.made("table", lambda: pa.table(columns)),
        names,
        picker="Open a row",
        placeholder="Choose an infusion, or tick its row below",
        # On a phone the first three are what there is room for.
        columns={
            "Patient": st.column_config.TextColumn(pinned=True, width=115 if narrow else 165),
            "Why": st.column_config.TextColumn(width=140 if narrow else 285),
            "Last answer": st.column_config.TextColumn(
                width=88, help="Hours from the end of the infusion"
            ),
            "Since end": st.column_config.TextColumn(width=78),
            "Since before": st.column_config.TextColumn(
                help="Points of the pulse since before this infusion; a fall is better"
            ),
            "Since course": st.column_config.TextColumn(
                help="Points of the pulse since before the first infusion of the course"
            ),
        },
        alt="Infusions that wait for follow-up, by need. The list above opens one by keyboard.",
    )


def _say_what_it_is(entries: Sequence[FollowUpEntry], found: Figures, words: Words) -> None:
    patients = len({entry.patient.id for entry in entries})
    late = f", {found.answered_outside} more answered later" if found.answered_outside else ""
    signed = (
        ""
        if words.definitions.safety.signed_by
        else " The safety rules are in force as shipped; no clinician has signed them yet."
    )
    st.caption(
        f"{_count(len(entries), 'infusion')} of {_count(patients, 'patient')} waiting. Check-ins "
        f"of the 24 to 72 hours: {found.answered} answered of {found.expected} due so far{late}. "
        f"Times in {words.zone}.{signed}"
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _labels(
    entries: Sequence[FollowUpEntry], columns: Mapping[str, Sequence[str]]
) -> dict[str, str]:
    """By infusion id. What time alone changes is not in them: the browser names a choice by its
    label."""
    return names_apart(
        {
            entry.row.infusion_id: f"{who}: infusion {infusion}"
            for entry, who, infusion in zip(
                entries, columns["Patient"], columns["Infusion"], strict=True
            )
        }
    )


def _columns(entries: Sequence[FollowUpEntry], words: Words) -> dict[str, list[str]]:
    """By heading. The names of the four cells are the protocol's."""
    rows = [entry.row for entry in entries]
    return {
        "Patient": [listed_name(entry.patient) for entry in entries],
        "Why": [words.why(entry) for entry in entries],
        "Since end": [words.since_end(row) for row in rows],
        **{
            heading: [words.cell(row, code) for row in rows]
            for code, heading in words.cell_headings().items()
        },
        "Last answer": [words.last_answer(row) for row in rows],
        "Since before": [words.change(row.change_since_before) for row in rows],
        "Since course": [words.change(row.change_since_course) for row in rows],
        "Infusion": [words.infusion(row) for row in rows],
        "Standard forms": [words.standard(row) for row in rows],
        "Side effects": [words.side_effects(row) for row in rows],
        "Safety": [words.safety(row) for row in rows],
        "Alerts": [words.alerts(row) for row in rows],
        "Reviewed": [words.reviewed(row) for row in rows],
    }
