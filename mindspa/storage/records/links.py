"""Links from reminders, as the unit of work spends one."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlmodel import SQLModel

from mindspa.storage.records.scope import Prepared, Scope
from mindspa.storage.session_rows import digest

_links = SQLModel.metadata.tables["check_in_links"]
_UNSPENT = Prepared(
    lambda filtered: filtered(
        select(_links.c.id).where(
            _links.c.id == bindparam("one"),
            _links.c.spent_at.is_(None),
            _links.c.expires_at > bindparam("now", type_=_links.c.expires_at.type),
        )
    )
)


@dataclass(frozen=True, slots=True)
class CheckInLinks:
    scope: Scope

    def is_unspent(self, link_id: str, *, now: datetime) -> bool:
        """The caller has locked the patient: of two browsers one spends it."""
        return _UNSPENT.run(self.scope, one=link_id, now=now).first() is not None

    def spend(self, link_id: str, *, check_in_id: str, visit_token: str, at: datetime) -> None:
        self.scope.session.flush()
        self.scope.connection.execute(
            _links.update()
            .where(_links.c.clinic_id == self.scope.clinic_id, _links.c.id == link_id)
            .values(
                spent_at=at,
                check_in_id=check_in_id,
                visit_digest=digest(visit_token),
                last_seen_at=at,
            )
        )
