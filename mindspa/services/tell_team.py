"""Tell the team of an alert, in the transaction of the step that it took."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta

from mindspa.domain.access import Colleague, Permission
from mindspa.domain.alert_cases import AlertCase, CaseEvent, CaseState, Step
from mindspa.domain.duty import OnDuty
from mindspa.domain.messages import Kind, Message
from mindspa.domain.safety import Tier
from mindspa.services.raise_alerts import watch_of
from mindspa.services.unit_of_work import UnitOfWork
from mindspa.services.write_message import notices_to

# After so long a message about an alert would only confuse: the alert itself is told again.
GOOD_FOR = timedelta(hours=24)
_TOLD = {Step.RAISED, Step.ADDED, Step.REOPENED, Step.REPEATED, Step.ESCALATED, Step.HANDED_OVER}


def tell_team(work: UnitOfWork) -> None:
    """Of every step of this unit, before it ends. Once an alert is closed, what has not gone out
    about it never does."""
    for event in work.steps:
        if event.step is Step.CLOSED:
            work.records.messages.cancel_about(event.case_id)
        elif event.step in _TOLD and not _has_been_heard(work, event):
            case = work.records.alert_cases.get(event.case_id)
            colleagues = {c.id: c for c in work.records.colleagues.handling_alerts()}
            told = dict.fromkeys(_receivers(work, event, case, colleagues))
            work.records.messages.add(
                notice
                for person in told
                for notice in _notices(work, event, case, colleagues[person])
            )


def _has_been_heard(work: UnitOfWork, event: CaseEvent) -> bool:
    """By the owner, who entered it as the patient said it: nobody else is asked for it, but where
    it cannot wait and the owner may not assess it."""
    if event.step is Step.ADDED and event.case_id in work.heard:
        return event.tier is not Tier.IMMEDIATE or work.actor.may(Permission.ASSESS_RISK)
    return False


def _receivers(
    work: UnitOfWork, event: CaseEvent, case: AlertCase, colleagues: Mapping[str, Colleague]
) -> Iterable[str]:
    """Ids, whoever is asked first in front. With nobody on duty it is told to all who may assess
    risk: never to nobody."""
    if event.step is Step.HANDED_OVER and event.handed_to:
        return [event.handed_to]
    on_duty = watch_of(work).duty.on_duty(work.now)
    asked = _asked(on_duty, case)
    if event.case_id in work.heard:  # the owner knows
        asked = [person for person in asked if person != case.owner]
    known = [person for person in asked if person in colleagues]
    if known and (on_duty is None or not _needs_more(on_duty, case)):
        return known
    assessing = [c.id for c in colleagues.values() if c.may(Permission.ASSESS_RISK)]
    return [*known, *(assessing or colleagues)]


def _asked(on_duty: OnDuty | None, case: AlertCase) -> list[str]:
    asked = [case.owner] if case.owner else []
    if on_duty is not None:
        asked.append(on_duty.first)
        if case.state is CaseState.ESCALATED and on_duty.second:
            asked.append(on_duty.second)
    return asked


def _needs_more(on_duty: OnDuty, case: AlertCase) -> bool:
    """Escalated, and there is no backup to ask."""
    return case.state is CaseState.ESCALATED and on_duty.second is None


def _notices(
    work: UnitOfWork, event: CaseEvent, case: AlertCase, colleague: Colleague
) -> Iterator[Message]:
    late = case.state is CaseState.ESCALATED
    return notices_to(
        work,
        colleague,
        Kind.ALERT_LATE if late else Kind.ALERT,
        case.id,
        event.number,
        expires_at=work.now + GOOD_FOR,
        topic="alert",
    )
