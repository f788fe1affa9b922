"""Baselines, change, response and the points of the timeline: the shipped rules, at every edge."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from mindspa.domain.change import Change, Response, change, percent_fall, response
from mindspa.domain.check_ins import StoredForm
from mindspa.domain.outcomes import last_complete
from mindspa.domain.schedule import Occasion, OccasionStatus
from mindspa.domain.treatment import Course, InfusionStatus, Phase, Substance
from tests.spec.progress_factories import (
    CHANGES,
    DAY,
    END,
    HOUR,
    INDUCTION,
    NEW_YORK,
    START,
    TICK,
    a_form,
    an_infusion,
    progress_of,
)


def changed(instrument: str, baseline: int, *since: int) -> Change:
    forms = [a_form(total, START + number * DAY, instrument) for number, total in enumerate(since)]
    found = change(a_form(baseline, START - DAY, instrument), forms, CHANGES[instrument])
    assert found is not None
    return found


# Change from the baseline

RESPONSE, PARTIAL, NONE, UNDEFINED = (
    Response.RESPONSE,
    Response.PARTIAL,
    Response.NONE,
    Response.UNDEFINED,
)


@pytest.mark.parametrize(
    (
        "instrument", "baseline", "latest", "percent", "index",
        "important", "reliable", "reliable_rise", "response", "below_cut_off", "counted",
    ),
    [
        ("phq9", 20, 9, 55.0, -3.845, True, True, False, RESPONSE, False, True),
        ("phq9", 18, 14, 22.2, -1.398, False, False, False, NONE, False, True),
        ("phq9", 15, 10, 33.3, -1.748, True, False, False, PARTIAL, False, True),
        ("phq9", 15, 9, 40.0, -2.097, True, True, False, PARTIAL, False, True),
        ("phq9", 12, 18, -50.0, 2.097, False, False, True, NONE, False, True),
        ("phq9", 17, 8, 52.9, -3.145, True, True, False, RESPONSE, False, True),
        ("phq9", 17, 9, 47.1, -2.796, True, True, False, PARTIAL, False, True),
        ("phq9", 20, 10, 50.0, -3.495, True, True, False, RESPONSE, False, True),
        ("phq9", 20, 11, 45.0, -3.146, True, True, False, PARTIAL, False, True),
        ("phq9", 18, 4, 77.8, -4.893, True, True, False, RESPONSE, True, True),
        ("phq9", 18, 5, 72.2, -4.544, True, True, False, RESPONSE, False, True),
        ("phq9", 12, 9, 25.0, -1.049, False, False, False, PARTIAL, False, True),
        ("phq9", 12, 10, 16.7, -0.699, False, False, False, NONE, False, True),
        ("phq9", 9, 4, 55.6, -1.748, True, False, False, UNDEFINED, True, False),
        ("phq9", 10, 5, 50.0, -1.748, True, False, False, RESPONSE, False, True),
        ("phq9", 0, 0, None, 0.0, False, False, False, UNDEFINED, True, False),
        ("phq9", 10, 16, -60.0, 2.097, False, False, True, NONE, False, True),
        ("phq9", 10, 15, -50.0, 1.748, False, False, False, NONE, False, True),
        ("gad7", 16, 7, 56.25, -4.787, True, True, False, RESPONSE, False, True),
        ("gad7", 10, 7, 30.0, -1.596, False, False, False, PARTIAL, False, True),
        ("gad7", 8, 13, -62.5, 2.660, False, False, True, NONE, False, True),
        ("gad7", 8, 4, 50.0, -2.128, True, True, False, RESPONSE, True, True),
        ("gad7", 7, 3, 57.1, -2.128, True, True, False, UNDEFINED, True, False),
    ],
)  # fmt: skip
def test_change_of_phq9_and_gad7(
    instrument: str,
    baseline: int,
    latest: int,
    percent: float | None,
    index: float,
    important: bool,
    reliable: bool,
    reliable_rise: bool,
    response: Response,
    below_cut_off: bool,
    counted: bool,
) -> None:
    found = changed(instrument, baseline, latest)
    error = CHANGES[instrument].difference_error
    assert error is not None
    assert found.points == latest - baseline
    assert found.points / error == pytest.approx(index, abs=0.0011)
    assert found.percent_fall == (percent if percent is None else pytest.approx(percent, abs=0.05))
    assert (found.important, found.reliable, found.reliable_rise) == (
        important,
        reliable,
        reliable_rise,
    )
    assert (found.response, found.below_remission_cut_off) == (response, below_cut_off)
    assert (found.in_denominator, found.reason_out is None) == (counted, counted)


def test_the_standard_errors_of_a_difference() -> None:
    errors = [CHANGES[name].difference_error for name in ("phq9", "gad7")]
    assert errors == [pytest.approx(2.8612, abs=5e-5), pytest.approx(1.8800, abs=5e-5)]
    assert CHANGES["pcl5"].difference_error is None


def test_r15_depends_on_the_rule() -> None:
    bischoff = replace(CHANGES["gad7"], reliable_points=6)
    found = change(a_form(8, instrument="gad7"), [a_form(13, instrument="gad7")], bischoff)
    assert found is not None
    assert found.reliable_rise is False


@pytest.mark.parametrize(
    ("baseline", "latest", "important", "reliable", "below_31", "counted"),
    [
        (46, 31, True, True, False, True),
        (46, 30, True, True, True, True),
        (44, 30, True, False, True, True),
        (45, 30, True, True, True, True),
        (41, 31, True, False, False, True),
        (40, 31, False, False, False, True),
        (31, 16, True, True, True, True),
        (30, 15, True, True, True, False),
    ],
)
def test_change_of_pcl5(
    baseline: int, latest: int, important: bool, reliable: bool, below_31: bool, counted: bool
) -> None:
    found = changed("pcl5", baseline, latest)
    assert (found.important, found.reliable, found.below_caseness) == (
        important,
        reliable,
        below_31,
    )
    assert found.in_denominator is counted
    assert found.response is UNDEFINED  # no rate is agreed
    assert found.below_remission_cut_off is None


def test_percent_is_not_rounded() -> None:
    assert percent_fall(17, 8) == 100 * 9 / 17
    assert response(1000, 501, CHANGES["phq9"]) is PARTIAL  # 49.9 percent
    assert response(1000, 500, CHANGES["phq9"]) is RESPONSE
    assert response(1000, 751, CHANGES["phq9"]) is NONE  # 24.9 percent


@pytest.mark.parametrize(
    ("instrument", "baseline", "latest"), [("madrs", 1, 0), ("madrs", 32, 16), ("pulse", 8, 2)]
)
def test_without_a_rule_there_are_points_and_nothing_more(
    instrument: str, baseline: int, latest: int
) -> None:
    found = change(
        a_form(baseline, instrument=instrument), [a_form(latest, instrument=instrument)], None
    )
    assert found is not None
    assert found.points == latest - baseline
    assert found.percent_fall is None
    assert found.response is UNDEFINED
    assert {found.reliable, found.reliable_rise, found.important, found.below_caseness} == {None}
    assert not found.in_denominator


@pytest.mark.parametrize(
    ("since", "lost"),
    [((10, 11), True), ((11, 10), False), ((10, 12, 9), False), ((11, 12), False)],
)
def test_loss_of_response(since: tuple[int, ...], lost: bool) -> None:
    assert changed("phq9", 20, *since).response_lost is lost


@pytest.mark.parametrize(
    ("forms", "first_day"),
    [
        ([(0, 4), (7, 4), (14, 4), (21, 4)], 0),
        ([(0, 4), (16, 0), (21, 4)], 0),
        ([(0, 4), (14, 4), (21 - TICK / DAY, 4)], None),  # a moment short of 21 days
        ([(0, 4), (16 + TICK / DAY, 4), (30, 4)], None),  # a gap of more than 16 days
        ([(0, 4), (7, 5), (14, 4), (28, 4), (35, 4)], 14),  # counts from after the one over it
        ([(0, 4), (14, 4), (28, 5)], None),  # over when the latest is
        ([(0, 4)], None),
    ],
)
def test_remission_lasts_three_weeks(
    forms: list[tuple[float, int]], first_day: float | None
) -> None:
    since = [a_form(total, START + day * DAY) for day, total in forms]
    found = change(a_form(20, START - DAY), since, CHANGES["phq9"])
    assert found is not None
    first = found.remission_since
    assert (first and first.answered_at) == (None if first_day is None else START + first_day * DAY)


# Baselines


@pytest.mark.parametrize(
    ("form", "is_baseline"),
    [
        (a_form(20, START - 14 * DAY), True),
        (a_form(20, START - 14 * DAY - TICK), False),
        (a_form(20, START), True),
        (a_form(20, START + TICK), False),
        (a_form(0, START - DAY), True),
        (a_form(None, START - DAY), False),
        # A day alone, with noon of the clinic's zone standing for it
        (a_form(20, START - DAY, date_only=True), True),
        (a_form(20, START - 14 * DAY, date_only=True), True),
        (a_form(20, START - 15 * DAY, date_only=True), False),
        (a_form(20, START, date_only=True), False),
        (a_form(20, START, date_only=True, occasion="baseline"), True),
        (a_form(20, START, date_only=True, occasion="weekly"), False),
        (a_form(20, START + DAY, date_only=True, occasion="baseline"), False),
        # The pulse: the pre-infusion window
        (a_form(8, START - 24 * HOUR, "pulse"), True),
        (a_form(8, START - 24 * HOUR - TICK, "pulse"), False),
        # Entered by a clinician
        (a_form(30, START - 2 * DAY, "madrs"), True),
    ],
)
def test_the_baseline_window(form: StoredForm, is_baseline: bool) -> None:
    series = progress_of([form], [an_infusion()]).series.get(form.instrument)
    assert (series.baselines if series else {}) == ({"induction": form} if is_baseline else {})


def test_the_day_of_an_infusion_that_has_only_a_date_counts_as_after_it() -> None:
    day_before, same_day = a_form(20, START - DAY), a_form(9, START - HOUR)
    found = progress_of([day_before, same_day], [an_infusion(date_only=True)]).series["phq9"]
    assert found.baselines == {"induction": day_before}
    assert found.change is not None
    assert found.change.latest is same_day


def test_the_baseline_is_the_last_complete_form_not_the_worst() -> None:
    worst, last = a_form(27, START - 10 * DAY), a_form(15, START - 2 * DAY)
    unfinished = a_form(None, START - DAY)
    found = progress_of([worst, unfinished, last], [an_infusion()])
    assert found.series["phq9"].baselines == {"induction": last}
    assert found.incomplete == (unfinished,)


def test_a_correction_replaces_the_form_it_names() -> None:
    wrong = a_form(27, START - 2 * DAY)
    right = replace(a_form(17, START - 2 * DAY), version=2, replaces=wrong.id)
    (point,) = progress_of([wrong, right], [an_infusion()]).series["phq9"].points
    assert point.form is right


MAINTENANCE = Course("maintenance", "p", Phase.MAINTENANCE, START + 40 * DAY)
RE_INDUCTION = Course("again", "p", Phase.INDUCTION, START + 100 * DAY)


def test_baselines_over_three_courses() -> None:
    first = a_form(20, START - DAY)
    before_booster = a_form(8, START + 39 * DAY)
    second = a_form(16, START + 95 * DAY)
    latest = a_form(6, START + 120 * DAY)
    infusions = [
        an_infusion(),
        an_infusion(START + 40 * DAY, course="maintenance"),
        an_infusion(START + 100 * DAY, course="again"),
    ]
    courses = (INDUCTION, MAINTENANCE, RE_INDUCTION)
    series = progress_of([first, before_booster, second, latest], infusions, courses).series["phq9"]
    assert series.baselines == {"induction": first, "maintenance": first, "again": second}
    assert series.first_baseline is first
    assert series.change is not None
    assert (series.change.baseline, series.change.latest, series.change.forms) == (
        second,
        latest,
        1,
    )
    # The re-induction's baseline belongs to it, the form before the booster to the induction.
    assert [point.course_id for point in series.points] == [
        "induction",
        "induction",
        "again",
        "again",
    ]


def test_maintenance_is_measured_from_its_inductions_baseline() -> None:
    forms = [a_form(20, START - DAY), a_form(9, START + 30 * DAY), a_form(11, START + 50 * DAY)]
    infusions = [an_infusion(), an_infusion(START + 40 * DAY, course="maintenance")]
    found = progress_of(forms, infusions, (INDUCTION, MAINTENANCE)).series["phq9"].change
    assert found is not None
    assert (found.points, found.forms, found.response_lost) == (-9, 2, True)


def test_maintenance_without_an_induction_on_record_makes_no_claim() -> None:
    form = a_form(20, MAINTENANCE.started_at - DAY)
    infusion = an_infusion(MAINTENANCE.started_at, course="maintenance")
    series = progress_of([form], [infusion], (MAINTENANCE,)).series["phq9"]
    assert (series.baselines, series.change) == ({}, None)


@pytest.mark.parametrize(
    ("ended", "flagged"),
    [
        (timedelta(0), True),
        (14 * DAY, True),
        (14 * DAY + TICK, False),
        (-TICK, False),  # it ended after the baseline was given
    ],
)
def test_a_baseline_soon_after_an_infusion_is_flagged(ended: timedelta, flagged: bool) -> None:
    baseline = a_form(16, RE_INDUCTION.started_at - DAY)
    earlier = an_infusion(baseline.answered_at - ended - HOUR)
    again = an_infusion(RE_INDUCTION.started_at, course="again")
    forms = [baseline, a_form(8, RE_INDUCTION.started_at + DAY)]
    found = progress_of(forms, [earlier, again], (INDUCTION, RE_INDUCTION)).series["phq9"].change
    assert found is not None
    assert found.baseline_follows_infusion is flagged


def test_a_placebo_begins_no_treatment_and_has_no_number() -> None:
    placebo = an_infusion(substance=Substance.PLACEBO)
    ketamine = an_infusion(START + 14 * DAY)
    forms = [
        a_form(30, START - 2 * DAY, "madrs"),
        a_form(29, START + 2 * DAY, "madrs"),
        a_form(31, START + 10 * DAY, "madrs"),
        a_form(20, START + 16 * DAY, "madrs"),
    ]
    found = progress_of(forms, [ketamine, placebo])
    assert found.infusion_numbers == {ketamine.id: 1}
    series = found.series["madrs"]
    assert series.baselines == {"induction": forms[2]}
    assert series.change is not None
    assert (series.change.points, series.change.percent_fall) == (-11, None)
    # The course is under way all the same, and the hours count: the point names the infusion.
    assert [point.course_id for point in series.points] == [None, *["induction"] * 3]
    assert series.points[1].infusion_id == placebo.id


def test_without_an_infusion_nothing_counts_as_treatment() -> None:
    planned = an_infusion(status=InfusionStatus.PLANNED)
    forms = [a_form(20, START - DAY), a_form(9, START + DAY)]
    found = progress_of(forms, [planned]).series["phq9"].change
    assert found is not None
    assert found.in_denominator is False


def test_the_first_of_a_course_has_no_change_yet() -> None:
    series = progress_of([a_form(20, START - DAY)], [an_infusion()]).series["phq9"]
    assert series.change is None


def test_the_current_course_is_the_last_that_has_begun() -> None:
    courses = (INDUCTION, MAINTENANCE, RE_INDUCTION)
    for now, expected in [
        (START - DAY, INDUCTION),
        (START, INDUCTION),
        (MAINTENANCE.started_at - TICK, INDUCTION),
        (MAINTENANCE.started_at, MAINTENANCE),
        (RE_INDUCTION.started_at, RE_INDUCTION),
    ]:
        assert progress_of([], [], courses, now=now).current_course is expected
    assert progress_of([], [], ()).current_course is None


# Points on the timeline


@pytest.mark.parametrize(
    ("next_starts", "expected"),
    [
        (168, [(1, 20), (1, 26), (1, 50), (1, 71.5), (1, 73)]),  # W-1
        (47, [(1, 20), (1, 26), (2, 2), (2, 23.5), (2, 25)]),  # W-2: it ends at +48 h
    ],
)
def test_hours_count_from_the_last_infusion_that_ended(
    next_starts: float, expected: list[tuple[int, float]]
) -> None:
    infusions = [an_infusion(), an_infusion(END + next_starts * HOUR)]
    forms = [a_form(5, END + hours * HOUR, "pulse") for hours in (20, 26, 50, 71.5, 73)]
    found = progress_of(forms, infusions)
    assert [
        (found.infusion_numbers[point.infusion_id or ""], point.hours_after_infusion)
        for point in found.series["pulse"].points
    ] == expected


def test_a_cancelled_infusion_is_not_counted_from() -> None:
    cancelled = an_infusion(START + DAY, status=InfusionStatus.CANCELLED)
    form = a_form(5, END + 48 * HOUR, "pulse")
    (point,) = progress_of([form], [an_infusion(), cancelled]).series["pulse"].points
    assert point.hours_after_infusion == 48


@pytest.mark.parametrize(
    ("form_by_day", "infusion_by_day", "hours", "days"),
    [
        (False, False, 48, None),
        (True, False, None, 2),
        (False, True, None, 2),
        (True, True, None, 2),
    ],
)
def test_no_hours_are_told_where_the_source_knew_only_a_day(
    form_by_day: bool, infusion_by_day: bool, hours: float | None, days: int | None
) -> None:
    form = a_form(5, END + 48 * HOUR, date_only=form_by_day)
    infusion = an_infusion(date_only=infusion_by_day)
    (point,) = progress_of([form], [infusion]).series["phq9"].points
    assert (point.hours_after_infusion, point.days_after_infusion) == (hours, days)


def test_hours_are_elapsed_ones_across_a_change_of_the_clocks() -> None:
    zone = ZoneInfo(NEW_YORK)  # W-3
    infusion = an_infusion(datetime(2026, 3, 7, 14, 0, tzinfo=zone).astimezone(UTC))
    form = a_form(5, datetime(2026, 3, 8, 15, 0, tzinfo=zone).astimezone(UTC), "pulse")
    (point,) = progress_of([form], [infusion]).series["pulse"].points
    assert point.hours_after_infusion == 23


@pytest.mark.parametrize(
    ("instrument", "hours", "before_infusion"),
    [
        ("phq9", 24, 13 / 14),
        ("phq9", 48, 12 / 14),
        ("phq9", 72, 11 / 14),
        ("phq9", 7 * 24, 0.5),
        ("phq9", 14 * 24, 0),
        ("phq9", 20 * 24, 0),
        ("qids_sr16", 24, 6 / 7),
        ("pulse", 12, 0.5),
        ("pulse", 24, 0),
        ("cadss", 24, None),  # no fixed recall
    ],
)
def test_share_of_recall_before_the_infusion(
    instrument: str, hours: int, before_infusion: float | None
) -> None:
    form = a_form(5, END + hours * HOUR, instrument)
    (point,) = progress_of([form], [an_infusion()]).series[instrument].points
    assert point.share_before_infusion == pytest.approx(before_infusion)


def test_share_of_recall_before_the_course() -> None:
    later = an_infusion(START + 7 * DAY)
    forms = [a_form(20, START - DAY), a_form(9, START + 9 * DAY)]
    before, after = progress_of(forms, [an_infusion(), later]).series["phq9"].points
    assert (before.share_before_infusion, before.share_before_course) == (None, 1.0)
    assert after.share_before_course == pytest.approx(5 / 14)
    assert after.share_before_infusion == pytest.approx((12 * DAY + HOUR) / (14 * DAY))


def test_maintenance_counts_its_recall_from_the_induction() -> None:
    infusions = [an_infusion(), an_infusion(START + 40 * DAY, course="maintenance")]
    form = a_form(9, START + 42 * DAY)
    (point,) = progress_of([form], infusions, (INDUCTION, MAINTENANCE)).series["phq9"].points
    assert point.course_id == "maintenance"
    assert point.share_before_course == 0


def test_two_forms_at_the_same_minute_are_two_series() -> None:
    forms = [a_form(0, END + DAY, "pulse"), a_form(0, END + DAY)]  # W-7
    series = progress_of(forms, [an_infusion()]).series
    assert {name: [point.total for point in found.points] for name, found in series.items()} == {
        "pulse": [0],
        "phq9": [0],
    }


def an_occasion(
    day: float,
    status: OccasionStatus,
    forms: tuple[str, ...] = ("phq9",),
    *,
    cancelled: bool = False,
) -> tuple[Occasion, OccasionStatus]:
    at = START + day * DAY
    return (
        Occasion(
            patient_id="p",
            course_id="induction",
            infusion_id=None,
            anchor_id="induction",
            code=f"on day {day}",
            forms=forms,
            target_at=at,
            opens_at=at - 2 * DAY,
            due_at=at,
            closes_at=at + 2 * DAY,
            cancelled=cancelled,
        ),
        status,
    )


DONE, MISSED, CANCELLED = OccasionStatus.DONE, OccasionStatus.MISSED, OccasionStatus.CANCELLED
WEEKS_1_2_3 = [an_occasion(day, DONE) for day in (7, 14, 21)]


@pytest.mark.parametrize(
    ("days", "occasions", "breaks"),
    [
        # without a plan: 35 days
        ((1, 36), [], False),
        ((1, 36 + TICK / DAY), [], True),
        # with one: 1.5 times a week
        ((7, 17.5), WEEKS_1_2_3, False),
        ((7, 17.5 + TICK / DAY), WEEKS_1_2_3, True),
        # the plan's own longest interval between the two
        ((14, 47), [an_occasion(14, DONE), an_occasion(36, DONE)], False),
        ((14, 47 + TICK / DAY), [an_occasion(14, DONE), an_occasion(36, DONE)], True),
        # an occasion that was never asked is none
        (
            (7, 26),
            [WEEKS_1_2_3[0], an_occasion(14, CANCELLED, cancelled=True), WEEKS_1_2_3[2]],
            False,
        ),
        # past the end of the plan
        ((21, 50), WEEKS_1_2_3, False),
        # a baseline may be older than the course
        ((-10, 7), [an_occasion(0, DONE), an_occasion(7, DONE)], False),
        # a missed occasion of this form, of another form, and of an occasion half answered
        ((7, 8), [an_occasion(7.5, MISSED)], False),
        ((1, 12), [an_occasion(7, MISSED)], True),
        ((1, 12), [an_occasion(7, MISSED, ("gad7",))], False),
        ((1, 6), [an_occasion(7, MISSED, ("phq9", "gad7"))], False),
        ((1, 12), [an_occasion(20, MISSED)], False),
    ],
)
def test_where_the_line_breaks(
    days: tuple[float, float],
    occasions: list[tuple[Occasion, OccasionStatus]],
    breaks: bool,
) -> None:
    forms = [a_form(9, START + day * DAY) for day in days]
    points = progress_of(forms, [an_infusion()], occasions=occasions).series["phq9"].points
    assert [point.breaks_line for point in points] == [False, breaks]


def test_the_line_breaks_at_a_form_without_a_score() -> None:
    forms = [a_form(9, START + DAY), a_form(None, START + 2 * DAY), a_form(8, START + 3 * DAY)]
    points = progress_of(forms, [an_infusion()]).series["phq9"].points
    assert [point.breaks_line for point in points] == [False, True]


def test_the_line_breaks_between_courses() -> None:
    days = (-20, -1, 30, 41)
    forms = [a_form(9, START + day * DAY) for day in days]
    infusions = [an_infusion(), an_infusion(MAINTENANCE.started_at, course="maintenance")]
    points = progress_of(forms, infusions, (INDUCTION, MAINTENANCE)).series["phq9"].points
    # What came before any course leads up to the first.
    assert [(point.course_id, point.breaks_line) for point in points] == [
        (None, False),
        ("induction", False),
        ("induction", False),
        ("maintenance", True),
    ]


def test_an_instrument_without_totals_is_neither_drawn_nor_incomplete() -> None:
    found = progress_of([a_form(None, instrument="cssrs")], [an_infusion()])
    assert (found.series, found.incomplete) == ({}, ())


def test_the_last_complete_form_before_an_instant() -> None:
    early, late = a_form(9, START - 2 * DAY), a_form(8, START - DAY)
    forms = [late, a_form(None, START - HOUR), early, a_form(3, START - HOUR, "gad7")]
    assert last_complete(forms, "phq9", before=START) is late
    assert last_complete(forms, "phq9", before=late.answered_at) is early
    assert last_complete(forms, "phq9", before=START, since=START - DAY) is late
    assert last_complete(forms, "phq9", before=START, since=START - DAY + TICK) is None
