"""The accounts of the staff, as whoever manages them sees them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from mindspa.domain.access import Member, Permission
from mindspa.domain.treatment import Clinic
from mindspa.services.unit_of_work import UnitOfWork
from mindspa.storage.accounts import Accounts


@dataclass(frozen=True, slots=True)
class PeopleView:
    """`owned`: how many open alerts are whose, by id. `on_rota`: who is on the rota that is in
    force. Both are for others to take over from somebody who leaves."""

    members: Sequence[Member]
    second_factor_required: bool
    owned: Mapping[str, int]
    on_rota: frozenset[str]
    clinic: Clinic
    now: datetime

    @property
    def with_factor(self) -> tuple[int, int]:
        """How many have a second factor, of how many whose account is open."""
        there = [member for member in self.members if member.person.active]
        return sum(member.second_factor for member in there), len(there)


def view_people(work: UnitOfWork, accounts: Accounts) -> PeopleView:
    work.actor.require(Permission.MANAGE_PEOPLE)
    shifts = work.records.duty_plans.last().shifts
    return PeopleView(
        accounts.staff_of(work.clinic.id),
        accounts.factors.required(work.clinic.id),
        Counter(case.owner for case in work.records.alert_cases.open() if case.owner),
        frozenset(one for shift in shifts for one in (shift.first, shift.second) if one),
        work.clinic,
        work.now,
    )
