"""What the team does about a patient's alerts: one case at a time, with an owner and a clock.

Every step is a pure function: the case as it stood in, the case as it stands out. A case ends by
being closed with an outcome, and by nothing else: no look, no time and no later answer ends it.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from mindspa.domain.duty import ClockRule, Duty
from mindspa.domain.errors import InvalidInput
from mindspa.domain.safety import SafetyRules, Tier


class CaseState(StrEnum):
    OPEN = "open"  # nobody has taken it yet
    OWNED = "owned"
    ESCALATED = "escalated"  # nobody acted by its time: the backup is asked as well
    CLOSED = "closed"


class Step(StrEnum):
    RAISED = "raised"
    ADDED = "added"
    OWNED = "owned"
    HANDED_OVER = "handed_over"
    CONTACT = "contact"
    ESCALATED = "escalated"
    REPEATED = "repeated"
    CLOSED = "closed"
    REOPENED = "reopened"


@dataclass(frozen=True, slots=True)
class AlertCase:
    """All alerts of a patient that are open at the same time. `due_at`: by when somebody must act
    next. `next_at`: when time alone does something next; None once it is closed. `attempted_at`:
    the last attempt to reach the patient since the clock began anew. `version` counts the steps."""

    id: str
    patient_id: str
    tier: Tier
    state: CaseState
    opened_at: datetime
    due_at: datetime
    next_at: datetime | None
    version: int = 1
    owner: str | None = None
    owner_name: str | None = None
    owned_at: datetime | None = None  # first, since it was opened or reopened
    attempted_at: datetime | None = None
    escalated_at: datetime | None = None
    closed_at: datetime | None = None
    closed_by: str | None = None
    closed_by_name: str | None = None
    outcome: str | None = None


@dataclass(frozen=True, slots=True)
class CaseEvent:
    """One step, by whom. `number` is the version that the case has since. `handed_to`: who owns it
    since it was handed over."""

    case_id: str
    patient_id: str
    number: int
    at: datetime
    by: str
    by_name: str
    step: Step
    tier: Tier
    handed_to: str | None = None
    handed_to_name: str | None = None
    contact_id: str | None = None
    outcome: str | None = None
    note: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many are open. `late`: nobody has acted by their time."""

    total: int
    immediate: int
    late: int


@dataclass(frozen=True, slots=True)
class Watch:
    """What the clock of a case goes by."""

    duty: Duty
    rules: SafetyRules
    now: datetime

    def rule(self, tier: Tier) -> ClockRule:
        return self.rules.clock[tier]

    def due(self, tier: Tier) -> datetime:
        return self.duty.due(self.rule(tier), self.now)


def begin(case_id: str, patient_id: str, tier: Tier, watch: Watch) -> AlertCase:
    case = AlertCase(case_id, patient_id, tier, CaseState.OPEN, watch.now, watch.now, watch.now)
    return _restarted(case, watch)


def add(case: AlertCase, tier: Tier, watch: Watch, *, by: str) -> AlertCase:
    """Another answer raised something: the clock begins anew, and whoever is on duty is asked where
    the owner is not. `by`: who entered it; the owner who heard it themselves keeps it."""
    on_duty = watch.duty.on_duty(watch.now)
    owner = case.owner or ""
    kept = case.state is CaseState.OWNED and (on_duty is None or owner == by or owner in on_duty)
    given_up = {} if kept else {"state": CaseState.OPEN, "owner": None, "owner_name": None}
    worst = Tier.IMMEDIATE if Tier.IMMEDIATE in (case.tier, tier) else Tier.SAME_DAY
    return _restarted(_next(case, tier=worst, **given_up), watch)


def graver(case: AlertCase, tier: Tier, watch: Watch) -> AlertCase:
    """Of the very answers that this step is about: no step of its own."""
    if tier is case.tier or case.tier is Tier.IMMEDIATE:
        return case
    return _restarted(replace(case, tier=tier), watch)


