"""Occasions as the shipped protocol plans them, and what becomes of each; hours are from the end
of the infusion, days from the start of the course."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from mindspa.domain.check_ins import StoredForm
from mindspa.domain.schedule import (
    Occasion,
    OccasionStatus,
    answers_for,
    hours_since,
    in_figures,
    plan,
    status,
)
from mindspa.domain.treatment import (
    Course,
    Infusion,
    InfusionStatus,
    PatientStatus,
    Pause,
    Phase,
    Substance,
)
from tests.spec.treatment_factories import (
    DAY,
    HOUR,
    PATIENT,
    START,
    TICK,
    a_course,
    a_form,
    an_infusion,
    an_occasion,
    protocol,
)

NONE = timedelta(0)


def planned(
    infusions: Iterable[Infusion],
    courses: Iterable[Course] = (a_course(),),
    *,
    indications: Iterable[str] = (),
    until: datetime = START + 120 * DAY,
) -> tuple[Occasion, ...]:
    return plan(PATIENT, courses, infusions, protocol(), indications=indications, until=until)


def one(occasions: Iterable[Occasion], code: str, anchor_id: str | None = None) -> Occasion:
    (found,) = (o for o in occasions if o.code == code and anchor_id in (None, o.anchor_id))
    return found


def codes(occasions: Iterable[Occasion]) -> set[str]:
    return {occasion.code for occasion in occasions}


# Windows


@pytest.mark.parametrize(
    "code, opens, due, closes, target, forms",
    [
        ("baseline", -14 * DAY, -2 * DAY, NONE, NONE, "phq9 gad7"),
        ("weekly-1", 5 * DAY, 7 * DAY, 9 * DAY, 7 * DAY, "phq9 gad7"),
        ("pre_infusion", -24 * HOUR, -4 * HOUR, NONE, NONE, "pulse"),
        ("24h", 25 * HOUR, 25 * HOUR, 37 * HOUR, 25 * HOUR, "pulse"),
        ("48h", 37 * HOUR, 49 * HOUR, 61 * HOUR, 49 * HOUR, "pulse"),
        ("72h", 61 * HOUR, 73 * HOUR, 85 * HOUR, 73 * HOUR, "pulse"),
        (
            "index",
            14 * DAY + HOUR,
            21 * DAY + HOUR,
            31 * DAY + HOUR,
            31 * DAY + HOUR,
            "phq9 gad7",
        ),
    ],
)
def test_windows_of_a_single_infusion_that_lasts_an_hour(
    code: str,
    opens: timedelta,
    due: timedelta,
    closes: timedelta,
    target: timedelta,
    forms: str,
) -> None:
    occasion = one(planned([an_infusion()]), code)
    assert occasion.opens_at - START == opens
    assert occasion.due_at - START == due
    assert occasion.closes_at - START == closes
    assert occasion.target_at - START == target
    assert occasion.forms == tuple(forms.split())
    assert occasion.asked


@pytest.mark.parametrize(
    "code, opens, closes",
    [
        ("baseline", -14 * DAY, NONE),
        ("monthly-1", 27 * DAY, 33 * DAY),
        ("index_pcl5", 30 * DAY + HOUR, 45 * DAY + HOUR),
    ],
)
def test_pcl5_is_asked_only_where_ptsd_is_an_indication(
    code: str, opens: timedelta, closes: timedelta
) -> None:
    course = a_course(ended_at=START + 40 * DAY)
    asked = one(planned([an_infusion()], [course], indications=["depression", "ptsd"]), code)
    assert "pcl5" in asked.forms
    assert (asked.opens_at - START, asked.closes_at - START) == (opens, closes)
    not_asked = planned([an_infusion()], [course], indications=["depression"])
    assert all("pcl5" not in occasion.forms for occasion in not_asked)


def test_maintenance_asks_every_two_weeks_and_for_no_baseline() -> None:
    course = a_course(phase=Phase.MAINTENANCE)
    occasions = planned([an_infusion()], [course], until=START + 30 * DAY)
    windows = [
        (o.code, o.opens_at - START, o.closes_at - START)
        for o in occasions
        if "pulse" not in o.forms
    ]
    assert windows == [
        ("maintenance-1", 11 * DAY, 17 * DAY),
        ("maintenance-2", 25 * DAY, 31 * DAY),
    ]


def test_repeating_occasions_are_planned_while_they_open_before_until() -> None:
    course = a_course(phase=Phase.MAINTENANCE)
    assert "maintenance-2" not in codes(planned([an_infusion()], [course], until=START + 25 * DAY))
    assert "maintenance-2" in codes(
        planned([an_infusion()], [course], until=START + 25 * DAY + TICK)
    )


@pytest.mark.parametrize(
    "ended_after, weeks",
    [(7 * DAY, 0), (7 * DAY + TICK, 1), (14 * DAY, 1), (14 * DAY + TICK, 2), (None, 1)],
)
def test_a_course_that_ended_repeats_nothing(ended_after: timedelta | None, weeks: int) -> None:
    """An induction that nobody ended is over 14 days after its last infusion's start."""
    ended_at = None if ended_after is None else START + ended_after
    occasions = planned([an_infusion()], [a_course(ended_at=ended_at)])
    assert sum(code.startswith("weekly") for code in codes(occasions)) == weeks


