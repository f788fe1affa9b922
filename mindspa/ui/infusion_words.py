"""What the sheet of an infusion says: times, side effects, and the summary for another record."""

from collections.abc import Iterator
from datetime import datetime

from mindspa.charts.rows import side_effect_name
from mindspa.charts.time_axis import local
from mindspa.domain.infusion_sheet import Severity, SheetRules, SideEffect, minutes, newest
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
    if infusion.dose_mg is not None:
        per_kg = infusion.dose_mg_per_kg
        weight = f", {per_kg:.2f} mg/kg at {infusion.weight_kg:g} kg" if per_kg else ""
        yield f"Dose {infusion.dose_mg:g} mg{weight}"
    for reading in newest(sheet.readings):
        values = ", ".join(
            f"{vital.label} {reading.vitals[vital.id]}"
            for vital in sheet.rules.vitals.values()
            if vital.id in reading.vitals
        )
        yield f"Minute {minutes(infusion, reading.taken_at)}: {values}"
    for effect in newest(sheet.side_effects):
        row = effect_row(infusion, effect, sheet.rules)
        yield f"{row['Side effect']}, {row['How bad'].lower()}: {row['From']}, {row['Until']}"
    for note in sheet.notes:
        yield f"Note {clock(sheet, note.at)}: {note.text}"
    if infusion.discharged_at:
        yield f"Left {clock(sheet, infusion.discharged_at)}"


def clock(sheet: InfusionSheet, at: datetime) -> str:
    there = local(at, sheet.zone)
    is_today = there.date() == local(sheet.now, sheet.zone).date()
    return f"{there:%H:%M}" if is_today else f"{there.day} {there:%b %H:%M}"


def day_and_clock(sheet: InfusionSheet, at: datetime) -> str:
    there = local(at, sheet.zone)
    return f"{there:%a} {there.day} {there:%b, %H:%M}"
