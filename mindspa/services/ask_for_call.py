"""A patient asks the clinic to call them, outside any check-in."""

from mindspa.services.unit_of_work import UnitOfWork


def ask_for_call(work: UnitOfWork) -> None:
    """Asking again while one request waits changes nothing."""
    patient_id = work.own_patient_id()
    work.write_about(patient_id)
    if work.records.alerts.ask_for_call(work.new_id(), patient_id, at=work.now):
        work.audit("call.asked", about=patient_id)
