"""Write down a side effect on the sheet of an infusion, and when it ended."""

from dataclasses import replace
from datetime import datetime

from mindspa.domain.errors import InvalidInput, NotFound
from mindspa.domain.infusion_sheet import Severity, SideEffect, newest
from mindspa.services.open_sheet import instant_of_sheet, open_sheet
from mindspa.services.unit_of_work import UnitOfWork


def record_side_effect(
    work: UnitOfWork,
    infusion_id: str,
    kind: str,
    severity: Severity,
    *,
    onset_at: datetime | None = None,
    entry_id: str | None = None,
) -> SideEffect:
    """`onset_at` None: now. `entry_id` names the press, so that a second one adds nothing."""
    infusion = open_sheet(work, infusion_id)
    for effect in work.records.sheets.side_effects_of(infusion_id):
        if effect.id == entry_id:
            return effect
    if kind not in work.definitions.infusion_day.side_effects:
        raise InvalidInput("Choose the side effect in the list.")
    if severity not in list(Severity):
        raise InvalidInput("Choose mild, moderate or severe.")
    effect = SideEffect(
        entry_id or work.new_id(),
        infusion.patient_id,
        infusion_id,
        kind,
        Severity(severity),
        instant_of_sheet(work, infusion, onset_at or work.now, what="The side effect"),
        ended_at=None,
        recorded_at=work.now,
        recorded_by=work.actor.id,
    )
    work.records.sheets.add_side_effect(effect)
    work.audit("side_effect.recorded", about=infusion.patient_id, record=effect.id)
    return effect


def end_side_effect(work: UnitOfWork, infusion_id: str, effect_id: str) -> SideEffect:
    """Now; ending it twice ends it once."""
    infusion = open_sheet(work, infusion_id)
    effects = work.records.sheets.side_effects_of(infusion_id)
    if effect_id not in {effect.id for effect in effects}:
        raise NotFound("There is no such side effect on this sheet.")
    stands = {effect.replaces: effect for effect in effects}.get(effect_id)
    if stands is not None:  # somebody ended it already
        return stands
    (effect,) = (effect for effect in newest(effects) if effect.id == effect_id)
    ended = replace(
        effect,
        id=work.new_id(),
        ended_at=work.now,
        recorded_at=work.now,
        recorded_by=work.actor.id,
        replaces=effect.id,
        reason="It ended.",
    )
    work.records.sheets.add_side_effect(ended)
    work.audit("side_effect.ended", about=infusion.patient_id, record=ended.id)
    return ended
