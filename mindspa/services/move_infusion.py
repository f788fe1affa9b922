"""Move a planned infusion to another time; the check-ins that hang on it move with it."""

from dataclasses import replace
from datetime import datetime

from mindspa.domain.access import Permission
from mindspa.domain.errors import InvalidInput
from mindspa.domain.treatment import Infusion, InfusionStatus
from mindspa.services.plan_course import (
    course_of,
    follow_infusion,
    plausible,
    refuse_overlap,
    refuse_stale,
)
from mindspa.services.unit_of_work import UnitOfWork


def move_infusion(
    work: UnitOfWork, infusion_id: str, *, version: int, planned_at: datetime
) -> Infusion:
    """`version` is the one that the person looked at. Nothing that was answered can lose its place
    to it: whatever was answered lies before now, and an infusion moves to a time after now."""
    work.actor.require(Permission.RECORD_TREATMENT)
    infusion = work.records.treatment.infusion(infusion_id)
    work.write_about(infusion.patient_id)
    planned_at = plausible(work, planned_at, what="The infusion")
    if infusion.status is not InfusionStatus.PLANNED:
        raise InvalidInput("Only an infusion that is planned can be moved.")
    if planned_at == infusion.planned_at:
        return infusion  # a second press of the same button
    refuse_stale(infusion, version)
    if planned_at < work.now:
        raise InvalidInput("That time is past. Record an infusion that was given under Infusions.")
    _refuse_outside_course(work, infusion, planned_at)
    moved = replace(infusion, planned_at=planned_at, version=infusion.version + 1)
    refuse_overlap(work, moved)
    work.records.treatment.save_infusion(moved)
    work.audit("infusion.moved", about=infusion.patient_id, record=infusion.id)
    follow_infusion(work, moved)
    return moved


def _refuse_outside_course(work: UnitOfWork, infusion: Infusion, planned_at: datetime) -> None:
    course = course_of(work, infusion)
    if course.ended_at is not None and planned_at >= course.ended_at:
        raise InvalidInput(
            "The course of this infusion has ended by then. Plan one in the course that runs."
        )
    before = [
        other
        for other in work.records.treatment.courses_of(infusion.patient_id)
        if other.started_at < course.started_at
    ]
    if before and planned_at <= (before[-1].ended_at or before[-1].started_at):
        raise InvalidInput("This is before the course began. Check the date.")
