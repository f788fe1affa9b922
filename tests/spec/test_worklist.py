"""Who is waited for, and in which order: a table that a nurse could read."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from mindspa.domain.schedule import Occasion
from mindspa.domain.treatment import Patient
from mindspa.domain.worklist import Standing, Wanted, WorklistRow, standing, worklist_rows
from tests.conftest import NOW

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def an_occasion(
    opens: datetime, due: datetime, closes: datetime, *, patient_id: str = "pat", code: str = "24h"
) -> Occasion:
    return Occasion(
        patient_id=patient_id,
        course_id="course",
        infusion_id="infusion",
        anchor_id=f"{code} of {patient_id}",
        code=code,
        forms=("pulse",),
        target_at=due,
        opens_at=opens,
        due_at=due,
        closes_at=closes,
    )


PULSE = an_occasion(NOW, NOW, NOW + 12 * HOUR)  # 24 h after an infusion
WEEKLY = replace(
    an_occasion(NOW, NOW + 2 * DAY, NOW + 4 * DAY, code="weekly-1"), forms=("phq9", "gad7")
)


@pytest.mark.parametrize(
    ("after", "stands"),
    [
        (-1 * HOUR, None),
        (0 * HOUR, Standing.DUE),
        (12 * HOUR - timedelta(microseconds=1), Standing.DUE),
        (12 * HOUR, Standing.MISSED),
        (30 * DAY, Standing.MISSED),
    ],
)
def test_a_pulse_is_due_until_it_is_missed(after: timedelta, stands: Standing | None) -> None:
    assert standing(PULSE, ["pulse"], now=NOW + after) is stands


@pytest.mark.parametrize(
    ("days", "lacking", "stands"),
    [
        (-0.01, ("phq9", "gad7"), None),
        (0, ("phq9", "gad7"), Standing.OPEN),
        (1.99, ("gad7",), Standing.OPEN),
        (2, ("gad7",), Standing.DUE),
        (3.99, ("phq9", "gad7"), Standing.DUE),
        (4, ("phq9", "gad7"), Standing.LATE),
        (7.99, ("gad7",), Standing.LATE),
        (8, ("gad7",), Standing.MISSED),
    ],
)
def test_a_standard_form_can_be_late(
    days: float, lacking: tuple[str, ...], stands: Standing | None
) -> None:
    assert standing(WEEKLY, lacking, now=NOW + days * DAY) is stands


def test_nothing_late_is_wanted_where_the_window_ends_with_its_target() -> None:
    baseline = replace(WEEKLY, target_at=WEEKLY.closes_at)
    assert standing(baseline, ["phq9"], now=NOW + 4 * DAY) is Standing.MISSED


@pytest.mark.parametrize(
    "gone",
    [
        replace(PULSE, cancelled=True),
        replace(PULSE, applicable=False),
    ],
)
def test_what_is_not_asked_is_not_wanted(gone: Occasion) -> None:
    assert standing(gone, ["pulse"], now=NOW) is None


def test_what_closed_early_because_the_patient_was_away_is_not_missed() -> None:
    stopped = replace(WEEKLY, stopped=True, closes_at=NOW + DAY, due_at=NOW + DAY)
    assert standing(stopped, ["phq9"], now=NOW) is Standing.OPEN
    assert standing(stopped, ["phq9"], now=NOW + DAY) is None


def rows(
    wanted: dict[str, list[tuple[Standing, float]]], silent: dict[str, float] | None = None
) -> list[WorklistRow]:
    """`wanted`: standings by patient, each with the hour that its window closes."""
    return list(
        worklist_rows(
            [
                (
                    Patient(name, name),
                    Wanted(
                        an_occasion(NOW, NOW, NOW + hours * HOUR, patient_id=name),
                        ("pulse",),
                        stands,
                    ),
                )
                for name, found in wanted.items()
                for stands, hours in found
            ],
            [(Patient(name, name), NOW + hours * HOUR) for name, hours in (silent or {}).items()],
            {},
            {},
            set(),
        )
    )


def test_the_silent_stand_first_and_the_rest_by_need() -> None:
    found = rows(
        {
            "missed": [(Standing.MISSED, -4)],
            "open": [(Standing.OPEN, 3)],
            "late": [(Standing.LATE, -9)],
            "due later": [(Standing.DUE, 6)],
            "due soon": [(Standing.DUE, 2)],
            "silent": [(Standing.MISSED, -1)],
        },
        {"silent": -3, "long silent": -5},
    )
    assert [row.patient.id for row in found] == [
        "long silent",
        "silent",
        "due soon",
        "due later",
        "late",
        "open",
        "missed",
    ]
    assert found[0].wanted == ()


def test_a_patient_has_one_row_and_the_most_urgent_of_it_first() -> None:
    (row,) = rows({"pat": [(Standing.MISSED, -5), (Standing.OPEN, 40), (Standing.DUE, 8)]})
    assert [one.standing for one in row.wanted] == [
        Standing.DUE,
        Standing.OPEN,
        Standing.MISSED,
    ]
