"""What a patient is offered now and next; hours are from the end of the first infusion."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from mindspa.domain.check_ins import StoredForm
from mindspa.domain.due import (
    DueCheckIn,
    NextCheckIn,
    due_now,
    next_due,
    pulse_variant,
    unscheduled,
)
from mindspa.domain.schedule import Occasion, plan
from mindspa.domain.treatment import Infusion, InfusionStatus, Phase, Substance
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

END = START + HOUR
ALONE = (an_infusion(),)
# Monday and Wednesday at the same hour: 47 hours lie between.
MONDAY_AND_WEDNESDAY = (
    an_infusion(),
    an_infusion("i2", START + 48 * HOUR, status=InfusionStatus.PLANNED),
)


def pulses_of(infusions: Iterable[Infusion]) -> list[Occasion]:
    occasions = plan(
        PATIENT, [a_course()], infusions, protocol(), indications=[], until=START + 30 * DAY
    )
    return [occasion for occasion in occasions if occasion.forms == ("pulse",)]


def offered(
    occasions: Iterable[Occasion],
    forms: Iterable[StoredForm] = (),
    *,
    now: datetime,
    infusions: Iterable[Infusion] = (),
) -> DueCheckIn | None:
    return due_now(occasions, forms, infusions, protocol(), now=now)


def served(found: DueCheckIn | None) -> set[tuple[str, str]]:
    return {(o.anchor_id, o.code) for o in found.occasions} if found else set()


# Pulses


@pytest.mark.parametrize(
    "after, expected",
    [
        (24 * HOUR - TICK, set()),
        (24 * HOUR, {("i1", "24h")}),
        (36 * HOUR - TICK, {("i1", "24h")}),
        (36 * HOUR, {("i1", "48h")}),
        (60 * HOUR, {("i1", "72h")}),
        (84 * HOUR - TICK, {("i1", "72h")}),
        (84 * HOUR, set()),
    ],
)
def test_the_open_pulse_is_offered(after: timedelta, expected: set[tuple[str, str]]) -> None:
    found = offered(pulses_of(ALONE), now=END + after, infusions=ALONE)
    assert served(found) == expected
    if found:
        assert (found.forms, found.variant) == (("pulse",), "after")
        assert found.closes_at == found.occasions[0].closes_at


def test_before_a_first_infusion_the_pulse_does_not_ask_about_one() -> None:
    infusions = [an_infusion(status=InfusionStatus.PLANNED)]
    found = offered(pulses_of(infusions), now=START - 24 * HOUR, infusions=infusions)
    assert found is not None
    assert (found.variant, found.closes_at) == ("before", START)


@pytest.mark.parametrize(
    "after, expected",
    [
        # The pre-infusion window opens at +23 h. It waits an hour, and one pulse answers both.
        (23 * HOUR, set()),
        (24 * HOUR, {("i1", "24h"), ("i2", "pre_infusion")}),
        (36 * HOUR, {("i1", "48h"), ("i2", "pre_infusion")}),
        (47 * HOUR - TICK, {("i1", "48h"), ("i2", "pre_infusion")}),
        (47 * HOUR, set()),
    ],
)
def test_one_pulse_serves_this_infusion_and_the_next(
    after: timedelta, expected: set[tuple[str, str]]
) -> None:
    found = offered(
        pulses_of(MONDAY_AND_WEDNESDAY), now=END + after, infusions=MONDAY_AND_WEDNESDAY
    )
    assert served(found) == expected
    if found:
        assert found.variant == "after"


@pytest.mark.parametrize(
    "given_after, asked_from",
    [
        (24 * HOUR, 36 * HOUR),  # the next window opens exactly 12 h later
        (30 * HOUR, 42 * HOUR),
        (20 * HOUR, 32 * HOUR),  # the patient's own idea counts as a pulse too
    ],
)
def test_never_two_pulses_within_12_hours(given_after: timedelta, asked_from: timedelta) -> None:
    occasions = pulses_of(ALONE)
    given = [a_form("f", END + given_after)]
    assert offered(occasions, given, now=END + asked_from - TICK, infusions=ALONE) is None
    assert offered(occasions, given, now=END + asked_from, infusions=ALONE) is not None


def test_an_answered_pulse_is_not_asked_again() -> None:
    given = [a_form("f", END + 36 * HOUR)]
    assert offered(pulses_of(ALONE), given, now=END + 60 * HOUR - TICK, infusions=ALONE) is None


def test_cancelled_and_cut_off_occasions_are_not_asked() -> None:
    occasion = an_occasion(opens=24 * HOUR, target=24 * HOUR, closes=36 * HOUR)
    now = START + 24 * HOUR
    assert offered([occasion], now=now) is not None
    assert offered([replace(occasion, cancelled=True)], now=now) is None
    assert offered([replace(occasion, applicable=False)], now=now) is None


# Standard forms

WEEKLY = an_occasion(
    "weekly-1", opens=5 * DAY, target=7 * DAY, closes=9 * DAY, forms=("phq9", "gad7")
)


def test_pulse_and_standard_forms_are_one_check_in_the_pulse_first() -> None:
    pulse = an_occasion(opens=5 * DAY, target=5 * DAY, closes=6 * DAY)
    found = offered([WEEKLY, pulse], now=START + 5 * DAY)
    assert found is not None
    assert found.forms == ("pulse", "phq9", "gad7")
    assert found.closes_at == pulse.closes_at
    assert found.occasions == (pulse, WEEKLY)


def test_standard_forms_alone_have_no_variant() -> None:
    found = offered([WEEKLY], now=START + 5 * DAY)
    assert found is not None
    assert (found.forms, found.variant) == (("phq9", "gad7"), None)
    assert found.closes_at == WEEKLY.closes_at


def test_occasions_open_together_ask_each_form_once_in_the_protocols_order() -> None:
    monthly = an_occasion(
        "monthly-1", opens=4 * DAY, target=7 * DAY, closes=8 * DAY, forms=("pcl5", "phq9")
    )
    found = offered([monthly, WEEKLY], now=START + 5 * DAY)
    assert found is not None
    assert found.forms == ("phq9", "gad7", "pcl5")


@pytest.mark.parametrize(
    "now, closes",
    [(9 * DAY, 13 * DAY), (13 * DAY - TICK, 13 * DAY), (13 * DAY, None)],
)
def test_a_standard_form_is_offered_late(now: timedelta, closes: timedelta | None) -> None:
    found = offered([WEEKLY], now=START + now)
    assert (found and found.closes_at) == (closes and START + closes)


def test_a_form_due_in_time_is_not_asked_late_for_the_week_before() -> None:
    second = replace(
        WEEKLY,
        code="weekly-2",
        opens_at=START + 12 * DAY,
        target_at=START + 14 * DAY,
        closes_at=START + 16 * DAY,
    )
    found = offered([WEEKLY, second], now=START + 12 * DAY)
    assert found is not None
    assert found.occasions == (second,)
    assert found.closes_at == second.closes_at


@pytest.mark.parametrize("instrument", ["phq9", "pcl5"])
def test_never_two_standard_forms_within_5_days(instrument: str) -> None:
    given = [a_form("f", START + 2 * DAY, instrument)]
    assert offered([WEEKLY], given, now=START + 7 * DAY - TICK) is None
    assert offered([WEEKLY], given, now=START + 7 * DAY) is not None


@pytest.mark.parametrize("instrument", ["pulse", "madrs"])
def test_pulses_and_what_a_clinician_rates_hold_up_no_standard_form(instrument: str) -> None:
    given = [a_form("f", START + 5 * DAY, instrument)]
    assert offered([WEEKLY], given, now=START + 5 * DAY) is not None


def test_a_form_left_out_of_a_sitting_is_asked_at_once() -> None:
    found = offered([WEEKLY], [a_form("f", START + 5 * DAY, "phq9")], now=START + 5 * DAY)
    assert found is not None
    assert found.forms == ("gad7",)


# Tell us how you are now


@pytest.mark.parametrize(
    "after, variant",
    [
        (-TICK, "before"),
        (timedelta(0), "after"),
        (84 * HOUR - TICK, "after"),
        (84 * HOUR, "before"),
    ],
)
def test_the_variant_of_the_pulse(after: timedelta, variant: str) -> None:
    assert pulse_variant(ALONE, protocol(), now=END + after) == variant
    unrecorded = [an_infusion(status=InfusionStatus.STARTED)]  # an hour is what was planned
    assert pulse_variant(unrecorded, protocol(), now=END + after) == variant


@pytest.mark.parametrize(
    "infusion",
    [an_infusion(substance=Substance.PLACEBO), an_infusion(status=InfusionStatus.CANCELLED)],
)
def test_what_was_not_given_is_not_asked_about(infusion: Infusion) -> None:
    assert pulse_variant([infusion], protocol(), now=END + HOUR) == "before"


def test_an_unscheduled_pulse_is_always_possible_and_closes_in_time() -> None:
    found = unscheduled(MONDAY_AND_WEDNESDAY, protocol(), now=END + HOUR)
    assert found == DueCheckIn(("pulse",), "after", END + 13 * HOUR, ())
    cut = unscheduled(MONDAY_AND_WEDNESDAY, protocol(), now=END + 46 * HOUR)
    assert cut.closes_at == MONDAY_AND_WEDNESDAY[1].starts_at


# What is next


def next_after(
    occasions: Iterable[Occasion], given: Iterable[StoredForm] = (), *, now: datetime
) -> NextCheckIn | None:
    return next_due(occasions, given, protocol(), now=now)


@pytest.mark.parametrize(
    "infusions, given_after, opens, due, closes",
    [
        (ALONE, 25 * HOUR, 37 * HOUR, 48 * HOUR, 60 * HOUR),  # 12 h after the one just given
        (ALONE, 24 * HOUR, 36 * HOUR, 48 * HOUR, 60 * HOUR),
        (ALONE, 59 * HOUR, 71 * HOUR, 72 * HOUR, 84 * HOUR),
        # In time before the next infusion, as the plan says.
        (MONDAY_AND_WEDNESDAY, 24 * HOUR, 36 * HOUR, 45 * HOUR, 47 * HOUR),
        # 12 h later the 48 h window is closed: next is the 24 h pulse of the second infusion.
        (MONDAY_AND_WEDNESDAY, 35 * HOUR, 72 * HOUR, 72 * HOUR, 84 * HOUR),
    ],
)
def test_the_receipt_says_when_the_next_pulse_is_due(
    infusions: tuple[Infusion, ...],
    given_after: timedelta,
    opens: timedelta,
    due: timedelta,
    closes: timedelta,
) -> None:
    now = END + given_after
    assert next_after(pulses_of(infusions), [a_form("f", now)], now=now) == NextCheckIn(
        END + opens, END + due, END + closes
    )


def test_what_is_due_now_is_next() -> None:
    now = END + 26 * HOUR
    assert next_after(pulses_of(ALONE), now=now) == NextCheckIn(now, now, END + 36 * HOUR)


def test_the_first_due_of_several_is_next() -> None:
    course = a_course(phase=Phase.MAINTENANCE)
    occasions = plan(PATIENT, [course], ALONE, protocol(), indications=[], until=START + 60 * DAY)
    given = [a_form(name, START + 14 * DAY, name) for name in ("phq9", "gad7")]
    found = next_after(occasions, given, now=START + 14 * DAY)
    assert found is not None
    assert (found.opens_at, found.due_at) == (START + 25 * DAY, START + 28 * DAY)


def test_nothing_is_next_when_all_windows_are_over() -> None:
    assert next_after(pulses_of(ALONE), now=END + 84 * HOUR) is None
