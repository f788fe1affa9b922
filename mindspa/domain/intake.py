"""The new-patient forms: what a patient tells before treatment, and what a clinician makes of it.

Every entry is kept; a later one of the same field stands for it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mindspa.domain import entered
from mindspa.domain.errors import InvalidInput

Value = str | int | bool


class Kind(StrEnum):
    TICK = "tick"
    CHOICE = "choice"  # no, yes, not sure
    TEXT = "text"
    LINES = "lines"
    PHONE = "phone"
    NUMBER = "number"
    ONE_OF = "one_of"  # `options`
    CONSENT = "consent"  # the version of the text that was agreed to, or ""


NO, YES, UNSURE = "no", "yes", "unsure"
CHOICES: Mapping[str, str] = {NO: "No", YES: "Yes", UNSURE: "Not sure"}


@dataclass(frozen=True, slots=True)
class Field:
    """`indication`: what a tick says the patient comes for; `safety`: it raises an alert, as it is
    ticked. `version` is that of a consent's text."""

    id: str
    kind: Kind
    label: str
    required: bool = False
    indication: str | None = None
    safety: bool = False
    contraindication: bool = False
    version: str = ""
    options: Mapping[str, str] | None = None  # their words by id, of one of several


@dataclass(frozen=True, slots=True)
class Section:
    id: str
    title: str
    intro: str | None
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class TrialRules:
    """Of antidepressants. `outcomes`: their words by id; `failed`: those that are a failure;
    `criterion`: so many failures speak for treatment."""

    most: int
    criterion: int
    outcomes: Mapping[str, str]
    failed: frozenset[str]
    source: str


@dataclass(frozen=True, slots=True)
class IntakeRules:
    """data/intake.toml. The fields of the trials follow from their number."""

    version: str
    sections: tuple[Section, ...]
    trials: TrialRules
    source: str
    reviewed_by: str | None = None

    @property
    def fields(self) -> Mapping[str, Field]:
        return {field.id: field for section in self.sections for field in section.fields}


@dataclass(frozen=True, slots=True)
class Entry:
    """What was entered in one field, for good: a changed mind is a further revision."""

    patient_id: str
    field: str
    revision: int
    value: Value
    at: datetime
    by: str


class Verdict(StrEnum):
    ELIGIBLE = "eligible"
    NOT_ELIGIBLE = "not_eligible"
    MORE_NEEDED = "more_needed"


@dataclass(frozen=True, slots=True)
class HandIn:
    """The forms were handed in as complete."""

    id: str
    patient_id: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class IntakeReview:
    id: str
    patient_id: str
    at: datetime
    by: str
    by_name: str
    verdict: Verdict
    reason: str


class Status(StrEnum):
    NOT_BEGUN = "not_begun"
    BEGUN = "begun"
    TO_REVIEW = "to_review"
    ELIGIBLE = "eligible"
    NOT_ELIGIBLE = "not_eligible"
    MORE_NEEDED = "more_needed"


@dataclass(frozen=True, slots=True)
class Trial:
    """One antidepressant; `weeks` None where it was not told."""

    name: str
    dose: str
    weeks: int | None
    outcome: str


@dataclass(frozen=True, slots=True)
class Intake:
    """All of one patient, in order of entering."""

    patient_id: str
    entries: tuple[Entry, ...]
    hand_ins: tuple[HandIn, ...]
    reviews: tuple[IntakeReview, ...]

    @property
    def standing(self) -> Mapping[str, Entry]:
        """The last entry of each field."""
        return {entry.field: entry for entry in self.entries}

    @property
    def values(self) -> Mapping[str, Value]:
        return {field: entry.value for field, entry in self.standing.items()}

    @property
    def status(self) -> Status:
        handed = self.hand_ins[-1].at if self.hand_ins else None
        review = self.reviews[-1] if self.reviews else None
        if review and (handed is None or review.at >= handed):
            return Status(review.verdict.value)
        if handed:
            return Status.TO_REVIEW
        return Status.BEGUN if self.entries else Status.NOT_BEGUN

    @property
    def open(self) -> bool:
        """Whether the patient may still write in it."""
        return self.status in (Status.NOT_BEGUN, Status.BEGUN, Status.MORE_NEEDED)


