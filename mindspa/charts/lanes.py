"""What runs over all panels: infusions with their columns and windows, alerts, and now."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from mindspa.charts.rows import alert_row, end_unknown, follow_up_windows, infusion_row
from mindspa.charts.scene import FONT_SIZE, Scene
from mindspa.charts.time_axis import spaced
from mindspa.domain.infusion_sheet import Severity
from mindspa.domain.safety import Alert, AlertState, Tier
from mindspa.domain.treatment import Infusion, InfusionStatus, Substance

MARK = 7  # pixels of an infusion's mark above the foot of its lane
WITH_DOSE, WITHOUT_DOSE, ALERTS, SIDE_EFFECTS = 46, 32, 22, 22  # heights
# The worse, the larger: told apart without colour.
SIZES = {Severity.MILD: 7, Severity.MODERATE: 10, Severity.SEVERE: 14}
FAINT = 0.5  # columns of a long view, so that twenty of them do not hide the scores


def infusions_shown(scene: Scene) -> list[Infusion]:
    return [
        infusion
        for infusion in scene.progress.infusions
        if infusion.status is not InfusionStatus.CANCELLED and scene.range.holds(infusion.starts_at)
    ]


def shows_dose(scene: Scene, infusions: Sequence[Infusion]) -> bool:
    return scene.detailed and any(infusion.dose_mg is not None for infusion in infusions)


def infusion_title(scene: Scene, infusions: Sequence[Infusion]) -> str:
    if not infusions:
        return "<b>Infusions</b>  none in this period"
    title = "<b>Infusions</b>"
    if shows_dose(scene, infusions):
        title += "  dose in mg, number"
    if any(end_unknown(infusion, scene.progress) for infusion in infusions):
        title += "  * end not recorded"
    return title


def infusion_marks(scene: Scene, infusions: Sequence[Infusion]) -> dict[str, Any]:
    """Filled where ketamine was given; hollow for a placebo and for what is still to come."""
    colours = scene.colours
    rules = scene.definitions.infusion_day
    rows = [infusion_row(infusion, scene.progress, rules) for infusion in infusions]
    pixels = [scene.range.pixel(infusion.starts_at) for infusion in infusions]
    numbered = spaced(pixels, 18 if len(scene.progress.infusion_numbers) > 9 else 11)
    dosed = spaced(pixels, 24) if shows_dose(scene, infusions) else set()
    text = []
    for index, row in enumerate(rows):
        label = str(row.number) if row.number else ""
        if row.infusion.substance is Substance.PLACEBO:
            label = "P"
        if end_unknown(row.infusion, scene.progress):
            label += "*"
        label = f"<b>{label}</b>" if index in numbered else ""
        if index in dosed and row.dose_mg is not None:
            label = f"{row.dose_mg:g}<br>{label}"
        text.append(label)
    return {
        "type": "scatter",
        "name": "infusions",
        "x": [scene.x(infusion.starts_at) for infusion in infusions],
        "y": [MARK] * len(infusions),
        "yaxis": "y",
        "mode": "markers+text",
        "marker": {
            "symbol": ["circle" if infusion.treated else "circle-open" for infusion in infusions],
            "size": 9,
            "color": colours.infusion,
            "line": {"width": 1.5, "color": colours.infusion},
        },
        "text": text,
        "textposition": "top center",
        "textfont": {"size": FONT_SIZE, "color": colours.text},
        "hovertext": [row.words(narrow=scene.narrow) for row in rows],
        "hoverinfo": "text",
        "customdata": [infusion.starts_at.isoformat() for infusion in infusions],
    }


def with_side_effects(scene: Scene, infusions: Sequence[Infusion]) -> list[Infusion]:
    """Those on whose sheet any were written down."""
    sessions = scene.progress.sessions
    return [i for i in infusions if i.id in sessions and sessions[i.id].side_effects]


def side_effect_marks(scene: Scene, infusions: Sequence[Infusion], *, axis: int) -> dict[str, Any]:
    """A cross under each infusion, as large as its worst side effect was bad."""
    colours, rules = scene.colours, scene.definitions.infusion_day
    sessions = [scene.progress.sessions[infusion.id] for infusion in infusions]
    rows = [infusion_row(infusion, scene.progress, rules) for infusion in infusions]
    return {
        "type": "scatter",
        "name": "side effects",
        "x": [scene.x(infusion.starts_at) for infusion in infusions],
        "y": [0.5] * len(infusions),
        "yaxis": f"y{axis}",
        "mode": "markers",
        "marker": {
            "symbol": "x",
            "size": [SIZES[session.worst] for session in sessions if session.worst],
            "opacity": 1,
            "color": colours.infusion,
            "line": {"width": 0},
        },
        "hovertext": [row.words(narrow=scene.narrow) for row in rows],
        "hoverinfo": "text",
    }


def columns(scene: Scene, infusions: Sequence[Infusion], *, top: float) -> Iterator[dict[str, Any]]:
    """Solid for ketamine, dashed for a placebo, dotted for what is still to come."""
    kinds: defaultdict[str, list[datetime]] = defaultdict(list)
    for infusion in infusions:
        dash = "solid" if infusion.treated else "1px,3px"
        if infusion.substance is Substance.PLACEBO:
            dash = "5px,4px"
        kinds[dash].append(infusion.starts_at)
    for dash, starts in kinds.items():
        yield {
            "name": "infusions",
            # One shape a kind, for speed: each costs a fifth of a millisecond to build.
            "type": "path",
            "layer": "below",
            "xref": "x",
            "yref": "paper",
            "path": " ".join(f"M {_path_x(scene, at)} 0 V {top}" for at in starts),
            "opacity": 1 if scene.detailed else FAINT,
            "line": {"color": scene.colours.infusion, "width": 1.25, "dash": dash},
        }


def windows(scene: Scene, *, top: float) -> Iterator[dict[str, Any]]:
    """The hours after every infusion that follow-up is about, also after one just before the
    range. None in a long view."""
    found = [
        (_path_x(scene, opens), _path_x(scene, closes))
        for opens, closes in follow_up_windows(scene.progress, scene.definitions.protocol)
        if closes > scene.range.start and opens < scene.range.end
    ]
    if found and scene.detailed:
        yield {
            "name": "windows",
            "type": "path",
            "layer": "below",
            "xref": "x",
            "yref": "paper",
            "path": " ".join(f"M {opens} 0 V {top} H {closes} V 0 Z" for opens, closes in found),
            "fillcolor": scene.colours.window,
            "line": {"width": 0},
        }


def _path_x(scene: Scene, at: datetime) -> str:
    return scene.x(at).replace(" ", "_")  # as Plotly wants times inside a path


def now_line(scene: Scene, *, top: float) -> dict[str, Any]:
    at = scene.x(scene.progress.now)
    return {
        "name": "now",
        "type": "line",
        "layer": "below",
        "xref": "x",
        "yref": "paper",
        "x0": at,
        "x1": at,
        "y0": 0,
        "y1": top,
        "line": {"color": scene.colours.quiet_text, "width": 1},
    }


def room_for_now(scene: Scene, infusions: Sequence[Infusion]) -> bool:
    """Whether the word would stand in no infusion's number."""
    now = scene.range.pixel(scene.progress.now)
    return all(abs(scene.range.pixel(i.starts_at) - now) > 24 for i in infusions)


