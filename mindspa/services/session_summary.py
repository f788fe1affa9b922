"""What the sheet of an infusion says: times, names, side effects, and the summary for another
record."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from mindspa.charts.rows import side_effect_name
from mindspa.charts.time_axis import local
from mindspa.domain.infusion_sheet import (
    EarlierRecord,
    Reading,
    Severity,
    SheetRules,
    SideEffect,
    beyond,
    minutes,
    newest,
)
from mindspa.domain.treatment import Infusion, InfusionStatus
from mindspa.services.view_infusion_day import InfusionSheet

SEVERITIES = {Severity.MILD: "Mild", Severity.MODERATE: "Moderate", Severity.SEVERE: "Severe"}


def effect_row(infusion: Infusion, effect: SideEffect, rules: SheetRules) -> dict[str, str]:
    ended = f"minute {minutes(infusion, effect.ended_at)}" if effect.ended_at else "goes on"
    return {
        "Side effect": side_effect_name(effect.kind, rules),
        "How bad": SEVERITIES[effect.severity],
        "From": f"minute {minutes(infusion, effect.onset_at)}",
        "Until": ended,
    }


def summary(sheet: InfusionSheet) -> Iterator[str]:
    """To paste into the clinic's own record. The patient is named there, and not here."""
    yield from _told(sheet)
    for reading in newest(sheet.readings):
        marked = beyond(sheet.rules, reading)
        yield (
            f"Minute {minutes(sheet.infusion, reading.taken_at)}: {values_of(sheet, reading)}"
            + (f". Beyond a limit: {marked}" if marked else "")
        )
    yield from _what_else(sheet)


def summary_beside_vitals(sheet: InfusionSheet) -> Iterator[str]:
    """The same for a page that holds the vitals as a table."""
    yield from _told(sheet)
    yield from _what_else(sheet)


def _told(sheet: InfusionSheet) -> Iterator[str]:
    infusion = sheet.infusion
    assert infusion.ended_at is not None, "it has ended"
    day = local(infusion.starts_at, sheet.zone)
    yield f"Ketamine infusion {sheet.number}, {day:%Y-%m-%d}, {infusion.route}"
    yield (
        f"Start {clock(sheet, infusion.starts_at)}, end {clock(sheet, infusion.ended_at)} "
        f"({minutes(infusion, infusion.ended_at)} min), times in {sheet.zone}"
    )
    if infusion.status is InfusionStatus.STOPPED:
        yield f"Stopped early: {infusion.reason}"
    if dose := dose_of(infusion):
        yield dose
    if infusion.given_by:
        yield f"Given by {sheet.name_of(infusion.given_by)}"
    for record in sheet.earlier:
        by = written(sheet, record.corrected_by, record.corrected_at)
        yield f"Corrected by {by}: {record.why} Before: {before(sheet, record)}"


def _what_else(sheet: InfusionSheet) -> Iterator[str]:
    for effect in newest(sheet.side_effects):
        row = effect_row(sheet.infusion, effect, sheet.rules)
        yield f"{row['Side effect']}, {row['How bad'].lower()}: {row['From']}, {row['Until']}"
    for note in sheet.notes:
        yield f"Note {written(sheet, note.by, note.at)}: {note.text}"
    if sheet.infusion.discharged_at:
        yield f"Left {clock(sheet, sheet.infusion.discharged_at)}"


def values_of(sheet: InfusionSheet, reading: Reading) -> str:
    return ", ".join(
        f"{vital.label} {reading.vitals[vital.id]}"
        for vital in sheet.rules.vitals.values()
        if vital.id in reading.vitals
    )


def dose_of(infusion: Infusion | EarlierRecord) -> str:
    if infusion.dose_mg is None:
        return ""
    said = f"Dose {infusion.dose_mg:g} mg"
    if infusion.weight_kg:
        per_kg = infusion.dose_mg / infusion.weight_kg
        said += f", {per_kg:.2f} mg/kg at {infusion.weight_kg:g} kg"
    return said


_RECORDED: Mapping[InfusionStatus, str] = {
    InfusionStatus.GIVEN: "given",
    InfusionStatus.STOPPED: "stopped early",
    InfusionStatus.CANCELLED: "not given",
}


def before(sheet: InfusionSheet, record: EarlierRecord) -> str:
    """What an infusion was recorded as, before a correction."""
    parts = [_RECORDED[record.status]]
    if record.started_at and record.ended_at:
        parts.append(f"{clock(sheet, record.started_at)} to {clock(sheet, record.ended_at)}")
    if record.discharged_at:
        parts.append(f"left {clock(sheet, record.discharged_at)}")
    if dose := dose_of(record):
        parts.append(dose[0].lower() + dose[1:])
    if record.reason:
        parts.append(record.reason)
    return "; ".join(parts)


def written(sheet: InfusionSheet, by: str, at: datetime) -> str:
    """Who wrote an entry, and when."""
    return f"{sheet.name_of(by)}, {clock(sheet, at)}"


def clock(sheet: InfusionSheet, at: datetime) -> str:
    there = local(at, sheet.zone)
    is_today = there.date() == local(sheet.now, sheet.zone).date()
    return f"{there:%H:%M}" if is_today else f"{there.day} {there:%b %H:%M}"


def day_and_clock(sheet: InfusionSheet, at: datetime) -> str:
    there = local(at, sheet.zone)
    return f"{there:%a} {there.day} {there:%b, %H:%M}"
