"""Write down vitals on the sheet of an infusion, and correct them."""

from collections.abc import Mapping
from datetime import datetime

from mindspa.domain import entered
from mindspa.domain.errors import NotFound, Stale
from mindspa.domain.infusion_sheet import Reading, checked, newest
from mindspa.domain.treatment import Infusion
from mindspa.services.open_sheet import instant_of_sheet, open_sheet
from mindspa.services.unit_of_work import UnitOfWork


def record_vitals(
    work: UnitOfWork,
    infusion_id: str,
    values: Mapping[str, object],
    *,
    taken_at: datetime | None = None,
    entry_id: str | None = None,
) -> Reading:
    """`taken_at` None: now. `entry_id` names the press, so that a second one adds nothing."""
    infusion = open_sheet(work, infusion_id)
    for reading in work.records.sheets.readings_of(infusion_id):
        if reading.id == entry_id:
            return reading
    reading = _reading(work, infusion, values, taken_at or work.now, entry_id)
    work.records.sheets.add_reading(reading)
    work.audit("vitals.recorded", about=infusion.patient_id, record=reading.id)
    return reading


def correct_vitals(
    work: UnitOfWork,
    infusion_id: str,
    replaced_id: str,
    values: Mapping[str, object],
    *,
    taken_at: datetime,
    reason: str,
) -> Reading:
    """The wrong one stays readable, with the reason beside what stands in its place."""
    infusion = open_sheet(work, infusion_id)
    readings = work.records.sheets.readings_of(infusion_id)
    if replaced_id not in {reading.id for reading in readings}:
        raise NotFound("There is no such reading on this sheet.")
    if replaced_id not in {reading.id for reading in newest(readings)}:
        raise Stale("Somebody corrected this reading meanwhile. Look at it again and repeat.")
    reason = entered.needed_note(reason, missing="Say why the reading is corrected.")
    reading = _reading(work, infusion, values, taken_at, None, replaces=replaced_id, reason=reason)
    work.records.sheets.add_reading(reading)
    work.audit("vitals.corrected", about=infusion.patient_id, record=reading.id)
    return reading


def _reading(
    work: UnitOfWork,
    infusion: Infusion,
    values: Mapping[str, object],
    taken_at: datetime,
    entry_id: str | None,
    **correction: str,
) -> Reading:
    return Reading(
        entry_id or work.new_id(),
        infusion.patient_id,
        infusion.id,
        instant_of_sheet(work, infusion, taken_at, what="The reading"),
        checked(work.definitions.infusion_day, values),
        recorded_at=work.now,
        recorded_by=work.actor.id,
        **correction,
    )
