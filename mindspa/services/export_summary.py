"""The summary of an infusion leaves as a file."""

from mindspa.domain.errors import InvalidInput
from mindspa.services.unit_of_work import UnitOfWork
from mindspa.services.view_infusion_day import InfusionSheet, view_sheet


def export_summary(work: UnitOfWork, infusion_id: str) -> InfusionSheet:
    sheet = view_sheet(work, infusion_id)
    if sheet.infusion.ended_at is None:
        raise InvalidInput("The summary can be had once the end of the infusion is recorded.")
    work.audit("infusion.exported", about=sheet.patient.id, record=infusion_id)
    return sheet
