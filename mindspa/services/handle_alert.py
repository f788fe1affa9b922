"""Raise safety alerts from findings, and close them after an assessment."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from mindspa.domain import entered, safety
from mindspa.domain.access import Permission
from mindspa.domain.errors import InvalidInput
from mindspa.domain.safety import Alert, AlertState, Finding
from mindspa.services.unit_of_work import UnitOfWork

OUTCOMES = {
    "assessed": "Assessed",
    "safety_plan": "Safety plan made",
    "emergency_care": "Sent to emergency care",
    "handed_over": "Handed to a named clinician",
}


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
            historic=source is not None and safety.is_historic(rules, answered_at, now=work.now),
            check_in_id=check_in_id,
            form_id=form_id,
            source=source,
        )
        if work.records.alerts.add_once(alert, chosen_now=chosen_now):
            raised += 1
            work.audit("alert.raised", about=patient_id, record=alert.id)
    return raised


def close_alert(work: UnitOfWork, alert_id: str, *, outcome: str, note: str) -> Alert:
    """Only with an outcome and a note, and only by a role that may assess risk."""
    work.actor.require(Permission.ASSESS_RISK)
    work.write_about(work.records.alerts.get(alert_id).patient_id)
    alert = work.records.alerts.get(alert_id)  # as it is now that nobody else can close it
    if outcome not in OUTCOMES:
        raise InvalidInput("Choose what came of the alert.")
    written = entered.needed_note(
        note, missing="Write a note: what you found and what was agreed.", what="The note"
    )
    if alert.state is AlertState.CLOSED:
        return alert
    closed = replace(
        alert,
        state=AlertState.CLOSED,
        closed_at=work.now,
        closed_by=work.actor.id,
        outcome=outcome,
    )
    work.records.alerts.close(closed, note=written)
    work.audit("alert.closed", about=alert.patient_id, record=alert.id)
    return closed
