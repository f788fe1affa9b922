"""The table of a clinic's own protocol; like the others it holds, and the domain judges."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, Column, ForeignKeyConstraint
from sqlmodel import Field

from mindspa.storage.tables import ClinicOwned
from mindspa.storage.types import UtcInstant


class ProtocolVersionRow(ClinicOwned, table=True):
    """Append-only: the key makes two who sign the same version at once collide. `choices` are what
    the clinic chose in the shipped protocol, so that a row stays valid when that file changes."""

    __tablename__: ClassVar[str] = "protocol_versions"
    __table_args__ = (ForeignKeyConstraint(["clinic_id"], ["clinics.id"]),)
    number: int = Field(primary_key=True)
    choices: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    signed_by: str
    signed_by_name: str
    signed_at: datetime = Field(sa_type=UtcInstant)
    note: str
