"""A figure on a page: in the colours of the page, as wide as its column, with its words for those
who do not see it."""

import plotly.graph_objects as go
import streamlit as st

from mindspa.charts.colours import Theme


def theme() -> Theme:
    """That the page has in this browser."""
    return Theme.DARK if st.context.theme.type == "dark" else Theme.LIGHT


def draw(figure: go.Figure, *, alt: str) -> None:
    st.plotly_chart(figure, theme=None, width="stretch", config={"displayModeBar": False}, alt=alt)