def test_course_start_is_the_first_infusion_that_was_not_cancelled() -> None:
    infusions = [
        an_infusion("i1", status=InfusionStatus.CANCELLED),
        an_infusion("i2", START + 2 * DAY + TICK),
    ]
    assert one(planned(infusions), "baseline").closes_at == START + 2 * DAY + TICK


def test_a_course_without_infusions_yet_has_its_baseline_at_its_planned_start() -> None:
    assert one(planned([]), "baseline").closes_at == START


def test_the_index_hangs_on_the_last_induction_infusion_and_keeps_its_name() -> None:
    first = an_infusion("i1")
    last = an_infusion("i2", START + 2 * DAY)
    short = one(planned([first]), "index")
    moved = one(planned([first, last]), "index")
    assert moved.key == short.key
    assert moved.infusion_id == "i2"
    assert moved.opens_at - short.opens_at == 2 * DAY


def test_hours_of_a_window_do_not_follow_the_clocks() -> None:
    new_york = ZoneInfo("America/New_York")
    starts = datetime(2026, 3, 7, 14, tzinfo=new_york)  # the clocks go forward that night
    occasion = one(planned([an_infusion(starts_at=starts)]), "24h")
    assert occasion.opens_at.astimezone(new_york) == datetime(2026, 3, 8, 16, tzinfo=new_york)


# The next infusion


@pytest.mark.parametrize(
    "next_start, code, closes, due, applicable",
    [
        # Hours from the end of the infusion.
        (24 * HOUR, "24h", 24 * HOUR, 24 * HOUR, False),
        (24 * HOUR + TICK, "24h", 24 * HOUR + TICK, 24 * HOUR, True),
        (47 * HOUR, "24h", 36 * HOUR, 24 * HOUR, True),
        (47 * HOUR, "48h", 47 * HOUR, 47 * HOUR, True),
        (47 * HOUR, "72h", 60 * HOUR, 60 * HOUR, False),
        (60 * HOUR, "48h", 60 * HOUR, 48 * HOUR, True),
        (60 * HOUR, "72h", 60 * HOUR, 60 * HOUR, False),
        (60 * HOUR + TICK, "72h", 60 * HOUR + TICK, 60 * HOUR + TICK, True),
        (84 * HOUR, "72h", 84 * HOUR, 72 * HOUR, True),
    ],
)
@pytest.mark.parametrize("next_status", [InfusionStatus.PLANNED, InfusionStatus.GIVEN])
def test_windows_are_cut_at_the_start_of_the_next_infusion(
    next_start: timedelta,
    code: str,
    closes: timedelta,
    due: timedelta,
    applicable: bool,
    next_status: InfusionStatus,
) -> None:
    end = START + HOUR
    following = an_infusion("i2", end + next_start, status=next_status)
    occasion = one(planned([an_infusion(), following]), code, "i1")
    assert occasion.closes_at - end == closes
    assert occasion.due_at - end == due
    assert occasion.applicable is applicable


