"""The tables of what is worked out from a record with each write about it, so that no list has to;
they can be made anew from the rest at any time."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, Column, ForeignKeyConstraint, Index, text
from sqlmodel import Field

from mindspa.storage.tables import ID_LENGTH, PatientOwned, of_patient
from mindspa.storage.types import UtcInstant


class PatientSummaryRow(PatientOwned, table=True):
    """What the panel shows of one patient; written before each commit that touched the patient.
    Holds nothing that depends on now."""

    __tablename__: ClassVar[str] = "patient_summaries"
    __table_args__ = (of_patient(),)
    patient_id: str = Field(primary_key=True, max_length=ID_LENGTH)
    definitions_version: str
    summary: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))


class FollowUpRowRow(PatientOwned, table=True):
    """What the follow-up list says of one infusion that waits, as JSON text; written with the
    patient's summary, by whose `definitions_version` it is to be read."""

    __tablename__: ClassVar[str] = "follow_up_rows"
    __table_args__ = (
        of_patient(),
        ForeignKeyConstraint(["clinic_id", "infusion_id"], ["infusions.clinic_id", "infusions.id"]),
        # The rows are long: counting them, and finding the silent, goes through these alone.
        Index(None, "clinic_id", "listed_from", "patient_id"),
        Index(
            "ix_follow_up_rows_silent",
            "clinic_id",
            "silent_from",
            sqlite_where=text("silent_from IS NOT NULL"),
            postgresql_where=text("silent_from IS NOT NULL"),
        ),
    )
    patient_id: str = Field(primary_key=True, max_length=ID_LENGTH)
    infusion_id: str = Field(primary_key=True, max_length=ID_LENGTH)
    listed_from: datetime = Field(sa_type=UtcInstant)
    silent_from: datetime | None = Field(default=None, sa_type=UtcInstant)
    row: str
