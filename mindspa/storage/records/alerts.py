"""Safety alerts and requests for a call."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import or_, select

from mindspa.domain.errors import NotFound
from mindspa.domain.safety import Alert, AlertState, Tier
from mindspa.storage.records.scope import Scope
from mindspa.storage.records.stored import Stored, columns_of
from mindspa.storage.tables import AlertRow, ContactRequestRow

_ALERT = Stored(
    Alert,
    AlertRow,
    tier=Tier,
    state=AlertState,
    item=lambda item: item or None,
    value=lambda value: None if value == -1 else value,
)
_NO_ALERT = "There is no such alert in your clinic."


def _columns(alert: Alert) -> dict[str, Any]:
    return columns_of(
        alert, item=alert.item or "", value=-1 if alert.value is None else alert.value
    )


@dataclass(frozen=True, slots=True)
class Alerts:
    scope: Scope

    def of_many(self, patient_ids: Iterable[str]) -> list[Alert]:
        """All of them, closed and historic ones too, in order of raising."""
        return _ALERT.read(
            self.scope.session,
            _ALERT.select()
            .where(AlertRow.patient_id.in_(sorted(set(patient_ids))))  # type: ignore[attr-defined]
            .order_by(AlertRow.raised_at),  # type: ignore[arg-type]
        )

    def open_patients(self) -> list[str]:
        """Ids of patients with an open alert that has a clock."""
        return list(
            self.scope.session.scalars(
                select(AlertRow.patient_id)
                .where(AlertRow.state == AlertState.OPEN, AlertRow.historic.is_(False))  # type: ignore[attr-defined]
                .distinct()
            )
        )

    def get(self, alert_id: str) -> Alert:
        found = _ALERT.first(self.scope.session, _ALERT.select().where(AlertRow.id == alert_id))  # type: ignore[arg-type]
        if found is None:
            raise NotFound(_NO_ALERT)
        return found

    def add_once(self, alert: Alert) -> bool:
        """False when the same answer raised it before. Chosen again after that alert was closed, it
        is another: nobody has assessed it yet."""
        origin = alert.check_in_id or alert.form_id
        assert origin is not None, "an alert comes from a check-in or a form"
        columns = _columns(alert)
        known = self.scope.session.scalars(
            select(AlertRow.id).where(
                AlertRow.origin == origin,
                AlertRow.rule == alert.rule,
                AlertRow.item == columns["item"],
                AlertRow.value == columns["value"],
                or_(AlertRow.state == AlertState.OPEN, AlertRow.closed_at >= alert.answered_at),  # type: ignore[operator]
            )
        ).first()
        if known is not None:
            return False
        self.scope.add(AlertRow(clinic_id=self.scope.clinic_id, origin=origin, **columns))
        return True

    def close(self, alert: Alert, *, note: str) -> None:
        self._row(alert.id).sqlmodel_update(_columns(alert) | {"note": note})

    def ask_for_call(
        self, request_id: str, patient_id: str, *, at: datetime, check_in_id: str | None = None
    ) -> bool:
        """False when it was asked before: once a check-in, however often it is chosen, and outside
        one while no other request is waiting."""
        query = select(ContactRequestRow.id).where(ContactRequestRow.patient_id == patient_id)
        if check_in_id is None:
            query = query.where(ContactRequestRow.done_at.is_(None))  # type: ignore[union-attr]
        else:
            query = query.where(ContactRequestRow.check_in_id == check_in_id)
        if self.scope.session.scalars(query).first() is not None:
            return False
        self.scope.add(
            ContactRequestRow(
                clinic_id=self.scope.clinic_id,
                patient_id=patient_id,
                id=request_id,
                asked_at=at,
                check_in_id=check_in_id,
            )
        )
        return True

    def call_asked_at(self, patient_id: str) -> datetime | None:
        """When this patient first asked for a call that has not happened yet."""
        return self.scope.session.scalars(
            select(ContactRequestRow.asked_at)
            .where(
                ContactRequestRow.patient_id == patient_id,
                ContactRequestRow.done_at.is_(None),  # type: ignore[union-attr]
            )
            .order_by(ContactRequestRow.asked_at)  # type: ignore[arg-type]
            .limit(1)
        ).first()

    def end_call_requests(
        self, patient_id: str, *, asked_until: datetime, at: datetime, by: str
    ) -> int:
        """How many were waiting."""
        waiting = self.scope.session.scalars(
            select(ContactRequestRow).where(
                ContactRequestRow.patient_id == patient_id,
                ContactRequestRow.done_at.is_(None),  # type: ignore[union-attr]
                ContactRequestRow.asked_at <= asked_until,
            )
        ).all()
        for row in waiting:
            row.done_at, row.done_by = at, by
        return len(waiting)

    def _row(self, alert_id: str) -> AlertRow:
        row = self.scope.session.scalars(select(AlertRow).where(AlertRow.id == alert_id)).first()
        if row is None:
            raise NotFound(_NO_ALERT)
        return row