def test_the_actual_start_cuts_instead_of_the_planned_one() -> None:
    late = replace(an_infusion("i2", START + 48 * HOUR), started_at=START + 50 * HOUR)
    assert one(planned([an_infusion(), late]), "48h", "i1").closes_at == START + 50 * HOUR


def test_a_cancelled_infusion_restores_what_it_cut_and_its_own_occasions_are_cancelled() -> None:
    first = an_infusion()
    second = an_infusion("i2", START + 48 * HOUR, status=InfusionStatus.CANCELLED)
    occasions = planned([first, second])
    alone = planned([first])
    for code in ("24h", "48h", "72h"):
        assert one(occasions, code, "i1") == one(alone, code, "i1")
    own = [occasion for occasion in occasions if occasion.anchor_id == "i2"]
    assert {o.code: o.cancelled for o in own} == dict.fromkeys(
        ("pre_infusion", "24h", "48h", "72h"), True
    )


def test_the_pre_infusion_window_is_not_cut_and_ends_with_its_own_infusion() -> None:
    second = an_infusion("i2", START + 48 * HOUR)
    occasion = one(planned([an_infusion(), second]), "pre_infusion", "i2")
    assert (occasion.opens_at, occasion.closes_at) == (START + 24 * HOUR, START + 48 * HOUR)


def test_a_booster_before_the_index_window_leaves_no_index() -> None:
    maintenance = a_course("c2", Phase.MAINTENANCE, started_at=START + 14 * DAY)
    for start, applicable in ((14 * DAY + HOUR, False), (14 * DAY + HOUR + TICK, True)):
        booster = an_infusion("i2", START + start, course_id="c2")
        index = one(planned([an_infusion(), booster], [a_course(), maintenance]), "index")
        assert index.applicable is applicable
        assert index.closes_at == START + 14 * DAY + HOUR + (TICK if applicable else NONE)


def test_hours_run_from_the_planned_end_until_the_end_is_recorded() -> None:
    begun = replace(an_infusion(status=InfusionStatus.STARTED), started_at=START + 0.5 * HOUR)
    assert one(planned([begun]), "24h").opens_at == START + 25.5 * HOUR
    ended = replace(begun, ended_at=START + 3 * HOUR, status=InfusionStatus.GIVEN)
    assert one(planned([ended]), "24h").opens_at == START + 27 * HOUR


def test_a_stopped_infusion_is_followed_up() -> None:
    assert one(planned([an_infusion(status=InfusionStatus.STOPPED)]), "24h").asked


def test_placebo_of_a_study_asks_nothing_of_anybody_and_cuts() -> None:
    placebo = an_infusion("i2", START + 48 * HOUR, substance=Substance.PLACEBO)
    assert planned([placebo]) == ()
    occasions = planned([an_infusion(), placebo])
    assert {occasion.anchor_id for occasion in occasions} == {"c1", "i1"}
    assert one(occasions, "48h").closes_at == START + 48 * HOUR


@pytest.mark.parametrize("after, asked", [(14 * DAY, True), (14 * DAY + TICK, False)])
def test_nobody_is_asked_about_an_infusion_that_came_in_as_history(
    after: timedelta, asked: bool
) -> None:
    occasions = planned([an_infusion(recorded_at=START + HOUR + after)])
    assert ("24h" in codes(occasions)) is asked


def test_of_an_old_course_only_what_is_not_long_over_is_asked() -> None:
    course = a_course(phase=Phase.MAINTENANCE)
    recorded_at = START + 31 * DAY + TICK  # 14 days and more after maintenance-1 closed
    occasions = planned([an_infusion(recorded_at=recorded_at)], [course], until=START + 40 * DAY)
    assert codes(occasions) == {"maintenance-2", "maintenance-3"}