def now_name(scene: Scene, *, top: float) -> dict[str, Any]:
    return {
        "xref": "x",
        "x": scene.x(scene.progress.now),
        "xanchor": "center",
        "yref": "paper",
        "y": top,
        "yanchor": "bottom",
        "text": "now",
        "showarrow": False,
        "font": {"size": FONT_SIZE, "color": scene.colours.quiet_text},
    }


def alerts_shown(scene: Scene) -> list[Alert]:
    return [alert for alert in scene.progress.alerts if scene.range.holds(alert.answered_at)]


def alert_marks(scene: Scene, alerts: Sequence[Alert]) -> dict[str, Any]:
    """A diamond is immediate, a circle same day, a triangle a rise; hollow once closed."""
    rows = [alert_row(alert, scene.progress, scene.definitions) for alert in alerts]
    symbols = []
    for row in rows:
        symbol = "diamond" if row.alert.tier is Tier.IMMEDIATE else "circle"
        if row.worsening:
            symbol = "triangle-up"
        symbols.append(f"{symbol}-open" if row.alert.state is AlertState.CLOSED else symbol)
    return {
        "type": "scatter",
        "name": "alerts",
        "x": [scene.x(alert.answered_at) for alert in alerts],
        "y": [0.5] * len(alerts),
        "yaxis": "y2",
        "mode": "markers",
        "marker": {
            "symbol": symbols,
            "size": 11,
            "color": scene.colours.alert,
            "line": {"width": 1.5, "color": scene.colours.alert},
        },
        "hovertext": [row.words() for row in rows],
        "hoverinfo": "text",
        "customdata": [alert.answered_at.isoformat() for alert in alerts],
    }
