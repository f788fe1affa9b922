"""Opening hours, holidays and rota of a clinic, as they were written down. Rows are only added."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, time
from typing import Any

from sqlalchemy import desc
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel

from mindspa.domain.duty import DutyPlan, Holiday, OpenHours, Shift
from mindspa.domain.errors import Stale
from mindspa.storage.alert_tables import DutyPlanRow
from mindspa.storage.records.scope import Prepared, Scope

_plans = SQLModel.metadata.tables["duty_plans"]
_LAST = Prepared(
    lambda filtered: filtered(_plans.select().order_by(desc(_plans.c.number)).limit(1))
)
CHANGED_MEANWHILE = "Somebody changed hours or rota meanwhile. Look at them and repeat."


@dataclass(slots=True)
class DutyPlans:
    """Read once a unit of work: an alert, whom it is told to and the help beside it all ask."""

    scope: Scope
    _last: DutyPlan | None = field(default=None, init=False)

    def last(self) -> DutyPlan:
        """The one in force; an empty one where nothing was written down yet."""
        if self._last is None:
            self._last = self._stored()
        return self._last

    def _stored(self) -> DutyPlan:
        row = _LAST.run(self.scope).one_or_none()
        if row is None:
            return DutyPlan()
        return DutyPlan(
            **_read(row.content),
            number=row.number,
            written_by=row.written_by,
            written_by_name=row.written_by_name,
            written_at=row.written_at,
        )

    def add(self, plan: DutyPlan) -> None:
        """Stale when that number exists already: somebody else was quicker."""
        assert plan.written_at is not None
        self._last = None
        self.scope.add(
            DutyPlanRow(
                clinic_id=self.scope.clinic_id,
                number=plan.number,
                content=_content(plan),
                written_by=plan.written_by,
                written_by_name=plan.written_by_name,
                written_at=plan.written_at,
            )
        )
        try:
            self.scope.session.flush()
        except IntegrityError as error:
            raise Stale(CHANGED_MEANWHILE) from error


def _content(plan: DutyPlan) -> dict[str, Any]:
    return {
        "hours": [_texts(asdict(each)) for each in plan.hours],
        "holidays": [_texts(asdict(each)) for each in plan.holidays],
        "shifts": [_texts(asdict(each)) for each in plan.shifts],
        "unreached_steps": list(plan.unreached_steps),
    }


def _texts(value: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: each.isoformat() if isinstance(each, (time, date)) else each
        for key, each in value.items()
    }


def _read(content: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "hours": tuple(
            OpenHours(each["weekday"], _time(each["opens"]), _time(each["closes"]))
            for each in content["hours"]
        ),
        "holidays": tuple(
            Holiday(date.fromisoformat(each["day"]), each["name"]) for each in content["holidays"]
        ),
        "shifts": tuple(_shift(each) for each in content["shifts"]),
        "unreached_steps": tuple(content["unreached_steps"]),
    }


def _shift(each: Mapping[str, Any]) -> Shift:
    day = each["day"]
    times = {"begins": _time(each["begins"]), "ends": _time(each["ends"])}
    return Shift(**{**each, **times, "day": date.fromisoformat(day) if day else None})


def _time(text: str) -> time:
    return time.fromisoformat(text)
