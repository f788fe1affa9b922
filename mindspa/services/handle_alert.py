"""What the team does about an alert: own it, hand it over, reach the patient, close it, reopen it.

`alert` is what the team calls the case: all that is open of one patient.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime

from mindspa.domain import alert_cases, entered
from mindspa.domain.access import Permission
from mindspa.domain.alert_cases import AlertCase, CaseState, Step
from mindspa.domain.contacts import Reached
from mindspa.domain.errors import InvalidInput, Stale
from mindspa.domain.safety import AlertState
from mindspa.services.log_contact import log_contact
from mindspa.services.raise_alerts import add_to_case, take_step, watch_of
from mindspa.services.unit_of_work import UnitOfWork

UNREACHED = "unreached"
MERGED = "merged"
OUTCOMES: Mapping[str, str] = {
    "assessed": "Assessed",
    "safety_plan": "Safety plan made",
    "emergency_care": "Sent to emergency care",
    "handed_over": "Handed to a named clinician",
    UNREACHED: "Not reached, and the clinic's own steps were taken",
}


def own_alert(work: UnitOfWork, case_id: str) -> AlertCase:
    """Owning what one owns already changes nothing."""
    case = _locked(work, case_id)
    owned = alert_cases.own(case, work.actor.id, work.actor.name, watch_of(work))
    if owned is not case:
        take_step(work, owned, Step.OWNED)
    return owned


def hand_over_alert(work: UnitOfWork, case_id: str, to: str | None, *, note: str = "") -> AlertCase:
    """To a colleague who handles alerts as well, who owns it from then on."""
    case = _locked(work, case_id)
    colleague = next((c for c in work.records.colleagues.handling_alerts() if c.id == to), None)
    if colleague is None:
        raise InvalidInput("Choose the colleague who takes it.")
    handed = alert_cases.own(case, colleague.id, colleague.name, watch_of(work))
    if handed is not case:
        take_step(
            work,
            handed,
            Step.HANDED_OVER,
            handed_to=colleague.id,
            handed_to_name=colleague.name,
            note=entered.note(note) or None,
        )
    return handed


def log_attempt(
    work: UnitOfWork,
    case_id: str,
    *,
    way: str | None,
    outcome: str | None,
    next_attempt: datetime | None = None,
    note: str = "",
    contact_id: str | None = None,
) -> AlertCase:
    """The alert stays open, whatever came of it; where the patient was not reached, `next_attempt`
    says when it is tried again. `contact_id` names the press: the same one twice is one."""
    case = _locked(work, case_id)
    if next_attempt is not None:
        next_attempt = entered.instant(next_attempt, what="The next attempt")
    if contact_id and work.records.contacts.one(contact_id):
        return case
    contact = log_contact(
        work, case.patient_id, way=way, outcome=outcome, note=note, contact_id=contact_id
    )
    reached = contact.outcome is Reached.REACHED
    tried = alert_cases.contacted(
        case,
        work.actor.id,
        work.actor.name,
        watch_of(work),
        reached=reached,
        next_attempt=next_attempt,
    )
    take_step(work, tried, Step.CONTACT, contact_id=contact.id)
    return tried


def close_alert(
    work: UnitOfWork,
    case_id: str,
    *,
    seen_alert_ids: Collection[str],
    outcome: str,
    note: str,
    steps: Collection[str] = (),
) -> AlertCase:
    """Only with an outcome and a note, and only by a role that may assess risk. `seen_alert_ids`:
    what the person had before them; an answer that came in since is not assessed with it. `steps`:
    those of the clinic that were taken, where the patient was not reached."""
    work.actor.require(Permission.ASSESS_RISK)
    case = _locked(work, case_id)  # as it is now that nobody else can close it
    if outcome not in OUTCOMES:
        raise InvalidInput("Choose what came of the alert.")
    written = entered.needed_note(
        note, missing="Write a note: what you found and what was agreed.", what="The note"
    )
    if case.state is CaseState.CLOSED:
        return case
    if {alert.id for alert in work.records.alerts.of_cases([case.id])} - {*seen_alert_ids}:
        raise Stale("Another answer came in meanwhile. Look at it, then close the alert.")
    if outcome == UNREACHED:
        _refuse_unreached(work, case, steps)
    return _closed(work, case, outcome, written)


def reopen_alert(work: UnitOfWork, case_id: str, *, reason: str) -> AlertCase:
    case = _locked(work, case_id)
    if case.state is not CaseState.CLOSED:
        return case
    why = entered.needed_note(reason, missing="Write why it is opened again.", what="The reason")
    if case.outcome == MERGED:
        raise InvalidInput("This alert goes on in the record that this one was merged into.")
    if work.records.alert_cases.open_of(case.patient_id):
        raise InvalidInput("The patient has an open alert already. Act on that one.")
    opened = alert_cases.reopen(case, watch_of(work))
    take_step(work, opened, Step.REOPENED, note=why)
    for alert in work.records.alerts.of_cases([case.id]):
        work.records.alerts.save(
            replace(alert, state=AlertState.OPEN, closed_at=None, closed_by=None, outcome=None)
        )
    return opened


def join_alerts(work: UnitOfWork, patient_id: str, *, into: str) -> None:
    """Two records become one, and so do their open alerts. The caller has locked both."""
    theirs = work.records.alert_cases.open_of(patient_id)
    mine = work.records.alert_cases.open_of(into)
    if theirs is None or mine is None:
        return
    for alert in work.records.alerts.of_cases([theirs.id]):
        work.records.alerts.save(replace(alert, case_id=mine.id))
    add_to_case(work, mine, theirs.tier, chosen_now=False)
    _closed(work, replace(theirs, patient_id=into), MERGED, None)


def _closed(work: UnitOfWork, case: AlertCase, outcome: str, note: str | None) -> AlertCase:
    closed = alert_cases.close(case, work.actor.id, work.actor.name, outcome, watch_of(work))
    take_step(work, closed, Step.CLOSED, outcome=outcome, note=note)
    for alert in work.records.alerts.of_cases([case.id]):
        work.records.alerts.save(alert.closed(work.now, work.actor.id, outcome))
    return closed


def _refuse_unreached(work: UnitOfWork, case: AlertCase, steps: Collection[str]) -> None:
    wanted = work.records.duty_plans.last().unreached_steps
    if not wanted:
        raise InvalidInput(
            "Your clinic has not written down what is done when a patient cannot be reached. "
            "Until then such an alert stays open."
        )
    if left := [step for step in wanted if step not in steps]:
        raise InvalidInput(f"Not done yet: {'; '.join(left)}. Until then the alert stays open.")
    if not any(e.step is Step.CONTACT for e in work.records.alert_cases.steps(case.id)):
        raise InvalidInput("Nobody has tried to reach the patient yet. Try, and write it down.")


def _locked(work: UnitOfWork, case_id: str) -> AlertCase:
    work.actor.require(Permission.HANDLE_ALERTS)
    work.write_about(work.records.alert_cases.get(case_id).patient_id)
    return work.records.alert_cases.get(case_id)