def own(case: AlertCase, person_id: str, name: str, watch: Watch) -> AlertCase:
    """Taking it buys no time, unless its time has passed already."""
    _refuse_closed(case)
    if case.state is CaseState.OWNED and case.owner == person_id:
        return case
    taken = _next(
        case,
        state=CaseState.OWNED,
        owner=person_id,
        owner_name=name,
        owned_at=case.owned_at or watch.now,
    )
    late = case.state is CaseState.ESCALATED or case.due_at <= watch.now
    return _due_at(taken, watch.due(case.tier) if late else case.due_at)


def contacted(
    case: AlertCase,
    person_id: str,
    name: str,
    watch: Watch,
    *,
    reached: bool,
    next_attempt: datetime | None = None,
) -> AlertCase:
    """Whoever makes the attempt owns the case where nobody does. Reached or not, it stays open: not
    reached until the next attempt."""
    _refuse_closed(case)
    if not reached:
        _refuse_far(next_attempt, case.tier, watch)
    owned = case if case.state is CaseState.OWNED else own(case, person_id, name, watch)
    due = watch.due(case.tier) if reached or next_attempt is None else next_attempt
    return _due_at(replace(owned, version=case.version + 1, attempted_at=watch.now), due)


def passed(case: AlertCase, watch: Watch) -> tuple[AlertCase, Step] | None:
    """What time alone does now: nothing, or the case as it stands then. Past its time it goes to
    the backup; until somebody acts it is told again."""
    if case.next_at is None or watch.now < case.next_at:
        return None
    again = watch.now + watch.rule(case.tier).repeat
    if case.state is not CaseState.ESCALATED and case.due_at <= watch.now:
        gone = _next(case, state=CaseState.ESCALATED, escalated_at=watch.now, next_at=again)
        return gone, Step.ESCALATED
    before_due = case.state is CaseState.OPEN
    told = _next(case, next_at=min(again, case.due_at) if before_due else again)
    return told, Step.REPEATED


def close(case: AlertCase, person_id: str, name: str, outcome: str, watch: Watch) -> AlertCase:
    return _next(
        case,
        state=CaseState.CLOSED,
        closed_at=watch.now,
        closed_by=person_id,
        closed_by_name=name,
        outcome=outcome,
        next_at=None,
        owned_at=case.owned_at or watch.now,
    )


def reopen(case: AlertCase, watch: Watch) -> AlertCase:
    if case.state is not CaseState.CLOSED:
        raise InvalidInput("This alert is open already.")
    opened = _next(
        case,
        state=CaseState.OPEN,
        owner=None,
        owner_name=None,
        owned_at=None,
        closed_at=None,
        closed_by=None,
        closed_by_name=None,
        outcome=None,
    )
    return _restarted(opened, watch)


def _restarted(case: AlertCase, watch: Watch) -> AlertCase:
    fresh = replace(case, attempted_at=None, escalated_at=None)
    return _due_at(fresh, watch.due(case.tier), watch)


def _due_at(case: AlertCase, due_at: datetime, watch: Watch | None = None) -> AlertCase:
    """`watch`: where nobody owns it, and it is told again before it is due, unless nobody is
    there."""
    next_at = due_at
    if watch and case.state is CaseState.OPEN and watch.duty.somebody_acts(watch.now):
        next_at = min(due_at, watch.now + watch.rule(case.tier).repeat)
    return replace(case, due_at=due_at, next_at=next_at)


def _next(case: AlertCase, **changed: object) -> AlertCase:
    return replace(case, version=case.version + 1, **changed)  # type: ignore[arg-type]


def _refuse_closed(case: AlertCase) -> None:
    if case.state is CaseState.CLOSED:
        raise InvalidInput("This alert is closed. Reopen it, with the reason, to act on it again.")


def _refuse_far(next_attempt: datetime | None, tier: Tier, watch: Watch) -> None:
    if next_attempt is None:
        raise InvalidInput("Say when the next attempt is made: the alert stays open until then.")
    if next_attempt <= watch.now:
        raise InvalidInput("The next attempt must lie ahead.")
    if next_attempt > watch.duty.furthest_attempt(watch.rule(tier), watch.now):
        raise InvalidInput("The next attempt is too far ahead for such an alert. Put it earlier.")
