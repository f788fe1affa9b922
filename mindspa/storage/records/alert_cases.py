"""The cases that the team handles, and every step of each. Steps are only added."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import bindparam, func, select, text
from sqlmodel import SQLModel

from mindspa.domain.alert_cases import AlertCase, CaseEvent, CaseState, Step, Waiting
from mindspa.domain.errors import NotFound
from mindspa.domain.safety import Tier
from mindspa.storage.alert_tables import NOT_CLOSED, AlertCaseRow, AlertEventRow
from mindspa.storage.records.scope import Prepared, Scope, is_id
from mindspa.storage.records.stored import Stored, columns_of
from mindspa.storage.types import UtcInstant

_CASE = Stored(AlertCase, AlertCaseRow, tier=Tier, state=CaseState)
_EVENT = Stored(CaseEvent, AlertEventRow, step=Step, tier=Tier)
_cases, _events = (SQLModel.metadata.tables[name] for name in ("alert_cases", "alert_events"))
_open = text(f"alert_cases.{NOT_CLOSED}")
_ONE = _CASE.prepared(_cases.c.id == bindparam("one"))
_OPEN_OF = _CASE.prepared(_open, _cases.c.patient_id == bindparam("of"))  # type: ignore[arg-type]
_OPEN = _CASE.prepared(_open, order_by=[_cases.c.opened_at, _cases.c.id])  # type: ignore[arg-type]
_OF = _CASE.prepared(_cases.c.patient_id == bindparam("of"), order_by=[_cases.c.opened_at])
_CLOSED_SINCE = _CASE.prepared(
    _cases.c.state == CaseState.CLOSED,
    _cases.c.opened_at >= bindparam("since", type_=UtcInstant),
    order_by=[_cases.c.opened_at.desc(), _cases.c.id],
)
_STEPS = _EVENT.prepared(_events.c.case_id == bindparam("case"), order_by=[_events.c.number])
_WAITING = Prepared(
    lambda filtered: filtered(
        select(_cases.c.id)
        .where(_open, _cases.c.next_at <= bindparam("now", type_=UtcInstant))
        .order_by(_cases.c.next_at)
    )
)
_COUNT = Prepared(
    lambda filtered: filtered(
        select(
            func.count(),
            func.count().filter(_cases.c.tier == Tier.IMMEDIATE),
            func.count().filter(_cases.c.due_at <= bindparam("now", type_=UtcInstant)),
        )
        .select_from(_cases)
        .where(_open)
    )
)


@dataclass(frozen=True, slots=True)
class AlertCases:
    scope: Scope
    _written: dict[str, AlertCase] = field(default_factory=dict)  # as they stand in this unit

    def get(self, case_id: str) -> AlertCase:
        if case_id in self._written:
            return self._written[case_id]
        found = _CASE.run(_ONE, self.scope, one=case_id) if is_id(case_id) else []
        if not found:
            raise NotFound("There is no such alert in your clinic.")
        return found[0]

    def open_of(self, patient_id: str) -> AlertCase | None:
        return next(iter(_CASE.run(_OPEN_OF, self.scope, of=patient_id)), None)

    def open(self) -> list[AlertCase]:
        """The oldest first."""
        return _CASE.run(_OPEN, self.scope)

    def of(self, patient_id: str) -> list[AlertCase]:
        """Open and closed ones, the oldest first."""
        return _CASE.run(_OF, self.scope, of=patient_id)

    def closed_since(self, since: datetime) -> list[AlertCase]:
        """Opened since then and closed, the newest first."""
        return _CASE.run(_CLOSED_SINCE, self.scope, since=since)

    def waiting(self, *, now: datetime) -> list[str]:
        """Ids of those for which time alone has something to do."""
        return list(_WAITING.run(self.scope, now=now).scalars())

    def counts(self, *, now: datetime) -> Waiting:
        return Waiting(*_COUNT.run(self.scope, now=now).one())

    def steps(self, case_id: str) -> list[CaseEvent]:
        """In order."""
        return _EVENT.run(_STEPS, self.scope, case=case_id)

    def add(self, case: AlertCase) -> None:
        self.scope.insert(_cases, columns_of(case))
        self._written[case.id] = case

    def save(self, case: AlertCase) -> None:
        self.scope.allows(case.patient_id)
        self.scope.session.flush()
        self.scope.connection.execute(
            _cases.update().where(
                _cases.c.clinic_id == self.scope.clinic_id, _cases.c.id == case.id
            ),
            columns_of(case),
        )
        self._written[case.id] = case

    def add_steps(self, events: Iterable[CaseEvent]) -> None:
        if rows := [columns_of(event) for event in events]:
            self.scope.insert(_events, *rows)
