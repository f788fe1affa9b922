"""Occasions that lack an answer, found through the index that holds no others."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, ColumnElement, bindparam, exists, func, select, text, type_coerce
from sqlmodel import SQLModel

from mindspa.domain.schedule import PULSE, Occasion
from mindspa.domain.treatment import Patient
from mindspa.domain.worklist import Standing
from mindspa.storage.records.check_ins import moved_away
from mindspa.storage.records.patients import PATIENT
from mindspa.storage.records.scope import Prepared, Scope
from mindspa.storage.records.treatment import OCCASION
from mindspa.storage.tables import LACKING
from mindspa.storage.types import UtcInstant

_occasions, _patients, _follow_ups, _forms = (
    SQLModel.metadata.tables[name]
    for name in ("occasions", "patients", "follow_up_rows", "stored_forms")
)
_at = _occasions.c
_NOW = bindparam("now", type_=UtcInstant)
_SINCE, _UNTIL = bindparam("since", type_=UtcInstant), bindparam("until", type_=UtcInstant)
_opens, _closes = (type_coerce(c, BigInteger) for c in (_at.opens_at, _at.closes_at))
# As `Occasion.late_until` and `worklist.standing` have it.
_CAN_BE_LATE = (
    (_at.target_at < _at.closes_at)
    & (type_coerce(_closes + _closes - _opens, UtcInstant) > _NOW)
    & (_at.lacking != PULSE)
)
_OPEN, _CLOSED = _at.closes_at > _NOW, (_at.closes_at <= _NOW) & _at.stopped.is_(False)
_STANDS: dict[Standing, tuple[ColumnElement[bool], ColumnElement[datetime]]] = {
    Standing.DUE: (_OPEN & (_at.due_at <= _NOW), _at.closes_at.asc()),
    Standing.LATE: (_CLOSED & _CAN_BE_LATE, _at.closes_at.asc()),
    Standing.OPEN: (_OPEN & (_at.due_at > _NOW), _at.closes_at.asc()),
    Standing.MISSED: (_CLOSED & ~_CAN_BE_LATE, _at.closes_at.desc()),
}


_WANTED = (
    text(LACKING),
    _at.closes_at > _SINCE,
    _at.closes_at <= _UNTIL,
    _at.opens_at <= _NOW,
)


def _patients_of(condition: ColumnElement[bool], order: ColumnElement[datetime]) -> Prepared:
    query = select(_at.patient_id).where(*_WANTED, condition).order_by(order)
    return Prepared(lambda filtered: filtered(query.limit(bindparam("most", type_=BigInteger))))


_BY_STANDING = {found: _patients_of(*parts) for found, parts in _STANDS.items()}
_OF_MANY = Prepared(
    lambda filtered: filtered(
        select(_at.lacking, *OCCASION.columns, *PATIENT.columns)
        .join(
            _patients,
            (_patients.c.clinic_id == _at.clinic_id) & (_patients.c.id == _at.patient_id),
        )
        .where(*_WANTED, _at.patient_id.in_(bindparam("of", expanding=True)))
    )
)
_alerts = SQLModel.metadata.tables["alerts"]
_missed_after = (
    select(*OCCASION.columns)
    .where(
        text(LACKING),
        _at.lacking == _at.forms,
        _at.stopped.is_(False),
        _at.closes_at > _SINCE,
        _at.closes_at <= _NOW,
        exists(_alerts.c.id).where(
            _alerts.c.clinic_id == _at.clinic_id,
            _alerts.c.patient_id == _at.patient_id,
            _alerts.c.rule.in_(bindparam("rules", expanding=True)),
            _alerts.c.answered_at >= bindparam("answered_since", type_=UtcInstant),
        ),
    )
    .order_by(_at.closes_at)
)
_MISSED_AFTER = Prepared(lambda filtered: filtered(_missed_after))
_MISSED_AFTER_OF = Prepared(
    lambda filtered: filtered(_missed_after.where(_at.patient_id == bindparam("of")))
)
_SILENT = Prepared(
    lambda filtered: filtered(
        select(_follow_ups.c.silent_from, *PATIENT.columns)
        .join(
            _patients,
            (_patients.c.clinic_id == _follow_ups.c.clinic_id)
            & (_patients.c.id == _follow_ups.c.patient_id),
        )
        .where(_follow_ups.c.silent_from <= _NOW)
        .order_by(_follow_ups.c.silent_from)
        .limit(bindparam("most", type_=BigInteger))
    )
)
_LAST_ANSWERS = Prepared(
    lambda filtered: filtered(
        select(_forms.c.patient_id, func.max(_forms.c.answered_at, type_=UtcInstant))
        .where(
            _forms.c.patient_id.in_(bindparam("of", expanding=True)),
            _forms.c.moved_to.is_(None),
            _forms.c.id.not_in(moved_away(filtered)),
        )
        .group_by(_forms.c.patient_id)
    )
)
Found = tuple[Patient, Occasion, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Worklist:
    """`since`, `until`: when an occasion closes, or closed."""

    scope: Scope

    def patients(
        self, standing: Standing, *, now: datetime, since: datetime, until: datetime, most: int
    ) -> list[str]:
        """Ids, once for each occasion that stands so: the last missed first, of all others what
        closes, or closed, first."""
        return list(
            _BY_STANDING[standing]
            .run(self.scope, now=now, since=since, until=until, most=most)
            .scalars()
        )

    def missed_after(
        self,
        rules: Iterable[str],
        *,
        answered_since: datetime,
        now: datetime,
        since: datetime,
        patient_id: str | None = None,
    ) -> list[Occasion]:
        """Those without any answer, of patients in whose answers one of the rules found something
        since; by closing."""
        query, of = _MISSED_AFTER, {}
        if patient_id is not None:
            query, of = _MISSED_AFTER_OF, {"of": patient_id}
        rows = query.run(
            self.scope,
            rules=list(rules),
            answered_since=answered_since,
            now=now,
            since=since,
            **of,
        )
        return [OCCASION.value(row) for row in rows.all()]

    def wanted_of(
        self, patient_ids: Iterable[str], *, now: datetime, since: datetime, until: datetime
    ) -> list[Found]:
        """What some patients have not answered, with the forms that lack an answer."""
        width = 1 + len(OCCASION.columns)
        rows = _OF_MANY.run(self.scope, of=list(patient_ids), now=now, since=since, until=until)
        return [
            (
                PATIENT.value(row[width:]),
                OCCASION.value(row[1:width]),
                tuple(row[0].split()),
            )
            for row in rows.all()
        ]

    def silent(self, *, now: datetime, most: int) -> list[tuple[Patient, datetime]]:
        """Whose last infusion is followed by no answer, and since when that is a silence; the
        longest first."""
        found = _SILENT.run(self.scope, now=now, most=most).all()
        return [(PATIENT.value(patient), since) for since, *patient in found]

    def last_answers(self, patient_ids: Iterable[str]) -> dict[str, datetime]:
        """When each of them answered anything last, by patient id."""
        return {row[0]: row[1] for row in _LAST_ANSWERS.run(self.scope, of=list(patient_ids))}
