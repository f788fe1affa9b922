"""The list of patients: a search, a table and, for the keyboard, a picker."""

from datetime import datetime
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]
import streamlit as st
from streamlit import column_config as column

from mindspa.charts.time_axis import local
from mindspa.domain.definitions import Definitions
from mindspa.domain.instruments import Band
from mindspa.domain.intake import Status
from mindspa.domain.summary import LatestScore
from mindspa.domain.treatment import PatientStatus
from mindspa.services.review_intake import STATUSES
from mindspa.services.view_patients import Panel, PanelRow
from mindspa.ui import ticked_row
from mindspa.ui.picked_table import names_apart

_SEARCH, _PICKER, _TABLE = "patients_search", "patients_picker", "patients_table"
_INTAKE, _EVERYBODY = "patients_intake", ""
_DRAWN = "patients_drawn"  # ids in the order of the table's rows
_HEIGHT = 620  # of a long table: about 17 rows


def chosen() -> str | None:
    """Whom the last press asks to open."""
    if picked := st.session_state.get(_PICKER):
        return str(picked)
    table, drawn = st.session_state.get(_TABLE), st.session_state.get(_DRAWN, [])
    return ticked_row.of(drawn, table.selection.rows if table else [])


def search() -> str:
    return str(st.session_state.get(_SEARCH, ""))


def intake() -> Status | None:
    """How the new-patient forms stand of those who are shown; None: everybody."""
    chosen = st.session_state.get(_INTAKE)
    return Status(chosen) if chosen in list(Status) else None


def draw(panel: Panel, definitions: Definitions, zone: str) -> None:
    if not panel.patients:
        st.info(
            "No patients yet. Register the first below. Whoever runs this server can also bring "
            "them in from a table, with `python -m mindspa import`."
        )
        return
    find, stands, pick = st.columns([2, 1, 2])
    find.text_input("Search by name", key=_SEARCH, icon=":material/search:")
    stands.selectbox(
        "New-patient forms",
        [_EVERYBODY, *Status],
        format_func=lambda status: STATUSES.get(status, "Everybody"),
        key=_INTAKE,
    )
    if not panel.rows:
        st.info("Nobody like that. Change or clear the search, or show everybody.")
        return
    names = _labels(panel)
    pick.selectbox(
        "Open a patient",
        list(names),
        index=None,
        format_func=names.__getitem__,
        placeholder="Choose a name",
        key=_PICKER,
    )
    waiting = sum(bool(row.attention) for row in panel.rows)
    st.caption(
        f"{len(panel.rows)} of {panel.patients} patients. Attention needed: {waiting}; they stand "
        f"first. Tick a row to open the patient. Times in {zone}."
    )
    st.session_state[_DRAWN] = [row.patient.id for row in panel.rows]
    st.dataframe(
        _table(panel, definitions, zone),
        key=_TABLE,
        on_select="rerun",
        selection_mode="single-row",
        hide_index=True,
        width="stretch",
        placeholder="–",
        height=_HEIGHT if len(panel.rows) > 16 else "auto",
        # Together as wide as the page beside its menu on a laptop.
        column_config={
            "Name": column.TextColumn(pinned=True, width=165),
            "Attention": column.TextColumn(width=225),
            "Severity": column.TextColumn(width=120),
            "Change": column.NumberColumn(
                format="%+d", help="PHQ-9 points since the baseline of the course; a fall is better"
            ),
            "Last answered": column.DatetimeColumn(format="D MMM YYYY", width=100),
            "Next infusion": column.DatetimeColumn(format="ddd D MMM, HH:mm", width=125),
            "Alerts": column.NumberColumn(help="Open safety alerts"),
        },
        alt="Patients, those who need attention first. The list above opens one by keyboard.",
    )


def _labels(panel: Panel) -> dict[str, str]:
    """By id, in the order of names; people of one name are told apart."""
    in_order = sorted((row.patient for row in panel.rows), key=lambda p: (p.name.casefold(), p.id))
    return names_apart(
        {
            patient.id: patient.name + (f", born {patient.born_on}" if patient.born_on else "")
            for patient in in_order
        }
    )


def _table(panel: Panel, definitions: Definitions, zone: str) -> pa.Table:
    """Built of columns: a frame of the same cells takes several times as long."""
    columns = zip(*(_cells(row, definitions, zone) for row in panel.rows), strict=True)
    return pa.table(
        [pa.array(cells, kind) for cells, kind in zip(columns, _COLUMNS.values(), strict=True)],
        names=list(_COLUMNS),
    )


_COLUMNS = {
    "Name": pa.string(),
    "Attention": pa.string(),
    "PHQ-9": pa.int64(),
    "Severity": pa.string(),
    "Change": pa.int64(),
    "GAD-7": pa.int64(),
    "Last answered": pa.timestamp("us"),
    "Next infusion": pa.timestamp("us"),
    "Alerts": pa.int64(),
}


def _cells(row: PanelRow, definitions: Definitions, zone: str) -> tuple[Any, ...]:
    depression, anxiety = row.summary.latest.get("phq9"), row.summary.latest.get("gad7")
    band = definitions.instruments["phq9"].band(depression.total) if depression else None
    reasons = list(row.reasons)
    if row.patient.status is not PatientStatus.ACTIVE:
        reasons.append(row.patient.status.value.capitalize())
    return (
        row.patient.name,
        "; ".join(reasons) or None,
        depression.total if depression else None,
        _severity(band, depression),
        depression.change if depression else None,
        anxiety.total if anxiety else None,
        _shown(row.summary.last_answered_at, zone),
        _shown(row.next_infusion, zone),
        row.summary.open_alerts or None,
    )


def _severity(band: Band | None, score: LatestScore | None) -> str | None:
    if band is None or score is None:
        return None
    return band.label["en"] + (", corrected" if score.corrected else "")


def _shown(at: datetime | None, zone: str) -> datetime | None:
    return local(at, zone) if at else None
