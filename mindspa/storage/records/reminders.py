"""Open check-ins of patients whom reminders reach, and what was sent about each."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, exists, func, or_, select, text
from sqlmodel import SQLModel

from mindspa.domain.messages import REMINDERS, Channel, Kind, MessageState
from mindspa.domain.reach import Reach, carried_of
from mindspa.domain.reminders import Reminding, about
from mindspa.storage.records.scope import Prepared, Scope
from mindspa.storage.records.treatment import OCCASION
from mindspa.storage.tables import LACKING
from mindspa.storage.types import UtcInstant

_occasions, _people, _patients, _messages = (
    SQLModel.metadata.tables[name] for name in ("occasions", "people", "patients", "messages")
)
_later = _messages.alias()
_NOW = bindparam("now", type_=UtcInstant)
_open = (
    select(_people.c.id, _people.c.email, _people.c.mobile, _patients.c.zone, *OCCASION.columns)
    .join_from(
        _occasions,
        _people,
        (_people.c.clinic_id == _occasions.c.clinic_id)
        & (_people.c.patient_id == _occasions.c.patient_id),
    )
    .join(
        _patients,
        (_patients.c.clinic_id == _occasions.c.clinic_id)
        & (_patients.c.id == _occasions.c.patient_id),
    )
    .where(
        text(LACKING),
        _occasions.c.closes_at > _NOW,
        _occasions.c.opens_at <= _NOW,
        _people.c.active,
        or_(_people.c.email.is_not(None), _people.c.mobile.is_not(None)),
        _people.c.reminders,
    )
    .order_by(_occasions.c.closes_at)
)
_OPEN = Prepared(lambda filtered: filtered(_open))
_OPEN_OF = Prepared(
    lambda filtered: filtered(_open.where(_occasions.c.patient_id == bindparam("of")))
)
_reminded = (
    select(_messages.c.about, func.max(_messages.c.number))
    .where(
        _messages.c.kind == Kind.REMINDER,
        _messages.c.created_at >= bindparam("since", type_=UtcInstant),
    )
    .group_by(_messages.c.about)
)
_REMINDED = Prepared(lambda filtered: filtered(_reminded))
_REMINDED_OF = Prepared(
    lambda filtered: filtered(
        _reminded.where(_messages.c.person_id.in_(bindparam("of", expanding=True)))
    )
)
_LAST_TO = Prepared(
    lambda filtered: filtered(
        select(func.max(_messages.c.created_at, type_=UtcInstant)).where(
            _messages.c.person_id == bindparam("person"),
            _messages.c.kind.in_(REMINDERS),
            _messages.c.state.not_in([MessageState.CANCELLED, MessageState.FAILED]),
        )
    )
)

_UNDELIVERED = Prepared(
    lambda filtered: filtered(
        select(_messages.c.about)
        .join_from(
            _messages,
            _people,
            (_people.c.clinic_id == _messages.c.clinic_id)
            & (_people.c.id == _messages.c.person_id),
        )
        .where(
            _messages.c.kind.in_(REMINDERS),
            _messages.c.created_at >= bindparam("since", type_=UtcInstant),
            _messages.c.state == MessageState.FAILED,
            ~exists().where(
                _later.c.clinic_id == _messages.c.clinic_id,
                _later.c.person_id == _messages.c.person_id,
                _later.c.about == _messages.c.about,
                _later.c.created_at > _messages.c.created_at,
                _later.c.state == MessageState.SENT,
            ),
            _people.c.patient_id.in_(bindparam("of", expanding=True)),
        )
    )
)
_TOLD = Prepared(
    lambda filtered: filtered(
        select(_messages.c.about).where(
            _messages.c.person_id == bindparam("person"),
            _messages.c.kind.in_(REMINDERS),
            _messages.c.state.in_([MessageState.SENT, MessageState.HELD]),
            _messages.c.created_at >= bindparam("since", type_=UtcInstant),
        )
    )
)


@dataclass(frozen=True, slots=True)
class Reminders:
    """`longest`: of the windows, in which what was sent about an open occasion lies."""

    scope: Scope

    def open(
        self, zone: str, carried: Collection[Channel], *, now: datetime, longest: timedelta
    ) -> list[Reminding]:
        """What closes first, first. `zone`: of those who have none of their own; `carried`: by what
        this server sends."""
        rows = _OPEN.run(self.scope, now=now).all()
        reminded = _REMINDED.run(self.scope, since=now - longest).all()
        return _found(rows, reminded, zone, carried)

    def open_of(
        self,
        patient_id: str,
        zone: str,
        carried: Collection[Channel],
        *,
        now: datetime,
        longest: timedelta,
    ) -> list[Reminding]:
        rows = _OPEN_OF.run(self.scope, now=now, of=patient_id).all()
        people = {row[0] for row in rows}
        reminded = _REMINDED_OF.run(self.scope, since=now - longest, of=list(people)).all()
        return _found(rows, reminded, zone, carried)

    def last_to(self, person_id: str) -> datetime | None:
        """When the last was written that went out, or is about to."""
        found: datetime | None = _LAST_TO.run(self.scope, person=person_id).scalar()
        return found

    def undelivered(self, patient_ids: Sequence[str], *, since: datetime) -> set[str]:
        """What reminders are about of which the last did not arrive, as `about` names it."""
        return set(_UNDELIVERED.run(self.scope, of=list(patient_ids), since=since).scalars())

    def told(self, person_id: str, *, since: datetime) -> set[str]:
        """What somebody was reminded of, as `about` names it."""
        return set(_TOLD.run(self.scope, person=person_id, since=since).scalars())


def _found(
    rows: Iterable[Sequence[Any]],
    reminded: Iterable[Sequence[Any]],
    zone: str,
    carried: Collection[Channel],
) -> list[Reminding]:
    numbers = {row[0]: row[1] for row in reminded}
    found = []
    for person_id, email, mobile, own_zone, *columns in rows:
        occasion = OCCASION.value(columns)
        number = numbers.get(about(occasion), 0)
        by = carried_of(Reach(email, mobile).channels, carried)[0]
        found.append(Reminding(str(person_id), str(own_zone or zone), occasion, number, by))
    return found
