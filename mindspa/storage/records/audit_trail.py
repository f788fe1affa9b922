"""Read the audit trail of a clinic, or what concerns one patient of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, not_, or_, select
from sqlmodel import SQLModel

from mindspa.domain.audit import (
    AT_THE_DOOR,
    EXPORTED,
    VIEWED,
    AuditEvent,
    AuditSearch,
    Kind,
)
from mindspa.storage.audit_tables import AuditEventRow
from mindspa.storage.records.scope import Scope, is_id
from mindspa.storage.records.stored import Stored

EVENT = Stored(AuditEvent, AuditEventRow)
_events = SQLModel.metadata.tables["audit_events"]
_LOOK = or_(_events.c.what == VIEWED, _events.c.what.endswith(EXPORTED, autoescape=True))
_SIGN_IN = or_(*(_events.c.what.startswith(name, autoescape=True) for name in AT_THE_DOOR))
_OF_KIND = {
    Kind.LOOK: _LOOK,
    Kind.SIGN_IN: _SIGN_IN,
    Kind.CHANGE: not_(or_(_LOOK, _SIGN_IN)),
}


@dataclass(frozen=True, slots=True)
class AuditTrail:
    scope: Scope

    def found(self, search: AuditSearch, *, most: int) -> list[AuditEvent]:
        """The newest first. For a patient's own unit, of that patient alone."""
        ids = (search.actor_id, search.about)
        if not all(one is None or is_id(one) for one in ids):
            return []  # nobody's
        where: list[ColumnElement[bool]] = [
            _events.c.at >= search.since,
            _events.c.at < search.until,
        ]
        if search.actor_id is not None:
            where.append(_events.c.actor_id == search.actor_id)
        if search.about is not None:
            where.append(_events.c.about == search.about)
        if search.kind is not None:
            where.append(_OF_KIND[search.kind])
        return self._read(where, most)

    def by_others(
        self, patient_id: str, own_ids: Iterable[str], *, since: datetime, most: int
    ) -> list[AuditEvent]:
        """About that patient, the newest first."""
        about, others = _events.c.about == patient_id, _events.c.actor_id.not_in(list(own_ids))
        return self._read([about, others, _events.c.at >= since], most)

    def _read(self, where: Iterable[ColumnElement[bool]], most: int) -> list[AuditEvent]:
        query = select(*EVENT.columns).where(_events.c.clinic_id == self.scope.clinic_id, *where)
        if self.scope.patient_id is not None:
            query = query.where(_events.c.about == self.scope.patient_id)
        last_first = query.order_by(_events.c.at.desc(), _events.c.id.desc()).limit(most)
        return [EVENT.value(row) for row in self.scope.connection.execute(last_first)]
