"""What was written down on the day of an infusion. Rows are only added."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    TextClause,
    bindparam,
    cast,
    func,
    null,
    select,
    text,
    union_all,
)
from sqlmodel import SQLModel

from mindspa.domain.infusion_sheet import (
    Checklist,
    EarlierRecord,
    Reading,
    Severity,
    SheetNote,
    SideEffect,
    Tick,
)
from mindspa.domain.treatment import Infusion, InfusionStatus, Patient, Substance
from mindspa.storage.records.patients import PATIENT
from mindspa.storage.records.scope import Prepared, Scope
from mindspa.storage.records.stored import Stored, columns_of
from mindspa.storage.records.treatment import INFUSION
from mindspa.storage.sheet_tables import (
    ChecklistTickRow,
    EarlierInfusionRow,
    SheetNoteRow,
    SideEffectRow,
    VitalsReadingRow,
)
from mindspa.storage.tables import WAITING
from mindspa.storage.types import UtcInstant

_READING = Stored(Reading, VitalsReadingRow)
_SIDE_EFFECT = Stored(SideEffect, SideEffectRow, severity=Severity)
_TICK = Stored(Tick, ChecklistTickRow, checklist=Checklist)
_NOTE = Stored(SheetNote, SheetNoteRow)
_EARLIER = Stored(EarlierRecord, EarlierInfusionRow, status=InfusionStatus)
_readings, _side_effects, _ticks, _notes, _earlier, _patients, _infusions = (
    SQLModel.metadata.tables[name]
    for name in (
        "vitals_readings",
        "side_effects",
        "checklist_ticks",
        "sheet_notes",
        "earlier_infusions",
        "patients",
        "infusions",
    )
)
_READINGS_OF = _READING.prepared(
    _readings.c.infusion_id == bindparam("of"),
    order_by=[_readings.c.taken_at, _readings.c.recorded_at],
)
_SIDE_EFFECTS_OF = _SIDE_EFFECT.prepared(
    _side_effects.c.infusion_id == bindparam("of"),
    order_by=[_side_effects.c.onset_at, _side_effects.c.recorded_at],
)
_OF_MANY: ColumnElement[Any] = bindparam("of", expanding=True)


def _nothing(columns: Sequence[ColumnElement[Any]]) -> list[ColumnElement[Any]]:
    return [cast(null(), column.type) for column in columns]


# Both in one query: the page of a patient asks for them whether or not there are any.
_WRITTEN_AT = Prepared(
    lambda filtered: union_all(
        filtered(
            select(*_READING.columns, *_nothing(_SIDE_EFFECT.columns)).where(
                _readings.c.infusion_id.in_(_OF_MANY)
            )
        ),
        filtered(
            select(*_nothing(_READING.columns), *_SIDE_EFFECT.columns).where(
                _side_effects.c.infusion_id.in_(_OF_MANY)
            )
        ),
    )
)
_TICKS_OF = _TICK.prepared(_ticks.c.infusion_id == bindparam("of"), order_by=[_ticks.c.revision])
_NOTES_OF = _NOTE.prepared(_notes.c.infusion_id == bindparam("of"), order_by=[_notes.c.at])
_EARLIER_OF = _EARLIER.prepared(
    _earlier.c.infusion_id == bindparam("of"), order_by=[_earlier.c.version]
)
_WAITING = [InfusionStatus.PLANNED, InfusionStatus.STARTED]
# Planned on the day, or waiting for its end since an earlier one.
_ON_DAY = Prepared(
    lambda filtered: filtered(
        select(*INFUSION.columns, *PATIENT.columns)
        .select_from(
            _infusions.join(
                _patients,
                (_patients.c.clinic_id == _infusions.c.clinic_id)
                & (_patients.c.id == _infusions.c.patient_id),
            )
        )
        .where(
            _infusions.c.planned_at < bindparam("until", type_=UtcInstant),
            (_infusions.c.planned_at >= bindparam("since", type_=UtcInstant))
            | _infusions.c.status.in_(_WAITING),
        )
        .order_by(_infusions.c.planned_at, _infusions.c.id)
    )
)
_NO_PLACEBO = _infusions.c.substance != bindparam("placebo")
_SINCE = bindparam("since", type_=UtcInstant)
_UNTIL = bindparam("until", type_=UtcInstant)


def _count(*conditions: ColumnElement[bool] | TextClause) -> Prepared:
    query = select(func.count()).select_from(_infusions).where(_NO_PLACEBO, *conditions)
    return Prepared(lambda filtered: filtered(query))


# Each through an index of its own.
_COUNT_OF_DAY = _count(_infusions.c.planned_at >= _SINCE, _infusions.c.planned_at < _UNTIL)
_COUNT_WAITING = _count(_infusions.c.planned_at < _SINCE, text(WAITING))


@dataclass(frozen=True, slots=True)
class Sheets:
    scope: Scope

    def readings_of(self, infusion_id: str) -> list[Reading]:
        return _READING.run(_READINGS_OF, self.scope, of=infusion_id)

    def side_effects_of(self, infusion_id: str) -> list[SideEffect]:
        return _SIDE_EFFECT.run(_SIDE_EFFECTS_OF, self.scope, of=infusion_id)

    def written_at(self, infusion_ids: Sequence[str]) -> tuple[list[Reading], list[SideEffect]]:
        """Of several infusions, each in the order in which they are on a sheet."""
        width = len(_READING.columns)
        rows = _WRITTEN_AT.run(self.scope, of=infusion_ids).all()
        readings = [_READING.value(row[:width]) for row in rows if row[0] is not None]
        effects = [_SIDE_EFFECT.value(row[width:]) for row in rows if row[0] is None]
        readings.sort(key=lambda reading: (reading.taken_at, reading.recorded_at))
        effects.sort(key=lambda effect: (effect.onset_at, effect.recorded_at))
        return readings, effects

    def ticks_of(self, infusion_id: str) -> list[Tick]:
        return _TICK.run(_TICKS_OF, self.scope, of=infusion_id)

    def notes_of(self, infusion_id: str) -> list[SheetNote]:
        return _NOTE.run(_NOTES_OF, self.scope, of=infusion_id)

    def earlier_of(self, infusion_id: str) -> list[EarlierRecord]:
        return _EARLIER.run(_EARLIER_OF, self.scope, of=infusion_id)

    def add_earlier(self, record: EarlierRecord) -> None:
        self.scope.insert(_earlier, columns_of(record))

    def add_reading(self, reading: Reading) -> None:
        self.scope.insert(_readings, columns_of(reading, vitals=dict(reading.vitals)))

    def add_side_effect(self, effect: SideEffect) -> None:
        self.scope.insert(_side_effects, columns_of(effect))

    def add_tick(self, tick: Tick) -> None:
        self.scope.insert(_ticks, columns_of(tick))

    def add_note(self, note: SheetNote) -> None:
        self.scope.insert(_notes, columns_of(note))

    def count_between(self, since: datetime, until: datetime) -> int:
        """How many `infusions_between` gives, but for those with a placebo."""
        of_day = _COUNT_OF_DAY.run(self.scope, since=since, until=until, placebo=Substance.PLACEBO)
        waiting = _COUNT_WAITING.run(self.scope, since=since, placebo=Substance.PLACEBO)
        return int(of_day.scalar() or 0) + int(waiting.scalar() or 0)

    def infusions_between(self, since: datetime, until: datetime) -> list[tuple[Patient, Infusion]]:
        """Planned in [since, until), and those from before that wait for their end."""
        width = len(INFUSION.columns)
        return [
            (PATIENT.value(row[width:]), INFUSION.value(row[:width]))
            for row in _ON_DAY.run(self.scope, since=since, until=until).all()
        ]
