"""A table, and a picker above it that opens the same row: by keyboard, or where a table is hard to
hit. A tick in the table moves the picker along, because the table knows only places, and those move
when a row comes or goes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]
import streamlit as st

from mindspa.ui import ticked_row

_HEIGHT = 420  # of a long table: the open row below it stays in sight


@dataclass(frozen=True, slots=True)
class PickedTable:
    """`name` is what its widgets are called in session state."""

    name: str

    def chosen(self) -> str | None:
        """The id of the row that is open."""
        ids, open_row = st.session_state.get(self._drawn, ([], None))
        ticked = self._ticked()
        if ticked != ([] if open_row is None else [open_row]):
            st.session_state[self._picker] = ticked_row.of(ids, ticked)
        picked = st.session_state.get(self._picker)
        return None if picked is None else str(picked)

    def close(self) -> None:
        """Takes the tick away, also in the browser, where the next row would inherit it."""
        self._tick(None)

    def draw(
        self,
        table: pa.Table,
        names: Mapping[str, str],
        *,
        picker: str,
        placeholder: str,
        columns: Mapping[str, Any],
        alt: str,
    ) -> None:
        """`names`: what the picker calls each row, by id, in the order of the table's rows."""
        if st.session_state.get(self._picker) not in names:
            st.session_state[self._picker] = None
        open_id = st.selectbox(
            picker,
            list(names),
            index=None,
            format_func=names.__getitem__,
            placeholder=placeholder,
            key=self._picker,
        )
        ids = list(names)
        open_row = None if open_id is None else ids.index(open_id)
        st.session_state[self._drawn] = (ids, open_row)
        self._tick(open_row)
        st.dataframe(
            table,
            key=self._table,
            on_select="rerun",
            selection_mode="single-row",
            hide_index=True,
            width="stretch",
            height=_HEIGHT if len(ids) > 10 else "auto",
            column_config=dict(columns),
            alt=alt,
        )

    def _tick(self, row: int | None) -> None:
        """Before the table is drawn: it shows which row is open, whichever way it was chosen."""
        rows = [] if row is None else [row]
        if self._ticked() != rows:
            st.session_state[self._table] = {
                "selection": {"rows": rows, "columns": [], "cells": []}
            }

    def _ticked(self) -> list[int]:
        """Places in the table as it was last drawn."""
        table = st.session_state.get(self._table) or {"selection": {"rows": []}}
        return list(table["selection"]["rows"])

    @property
    def _picker(self) -> str:
        return f"{self.name}_picker"

    @property
    def _table(self) -> str:
        return f"{self.name}_table"

    @property
    def _drawn(self) -> str:
        """Ids in the order of the table's rows, and which of them is open."""
        return f"{self.name}_drawn"


def names_apart(labels: Mapping[str, str]) -> dict[str, str]:
    """By id, each label once: the browser names a choice by it."""
    ids: dict[str, list[str]] = {}
    for row_id, label in labels.items():
        ids.setdefault(label, []).append(row_id)
    apart = {
        row_id: label if len(same) == 1 else f"{label} ({place} of {len(same)})"
        for label, same in ids.items()
        for place, row_id in enumerate(same, start=1)
    }
    return {row_id: apart[row_id] for row_id in labels}
