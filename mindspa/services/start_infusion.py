"""Start an infusion, with one tap, at this moment."""

from dataclasses import replace
from datetime import timedelta

from mindspa.domain.errors import InvalidInput
from mindspa.domain.treatment import Infusion, InfusionStatus
from mindspa.services.open_sheet import open_sheet
from mindspa.services.plan_course import follow_infusion, refuse_overlap, refuse_stale
from mindspa.services.unit_of_work import UnitOfWork

FROM_PLAN = timedelta(hours=12)  # further from its planned time it is another day's infusion


def start_infusion(work: UnitOfWork, infusion_id: str, *, version: int) -> Infusion:
    """A second tap, also on another tablet, starts it once."""
    infusion = open_sheet(work, infusion_id)
    if infusion.started_at is not None:
        return infusion
    work.write_about(infusion.patient_id)
    refuse_stale(infusion, version)
    if abs(work.now - infusion.planned_at) > FROM_PLAN:
        raise InvalidInput("This infusion is planned for another day. Move it before you start it.")
    started = replace(
        infusion,
        status=InfusionStatus.STARTED,
        started_at=work.now,
        given_by=work.actor.id,
        version=infusion.version + 1,
    )
    refuse_overlap(work, started)
    work.records.treatment.save_infusion(started)
    work.audit("infusion.started", about=infusion.patient_id, record=infusion.id)
    follow_infusion(work, started)
    return started
