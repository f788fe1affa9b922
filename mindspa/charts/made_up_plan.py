"""The plan of a made-up patient as a figure: what is in force, and below it what would be asked."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from mindspa.charts.colours import COLOURS, Colours, Theme
from mindspa.charts.rows import occasion_name
from mindspa.charts.scene import FONT_SIZE
from mindspa.charts.time_axis import local
from mindspa.domain.made_up_plan import Difference, MadeUpPlan, PlannedRow
from mindspa.domain.schedule import PULSE, Occasion

LANE, HEAD, FOOT = 46, 8, 40  # pixels
SYMBOLS: Mapping[Difference, str] = {Difference.NONE: "circle", Difference.LEFT_OUT: "circle-open"}
FROM_DAY, TO_DAY = -3, 20  # the course; what comes later stands in the table


def made_up_plan_figure(plan: MadeUpPlan, *, theme: Theme) -> go.Figure:
    """Days on a true axis, the same for all lanes. A window is a bar, the instant when an answer is
    wanted a mark on it: round as in force, a diamond where something differs, hollow and without
    its bar where nothing is asked any more."""
    colours = COLOURS[theme]
    lanes = [("Infusions", _infusions(plan, colours)), *_lanes(plan, colours)]
    count = len(lanes)
    traces = [
        trace | {"y": [count - 1 - number] * len(trace["x"])}
        for number, (_, found) in enumerate(lanes)
        for trace in found
    ]
    return go.Figure(
        data=traces,
        layout={
            "height": HEAD + FOOT + LANE * count,
            "margin": {"l": 8, "r": 8, "t": HEAD, "b": FOOT},
            "paper_bgcolor": colours.ground,
            "plot_bgcolor": colours.ground,
            "font": {"size": FONT_SIZE, "color": colours.text},
            "showlegend": False,
            "hovermode": "closest",
            "dragmode": False,
            "annotations": [
                {
                    "text": title,
                    "xref": "paper",
                    "x": 0,
                    "xanchor": "left",
                    "y": count - 1 - number + 0.2,
                    "yanchor": "bottom",
                    "showarrow": False,
                    "font": {"size": FONT_SIZE, "color": colours.quiet_text},
                }
                for number, (title, _) in enumerate(lanes)
            ],
            "xaxis": {
                "title": {"text": "Day of the course", "font": {"size": FONT_SIZE}},
                "range": [FROM_DAY, TO_DAY],
                "dtick": 7,
                "gridcolor": colours.grid,
                "zeroline": False,
                "fixedrange": True,
            },
            "yaxis": {"range": [-0.4, count - 0.3], "visible": False, "fixedrange": True},
        },
    )


def plan_words(plan: MadeUpPlan) -> str:
    """What differs, in a sentence."""
    counted = (
        (Difference.ADDED, "is new", "are new"),
        (Difference.LEFT_OUT, "is no longer asked", "are no longer asked"),
        (Difference.MOVED, "moves", "move"),
        (Difference.FORMS, "asks other forms", "ask other forms"),
    )
    parts = [
        f"{count} {one if count == 1 else many}"
        for difference, one, many in counted
        if (count := plan.count(difference))
    ]
    if not parts:
        return f"All {len(plan.after)} check-ins stay as they are."
    return f"Of {len(plan.rows)} check-ins {', '.join(parts)}."


def plan_table(plan: MadeUpPlan, names: dict[str, str]) -> list[dict[str, str]]:
    """`names` of forms, by id. By when an answer is wanted."""
    return [
        {
            "Wanted": _at(plan, row.occasion),
            "Check-in": called(row.occasion.code),
            "Forms": ", ".join(names[form] for form in row.occasion.forms),
            "Against what is in force": row.difference,
        }
        for row in plan.rows
    ]


def called(code: str) -> str:
    """ "24 h", "before the infusion", "weekly 2"."""
    return "before the infusion" if code == "pre_infusion" else occasion_name(code)


def _at(plan: MadeUpPlan, occasion: Occasion) -> str:
    at = local(occasion.due_at, plan.zone)
    days = (at.date() - local(plan.infusions[0].starts_at, plan.zone).date()).days
    return f"Day {days}, {at:%a %H:%M}"


def _lanes(plan: MadeUpPlan, colours: Colours) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    as_it_is = [PlannedRow(occasion, Difference.NONE) for occasion in plan.before]
    versions: list[tuple[str, Sequence[PlannedRow]]] = [
        (f"version {plan.in_force.number}, in force", as_it_is)
    ]
    if plan.count(Difference.NONE) < len(plan.rows):
        versions.append((f"version {plan.adapted.number}, as chosen", plan.rows))
    for version, rows in versions:
        pulses = [row for row in rows if PULSE in row.occasion.forms]
        standard = [row for row in rows if {*row.occasion.forms} - {PULSE}]
        yield f"Short check-ins: {version}", _lane(plan, pulses, colours.infusion, colours)
        yield f"Questionnaires: {version}", _lane(plan, standard, colours.score, colours)


def _lane(
    plan: MadeUpPlan, rows: Iterable[PlannedRow], colour: str, colours: Colours
) -> list[dict[str, Any]]:
    given = [row for row in rows if plan.day(row.occasion.opens_at) < TO_DAY]
    windows: list[float | None] = []
    for row in given:
        if row.difference is Difference.LEFT_OUT:
            continue
        opens, closes = row.occasion.opens_at, row.occasion.closes_at
        # A gap of a pixel, so that windows that touch are told apart.
        windows += [plan.day(opens) + 0.04, plan.day(closes) - 0.04, None]
    return [
        {
            "type": "scatter",
            "x": windows,
            "mode": "lines",
            "line": {"color": colours.quiet_text, "width": 3},
            "hoverinfo": "skip",
        },
        {
            "type": "scatter",
            "x": [plan.day(row.occasion.due_at) for row in given],
            "mode": "markers",
            "marker": {
                "color": colour,
                "size": [11 if row.difference not in SYMBOLS else 8 for row in given],
                "symbol": [SYMBOLS.get(row.difference, "diamond") for row in given],
                "opacity": 1,
            },
            "hovertext": [
                f"{_at(plan, row.occasion)}: {called(row.occasion.code)}, {row.difference}"
                for row in given
            ],
            "hoverinfo": "text",
        },
    ]


def _infusions(plan: MadeUpPlan, colours: Colours) -> list[dict[str, Any]]:
    starts = [infusion.starts_at for infusion in plan.infusions]
    return [
        {
            "type": "scatter",
            "x": [plan.day(start) for start in starts],
            "mode": "markers",
            "marker": {"color": colours.infusion, "size": 11, "symbol": "square"},
            "hovertext": [f"Infusion {number}" for number in range(1, len(starts) + 1)],
            "hoverinfo": "text",
        }
    ]
