"""Answers in, alerts out: the one function that every way in goes through."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from mindspa.domain.check_ins import Mode, StoredForm
from mindspa.domain.duty import ClockRule
from mindspa.domain.instruments import Instrument
from mindspa.domain.schedule import Occasion

# In place of an instrument:
INTAKE = "intake"  # the new-patient forms
NO_ANSWER = "no_answer"  # a check-in that nobody answered

# What came of an alert, where a clinician has assessed the risk.
ASSESSED = frozenset({"assessed", "safety_plan"})
AS_ASSESSED = "as_assessed"  # in place of that: noted, without a clock


class Tier(StrEnum):
    IMMEDIATE = "immediate"
    SAME_DAY = "same_day"


class Screened(StrEnum):
    """What a screen that staff ask has come to."""

    NEGATIVE = "negative"
    POSITIVE = "positive"
    UNFINISHED = "unfinished"  # positive, and not all of it was answered
    ACUTE = "acute"


class AlertState(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found in answers: not yet an alert, which has a patient and a clock. `value` is
    the answer or, where `item` is None, the points that the total rose by (so far: an unfinished
    form can only add to them)."""

    rule: str  # the id of the rule in data/rules.toml
    tier: Tier
    instrument: str
    item: str | None  # None where the rule looks at a total
    value: int | None


@dataclass(frozen=True, slots=True)
class Alert:
    """What one rule found in one answer. The alerts of a patient that are open at the same time are
    one case (`alert_cases`), which has the owner and the clock; they are closed with it.
    `historic`: found in an import of answers older than 14 days; no case, no clock, no message.
    `assessed_on`: no graver than what was assessed then; no case either, and never open.
    Either `check_in_id` or `form_id` says where it came from; a row that an import refused has a
    name of its own there, and no form; what was missed after an answer has that answer's, and
    `answered_at` is when the check-in closed. The answer that raised it stays
    although it is changed later. `moved_at`: since then the form it came from is in another record,
    where the same alert was raised; this one stays until somebody closes it."""

    id: str
    patient_id: str
    rule: str
    tier: Tier
    instrument: str
    item: str | None
    value: int | None
    raised_at: datetime
    answered_at: datetime
    state: AlertState = AlertState.OPEN
    historic: bool = False
    check_in_id: str | None = None
    form_id: str | None = None
    source: str | None = None
    closed_at: datetime | None = None
    closed_by: str | None = None
    outcome: str | None = None
    moved_at: datetime | None = None
    case_id: str | None = None
    assessed_on: datetime | None = None

    def closed(self, at: datetime, by: str, outcome: str) -> "Alert":
        return replace(self, state=AlertState.CLOSED, closed_at=at, closed_by=by, outcome=outcome)


@dataclass(frozen=True, slots=True)
class AsAssessed:
    """Which answers of a rule are only noted, where the like was assessed lately."""

    rule: str
    values: frozenset[int]
    within: timedelta
    source: str

    def concerns(self, finding: Finding) -> bool:
        return finding.rule == self.rule and finding.value in self.values


@dataclass(frozen=True, slots=True)
class Trigger:
    """An answer that raises an alert by itself, whatever the rest of the form says."""

    id: str
    instrument: str
    item: str
    tiers: Mapping[int, Tier]  # by answer; an answer that is not named raises nothing
    words: str  # what staff read
    source: str


@dataclass(frozen=True, slots=True)
class RiseRule:
    """A sum of answers that stands `points` or more above the same sum of the form before. One
    item: that answer rose. Several: the total rose."""

    id: str
    instrument: str
    items: tuple[str, ...]
    points: int
    tier: Tier
    words: str
    source: str

    @property
    def item(self) -> str | None:
        return self.items[0] if len(self.items) == 1 else None


@dataclass(frozen=True, slots=True)
class IntakeRule:
    """What the new-patient forms raise where a field of theirs that is about safety is ticked."""

    id: str
    tier: Tier
    words: str
    source: str

    def finding(self) -> Finding:
        return Finding(self.id, self.tier, INTAKE, None, None)


@dataclass(frozen=True, slots=True)
class MissedRule:
    """A check-in that closed without any answer, `within` of a finding of one of `after`."""

    id: str
    tier: Tier
    after: frozenset[str]
    within: timedelta
    words: str
    source: str

    def finding(self) -> Finding:
        return Finding(self.id, self.tier, NO_ANSWER, None, None)


@dataclass(frozen=True, slots=True)
class ContactRequest:
    """An answer that asks for a call. It has its own list and is never an alert."""

    id: str
    instrument: str
    item: str
    values: frozenset[int]
    words: str


