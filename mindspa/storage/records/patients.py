"""Patients and what the panel shows of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Text, bindparam, cast, exists, func, select, update
from sqlmodel import SQLModel

from mindspa.domain.errors import NotFound
from mindspa.domain.intake import Status
from mindspa.domain.treatment import Patient, PatientStatus
from mindspa.storage.records.scope import Prepared, Scope, is_id
from mindspa.storage.records.stored import Stored, columns_of
from mindspa.storage.summary_tables import PatientSummaryRow
from mindspa.storage.tables import PatientRow

PATIENT = Stored(
    Patient,
    PatientRow,
    status=PatientStatus,
    indications=lambda words: frozenset(words.split()),
    intake=Status,
)
_patients = SQLModel.metadata.tables["patients"]
_summaries = SQLModel.metadata.tables["patient_summaries"]
_NO_PATIENT = "There is no such patient in your clinic."

_ONE = PATIENT.prepared(_patients.c.id == bindparam("one"))
_ALL = PATIENT.prepared(order_by=[_patients.c.id])
_BORN_ON = PATIENT.prepared(_patients.c.born_on == bindparam("day"))
_OF_MANY = PATIENT.prepared(_patients.c.id.in_(bindparam("of", expanding=True)))
_MERGED_INTO = PATIENT.prepared(
    _patients.c.merged_into == bindparam("into"), order_by=[_patients.c.merged_at]
)
_people = SQLModel.metadata.tables["people"]
_NAMES = Prepared(
    lambda filtered: filtered(
        select(_people.c.id, _people.c.name).where(
            _people.c.id.in_(bindparam("of", expanding=True))
        )
    )
)
_LOCKED = Prepared(
    lambda filtered: filtered(
        select(*PATIENT.columns).where(_patients.c.id == bindparam("one")).with_for_update()
    )
)
_VERSIONS = Prepared(lambda filtered: filtered(select(func.sum(_patients.c.record_version))))
# As text: what they are made into reads it faster than a dictionary.
_SUMMARIES = Prepared(
    lambda filtered: filtered(
        select(_summaries.c.patient_id, cast(_summaries.c.summary, Text).label("summary")).where(
            _summaries.c.definitions_version == bindparam("version")
        )
    )
)
_WITH_OLD_SUMMARY = Prepared(
    lambda filtered: filtered(
        select(_patients.c.id)
        .where(
            ~exists().where(
                _summaries.c.clinic_id == _patients.c.clinic_id,
                _summaries.c.patient_id == _patients.c.id,
                _summaries.c.definitions_version == bindparam("version"),
            )
        )
        .order_by(_patients.c.id)
    )
)

# Both come with every write, and are made once for it.
_TOUCH = (
    update(_patients)
    .where(
        _patients.c.clinic_id == bindparam("of_clinic"), _patients.c.id == bindparam("of_patient")
    )
    .values(record_version=_patients.c.record_version + 1)
)
_REPLACE_SUMMARY = update(_summaries).where(
    _summaries.c.clinic_id == bindparam("of_clinic"),
    _summaries.c.patient_id == bindparam("of_patient"),
)


@dataclass(frozen=True, slots=True)
class Patients:
    scope: Scope

    def get(self, patient_id: str) -> Patient:
        return self._found(_ONE, patient_id)

    def lock(self, patient_id: str) -> Patient:
        """The patient, whom no other unit can write about until this one ends."""
        return self._found(_LOCKED, patient_id)

    def all(self) -> list[Patient]:
        return PATIENT.run(_ALL, self.scope)

    def from_source(self, source: str, source_id: str) -> Patient | None:
        """Of a record that was merged into another, that other."""
        found = PATIENT.first(
            self.scope.session,
            PATIENT.select().where(
                PatientRow.source == source,  # type: ignore[arg-type]
                PatientRow.source_id == source_id,  # type: ignore[arg-type]
            ),
        )
        while found is not None and found.merged_into is not None:
            found = self.get(found.merged_into)
        return found

    def add(self, patient: Patient) -> None:
        self.scope.allows(patient.id)
        self.scope.session.add(
            PatientRow(
                clinic_id=self.scope.clinic_id,
                **columns_of(patient, indications=" ".join(sorted(patient.indications))),
            )
        )
        self.scope.session.flush()  # what follows refers to it

    def find(self, patient_id: str) -> Patient | None:
        return next(iter(PATIENT.run(_ONE, self.scope, one=patient_id)), None)

    def of_many(self, patient_ids: Iterable[str]) -> list[Patient]:
        return PATIENT.run(_OF_MANY, self.scope, of=sorted(patient_ids))

    def merged_into(self, patient_id: str) -> list[Patient]:
        """Second records of the same person, which are closed."""
        return PATIENT.run(_MERGED_INTO, self.scope, into=patient_id)

    def close(self, patient_id: str, *, into: str, at: datetime, by_name: str, reason: str) -> None:
        row = self._row(patient_id)
        row.merged_into, row.merged_at = into, at
        row.merged_by, row.merge_reason = by_name, reason
        self.scope.session.flush()

    def names_of_people(self, person_ids: Iterable[str]) -> Mapping[str, str]:
        """Of those with an account in this clinic, by id."""
        found = _NAMES.run(self.scope, of=sorted(set(person_ids)))
        return {row.id: row.name for row in found}

    def born_on(self, day: date | None) -> list[Patient]:
        return PATIENT.run(_BORN_ON, self.scope, day=day)

    def save_details(self, patient: Patient) -> None:
        """All that a person can change of themselves: name, birth, zone, phone, indications."""
        row = self._row(patient.id)
        row.name, row.born_on, row.zone = patient.name, patient.born_on, patient.zone
        row.phone, row.voicemail = patient.phone, patient.voicemail
        row.indications = " ".join(sorted(patient.indications))
        self.scope.session.flush()

    def save_status(self, patient_id: str, status: PatientStatus) -> None:
        self._row(patient_id).status = status

    def touch(self, patient_id: str) -> None:
        """A further version of the record: whatever was kept of the one before is out of date."""
        self.scope.connection.execute(
            _TOUCH, {"of_clinic": self.scope.clinic_id, "of_patient": patient_id}
        )

    def versions(self) -> int:
        """Of all records in sight together: grows with every write about any of these patients."""
        return int(_VERSIONS.run(self.scope).scalar() or 0)

    def save_summary(self, patient_id: str, version: str, summary: Mapping[str, Any]) -> None:
        clinic_id, values = self.scope.clinic_id, {"summary": dict(summary)}
        # Neither this nor `touch` reads the row first: both come with every write.
        replaced = self.scope.connection.execute(
            _REPLACE_SUMMARY,
            {
                "of_clinic": clinic_id,
                "of_patient": patient_id,
                "definitions_version": version,
                **values,
            },
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

    def summaries(self, version: str) -> dict[str, str]:
        """JSON texts by patient id; those that were made with other definitions are left out."""
        found = _SUMMARIES.run(self.scope, version=version)
        return {row.patient_id: row.summary for row in found}

    def with_old_summaries(self, version: str) -> list[str]:
        """Ids of patients who have no summary made with these definitions."""
        return list(_WITH_OLD_SUMMARY.run(self.scope, version=version).scalars())

    def _found(self, query: Prepared, patient_id: str) -> Patient:
        if not is_id(patient_id):
            raise NotFound(_NO_PATIENT)
        found = PATIENT.run(query, self.scope, one=patient_id)
        if not found:
            raise NotFound(_NO_PATIENT)
        return found[0]

    def _row(self, patient_id: str) -> PatientRow:
        row = self.scope.session.scalars(
            select(PatientRow).where(PatientRow.id == patient_id)  # type: ignore[arg-type]
        ).first()
        if row is None:
            raise NotFound(_NO_PATIENT)
        return row
