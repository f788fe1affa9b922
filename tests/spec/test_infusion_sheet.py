"""What stands on the sheet of an infusion, what is due on it, and what can be no reading."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from mindspa.domain.errors import InvalidInput
from mindspa.domain.infusion_sheet import (
    Checklist,
    Reading,
    SheetRules,
    Tick,
    checked,
    minutes,
    newest,
    next_reading,
    unticked,
)
from mindspa.domain.treatment import Infusion, InfusionStatus
from mindspa.storage.definition_files.infusion_day import load_infusion_day
from tests.spec.treatment_factories import DATA, HOUR, PATIENT, START, an_infusion

MINUTE = timedelta(minutes=1)


@pytest.fixture(scope="module")
def rules() -> SheetRules:
    return load_infusion_day(Path(DATA) / "infusion_day.toml")


def running() -> Infusion:
    planned = an_infusion(status=InfusionStatus.STARTED)
    return replace(planned, started_at=START)


def reading(name: str, at: datetime, *, replaces: str | None = None) -> Reading:
    return Reading(name, PATIENT, "i1", at, {"heart_rate": 70}, at, "nurse", replaces=replaces)


@pytest.mark.parametrize(
    "taken, due",
    [
        ([], 0),  # at once
        ([-10], 15),  # the baseline; then from the start
        ([-10, 15], 30),
        ([-10, 22], 37),  # from the last, whenever that was
    ],
)
def test_when_vitals_are_due_again(rules: SheetRules, taken: list[int], due: int) -> None:
    readings = [reading(str(at), START + at * MINUTE) for at in taken]
    assert next_reading(rules, running(), readings) == START + due * MINUTE


def test_no_vitals_are_due_before_and_after(rules: SheetRules) -> None:
    assert next_reading(rules, an_infusion(status=InfusionStatus.PLANNED), []) is None
    assert next_reading(rules, an_infusion(), []) is None


def test_a_correction_stands_in_place_of_what_it_replaces() -> None:
    first, second = reading("a", START), reading("b", START, replaces="a")
    third = reading("c", START, replaces="b")
    assert newest([first, second, third]) == [third]


@pytest.mark.parametrize("at, shown", [(0, 0), (-12.4, -12), (14.6, 15), (90, 90)])
def test_minutes_since_the_start(at: float, shown: int) -> None:
    assert minutes(running(), START + at * MINUTE) == shown


@pytest.mark.parametrize(
    "values, says",
    [
        ({}, "Fill in at least one of the vitals."),
        ({"systolic": None, "spo2": None}, "Fill in at least one of the vitals."),
        ({"systolic": 80, "diastolic": 120}, "The systolic pressure must be above the diastolic."),
        ({"systolic": 80, "diastolic": 80}, "The systolic pressure must be above the diastolic."),
        ({"systolic": 49}, "Systolic (mmHg) is a number from 50 to 300."),
        ({"spo2": 101}, "SpO2 (%) is a number from 50 to 100."),
        ({"heart_rate": 72.5}, "Heart rate (a minute) is a whole number."),
        ({"heart_rate": float("nan")}, "Heart rate (a minute) is a number from 20 to 250."),
        ({"heart_rate": True}, "Heart rate (a minute) is a number from 20 to 250."),
        ({"mood": 3}, "That is none of the vitals on this sheet."),
    ],
)
def test_what_can_be_no_reading(rules: SheetRules, values: Mapping[str, object], says: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        checked(rules, values)
    assert str(refused.value).startswith(says)


def test_what_is_filled_in_is_kept(rules: SheetRules) -> None:
    given = {"systolic": 120.0, "diastolic": 80, "spo2": None}
    assert checked(rules, given) == {"systolic": 120, "diastolic": 80}


def test_the_last_tick_of_an_item_holds(rules: SheetRules) -> None:
    escort = [
        Tick(PATIENT, "i1", Checklist.READINESS, "escort", revision, ticked, START, "nurse")
        for revision, ticked in ((2, False), (1, True))
    ]
    open_ones = {choice.id for choice in unticked(rules, Checklist.READINESS, escort)}
    assert "escort" in open_ones
    again = Tick(PATIENT, "i1", Checklist.READINESS, "escort", 3, True, START + HOUR, "nurse")
    assert "escort" not in {c.id for c in unticked(rules, Checklist.READINESS, [*escort, again])}
    # That of the same name on the other list is another.
    assert "escort" in {c.id for c in unticked(rules, Checklist.DISCHARGE, [*escort, again])}
