"""The timeline: scores, infusions, other treatment and alerts of one patient over one true time
axis."""

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from mindspa.charts import lanes
from mindspa.charts.adjunct_lanes import adjunct_lanes
from mindspa.charts.colours import COLOURS, Theme
from mindspa.charts.panels import Panel
from mindspa.charts.rows import instruments_in_order
from mindspa.charts.scene import FONT_SIZE, Scene
from mindspa.charts.time_axis import View, time_range
from mindspa.domain.definitions import Definitions
from mindspa.domain.outcomes import Progress

FONT_FAMILY = '"Source Sans", "Source Sans 3", system-ui, sans-serif'
TOP, BOTTOM = 4, 58
# The margins hold the names of bands (left) and lines (right); a phone has no room for bands.
LEFT, RIGHT = 144, 164
LEFT_NARROW, RIGHT_NARROW = 28, 92
# A view of a few days has ticks within a day, which its date alone would not tell apart.
WITHIN_A_DAY = {"dtickrange": [None, 86_399_999], "value": "%H:%M\n%-d %b"}  # milliseconds
TITLE = 24  # above every lane and panel, with the space that sets it apart


def timeline_figure(
    progress: Progress, definitions: Definitions, *, view: View, theme: Theme
) -> go.Figure:
    """Pass it on with `theme=None`: its colours are its own. Nothing can be zoomed or dragged,
    because only what the view shows is sent, and a finger on it scrolls the page."""
    left, right = (LEFT_NARROW, RIGHT_NARROW) if view.narrow else (LEFT, RIGHT)
    scene = Scene(
        progress,
        definitions,
        time_range(progress, view.span, pixels=view.width - left - right),
        COLOURS[theme],
        view.narrow,
    )
    names = instruments_in_order(progress, definitions)
    # Without any score the first panel still stands there, and says so.
    panels = [
        Panel(scene, definitions.instruments[name], progress.series.get(name), axis, axis == 3)
        for axis, name in enumerate(names or ("phq9",), start=3)
    ]
    infusions = lanes.infusions_shown(scene)
    alerts = lanes.alerts_shown(scene)
    told = lanes.with_side_effects(scene, infusions)
    told_axis = 3 + len(panels)
    adjuncts = adjunct_lanes(scene, first_axis=told_axis + 1)

    # From top to bottom: number of the y axis, title, height and settings of the axis.
    height = lanes.WITH_DOSE if lanes.shows_dose(scene, infusions) else lanes.WITHOUT_DOSE
    hidden: dict[str, Any] = {"visible": False}
    rows = [(1, lanes.infusion_title(scene, infusions), height, {**hidden, "range": [0, height]})]
    if told:
        rows.append(
            (told_axis, "<b>Side effects</b>", lanes.SIDE_EFFECTS, {**hidden, "range": [0, 1]})
        )
    rows += [(lane.axis, lane.title, lane.height, lane.y_axis()) for lane in adjuncts]
    if alerts:
        rows.append((2, "<b>Alerts</b>", lanes.ALERTS, {**hidden, "range": [0, 1]}))
    rows += [(panel.axis, panel.title, panel.height, panel.y_axis()) for panel in panels]
    inner = sum(TITLE + high for _, _, high, _ in rows)

    foot = inner - TITLE - height
    # Columns hang from the infusions' marks, so that they cross no number.
    mark = (foot + lanes.MARK) / inner
    shapes = [
        *(shape for panel in panels for shape in panel.shapes()),
        *lanes.windows(scene, top=foot / inner),
        *lanes.columns(scene, infusions, top=mark),
    ]
    annotations = [annotation for panel in panels for annotation in panel.annotations()]
    if scene.range.holds(progress.now):
        shapes.append(lanes.now_line(scene, top=mark))
        if lanes.room_for_now(scene, infusions):
            annotations.append(lanes.now_name(scene, top=mark))
    if not names:
        annotations.append(_nothing_yet(scene, panels[0]))
    covered = {told_axis, *(lane.axis for lane in adjuncts)}
    axes = {}
    grounds = []
    below = inner
    for axis, title, high, settings in rows:
        top = below - TITLE
        below = top - high
        axes["yaxis" if axis == 1 else f"yaxis{axis}"] = {
            "domain": [below / inner, top / inner],
            "anchor": "x",
            "fixedrange": True,
            "zeroline": False,
            "tickfont": {"size": FONT_SIZE, "color": scene.colours.quiet_text},
            "gridcolor": scene.colours.grid,
            **settings,
        }
        grounds.append((below if axis in covered else top, top + TITLE))
        annotations.append(_title(scene, title, top / inner, left))

    shapes.append(_grounds(scene, [(low / inner, high / inner) for low, high in grounds]))

    return go.Figure(
        data=[
            *([lanes.infusion_marks(scene, infusions)] if infusions else []),
            *([lanes.side_effect_marks(scene, told, axis=told_axis)] if told else []),
            *(lane.trace() for lane in adjuncts),
            *([lanes.alert_marks(scene, alerts)] if alerts else []),
            *(trace for panel in panels for trace in panel.traces()),
        ],
        layout={
            **base_layout(scene),
            **axes,
            "height": inner + TOP + BOTTOM,
            "margin": {"l": left, "r": right, "t": TOP, "b": BOTTOM, "pad": 0},
            "shapes": shapes,
            "annotations": annotations,
        },
    )


