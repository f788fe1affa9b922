"""What a clinic has written down about hours and rota, and when nobody will be on duty."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from mindspa.domain.access import Colleague, Permission
from mindspa.domain.definitions import CrisisEntry
from mindspa.domain.duty import DutyPlan, Hole
from mindspa.services.raise_alerts import watch_of
from mindspa.services.unit_of_work import UnitOfWork

LOOKED_AHEAD = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class DutyView:
    """`colleagues`: who can be on the rota. `former`: names of those on it who no longer can.
    `unreachable`: names of those on it whom no notice reaches. `help_lines`: those of the clinic's
    country, where nobody has checked them for too long."""

    now: datetime
    zone: str
    plan: DutyPlan
    colleagues: Sequence[Colleague]
    former: dict[str, str]
    unreachable: tuple[str, ...]
    holes: tuple[Hole, ...]
    help_lines: CrisisEntry | None


def view_duty(work: UnitOfWork) -> DutyView:
    work.actor.require(Permission.PLAN_DUTY)
    duty = watch_of(work).duty
    colleagues = work.records.colleagues.handling_alerts()
    on_rota = {person for s in duty.plan.shifts for person in (s.first, s.second) if person}
    gone = on_rota - {colleague.id for colleague in colleagues}
    names = work.records.patients.names_of_people(gone) if gone else {}
    lines = work.definitions.crisis.get(work.clinic.country)
    return DutyView(
        work.now,
        work.clinic.zone,
        duty.plan,
        colleagues,
        {person: names.get(person, person) for person in sorted(gone)},
        tuple(c.name for c in colleagues if c.id in on_rota and not work.carried & {*c.channels}),
        tuple(duty.holes(work.now, work.now + LOOKED_AHEAD)),
        lines if lines and lines.is_overdue(work.now.date()) else None,
    )
