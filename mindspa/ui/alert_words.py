"""What the pages of the team say of an alert: how urgent it is, whose it is, and by when."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from mindspa.domain.access import WORKER
from mindspa.domain.alert_cases import AlertCase, CaseEvent, CaseState, Step
from mindspa.domain.definitions import Definitions
from mindspa.domain.messages import Message
from mindspa.domain.safety import Alert, SafetyAnswer, Tier
from mindspa.services.handle_alert import MERGED, OUTCOMES
from mindspa.services.view_alerts import ListedAlert
from mindspa.ui import message_words
from mindspa.ui.follow_up_words import LANGUAGE, happened
from mindspa.ui.local_time import spoken

URGENCY = {Tier.IMMEDIATE: "Immediate", Tier.SAME_DAY: "Same day"}
STATES = {
    CaseState.OPEN: "Nobody has taken it",
    CaseState.OWNED: "Taken",
    CaseState.ESCALATED: "Escalated",
    CaseState.CLOSED: "Closed",
}
_STEPS = {
    Step.RAISED: "Raised",
    Step.ADDED: "Something further was added",
    Step.OWNED: "Taken",
    Step.HANDED_OVER: "Handed over",
    Step.CONTACT: "Contact",
    Step.ESCALATED: "Escalated: nobody had acted by its time",
    Step.REPEATED: "Told again: nobody has acted",
    Step.CLOSED: "Closed",
    Step.REOPENED: "Opened again",
}


@dataclass(frozen=True, slots=True)
class AlertWords:
    """At one instant, in the clinic's zone, with the content in force."""

    definitions: Definitions
    zone: str
    now: datetime

    def when(self, at: datetime) -> str:
        return spoken(at, self.zone, now=self.now)

    def state(self, case: AlertCase) -> str:
        if case.state is CaseState.OWNED:
            return f"{case.owner_name} has it"
        if case.state is CaseState.ESCALATED and case.owner_name:
            return f"Escalated; {case.owner_name} had it"
        return STATES[case.state]

    def due(self, case: AlertCase) -> str:
        """ "today at 2:05 pm, in 12 min", "today at 2:05 pm, 3 h late"."""
        left = case.due_at - self.now
        span = length(abs(left))
        return f"{self.when(case.due_at)}, " + (f"in {span}" if left > timedelta() else _late(span))

    def reasons(self, listed: ListedAlert) -> str:
        words = (self.definitions.safety.words(alert.rule) for alert in listed.alerts)
        return "; ".join(dict.fromkeys(words))

    def raised_by(self, alert: Alert) -> str:
        """ "PHQ-9 item 9 above zero: nearly every day. Answered today at 2:05 pm"."""
        words = self.definitions.safety.words(alert.rule)
        instrument = self.definitions.instruments.get(alert.instrument)
        if instrument and alert.item is not None and alert.value is not None:
            words += f": {instrument.item(alert.item).option(alert.value).text[LANGUAGE].lower()}"
        return f"{words}. {happened(alert, self.when(alert.answered_at))}"

    def answer(self, given: SafetyAnswer) -> tuple[str, str, str]:
        """When, which question, and what was answered."""
        instrument = self.definitions.instruments[given.instrument]
        item = instrument.item(given.item)
        said = "Not answered"
        if given.value is not None:
            said = f"{item.option(given.value).text[LANGUAGE]} ({given.value})"
        name = f"{instrument.short_name[LANGUAGE]}: {item.short[LANGUAGE]}"
        return self.when(given.answered_at), name, said

    def told(self, message: Message) -> str:
        return message_words.told(message, self.when)

    def by(self, event: CaseEvent) -> str:
        return "by itself" if event.by == WORKER else event.by_name

    def step(self, event: CaseEvent) -> str:
        words = _STEPS[event.step]
        if event.step is Step.HANDED_OVER:
            words += f" to {event.handed_to_name}"
        if event.outcome:
            words += f": {outcome(event.outcome).lower()}"
        return words


def outcome(name: str) -> str:
    return "Goes on in the merged record" if name == MERGED else OUTCOMES.get(name, name)


def length(span: timedelta) -> str:
    """ "12 min", "3 h", "2 days": as long as it is, to a unit that says enough."""
    minutes = span // timedelta(minutes=1)
    if minutes < 120:
        return f"{minutes} min"
    hours = minutes // 60
    return f"{hours} h" if hours < 48 else f"{hours // 24} days"


def _late(span: str) -> str:
    return f"{span} late"