# A patient who is not active

# Of the 48 h pulse, in hours from the start of an infusion that lasts one.


@pytest.mark.parametrize(
    "since, until, opens, due, closes, becomes",
    [
        # Over before it opens, or begun once it has closed: nothing of it.
        (30 * HOUR, 37 * HOUR, 37 * HOUR, 49 * HOUR, 61 * HOUR, "asked"),
        (61 * HOUR, None, 37 * HOUR, 49 * HOUR, 61 * HOUR, "asked"),
        # All of it, or from its opening on.
        (30 * HOUR, None, 37 * HOUR, 49 * HOUR, 61 * HOUR, "cancelled"),
        (37 * HOUR, None, 37 * HOUR, 49 * HOUR, 61 * HOUR, "cancelled"),
        (30 * HOUR, 61 * HOUR, 37 * HOUR, 49 * HOUR, 61 * HOUR, "cancelled"),
        # Back while it is open: it opens then.
        (30 * HOUR, 50 * HOUR, 50 * HOUR, 50 * HOUR, 61 * HOUR, "asked"),
        (30 * HOUR, 40 * HOUR, 40 * HOUR, 49 * HOUR, 61 * HOUR, "asked"),
        # Away and back while it is open.
        (40 * HOUR, 50 * HOUR, 37 * HOUR, 49 * HOUR, 61 * HOUR, "asked"),
        # Away before it closes.
        (40 * HOUR, None, 37 * HOUR, 40 * HOUR, 40 * HOUR, "stopped"),
        (55 * HOUR, None, 37 * HOUR, 49 * HOUR, 55 * HOUR, "stopped"),
        (55 * HOUR, 61 * HOUR, 37 * HOUR, 49 * HOUR, 55 * HOUR, "stopped"),
    ],
)
def test_a_pause(
    since: timedelta,
    until: timedelta | None,
    opens: timedelta,
    due: timedelta,
    closes: timedelta,
    becomes: str,
) -> None:
    occasion = one(paused([an_infusion()], (since, until)), "48h")
    window = [at - START for at in (occasion.opens_at, occasion.due_at, occasion.closes_at)]
    assert window == [opens, due, closes]
    assert (occasion.cancelled, occasion.stopped) == (becomes == "cancelled", becomes == "stopped")


def paused(
    infusions: Iterable[Infusion], *pauses: tuple[timedelta, timedelta | None]
) -> tuple[Occasion, ...]:
    away = [
        Pause(
            f"a{number}",
            PATIENT,
            PatientStatus.PAUSED,
            since=START + since,
            until=None if until is None else START + until,
        )
        for number, (since, until) in enumerate(pauses)
    ]
    return plan(
        PATIENT,
        [a_course()],
        infusions,
        protocol(),
        indications=[],
        until=START + 120 * DAY,
        pauses=away,
    )


def test_of_two_pauses_each_takes_its_part() -> None:
    occasion = one(paused([an_infusion()], (0 * HOUR, 40 * HOUR), (50 * HOUR, None)), "48h")
    assert (occasion.opens_at, occasion.closes_at) == (START + 40 * HOUR, START + 50 * HOUR)
    assert occasion.stopped


def test_whoever_left_for_good_is_asked_nothing_more() -> None:
    infusions = [an_infusion(), an_infusion("i2", START + 7 * DAY)]
    asked = [o for o in paused(infusions, (2 * DAY, None)) if o.closes_at > START + 2 * DAY]
    assert asked
    assert all(occasion.cancelled for occasion in asked)


