"""The tables of second factors: what an authenticator holds, what stands in for one that is lost,
and browsers that have given the right password and not yet a code."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint
from sqlmodel import Field

from mindspa.storage.tables import ID_LENGTH, ClinicOwned
from mindspa.storage.types import UtcInstant


def _of_person() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["clinic_id", "person_id"], ["people.clinic_id", "people.id"])


class SecondFactorRow(ClinicOwned, table=True):
    """`secret` is base32, as authenticators take it. Until `confirmed_at` it is shown to its person
    and asked for nowhere. `last_step`: of the last code that was taken, which no other follows
    within its half minute."""

    __tablename__: ClassVar[str] = "second_factors"
    __table_args__ = (_of_person(),)
    person_id: str = Field(primary_key=True, max_length=ID_LENGTH)
    secret: str
    offered_at: datetime = Field(sa_type=UtcInstant)
    confirmed_at: datetime | None = Field(default=None, sa_type=UtcInstant)
    last_step: int | None = None


class RecoveryCodeRow(ClinicOwned, table=True):
    """Only a digest is stored. Each works once."""

    __tablename__: ClassVar[str] = "recovery_codes"
    __table_args__ = (_of_person(),)
    person_id: str = Field(primary_key=True, max_length=ID_LENGTH)
    code_digest: str = Field(primary_key=True)
    spent_at: datetime | None = Field(default=None, sa_type=UtcInstant)


class HalfSignInRow(ClinicOwned, table=True):
    """Apart from the sessions, so that nothing can take it for one. It is deleted once a code has
    made a session of it."""

    __tablename__: ClassVar[str] = "half_sign_ins"
    __table_args__ = (
        _of_person(),
        UniqueConstraint("token_digest"),  # looked up before the clinic is known
        Index(None, "expires_at"),
    )
    token_digest: str = Field(primary_key=True)
    person_id: str = Field(max_length=ID_LENGTH)
    expires_at: datetime = Field(sa_type=UtcInstant)