@dataclass(frozen=True, slots=True)
class SafetyRules:
    """From data/rules.toml. The rules are in force whether or not a clinician has signed them:
    an alert too many is the smaller error. `signed_by` None is to be said wherever they show."""

    triggers: tuple[Trigger, ...]
    rises: tuple[RiseRule, ...]
    contact_requests: tuple[ContactRequest, ...]
    historic_after: timedelta
    intake: IntakeRule
    missed: MissedRule
    clock: Mapping[Tier, ClockRule]
    as_assessed: AsAssessed
    script: Mapping[Mode, tuple[str, ...]]  # what staff do who enter such an answer
    signed_by: str | None = None
    signed_on: date | None = None

    def words(self, rule_id: str) -> str:
        """What staff read for a rule; the id itself for one that is no longer in the file."""
        rules: tuple[Trigger | RiseRule | IntakeRule | MissedRule, ...] = (
            *self.triggers,
            *self.rises,
            self.intake,
            self.missed,
        )
        return next((rule.words for rule in rules if rule.id == rule_id), rule_id)


def findings(
    rules: SafetyRules,
    instrument_id: str,
    answers: Mapping[str, int],
    *,
    previous: StoredForm | None = None,
    total: int | None = None,
) -> tuple[Finding, ...]:
    """All that the rules find in the answers given so far; a further answer only ever adds to it.

    `previous` is what a rise is measured from: for a standard form the last complete one, for a
    pulse the one from before the infusion. `total` is that of a form which came in as a total.
    """
    return (
        *_triggered(rules, instrument_id, answers),
        *rises(rules, instrument_id, answers, previous=previous, total=total),
    )


def screened(
    rules: SafetyRules, instrument_id: str, answers: Mapping[str, int], *, complete: bool
) -> Screened | None:
    """By the answers that stand, those to questions that others no longer call for as well.
    `complete`: every question that they call for has one. None: nothing can be said yet."""
    tiers = {finding.tier for finding in findings(rules, instrument_id, answers)}
    if Tier.IMMEDIATE in tiers:
        return Screened.ACUTE
    if tiers:
        return Screened.POSITIVE if complete else Screened.UNFINISHED
    return Screened.NEGATIVE if complete else None


def findings_for_item(
    rules: SafetyRules,
    instrument_id: str,
    item_id: str,
    value: int,
    *,
    previous: StoredForm | None = None,
) -> tuple[Finding, ...]:
    """What a single answer raises by itself, at the moment it is chosen."""
    return findings(rules, instrument_id, {item_id: value}, previous=previous)


def rises(
    rules: SafetyRules,
    instrument_id: str,
    answers: Mapping[str, int],
    *,
    previous: StoredForm | None,
    total: int | None = None,
) -> tuple[Finding, ...]:
    """What has risen since the form before; nothing where there is none to compare with."""
    if previous is None:
        return ()
    return tuple(
        Finding(rule.id, rule.tier, instrument_id, rule.item, value)
        for rule in rules.rises
        if rule.instrument == instrument_id
        and (value := _risen(rule, answers, previous, total)) is not None
    )


def _triggered(
    rules: SafetyRules, instrument_id: str, answers: Mapping[str, int]
) -> Iterator[Finding]:
    for trigger in rules.triggers:
        if trigger.instrument == instrument_id and trigger.item in answers:
            value = answers[trigger.item]
            if tier := trigger.tiers.get(value):
                yield Finding(trigger.id, tier, instrument_id, trigger.item, value)


def _risen(
    rule: RiseRule, answers: Mapping[str, int], previous: StoredForm, total: int | None
) -> int | None:
    """The finding's value, or None when the rule does not hold."""
    if rule.item is not None:
        before = previous.answers.get(rule.item)
        now = answers.get(rule.item)
        found = before is not None and now is not None and now - before >= rule.points
        return now if found else None
    if previous.total is None:
        return None
    # What is answered so far is the least that the total can become, so a rise seen in it stands.
    least = sum(answers[item] for item in rule.items if item in answers)
    rise = max(least, total or 0) - previous.total
    return rise if rise >= rule.points else None


@dataclass(frozen=True, slots=True)
class Silence:
    """The last check-in that was missed, and the alert of the answer that it came after."""

    occasion: Occasion
    after: Alert


