"""The table of other treatment; like the others it holds, and the domain judges."""

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from mindspa.storage.tables import ID_LENGTH, PatientOwned, of_patient
from mindspa.storage.types import UtcInstant


class AdjunctRow(PatientOwned, table=True):
    """Append-only: `replaces` names what a correction, an end or a withdrawal stands for, which
    can be replaced once."""

    __tablename__: ClassVar[str] = "adjuncts"
    __table_args__ = (
        of_patient(),
        UniqueConstraint("clinic_id", "replaces"),
        Index(None, "clinic_id", "patient_id"),
    )
    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    kind: str
    name: str
    started_on: date
    how_often: str | None = None
    ended_on: date | None = None
    told_by_patient: bool
    recorded_at: datetime = Field(sa_type=UtcInstant)
    recorded_by: str
    by_name: str
    replaces: str | None = None
    reason: str | None = None
    withdrawn: bool = False
