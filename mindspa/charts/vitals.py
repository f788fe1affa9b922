"""Vitals over the minutes of one infusion, as a figure and as a table."""

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from mindspa.charts.colours import COLOURS, Theme
from mindspa.charts.scene import FONT_SIZE
from mindspa.domain.infusion_sheet import (
    Reading,
    SheetRules,
    Vital,
    beyond,
    minutes,
    newest,
)
from mindspa.domain.treatment import Infusion

HEIGHT = 260
SYMBOLS = ("triangle-up", "triangle-down", "circle", "square", "diamond")
MARGIN = 3  # minutes beside the first and the last mark
SHOWN = 60  # minutes at the least, so that a sheet just begun is not stretched over one mark
DASHES = ("solid", "solid", "dot", "dash", "dashdot")


def vitals_figure(
    infusion: Infusion, readings: Sequence[Reading], rules: SheetRules, *, theme: Theme
) -> go.Figure:
    """Each vital a line, told apart by mark and dashes; with the limits that a clinician signed of
    those that were measured."""
    vitals, colours = rules.vitals, COLOURS[theme]
    stand = newest(readings)
    return go.Figure(
        data=[
            _line(infusion, stand, vital, number, colours.text)
            for number, vital in enumerate(vitals.values())
            if any(vital.id in reading.vitals for reading in stand)
        ],
        layout={
            "height": HEIGHT,
            "margin": {"l": 34, "r": 8, "t": 8, "b": 34},
            "paper_bgcolor": colours.ground,
            "plot_bgcolor": colours.ground,
            "font": {"size": FONT_SIZE + 1, "color": colours.text},
            "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom"},
            **_limits(rules, stand, colours.alert),
            "hovermode": "closest",
            "dragmode": False,
            "xaxis": {
                "title": {"text": "Minutes since the start", "font": {"size": FONT_SIZE + 1}},
                "gridcolor": colours.grid,
                "zeroline": True,
                "zerolinecolor": colours.quiet_text,
                "fixedrange": True,
                "range": _minutes_shown(infusion, stand),
            },
            "yaxis": {"gridcolor": colours.grid, "zeroline": False, "fixedrange": True},
        },
    )


def _minutes_shown(infusion: Infusion, readings: Sequence[Reading]) -> list[int]:
    taken = [minutes(infusion, reading.taken_at) for reading in readings]
    return [min([0, *taken]) - MARGIN, max([SHOWN, *taken]) + MARGIN]


def _line(
    infusion: Infusion, readings: Sequence[Reading], vital: Vital, number: int, colour: str
) -> dict[str, Any]:
    there = [reading for reading in readings if vital.id in reading.vitals]
    return {
        "type": "scatter",
        "name": vital.label,
        "x": [minutes(infusion, reading.taken_at) for reading in there],
        "y": [reading.vitals[vital.id] for reading in there],
        "mode": "lines+markers",
        "line": {"color": colour, "width": 1.5, "dash": DASHES[number % len(DASHES)]},
        "marker": {"size": 8, "symbol": SYMBOLS[number % len(SYMBOLS)], "color": colour},
        "hovertemplate": f"{vital.label}: %{{y}} at %{{x}} min<extra></extra>",
    }


def _limits(rules: SheetRules, readings: Sequence[Reading], colour: str) -> dict[str, Any]:
    lines = [
        (value, f"{rules.vitals[name].label}: limit {value}")
        for name, limit in rules.limits.items()
        if any(name in reading.vitals for reading in readings)
        for value in (limit.high, limit.low)
        if value is not None
    ]
    return {
        "shapes": [
            {
                "type": "line",
                "xref": "paper",
                "x0": 0,
                "x1": 1,
                "y0": value,
                "y1": value,
                "line": {"color": colour, "width": 1, "dash": "longdash"},
            }
            for value, _ in lines
        ],
        "annotations": [
            {
                "text": label,
                "xref": "paper",
                "x": 1,
                "xanchor": "right",
                "y": value,
                "yanchor": "bottom",
                "showarrow": False,
                "font": {"size": FONT_SIZE, "color": colour},
            }
            for value, label in lines
        ],
    }


def vitals_table(
    infusion: Infusion,
    readings: Sequence[Reading],
    rules: SheetRules,
    *,
    by: Callable[[Reading], str] | None = None,
) -> pd.DataFrame:
    """The latest first; a cell is empty where nothing was measured. `by`: who wrote it and when."""
    return pd.DataFrame(
        [
            {
                "Minute": minutes(infusion, reading.taken_at),
                **{vital.label: reading.vitals.get(vital.id) for vital in rules.vitals.values()},
                "Beyond a limit": beyond(rules, reading) or None,
                "Corrected": reading.reason,
                "By": by(reading) if by else None,
            }
            for reading in reversed(newest(readings))
        ]
    ).convert_dtypes()
