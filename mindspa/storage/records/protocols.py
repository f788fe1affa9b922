"""The versions of a clinic's protocol. Rows are only added."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel, col

from mindspa.domain.errors import Stale
from mindspa.domain.protocol_versions import Choices, ProtocolVersion
from mindspa.storage.protocol_tables import ProtocolVersionRow
from mindspa.storage.records.scope import Prepared, Scope
from mindspa.storage.records.stored import Stored, columns_of
from mindspa.storage.types import UtcInstant


def _choices(column: Mapping[str, Any]) -> Choices:
    lists = {name: tuple(value) for name, value in column.items() if isinstance(value, list)}
    return Choices(**{**column, **lists})


_VERSION = Stored(ProtocolVersion, ProtocolVersionRow, choices=_choices)
_occasions = SQLModel.metadata.tables["occasions"]
_AHEAD = Prepared(
    lambda filtered: filtered(
        select(_occasions.c.protocol_version, func.count())
        .where(
            _occasions.c.closes_at > bindparam("now", type_=UtcInstant),
            _occasions.c.applicable,
            ~_occasions.c.cancelled,
        )
        .group_by(_occasions.c.protocol_version)
    )
)
CHANGED_MEANWHILE = (
    "Somebody put another version in force meanwhile. Look at what is in force now and repeat."
)


@dataclass(frozen=True, slots=True)
class Protocols:
    """`number`: of the version in force; 1 is the shipped protocol, which has no row."""

    scope: Scope
    number: int

    def signed(self) -> list[ProtocolVersion]:
        """In order."""
        return _VERSION.read(
            self.scope.session, _VERSION.select().order_by(col(ProtocolVersionRow.number))
        )

    def add(self, version: ProtocolVersion) -> None:
        """Stale when that number exists already: somebody else was quicker."""
        columns = columns_of(version, choices=asdict(version.choices))
        self.scope.add(ProtocolVersionRow(clinic_id=self.scope.clinic_id, **columns))
        try:
            self.scope.session.flush()
        except IntegrityError as error:
            raise Stale(CHANGED_MEANWHILE) from error

    def ahead(self, *, now: datetime) -> dict[int, int]:
        """How many planned check-ins of the clinic are still to come, open ones included, by the
        number of the version that they were planned under."""
        return {row[0]: row[1] for row in _AHEAD.run(self.scope, now=now)}
