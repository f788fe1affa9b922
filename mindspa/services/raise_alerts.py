"""Raise safety alerts from findings, and open the case that the team handles."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from mindspa.domain import alert_cases, safety
from mindspa.domain.alert_cases import AlertCase, CaseEvent, Step, Watch
from mindspa.domain.duty import Duty
from mindspa.domain.safety import Alert, AlertState, Finding, Tier
from mindspa.services.unit_of_work import UnitOfWork


def raise_alerts(
    work: UnitOfWork,
    patient_id: str,
    findings: Iterable[Finding],
    *,
    answered_at: datetime,
    check_in_id: str | None = None,
    form_id: str | None = None,
    source: str | None = None,
    chosen_now: bool = False,
) -> int:
    """How many are new: the same answer of the same check-in or form raises one alert, however
    often it is saved; `chosen_now`: it was chosen anew, and not only saved. The caller has locked
    the patient."""
    rules = work.definitions.safety
    historic = source is not None and safety.is_historic(rules, answered_at, now=work.now)
    raised = 0
    for finding in findings:
        alert = Alert(
            work.new_id(),
            patient_id,
            finding.rule,
            finding.tier,
            finding.instrument,
            finding.item,
            finding.value,
            raised_at=work.now,
            answered_at=answered_at,
            historic=historic,
            check_in_id=check_in_id,
            form_id=form_id,
            source=source,
        )
        if work.records.alerts.knows(alert, chosen_now=chosen_now):
            continue
        if assessed_on := None if historic else _assessed_on(work, finding, patient_id):
            alert = replace(
                alert,
                state=AlertState.CLOSED,
                closed_at=work.now,
                outcome=safety.AS_ASSESSED,
                assessed_on=assessed_on,
            )
        elif not historic:
            alert = replace(alert, case_id=_in_case(work, alert, chosen_now=chosen_now))
        work.records.alerts.add(alert)
        raised += 1
        work.audit("alert.raised", about=patient_id, record=alert.id)
    return raised


def watch_of(work: UnitOfWork) -> Watch:
    duty = Duty(work.records.duty_plans.last(), ZoneInfo(work.clinic.zone))
    return Watch(duty, work.definitions.safety, work.now)


def take_step(work: UnitOfWork, case: AlertCase, step: Step, **said: str | None) -> None:
    """Saves the case as it stands after a step; the unit writes the step itself as it ends."""
    work.records.alert_cases.save(case)
    work.steps.append(event_of(work, case, step, **said))
    work.audit(f"alert.{step}", about=case.patient_id, record=case.id)


def event_of(work: UnitOfWork, case: AlertCase, step: Step, **said: str | None) -> CaseEvent:
    return CaseEvent(
        case.id,
        case.patient_id,
        case.version,
        work.now,
        work.actor.id,
        work.actor.name,
        step,
        case.tier,
        **said,
    )


def add_to_case(work: UnitOfWork, case: AlertCase, tier: Tier, *, chosen_now: bool) -> None:
    """What one unit raises is one step, of the gravest tier: it is told once. `chosen_now`: as the
    patient said it; an owner who enters that has heard it."""
    by = work.actor.id if chosen_now else ""
    if by and by == case.owner:
        work.heard.add(case.id)
    same = (e for e in reversed(work.steps) if e.case_id == case.id)
    last = next(same, None)
    if last is None or last.step not in (Step.RAISED, Step.ADDED):
        take_step(work, alert_cases.add(case, tier, watch_of(work), by=by), Step.ADDED)
        return
    worse = alert_cases.graver(case, tier, watch_of(work))
    if worse is not case:
        work.records.alert_cases.save(worse)
        work.steps[work.steps.index(last)] = replace(last, tier=worse.tier)


def _assessed_on(work: UnitOfWork, finding: Finding, patient_id: str) -> datetime | None:
    """Reads no more than what the rule needs to know."""
    rules = work.definitions.safety
    if not rules.as_assessed.concerns(finding):
        return None
    card = work.records.safety_cards.last(patient_id)
    planned = card is not None and bool(card.safety_plan)
    alerts = work.records.alerts.of_many([patient_id]) if planned else []
    return safety.assessed_on(rules, finding, alerts, safety_plan=planned, now=work.now)


def _in_case(work: UnitOfWork, alert: Alert, *, chosen_now: bool) -> str:
    """The id of the patient's open case, which begins with its first alert."""
    case = work.records.alert_cases.open_of(alert.patient_id)
    if case is None:
        case = alert_cases.begin(alert.id, alert.patient_id, alert.tier, watch_of(work))
        work.records.alert_cases.add(case)
        work.steps.append(event_of(work, case, Step.RAISED))
    else:
        add_to_case(work, case, alert.tier, chosen_now=chosen_now)
    return case.id
