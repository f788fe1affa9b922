"""Who works in a clinic: for handing over and for the rota, and where notices reach them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlmodel import SQLModel

from mindspa.domain.access import Colleague, Permission, Role
from mindspa.domain.reach import Reach
from mindspa.storage.records.scope import Prepared, Scope
from mindspa.storage.session_rows import spend_password_links

_people = SQLModel.metadata.tables["people"]
_ACTIVE = Prepared(
    lambda filtered: filtered(
        select(_people.c.id, _people.c.name, _people.c.roles, _people.c.email, _people.c.mobile)
        .where(_people.c.active, _people.c.roles != Role.PATIENT)
        .order_by(_people.c.name, _people.c.id)
    ),
    of_staff=True,  # a patient's answer raises an alert that the staff are told of
)
_STAFF = Prepared(
    lambda filtered: filtered(
        select(_people.c.id, _people.c.name, _people.c.roles)
        .where(_people.c.roles != Role.PATIENT)
        .order_by(_people.c.name, _people.c.id)
    ),
    of_staff=True,
)
_REACH = Prepared(
    lambda filtered: filtered(
        select(_people.c.email, _people.c.mobile, _people.c.reminders).where(
            _people.c.id == bindparam("one")
        )
    ),
    of_staff=True,  # of whoever acts
)


@dataclass(frozen=True, slots=True)
class Colleagues:
    scope: Scope

    def reach_of(self, person_id: str) -> Reach:
        row = _REACH.run(self.scope, one=person_id).one_or_none()
        return Reach(row[0], row[1], bool(row[2])) if row else Reach(None, None, False)

    def save_email(self, person_id: str, email: str | None, *, at: datetime) -> None:
        """A link that went to the address before opens nothing any more."""
        spend_password_links(self.scope.connection, self.scope.clinic_id, person_id, at)
        self.save_reach(person_id, email=email)

    def save_reach(self, person_id: str, **chosen: str | bool | None) -> None:
        self.scope.connection.execute(
            _people.update()
            .where(_people.c.clinic_id == self.scope.clinic_id, _people.c.id == person_id)
            .values(**chosen)
        )

    def names(self) -> Mapping[str, str]:
        """By id, in order of name; of those without an account any more as well."""
        return {row.id: row.name for row in _STAFF.run(self.scope)}

    def roles(self) -> Mapping[str, frozenset[Role]]:
        """By id, of the same people."""
        return {row.id: _roles(row.roles) for row in _STAFF.run(self.scope)}

    def handling_alerts(self) -> list[Colleague]:
        return self.who_may(Permission.HANDLE_ALERTS)

    def who_may(self, permission: Permission) -> list[Colleague]:
        """By name."""
        return [one for one in self._active() if one.may(permission)]

    def _active(self) -> Iterator[Colleague]:
        for row in _ACTIVE.run(self.scope):
            reach = Reach(row.email, row.mobile)
            yield Colleague(row.id, row.name, _roles(row.roles), reach.channels)


def _roles(stored: str) -> frozenset[Role]:
    return frozenset(map(Role, stored.split()))
