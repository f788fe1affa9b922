"""The rows of the tables on the page of hours and rota, as the browser sends them, made into a
plan."""

from collections.abc import Mapping, Sequence
from datetime import date, time
from typing import Any

from mindspa.domain.duty import DutyPlan, Holiday, OpenHours, Shift
from mindspa.domain.errors import InvalidInput

Row = dict[str, Any]


def edited(rows: Sequence[Row], changes: Mapping[str, Any]) -> list[Row]:
    """The rows that a table holds now: the browser says what was changed in those that it was
    given, by their places."""
    found = {place: dict(row) for place, row in enumerate(rows)}
    for place, changed in changes.get("edited_rows", {}).items():
        if int(place) not in found:
            raise InvalidInput("The table has changed meanwhile. Load the page again.")
        found[int(place)] |= changed
    for place in changes.get("deleted_rows", []):
        found.pop(place, None)
    return [*found.values(), *(dict(row) for row in changes.get("added_rows", []))]


def plan_of(rows: Mapping[str, Sequence[Row]]) -> DutyPlan:
    """By the names of the tables. Only what has the wrong form is refused here: whether it can be
    is for the service to say."""
    return DutyPlan(
        hours=tuple(
            OpenHours(_weekday(row), _clock(row, "opens"), _clock(row, "closes"))
            for row in rows["hours"]
        ),
        holidays=tuple(Holiday(_day(row), _text(row, "name")) for row in rows["holidays"]),
        shifts=(
            *(_shift(row, weekday=_weekday(row)) for row in rows["weekly"]),
            *(_shift(row, day=_day(row)) for row in rows["dated"]),
        ),
        unreached_steps=tuple(_text(row, "step") for row in rows["steps"]),
    )


def _shift(row: Row, **when: Any) -> Shift:
    return Shift(
        _clock(row, "begins"),
        _clock(row, "ends"),
        _text(row, "first"),
        _text(row, "second") or None,
        on_holidays=row.get("on_holidays") is True,
        **when,
    )


def _weekday(row: Row) -> int:
    value = row.get("weekday")
    if type(value) is not int:
        raise InvalidInput("Choose the weekday in every row.")
    return value


def _text(row: Row, name: str) -> str:
    value = row.get(name)
    return value if isinstance(value, str) else ""


def _clock(row: Row, name: str) -> time:
    """A time as it was stored, or as the browser writes one: "09:00:00.000"."""
    value = row.get(name)
    if isinstance(value, time):
        return value
    try:
        return time.fromisoformat(str(value)).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError:
        raise InvalidInput("Give both times in every row, such as 09:00.") from None


def _day(row: Row) -> date:
    value = row.get("day")
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        raise InvalidInput("Give the day in every row.") from None
