"""Writing down hours and rota: who may, what can be, and that nobody overwrites what they have not
seen."""

from dataclasses import replace
from datetime import date, time
from typing import Any

import pytest

from mindspa.bootstrap import Runtime
from mindspa.domain.access import Actor, Role, operator
from mindspa.domain.duty import DutyPlan, Holiday, OpenHours, Shift
from mindspa.domain.errors import InvalidInput, NotPermitted, Stale
from mindspa.domain.treatment import Clinic
from mindspa.services.plan_duty import MOST, write_duty
from tests.conftest import NOW
from tests.factories import a_clinic, a_patient, account_of, staff

NINE, FIVE = time(9), time(17)


@pytest.fixture
def plan(nurse: Actor) -> DutyPlan:
    return DutyPlan(
        hours=(OpenHours(4, NINE, FIVE), OpenHours(0, NINE, FIVE)),
        holidays=(Holiday(date(2026, 12, 25), "Christmas"), Holiday(date(2026, 7, 3), " July ")),
        shifts=(
            Shift(NINE, FIVE, nurse.id, day=date(2026, 6, 12)),
            Shift(FIVE, NINE, nurse.id, weekday=0, on_holidays=True),
        ),
        unreached_steps=("Phoned  three times",),
    )


def in_force(runtime: Runtime, clinic: Clinic) -> DutyPlan:
    with runtime.reading(operator(clinic.id)) as work:
        return work.records.duty_plans.last()


def write(runtime: Runtime, by: Actor, plan: DutyPlan, *, replaces: int = 0) -> DutyPlan:
    with runtime.unit_of_work(by) as work:
        return write_duty(work, plan, replaces=replaces)


def test_before_anything_is_written_it_is_empty(runtime: Runtime, clinic: Clinic) -> None:
    assert in_force(runtime, clinic) == DutyPlan()


def test_what_is_written_is_read_again_in_order(
    runtime: Runtime, clinic: Clinic, administrator: Actor, plan: DutyPlan
) -> None:
    write(runtime, administrator, plan)
    assert in_force(runtime, clinic) == DutyPlan(
        hours=(plan.hours[1], plan.hours[0]),
        holidays=(Holiday(date(2026, 7, 3), "July"), plan.holidays[0]),
        shifts=(plan.shifts[1], plan.shifts[0]),
        unreached_steps=("Phoned three times",),
        number=1,
        written_by=administrator.id,
        written_by_name=administrator.name,
        written_at=NOW,
    )
    assert in_force(runtime, a_clinic(runtime, "elsewhere")) == DutyPlan()


def test_the_same_again_writes_nothing(
    runtime: Runtime, clinic: Clinic, administrator: Actor, plan: DutyPlan
) -> None:
    for _ in range(2):
        write(runtime, administrator, plan)
    assert in_force(runtime, clinic).number == 1


def test_nobody_overwrites_what_they_have_not_seen(
    runtime: Runtime, clinic: Clinic, administrator: Actor, plan: DutyPlan
) -> None:
    write(runtime, administrator, plan)
    with pytest.raises(Stale, match="changed hours or rota meanwhile"):
        write(runtime, administrator, replace(plan, shifts=()))
    write(runtime, administrator, replace(plan, shifts=()), replaces=1)
    assert in_force(runtime, clinic).shifts == ()


@pytest.mark.parametrize("role", [Role.CARE_TEAM, Role.PATIENT])
def test_only_administrators_and_clinicians_write_it(
    runtime: Runtime, clinic: Clinic, plan: DutyPlan, nurse: Actor, role: Role
) -> None:
    actor = (
        nurse if role is Role.CARE_TEAM else account_of(runtime, clinic, a_patient(runtime, clinic))
    )
    with pytest.raises(NotPermitted):
        write(runtime, actor, plan)


def test_only_people_who_handle_alerts_are_on_the_rota(
    runtime: Runtime, clinic: Clinic, administrator: Actor, nurse: Actor
) -> None:
    elsewhere = staff(runtime, a_clinic(runtime, "elsewhere"), Role.CLINICIAN)
    for first, second in (
        ("", None),
        ("nobody", None),
        (administrator.id, None),
        (elsewhere.id, None),
        (nurse.id, elsewhere.id),
    ):
        plan = DutyPlan(shifts=(Shift(NINE, FIVE, first, second, weekday=0),))
        with pytest.raises(InvalidInput, match="whose account handles alerts"):
            write(runtime, administrator, plan)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"hours": (OpenHours(7, NINE, FIVE),)}, "weekday of each opening"),
        ({"holidays": (Holiday(date(2026, 1, 1), "A"),) * 2}, "stands in the list twice"),
        ({"holidays": (Holiday(date(2026, 1, 1), " "),)}, "holiday's name needs"),
        ({"unreached_steps": ("",)}, "The step needs"),
        ({"unreached_steps": ("Phone",) * (MOST + 1)}, f"can have {MOST} rows"),
    ],
)
def test_what_cannot_be_is_refused(
    runtime: Runtime, administrator: Actor, plan: DutyPlan, change: dict[str, Any], said: str
) -> None:
    with pytest.raises(InvalidInput, match=said):
        write(runtime, administrator, replace(plan, **change))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"weekday": None}, "a weekday or a day"),
        ({"day": date(2026, 6, 12)}, "a weekday or a day"),
        ({"weekday": 7}, "weekday of each shift"),
        ({"second": "first"}, "are two people"),
    ],
)
def test_a_shift_that_cannot_be_is_refused(
    runtime: Runtime, administrator: Actor, nurse: Actor, change: dict[str, Any], said: str
) -> None:
    if change.get("second"):
        change = {"second": nurse.id}
    shift = replace(Shift(NINE, FIVE, nurse.id, weekday=0), **change)
    with pytest.raises(InvalidInput, match=said):
        write(runtime, administrator, DutyPlan(shifts=(shift,)))