def trial_fields(rules: TrialRules, number: int) -> tuple[Field, ...]:
    """Of the antidepressant of that number, from 1."""
    return (
        Field(f"trial{number}_name", Kind.TEXT, f"Name of antidepressant {number}"),
        Field(f"trial{number}_dose", Kind.TEXT, "Highest dose, as far as you remember"),
        Field(f"trial{number}_weeks", Kind.NUMBER, "For how many weeks"),
        Field(f"trial{number}_outcome", Kind.ONE_OF, "How it went", options=rules.outcomes),
    )


def all_fields(rules: IntakeRules) -> Mapping[str, Field]:
    found = dict(rules.fields)
    for number in range(1, rules.trials.most + 1):
        found |= {field.id: field for field in trial_fields(rules.trials, number)}
    return found


def checked(field: Field, value: object) -> Value:
    """The value as it is kept; raises InvalidInput where the field cannot hold it. An empty text
    takes back what stood there."""
    match field.kind:
        case Kind.TICK if isinstance(value, bool):
            return value
        case Kind.CHOICE if value in list(CHOICES):
            return str(value)
        case Kind.ONE_OF if value in list(field.options or ()) or value == "":
            return str(value)
        case Kind.CONSENT if value in ("", field.version):
            return str(value)
        case Kind.NUMBER if value == "":
            return ""
        case Kind.NUMBER:
            entered.number(value, what=field.label, lowest=0, highest=2000)
            if isinstance(value, int):
                return value
        case Kind.TEXT | Kind.PHONE | Kind.LINES:
            text = entered.note(value, what=field.label)
            if not text or field.kind is Kind.LINES:
                return text
            return (
                entered.phone(text)
                if field.kind is Kind.PHONE
                else entered.line(text, what=field.label, longest=2 * entered.LONGEST_LINE)
            )
    raise InvalidInput(f"“{field.label}” cannot be answered like that. Choose again.")


def trials(rules: TrialRules, values: Mapping[str, Value]) -> tuple[Trial, ...]:
    """Those that have a name."""
    found = []
    for number in range(1, rules.most + 1):
        name, dose, weeks, outcome = (
            values.get(field.id, "") for field in trial_fields(rules, number)
        )
        if name:
            kept = weeks if isinstance(weeks, int) else None
            found.append(Trial(str(name), str(dose), kept, str(outcome)))
    return tuple(found)


def failed(rules: TrialRules, tried: Iterable[Trial]) -> int:
    return sum(trial.outcome in rules.failed for trial in tried)


def indications(rules: IntakeRules, values: Mapping[str, Value]) -> frozenset[str]:
    return frozenset(
        field.indication
        for field in rules.fields.values()
        if field.indication and values.get(field.id) is True
    )


def flagged(rules: IntakeRules, values: Mapping[str, Value]) -> Iterator[tuple[Field, str]]:
    """What speaks against treatment, or was not answered, for whoever reviews: yes first."""
    asked = [field for field in rules.fields.values() if field.contraindication]
    for wanted in (YES, UNSURE, None):
        for field in asked:
            if values.get(field.id) == wanted:
                yield field, "Not answered" if wanted is None else CHOICES[wanted]


def missing(rules: IntakeRules, values: Mapping[str, Value]) -> tuple[str, ...]:
    """What keeps the forms from being handed in, as the patient reads it."""
    found = []
    if not indications(rules, values):
        found.append("why you come")
    found += [
        field.label for field in rules.fields.values() if _lacks(field, values.get(field.id, ""))
    ]
    return tuple(found)


def _lacks(field: Field, value: Value) -> bool:
    if field.kind is Kind.CONSENT:
        return value != field.version
    return value == "" and (field.required or field.kind is Kind.CHOICE)
