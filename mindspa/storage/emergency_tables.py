"""The table of records that were read in an emergency."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import ForeignKeyConstraint, Index
from sqlmodel import Field

from mindspa.storage.tables import ID_LENGTH, PatientOwned, of_patient
from mindspa.storage.types import UtcInstant


class EmergencyAccessRow(PatientOwned, table=True):
    __tablename__: ClassVar[str] = "emergency_accesses"
    __table_args__ = (
        of_patient(),
        ForeignKeyConstraint(["clinic_id", "person_id"], ["people.clinic_id", "people.id"]),
        Index(None, "clinic_id", "opened_at"),
    )
    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    person_id: str = Field(max_length=ID_LENGTH)
    person_name: str
    reason: str
    opened_at: datetime = Field(sa_type=UtcInstant)
    expires_at: datetime = Field(sa_type=UtcInstant)
    reviewed_at: datetime | None = Field(default=None, sa_type=UtcInstant)
    reviewed_by: str | None = None
    reviewed_by_name: str | None = None
    review: str | None = None
