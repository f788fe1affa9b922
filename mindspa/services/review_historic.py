"""What an import found in old answers: one list an import, without a clock, which a clinician
reviews."""

from collections.abc import Collection
from dataclasses import dataclass
from itertools import groupby

from mindspa.domain import entered
from mindspa.domain.access import Permission
from mindspa.domain.safety import Alert
from mindspa.domain.treatment import Patient
from mindspa.services.unit_of_work import UnitOfWork

REVIEWED = "reviewed"


@dataclass(frozen=True, slots=True)
class HistoricList:
    """Of one import, the oldest answer first; those that nobody has reviewed."""

    source: str
    alerts: tuple[tuple[Patient, Alert], ...]


def view_historic(work: UnitOfWork) -> tuple[HistoricList, ...]:
    work.actor.require(Permission.HANDLE_ALERTS)
    alerts = work.records.alerts.historic()
    ids = {alert.patient_id for alert in alerts}
    patients = {patient.id: patient for patient in work.records.patients.of_many(ids)}
    return tuple(
        HistoricList(source, tuple((patients[alert.patient_id], alert) for alert in found))
        for source, found in groupby(alerts, key=lambda alert: alert.source or "")
    )


def review_historic(
    work: UnitOfWork, source: str, *, seen_alert_ids: Collection[str], note: str
) -> int:
    """How many were reviewed: those that the person had before them. What a later run of the same
    import finds stands on the list again."""
    work.actor.require(Permission.ASSESS_RISK)
    written = entered.needed_note(note, missing="Write a note: what you looked at and decided.")
    wanted = [
        alert
        for alert in work.records.alerts.historic()
        if alert.source == source and alert.id in set(seen_alert_ids)
    ]
    for patient_id in sorted({alert.patient_id for alert in wanted}):
        work.write_about(patient_id)
    for alert in wanted:
        work.records.alerts.save(alert.closed(work.now, work.actor.id, REVIEWED), note=written)
        work.audit("alert.reviewed", about=alert.patient_id, record=alert.id)
    return len(wanted)
