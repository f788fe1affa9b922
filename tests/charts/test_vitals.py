"""The vitals of an infusion over its minutes."""

from datetime import UTC, datetime, timedelta

import pytest

from mindspa.charts.colours import Theme
from mindspa.charts.vitals import vitals_figure
from mindspa.domain.definitions import Definitions
from mindspa.domain.infusion_sheet import Reading
from mindspa.domain.treatment import Infusion, InfusionStatus

NOW = datetime(2026, 6, 10, 12, tzinfo=UTC)
INFUSION = Infusion("i", "p", "c", NOW, InfusionStatus.STARTED, NOW)


def taken(*at: int) -> list[Reading]:
    return [
        Reading(str(minute), "p", "i", NOW + timedelta(minutes=minute), {"systolic": 120}, NOW, "n")
        for minute in at
    ]


@pytest.mark.parametrize(
    "minutes, shown", [([], (-3, 63)), ([0], (-3, 63)), ([-20, 5, 90], (-23, 93))]
)
def test_the_first_hour_is_shown_and_whatever_was_measured_beside_it(
    definitions: Definitions, minutes: list[int], shown: tuple[int, int]
) -> None:
    figure = vitals_figure(INFUSION, taken(*minutes), definitions.infusion_day, theme=Theme.LIGHT)
    assert figure.layout.xaxis.range == shown
