"""A clinic's version of the protocol: what each choice asks, and that it changes nothing that
stands."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mindspa.domain.clinic_plan import Written, clinic_plan
from mindspa.domain.errors import InvalidInput
from mindspa.domain.made_up_plan import Difference, made_up_plan
from mindspa.domain.protocol_versions import (
    Choices,
    adapted,
    choices_of,
    languages_of,
    refuse_impossible,
)
from mindspa.domain.schedule import Occasion, Protocol
from mindspa.domain.treatment import Course, Infusion, InfusionStatus, Phase
from tests.spec.treatment_factories import (
    DAY,
    HOUR,
    PATIENT,
    START,
    a_course,
    an_infusion,
    definitions,
    protocol,
)

SHIPPED = Choices(("24h", "48h", "72h"), None, 7, ("en",))
COURSE_DAYS = (0, 2, 4, 7, 9, 11)  # Monday, Wednesday, Friday


def version(number: int = 2, choices: Choices = SHIPPED, **changed: Any) -> Protocol:
    return adapted(protocol(), replace(choices, **changed), number=number)


def on_days(*days: float) -> list[Infusion]:
    planned = InfusionStatus.PLANNED
    return [
        an_infusion(f"i{number}", START + day * DAY, status=planned)
        for number, day in enumerate(days, start=1)
    ]


def planned(
    in_force: Protocol,
    infusions: Iterable[Infusion],
    courses: Iterable[Course] = (),
    *,
    earlier: Iterable[Protocol] = (),
    before: Iterable[Occasion] = (),
    until: datetime = START + 60 * DAY,
) -> tuple[Occasion, ...]:
    """`before`: what stands."""
    return clinic_plan(
        PATIENT,
        list(courses) or [a_course()],
        infusions,
        in_force,
        indications=["depression"],
        until=until,
        earlier=earlier,
        written=written(before),
    )


def written(occasions: Iterable[Occasion]) -> Written:
    return {(o.anchor_id, o.code): o.protocol_version for o in occasions}


def days_of(occasions: Iterable[Occasion], code: str) -> list[float]:
    """When each is due, in days of the course."""
    return [round((o.due_at - START) / DAY, 2) for o in occasions if o.code.startswith(code)]


# What each choice asks


def test_the_shipped_protocol_stands_for_its_own_choices() -> None:
    assert choices_of(protocol()) == SHIPPED
    assert version().rules == protocol().rules


@pytest.mark.parametrize(
    "asked", [("24h", "48h", "72h"), ("24h", "72h"), ("48h",), ("24h",), ("72h",)]
)
def test_a_point_that_is_off_is_not_asked_and_the_others_keep_their_windows(
    asked: tuple[str, ...],
) -> None:
    as_shipped = {o.code: o for o in planned(protocol(), on_days(0))}
    found = {o.code: o for o in planned(version(follow_up=asked), on_days(0))}
    assert {code for code in found if code.endswith("h")} == {*asked}
    for code in asked:
        assert replace(found[code], protocol_version=1) == as_shipped[code]


@pytest.mark.parametrize("day, due", [(4, [4, 11, 18]), (7, [7, 14, 21]), (10, [10, 17, 24])])
def test_the_weekly_day_moves_the_whole_window(day: int, due: list[float]) -> None:
    found = planned(version(weekly_day=day), on_days(*COURSE_DAYS))
    assert days_of(found, "weekly") == due
    for occasion in found:
        if occasion.code.startswith("weekly"):
            assert occasion.closes_at - occasion.opens_at == 4 * DAY


@pytest.mark.parametrize(
    "infusions, at, asked_on",
    [
        # Infusions on days, the point, and the days on which it asks for PHQ-9 and GAD-7 too.
        ((30,), "72h", [33.04]),
        # With the baseline on day -2, not before day 3; then the weekly form is nearer than 5 d.
        ((0,), "24h", []),
        # Mon Wed Fri: only Friday's +72 h is asked at all, and it falls into the weekly window.
        (COURSE_DAYS, "72h", [7.0, 14.04]),
        # Wed Fri Mon: Friday's +72 h ends where the weekly window, two days later, begins.
        ((0, 2, 5, 7, 9, 12), "72h", [15.04]),
    ],
)
def test_standard_forms_beside_a_pulse_only_where_they_can_be_asked(
    infusions: tuple[int, ...], at: str, asked_on: list[float]
) -> None:
    course = a_course(phase=Phase.MAINTENANCE) if infusions == (30,) else a_course()
    found = planned(version(standard_at=at), on_days(*infusions), [course])
    both = [o for o in found if o.code == at and o.asked and len(o.forms) > 1]
    assert days_of(both, at) == asked_on
    assert all(o.forms == ("pulse", "phq9", "gad7") for o in both)


@pytest.mark.parametrize(
    "choices, says",
    [
        (replace(SHIPPED, follow_up=()), "Keep at least one check-in"),
        (replace(SHIPPED, follow_up=("24h", "96h")), "There is no check-in 96h"),
        (replace(SHIPPED, follow_up=("weekly",)), "There is no check-in weekly"),
        (replace(SHIPPED, follow_up=("24h",), standard_at="72h"), "with a check-in that is asked"),
        (replace(SHIPPED, standard_at="weekly"), "with a check-in that is asked"),
        (replace(SHIPPED, weekly_day=3), "Choose a day of the list"),
        (replace(SHIPPED, weekly_day=11), "Choose a day of the list"),
        (replace(SHIPPED, weekly_day=True), "Choose a day of the list"),
        (replace(SHIPPED, languages=()), "at least one language"),
        (replace(SHIPPED, languages=("en", "xx")), "at least one language"),
    ],
)
def test_what_cannot_be_chosen_is_refused_in_a_sentence(choices: Choices, says: str) -> None:
    languages = languages_of(protocol(), definitions().instruments)
    with pytest.raises(InvalidInput, match=says):
        refuse_impossible(choices, protocol(), languages)


# What a new version does to what stands


@pytest.mark.parametrize(
    "before, after, infusion, what_follows",
    [
        # The point was off, and is on now: nothing for infusions that were planned without it.
        (("24h", "72h"), ("24h", "48h", "72h"), "that stood", {"24h", "72h"}),
        (("24h", "72h"), ("24h", "48h", "72h"), "moved by a day", {"24h", "72h"}),
        (("24h", "72h"), ("24h", "48h", "72h"), "planned since", {"24h", "48h", "72h"}),
        # The point was on, and is off now: what was planned stays.
        (("24h", "48h", "72h"), ("24h",), "that stood", {"24h", "48h", "72h"}),
        (("24h", "48h", "72h"), ("24h",), "moved by a day", {"24h", "48h", "72h"}),
        (("24h", "48h", "72h"), ("24h",), "planned since", {"24h"}),
    ],
)
def test_an_infusion_keeps_the_version_it_was_planned_under(
    before: tuple[str, ...], after: tuple[str, ...], infusion: str, what_follows: set[str]
) -> None:
    old, new = version(2, follow_up=before), version(3, follow_up=after)
    infusions = on_days(0)
    stands = planned(old, infusions)
    if infusion == "moved by a day":
        infusions = on_days(1)
    if infusion == "planned since":
        infusions = on_days(0, 7)
    found = planned(new, infusions, earlier=[old], before=stands)
    last = infusions[-1].id
    around = [o for o in found if o.anchor_id == last and o.code.endswith("h")]
    assert {o.code for o in around} == what_follows
    assert {o.protocol_version for o in around} == {3 if infusion == "planned since" else 2}
    if infusion == "moved by a day":
        assert [o.opens_at - START for o in around if o.code == "24h"] == [DAY + 25 * HOUR]


@pytest.mark.parametrize(
    "old_day, new_day, due",
    [
        # Two weeks stand. The third follows the new day, unless it would fall into the second.
        (7, 8, [7, 14, 22, 29]),
        (8, 7, [8, 15, 21, 28]),
        (4, 10, [4, 11, 24, 31]),
        (10, 7, [10, 17, 21, 28]),
        (10, 6, [10, 17, 27]),
        (10, 4, [10, 17, 25]),
    ],
)
def test_weeks_planned_since_follow_the_new_day_and_none_is_asked_twice(
    old_day: int, new_day: int, due: list[float]
) -> None:
    old, new = version(2, weekly_day=old_day), version(3, weekly_day=new_day)
    stands = planned(old, on_days(0, 3))  # ends on day 17
    found = planned(new, on_days(0, 3, 16), earlier=[old], before=stands)
    assert days_of(found, "weekly") == due
    weeks = [o for o in found if o.code.startswith("weekly")]
    assert all(one.closes_at <= other.opens_at for one, other in pairwise(weeks))


_choices = st.builds(
    Choices,
    follow_up=st.lists(
        st.sampled_from(("24h", "48h", "72h")), min_size=1, max_size=3, unique=True
    ).map(tuple),
    standard_at=st.none(),
    weekly_day=st.integers(4, 10),
    languages=st.just(("en",)),
).flatmap(
    lambda c: st.sampled_from((None, *c.follow_up)).map(lambda at: replace(c, standard_at=at))
)


@given(
    old=_choices,
    new=_choices,
    days=st.lists(st.integers(0, 20), min_size=1, max_size=6, unique=True).map(sorted),
    later=st.integers(0, 40),
    maintenance=st.booleans(),
)
def test_a_new_version_changes_no_row_that_exists(
    old: Choices, new: Choices, days: list[int], later: int, maintenance: bool
) -> None:
    """However long after the plan is written again, as the sweep does; what it adds comes after
    all that the clinic had planned ahead, and never into the past."""
    two, three = version(2, old), version(3, new)
    courses = [a_course(phase=Phase.MAINTENANCE if maintenance else Phase.INDUCTION)]
    infusions, horizon = on_days(*days), START + 56 * DAY
    stands = planned(two, infusions, courses, until=horizon)
    again = planned(
        three, infusions, courses, earlier=[two], before=stands, until=horizon + later * DAY
    )
    assert [o for o in again if o.protocol_version == 2] == list(stands)
    added = [o for o in again if o.protocol_version == 3]
    assert all(o.opens_at > horizon - 7 * DAY for o in added)
    assert maintenance or not added
    assert len(written(again)) == len(again)


# The picture that is looked at before


@pytest.mark.parametrize(
    "changed, differs",
    [
        ({}, {}),
        ({"follow_up": ("24h", "72h")}, {Difference.LEFT_OUT: 6}),
        ({"weekly_day": 8}, {Difference.MOVED: 3}),
        ({"standard_at": "72h"}, {Difference.FORMS: 2}),
    ],
)
def test_the_plan_of_a_made_up_patient_says_what_differs(
    changed: dict[str, Any], differs: dict[Difference, int]
) -> None:
    shown = made_up_plan(
        protocol(), version(**changed), today=date(2026, 6, 10), zone="America/New_York"
    )
    assert [i.starts_at.strftime("%a %d %b %H:%M") for i in shown.infusions] == [
        "Mon 15 Jun 10:00", "Wed 17 Jun 10:00", "Fri 19 Jun 10:00",
        "Mon 22 Jun 10:00", "Wed 24 Jun 10:00", "Fri 26 Jun 10:00",
    ]  # fmt: skip
    counted = {d: shown.count(d) for d in Difference if d is not Difference.NONE}
    assert {d: n for d, n in counted.items() if n} == differs


def test_a_patients_language_is_used_where_the_clinic_offers_it() -> None:
    offered = replace(protocol(), languages=("es", "en"))
    assert [offered.language_for(wanted) for wanted in ("en", "es", "fr")] == ["en", "es", "es"]
