"""Seal what was added to the audit trail, and say whether it is still what was sealed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, insert, select, text
from sqlmodel import SQLModel

from mindspa.domain.audit import AuditEvent, Seal, seal
from mindspa.storage.audit_tables import AuditSealRow
from mindspa.storage.database import Database, errors_named
from mindspa.storage.records.audit_trail import EVENT
from mindspa.storage.records.stored import Stored, columns_of

EVENTS = 2_000  # under one seal at most, so that nobody waits for it long
_LOCK_MS = 2_000  # so long a seal waits for who writes, and others behind it

_SEAL = Stored(Seal, AuditSealRow)
_events, _seals = (SQLModel.metadata.tables[name] for name in ("audit_events", "audit_seals"))


@dataclass(frozen=True, slots=True)
class AuditSeals:
    database: Database

    def seal(self, clinic_id: str, *, now: datetime) -> Seal | None:
        """The new one; None where nothing was added since the last."""
        with self.database.writing() as session:
            connection = session.connection()
            if not self.database.is_sqlite:
                # Numbers are given before they are stored: an event that is still being written
                # could come to stand under a seal. So whoever writes ends first, another who
                # seals as well.
                connection.execute(text(f"SET LOCAL lock_timeout = {_LOCK_MS}"))
                connection.execute(text("LOCK TABLE audit_events IN SHARE ROW EXCLUSIVE MODE"))
            before = _last(connection, clinic_id)
            events = list(_after(connection, clinic_id, before, most=EVENTS))
            if not events:
                return None
            made = seal(before, clinic_id, events, at=now)
            connection.execute(insert(_seals), {"clinic_id": clinic_id} | columns_of(made))
            return made

    def last(self, clinic_id: str) -> Seal | None:
        with errors_named(), self.database.reader.connect() as connection:
            return _last(connection, clinic_id)

    def problems(self, clinic_id: str) -> Iterator[str]:
        """A sentence for each seal that is not what the events under it give. One after the other:
        the trail of years need not fit into memory."""
        with errors_named(), self.database.reader.connect() as connection:
            before: Seal | None = None
            for row in connection.execute(_of(clinic_id).order_by(_seals.c.number)):
                stored = _SEAL.value(row)
                events = _after(connection, clinic_id, before, until=stored.upto)
                if seal(before, clinic_id, events, at=stored.sealed_at) != stored:
                    yield (
                        f"Audit trail of clinic {clinic_id}: what stands under seal "
                        f"{stored.number} is not what was sealed."
                    )
                before = stored


def _of(clinic_id: str) -> Select[*tuple[Any, ...]]:
    query = select(*_SEAL.columns).where(_seals.c.clinic_id == clinic_id)
    return query.execution_options(yield_per=EVENTS)


def _last(connection: Connection, clinic_id: str) -> Seal | None:
    last_first = _of(clinic_id).order_by(_seals.c.number.desc())
    row = connection.execute(last_first.limit(1)).one_or_none()
    return _SEAL.value(row) if row else None


def _after(
    connection: Connection,
    clinic_id: str,
    sealed: Seal | None,
    *,
    until: int | None = None,
    most: int | None = None,
) -> Iterator[tuple[int, AuditEvent]]:
    """The events that are not under that seal nor under one before it, with their numbers."""
    query = select(_events.c.id, *EVENT.columns).where(
        _events.c.clinic_id == clinic_id, _events.c.id > (sealed.upto if sealed else 0)
    )
    if until is not None:
        query = query.where(_events.c.id <= until)
    query = query.order_by(_events.c.id).limit(most).execution_options(yield_per=EVENTS)
    for number, *cells in connection.execute(query):
        yield number, EVENT.value(cells)
