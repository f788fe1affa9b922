"""The worklist: whom to reach, the open row, and what can be done for that patient."""

from collections.abc import Iterator
from datetime import datetime

import pyarrow as pa  # type: ignore[import-untyped]
import streamlit as st

from mindspa.charts.rows import occasion_name
from mindspa.charts.time_axis import local
from mindspa.domain.access import Actor
from mindspa.domain.treatment import Patient
from mindspa.domain.worklist import Standing, Wanted, WorklistRow
from mindspa.services.remind import remind_by_hand
from mindspa.services.view_worklist import LISTED_FOR, MOST_ROWS, OpenedRow, WorklistView
from mindspa.ui import contact_form, menu, tablet_code
from mindspa.ui.patient_name import listed_name
from mindspa.ui.picked_table import PickedTable, names_apart
from mindspa.ui.plain_text import plain
from mindspa.ui.record_entry import Press, key_of
from mindspa.ui.window import on_a_phone

# A patient is chosen by their id.
TABLE = PickedTable("worklist")

_FILTER = "worklist_filter"
_EVERYBODY, _SILENT = "Everybody", "Silent after an infusion"
_STANDINGS = {
    "Due now": Standing.DUE,
    "Late": Standing.LATE,
    "Open": Standing.OPEN,
    "Missed": Standing.MISSED,
}


def filtered() -> tuple[Standing | None, bool]:
    """What the filter leaves: one standing or every, and whether only the silent."""
    chosen = st.session_state.get(_FILTER)
    return _STANDINGS.get(str(chosen)), chosen == _SILENT


def draw(view: WorklistView) -> None:
    st.selectbox("Show", [_EVERYBODY, _SILENT, *_STANDINGS], key=_FILTER)
    if not view.rows:
        st.info(
            "Nobody here is waited for: every answer that was asked for has come, or is not "
            "wanted yet.",
            icon=":material/task_alt:",
        )
        return
    count = len(view.rows)
    st.caption(
        f"{count} {'patient' if count == 1 else 'patients'}"
        + (
            f", the most urgent; more come up as these are done ({MOST_ROWS} at a time)"
            if view.more
            else ""
        )
        + f". What was missed is listed for {LISTED_FOR.days} days. Times in {view.zone}."
    )
    columns = {
        "Patient": [listed_name(row.patient) for row in view.rows],
        "Waited for": ["; ".join(_waited_for(row, view)) for row in view.rows],
        "Last answer": [_ago(row.last_answered_at, view.now) for row in view.rows],
        "Last contact": [
            contact_form.short(row.last_contact, view.zone) if row.last_contact else "none"
            for row in view.rows
        ],
        "Phone": [row.patient.phone or "not known" for row in view.rows],
    }
    names = names_apart({row.patient.id: listed_name(row.patient) for row in view.rows})
    narrow = on_a_phone()
    TABLE.draw(
        pa.table(columns),
        names,
        picker="Open a row",
        placeholder="Choose a patient, or tick their row below",
        columns={
            "Patient": st.column_config.TextColumn(pinned=True, width=115 if narrow else 165),
            "Waited for": st.column_config.TextColumn(width=180 if narrow else 330),
            "Last answer": st.column_config.TextColumn(width=88),
            "Last contact": st.column_config.TextColumn(width=225),
            "Phone": st.column_config.TextColumn(width=120),
        },
        alt="Patients whose answers are waited for, by need. The list above opens one by keyboard.",
    )


def pressed(patient_id: str | None) -> Press | None:
    """Read before anything is drawn, so that no later tap can lose it."""
    if patient_id is None or not st.session_state.get(_remind_key(patient_id)):
        return None
    return Press(lambda work: remind_by_hand(work, patient_id), "The reminder is on its way.")


def _remind_key(patient_id: str) -> str:
    return key_of(patient_id, "remind")


def draw_row(actor: Actor, opened: OpenedRow, view: WorklistView) -> None:
    row, patient = opened.row, opened.row.patient
    st.header(plain(listed_name(row.patient)), anchor=False)
    with st.container(horizontal=True):
        menu.link_to_entry(patient.id)
        menu.link_to_patient(patient.id)
    facts = [
        *_waited_for(row, view),
        f"Phone: {_phone(patient)}",
        f"Reminded: {_ago(opened.reminded.last_at, view.now)}",
    ]
    st.markdown("\n".join(f"- {plain(fact)}" for fact in facts))
    if opened.reminded.reachable:
        st.button("Send a reminder", icon=":material/send:", key=_remind_key(patient.id))
    tablet_code.draw(actor, patient.id, view.zone)
    contact_form.draw(patient.id, opened.contacts, view.zone)


def _phone(patient: Patient) -> str:
    if patient.phone is None:
        return "not known"
    return f"{patient.phone}, {'may leave a message' if patient.voicemail else 'leave no message'}"


def _waited_for(row: WorklistRow, view: WorklistView) -> Iterator[str]:
    if row.silent_since:
        yield "No answer since the infusion"
    for wanted in row.wanted:
        yield _wanted(wanted, view.zone)
    if row.not_reminded:
        yield "the reminder did not arrive"


def _wanted(wanted: Wanted, zone: str) -> str:
    occasion = wanted.occasion
    closes = local(occasion.closes_at, zone)
    at = f"{closes:%a} {closes.day} {closes:%b %H:%M}"
    state = {
        Standing.DUE: f"due, until {at}",
        Standing.OPEN: f"open until {at}",
        Standing.LATE: f"late, closed {at}",
        Standing.MISSED: f"missed, closed {at}",
    }
    name = occasion_name(occasion.code)
    return f"{name[0].upper()}{name[1:]}: {state[wanted.standing]}"


def _ago(at: datetime | None, now: datetime) -> str:
    if at is None:
        return "never"
    hours = (now - at).total_seconds() / 3600
    if hours < 1:
        return f"{hours * 60:.0f} min ago"
    return f"{hours:.0f} h ago" if hours < 48 else f"{hours / 24:.0f} days ago"
