"""How a domain value stands in a table: which columns hold its fields, and reading it back.

Values are read from columns. A mapped row for each of them would cost several times as much, and a
list reads thousands; rows are for what is written.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import fields
from functools import cache
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Row, Select, select
from sqlalchemy.orm import Session
from sqlmodel import SQLModel

from mindspa.storage.records.scope import Prepared, Scope

Value = TypeVar("Value")


class Stored(Generic[Value]):
    """`from_column`: what makes a field of its column, for those that do not hold it as it is."""

    def __init__(
        self, kind: type[Value], table: type[SQLModel], /, **from_column: Callable[[Any], Any]
    ) -> None:
        names = _names(kind)  # type: ignore[arg-type]
        self._kind = kind
        self._columns = [SQLModel.metadata.tables[str(table.__tablename__)].c[n] for n in names]
        # Made once: of many columns it costs as much as running it. Adding to it makes a copy.
        self._select = select(*(getattr(table, name) for name in names))
        self._made = [(names.index(name), make) for name, make in from_column.items()]

    def select(self) -> Select[*tuple[Any, ...]]:
        """Of the table's attributes, so that the scope filters it."""
        return self._select

    def prepared(
        self, *where: ColumnElement[bool], order_by: Iterable[Any] = (), limit: int | None = None
    ) -> Prepared:
        """For `run`. The conditions are of the table's columns, not of the class's attributes."""
        query = select(*self._columns).where(*where).order_by(*order_by).limit(limit)
        return Prepared(lambda filtered: filtered(query))

    @property
    def columns(self) -> Sequence[ColumnElement[Any]]:
        """Those that `value` makes a value of, in their order."""
        return self._columns

    def run(self, prepared: Prepared, scope: Scope, **parameters: Any) -> list[Value]:
        return [self.value(row) for row in prepared.run(scope, **parameters).all()]

    def value(self, row: Iterable[Any]) -> Value:
        cells = list(row)
        for place, make in self._made:
            cells[place] = make(cells[place])
        return self._kind(*cells)

    def read(self, session: Session, query: Select[*tuple[Any, ...]]) -> list[Value]:
        return list(self._values(session.execute(query)))

    def first(self, session: Session, query: Select[*tuple[Any, ...]]) -> Value | None:
        return next(self._values(session.execute(query)), None)

    def _values(self, rows: Iterable[Row[*tuple[Any, ...]]]) -> Iterator[Value]:
        return map(self.value, rows)


@cache
def _names(kind: type) -> tuple[str, ...]:
    """Of its fields; asked for once, because a list makes thousands of values."""
    return tuple(field.name for field in fields(kind))


def value_of(kind: type[Value], row: Any, **converted: Any) -> Value:
    """The domain value of one row: its fields by name, but for those converted here."""
    names = _names(kind)  # type: ignore[arg-type]
    plain = {name: getattr(row, name) for name in names if name not in converted}
    return kind(**plain, **converted)


def columns_of(value: Any, /, **converted: Any) -> dict[str, Any]:
    """The columns of a domain value: its fields by name, but for those converted here."""
    names = _names(type(value))  # type: ignore[arg-type]
    return {name: getattr(value, name) for name in names} | converted
