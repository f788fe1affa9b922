"""The tables of the clinic's tablets, and of the codes that open a check-in on one."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from mindspa.storage.tables import ID_LENGTH, ClinicOwned, PatientOwned, of_patient
from mindspa.storage.types import UtcInstant

# Word for word in the index and in the queries it is for.
WAITING_CODE = "spent_at IS NULL AND ended_at IS NULL"
LIVE_VISIT = "spent_at IS NOT NULL AND ended_at IS NULL"


def _of_tablet() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["clinic_id", "tablet_id"], ["tablets.clinic_id", "tablets.id"])


class TabletRow(ClinicOwned, table=True):
    """A paired device. Only a digest of what its cookie holds is stored."""

    __tablename__: ClassVar[str] = "tablets"
    __table_args__ = (
        ForeignKeyConstraint(["clinic_id"], ["clinics.id"]),
        UniqueConstraint("token_digest"),  # looked up before the clinic is known
    )
    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    token_digest: str
    name: str
    paired_at: datetime = Field(sa_type=UtcInstant)
    paired_by: str
    revoked_at: datetime | None = Field(default=None, sa_type=UtcInstant)
    revoked_by: str | None = None


class TabletCodeRow(PatientOwned, table=True):
    """A code that was issued and, once entered, the visit that it opened. The indexes are the
    second wall: no two codes that wait are alike, and one patient is before a tablet."""

    __tablename__: ClassVar[str] = "tablet_codes"
    __table_args__ = (
        of_patient(),
        ForeignKeyConstraint(["clinic_id", "check_in_id"], ["check_ins.clinic_id", "check_ins.id"]),
        _of_tablet(),
        Index(None, "clinic_id", "patient_id"),
        Index(
            "uq_tablet_codes_waiting",
            "clinic_id",
            "code_digest",
            unique=True,
            sqlite_where=text(WAITING_CODE),
            postgresql_where=text(WAITING_CODE),
        ),
        Index(
            "uq_tablet_codes_live",
            "clinic_id",
            "tablet_id",
            unique=True,
            sqlite_where=text(LIVE_VISIT),
            postgresql_where=text(LIVE_VISIT),
        ),
    )
    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    check_in_id: str
    code_digest: str
    issued_at: datetime = Field(sa_type=UtcInstant)
    issued_by: str
    expires_at: datetime = Field(sa_type=UtcInstant)
    tablet_id: str | None = None
    spent_at: datetime | None = Field(default=None, sa_type=UtcInstant)
    last_seen_at: datetime | None = Field(default=None, sa_type=UtcInstant)
    ended_at: datetime | None = Field(default=None, sa_type=UtcInstant)


class TabletTryRow(ClinicOwned, table=True):
    """A wrong code."""

    __tablename__: ClassVar[str] = "tablet_tries"
    __table_args__ = (_of_tablet(), Index(None, "clinic_id", "at"))
    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    tablet_id: str
    at: datetime = Field(sa_type=UtcInstant)
