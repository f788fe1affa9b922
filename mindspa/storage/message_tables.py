"""The table of what is sent to people."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from mindspa.storage.tables import ID_LENGTH, ClinicOwned
from mindspa.storage.types import UtcInstant

# Word for word in the index and in the queries that it is for.
WAITS_TO_GO = "state = 'waiting'"


class MessageRow(ClinicOwned, table=True):
    """Written in the transaction that causes it. `key` makes it one, however often that is tried.
    It holds no address: the worker looks up the one that the person has when it goes out."""

    __tablename__: ClassVar[str] = "messages"
    __table_args__ = (
        ForeignKeyConstraint(["clinic_id", "person_id"], ["people.clinic_id", "people.id"]),
        UniqueConstraint("clinic_id", "key"),
        Index(None, "clinic_id", "about"),
        Index(None, "clinic_id", "person_id", "created_at"),
        Index(None, "clinic_id", "kind", "created_at"),
        Index(
            "ix_messages_waiting",
            "next_try_at",
            sqlite_where=text(WAITS_TO_GO),
            postgresql_where=text(WAITS_TO_GO),
        ),
    )
    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    key: str
    person_id: str = Field(max_length=ID_LENGTH)
    channel: str
    kind: str
    about: str
    number: int
    created_at: datetime = Field(sa_type=UtcInstant)
    next_try_at: datetime = Field(sa_type=UtcInstant)
    expires_at: datetime = Field(sa_type=UtcInstant)
    state: str
    tries: int
    claimed_until: datetime | None = Field(default=None, sa_type=UtcInstant)
    sent_at: datetime | None = Field(default=None, sa_type=UtcInstant)
    problem: str | None = None
