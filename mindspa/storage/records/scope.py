"""Whose rows a unit of work may see: one clinic's and, for a patient, their own only.

The filter is not left to each query: a hook adds it to every ORM select of the session, and
`Prepared` to each that is made beforehand.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    Connection,
    CursorResult,
    Executable,
    Insert,
    Select,
    Table,
    bindparam,
    column,
    event,
    insert,
)
from sqlalchemy.orm import ORMExecuteState, Session, with_loader_criteria
from sqlalchemy.sql.selectable import Join, NamedFromClause
from sqlmodel import SQLModel, col

from mindspa.domain.errors import NotFound
from mindspa.storage import all_tables
from mindspa.storage.audit_tables import AuditEventRow
from mindspa.storage.tables import (
    ID_LENGTH,
    ClinicOwned,
    PatientOwned,
    PatientRow,
)

assert all_tables.MODULES, "every table is declared before the mixins are changed"
# A criterion on a mixin is first tried on the mixin itself, where SQLModel leaves no attribute.
ClinicOwned.clinic_id = column("clinic_id")  # type: ignore[assignment]
PatientOwned.patient_id = column("patient_id")  # type: ignore[assignment]

_CLINIC, _PATIENT = "scope_clinic_id", "scope_patient_id"  # what the criteria below are given
Query = Select[*tuple[Any, ...]]
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


@cache
def _insert(table: Table) -> Insert:
    return insert(table)


@event.listens_for(Session, "do_orm_execute")
def _only_own_rows(state: ORMExecuteState) -> None:
    values = state.session.info.get(_SCOPE)
    if values is None or not state.is_select:
        return
    if state.is_column_load or state.is_relationship_load:
        return
    state.statement = state.statement.options(*(_OF_PATIENT if _PATIENT in values else _OF_CLINIC))
    state.parameters = {**(state.parameters or {}), **values}  # type: ignore[dict-item]


def is_id(given: object) -> bool:
    """Whether any record could have it: an address may hold what no database takes."""
    return (
        isinstance(given, str)
        and len(given) <= ID_LENGTH
        and given.isascii()
        and given.isprintable()
    )


@dataclass(frozen=True, slots=True)
class Scope:
    """`changed`: by patient, from when on an answer or the plan is not as it was before.
    `connection`: the session's, which asking the session for costs as much as a short query."""

    session: Session
    clinic_id: str
    patient_id: str | None  # None: every patient of the clinic
    changed: dict[str, datetime] = field(default_factory=dict)
    connection: Connection = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "connection", self.session.connection())
        values = {_CLINIC: self.clinic_id}
        if self.patient_id is not None:
            values[_PATIENT] = self.patient_id
        self.session.info[_SCOPE] = values

    def allows(self, patient_id: str) -> None:
        """Raises for a write about somebody outside the scope."""
        if self.patient_id is not None and patient_id != self.patient_id:
            raise NotFound("There is no such record.")

    def note_change(self, patient_id: str, since: datetime) -> None:
        self.changed[patient_id] = min(since, self.changed.get(patient_id, since))

    def insert(self, table: Table, *rows: dict[str, Any]) -> None:
        """Without a mapped row, which would cost several times as much: for what every check-in
        writes. `clinic_id` is put in."""
        for row in rows:
            if "patient_id" in table.c:
                self.allows(row["patient_id"])
            row["clinic_id"] = self.clinic_id
        self.session.flush()  # a row may name one that was just added
        self.connection.execute(_insert(table), list(rows))

    def add(self, row: SQLModel) -> None:
        patient_id = getattr(row, "patient_id", None)
        if isinstance(row, PatientOwned) and patient_id is not None:
            self.allows(patient_id)
        self.session.add(row)


class Prepared:
    """A query made once, in Core, which makes a short one six times as quick. `make` gets what
    filters each select that the query is made of. `of_staff`: it reads who works in the clinic, and
    that whoever the unit is for."""

    def __init__(
        self, make: Callable[[Callable[[Query], Query]], Executable], *, of_staff: bool = False
    ) -> None:
        self._of_clinic = make(_in_clinic)
        self._of_patient = self._of_clinic if of_staff else make(_in_patient)

    def run(self, scope: Scope, **parameters: Any) -> CursorResult[*tuple[Any, ...]]:
        scope.session.flush()  # a Core query does not, and may ask for what was just added
        values = scope.session.info[_SCOPE]
        return scope.connection.execute(
            self._of_patient if _PATIENT in values else self._of_clinic, {**parameters, **values}
        )


def _in_clinic(query: Query) -> Query:
    return query.where(*(table.c.clinic_id == bindparam(_CLINIC) for table in _tables(query)))


def _in_patient(query: Query) -> Query:
    return _in_clinic(query).where(
        *(
            (table.c.id if table.name == "patients" else table.c.patient_id) == bindparam(_PATIENT)
            for table in _tables(query)
            if table.name == "patients" or "patient_id" in table.c  # else the whole clinic's
        )
    )


def _tables(query: Query) -> list[NamedFromClause]:
    found, left = [], list(query.get_final_froms())
    while left:
        part = left.pop()
        if isinstance(part, Join):
            left += [part.left, part.right]
        else:
            assert isinstance(part, NamedFromClause), "a subquery is filtered where it is made"
            found.append(part)
    return found
