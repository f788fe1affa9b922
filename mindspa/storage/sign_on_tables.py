"""The tables of a clinic's own sign-on: whose it is, and browsers that are on their way through."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from mindspa.storage.tables import ID_LENGTH, ClinicOwned
from mindspa.storage.types import UtcInstant


class SignOnRow(ClinicOwned, table=True):
    """One a person; no two people have the same."""

    __tablename__: ClassVar[str] = "sign_ons"
    __table_args__ = (
        ForeignKeyConstraint(["clinic_id", "person_id"], ["people.clinic_id", "people.id"]),
        UniqueConstraint("issuer", "subject"),  # looked up before the clinic is known
    )
    person_id: str = Field(primary_key=True, max_length=ID_LENGTH)
    issuer: str
    subject: str
    linked_at: datetime = Field(sa_type=UtcInstant)


class SignOnStartRow(SQLModel, table=True):
    """Of nobody yet, but where somebody who is signed in links their account: then `person_id`. It
    is deleted by the first who comes back with its state."""

    __tablename__: ClassVar[str] = "sign_on_starts"
    __table_args__ = (Index(None, "expires_at"),)
    state_digest: str = Field(primary_key=True)
    nonce: str
    verifier: str
    next_path: str
    clinic_id: str | None = None
    person_id: str | None = None
    expires_at: datetime = Field(sa_type=UtcInstant)