@pytest.mark.parametrize(
    "answered, now, expected",
    [
        (None, 40 * HOUR - TICK, OccasionStatus.OPEN),
        (None, 40 * HOUR, OccasionStatus.CANCELLED),  # and not missed
        (38 * HOUR, 40 * HOUR, OccasionStatus.DONE),
        (41 * HOUR, 42 * HOUR, OccasionStatus.CANCELLED),
    ],
)
def test_what_closed_early_is_done_or_cancelled(
    answered: timedelta | None, now: timedelta, expected: OccasionStatus
) -> None:
    occasion = one(paused([an_infusion()], (40 * HOUR, None)), "48h")
    forms = [] if answered is None else [a_form("f", START + answered)]
    assert status_of(occasion, forms, now=now) is expected


def test_a_standard_form_that_closed_early_is_not_done_late() -> None:
    occasion = one(paused([an_infusion()], (7 * DAY, None)), "weekly-1")
    forms = [a_form(name, START + 8 * DAY, name) for name in ("phq9", "gad7")]
    assert status_of(occasion, forms, now=9 * DAY) is OccasionStatus.CANCELLED


def test_every_occasion_has_a_name_of_its_own() -> None:
    infusions = [an_infusion(f"i{n}", START + n * 2 * DAY) for n in range(6)]
    occasions = planned(infusions, indications=["ptsd"])
    assert len({occasion.key for occasion in occasions}) == len(occasions) > 6 * 4


# Which answer


END = START + HOUR


def analysed(occasions: Iterable[Occasion], forms: Iterable[StoredForm]) -> dict[str, str]:
    """Ids of answers by code of occasion."""
    kept = tuple(occasions)
    found = answers_for(kept, forms)
    return {occasion.code: form.id for occasion in kept for form in found[occasion.key].values()}


def test_answers_of_one_infusion_w_1() -> None:
    hours = (20, 26, 50, 71.5, 73)
    forms = [a_form(f"+{h}", END + h * HOUR) for h in hours]
    occasions = planned([an_infusion(), an_infusion("i2", END + 168 * HOUR)])
    of_first = [occasion for occasion in occasions if occasion.anchor_id == "i1"]
    assert analysed(of_first, forms) == {"24h": "+26", "48h": "+50", "72h": "+71.5"}
    counted = [h for h in hours if in_figures(protocol(), END, END + h * HOUR, cut=None)]
    assert counted == [26, 50, 71.5]


def test_answers_after_the_next_infusion_belong_to_that_one_w_2() -> None:
    second = an_infusion("i2", END + 48 * HOUR, length=NONE)
    hours = (20, 26, 50, 71.5, 73)
    forms = [a_form(f"+{h}", END + h * HOUR) for h in hours]
    occasions = planned([an_infusion(), second])
    of_first = [o for o in occasions if o.anchor_id == "i1"]
    assert analysed(of_first, forms) == {"24h": "+26"}
    cut = second.starts_at
    assert [h for h in hours if in_figures(protocol(), END, END + h * HOUR, cut=cut)] == [26]
    assert [hours_since(second.ends_at, END + h * HOUR) for h in (50, 71.5)] == [2, 23.5]


def test_hours_are_elapsed_hours_when_the_clocks_change_w_3() -> None:
    new_york = ZoneInfo("America/New_York")
    end = datetime(2026, 3, 7, 15, tzinfo=new_york)
    check_in = datetime(2026, 3, 8, 15, tzinfo=new_york)
    assert hours_since(end, check_in) == 23
    assert not in_figures(protocol(), end, check_in, cut=None)


@pytest.mark.parametrize(
    "after, counts",
    [
        (24 * HOUR - TICK, False),
        (24 * HOUR, True),
        (72 * HOUR, True),
        (72 * HOUR + TICK, False),
    ],
)
def test_both_ends_are_in_the_figures_w_4(after: timedelta, counts: bool) -> None:
    assert in_figures(protocol(), END, END + after, cut=None) is counts


def test_the_next_infusion_ends_the_figures() -> None:
    cut = END + 47 * HOUR
    assert in_figures(protocol(), END, cut - TICK, cut=cut)
    assert not in_figures(protocol(), END, cut, cut=cut)


