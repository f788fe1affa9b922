"""Reads data/infusion_day.toml: what is written down on the day of an infusion."""

import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from mindspa.domain.infusion_sheet import Checklist, Choice, Limit, SheetRules, Vital
from mindspa.storage.definition_files.table import Table


def load_infusion_day(path: Path) -> SheetRules:
    file = Table.of_file(path)
    version, source = file.text("version"), file.text("source")
    vitals = tuple(map(_vital, file.tables("vitals")))
    ids = [vital.id for vital in vitals]
    file.refuse_repeats("vitals", ids)
    for needed in ("systolic", "diastolic"):
        if needed not in ids:
            raise file.fault(f"vitals needs {needed}: the two pressures are checked together.")
    dose = file.table("dose")
    rules = SheetRules(
        version=version,
        vitals={vital.id: vital for vital in vitals},
        limits=_limits(file.table("limits"), vitals),
        vitals_every=_minutes(file, "vitals_every"),
        lock_after=_minutes(file, "lock_after"),
        usual_dose=_dose(dose, "usual"),
        most_dose=_dose(dose, "most"),
        side_effects={choice.id: choice for choice in _choices(file, "side_effects")},
        checklists={checklist: _choices(file, checklist) for checklist in Checklist},
        source=source,
        reviewed_by=file.text_or_none("reviewed_by"),
    )
    dose.done()
    file.done()
    if not rules.usual_dose <= rules.most_dose:
        raise dose.fault("usual must not be above most.")
    return rules


def _vital(table: Table) -> Vital:
    vital = Vital(
        table.id(), table.text("label"), table.integer("lowest"), table.integer("highest")
    )
    table.done()
    if not 0 <= vital.lowest < vital.highest:
        raise table.fault("lowest must be under highest, and neither below 0.")
    return vital


def _limits(table: Table, vitals: tuple[Vital, ...]) -> Mapping[str, Limit]:
    """None of them until they are signed; what is wrong in them is found before."""
    table.text("source")
    signed = table.text_or_none("reviewed_by")
    found = {}
    for vital in vitals:
        if vital.id not in table:
            continue
        given = table.table(vital.id)
        limit = Limit(given.integer_or_none("from"), given.integer_or_none("under"))
        given.done()
        values = [value for value in (limit.high, limit.low) if value is not None]
        if not values or not all(vital.lowest < value <= vital.highest for value in values):
            raise given.fault(f"needs from or under, within the readings of {vital.id}.")
        found[vital.id] = limit
    table.done()
    return found if signed else {}


def _choices(file: Table, key: str) -> tuple[Choice, ...]:
    found = []
    for table in file.tables(key):
        found.append(Choice(table.id(), table.text("label")))
        table.done()
    if not found:
        raise file.fault(f"{key} needs at least one entry.")
    file.refuse_repeats(key, [choice.id for choice in found])
    return tuple(found)


def _dose(table: Table, key: str) -> float:
    value = table.decimal_or_none(key)
    if value is None or value <= 0:
        raise table.fault(f"{key} must be a decimal number above 0, such as 1.0.")
    return value


def _minutes(table: Table, key: str) -> timedelta:
    found = re.fullmatch(r"(\d{1,3}) ?min", table.text(key), re.ASCII)
    if found is None or int(found[1]) == 0:
        raise table.fault(f'{key} must look like "15 min".')
    return timedelta(minutes=int(found[1]))
