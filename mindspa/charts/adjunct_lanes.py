"""Other treatment on the time axis of the infusions: a lane a kind, a mark or a bar an entry."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from html import escape
from typing import Any
from zoneinfo import ZoneInfo

from mindspa.charts.rows import ADJUNCTS, adjunct_row
from mindspa.charts.scene import FONT_SIZE, Scene
from mindspa.charts.time_axis import local
from mindspa.domain.adjuncts import Adjunct, Kind

LEVEL = 18  # pixels of height for entries that do not overlap in time
LETTER = 7  # pixels of width, generously
MARK = 10
MARGINS = 110  # beside the narrowest axis: a title has them as well
# A bar is met by the pointer at its points alone: so many pixels apart there is one.
REACH = 40
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Bar:
    """Where an entry is drawn; `cut` where it began before the range, `open` where it goes on."""

    adjunct: Adjunct
    start: datetime
    end: datetime
    cut: bool = False
    open: bool = False
    level: int = 0


@dataclass(frozen=True, slots=True)
class AdjunctLane:
    """The entries of one kind in the range. `axis` is the number of its y axis."""

    scene: Scene
    kind: Kind
    bars: Sequence[Bar]
    axis: int

    @property
    def height(self) -> int:
        return LEVEL * self._levels

    @property
    def title(self) -> str:
        """With the names of the bars, from the top down: a bar has no room for its own."""
        names = ", ".join(bar.adjunct.name for bar in self.bars if not bar.adjunct.once)
        room = (self.scene.range.pixels + MARGINS) // LETTER - len(ADJUNCTS[self.kind])
        if len(names) > room:
            names = f"{names[: room - 1]}…"
        return f"<b>{ADJUNCTS[self.kind]}</b>  {escape(names, quote=False)}"

    def y_axis(self) -> dict[str, Any]:
        return {"visible": False, "range": [self._levels - 0.5, -0.5]}

    def trace(self) -> dict[str, Any]:
        points = [point for bar in self.bars for point in self._points(bar)]
        colours = self.scene.colours
        return {
            "type": "scatter",
            "name": f"adjuncts {self.kind}",
            "x": [point and point["x"] for point in points],
            "y": [point and point["y"] for point in points],
            "yaxis": f"y{self.axis}",
            "mode": "lines+markers+text",
            "connectgaps": False,
            "cliponaxis": False,  # an arrow at the edge of the range is drawn whole
            "line": {"color": colours.reference, "width": 3},
            "marker": {
                "symbol": [point["symbol"] if point else "circle" for point in points],
                "size": [point["size"] if point else 0 for point in points],
                "opacity": 1,
                "color": colours.reference,
                "line": {"width": 2, "color": colours.reference},
            },
            "text": [point["text"] if point else "" for point in points],
            "textposition": "middle right",
            "textfont": {"size": FONT_SIZE, "color": colours.text},
            "hovertext": [point["hover"] if point else "" for point in points],
            "hoverinfo": "text",
        }

    @property
    def _levels(self) -> int:
        return 1 + max(bar.level for bar in self.bars)

    def _points(self, bar: Bar) -> Iterator[dict[str, Any] | None]:
        """None last, so that no line leads to the next entry."""
        words = adjunct_row(bar.adjunct, self.scene.progress.zone).words()
        at = {"y": bar.level, "hover": words, "text": "", "size": MARK}
        start, end = self.scene.x(bar.start), self.scene.x(bar.end)
        if bar.adjunct.once:
            yield at | {"x": start, "symbol": "square", "size": 8, "text": self._label(bar)}
        else:
            yield at | {"x": start, "symbol": "triangle-left" if bar.cut else "line-ns-open"}
            pixels = self.scene.range.pixel(bar.end) - self.scene.range.pixel(bar.start)
            between = int(pixels // REACH)
            for number in range(1, between + 1):
                x = self.scene.x(bar.start + (bar.end - bar.start) * number / (between + 1))
                yield at | {"x": x, "symbol": "circle", "size": 0}
            yield at | {"x": end, "symbol": "triangle-right" if bar.open else "line-ns-open"}
        yield None

    def _label(self, bar: Bar) -> str:
        """Its name, where nothing that follows on its level would be in the way."""
        pixel = self.scene.range.pixel
        follows = [
            pixel(other.start)
            for other in self.bars
            if other.level == bar.level and other.start > bar.start
        ]
        room = min([*follows, self.scene.range.pixels]) - pixel(bar.start)
        name = bar.adjunct.name
        if MARK + LETTER * len(name) > room:
            return ""
        return f"\N{NO-BREAK SPACE}{escape(name, quote=False)}"


def adjunct_lanes(scene: Scene, *, first_axis: int) -> list[AdjunctLane]:
    """Those of which anything is in the range, in the order of the kinds."""
    zone = scene.progress.zone
    since, until = local(scene.range.start, zone).date(), local(scene.range.end, zone).date()
    shown = [a for a in scene.progress.adjuncts if a.overlaps(since, until)]
    kinds = [kind for kind in Kind if any(adjunct.kind is kind for adjunct in shown)]
    return [
        AdjunctLane(scene, kind, _bars(scene, [a for a in shown if a.kind is kind]), axis)
        for axis, kind in enumerate(kinds, start=first_axis)
    ]


def _bars(scene: Scene, adjuncts: Sequence[Adjunct]) -> list[Bar]:
    """Each on the highest level that is free by then; `adjuncts` are in order of their start."""
    bars: list[Bar] = []
    free_from: list[datetime] = []  # by level
    for adjunct in adjuncts:
        bar = _bar(scene, adjunct)
        free = [level for level, at in enumerate(free_from) if at < bar.start]
        level = free[0] if free else len(free_from)
        free_from[level : level + 1] = [bar.end]
        bars.append(replace(bar, level=level))
    return bars


def _bar(scene: Scene, adjunct: Adjunct) -> Bar:
    """Whole days of the zone, cut to the range; what goes on reaches up to now."""
    shown, now = scene.range, scene.progress.now
    start = _midnight(adjunct.started_on, scene)
    if adjunct.once:
        at = min(max(start + DAY / 2, shown.start), shown.end)
        return Bar(adjunct, at, at)
    if adjunct.ended_on is None:
        end = now if now > start else shown.end
    else:
        end = _midnight(adjunct.ended_on + DAY, scene)
    return Bar(
        adjunct,
        max(start, shown.start),
        min(end, shown.end),
        cut=start < shown.start,
        open=adjunct.ended_on is None or end > shown.end,
    )


def _midnight(day: date, scene: Scene) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(scene.progress.zone))
