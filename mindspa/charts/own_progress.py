"""The patient's own picture: one score over time with the own infusions, and nothing else."""

from typing import Any

import plotly.graph_objects as go

from mindspa.charts.colours import COLOURS, Theme
from mindspa.charts.lanes import columns, infusions_shown
from mindspa.charts.panels import Panel, in_range, with_breaks
from mindspa.charts.rows import instruments_in_order, when
from mindspa.charts.scene import FONT_SIZE, Scene
from mindspa.charts.time_axis import Span, time_range
from mindspa.charts.timeline import base_layout
from mindspa.domain.definitions import Definitions
from mindspa.domain.outcomes import Progress

# A phone's width between its page's margins; on anything wider the figure only gets more room.
WIDTH = 350
HEIGHT = 300
LEFT, RIGHT, TOP, BOTTOM = 30, 12, 30, 58


def own_instruments(progress: Progress, definitions: Definitions) -> tuple[str, ...]:
    """What the patient answered and can look at, the main score first."""
    return tuple(
        name
        for name in instruments_in_order(progress, definitions)
        if not definitions.instruments[name].staff_only
        and name in progress.series
        and progress.series[name].points
    )


def own_progress_figure(
    progress: Progress, definitions: Definitions, *, instrument_id: str, theme: Theme
) -> go.Figure:
    """One of `own_instruments` over the current course. No severity, lines to reach, alerts,
    missed forms or staff notes: the words beside it say what the score means."""
    colours = COLOURS[theme]
    scene = Scene(
        progress,
        definitions,
        time_range(progress, Span.COURSE, pixels=WIDTH - LEFT - RIGHT),
        colours,
        narrow=True,
    )
    panel = Panel(
        scene,
        definitions.instruments[instrument_id],
        progress.series[instrument_id],
        axis=1,
        on_top=True,
    )
    infusions = infusions_shown(scene)
    return go.Figure(
        data=[_scores(panel)],
        layout={
            **base_layout(scene),
            "height": HEIGHT,
            "margin": {"l": LEFT, "r": RIGHT, "t": TOP, "b": BOTTOM, "pad": 0},
            "yaxis": {
                **panel.y_axis(),
                "anchor": "x",
                "fixedrange": True,
                "zeroline": False,
                "showgrid": True,
                "gridcolor": colours.grid,
                "tickfont": {"size": FONT_SIZE, "color": colours.quiet_text},
            },
            "shapes": list(columns(scene, infusions, top=1)),
            "annotations": [_key(scene, bool(infusions))],
        },
    )


def _scores(panel: Panel) -> dict[str, Any]:
    assert panel.series is not None
    scene = panel.scene
    points = with_breaks(in_range(panel.series.points, scene.range))
    latest = panel.series.points[-1]
    return {
        "type": "scatter",
        "name": panel.instrument.id,
        "x": [point and scene.x(point.form.answered_at) for point in points],
        "y": [point and point.total for point in points],
        "mode": "lines+markers+text",
        "connectgaps": False,
        "line": {"color": scene.colours.score, "width": 2.5},
        "marker": {
            "size": 10,
            "color": scene.colours.score,
            "line": {"color": scene.colours.ground, "width": 1},
        },
        "text": [str(latest.total) if point is latest else "" for point in points],
        "textposition": "top center",
        "textfont": {"size": FONT_SIZE + 4, "color": scene.colours.text},
        "hovertext": [
            f"{point.total} of {panel.instrument.maximum}<br>"
            + when(point.form.answered_at, scene.progress.zone, date_only=point.form.date_only)
            + ("<br>Corrected" if point.form.corrected else "")
            if point
            else ""
            for point in points
        ],
        "hoverinfo": "text",
        "customdata": [point.form.answered_at.isoformat() if point else "" for point in points],
    }


def _key(scene: Scene, infusions: bool) -> dict[str, Any]:
    text = "Lower is better"
    if infusions:
        text += f'  <span style="color:{scene.colours.infusion}">┃</span> your infusions'
    return {
        "xref": "paper",
        "x": 0,
        "xanchor": "left",
        "xshift": 2 - LEFT,
        "yref": "paper",
        "y": 1,
        "yanchor": "bottom",
        "yshift": 4,
        "text": text,
        "showarrow": False,
        "font": {"size": FONT_SIZE + 1, "color": scene.colours.text},
    }
