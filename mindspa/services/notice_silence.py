"""Notice that nobody answered a check-in after a positive answer about safety."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta

from mindspa.domain import safety
from mindspa.domain.access import Permission
from mindspa.domain.safety import Silence
from mindspa.domain.schedule import Occasion
from mindspa.services.raise_alerts import raise_alerts
from mindspa.services.unit_of_work import UnitOfWork

# What closed while no worker ran is noticed when one runs again, unless that is longer ago.
LOOKED_BACK = timedelta(days=7)


def patients_gone_silent(work: UnitOfWork) -> list[str]:
    """Ids of those whom the team has not been told of; a fixed number of reads."""
    work.actor.require(Permission.HANDLE_ALERTS)
    return list(_silences(work, _missed(work)))


def notice_silence(work: UnitOfWork, patient_id: str) -> bool:
    """Whether an alert was raised, now that nobody else can answer or tell."""
    work.actor.require(Permission.HANDLE_ALERTS)
    work.write_about(patient_id)
    found = _silences(work, _missed(work, patient_id)).get(patient_id)
    if found is None:
        return False
    raised = raise_alerts(
        work,
        patient_id,
        [work.definitions.safety.missed.finding()],
        answered_at=found.occasion.closes_at,
        check_in_id=found.after.check_in_id,
        form_id=found.after.form_id,
    )
    return raised > 0


def _missed(work: UnitOfWork, patient_id: str | None = None) -> Sequence[Occasion]:
    rule = work.definitions.safety.missed
    since = work.now - LOOKED_BACK
    return work.records.worklist.missed_after(
        rule.after,
        answered_since=since - rule.within,
        now=work.now,
        since=since,
        patient_id=patient_id,
    )


def _silences(work: UnitOfWork, missed: Sequence[Occasion]) -> dict[str, Silence]:
    if not missed:
        return {}
    rule = work.definitions.safety.missed
    asking = {
        name: found.safety_items
        for name, found in work.definitions.instruments.items()
        if found.safety_items
    }
    by_patient: defaultdict[str, list[Occasion]] = defaultdict(list)
    for occasion in missed:
        by_patient[occasion.patient_id].append(occasion)
    alerts = work.records.alerts.of_many(by_patient)
    forms = work.records.check_ins.of_many_since(
        by_patient, asking, work.now - LOOKED_BACK - rule.within
    )
    heard = [form for form in forms if form.answers.keys() & asking[form.instrument]]
    found = {
        patient_id: safety.silence(
            rule,
            occasions,
            [alert for alert in alerts if alert.patient_id == patient_id],
            [form for form in heard if form.patient_id == patient_id],
        )
        for patient_id, occasions in by_patient.items()
    }
    return {patient_id: one for patient_id, one in found.items() if one is not None}
