"""Instruments: what is asked, with which options, over which recall, and how totals are read.

The content is data (data/instruments/*.toml); the types here are what a loaded file becomes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from mindspa.domain.errors import InvalidAnswers

Text = Mapping[str, str]  # the same words by language: {"en": "Not at all"}


class Kind(StrEnum):
    STANDARD = "standard"  # a validated questionnaire, wording unchanged
    PULSE = "pulse"  # our own short check-in; never compared with a standard one
    SCREEN = "screen"  # categories, no total
    ENTERED_TOTAL = "entered_total"  # rated elsewhere; a clinician enters the total


@dataclass(frozen=True, slots=True)
class Option:
    """`code` is the answer's LOINC code. Those are not ordinal: sort and score by `value` only."""

    value: int
    text: Text
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """`short` is a word or two for tables. `intro` is read before the item, with nothing between.
    `variants` empty: in every variant. `asked_if_any_above_zero`: asked only once one of these
    items is above 0; empty means always."""

    id: str
    text: Text
    short: Text
    options: tuple[Option, ...]
    scored: bool = True
    code: str | None = None
    intro: Text | None = None
    variants: frozenset[str] = frozenset()
    asked_if_any_above_zero: tuple[str, ...] = ()

    @property
    def values(self) -> frozenset[int]:
        return frozenset(option.value for option in self.options)

    @property
    def highest(self) -> int:
        return max(option.value for option in self.options)

    def option(self, value: int) -> Option:
        return next(option for option in self.options if option.value == value)


@dataclass(frozen=True, slots=True)
class Band:
    """A severity band from `start` up to the next band's start. `severity` is its name in files
    and exports, the same in every language; `label` is what people read."""

    start: int
    severity: str
    label: Text


@dataclass(frozen=True, slots=True)
class CutOff:
    """A published line that is not a band: a total of `start` or more counts."""

    id: str
    start: int
    label: Text
    source: str


@dataclass(frozen=True, slots=True)
class SubScore:
    """The sum of some items. A cluster of symptoms also says from which answer an item counts as
    a symptom and how many symptoms the instrument's rule needs."""

    id: str
    label: Text
    items: tuple[str, ...]
    maximum: int
    symptom_from: int | None = None
    symptoms_needed: int | None = None


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where the content comes from and who signed it. `reviewed_by` None: not yet signed by a
    clinician, which is to be said wherever the content is listed."""

    source: str
    permission: str
    notice: str
    reviewed_by: str | None = None
    reviewed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Script:
    """What staff say and do who ask a screen: before it, and after each of what it can come to;
    `unfinished`: it is positive, and not all of it was answered. `responder`: whom to call when it
    is positive; None: nobody is named, so that it stays off."""

    responder: str | None
    before: Text
    negative: Text
    positive: Text
    unfinished: Text
    acute: Text


@dataclass(frozen=True, slots=True)
class Instrument:
    """`recall` None: no fixed window, `recall_label` says what is asked about. A SCREEN has no
    total: its range is 0 to 0. `prorate_missing`: at most so many scored items may be missing
    when a total is pro-rated, 0 where it never may. `codes` are LOINC codes by use ("panel",
    "total"). `script`: staff ask it, word for word. Every `Text` has every language of
    `languages`."""

    id: str
    version: str
    kind: Kind
    languages: tuple[str, ...]
    title: Text
    short_name: Text
    recall: timedelta | None
    recall_label: Text
    provenance: Provenance
    stem: Text | None = None
    items: tuple[Item, ...] = ()
    minimum: int = 0
    maximum: int = 0
    bands: tuple[Band, ...] = ()
    cut_offs: tuple[CutOff, ...] = ()
    sub_scores: tuple[SubScore, ...] = ()
    algorithm: str | None = None
    safety_item: str | None = None
    prorate_missing: int = 0
    staff_only: bool = False
    enabled: bool = True
    script: Script | None = None
    codes: Mapping[str, str] = field(default_factory=dict)

    @property
    def scored_items(self) -> tuple[Item, ...]:
        return tuple(item for item in self.items if item.scored)

    @property
    def safety_items(self) -> tuple[str, ...]:
        """Those about safety: every one of a screen that staff ask, or the one that a form has."""
        if self.script:
            return tuple(item.id for item in self.items)
        return (self.safety_item,) if self.safety_item else ()

    @property
    def has_total(self) -> bool:
        return self.maximum > self.minimum

    def item(self, item_id: str) -> Item:
        for item in self.items:
            if item.id == item_id:
                return item
        raise InvalidAnswers(f"{self.id} has no item {item_id!r}.", item=item_id)

    def items_for(self, variant: str | None = None) -> tuple[Item, ...]:
        """The items of one variant in the order they are asked."""
        return tuple(item for item in self.items if not item.variants or variant in item.variants)

    def is_asked(self, item: Item, answers: Mapping[str, int]) -> bool:
        """Whether the answers so far call for a conditional item."""
        needs = item.asked_if_any_above_zero
        return not needs or any(answers.get(other, 0) > 0 for other in needs)

    def band(self, total: int) -> Band | None:
        """None where the instrument has no bands."""
        reached = [band for band in self.bands if band.start <= total]
        return reached[-1] if reached else None

    def language_for(self, wanted: str) -> str:
        """The wanted language, or the instrument's first: nothing is translated on the fly."""
        return wanted if wanted in self.languages else self.languages[0]

    @property
    def variants(self) -> frozenset[str]:
        return frozenset().union(*(item.variants for item in self.items))


def check_answers(instrument: Instrument, answers: Mapping[str, object]) -> None:
    """Raises InvalidAnswers unless every answer is one of its item's options.

    A missing answer is no entry at all: None is refused like any other value that is no option.
    """
    for item_id, value in answers.items():
        item = instrument.item(item_id)
        # bool is an int and 1.0 == 1 in Python: both would slip through a membership test alone.
        if type(value) is not int or value not in item.values:
            allowed = ", ".join(str(option.value) for option in item.options)
            raise InvalidAnswers(
                f"{instrument.id} item {item_id} takes one of {allowed}.", item=item_id, value=value
            )


def check_total(instrument: Instrument, total: object) -> None:
    """Raises InvalidAnswers unless `total` is a whole number that the instrument can have."""
    low, high = instrument.minimum, instrument.maximum
    if type(total) is not int or not low <= total <= high or not instrument.has_total:
        raise InvalidAnswers(
            f"{instrument.id} totals are whole numbers from {low} to {high}."
            if instrument.has_total
            else f"{instrument.id} has no total.",
            value=total,
        )


def recall_share_before(recall: timedelta, answered_at: datetime, instant: datetime) -> float:
    """How much of a form's recall lies before `instant`: 1.0 when answered before it."""
    before = recall - (answered_at - instant)
    return min(1.0, max(0.0, before / recall))
