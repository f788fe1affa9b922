"""Vitals over the minutes of an infusion, as a figure and below it as a table."""

from collections.abc import Callable, Sequence

import streamlit as st

from mindspa.charts.vitals import vitals_figure, vitals_table
from mindspa.domain.infusion_sheet import Reading, SheetRules
from mindspa.domain.treatment import Infusion
from mindspa.ui import figure


def draw(
    infusion: Infusion,
    readings: Sequence[Reading],
    rules: SheetRules,
    *,
    by: Callable[[Reading], str] | None = None,
) -> None:
    """`by`: who wrote a reading, and when."""
    figure.draw(
        vitals_figure(infusion, readings, rules, theme=figure.theme()),
        alt="Vitals over the minutes of the infusion. The table below holds the same values.",
    )
    st.dataframe(
        vitals_table(infusion, readings, rules, by=by).dropna(axis="columns", how="all"),
        hide_index=True,
        width="stretch",
        placeholder="–",
        alt="Vitals, the latest first",
    )
