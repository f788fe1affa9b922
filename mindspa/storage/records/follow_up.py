"""The stored rows of the follow-up list."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, bindparam, delete, func, insert, select
from sqlmodel import SQLModel

from mindspa.domain.treatment import Patient
from mindspa.storage.records.patients import PATIENT
from mindspa.storage.records.scope import Prepared, Scope

_rows = SQLModel.metadata.tables["follow_up_rows"]
_patients = SQLModel.metadata.tables["patients"]
_summaries = SQLModel.metadata.tables["patient_summaries"]

_WAITS = (
    _summaries.c.definitions_version == bindparam("version"),
    _rows.c.listed_from <= bindparam("now", type_=_rows.c.listed_from.type),
)
_LISTED = Prepared(
    lambda filtered: filtered(
        select(_rows.c.infusion_id, _rows.c.row, *PATIENT.columns)
        .join(_patients, _patients.c.id == _rows.c.patient_id)
        .join(_summaries, _summaries.c.patient_id == _rows.c.patient_id)
        .where(*_WAITS)
    )
)
_COUNT = Prepared(
    lambda filtered: filtered(
        select(func.count())
        .select_from(_rows)
        .join(_summaries, _summaries.c.patient_id == _rows.c.patient_id)
        .where(*_WAITS)
    )
)
_OF = Prepared(
    lambda filtered: filtered(
        select(_rows.c.row)
        .where(_rows.c.patient_id == bindparam("of"))
        .order_by(_rows.c.infusion_id)
    )
)
_OF_PATIENT = and_(
    _rows.c.clinic_id == bindparam("of_clinic"), _rows.c.patient_id == bindparam("of_patient")
)
_DELETE, _INSERT = delete(_rows).where(_OF_PATIENT), insert(_rows)


@dataclass(frozen=True, slots=True)
class StoredRow:
    """`text`: the row as JSON, which only its writer can read."""

    infusion_id: str
    listed_from: datetime
    silent_from: datetime | None
    text: str


@dataclass(frozen=True, slots=True)
class FollowUpRows:
    scope: Scope

    def listed(self, version: str, *, now: datetime) -> list[tuple[Patient, str, str]]:
        """Those that wait by now, of patients whose summary is of this version: with the id of the
        infusion and the JSON text."""
        found = _LISTED.run(self.scope, version=version, now=now).all()
        return [(PATIENT.value(patient), infusion, text) for infusion, text, *patient in found]

    def count(self, version: str, *, now: datetime) -> int:
        return int(_COUNT.run(self.scope, version=version, now=now).scalar() or 0)

    def of(self, patient_id: str) -> list[str]:
        """JSON texts of one patient, in order of their infusions' ids."""
        return list(_OF.run(self.scope, of=patient_id).scalars())

    def replace(self, patient_id: str, rows: Iterable[StoredRow]) -> None:
        """All rows of one patient; comes with every write, so that it reads nothing first."""
        self.scope.allows(patient_id)
        self.scope.session.flush()  # a row names an infusion that may just have been added
        connection, clinic_id = self.scope.connection, self.scope.clinic_id
        connection.execute(_DELETE, {"of_clinic": clinic_id, "of_patient": patient_id})
        added = [
            {
                "clinic_id": clinic_id,
                "patient_id": patient_id,
                "infusion_id": row.infusion_id,
                "listed_from": row.listed_from,
                "silent_from": row.silent_from,
                "row": row.text,
            }
            for row in rows
        ]
        if added:
            connection.execute(_INSERT, added)
