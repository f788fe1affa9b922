"""Hangs all of one record on another of the same person. Every table that names a patient is found
by itself, so that none is forgotten when one is added."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ScalarSelect, Table, delete, func, insert, select, update
from sqlmodel import SQLModel

from mindspa.storage.records.intake import Intakes
from mindspa.storage.records.scope import Scope
from mindspa.storage.records.stored import columns_of

# Made anew from the rest, of the record that stays.
MADE_ANEW = ("patient_summaries", "follow_up_rows")
# Follows from the rest, but for the version of the protocol that each was planned under.
PLANNED = "occasions"
# What their entries are numbered by is the patient's: those of both are numbered anew.
NUMBERED = "intake_entries"
_ACCOUNTS = "people"
_BEGINNING = datetime(1900, 1, 1, tzinfo=UTC)


def tables_of_patients() -> list[Table]:
    return [
        table
        for table in SQLModel.metadata.sorted_tables
        if "patient_id" in table.c and table.name != _ACCOUNTS
    ]


@dataclass(frozen=True, slots=True)
class Merging:
    """The caller has locked both patients."""

    scope: Scope

    def counts(self, patient_id: str) -> Mapping[str, int]:
        """How many rows there are to be moved, by table; those that have some."""
        kept = [t for t in tables_of_patients() if t.name not in (*MADE_ANEW, PLANNED)]
        found = self.scope.connection.execute(
            select(*(self._count(table, patient_id) for table in kept))
        )
        counted = zip(kept, found.one(), strict=True)
        return {table.name: count for table, count in counted if count}

    def _count(self, table: Table, patient_id: str) -> ScalarSelect[int]:
        return (
            select(func.count())
            .where(table.c.clinic_id == self.scope.clinic_id, table.c.patient_id == patient_id)
            .scalar_subquery()
        )

    def move_all(self, patient_id: str, *, to: str) -> None:
        session = self.scope.session
        session.flush()
        connection = self.scope.connection
        self._number_entries(patient_id, to)
        for table in tables_of_patients():
            of_it = (table.c.clinic_id == self.scope.clinic_id, table.c.patient_id == patient_id)
            if table.name in MADE_ANEW:
                connection.execute(delete(table).where(*of_it))
            else:
                connection.execute(update(table).where(*of_it).values(patient_id=to))
        session.expire_all()  # what was read before names the other patient
        for one in (patient_id, to):
            Intakes(self.scope).note_status(Intakes(self.scope).of(one))
        self.scope.note_change(to, _BEGINNING)

    def _number_entries(self, patient_id: str, to: str) -> None:
        """In the order in which they were made."""
        mine, theirs = (Intakes(self.scope).of(one) for one in (to, patient_id))
        table = SQLModel.metadata.tables[NUMBERED]
        connection = self.scope.connection
        connection.execute(
            delete(table).where(
                table.c.clinic_id == self.scope.clinic_id,
                table.c.patient_id.in_([patient_id, to]),
            )
        )
        numbers: dict[str, int] = {}
        for entry in sorted((*mine.entries, *theirs.entries), key=lambda e: (e.at, e.revision)):
            numbers[entry.field] = numbers.get(entry.field, 0) + 1
            connection.execute(
                insert(table).values(
                    clinic_id=self.scope.clinic_id,
                    **columns_of(entry, patient_id=to, revision=numbers[entry.field]),
                )
            )

    def move_account(self, patient_id: str, *, to: str, at: datetime) -> bool:
        """Whether there is one that opens nothing any more, because the other record has its own.
        Staff who are patients as well keep their work."""
        people, sessions = (SQLModel.metadata.tables[name] for name in (_ACCOUNTS, "sessions"))
        of_clinic = people.c.clinic_id == self.scope.clinic_id
        connection = self.scope.connection
        mine = connection.execute(
            select(people.c.id).where(of_clinic, people.c.patient_id == to)
        ).first()
        theirs = connection.execute(
            select(people.c.id, people.c.roles).where(of_clinic, people.c.patient_id == patient_id)
        ).first()
        if theirs is None:
            return False
        if mine is None:
            values: dict[str, object] = {"patient_id": to}
        elif others := [role for role in theirs.roles.split() if role != "patient"]:
            values = {"roles": " ".join(others), "patient_id": None}
        else:
            values = {"active": False}
        connection.execute(update(people).where(of_clinic, people.c.id == theirs.id).values(values))
        if mine is None:
            return False
        connection.execute(
            update(sessions)
            .where(
                sessions.c.clinic_id == self.scope.clinic_id,
                sessions.c.person_id == theirs.id,
                sessions.c.ended_at.is_(None),
            )
            .values(ended_at=at)
        )
        return True
