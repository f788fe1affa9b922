"""The sheet of an infusion, opened to write on it."""

from datetime import datetime, timedelta

from mindspa.domain import entered
from mindspa.domain.access import Permission
from mindspa.domain.errors import InvalidInput
from mindspa.domain.treatment import Infusion, InfusionStatus
from mindspa.services.unit_of_work import UnitOfWork

BEFORE_START = timedelta(hours=6)  # nothing of an infusion's day is from earlier


def open_sheet(work: UnitOfWork, infusion_id: str) -> Infusion:
    """The infusion, its patient locked: of two tablets one writes after the other. No list shows
    what stands on a sheet, so that the patient's summary stays as it is; what a page keeps of the
    record does not."""
    work.actor.require(Permission.RECORD_TREATMENT)
    infusion = work.records.treatment.infusion(infusion_id)
    work.records.patients.lock(infusion.patient_id)
    work.records.patients.touch(infusion.patient_id)
    infusion = work.records.treatment.infusion(infusion_id)  # as whoever had the lock left it
    if infusion.status is InfusionStatus.CANCELLED:
        raise InvalidInput("This infusion was cancelled. Nothing can be written on its sheet.")
    return infusion


def instant_of_sheet(work: UnitOfWork, infusion: Infusion, at: datetime, *, what: str) -> datetime:
    """When something on the sheet happened: on the infusion's day, until the patient left."""
    at = entered.instant(at, what=what)
    if at > work.now:
        raise InvalidInput(f"{what} is in the future. Check the time.")
    if at < infusion.starts_at - BEFORE_START:
        raise InvalidInput(f"{what} is long before the infusion. Check the time.")
    if infusion.discharged_at is not None and at > infusion.discharged_at:
        raise InvalidInput(f"{what} is after the patient left. Check the time.")
    return at
