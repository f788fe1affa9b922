"""Scoring: answers in, totals out. A missing answer is never counted as 0."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from mindspa.domain.errors import InvalidInput
from mindspa.domain.instruments import Instrument, Kind, SubScore, check_answers

# Stored with every score. Raise it whenever the same answers could come out differently.
SCORER_VERSION = "1"

Answers = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Score:
    """`total` is None unless every scored item is answered, or pro-rating was asked for and
    possible; then `prorated` is True, `unrounded` holds the mean-filled sum and whoever shows the
    total marks it. `severity` is None where there is no total or no bands. `finding` is what the
    instrument's own rule says of a complete form, provisional and never a diagnosis."""

    total: int | None
    answered: int
    of: int
    severity: str | None
    sub_scores: Mapping[str, int | None]
    finding: str | None
    prorated: bool = False
    unrounded: float | None = None
    scorer_version: str = SCORER_VERSION

    @property
    def complete(self) -> bool:
        return self.answered == self.of


def score(instrument: Instrument, answers: Answers, *, prorate: bool = False) -> Score:
    """Raises InvalidAnswers for an unknown item or a value outside the item's options."""
    check_answers(instrument, answers)
    scored = [item.id for item in instrument.scored_items]
    if not scored:
        raise InvalidInput(f"{instrument.id} has no scored items: its result is entered as it is.")
    given = [answers[item] for item in scored if item in answers]
    missing = len(scored) - len(given)

    total: int | None = None
    unrounded: float | None = None
    if missing == 0:
        total = sum(given)
    elif prorate and missing <= instrument.prorate_missing:
        unrounded = sum(given) * len(scored) / len(given)
        total = _rounded_half_up(sum(given) * len(scored), len(given))

    band = None if total is None else instrument.band(total)
    return Score(
        total=total,
        answered=len(given),
        of=len(scored),
        severity=band.severity if band else None,
        sub_scores={part.id: sum_of(part, answers) for part in instrument.sub_scores},
        finding=(
            FINDINGS[instrument.algorithm](instrument, answers)
            if instrument.algorithm and missing == 0
            else None
        ),
        prorated=unrounded is not None,
        unrounded=unrounded,
    )


def total_of(instrument: Instrument, answers: Answers) -> int | None:
    """None where an answer is missing, and for a screen, which has no total."""
    if instrument.kind is Kind.SCREEN:
        check_answers(instrument, answers)
        return None
    return score(instrument, answers).total


def sum_of(part: SubScore, answers: Answers) -> int | None:
    """None unless each of its items is answered."""
    if any(item not in answers for item in part.items):
        return None
    return sum(answers[item] for item in part.items)


def _rounded_half_up(numerator: int, denominator: int) -> int:
    """Half up: to the nearest whole point, as cutting off would make every filled form look a
    little better than it is. In whole numbers, so that 14.5 is never 14.499."""
    return (2 * numerator + denominator) // (2 * denominator)


def symptoms(part: SubScore, answers: Answers) -> int:
    """How many of a cluster's items count as a symptom."""
    if part.symptom_from is None:
        raise ValueError(f"{part.id} is no cluster of symptoms")
    return sum(answers[item] >= part.symptom_from for item in part.items)


def phq9_diagnostic(instrument: Instrument, answers: Answers) -> str:
    """ "major", "other" or "none" (Spitzer, Kroenke & Williams 1999, JAMA 282:1737-1744).

    Items count from 2, item 9 from 1. One of the first two must count; with it, five or more
    make "major" and two to four "other". It can contradict the total, both ways.
    """
    counts = {
        item.id: answers[item.id] >= (1 if item.id == instrument.safety_item else 2)
        for item in instrument.scored_items
    }
    number = sum(counts.values())
    if not (counts["1"] or counts["2"]) or number < 2:
        return "none"
    return "major" if number >= 5 else "other"


def pcl5_provisional(instrument: Instrument, answers: Answers) -> str:
    """ "positive" when every cluster holds the symptoms it needs, whatever the total."""
    enough = all(
        symptoms(part, answers) >= part.symptoms_needed
        for part in instrument.sub_scores
        if part.symptoms_needed is not None
    )
    return "positive" if enough else "negative"


# What `algorithm` in an instrument's file may name; each is given complete answers only.
FINDINGS: Mapping[str, Callable[[Instrument, Answers], str]] = {
    "phq9_diagnostic": phq9_diagnostic,
    "pcl5_provisional": pcl5_provisional,
}
