"""The picture that a clinic looks at before it signs: what is asked now, and what would be."""

from dataclasses import replace
from datetime import date

import pytest

from mindspa.charts.colours import Theme
from mindspa.charts.made_up_plan import called, made_up_plan_figure, plan_table, plan_words
from mindspa.domain.made_up_plan import MadeUpPlan, made_up_plan
from mindspa.domain.protocol_versions import adapted, choices_of
from tests.spec.treatment_factories import protocol

NAMES = {"pulse": "Pulse", "phq9": "PHQ-9", "gad7": "GAD-7"}


def shown(*follow_up: str) -> MadeUpPlan:
    choices = replace(choices_of(protocol()), follow_up=follow_up)
    after = adapted(protocol(), choices, number=2)
    return made_up_plan(protocol(), after, today=date(2026, 6, 10), zone="America/New_York")


def test_nothing_differs_and_one_plan_is_drawn() -> None:
    plan = shown("24h", "48h", "72h")
    figure = made_up_plan_figure(plan, theme=Theme.LIGHT)
    assert [note.text for note in figure.layout.annotations] == [
        "Infusions",
        "Short check-ins: version 1, in force",
        "Questionnaires: version 1, in force",
    ]
    assert list(figure.data[0].x) == [0, 2, 4, 7, 9, 11]
    assert plan_words(plan) == "All 25 check-ins stay as they are."


def test_what_is_left_out_is_hollow_and_has_no_window() -> None:
    plan = shown("24h", "72h")
    figure = made_up_plan_figure(plan, theme=Theme.DARK)
    assert len(figure.layout.annotations) == 5
    windows, marks = figure.data[5], figure.data[6]
    assert list(marks.marker.symbol).count("circle-open") == 6
    assert windows.x.count(None) == len(marks.x) - 6
    assert plan_words(plan) == "Of 25 check-ins 6 are no longer asked."


def test_the_table_holds_every_check_in() -> None:
    table = plan_table(shown("24h", "72h"), NAMES)
    assert len(table) == 25
    assert table[2] == {
        "Wanted": "Day 1, Tue 11:00",
        "Check-in": "24 h",
        "Forms": "Pulse",
        "Against what is in force": "as before",
    }


@pytest.mark.parametrize(
    "code, words",
    [("24h", "24 h"), ("pre_infusion", "before the infusion"), ("weekly-2", "weekly 2")],
)
def test_what_a_check_in_is_called(code: str, words: str) -> None:
    assert called(code) == words
