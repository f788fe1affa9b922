"""What time alone does to alerts: to the backup when nobody acts, and told again until somebody
does."""

from mindspa.domain import alert_cases
from mindspa.domain.access import Permission
from mindspa.services.raise_alerts import take_step, watch_of
from mindspa.services.unit_of_work import UnitOfWork


def alerts_waiting(work: UnitOfWork) -> list[str]:
    """Ids of those whose time has come."""
    work.actor.require(Permission.HANDLE_ALERTS)
    return work.records.alert_cases.waiting(now=work.now)


def escalate_alert(work: UnitOfWork, case_id: str) -> bool:
    """Whether there was anything to do, now that nobody else can act on it. The summary shows
    nothing of it, so the patient is locked and no more."""
    work.actor.require(Permission.HANDLE_ALERTS)
    work.records.patients.lock(work.records.alert_cases.get(case_id).patient_id)
    found = alert_cases.passed(work.records.alert_cases.get(case_id), watch_of(work))
    if found is None:
        return False
    case, step = found
    take_step(work, case, step)
    return True
