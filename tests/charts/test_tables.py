"""The tables say all that the figure says, in the zone's own time."""

import re

import pandas as pd
import pytest

from mindspa.charts.colours import Theme
from mindspa.charts.tables import (
    adjuncts_table,
    alerts_table,
    infusions_table,
    items_table,
    scores_table,
)
from mindspa.charts.time_axis import Span, View
from mindspa.charts.timeline import timeline_figure
from mindspa.domain.check_ins import Mode
from mindspa.domain.outcomes import Point, Progress, Series
from mindspa.domain.safety import AlertState
from mindspa.domain.treatment import InfusionStatus, Substance
from tests.charts.factories import (
    a_form,
    a_missed,
    a_progress,
    a_study,
    a_year,
    an_alert,
    an_infusion,
    day,
    definitions,
    induction,
)


def scores(progress: Progress) -> pd.DataFrame:
    return scores_table(progress, definitions())


def test_a_score_with_all_that_belongs_to_it() -> None:
    table = scores(induction())
    row = table[table["Questionnaire"] == "PHQ-9"].iloc[2]  # of the 14th day
    assert row.to_dict() == {
        "When": "2026-03-16 15:00",
        "Questionnaire": "PHQ-9",
        "Status": "answered",
        "Score": 8,
        "Of": 27,
        "Severity": "mild",
        "Change since baseline": -11,
        "Hours after infusion": 71.2,
        "Infusion": "infusion 6",
        "Recall before infusion (%)": 79,
        "Recall before course (%)": 79,
        "Recorded": "by the patient",
    }


def test_the_baseline_is_named_and_has_no_change() -> None:
    row = scores(induction()).iloc[-1]
    assert (row["Status"], row["Score"]) == ("baseline", 52)
    assert row["Change since baseline"] is pd.NA


def test_the_latest_stands_first() -> None:
    when = list(scores(a_year())["When"])
    assert when == sorted(when, reverse=True)


def test_a_zero_is_a_score_and_a_missed_form_is_not_one() -> None:
    table = scores(
        a_progress(
            {"pulse": [(1, 0)]},
            missed=[a_missed(2, "pulse", code="48h")],
            incomplete=[a_form("pulse", day(0), None, answers={"interest": 0})],
        )
    )
    assert list(table["Status"]) == [
        "not answered (48 h)", "answered", "no total: 1 of 4 answered",
    ]  # fmt: skip
    assert list(table["Score"].fillna(-1)) == [-1, 0, -1]


def test_a_score_after_a_placebo_says_so() -> None:
    table = scores(a_study())
    assert list(table["Infusion"].fillna("")) == [
        "placebo infusion", "placebo infusion", "infusion 1", "",
    ]  # fmt: skip


def test_a_total_with_an_item_missing_was_pro_rated() -> None:
    form = a_form("gad7", day(1), 12, answers={"1": 2}, mode=Mode.ON_PAPER)
    point = Point(form, 12, None, None, None, None, None, breaks_line=False)
    progress = a_progress()
    progress = Progress(
        **{
            **{name: getattr(progress, name) for name in progress.__slots__},
            "series": {"gad7": Series("gad7", (point,), {}, None)},
        }
    )
    assert scores(progress)["Recorded"][0] == "on paper, entered later, pro-rated"


@pytest.mark.parametrize("progress", [induction(), a_year(), a_study(), a_progress()])
def test_columns_keep_their_types(progress: Progress) -> None:
    table = scores(progress)
    numbers = {name: str(dtype) for name, dtype in table.dtypes.items() if dtype != "string"}
    assert numbers == {
        "Score": "Int64",
        "Of": "Int64",
        "Change since baseline": "Int64",
        "Hours after infusion": "Float64",
        "Recall before infusion (%)": "Int64",
        "Recall before course (%)": "Int64",
    }


