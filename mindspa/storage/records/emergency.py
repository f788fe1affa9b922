"""Records that were read in an emergency, and who has looked at that since."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam
from sqlmodel import SQLModel

from mindspa.domain.emergency import EmergencyAccess
from mindspa.domain.errors import NotFound
from mindspa.storage.emergency_tables import EmergencyAccessRow
from mindspa.storage.records.scope import Scope, is_id
from mindspa.storage.records.stored import Stored, columns_of
from mindspa.storage.types import UtcInstant

_ACCESS = Stored(EmergencyAccess, EmergencyAccessRow)
_accesses = SQLModel.metadata.tables["emergency_accesses"]
_SINCE = _ACCESS.prepared(
    _accesses.c.opened_at >= bindparam("since", type_=UtcInstant),
    order_by=[_accesses.c.opened_at.desc(), _accesses.c.id],
)
_ONE = _ACCESS.prepared(_accesses.c.id == bindparam("one"))


@dataclass(frozen=True, slots=True)
class EmergencyAccesses:
    scope: Scope

    def get(self, access_id: object) -> EmergencyAccess:
        found = _ACCESS.run(_ONE, self.scope, one=access_id) if is_id(access_id) else []
        if not found:
            raise NotFound("There is no such emergency access in your clinic.")
        return found[0]

    def since(self, start: datetime) -> list[EmergencyAccess]:
        """The newest first."""
        return _ACCESS.run(_SINCE, self.scope, since=start)

    def add(self, access: EmergencyAccess) -> None:
        self.scope.insert(_accesses, columns_of(access))

    def save_review(self, access: EmergencyAccess) -> bool:
        """False where somebody else was quicker."""
        done = self.scope.connection.execute(
            _accesses.update()
            .where(
                _accesses.c.clinic_id == self.scope.clinic_id,
                _accesses.c.id == access.id,
                _accesses.c.reviewed_at.is_(None),
            )
            .values(
                reviewed_at=access.reviewed_at,
                reviewed_by=access.reviewed_by,
                reviewed_by_name=access.reviewed_by_name,
                review=access.review,
            )
        )
        return done.rowcount == 1
