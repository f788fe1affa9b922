"""Codes for the clinic's tablets, as staff issue them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session
from sqlmodel import SQLModel, col

from mindspa.storage.records.scope import Scope
from mindspa.storage.tables import ClinicRow
from mindspa.storage.tablet_tables import TabletCodeRow

_codes = SQLModel.metadata.tables["tablet_codes"]


def one_after_the_other(session: Session, clinic_id: str) -> None:
    """Whoever issues or enters a code of the clinic. Not so strong as to hold up those who only
    refer to the clinic."""
    session.execute(
        select(col(ClinicRow.id))
        .where(col(ClinicRow.id) == clinic_id)
        .with_for_update(key_share=True)
    )


@dataclass(frozen=True, slots=True)
class TabletCodes:
    scope: Scope

    def hold(self) -> None:
        """Before any of the others here."""
        one_after_the_other(self.scope.session, self.scope.clinic_id)

    def waiting(self, *, now: datetime) -> set[str]:
        """Digests of those of the clinic that can still be entered. What ran out is put away: its
        digits can be given again."""
        self.scope.session.execute(
            update(TabletCodeRow)
            .where(
                col(TabletCodeRow.clinic_id) == self.scope.clinic_id,
                col(TabletCodeRow.spent_at).is_(None),
                col(TabletCodeRow.ended_at).is_(None),
                col(TabletCodeRow.expires_at) <= now,
            )
            .values(ended_at=now)
        )
        return set(
            self.scope.session.scalars(
                select(col(TabletCodeRow.code_digest)).where(
                    col(TabletCodeRow.spent_at).is_(None), col(TabletCodeRow.ended_at).is_(None)
                )
            )
        )

    def end_all_of(self, patient_id: str, *, at: datetime) -> None:
        """A code that waits, and a visit on any tablet."""
        self.scope.allows(patient_id)
        self.scope.session.execute(
            update(TabletCodeRow)
            .where(
                col(TabletCodeRow.clinic_id) == self.scope.clinic_id,
                col(TabletCodeRow.patient_id) == patient_id,
                col(TabletCodeRow.ended_at).is_(None),
            )
            .values(ended_at=at)
        )

    def add(
        self,
        code_id: str,
        patient_id: str,
        check_in_id: str,
        *,
        code_digest: str,
        at: datetime,
        by: str,
        expires_at: datetime,
    ) -> None:
        self.scope.insert(
            _codes,
            {
                "id": code_id,
                "patient_id": patient_id,
                "check_in_id": check_in_id,
                "code_digest": code_digest,
                "issued_at": at,
                "issued_by": by,
                "expires_at": expires_at,
            },
        )
