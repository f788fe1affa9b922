"""The tables of the audit trail and of the seals over it. Both are only added to: triggers of the
database refuse everything else, whoever asks (migration 0021)."""

from collections.abc import Iterator
from datetime import datetime
from typing import ClassVar

from sqlalchemy import ForeignKeyConstraint, Index, text
from sqlalchemy.engine import Connection
from sqlmodel import Field, SQLModel

from mindspa.storage.tables import ID_LENGTH
from mindspa.storage.types import UtcInstant

ONLY_ADDED_TO = ("audit_events", "audit_seals")
_TRIGGERS = {
    "sqlite": (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        ("not_changed", "not_removed", "not_replaced"),
    ),
    "postgresql": (
        "SELECT tgname FROM pg_trigger WHERE tgenabled <> 'D'",
        ("not_changed", "not_removed", "not_emptied"),
    ),
}


class AuditEventRow(SQLModel, table=True):
    __tablename__: ClassVar[str] = "audit_events"
    __table_args__ = (
        ForeignKeyConstraint(["clinic_id"], ["clinics.id"]),
        Index(None, "clinic_id", "about", "at"),
        Index(None, "clinic_id", "at"),
    )
    id: int | None = Field(default=None, primary_key=True)
    clinic_id: str
    at: datetime = Field(sa_type=UtcInstant)
    actor_id: str
    what: str
    about: str | None = None
    record: str | None = None
    origin: str | None = None


class AuditSealRow(SQLModel, table=True):
    """`upto`: the id of the last event under it; the first is the one after those of the seal
    before. `digest` covers that seal's digest as well."""

    __tablename__: ClassVar[str] = "audit_seals"
    __table_args__ = (ForeignKeyConstraint(["clinic_id"], ["clinics.id"]),)
    clinic_id: str = Field(primary_key=True, max_length=ID_LENGTH)
    number: int = Field(primary_key=True)
    upto: int
    events: int
    sealed_at: datetime = Field(sa_type=UtcInstant)
    digest: str


def missing_triggers(connection: Connection) -> Iterator[str]:
    """A sentence for each."""
    query, endings = _TRIGGERS[connection.dialect.name]
    found = set(connection.execute(text(query)).scalars())
    for table in ONLY_ADDED_TO:
        for ending in endings:
            if f"{table}_{ending}" not in found:
                yield f"the trigger {table}_{ending}, which keeps the audit trail whole, is missing"
