"""Tick what was asked or seen before an infusion and before the patient leaves, and let them go."""

from dataclasses import replace

from mindspa.domain.errors import InvalidInput
from mindspa.domain.infusion_sheet import Checklist, Tick, standing, unticked
from mindspa.domain.treatment import Infusion
from mindspa.services.open_sheet import open_sheet
from mindspa.services.plan_course import refuse_stale
from mindspa.services.unit_of_work import UnitOfWork


def tick(
    work: UnitOfWork, infusion_id: str, checklist: Checklist, item: str, *, ticked: bool
) -> None:
    infusion = open_sheet(work, infusion_id)
    if infusion.discharged_at is not None:
        raise InvalidInput("The patient has left. The checklists stand as they were then.")
    known = {choice.id for choice in work.definitions.infusion_day.checklists[checklist]}
    if item not in known:
        raise InvalidInput("That is not on this checklist.")
    before = standing(work.records.sheets.ticks_of(infusion_id)).get((checklist, item))
    if (before.ticked if before else False) is ticked:
        return
    work.records.sheets.add_tick(
        Tick(
            infusion.patient_id,
            infusion_id,
            checklist,
            item,
            before.revision + 1 if before else 1,
            ticked,
            work.now,
            work.actor.id,
        )
    )
    work.audit("checklist.ticked", about=infusion.patient_id, record=infusion_id)


def discharge(work: UnitOfWork, infusion_id: str, *, version: int) -> Infusion:
    """Now; once its end is recorded and the checklist is complete."""
    infusion = open_sheet(work, infusion_id)
    if infusion.discharged_at is not None:
        return infusion
    if infusion.ended_at is None:
        raise InvalidInput("Record the end of the infusion first.")
    refuse_stale(infusion, version)
    ticks = work.records.sheets.ticks_of(infusion_id)
    if left := unticked(work.definitions.infusion_day, Checklist.DISCHARGE, ticks):
        labels = "; ".join(choice.label for choice in left)
        raise InvalidInput(f"Before the patient leaves, these are to be seen to: {labels}.")
    work.write_about(infusion.patient_id)
    left_now = replace(infusion, discharged_at=work.now, version=infusion.version + 1)
    work.records.treatment.save_infusion(left_now)
    work.audit("infusion.discharged", about=infusion.patient_id, record=infusion_id)
    return left_now
