"""One instrument's panel: its scores, what they are read against, and what is missing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import zip_longest
from math import floor
from typing import Any

from mindspa.charts.rows import LANGUAGE, point_row, unscored_rows
from mindspa.charts.scene import FONT_SIZE, Scene
from mindspa.charts.time_axis import TimeRange, spaced
from mindspa.domain.instruments import Instrument, Kind
from mindspa.domain.outcomes import Point, Series

TICK_LABELS = 26  # the numbers on the left
TOP_HEIGHT = 190
HEIGHTS = {"gad7": 150}
OTHER_HEIGHT = 112
# Below zero there is room for the marks of what is missing, so that none looks like a score of 0.
BELOW_ZERO = 17
ABOVE_MAXIMUM = 7
NUMBER = 20  # what the number above a mark takes
# Scores are whole numbers: a cut-off drawn half a point lower has no score lying on it.
HALF = 0.5


@dataclass(frozen=True, slots=True)
class Style:
    """Told apart without colour."""

    symbol: str
    dash: str
    size: int = 9


STYLES = {
    "phq9": Style("circle", "solid"),
    "gad7": Style("square", "7px,3px", 8),
    "pulse": Style("diamond", "2px,2px", 8),
    "pcl5": Style("triangle-up", "10px,3px,2px,3px", 10),
    "madrs": Style("pentagon", "solid", 10),
}
OTHER_STYLE = Style("hexagon", "4px,4px", 10)
CROWDED = 0.65  # how much smaller marks are where they would lie on one another


@dataclass(frozen=True, slots=True)
class Panel:
    """`axis` is the number of its y axis; `series` None where nothing was ever answered."""

    scene: Scene
    instrument: Instrument
    series: Series | None
    axis: int
    on_top: bool

    @property
    def y(self) -> str:
        return f"y{self.axis}"

    @property
    def height(self) -> int:
        return TOP_HEIGHT if self.on_top else HEIGHTS.get(self.instrument.id, OTHER_HEIGHT)

    @property
    def title(self) -> str:
        instrument = self.instrument
        return (
            f"<b>{instrument.short_name[LANGUAGE]}</b>  {instrument.minimum}–{instrument.maximum},"
            f" {instrument.recall_label[LANGUAGE]}, lower is better"
        )

    def y_axis(self) -> dict[str, Any]:
        """Fixed by the instrument, whatever the scores are."""
        low, high = self.instrument.minimum, self.instrument.maximum
        per_pixel = (high - low) / (self.height - BELOW_ZERO - ABOVE_MAXIMUM)
        return {
            "range": [low - BELOW_ZERO * per_pixel, high + ABOVE_MAXIMUM * per_pixel],
            "tickvals": self._ticks(),
            "showgrid": not self.instrument.bands,
        }

    def _ticks(self) -> list[int]:
        low, high = self.instrument.minimum, self.instrument.maximum
        if self.instrument.bands:
            return [*(band.start for band in self.instrument.bands), high]
        parts = next(parts for parts in (4, 3, 2, 1) if (high - low) % parts == 0)
        return list(range(low, high + 1, (high - low) // parts))

    def traces(self) -> Iterator[dict[str, Any]]:
        points = in_range(self.series.points, self.scene.range) if self.series else ()
        if points:
            if self.instrument.kind is Kind.STANDARD and self.instrument.recall:
                yield self._recall(points, self.instrument.recall)
            yield self._scores(points)
        yield from self._unscored()

    def _recall(self, points: Sequence[Point], recall: timedelta) -> dict[str, Any]:
        """A tail to the left of each score: the time that it speaks of."""
        x: list[str | None] = []
        y: list[int | None] = []
        for point in points:
            at = point.form.answered_at
            x += [self.scene.x(at - recall), self.scene.x(at), None]
            y += [point.total, point.total, None]
        return {
            "type": "scatter",
            "name": f"{self.instrument.id} recall",
            "x": x,
            "y": y,
            "yaxis": self.y,
            "mode": "lines",
            "connectgaps": False,
            "line": {"color": self.scene.colours.recall, "width": 1.25},
            "hoverinfo": "skip",
        }

    def _scores(self, points: Sequence[Point]) -> dict[str, Any]:
        assert self.series is not None
        style = STYLES.get(self.instrument.id, OTHER_STYLE)
        pixels = [self.scene.range.pixel(point.form.answered_at) for point in points]
        # Every score where there is room, else the latest: the baseline stands in the margin.
        roomy = len(spaced(pixels, 28)) == len(points)
        labelled = points if roomy else points[-1:]
        crowded = len(spaced(pixels, style.size)) < len(points)
        row = partial(
            point_row,
            series=self.series,
            progress=self.scene.progress,
            instrument=self.instrument,
        )
        drawn = with_breaks(points)
        colours = self.scene.colours
        return {
            "type": "scatter",
            "name": self.instrument.id,
            "x": [point and self.scene.x(point.form.answered_at) for point in drawn],
            "y": [point and point.total for point in drawn],
            "yaxis": self.y,
            "mode": "lines+markers+text",
            "connectgaps": False,
            "line": {"color": colours.score, "width": 2, "dash": style.dash},
            "marker": {
                "symbol": style.symbol,
                "size": style.size * CROWDED if crowded else style.size,
                "color": colours.score,
                "line": {"color": colours.ground, "width": 1},
            },
            "text": [str(point.total) if point and point in labelled else "" for point in drawn],
            "textposition": [self._beside(point, roomy=roomy) for point in drawn],
            "textfont": {"size": FONT_SIZE + 1, "color": colours.text},
            "hovertext": [row(point).words() if point else "" for point in drawn],
            "hoverinfo": "text",
            "customdata": [point.form.answered_at.isoformat() if point else "" for point in drawn],
        }

    def _beside(self, point: Point | None, *, roomy: bool) -> str:
        """Where a score's number stands: below it where the top of the panel would cut it."""
        if not roomy:
            return "middle right"
        low, high = self.y_axis()["range"]
        at_top = (
            point
            and point.total is not None
            and ((high - point.total) * self.height < NUMBER * (high - low))
        )
        return "bottom center" if at_top else "top center"

    def _unscored(self) -> Iterator[dict[str, Any]]:
        rows = [
            row
            for row in unscored_rows(self.scene.progress, self.instrument)
            if self.scene.range.holds(row.at)
        ]
        if not rows:
            return
        style = STYLES.get(self.instrument.id, OTHER_STYLE)
        low, high = self.y_axis()["range"]
        yield {
            "type": "scatter",
            "name": f"{self.instrument.id} not answered",
            "x": [self.scene.x(row.at) for row in rows],
            # The middle of the strip below zero.
            "y": [low + (high - low) * BELOW_ZERO / 2 / self.height] * len(rows),
            "yaxis": self.y,
            "mode": "markers",
            "marker": {
                "symbol": f"{style.symbol}-open",
                "size": style.size,
                "color": self.scene.colours.missed,
                "line": {"width": 1.5},
            },
            "hovertext": [row.words() for row in rows],
            "hoverinfo": "text",
            "customdata": [row.at.isoformat() for row in rows],
        }

    def _band_edges(self) -> list[tuple[float, float]]:
        if not self.instrument.bands:
            return []
        starts = [band.start - HALF for band in self.instrument.bands]
        starts[0] = self.instrument.minimum - HALF
        return list(zip(starts, [*starts[1:], self.instrument.maximum + HALF], strict=True))

    def shapes(self) -> Iterator[dict[str, Any]]:
        shades = self.scene.colours.bands
        for index, (low, high) in enumerate(self._band_edges()):
            # Four bands use the whole scale of shades too: the last is always the darkest.
            shade = round(index * (len(shades) - 1) / (len(self.instrument.bands) - 1))
            yield {
                "type": "rect",
                "layer": "below",
                "xref": "paper",
                "yref": self.y,
                "x0": 0,
                "x1": 1,
                "y0": low,
                "y1": high,
                "fillcolor": shades[shade],
                "line": {"width": 0},
            }
        for line in self._reference_lines():
            yield {
                "type": "line",
                "layer": "below",
                "xref": "x",
                "yref": self.y,
                "x0": self.scene.x(line.start),
                "x1": self.scene.x(line.end),
                "y0": line.at,
                "y1": line.at,
                "line": {"color": self.scene.colours.reference, "width": 1, "dash": line.dash},
            }

    def annotations(self) -> Iterator[dict[str, Any]]:
        """The names of the lines in the margin on the right, those of the bands on the left."""
        if not self.scene.narrow:
            for band, (low, high) in zip(self.instrument.bands, self._band_edges(), strict=True):
                yield self._label(band.label[LANGUAGE].lower(), (low + high) / 2, "right")
        low, high = self.y_axis()["range"]
        per_pixel = (high - low) / self.height
        at = -float("inf")
        for line in sorted(self._reference_lines(), key=lambda line: line.at):
            if not line.label:
                continue
            # A baseline of 10 puts response and remission nearly on one height.
            at = max(line.at, at + (FONT_SIZE + 2) * per_pixel)
            yield self._label(line.label, at, "left")

    def _label(self, text: str, y: float, anchor: str) -> dict[str, Any]:
        return {
            "xref": "paper",
            "x": 1 if anchor == "left" else 0,
            "xanchor": anchor,
            "xshift": 4 if anchor == "left" else -TICK_LABELS,
            "yref": self.y,
            "y": y,
            "yanchor": "middle",
            "text": text,
            "showarrow": False,
            "font": {"size": FONT_SIZE, "color": self.scene.colours.quiet_text},
        }

    def _reference_lines(self) -> list["Line"]:
        rule = self.scene.definitions.changes.get(self.instrument.id)
        start, end = self.scene.range.start, self.scene.range.end
        short = self.scene.narrow
        lines = []
        if rule and rule.remission_below is not None:
            label = f"remission <{rule.remission_below}"
            if not short:
                label = f"remission cut-off: under {rule.remission_below}"
            lines.append(Line(rule.remission_below - HALF, start, end, "2px,3px", label))
        if rule and rule.caseness_below is not None:
            label = f"cut-off {rule.caseness_below}"
            lines.append(Line(rule.caseness_below - HALF, start, end, "2px,3px", label))
        for baseline, since, until, current in self._baselines():
            since, until = max(since, start), min(until, end)
            if since >= until:
                continue
            label = f"baseline {baseline}" if short else f"baseline: {baseline}"
            lines.append(Line(baseline, since, until, "solid", label if current else ""))
            if rule and rule.response_fraction is not None and baseline:
                goal = baseline * (1 - rule.response_fraction)
                label = f"response ≤{floor(goal)}"
                if not short:
                    label = f"response: {floor(goal)} or less"
                lines.append(Line(goal, since, until, "6px,4px", label if current else ""))
        return lines

    def _baselines(self) -> list[tuple[int, datetime, datetime, bool]]:
        """Each baseline with its stretch of time; a maintenance course goes on with its
        induction's. The pulse has none here: its course baseline belongs to the follow-up list."""
        if self.series is None or self.instrument.kind is Kind.PULSE:
            return []
        forms = []
        for course in self.scene.progress.courses:
            form = self.series.baselines.get(course.id)
            if form and form.total is not None and form not in forms:
                forms.append(form)
        return [
            (
                form.total,
                form.answered_at,
                following.answered_at if following else self.scene.range.end,
                following is None,
            )
            for form, following in zip_longest(forms, forms[1:])
            if form.total is not None
        ]


@dataclass(frozen=True, slots=True)
class Line:
    """A height to read scores against; no label for one of an earlier course."""

    at: float
    start: datetime
    end: datetime
    dash: str
    label: str


def with_breaks(points: Sequence[Point]) -> list[Point | None]:
    """None before each point that no line leads to: Plotly draws a gap there."""
    drawn: list[Point | None] = []
    for index, point in enumerate(points):
        drawn += [None, point] if point.breaks_line and index else [point]
    return drawn


def in_range(points: Sequence[Point], shown: TimeRange) -> Sequence[Point]:
    """Those in the range and one on either side, so that a line leads out of the picture."""
    inside = [i for i, point in enumerate(points) if shown.holds(point.form.answered_at)]
    if not inside:
        return []
    return points[max(inside[0] - 1, 0) : inside[-1] + 2]
