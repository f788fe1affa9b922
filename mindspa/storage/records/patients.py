"""Patients and what the panel shows of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, update
from sqlmodel import SQLModel, col, select

from mindspa.domain.errors import NotFound
from mindspa.domain.treatment import Patient, PatientStatus
from mindspa.storage.records.scope import Scope
from mindspa.storage.records.stored import Stored, columns_of
from mindspa.storage.tables import PatientRow, PatientSummaryRow

_PATIENT = Stored(
    Patient,
    PatientRow,
    status=PatientStatus,
    indications=lambda words: frozenset(words.split()),
)
_patients = SQLModel.metadata.tables["patients"]
_summaries = SQLModel.metadata.tables["patient_summaries"]
_NO_PATIENT = "There is no such patient in your clinic."


def _of(patient_id: str) -> Select[*tuple[Any, ...]]:
    return _PATIENT.select().where(PatientRow.id == patient_id)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Patients:
    scope: Scope

    def get(self, patient_id: str) -> Patient:
        return self._found(_of(patient_id))

    def lock(self, patient_id: str) -> Patient:
        """The patient, whom no other unit can write about until this one ends."""
        return self._found(_of(patient_id).with_for_update())

    def all(self) -> list[Patient]:
        return _PATIENT.read(self.scope.session, _PATIENT.select().order_by(PatientRow.id))

    def from_source(self, source: str, source_id: str) -> Patient | None:
        return _PATIENT.first(
            self.scope.session,
            _PATIENT.select().where(
                PatientRow.source == source,  # type: ignore[arg-type]
                PatientRow.source_id == source_id,  # type: ignore[arg-type]
            ),
        )

    def add(self, patient: Patient) -> None:
        self.scope.allows(patient.id)
        self.scope.session.add(
            PatientRow(
                clinic_id=self.scope.clinic_id,
                **columns_of(patient, indications=" ".join(sorted(patient.indications))),
            )
        )
        self.scope.session.flush()  # what follows refers to it

    def save_status(self, patient_id: str, status: PatientStatus) -> None:
        self._row(patient_id).status = status

    def touch(self, patient_id: str) -> None:
        """A further version of the record: whatever was kept of the one before is out of date."""
        self.scope.session.execute(
            update(_patients)
            .where(_patients.c.clinic_id == self.scope.clinic_id, _patients.c.id == patient_id)
            .values(record_version=_patients.c.record_version + 1)
        )

    def versions(self) -> int:
        """Of all records in sight together: grows with every write about any of these patients."""
        total = self.scope.session.scalar(select(func.sum(PatientRow.record_version)))
        return int(total or 0)

    def save_summary(self, patient_id: str, version: str, summary: Mapping[str, Any]) -> None:
        clinic_id, values = self.scope.clinic_id, {"summary": dict(summary)}
        # Neither this nor `touch` reads the row first: both come with every write.
        replaced = self.scope.session.connection().execute(
            update(_summaries)
            .where(_summaries.c.clinic_id == clinic_id, _summaries.c.patient_id == patient_id)
            .values(definitions_version=version, **values)
        )
        if replaced.rowcount == 0:
            self.scope.add(
                PatientSummaryRow(
                    clinic_id=clinic_id,
                    patient_id=patient_id,
                    definitions_version=version,
                    **values,
                )
            )

    def summaries(self, version: str) -> dict[str, Mapping[str, Any]]:
        """By patient id; those that were made with other definitions are left out."""
        return {
            row.patient_id: row.summary
            for row in self.scope.session.scalars(
                select(PatientSummaryRow).where(PatientSummaryRow.definitions_version == version)
            )
        }

    def waiting(self, version: str) -> dict[str, tuple[int, Mapping[str, str]]]:
        """Two fields of `summaries`, without reading the rest: how many alerts are open, and which
        infusions wait for follow-up from when."""
        summary = col(PatientSummaryRow.summary)
        rows = self.scope.session.execute(
            select(
                PatientSummaryRow.patient_id,
                summary["open_alerts"].as_integer(),
                summary["waiting"],
            ).where(PatientSummaryRow.definitions_version == version)
        )
        return {patient_id: (alerts, waiting) for patient_id, alerts, waiting in rows}

    def with_old_summaries(self, version: str) -> list[str]:
        """Ids of patients who have no summary made with these definitions."""
        current = select(PatientSummaryRow.patient_id).where(
            PatientSummaryRow.definitions_version == version
        )
        return list(
            self.scope.session.scalars(
                select(PatientRow.id)
                .where(PatientRow.id.not_in(current))  # type: ignore[attr-defined]
                .order_by(PatientRow.id)
            )
        )

    def _found(self, query: Select[*tuple[Any, ...]]) -> Patient:
        patient = _PATIENT.first(self.scope.session, query)
        if patient is None:
            raise NotFound(_NO_PATIENT)
        return patient

    def _row(self, patient_id: str) -> PatientRow:
        row = self.scope.session.scalars(
            select(PatientRow).where(PatientRow.id == patient_id)
        ).first()
        if row is None:
            raise NotFound(_NO_PATIENT)
        return row
