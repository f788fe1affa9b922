"""The figure shows exactly what the progress holds, where and when it happened."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import plotly.graph_objects as go
import pytest

from mindspa.charts.colours import Theme
from mindspa.charts.time_axis import Span, View
from mindspa.charts.timeline import timeline_figure
from mindspa.domain.adjuncts import Kind
from mindspa.domain.outcomes import Progress
from mindspa.domain.safety import AlertState, Tier
from mindspa.domain.treatment import InfusionStatus, Substance
from tests.charts.factories import (
    ZONE,
    a_form,
    a_missed,
    a_progress,
    a_study,
    a_year,
    an_adjunct,
    an_alert,
    an_infusion,
    day,
    definitions,
    induction,
)

WIDE = 1100
PHONE = 366


def figure(progress: Progress, *, span: Span = Span.COURSE, width: int = WIDE) -> go.Figure:
    view = View(span, width)
    return timeline_figure(progress, definitions(), view=view, theme=Theme.LIGHT)


def trace(drawn: go.Figure, name: str) -> Any:
    (found,) = drawn.select_traces({"name": name})
    return found


def names(drawn: go.Figure) -> set[str]:
    return {found.name for found in drawn.data}


def shapes(drawn: go.Figure, name: str) -> list[Any]:
    return [shape for shape in drawn.layout.shapes if shape.name == name]


def drawn_points(found: Any) -> list[tuple[datetime, int]]:
    """Back to instants: what a reader of the axis sees, in the zone that it names."""
    return [
        (datetime.fromisoformat(x).replace(tzinfo=ZoneInfo(ZONE)).astimezone(UTC), y)
        for x, y in zip(found.x, found.y, strict=True)
        if y is not None
    ]


@pytest.mark.parametrize("name", ["phq9", "gad7", "pulse", "pcl5"])
def test_points_are_the_forms(name: str) -> None:
    progress = induction()
    drawn = trace(figure(progress), name)
    points = progress.series[name].points
    assert drawn_points(drawn) == [(p.form.answered_at, p.total) for p in points]
    assert [text for text in drawn.customdata if text] == [
        p.form.answered_at.isoformat() for p in points
    ]


def test_time_is_an_axis_and_never_a_row_of_categories() -> None:
    drawn = figure(induction())
    assert drawn.layout.xaxis.type == "date"
    assert {found.xaxis for found in drawn.data} == {None}  # one shared axis
    assert "America/New_York" in drawn.layout.xaxis.title.text


def test_ticks_that_share_a_day_are_told_apart_by_the_hour() -> None:
    (within_a_day,) = figure(induction()).layout.xaxis.tickformatstops
    assert within_a_day.dtickrange[1] == timedelta(days=1) / timedelta(milliseconds=1) - 1
    assert "%H:%M" in within_a_day.value


def test_an_instant_is_drawn_on_the_wall_clock_of_the_zone_on_either_side_of_the_clock_change() -> (
    None
):
    # Clocks go forward on 8 March: the same instant of the day in UTC is an hour later there.
    drawn = trace(figure(a_progress({"phq9": [(5, 3), (7, 4)]})), "phq9")
    assert list(drawn.x) == ["2026-03-07 14:00:00", "2026-03-09 15:00:00"]


def test_a_zero_is_a_score() -> None:
    drawn = trace(figure(a_progress({"phq9": [(0, 0), (7, 0), (14, 0)]})), "phq9")
    assert list(drawn.y) == [0, 0, 0]
    assert list(drawn.text) == ["0", "0", "0"]


def test_no_line_leads_to_a_point_that_breaks_it() -> None:
    progress = a_progress({"phq9": [(0, 9), (7, 8), (40, 7), (47, 6)]}, breaks={"phq9": [0, 40]})
    drawn = trace(figure(progress), "phq9")
    assert list(drawn.y) == [9, 8, None, 7, 6]
    assert drawn.connectgaps is False


def test_the_pulse_shares_neither_trace_nor_axis_with_a_standard_form() -> None:
    drawn = figure(induction())
    axes = {name: trace(drawn, name).yaxis for name in ("phq9", "gad7", "pulse", "pcl5")}
    assert len(set(axes.values())) == 4
    pulse_axis = axes["pulse"]
    assert {found.name for found in drawn.data if found.yaxis == pulse_axis} == {
        "pulse",
        "pulse not answered",
    }
    # No bands and no lines to reach: those were made for the standard forms.
    assert not [shape for shape in drawn.layout.shapes if shape.yref == pulse_axis]


@pytest.mark.parametrize(
    "name, maximum", [("phq9", 27), ("gad7", 21), ("pulse", 12), ("pcl5", 80), ("madrs", 60)]
)
@pytest.mark.parametrize("total", [0, 3])
def test_scales_are_fixed_by_the_instrument(name: str, maximum: int, total: int) -> None:
    drawn = figure(a_progress({name: [(0, total), (7, total)]}))
    axis = drawn.layout[trace(drawn, name).yaxis.replace("y", "yaxis")]
    low, high = axis.range
    assert low < 0
    assert maximum < high < maximum * 1.1
    assert axis.tickvals[0] == 0
    assert axis.tickvals[-1] == maximum


def test_panels_only_for_what_there_is() -> None:
    drawn = figure(a_study())
    assert names(drawn) == {"infusions", "madrs"}


def test_bands_cover_the_scale_between_the_whole_scores() -> None:
    drawn = figure(a_progress({"phq9": [(0, 10)]}))
    bands = [
        (shape.y0, shape.y1)
        for shape in drawn.layout.shapes
        if shape.type == "rect" and shape.yref == trace(drawn, "phq9").yaxis
    ]
    assert bands == [(-0.5, 4.5), (4.5, 9.5), (9.5, 14.5), (14.5, 19.5), (19.5, 27.5)]


@pytest.mark.parametrize(
    "baseline, labels",
    [
        (19, {"baseline: 19": 19, "response: 9 or less": 9.5, "remission cut-off: under 5": 4.5}),
        (20, {"baseline: 20": 20, "response: 10 or less": 10, "remission cut-off: under 5": 4.5}),
        (0, {"baseline: 0": 0, "remission cut-off: under 5": 4.5}),
    ],
)
def test_lines_to_read_a_score_against(baseline: int, labels: dict[str, float]) -> None:
    drawn = figure(a_progress({"phq9": [(-2, baseline), (7, 8)]}, infusions=[an_infusion(0)]))
    heights = sorted(
        shape.y0 for shape in drawn.layout.shapes if shape.type == "line" and shape.yref == "y3"
    )
    texts = [note.text for note in drawn.layout.annotations]
    assert heights == sorted(labels.values())
    assert [text for text in labels if text not in texts] == []


def test_without_a_baseline_there_is_nothing_to_respond_from() -> None:
    drawn = figure(a_progress({"phq9": [(3, 18), (7, 8)]}, infusions=[an_infusion(0)]))
    texts = " ".join(note.text for note in drawn.layout.annotations)
    assert "baseline" not in texts
    assert "response" not in texts


def test_the_names_of_lines_never_cover_each_other() -> None:
    """A baseline of 10 puts response and remission half a point apart."""
    drawn = figure(a_progress({"phq9": [(-2, 10), (7, 8)]}, infusions=[an_infusion(0)]))
    per_point = 190 / (drawn.layout.yaxis3.range[1] - drawn.layout.yaxis3.range[0])
    heights = sorted(
        note.y for note in drawn.layout.annotations if note.yref == "y3" and note.x == 1
    )
    gaps = [(b - a) * per_point for a, b in pairwise(heights)]
    assert len(heights) == 3
    assert min(gaps) >= 12


def test_a_tail_spans_the_recall_of_a_standard_score_and_of_no_other() -> None:
    drawn = figure(induction())
    tails = trace(drawn, "phq9 recall")
    starts, ends = tails.x[0::3], tails.x[1::3]
    points = trace(drawn, "phq9")
    assert list(ends) == [x for x in points.x if x]
    # Two weeks of hours: an hour of it was taken by the clock change.
    first = [datetime.fromisoformat(at[0]) for at in (ends, starts)]
    assert first[0] - first[1] == timedelta(days=14)
    assert {"gad7 recall", "pcl5 recall"} < names(drawn)
    assert "pulse recall" not in names(drawn)


def test_infusions_stand_at_their_start_with_number_and_dose() -> None:
    drawn = figure(induction())
    marks = trace(drawn, "infusions")
    assert list(marks.x)[:3] == [
        "2026-03-02 14:00:00",
        "2026-03-04 14:00:00",
        "2026-03-06 14:00:00",
    ]
    assert list(marks.text) == [
        "35<br><b>1</b>", "35<br><b>2</b>", "40<br><b>3</b>", "40<br><b>4</b>", "40<br><b>5</b>",
        "40<br><b>6</b>", "<b></b>",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "status, substance, symbol, dash, label",
    [
        (InfusionStatus.GIVEN, Substance.KETAMINE, "circle", "solid", "1"),
        (InfusionStatus.STOPPED, Substance.KETAMINE, "circle", "solid", "1"),
        (InfusionStatus.GIVEN, Substance.UNKNOWN, "circle", "solid", "1"),
        (InfusionStatus.GIVEN, Substance.PLACEBO, "circle-open", "5px,4px", "P"),
        (InfusionStatus.PLANNED, Substance.KETAMINE, "circle-open", "1px,3px", ""),
    ],
)
def test_only_what_was_given_is_filled_and_counted(
    status: InfusionStatus, substance: Substance, symbol: str, dash: str, label: str
) -> None:
    infusion = an_infusion(0, status=status, substance=substance, dose_mg=None)
    now = day(-0.1) if status is InfusionStatus.PLANNED else day(1)
    drawn = figure(a_progress({"phq9": [(-1, 9)]}, infusions=[infusion], now=now))
    marks = trace(drawn, "infusions")
    (column,) = shapes(drawn, "infusions")
    assert (list(marks.marker.symbol), list(marks.text)) == ([symbol], [f"<b>{label}</b>"])
    assert column.line.dash == dash


def test_a_cancelled_infusion_is_not_drawn() -> None:
    infusions = [an_infusion(0), an_infusion(2, status=InfusionStatus.CANCELLED)]
    drawn = figure(a_progress({"phq9": [(-1, 9)]}, infusions=infusions))
    assert len(trace(drawn, "infusions").x) == 1


def test_a_missing_end_is_said() -> None:
    drawn = figure(a_progress({"phq9": [(-1, 9)]}, infusions=[an_infusion(0, ended=False)]))
    assert "1*" in trace(drawn, "infusions").text[0]
    assert "end not recorded" in trace(drawn, "infusions").hovertext[0]
    assert "* end not recorded" in " ".join(note.text for note in drawn.layout.annotations)


@pytest.mark.parametrize(
    "infusions, windows",
    [
        # From 24 to 72 h after an end at 14:50.
        ([an_infusion(0)], ["2026-03-03_14:50:00", "2026-03-05_14:50:00"]),
        # Cut where the next one starts.
        (
            [an_infusion(0), an_infusion(2, status=InfusionStatus.PLANNED)],
            ["2026-03-03_14:50:00", "2026-03-04_14:00:00"],
        ),
        # A cancelled one cuts nothing.
        (
            [an_infusion(0), an_infusion(2, status=InfusionStatus.CANCELLED)],
            ["2026-03-03_14:50:00", "2026-03-05_14:50:00"],
        ),
        ([an_infusion(0), an_infusion(1)], ["2026-03-04_14:50:00", "2026-03-06_14:50:00"]),
        ([an_infusion(0, substance=Substance.PLACEBO)], []),
        # Nobody knows its hour.
        ([replace(an_infusion(0), date_only=True)], []),
    ],
)
def test_windows(infusions: Sequence[Any], windows: list[str]) -> None:
    progress = a_progress({"phq9": [(-1, 9), (4, 8)]}, infusions=infusions, now=day(1.9))
    paths = " ".join(shape.path for shape in shapes(figure(progress), "windows"))
    assert re.findall(r"[MH] ([-_:\d]{19})", paths) == windows


@pytest.mark.parametrize(
    "days, width, detailed",
    [(35, PHONE, True), (35.1, PHONE, False), (126, WIDE, True), (126.1, WIDE, False)],
)
def test_windows_and_doses_need_six_pixels_a_day(days: float, width: int, detailed: bool) -> None:
    progress = a_progress({"phq9": [(0, 9), (days, 8)]}, infusions=[an_infusion(0)], now=day(days))
    drawn = figure(progress, width=width)
    assert bool(shapes(drawn, "windows")) is detailed
    assert ("35" in trace(drawn, "infusions").text[0]) is detailed


def test_missed_and_unfinished_forms_lie_below_zero_and_on_no_line() -> None:
    progress = a_progress(
        {"phq9": [(0, 9), (14, 8)]},
        missed=[a_missed(7, "phq9", "gad7", code="weekly-1")],
        incomplete=[a_form("phq9", day(10), None, answers={"1": 2, "9": 1})],
    )
    drawn = figure(progress)
    marks = trace(drawn, "phq9 not answered")
    assert marks.mode == "markers"
    assert marks.marker.symbol == "circle-open"
    assert max(marks.y) < 0
    assert [text.split("<br>")[0] for text in marks.hovertext] == [
        "<b>PHQ-9 no total: 2 of 9 answered</b>",
        "<b>PHQ-9 not answered (weekly 1)</b>",
    ]
    assert list(trace(drawn, "phq9").y) == [9, 8]
    # A form that was asked for and never answered has its panel, too.
    assert len(trace(drawn, "gad7 not answered").x) == 1


def test_a_form_answered_within_a_missed_occasion_is_not_missed() -> None:
    progress = a_progress({"phq9": [(7, 9)]}, missed=[a_missed(7, "phq9", "gad7", code="weekly-1")])
    assert "phq9 not answered" not in names(figure(progress))


@pytest.mark.parametrize(
    "tier, rule, state, symbol",
    [
        (Tier.IMMEDIATE, "phq9_item9", AlertState.OPEN, "diamond"),
        (Tier.IMMEDIATE, "phq9_item9", AlertState.CLOSED, "diamond-open"),
        (Tier.SAME_DAY, "phq9_item9", AlertState.OPEN, "circle"),
        (Tier.SAME_DAY, "phq9_rise", AlertState.OPEN, "triangle-up"),
        (Tier.SAME_DAY, "phq9_rise", AlertState.CLOSED, "triangle-up-open"),
    ],
)
def test_alerts(tier: Tier, rule: str, state: AlertState, symbol: str) -> None:
    progress = a_progress(
        {"phq9": [(7, 9)]}, alerts=[an_alert(7, tier=tier, rule=rule, state=state)]
    )
    marks = trace(figure(progress), "alerts")
    assert list(marks.marker.symbol) == [symbol]
    assert list(marks.x) == ["2026-03-09 15:00:00"]


def test_side_effects_are_a_cross_below_their_infusion_the_larger_the_worse() -> None:
    drawn = figure(induction())
    marks, infusions = trace(drawn, "side effects"), trace(drawn, "infusions")
    assert list(marks.x) == list(infusions.x)[:2]
    assert marks.marker.size[0] > marks.marker.size[1]
    for at in (0, 1):
        assert marks.hovertext[at] == infusions.hovertext[at]
    assert "Side effects: nausea (moderate)" in marks.hovertext[0]


def test_other_treatment_has_a_lane_a_kind_of_what_is_in_the_range() -> None:
    drawn = figure(induction())
    assert {name for name in names(drawn) if name.startswith("adjuncts")} == {
        "adjuncts tms",
        "adjuncts medication",
    }
    bars = trace(drawn, "adjuncts tms")
    start, end = drawn.layout.xaxis.range
    shown = [bar for bar in zip(bars.x, bars.y, bars.marker.symbol, strict=True) if bar[0]]
    ends = [bar for bar in shown if bar[2] != "circle"]
    assert ends == [
        (start, 0, "triangle-left"),  # began before the picture
        ("2026-03-09 00:00:00", 0, "line-ns-open"),  # with its last day
        ("2026-03-07 00:00:00", 1, "line-ns-open"),  # below, because it overlaps
        ("2026-03-30 15:00:00", 1, "triangle-right"),  # goes on, up to now
    ]
    assert end > "2026-03-30 15:00:00"
    titles = [note.text for note in drawn.layout.annotations]
    assert "<b>TMS</b>  Left-sided series, Maintenance" in titles
    change = trace(drawn, "adjuncts medication")
    assert (change.x[0], change.marker.symbol[0]) == ("2026-03-10 12:00:00", "square")
    assert change.text[0].strip() == "sertraline 50 → 100 mg"
    assert change.hovertext[0].endswith("2026-03-10<br>Told by the patient")


@pytest.mark.parametrize("days, named", [(1, False), (14, True)])
def test_a_name_stands_only_where_nothing_is_in_its_way(days: int, named: bool) -> None:
    adjuncts = [
        an_adjunct(Kind.MEDICATION, f"sertraline to {n} mg", at)
        for n, at in ((50, 5), (75, 5 + days))
    ]
    drawn = figure(a_progress({"phq9": [(0, 9), (40, 8)]}, adjuncts=adjuncts, now=day(40)))
    texts = list(trace(drawn, "adjuncts medication").text)
    assert bool(texts[0]) is named
    assert texts[2]


def test_what_a_patient_told_is_shown_as_it_was_written() -> None:
    adjuncts = [an_adjunct(Kind.MEDICATION, "<a href='x'>&</a>", 1)]
    drawn = figure(a_progress({"phq9": [(0, 9), (9, 8)]}, adjuncts=adjuncts))
    change = trace(drawn, "adjuncts medication")
    assert "&lt;a href='x'&gt;&amp;&lt;/a&gt;" in change.hovertext[0]
    assert change.text[0].strip().startswith("&lt;a")


@pytest.mark.parametrize(
    "span, first",
    [
        # One more than the range holds, so that the line leads out of the picture.
        (Span.NINETY_DAYS, -3 + 6 * 46),
        (Span.YEAR, -3),
    ],
)
def test_only_what_the_view_shows_is_sent(span: Span, first: int) -> None:
    drawn = trace(figure(a_year(), span=span), "phq9")
    assert drawn.customdata[0] == day(first).isoformat()
    assert drawn.customdata[-1] == day(-3 + 6 * 59).isoformat()


def test_the_course_view_begins_with_the_course_and_its_baseline() -> None:
    drawn = figure(induction())
    start = datetime.fromisoformat(drawn.layout.xaxis.range[0])
    assert timedelta() < datetime(2026, 2, 28, 14) - start < timedelta(days=1)  # noqa: DTZ001


def test_before_the_first_infusion_all_scores_are_shown() -> None:
    planned = an_infusion(0, status=InfusionStatus.PLANNED)
    progress = a_progress({"phq9": [(-40, 18), (-33, 17)]}, infusions=[planned], now=day(-32))
    drawn = figure(progress)
    assert list(trace(drawn, "phq9").y) == [18, 17]
    start, end = (datetime.fromisoformat(at) for at in drawn.layout.xaxis.range)
    assert timedelta(days=8) < end - start < timedelta(days=9)


def test_a_study_of_long_ago_is_not_drawn_up_to_today() -> None:
    end = datetime.fromisoformat(figure(a_study()).layout.xaxis.range[1])
    assert end.date() < (day(34) + timedelta(days=3)).date()


@pytest.mark.parametrize("width", [PHONE, WIDE])
@pytest.mark.parametrize("span", list(Span))
@pytest.mark.parametrize("progress", [induction(), a_year(), a_study(), a_progress()])
def test_every_text_is_large_enough_and_nothing_needs_webgl(
    progress: Progress, span: Span, width: int
) -> None:
    drawn = figure(progress, span=span, width=width)
    assert {found.type for found in drawn.data} <= {"scatter"}
    sizes = [note.font.size for note in drawn.layout.annotations]
    sizes += [found.textfont.size for found in drawn.data if found.text]
    sizes += [drawn.layout.xaxis.tickfont.size, drawn.layout.xaxis.title.font.size]
    assert min(sizes) >= 12


def test_nothing_yet() -> None:
    drawn = figure(a_progress())
    assert not drawn.data
    assert "No scores yet" in [note.text for note in drawn.layout.annotations]