def silence(
    rule: MissedRule,
    missed: Iterable[Occasion],
    alerts: Iterable[Alert],
    heard: Iterable[StoredForm],
) -> Silence | None:
    """Of one patient; None where there is none, or the team was told of it. `missed`: closed, with
    no answer at all. `heard`: forms with an answer about safety; one of another check-in than the
    last positive answer's ends what came after that."""
    kept = tuple(alerts)
    positive = (a for a in kept if a.rule in rule.after and not a.historic and a.moved_at is None)
    after = max(positive, key=lambda alert: alert.answered_at, default=None)
    if after is None or any(_heard_later(form, after) for form in heard):
        return None
    found = (
        occasion
        for occasion in missed
        if after.answered_at < occasion.due_at
        and occasion.closes_at - after.answered_at <= rule.within
    )
    last = max(found, key=lambda occasion: occasion.closes_at, default=None)
    if last is None or any(
        alert.rule == rule.id and (alert.closed_at is None or alert.closed_at >= last.closes_at)
        for alert in kept
    ):
        return None
    return Silence(last, after)


def _heard_later(form: StoredForm, after: Alert) -> bool:
    same = after.check_in_id is not None and form.check_in_id == after.check_in_id
    return form.answered_at > after.answered_at and not same


def contact_requests(
    rules: SafetyRules, instrument_id: str, answers: Mapping[str, int]
) -> tuple[ContactRequest, ...]:
    """The calls that the answers ask for."""
    return tuple(
        request
        for request in rules.contact_requests
        if request.instrument == instrument_id and answers.get(request.item) in request.values
    )


def answered_safety(instrument: Instrument, answers: Mapping[str, int]) -> bool | None:
    """Whether a form that was handed in has its safety answer; None where it asks for none.
    "Rather not say" is an answer."""
    if instrument.safety_item is None:
        return None
    return instrument.safety_item in answers


@dataclass(frozen=True, slots=True)
class SafetyAnswer:
    """What a form that asks about safety was answered; `value` None: it was handed in without."""

    instrument: str
    item: str
    value: int | None
    answered_at: datetime


def worst_safety_answer(
    rules: SafetyRules, instruments: Mapping[str, Instrument], forms: Iterable[StoredForm]
) -> SafetyAnswer | None:
    """The one that matters most: an answer that raises an alert by its tier, then the latest that
    was not given, then the latest. None where no form asks."""
    answers = [
        SafetyAnswer(form.instrument, item, form.answers.get(item), form.answered_at)
        for form in forms
        # A form that came in as a total says nothing either way.
        if form.answers and (item := instruments[form.instrument].safety_item)
    ]
    return max(answers, key=lambda a: (_weight(rules, a), a.answered_at), default=None)


def _weight(rules: SafetyRules, answer: SafetyAnswer) -> int:
    if answer.value is None:
        return 1
    return gravity(rules, answer.instrument, answer.item, answer.value)


def gravity(rules: SafetyRules, instrument_id: str, item_id: str, value: int) -> int:
    """Higher for the answer that calls for more haste; 0 for one that raises nothing by itself."""
    found = _triggered(rules, instrument_id, {item_id: value})
    return max((3 if finding.tier is Tier.IMMEDIATE else 2 for finding in found), default=0)


def opens_help(instrument: Instrument, found: tuple[Finding, ...]) -> bool:
    """Whether the patient is shown the help panel at once: a finding in the safety answer."""
    return any(finding.item == instrument.safety_item for finding in found if finding.item)


def assessed_on(
    rules: SafetyRules,
    finding: Finding,
    alerts: Iterable[Alert],
    *,
    safety_plan: bool,
    now: datetime,
) -> datetime | None:
    """When a clinician last assessed an answer that was as grave, of this patient's `alerts`; None
    where the finding starts a clock. `safety_plan`: whether one is on file."""
    rule = rules.as_assessed
    if not safety_plan or not rule.concerns(finding):
        return None
    found = (
        alert.closed_at
        for alert in alerts
        if alert.rule == rule.rule
        and alert.closed_at is not None
        and alert.outcome in ASSESSED
        and alert.value is not None
        and finding.value is not None
        and alert.value >= finding.value
        and now - alert.closed_at <= rule.within
    )
    return max(found, default=None)


def noted_since(alerts: Iterable[Alert], since: datetime | None) -> list[Alert]:
    """Those "as assessed", for the next visit: answered since the last one, or ever."""
    return [
        alert
        for alert in alerts
        if alert.assessed_on is not None and (since is None or alert.answered_at >= since)
    ]


def is_historic(rules: SafetyRules, answered_at: datetime, *, now: datetime) -> bool:
    """Whether answers that come in by import are too old for a clock and a message."""
    return now - answered_at > rules.historic_after
