"""Safety alerts and requests for a call, a booster or an appointment."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import SQLModel, or_, select

from mindspa.domain.contacts import WaitingWish, Wish
from mindspa.domain.errors import NotFound
from mindspa.domain.safety import Alert, AlertState, Tier
from mindspa.storage.records.scope import Prepared, Scope, is_id
from mindspa.storage.records.stored import Stored, columns_of
from mindspa.storage.tables import AlertRow, ContactRequestRow
from mindspa.storage.types import AFTER_ALL, UtcInstant

_ALERT = Stored(
    Alert,
    AlertRow,
    tier=Tier,
    state=AlertState,
    item=lambda item: item or None,
    value=lambda value: None if value == -1 else value,
)
_alerts, _calls = (SQLModel.metadata.tables[name] for name in ("alerts", "contact_requests"))
_OF = _ALERT.prepared(
    _alerts.c.patient_id.in_(bindparam("of", expanding=True)), order_by=[_alerts.c.raised_at]
)
_WITH_CLOCK_OF = _ALERT.prepared(
    _alerts.c.patient_id == bindparam("of"),
    _alerts.c.historic.is_(False),
    order_by=[_alerts.c.raised_at],
)
_ONE = _ALERT.prepared(_alerts.c.id == bindparam("one"))
_HISTORIC = _ALERT.prepared(
    _alerts.c.state == AlertState.OPEN,
    _alerts.c.historic,
    order_by=[_alerts.c.source, _alerts.c.answered_at, _alerts.c.id],
)
_OF_CASES = _ALERT.prepared(
    _alerts.c.case_id.in_(bindparam("of", expanding=True)), order_by=[_alerts.c.raised_at]
)
_KNOWN = Prepared(
    lambda filtered: filtered(
        select(_alerts.c.id)
        .where(
            _alerts.c.origin == bindparam("origin"),
            _alerts.c.rule == bindparam("rule"),
            _alerts.c.item == bindparam("item"),
            _alerts.c.value == bindparam("value"),
            or_(
                _alerts.c.state == AlertState.OPEN,
                _alerts.c.closed_at >= bindparam("at", type_=UtcInstant),
            ),
        )
        .limit(1)
    )
)
_OPEN_PATIENTS = Prepared(
    lambda filtered: filtered(
        select(_alerts.c.patient_id)
        .where(_alerts.c.state == AlertState.OPEN, _alerts.c.historic.is_(False))
        .distinct()
    )
)
_WAITING = Prepared(
    lambda filtered: filtered(
        select(_calls.c.wish, _calls.c.asked_at, _calls.c.note)
        .where(_calls.c.patient_id == bindparam("of"), _calls.c.done_at.is_(None))
        .order_by(_calls.c.asked_at, _calls.c.id)
    )
)
_NO_ALERT = "There is no such alert in your clinic."


def _columns(alert: Alert) -> dict[str, Any]:
    return columns_of(
        alert, item=alert.item or "", value=-1 if alert.value is None else alert.value
    )


def _origin(alert: Alert) -> str:
    origin = alert.check_in_id or alert.form_id
    assert origin is not None, "an alert comes from a check-in or a form"
    return origin


@dataclass(frozen=True, slots=True)
class Alerts:
    scope: Scope

    def of_many(self, patient_ids: Iterable[str]) -> list[Alert]:
        """All of them, closed and historic ones too, in order of raising."""
        return _ALERT.run(_OF, self.scope, of=list(patient_ids))

    def with_clock_of(self, patient_id: str) -> list[Alert]:
        """Open and closed ones, in order of raising; none that an import found in old answers."""
        return _ALERT.run(_WITH_CLOCK_OF, self.scope, of=patient_id)

    def open_patients(self) -> list[str]:
        """Ids of patients with an open alert that has a clock."""
        return list(_OPEN_PATIENTS.run(self.scope).scalars())

    def get(self, alert_id: str) -> Alert:
        if not is_id(alert_id):
            raise NotFound(_NO_ALERT)
        found = _ALERT.run(_ONE, self.scope, one=alert_id)
        if not found:
            raise NotFound(_NO_ALERT)
        return found[0]

    def knows(self, alert: Alert, *, chosen_now: bool = False) -> bool:
        """Whether the same answer raised it before. Chosen again after that alert was closed, it is
        another: nobody has assessed it yet. `chosen_now` says so whatever the clock says, which may
        have been set back since the closing."""
        columns = _columns(alert)
        known = _KNOWN.run(
            self.scope,
            origin=_origin(alert),
            rule=alert.rule,
            item=columns["item"],
            value=columns["value"],
            # Only an open one is known to whoever chooses now: none was closed after all time.
            at=AFTER_ALL if chosen_now else alert.answered_at,
        )
        return known.first() is not None

    def add(self, alert: Alert) -> None:
        self.scope.insert(_alerts, _columns(alert) | {"origin": _origin(alert)})

    def of_cases(self, case_ids: Iterable[str]) -> list[Alert]:
        """In order of raising."""
        return _ALERT.run(_OF_CASES, self.scope, of=list(case_ids))

    def historic(self) -> list[Alert]:
        """What imports found in old answers and nobody has reviewed, by import."""
        return _ALERT.run(_HISTORIC, self.scope)

    def save(self, alert: Alert, *, note: str | None = None) -> None:
        """`note`: of a review; what is written of others stands with the steps of their case."""
        columns = _columns(alert) | ({} if note is None else {"note": note})
        self._row(alert.id).sqlmodel_update(columns)

    def mark_moved(self, alert_ids: Iterable[str], *, at: datetime) -> None:
        for alert_id in alert_ids:
            self._row(alert_id).moved_at = at

    def ask(
        self,
        request_id: str,
        patient_id: str,
        wish: Wish = Wish.CALL,
        *,
        at: datetime,
        note: str | None = None,
        check_in_id: str | None = None,
    ) -> bool:
        """False when it was asked before: once a check-in, however often it is chosen, and outside
        one while no other request of the kind is waiting."""
        query = select(ContactRequestRow.id).where(
            ContactRequestRow.patient_id == patient_id, ContactRequestRow.wish == wish
        )
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
                wish=wish,
                note=note,
                check_in_id=check_in_id,
            )
        )
        return True

    def wishes_of(self, patient_id: str) -> tuple[WaitingWish, ...]:
        """Those that wait, each kind once, in the order in which they were first asked."""
        found: dict[Wish, WaitingWish] = {}
        for row in _WAITING.run(self.scope, of=patient_id):
            wish = Wish(row.wish)
            found.setdefault(wish, WaitingWish(wish, row.asked_at, row.note))
        return tuple(found.values())

    def end_requests(
        self, patient_id: str, wish: Wish, *, asked_until: datetime, at: datetime, by: str
    ) -> int:
        """How many were waiting."""
        waiting = self.scope.session.scalars(
            select(ContactRequestRow).where(
                ContactRequestRow.patient_id == patient_id,
                ContactRequestRow.wish == wish,
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