@pytest.mark.parametrize(
    "early, late, chosen",
    [
        (4 * HOUR, 4 * HOUR, "late"),  # W-5
        (4 * HOUR - TICK, 4 * HOUR, "early"),
        (4 * HOUR, 4 * HOUR - TICK, "late"),
    ],
)
def test_the_nearest_to_the_target_is_analysed_and_a_tie_goes_to_the_later(
    early: timedelta, late: timedelta, chosen: str
) -> None:
    occasion = an_occasion(opens=36 * HOUR, target=48 * HOUR, closes=60 * HOUR)
    target = occasion.target_at
    forms = [a_form("late", target + late), a_form("early", target - early)]
    assert analysed([occasion], forms) == {"48h": chosen}


@pytest.mark.parametrize(
    "at, held",
    [
        (36 * HOUR - TICK, False),
        (36 * HOUR, True),
        (60 * HOUR - TICK, True),
        (60 * HOUR, False),
    ],
)
def test_a_window_holds_its_opening_instant_and_not_its_closing_one(
    at: timedelta, held: bool
) -> None:
    occasion = an_occasion(opens=36 * HOUR, target=48 * HOUR, closes=60 * HOUR)
    assert bool(analysed([occasion], [a_form("f", START + at)])) is held


def test_one_check_in_serves_the_48_h_pulse_and_the_next_pre_infusion_pulse() -> None:
    occasions = planned([an_infusion(), an_infusion("i2", START + 48 * HOUR)])
    found = answers_for(occasions, [a_form("f", END + 46 * HOUR)])
    served = {key[1:] for key, answers in found.items() if answers}
    assert served == {("i1", "48h"), ("i2", "pre_infusion")}


def test_a_complete_answer_goes_before_a_nearer_one_without_a_total() -> None:
    occasion = an_occasion(opens=36 * HOUR, target=48 * HOUR, closes=60 * HOUR)
    left = a_form("left", occasion.target_at, total=None)
    whole = a_form("whole", occasion.target_at + 9 * HOUR)
    assert analysed([occasion], [left, whole]) == {"48h": "whole"}
    assert analysed([occasion], [left]) == {"48h": "left"}


def test_a_correction_is_analysed_in_place_of_what_it_replaces() -> None:
    occasion = an_occasion(opens=36 * HOUR, target=48 * HOUR, closes=60 * HOUR)
    first = a_form("first", occasion.target_at)
    second = a_form("second", occasion.target_at, replaces="first")
    assert analysed([occasion], [second, first]) == {"48h": "second"}


def test_answers_of_another_patient_or_form_are_not_taken() -> None:
    occasion = an_occasion(opens=36 * HOUR, target=48 * HOUR, closes=60 * HOUR)
    forms = [
        a_form("other patient", occasion.target_at, patient_id="p2"),
        a_form("other form", occasion.target_at, "phq9"),
    ]
    assert analysed([occasion], forms) == {}


def test_cancelled_and_cut_off_occasions_take_no_answer() -> None:
    occasion = an_occasion(opens=36 * HOUR, target=48 * HOUR, closes=60 * HOUR)
    for unasked in (replace(occasion, cancelled=True), replace(occasion, applicable=False)):
        assert analysed([unasked], [a_form("f", occasion.target_at)]) == {}


@pytest.mark.parametrize(
    "instrument, names, noon_after_close, taken",
    [
        ("pulse", "baseline", -HOUR, False),  # a day has no hour to stand in a pulse's window
        ("phq9", None, -TICK, True),
        ("phq9", None, NONE, False),
        ("phq9", "baseline", 12 * HOUR - TICK, True),
        ("phq9", "baseline", 12 * HOUR, False),
        ("phq9", "index", NONE, False),
    ],
)
def test_date_only_answers(
    instrument: str, names: str | None, noon_after_close: timedelta, taken: bool
) -> None:
    """Noon stands for the day; one whose source names the occasion may lie anywhere on it."""
    occasion = an_occasion(
        "baseline", opens=-14 * DAY, target=NONE, closes=NONE, forms=(instrument,)
    )
    form = a_form("f", START + noon_after_close, instrument, date_only=True, occasion=names)
    assert bool(analysed([occasion], [form])) is taken


