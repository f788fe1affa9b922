"""A patient asks the clinic to call them, outside any check-in; staff say that they have."""

from datetime import datetime

from mindspa.domain.access import Permission
from mindspa.services.unit_of_work import UnitOfWork


def ask_for_call(work: UnitOfWork) -> None:
    """Asking again while one request waits changes nothing."""
    patient_id = work.own_patient_id()
    work.write_about(patient_id)
    if work.records.alerts.ask_for_call(work.new_id(), patient_id, at=work.now):
        work.audit("call.asked", about=patient_id)


def call_waiting(work: UnitOfWork, patient_id: str) -> datetime | None:
    """When the patient first asked for the call that they have not had."""
    work.look_at(patient_id)
    return work.records.alerts.call_asked_at(patient_id)


def call_made(work: UnitOfWork, patient_id: str, *, seen_at: datetime) -> None:
    """For what was asked until `seen_at`, when the page was drawn: a request that came in since
    goes on waiting. Pressing again changes nothing."""
    work.actor.require(Permission.REVIEW_FOLLOW_UP)
    work.write_about(patient_id)
    if work.records.alerts.end_call_requests(
        patient_id, asked_until=seen_at, at=work.now, by=work.actor.id
    ):
        work.audit("call.made", about=patient_id)
