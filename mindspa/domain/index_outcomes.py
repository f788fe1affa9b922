"""The index outcome of each induction, and where one without stands: every treated induction is
counted once, so that a rate has its denominator and what is missing has its reason."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from mindspa.domain.change import Change, ChangeRule, change
from mindspa.domain.check_ins import StoredForm, newest_versions
from mindspa.domain.instruments import Instrument
from mindspa.domain.outcomes import (
    TreatmentStart,
    baselines,
    follows_infusion,
    treatment_starts,
)
from mindspa.domain.schedule import Anchor, OccasionRule, Protocol
from mindspa.domain.treatment import Course, Infusion, InfusionStatus, Phase, Substance


class Standing(StrEnum):
    """Of a treated induction, for one instrument. The first that holds, in this order."""

    NO_BASELINE = "no baseline"
    LOW_BASELINE = "baseline not elevated"
    NOT_YET = "window not over"
    BOOSTER = "booster before an answer"  # what came after it says nothing of the induction
    NOT_ANSWERED = "not answered"
    KNOWN = "known"

    @property
    def eligible(self) -> bool:
        """Whether it is in the denominator: whoever has no answer is missing from it, not left
        out."""
        return self in (Standing.BOOSTER, Standing.NOT_ANSWERED, Standing.KNOWN)


@dataclass(frozen=True, slots=True)
class IndexOutcome:
    """`change` from the baseline to the latest form of the window, and `item_points` the safety
    item's own (negative is better; None where either was not answered): both only where it is
    KNOWN. Placebo inductions have none."""

    course: Course
    instrument: str
    standing: Standing
    baseline: StoredForm | None
    change: Change | None = None
    item_points: int | None = None


def index_window(protocol: Protocol, instrument_id: str) -> OccasionRule | None:
    """None where the clinic does not ask for it after an induction."""
    rules = protocol.anchored(Anchor.LAST_INDUCTION_INFUSION)
    return next((rule for rule in rules if instrument_id in rule.forms), None)


def index_outcomes(
    courses: Iterable[Course],
    infusions: Sequence[Infusion],
    forms: Iterable[StoredForm],
    *,
    instrument: Instrument,
    rule: ChangeRule,
    window: OccasionRule,
    zone: ZoneInfo,
    now: datetime,
) -> list[IndexOutcome]:
    """Of one patient, in order of the courses."""
    starts = {
        course_id: start
        for course_id, start in treatment_starts(courses, infusions).items()
        if start.course.phase is Phase.INDUCTION and start.treated
    }
    scored = sorted(
        (
            form
            for form in newest_versions(forms)
            if form.instrument == instrument.id and form.total is not None
        ),
        key=lambda form: form.answered_at,
    )
    known = baselines(scored, starts, instrument.kind, zone)
    found = []
    for course_id, start in starts.items():
        baseline = known.get(course_id)
        standing, index = _standing(start, baseline, scored, infusions, rule, window, now)
        if baseline is None or index is None:
            found.append(IndexOutcome(start.course, instrument.id, standing, baseline))
            continue
        since = [
            form
            for form in scored
            if start.precedes(form, zone) and form.answered_at <= index.answered_at
        ]
        found.append(
            IndexOutcome(
                start.course,
                instrument.id,
                standing,
                baseline,
                change(
                    baseline,
                    since,
                    rule,
                    baseline_follows_infusion=follows_infusion(baseline, infusions),
                ),
                _item_points(instrument, baseline, index),
            )
        )
    return found


def _standing(
    start: TreatmentStart,
    baseline: StoredForm | None,
    scored: Sequence[StoredForm],
    infusions: Iterable[Infusion],
    rule: ChangeRule,
    window: OccasionRule,
    now: datetime,
) -> tuple[Standing, StoredForm | None]:
    """With the form that is the outcome, where it is KNOWN."""
    if baseline is None or baseline.total is None:
        return Standing.NO_BASELINE, None
    if rule.elevated_from is not None and baseline.total < rule.elevated_from:
        return Standing.LOW_BASELINE, None
    happening = sorted(
        (
            infusion
            for infusion in infusions
            if infusion.status is not InfusionStatus.CANCELLED
            and infusion.substance is not Substance.PLACEBO
        ),
        key=lambda infusion: infusion.starts_at,
    )
    last = [infusion for infusion in happening if infusion.course_id == start.course.id][-1]
    ended = last.ends_at.astimezone(UTC)
    opens, closes = ended + window.opens, ended + window.closes
    if now < closes:
        return Standing.NOT_YET, None
    booster_at = next((i.starts_at for i in happening if i.starts_at > last.starts_at), closes)
    answered = [form for form in scored if opens <= form.answered_at < min(closes, booster_at)]
    if answered:
        return Standing.KNOWN, answered[-1]
    return (Standing.BOOSTER if booster_at < closes else Standing.NOT_ANSWERED), None


def _item_points(instrument: Instrument, baseline: StoredForm, index: StoredForm) -> int | None:
    item = instrument.safety_item
    if item is None or item not in baseline.answers or item not in index.answers:
        return None
    return index.answers[item] - baseline.answers[item]