# Status

WEEKLY = an_occasion(
    "weekly-1", opens=5 * DAY, target=7 * DAY, closes=9 * DAY, forms=("phq9", "gad7")
)
PULSE = an_occasion(opens=36 * HOUR, target=48 * HOUR, closes=60 * HOUR)


def status_of(
    occasion: Occasion, forms: Iterable[StoredForm] = (), *, now: timedelta
) -> OccasionStatus:
    answers = answers_for([occasion], forms)[occasion.key]
    return status(occasion, answers, now=START + now)


@pytest.mark.parametrize(
    "now, expected",
    [
        (36 * HOUR - TICK, OccasionStatus.NOT_DUE),
        (36 * HOUR, OccasionStatus.OPEN),
        (60 * HOUR - TICK, OccasionStatus.OPEN),
        (60 * HOUR, OccasionStatus.MISSED),
    ],
)
def test_status_without_an_answer(now: timedelta, expected: OccasionStatus) -> None:
    assert status_of(PULSE, now=now) is expected
    cut_off = replace(PULSE, applicable=False)
    assert status_of(cut_off, now=now) is OccasionStatus.NOT_APPLICABLE
    assert status_of(replace(cut_off, cancelled=True), now=now) is OccasionStatus.CANCELLED


def test_answered_in_time_and_entered_later_is_done() -> None:
    paper = a_form("f", START + 48 * HOUR, saved_at=START + 5 * DAY)
    assert status_of(PULSE, [paper], now=5 * DAY) is OccasionStatus.DONE


def test_a_closed_pulse_is_never_answered_later() -> None:
    late = a_form("f", START + 60 * HOUR)
    assert status_of(PULSE, [late], now=5 * DAY) is OccasionStatus.MISSED


def test_an_occasion_needs_all_of_its_forms() -> None:
    phq9 = a_form("phq9", START + 7 * DAY, "phq9")
    gad7 = a_form("gad7", START + 8 * DAY, "gad7")
    assert status_of(WEEKLY, [phq9], now=8 * DAY) is OccasionStatus.OPEN
    assert status_of(WEEKLY, [phq9], now=9 * DAY) is OccasionStatus.MISSED
    assert status_of(WEEKLY, [phq9, gad7], now=9 * DAY) is OccasionStatus.DONE


@pytest.mark.parametrize(
    "at, expected",
    [
        (9 * DAY - TICK, OccasionStatus.DONE),
        (9 * DAY, OccasionStatus.DONE_LATE),
        (13 * DAY - TICK, OccasionStatus.DONE_LATE),
        (13 * DAY, OccasionStatus.MISSED),
    ],
)
def test_standard_forms_can_be_done_late_for_as_long_again_as_the_window_was(
    at: timedelta, expected: OccasionStatus
) -> None:
    forms = [a_form(name, START + at, name) for name in ("phq9", "gad7")]
    assert status_of(WEEKLY, forms, now=20 * DAY) is expected


def test_an_answer_in_time_for_one_occasion_is_late_for_no_other() -> None:
    second = replace(
        WEEKLY,
        code="weekly-2",
        opens_at=START + 12 * DAY,
        target_at=START + 14 * DAY,
        closes_at=START + 16 * DAY,
    )
    forms = [a_form(name, START + 12 * DAY, name) for name in ("phq9", "gad7")]
    found = answers_for([WEEKLY, second], forms)
    assert found[WEEKLY.key] == {}
    assert set(found[second.key]) == {"phq9", "gad7"}


@pytest.mark.parametrize("code", ["baseline", "index"])
def test_baseline_and_index_are_never_done_late(code: str) -> None:
    occasion = one(planned([an_infusion()]), code)
    forms = [a_form(name, occasion.closes_at, name) for name in ("phq9", "gad7")]
    after = occasion.closes_at - START
    assert status_of(occasion, forms, now=after) is OccasionStatus.MISSED
