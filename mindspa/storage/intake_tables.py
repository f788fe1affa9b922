"""The tables of the new-patient forms; like the others they hold, and the domain judges."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, Column, Index
from sqlmodel import Field

from mindspa.storage.tables import ID_LENGTH, PatientOwned, of_patient
from mindspa.storage.types import UtcInstant


class IntakeEntryRow(PatientOwned, table=True):
    """Append-only: the key makes two tabs that replace the same revision collide."""

    __tablename__: ClassVar[str] = "intake_entries"
    __table_args__ = (of_patient(),)
    patient_id: str = Field(primary_key=True, max_length=ID_LENGTH)
    field: str = Field(primary_key=True)
    revision: int = Field(primary_key=True)
    value: Any = Field(sa_column=Column(JSON, nullable=False))
    at: datetime = Field(sa_type=UtcInstant)
    by: str


class IntakeHandInRow(PatientOwned, table=True):
    __tablename__: ClassVar[str] = "intake_hand_ins"
    __table_args__ = (of_patient(), Index(None, "clinic_id", "patient_id"))
    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    at: datetime = Field(sa_type=UtcInstant)
    by: str


class IntakeReviewRow(PatientOwned, table=True):
    __tablename__: ClassVar[str] = "intake_reviews"
    __table_args__ = (of_patient(), Index(None, "clinic_id", "patient_id"))
    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    at: datetime = Field(sa_type=UtcInstant)
    by: str
    by_name: str
    verdict: str
    reason: str
