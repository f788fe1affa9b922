"""A patient sees own scores and own infusions, and nothing that is for staff."""

import pytest

from mindspa.charts.colours import Theme
from mindspa.charts.own_progress import own_instruments, own_progress_figure
from mindspa.domain.outcomes import Progress
from tests.charts.factories import a_progress, a_study, definitions, induction


def test_the_main_score_comes_first_and_what_staff_rated_never() -> None:
    assert own_instruments(induction(), definitions()) == ("phq9", "gad7", "pulse", "pcl5")
    assert own_instruments(a_progress(), definitions()) == ()
    assert definitions().instruments["madrs"].staff_only
    assert own_instruments(a_study(), definitions()) == ()


@pytest.mark.parametrize("name", ["phq9", "gad7", "pulse", "pcl5"])
def test_one_score_with_own_infusions(name: str) -> None:
    progress = induction()
    drawn = own_progress_figure(progress, definitions(), instrument_id=name, theme=Theme.LIGHT)
    (scores,) = drawn.data
    points = progress.series[name].points
    assert [y for y in scores.y if y is not None] == [point.total for point in points]
    assert len([x for x in scores.x if x]) == len(points)
    assert [shape.line.dash for shape in drawn.layout.shapes] == ["solid", "1px,3px"]
    assert drawn.layout.shapes[0].path.count("M") == 6


def all_text(progress: Progress) -> str:
    drawn = own_progress_figure(progress, definitions(), instrument_id="phq9", theme=Theme.DARK)
    return str(drawn.to_json()).lower()


@pytest.mark.parametrize("word", ["mild", "severe", "alert", "recall", "remission", "baseline"])
def test_no_severity_and_nothing_for_staff(word: str) -> None:
    assert word not in all_text(induction())