@pytest.mark.parametrize("progress", [induction(), a_year(), a_study()])
def test_whatever_hover_shows_stands_in_a_table(progress: Progress) -> None:
    """Times, scores and severities of every mark of the year's figure."""
    drawn = timeline_figure(progress, definitions(), view=View(Span.YEAR, 1100), theme=Theme.LIGHT)
    tables = [
        scores(progress),
        infusions_table(progress, definitions()),
        alerts_table(progress, definitions()),
        adjuncts_table(progress),
    ]
    cells = {str(cell) for table in tables for cell in table.to_numpy().ravel()}
    hovers = [text for mark in drawn.data for text in mark.hovertext or () if text]
    assert hovers
    for text in hovers:
        days = re.findall(r"\d{4}-\d\d-\d\d(?: \d\d:\d\d)?", text)
        assert days
        assert set(days) <= cells
        for told in re.findall(r"(?:mmHg|%|minute|effects)\)?: (.*?)(?:<br>|$)", text):
            assert told in cells
        for kind, name in re.findall(r"<b>([A-Z][a-zA-Z ]+): (.*?)</b>", text):
            assert {kind, name} <= cells
        for score, severity in re.findall(r" (\d+) of \d+</b>(?:, ([a-z ]+))?", text):
            assert {score, severity} - {""} <= cells
        for share in re.findall(r"(\d+)% of its recall", text):
            assert share in cells
        for change in re.findall(r"([−+]\d+) since baseline", text):
            assert change.replace("−", "-").lstrip("+") in cells


def test_infusions() -> None:
    progress = a_progress(
        infusions=[
            an_infusion(0),
            an_infusion(2, substance=Substance.PLACEBO, dose_mg=None),
            an_infusion(4, status=InfusionStatus.STOPPED, ended=False),
            an_infusion(30, status=InfusionStatus.CANCELLED),
        ]
    )
    table = infusions_table(progress, definitions())
    assert list(table["Infusion"].fillna(0)) == [0, 2, 0, 1]
    assert list(table["Start"])[-1] == "2026-03-02 14:00"
    assert list(table["End"].fillna(""))[-2:] == ["2026-03-04 14:50", "2026-03-02 14:50"]
    assert list(table["Status"]) == ["cancelled", "stopped", "given", "given"]
    assert list(table["Substance"]) == ["ketamine", "ketamine", "placebo", "ketamine"]
    assert table["Dose (mg/kg)"].iloc[-1] == 0.5
    assert list(table["Note"].fillna("")) == [
        "", "end not recorded: its check-ins run from the planned end", "", "",
    ]  # fmt: skip


def test_vitals_and_side_effects_of_an_infusion() -> None:
    row = infusions_table(induction(), definitions()).iloc[-1].fillna("")
    assert {name: row[name] for name in row.index[8:]} == {
        "Blood pressure (mmHg)": "118/74, highest 139/88, last 120/–",
        "Diastolic (mmHg)": "",
        "Heart rate (a minute)": "78",
        "SpO2 (%)": "98, lowest 95, last 97",
        "Respiration (a minute)": "",
        "Side effects": "nausea (moderate)",
        "Note": "",
    }


def test_other_treatment() -> None:
    change, series = adjuncts_table(induction()).fillna("").to_numpy()[:2]
    told, by_staff = "told by the patient", "entered by staff"
    assert list(change)[1:6] == ["sertraline 50 → 100 mg", "2026-03-10", "", "", told]
    assert list(series)[1:6] == ["Maintenance", "2026-03-07", "goes on", "once a week", by_staff]


def test_alerts() -> None:
    table = alerts_table(
        a_progress(alerts=[an_alert(0, state=AlertState.CLOSED), an_alert(7)]), definitions()
    )
    assert list(table["Answered"]) == ["2026-03-09 15:00", "2026-03-02 14:00"]
    assert list(table["State"]) == ["open", "closed"]
    assert set(table["Reason"]) == {definitions().safety.words("phq9_item9")}


def test_items_by_date() -> None:
    progress = a_progress(
        incomplete=[
            a_form("gad7", day(0), None, answers={"1": 0, "7": 3}),
            a_form("gad7", day(7), None, answers={"1": 1}),
            a_form("phq9", day(7), None, answers={"1": 2}),
        ]
    )
    table = items_table(progress, definitions(), "gad7")
    assert list(table.columns) == ["2026-03-09 15:00", "2026-03-02 14:00"]
    assert list(table["2026-03-02 14:00"].dropna()) == [0, 3]
    assert table.index[0] == definitions().instruments["gad7"].items[0].text["en"]
    assert table["2026-03-09 15:00"].isna().sum() == len(table) - 1


def test_an_entered_total_has_no_items() -> None:
    assert items_table(a_study(), definitions(), "madrs").empty
