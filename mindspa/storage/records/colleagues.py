"""Who works in a clinic: names and roles, for handing over and for the rota."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import SQLModel

from mindspa.domain.access import Colleague, Permission, Role
from mindspa.storage.records.scope import Prepared, Scope

_people = SQLModel.metadata.tables["people"]
_ACTIVE = Prepared(
    lambda filtered: filtered(
        select(_people.c.id, _people.c.name, _people.c.roles)
        .where(_people.c.active)
        .order_by(_people.c.name, _people.c.id)
    )
)


@dataclass(frozen=True, slots=True)
class Colleagues:
    scope: Scope

    def handling_alerts(self) -> list[Colleague]:
        """By name."""
        found = (
            Colleague(row.id, row.name, frozenset(map(Role, row.roles.split())))
            for row in _ACTIVE.run(self.scope)
        )
        return [one for one in found if one.may(Permission.HANDLE_ALERTS)]