def base_layout(scene: Scene) -> dict[str, Any]:
    """What every figure over time shares: fonts, hover box and the time axis."""
    colours = scene.colours
    quiet = {"size": FONT_SIZE, "color": colours.quiet_text}
    return {
        # Plotly's own template is 7 kB of what is all set here.
        "template": {},
        "paper_bgcolor": colours.ground,
        "plot_bgcolor": colours.ground,
        "font": {"family": FONT_FAMILY, "size": FONT_SIZE, "color": colours.text},
        "showlegend": False,
        "hovermode": "closest",
        "hoverlabel": {
            "align": "left",
            "bgcolor": colours.ground,
            "bordercolor": colours.quiet_text,
            "font": {"size": FONT_SIZE + 1, "color": colours.text},
        },
        "dragmode": False,
        "xaxis": {
            "type": "date",
            "range": [scene.x(scene.range.start), scene.x(scene.range.end)],
            "fixedrange": True,
            "anchor": "free",
            "position": 0,
            "showgrid": False,
            "zeroline": False,
            "showline": True,
            "ticks": "outside",
            "ticklen": 4,
            "tickcolor": colours.quiet_text,
            "linecolor": colours.quiet_text,
            "nticks": max(3, scene.range.pixels // 90),
            "tickformat": "%-d %b\n%Y",
            "tickformatstops": [WITHIN_A_DAY],
            "tickangle": 0,
            "tickfont": quiet,
            "title": {
                "text": f"Times in {scene.progress.zone}",
                "font": quiet,
                "standoff": 2,
            },
        },
    }


def _title(scene: Scene, text: str, y: float, left: int) -> dict[str, Any]:
    return {
        "xref": "paper",
        "x": 0,
        "xanchor": "left",
        "xshift": 2 - left,
        "yref": "paper",
        "y": y,
        "yanchor": "bottom",
        "text": text,
        "showarrow": False,
        "font": {"size": FONT_SIZE, "color": scene.colours.text},
    }


def _grounds(scene: Scene, strips: Sequence[tuple[float, float]]) -> dict[str, Any]:
    """So that columns and windows pass behind a title's row and not through its words, and behind
    the lanes of what only stands beside the scores."""
    return {
        "type": "path",
        "layer": "below",
        "xref": "paper",
        "yref": "paper",
        "path": " ".join(f"M 0 {low} H 1 V {high} H 0 Z" for low, high in strips),
        "fillcolor": scene.colours.ground,
        "line": {"width": 0},
    }


def _nothing_yet(scene: Scene, panel: Panel) -> dict[str, Any]:
    return {
        "xref": "paper",
        "x": 0.5,
        "yref": f"{panel.y} domain",
        "y": 0.5,
        "text": "No scores yet",
        "showarrow": False,
        "bgcolor": scene.colours.ground,
        "borderpad": 6,
        "font": {"size": FONT_SIZE + 2, "color": scene.colours.text},
    }
