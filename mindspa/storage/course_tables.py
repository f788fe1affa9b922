"""The table of the reviews in the middle of a course; it holds, and the domain judges."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import ForeignKeyConstraint, Index
from sqlmodel import Field

from mindspa.storage.tables import ID_LENGTH, PatientOwned, of_patient
from mindspa.storage.types import UtcInstant


class CourseReviewRow(PatientOwned, table=True):
    """Append-only: a later review stands beside an earlier one."""

    __tablename__: ClassVar[str] = "course_reviews"
    __table_args__ = (
        of_patient(),
        ForeignKeyConstraint(["clinic_id", "course_id"], ["courses.clinic_id", "courses.id"]),
        Index(None, "clinic_id", "patient_id"),
    )
    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    course_id: str
    at: datetime = Field(sa_type=UtcInstant)
    by: str
    by_name: str
    given: int
    decision: str
    reason: str
    dose: float | None = None
    unit: str | None = None
