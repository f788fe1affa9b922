"""The tables of links: those that open one check-in without a password, and those that choose a
password."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint
from sqlmodel import Field

from mindspa.storage.tables import ID_LENGTH, ClinicOwned, PatientOwned, of_patient
from mindspa.storage.types import UtcInstant


class CheckInLinkRow(PatientOwned, table=True):
    """Only digests are stored: of what stands in the message and, once it is spent, of what the
    browser holds that spent it. `about` names the occasion, as in `messages`."""

    __tablename__: ClassVar[str] = "check_in_links"
    __table_args__ = (
        of_patient(),
        ForeignKeyConstraint(["clinic_id", "person_id"], ["people.clinic_id", "people.id"]),
        ForeignKeyConstraint(["clinic_id", "check_in_id"], ["check_ins.clinic_id", "check_ins.id"]),
        UniqueConstraint("token_digest"),  # looked up before the clinic is known
        UniqueConstraint("visit_digest"),
        Index(None, "clinic_id", "patient_id"),
    )
    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    person_id: str = Field(max_length=ID_LENGTH)
    about: str
    token_digest: str
    issued_at: datetime = Field(sa_type=UtcInstant)
    expires_at: datetime = Field(sa_type=UtcInstant)
    spent_at: datetime | None = Field(default=None, sa_type=UtcInstant)
    check_in_id: str | None = None
    visit_digest: str | None = None
    last_seen_at: datetime | None = Field(default=None, sa_type=UtcInstant)
    ended_at: datetime | None = Field(default=None, sa_type=UtcInstant)


class PasswordLinkRow(ClinicOwned, table=True):
    """Only the digest of what stands in the e-mail is stored."""

    __tablename__: ClassVar[str] = "password_links"
    __table_args__ = (
        ForeignKeyConstraint(["clinic_id", "person_id"], ["people.clinic_id", "people.id"]),
        UniqueConstraint("token_digest"),  # looked up before the clinic is known
        Index(None, "clinic_id", "person_id"),
    )
    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    person_id: str = Field(max_length=ID_LENGTH)
    token_digest: str
    issued_at: datetime = Field(sa_type=UtcInstant)
    expires_at: datetime = Field(sa_type=UtcInstant)
    spent_at: datetime | None = Field(default=None, sa_type=UtcInstant)
