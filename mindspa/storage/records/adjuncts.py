"""Other treatment of patients. Rows are only added."""

from dataclasses import dataclass

from sqlalchemy import bindparam
from sqlmodel import SQLModel

from mindspa.domain.adjuncts import Adjunct, Kind
from mindspa.domain.errors import NotFound
from mindspa.storage.adjunct_tables import AdjunctRow
from mindspa.storage.records.scope import Scope, is_id
from mindspa.storage.records.stored import Stored, columns_of

_ADJUNCT = Stored(Adjunct, AdjunctRow, kind=Kind)
_adjuncts = SQLModel.metadata.tables["adjuncts"]
_OF = _ADJUNCT.prepared(
    _adjuncts.c.patient_id == bindparam("of"),
    order_by=[_adjuncts.c.started_on, _adjuncts.c.recorded_at, _adjuncts.c.id],
)
_ONE = _ADJUNCT.prepared(_adjuncts.c.id == bindparam("one"))


@dataclass(frozen=True, slots=True)
class Adjuncts:
    scope: Scope

    def add(self, adjunct: Adjunct) -> None:
        self.scope.insert(_adjuncts, columns_of(adjunct))

    def one(self, adjunct_id: str) -> Adjunct:
        found = _ADJUNCT.run(_ONE, self.scope, one=adjunct_id) if is_id(adjunct_id) else []
        if not found:
            raise NotFound("There is no such entry.")
        return found[0]

    def of(self, patient_id: str) -> list[Adjunct]:
        """By their first day, those that were replaced or withdrawn as well."""
        return _ADJUNCT.run(_OF, self.scope, of=patient_id)
