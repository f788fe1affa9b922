"""The tables of what is written down on the day of an infusion; like the others they hold, and the
domain judges."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import JSON, Column, ForeignKeyConstraint, Index, UniqueConstraint
from sqlmodel import Field

from mindspa.storage.tables import ID_LENGTH, PatientOwned, of_patient
from mindspa.storage.types import UtcInstant


def _of_infusion() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["clinic_id", "infusion_id"], ["infusions.clinic_id", "infusions.id"]
    )


class VitalsReadingRow(PatientOwned, table=True):
    """Append-only, like all that is written down on the day of an infusion: `replaces` names what
    a correction stands for, which can be corrected once."""

    __tablename__: ClassVar[str] = "vitals_readings"
    __table_args__ = (
        of_patient(),
        _of_infusion(),
        UniqueConstraint("clinic_id", "replaces"),
        Index(None, "clinic_id", "infusion_id"),
    )
    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    infusion_id: str
    taken_at: datetime = Field(sa_type=UtcInstant)
    vitals: dict[str, int] = Field(sa_column=Column(JSON, nullable=False))
    recorded_at: datetime = Field(sa_type=UtcInstant)
    recorded_by: str
    replaces: str | None = None
    reason: str | None = None


class SideEffectRow(PatientOwned, table=True):
    __tablename__: ClassVar[str] = "side_effects"
    __table_args__ = (
        of_patient(),
        _of_infusion(),
        UniqueConstraint("clinic_id", "replaces"),
        Index(None, "clinic_id", "infusion_id"),
    )
    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    infusion_id: str
    kind: str
    severity: int
    onset_at: datetime = Field(sa_type=UtcInstant)
    ended_at: datetime | None = Field(default=None, sa_type=UtcInstant)
    recorded_at: datetime = Field(sa_type=UtcInstant)
    recorded_by: str
    replaces: str | None = None
    reason: str | None = None


class ChecklistTickRow(PatientOwned, table=True):
    """The key makes two tablets that tick the same item at once collide."""

    __tablename__: ClassVar[str] = "checklist_ticks"
    __table_args__ = (of_patient(), _of_infusion())
    infusion_id: str = Field(primary_key=True, max_length=ID_LENGTH)
    checklist: str = Field(primary_key=True)
    item: str = Field(primary_key=True)
    revision: int = Field(primary_key=True)
    ticked: bool
    at: datetime = Field(sa_type=UtcInstant)
    by: str


class SheetNoteRow(PatientOwned, table=True):
    __tablename__: ClassVar[str] = "sheet_notes"
    __table_args__ = (
        of_patient(),
        _of_infusion(),
        Index(None, "clinic_id", "infusion_id"),
    )
    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    infusion_id: str
    text: str
    at: datetime = Field(sa_type=UtcInstant)
    by: str


class EarlierInfusionRow(PatientOwned, table=True):
    """What an infusion was recorded as before a correction; `version` is that of the infusion."""

    __tablename__: ClassVar[str] = "earlier_infusions"
    __table_args__ = (of_patient(), _of_infusion())
    infusion_id: str = Field(primary_key=True, max_length=ID_LENGTH)
    version: int = Field(primary_key=True)
    status: str
    started_at: datetime | None = Field(default=None, sa_type=UtcInstant)
    ended_at: datetime | None = Field(default=None, sa_type=UtcInstant)
    dose_mg: float | None = None
    weight_kg: float | None = None
    reason: str | None = None
    given_by: str | None = None
    recorded_by: str | None = None
    discharged_at: datetime | None = Field(default=None, sa_type=UtcInstant)
    corrected_at: datetime = Field(sa_type=UtcInstant)
    corrected_by: str
    why: str
