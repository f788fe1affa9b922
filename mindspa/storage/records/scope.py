"""Whose rows a unit of work may see: one clinic's and, for a patient, their own only.

The filter is not left to each query: a hook adds it to every ORM select of the session.
"""

from dataclasses import dataclass

from sqlalchemy import bindparam, column, event
from sqlalchemy.orm import ORMExecuteState, Session, with_loader_criteria
from sqlmodel import SQLModel, col

from mindspa.domain.errors import NotFound
from mindspa.storage.tables import AuditEventRow, ClinicOwned, PatientOwned, PatientRow

# A criterion on a mixin is first tried on the mixin itself, where SQLModel leaves no attribute.
ClinicOwned.clinic_id = column("clinic_id")  # type: ignore[assignment]
PatientOwned.patient_id = column("patient_id")  # type: ignore[assignment]

_CLINIC, _PATIENT = "scope_clinic_id", "scope_patient_id"  # what the criteria below are given
_SCOPE = "scope"  # where a session keeps the values of both

# Made once, the same for every session: making them for a query costs as much as a short query.
# SQLAlchemy takes a lambda apart: the names must stand in it.
_OF_CLINIC = (
    with_loader_criteria(
        ClinicOwned,
        lambda cls: cls.clinic_id == bindparam("scope_clinic_id"),
        include_aliases=True,
        track_closure_variables=False,
    ),
    with_loader_criteria(AuditEventRow, col(AuditEventRow.clinic_id) == bindparam(_CLINIC)),
)
_OF_PATIENT = (
    *_OF_CLINIC,
    with_loader_criteria(
        PatientOwned,
        lambda cls: cls.patient_id == bindparam("scope_patient_id"),
        include_aliases=True,
        track_closure_variables=False,
    ),
    with_loader_criteria(PatientRow, col(PatientRow.id) == bindparam(_PATIENT)),
)


@event.listens_for(Session, "do_orm_execute")
def _only_own_rows(state: ORMExecuteState) -> None:
    values = state.session.info.get(_SCOPE)
    if values is None or not state.is_select:
        return
    if state.is_column_load or state.is_relationship_load:
        return
    state.statement = state.statement.options(*(_OF_PATIENT if _PATIENT in values else _OF_CLINIC))
    state.parameters = {**(state.parameters or {}), **values}  # type: ignore[dict-item]


@dataclass(frozen=True, slots=True)
class Scope:
    session: Session
    clinic_id: str
    patient_id: str | None  # None: every patient of the clinic

    def __post_init__(self) -> None:
        values = {_CLINIC: self.clinic_id}
        if self.patient_id is not None:
            values[_PATIENT] = self.patient_id
        self.session.info[_SCOPE] = values

    def allows(self, patient_id: str) -> None:
        """Raises for a write about somebody outside the scope."""
        if self.patient_id is not None and patient_id != self.patient_id:
            raise NotFound("There is no such record.")

    def add(self, row: SQLModel) -> None:
        patient_id = getattr(row, "patient_id", None)
        if isinstance(row, PatientOwned) and patient_id is not None:
            self.allows(patient_id)
        self.session.add(row)
