"""The tables of what the team does about alerts, what it needs to know, and of who is on duty."""

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, Column, ForeignKeyConstraint, Index, text
from sqlmodel import Field

from mindspa.storage.tables import ID_LENGTH, ClinicOwned, PatientOwned, of_patient
from mindspa.storage.types import UtcInstant

# Word for word in the indexes and in the queries they are for.
NOT_CLOSED = "state != 'closed'"


class AlertCaseRow(PatientOwned, table=True):
    """The unique index is the second wall behind the patient's lock: two answers at once never
    begin two cases."""

    __tablename__: ClassVar[str] = "alert_cases"
    __table_args__ = (
        of_patient(),
        Index(None, "clinic_id", "patient_id"),
        Index(None, "clinic_id", "opened_at"),
        Index(
            "uq_alert_cases_open",
            "clinic_id",
            "patient_id",
            unique=True,
            sqlite_where=text(NOT_CLOSED),
            postgresql_where=text(NOT_CLOSED),
        ),
        Index(
            "ix_alert_cases_next",
            "clinic_id",
            "next_at",
            sqlite_where=text(NOT_CLOSED),
            postgresql_where=text(NOT_CLOSED),
        ),
    )
    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    tier: str
    state: str
    opened_at: datetime = Field(sa_type=UtcInstant)
    due_at: datetime = Field(sa_type=UtcInstant)
    next_at: datetime | None = Field(default=None, sa_type=UtcInstant)
    version: int
    owner: str | None = None
    owner_name: str | None = None
    owned_at: datetime | None = Field(default=None, sa_type=UtcInstant)
    attempted_at: datetime | None = Field(default=None, sa_type=UtcInstant)
    escalated_at: datetime | None = Field(default=None, sa_type=UtcInstant)
    closed_at: datetime | None = Field(default=None, sa_type=UtcInstant)
    closed_by: str | None = None
    closed_by_name: str | None = None
    outcome: str | None = None


class AlertEventRow(PatientOwned, table=True):
    """Append-only: a step of a case, numbered by the version that it made. The key makes two who
    take the same step at once collide."""

    __tablename__: ClassVar[str] = "alert_events"
    __table_args__ = (
        of_patient(),
        ForeignKeyConstraint(["clinic_id", "case_id"], ["alert_cases.clinic_id", "alert_cases.id"]),
        Index(None, "clinic_id", "patient_id"),
    )
    case_id: str = Field(primary_key=True, max_length=ID_LENGTH)
    number: int = Field(primary_key=True)
    at: datetime = Field(sa_type=UtcInstant)
    by: str
    by_name: str
    step: str
    tier: str
    handed_to: str | None = None
    handed_to_name: str | None = None
    contact_id: str | None = None
    outcome: str | None = None
    note: str | None = None


class SafetyCardRow(PatientOwned, table=True):
    """Append-only: the newest stands."""

    __tablename__: ClassVar[str] = "safety_cards"
    __table_args__ = (of_patient(), Index(None, "clinic_id", "patient_id", "written_at"))
    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    written_by: str
    written_by_name: str
    written_at: datetime = Field(sa_type=UtcInstant)
    text_allowed: bool
    contact_name: str
    contact_phone: str
    contact_told: str
    safety_plan: str
    planned_on: date | None = None
    therapist: str
    prescriber: str


class DutyPlanRow(ClinicOwned, table=True):
    """Append-only: the last is in force. `content` holds hours, holidays, shifts and steps; times
    and days as ISO text, in the clinic's zone."""

    __tablename__: ClassVar[str] = "duty_plans"
    __table_args__ = (ForeignKeyConstraint(["clinic_id"], ["clinics.id"]),)
    number: int = Field(primary_key=True)
    content: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    written_by: str
    written_by_name: str
    written_at: datetime = Field(sa_type=UtcInstant)
