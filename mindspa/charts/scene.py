"""What every part of the figure is drawn from: the values, the time range and the colours."""

from dataclasses import dataclass
from datetime import datetime

from mindspa.charts.colours import Colours
from mindspa.charts.time_axis import TimeRange, local
from mindspa.domain.definitions import Definitions
from mindspa.domain.outcomes import Progress

# No text of a figure is smaller: a phone is read at arm's length.
FONT_SIZE = 12
# Below this a window is a smear and a dose runs into its neighbour.
PIXELS_PER_DAY = 6


@dataclass(frozen=True, slots=True)
class Scene:
    progress: Progress
    definitions: Definitions
    range: TimeRange
    colours: Colours
    narrow: bool

    @property
    def detailed(self) -> bool:
        return self.range.pixels_per_day >= PIXELS_PER_DAY

    def x(self, at: datetime) -> str:
        """The wall clock as text: Plotly copies datetimes one by one, at half the build time."""
        return local(at, self.progress.zone).isoformat(sep=" ")
