"""Where each treated induction stands, and what its index outcome is: exact at the edges."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from mindspa.domain.change import Response
from mindspa.domain.check_ins import StoredForm
from mindspa.domain.index_outcomes import IndexOutcome, Standing, index_outcomes, index_window
from mindspa.domain.treatment import Course, Infusion, InfusionStatus, Phase, Substance
from tests.spec.treatment_factories import (
    DAY,
    HOUR,
    START,
    TICK,
    a_course,
    a_form,
    an_infusion,
    definitions,
    protocol,
)

ZONE = ZoneInfo("America/New_York")
LATER = START + 400 * DAY
# The last of three infusions ends an hour after it begins, on day 4.
ENDED = START + 4 * DAY + HOUR
OPENS, CLOSES = ENDED + 14 * DAY, ENDED + 31 * DAY


def induction(course_id: str = "c1", at: datetime = START) -> list[Infusion]:
    return [
        an_infusion(f"{course_id}-{day}", at + day * DAY, course_id=course_id) for day in (0, 2, 4)
    ]


def phq9(at: datetime, total: int | None, item9: int | None = 0) -> StoredForm:
    answers = {} if item9 is None else {"9": item9}
    return a_form(f"f{at.isoformat()}", at, "phq9", total=total, answers=answers)


BASELINE = phq9(START - DAY, 20, item9=2)


def outcomes(
    forms: list[StoredForm],
    *,
    infusions: list[Infusion] | None = None,
    courses: list[Course] | None = None,
    instrument: str = "phq9",
    now: datetime = LATER,
) -> list[IndexOutcome]:
    content = definitions()
    window = index_window(protocol(), instrument)
    assert window is not None
    return index_outcomes(
        courses or [a_course()],
        infusions if infusions is not None else induction(),
        forms,
        instrument=content.instruments[instrument],
        rule=content.changes[instrument],
        window=window,
        zone=ZONE,
        now=now,
    )


def only(found: list[IndexOutcome]) -> IndexOutcome:
    (one,) = found
    return one


@pytest.mark.parametrize(
    ("at", "standing"),
    [
        (OPENS - TICK, Standing.NOT_ANSWERED),
        (OPENS, Standing.KNOWN),
        (CLOSES - TICK, Standing.KNOWN),
        (CLOSES, Standing.NOT_ANSWERED),
    ],
)
def test_the_edges_of_the_window(at: datetime, standing: Standing) -> None:
    assert only(outcomes([BASELINE, phq9(at, 8)])).standing is standing


@pytest.mark.parametrize(
    ("now", "standing"), [(CLOSES - TICK, Standing.NOT_YET), (CLOSES, Standing.KNOWN)]
)
def test_it_is_counted_once_the_window_is_over(now: datetime, standing: Standing) -> None:
    """Also where it was answered: a later answer may still take its place."""
    assert only(outcomes([BASELINE, phq9(OPENS, 8)], now=now)).standing is standing


def test_the_latest_of_the_window_counts() -> None:
    found = only(outcomes([BASELINE, phq9(OPENS, 4), phq9(OPENS + 7 * DAY, 12, item9=1)]))
    assert found.change is not None
    assert (found.change.points, found.change.response) == (-8, Response.PARTIAL)
    assert found.item_points == -1


@pytest.mark.parametrize(
    ("baseline", "standing"),
    [
        (None, Standing.NO_BASELINE),
        (phq9(START - 14 * DAY, 20), Standing.KNOWN),
        (phq9(START - 14 * DAY - TICK, 20), Standing.NO_BASELINE),
        (phq9(START, 20), Standing.KNOWN),
        (phq9(START + TICK, 20), Standing.NO_BASELINE),
        (phq9(START - DAY, None), Standing.NO_BASELINE),  # not complete
        (phq9(START - DAY, 9), Standing.LOW_BASELINE),
        (phq9(START - DAY, 10), Standing.KNOWN),
    ],
)
def test_the_baseline(baseline: StoredForm | None, standing: Standing) -> None:
    forms = [phq9(OPENS, 5), *([baseline] if baseline else [])]
    found = only(outcomes(forms))
    assert found.standing is standing
    assert found.standing.eligible is (standing is Standing.KNOWN)
    assert (found.change is not None) is (standing is Standing.KNOWN)


@pytest.mark.parametrize(
    ("booster", "answered", "standing"),
    [
        (OPENS, OPENS, Standing.BOOSTER),  # what came with it or after says nothing
        (OPENS + TICK, OPENS, Standing.KNOWN),
        (OPENS + DAY, OPENS + 2 * DAY, Standing.BOOSTER),
        (ENDED + DAY, OPENS, Standing.BOOSTER),
        (CLOSES - TICK, None, Standing.BOOSTER),
        (CLOSES, None, Standing.NOT_ANSWERED),
    ],
)
def test_a_booster(booster: datetime, answered: datetime | None, standing: Standing) -> None:
    courses = [a_course(), a_course("c2", Phase.MAINTENANCE, started_at=booster)]
    infusions = [*induction(), an_infusion("b", booster, course_id="c2")]
    forms = [BASELINE, *([phq9(answered, 8)] if answered else [])]
    found = only(outcomes(forms, courses=courses, infusions=infusions))
    assert found.standing is standing
    assert found.standing.eligible


@pytest.mark.parametrize(
    ("status", "substance"),
    [(InfusionStatus.CANCELLED, Substance.KETAMINE), (InfusionStatus.GIVEN, Substance.PLACEBO)],
)
def test_what_is_no_booster(status: InfusionStatus, substance: Substance) -> None:
    courses = [a_course(), a_course("c2", Phase.MAINTENANCE, started_at=ENDED + DAY)]
    other = an_infusion("b", ENDED + DAY, course_id="c2", status=status, substance=substance)
    found = outcomes([BASELINE, phq9(OPENS, 8)], courses=courses, infusions=[*induction(), other])
    assert only(found).standing is Standing.KNOWN


def test_an_infusion_still_planned_puts_the_window_off() -> None:
    planned = an_infusion("i9", START + 9 * DAY, status=InfusionStatus.PLANNED)
    found = outcomes(
        [BASELINE, phq9(OPENS, 8)], infusions=[*induction(), planned], now=CLOSES + TICK
    )
    assert only(found).standing is Standing.NOT_YET


def test_whoever_was_not_treated_is_not_counted() -> None:
    planned = [
        an_infusion("i1", START, status=InfusionStatus.PLANNED),
        an_infusion("i2", START + DAY, substance=Substance.PLACEBO),
    ]
    assert outcomes([BASELINE, phq9(OPENS, 8)], infusions=planned) == []
    assert outcomes([BASELINE], infusions=[]) == []


def test_each_induction_is_counted_once_and_maintenance_never() -> None:
    again = START + 200 * DAY
    courses = [
        a_course(),
        a_course("m", Phase.MAINTENANCE, started_at=START + 60 * DAY),
        a_course("c2", started_at=again),
    ]
    infusions = [
        *induction(),
        an_infusion("b", START + 60 * DAY, course_id="m"),
        *induction("c2", again),
    ]
    forms = [BASELINE, phq9(OPENS, 8), phq9(again - DAY, 16), phq9(again + 20 * DAY, 17)]
    first, second = outcomes(forms, courses=courses, infusions=infusions)
    assert (first.course.id, second.course.id) == ("c1", "c2")
    assert first.change is not None
    assert second.change is not None
    assert (first.change.points, second.change.points) == (-12, 1)
    assert second.change.reliable_rise is False


def test_an_item_that_was_not_answered_has_no_change() -> None:
    assert only(outcomes([BASELINE, phq9(OPENS, 8, item9=None)])).item_points is None
    assert only(outcomes([BASELINE, phq9(OPENS, 8, item9=3)])).item_points == 1


def test_of_a_corrected_form_the_newest_version_counts() -> None:
    wrong = a_form("f1", OPENS, "phq9", total=18)
    right = a_form("f2", OPENS, "phq9", total=4, replaces="f1", saved_at=OPENS + DAY)
    found = only(outcomes([BASELINE, wrong, right]))
    assert found.change is not None
    assert found.change.points == -16
    assert found.change.below_remission_cut_off


def test_the_month_of_the_pcl5_has_its_own_window() -> None:
    forms = [
        a_form("b", START - DAY, "pcl5", total=50, answers={}),
        a_form("i", ENDED + 30 * DAY, "pcl5", total=25, answers={}),
    ]
    found = only(outcomes(forms, instrument="pcl5"))
    assert found.standing is Standing.KNOWN
    assert found.change is not None
    assert found.change.below_caseness
    assert found.change.response is Response.UNDEFINED
    early = [forms[0], a_form("i", ENDED + 30 * DAY - TICK, "pcl5", total=25, answers={})]
    assert only(outcomes(early, instrument="pcl5")).standing is Standing.NOT_ANSWERED


def test_the_change_of_clocks_moves_no_window() -> None:
    """In New York the clocks go forward between infusion and answer: elapsed time counts."""
    start = datetime(2026, 2, 20, 19, tzinfo=START.tzinfo)
    ended = start + 4 * DAY + HOUR
    forms = [phq9(start - DAY, 20), phq9(ended + timedelta(days=31) - TICK, 8)]
    found = outcomes(forms, courses=[a_course(started_at=start)], infusions=induction("c1", start))
    assert only(found).standing is Standing.KNOWN
