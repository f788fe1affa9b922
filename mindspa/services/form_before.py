"""The form that a rise is measured from."""

from datetime import datetime

from mindspa.domain import due
from mindspa.domain.check_ins import StoredForm
from mindspa.domain.outcomes import PULSE_BASELINE_WINDOW
from mindspa.domain.schedule import PULSE
from mindspa.services.unit_of_work import UnitOfWork


def form_before(
    work: UnitOfWork, patient_id: str, instrument_id: str, *, at: datetime
) -> StoredForm | None:
    """For a standard form the last complete one before `at`; for a pulse the one from before the
    infusion that is being followed up. None where there is nothing to compare with."""
    check_ins = work.records.check_ins
    if instrument_id != PULSE:
        return check_ins.last_complete(patient_id, instrument_id, before=at)
    infusion = due.followed_up(
        work.records.treatment.infusions_of(patient_id), work.definitions.protocol, now=at
    )
    if infusion is None:
        return None
    start = infusion.starts_at
    return check_ins.last_complete(
        patient_id, PULSE, before=start, since=start - PULSE_BASELINE_WINDOW
    )
