"""Write down when a clinic is open, who is on duty, and what is done for somebody not reached."""

from collections.abc import Iterable
from dataclasses import replace

from mindspa.domain import entered
from mindspa.domain.access import Permission
from mindspa.domain.duty import DutyPlan, Holiday, Shift
from mindspa.domain.errors import InvalidInput, Stale
from mindspa.services.unit_of_work import UnitOfWork
from mindspa.storage.records.duty import CHANGED_MEANWHILE

MOST = 500  # rows of a kind: years of a rota


def write_duty(work: UnitOfWork, plan: DutyPlan, *, replaces: int) -> DutyPlan:
    """`replaces` is the number of the plan that the person changed. The same plan again changes
    nothing."""
    work.actor.require(Permission.PLAN_DUTY)
    last = work.records.duty_plans.last()
    checked = _checked(work, plan)
    if _content(checked) == _content(last) and last.number:
        return last
    if last.number != replaces:
        raise Stale(CHANGED_MEANWHILE)
    written = replace(
        checked,
        number=last.number + 1,
        written_by=work.actor.id,
        written_by_name=work.actor.name,
        written_at=work.now,
    )
    work.records.duty_plans.add(written)
    work.audit("duty.written", record=str(written.number))
    return written


def _content(plan: DutyPlan) -> tuple[object, ...]:
    return plan.hours, plan.holidays, plan.shifts, plan.unreached_steps


def _checked(work: UnitOfWork, plan: DutyPlan) -> DutyPlan:
    """In order; what the page offers is checked here, too."""
    for rows in (plan.hours, plan.holidays, plan.shifts, plan.unreached_steps):
        if len(rows) > MOST:
            raise InvalidInput(f"The list can have {MOST} rows. Remove those that are past.")
    handling = {colleague.id for colleague in work.records.colleagues.handling_alerts()}
    for shift in plan.shifts:
        _check_shift(shift, handling)
    for hours in plan.hours:
        if hours.weekday not in range(7):
            raise InvalidInput("Choose the weekday of each opening.")
    _refuse_twice(plan.holidays)
    return replace(
        plan,
        hours=tuple(sorted(plan.hours, key=lambda h: (h.weekday, h.opens))),
        holidays=tuple(
            Holiday(each.day, entered.line(each.name, what="The holiday's name"))
            for each in sorted(plan.holidays, key=lambda h: h.day)
        ),
        shifts=tuple(sorted(plan.shifts, key=_place)),
        unreached_steps=tuple(entered.line(step, what="The step") for step in plan.unreached_steps),
    )


def _check_shift(shift: Shift, handling: set[str]) -> None:
    if (shift.weekday is None) == (shift.day is None):
        raise InvalidInput("Give each shift a weekday or a day, and not both.")
    if shift.weekday is not None and shift.weekday not in range(7):
        raise InvalidInput("Choose the weekday of each shift.")
    if shift.first not in handling or (shift.second and shift.second not in handling):
        raise InvalidInput("Choose people for each shift whose account handles alerts.")
    if shift.first == shift.second:
        raise InvalidInput("First and second are two people. Leave the second empty for one.")


def _refuse_twice(holidays: Iterable[Holiday]) -> None:
    days = [holiday.day for holiday in holidays]
    if len({*days}) < len(days):
        raise InvalidInput("A holiday stands in the list twice. Remove one of them.")


def _place(shift: Shift) -> tuple[object, ...]:
    dated = shift.day is not None
    return dated, shift.day or shift.begins, shift.weekday or 0, shift.begins, shift.ends
