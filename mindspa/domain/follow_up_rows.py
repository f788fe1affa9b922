"""What the follow-up list says of an infusion that waits: derived from its patient's record."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from mindspa.domain.check_ins import StoredForm, newest_versions
from mindspa.domain.definitions import Definitions
from mindspa.domain.follow_up import (
    Cell,
    FollowUpReview,
    FollowUpRow,
    Need,
    OpenAlert,
    Reviewed,
    StandardScore,
)
from mindspa.domain.follow_up_windows import Windows
from mindspa.domain.instruments import Kind, recall_share_before
from mindspa.domain.outcomes import (
    baselines,
    claim_starts,
    infusion_numbers,
    treatment_starts,
)
from mindspa.domain.safety import Alert, AlertState, Finding, Tier, findings, worst_safety_answer
from mindspa.domain.schedule import (
    PULSE,
    Anchor,
    Answers,
    Occasion,
    OccasionStatus,
    answers_for,
    hours_since,
    in_figures,
    settled,
)
from mindspa.domain.treatment import Course, Infusion


@dataclass(frozen=True, slots=True)
class FollowUp:
    """One infusion that waits, with all that a reviewer reads."""

    infusion: Infusion
    row: FollowUpRow
    forms: tuple[StoredForm, ...]  # from the pre-infusion check-in on, in order
    alerts: tuple[Alert, ...]  # open ones, and those of the window that are closed
    review: FollowUpReview | None  # the latest

    @property
    def open_alerts(self) -> tuple[Alert, ...]:
        return tuple(alert for alert in self.alerts if alert.state is AlertState.OPEN)

    @property
    def form_ids(self) -> frozenset[str]:
        """With `alert_ids`, all that a review of this row has seen."""
        return frozenset(form.id for form in self.forms)

    @property
    def alert_ids(self) -> frozenset[str]:
        return frozenset(alert.id for alert in self.alerts)


def follow_ups(
    windows: Windows,
    waiting: Iterable[Infusion],
    *,
    courses: Iterable[Course],
    infusions: Sequence[Infusion],
    occasions: Iterable[Occasion],
    forms: Iterable[StoredForm],
    definitions: Definitions,
    zone: ZoneInfo,
) -> tuple[FollowUp, ...]:
    """Of one patient. `waiting` comes from `windows`. Give all courses and infusions, since numbers
    count from the first; of occasions those of the waiting ones; of forms those in their spans and
    in `baseline_spans`."""
    rows = _Rows(windows, courses, infusions, occasions, forms, definitions, zone)
    return tuple(rows.of(infusion) for infusion in waiting)


class _Rows:
    def __init__(
        self,
        windows: Windows,
        courses: Iterable[Course],
        infusions: Sequence[Infusion],
        occasions: Iterable[Occasion],
        forms: Iterable[StoredForm],
        definitions: Definitions,
        zone: ZoneInfo,
    ) -> None:
        self._windows, self._definitions = windows, definitions
        self._protocol = definitions.protocol
        self._numbers = infusion_numbers(infusions)
        self._claims = claim_starts(treatment_starts(courses, infusions))
        self._forms = newest_versions(forms)
        around = {*self._codes(Anchor.INFUSION_START), *self._codes(Anchor.INFUSION_END)}
        self._occasions = {
            (occasion.anchor_id, occasion.code): _of_pulse(occasion)
            for occasion in occasions
            if occasion.code in around and PULSE in occasion.forms
        }
        self._answers = answers_for(self._occasions.values(), self._forms)
        pulses = [f for f in self._forms if f.instrument == PULSE and f.total is not None]
        self._baselines = baselines(pulses, self._claims, Kind.PULSE, zone)
        self._scored = {item.id for item in definitions.instruments[PULSE].scored_items}

    def _codes(self, anchor: Anchor) -> list[str]:
        return [rule.code for rule in self._protocol.anchored(anchor)]

    def of(self, infusion: Infusion) -> FollowUp:
        windows, ends_at = self._windows, infusion.ends_at
        closes_at = windows.closes_at(infusion)
        seen = windows.forms_of(infusion, self._forms)
        alerts, review = windows.alerts_of(infusion), windows.review_of(infusion)
        open_alerts = [alert for alert in alerts if alert.state is AlertState.OPEN]
        before = self._pulses(infusion, Anchor.INFUSION_START)
        after = self._pulses(infusion, Anchor.INFUSION_END)
        pulse_before = next((form for form in before.values() if form), None)
        followed = [form for form in seen if form.answered_at >= ends_at]
        new_since_review = windows.has_news(infusion, [form.id for form in seen])
        silent = review is None and not followed
        rules, instruments = self._definitions.safety, self._definitions.instruments
        row = FollowUpRow(
            infusion_id=infusion.id,
            listed_from=windows.since[infusion.id],
            treated=infusion.treated,
            provisional=infusion.provisional,
            date_only=infusion.date_only,
            planned_at=infusion.planned_at,
            ends_at=ends_at,
            closes_at=closes_at,
            number=self._numbers.get(infusion.id),
            cells={c: self._cell(infusion, c, form) for c, form in (before | after).items()},
            change_since_before=_change(after, pulse_before),
            change_since_course=_change(after, self._baselines.get(infusion.course_id)),
            standard=tuple(self._standard(followed, infusion)),
            side_effects=max(
                (
                    form.answers["side_effects"]
                    for form in followed
                    if form.instrument == PULSE and "side_effects" in form.answers
                ),
                default=None,
            ),
            safety=worst_safety_answer(rules, instruments, seen),
            last_answered_at=seen[-1].answered_at if seen else None,
            open_alerts=tuple(OpenAlert(alert.tier, alert.rule) for alert in open_alerts),
            urgency=self._urgency(
                infusion,
                fresh=[f for f in seen if review is None or f.id not in review.seen_form_ids],
                pulse_before=pulse_before,
                open_tiers={alert.tier for alert in open_alerts},
                new_since_review=new_since_review,
            ),
            silent_from=self._first_window_closes(infusion, closes_at) if silent else None,
            review=_said(review) if review else None,
            new_since_review=new_since_review,
        )
        return FollowUp(infusion, row, tuple(seen), alerts, review)

    def _pulses(self, infusion: Infusion, anchor: Anchor) -> dict[str, StoredForm | None]:
        """The one that each cell is about, by code."""
        nothing: Answers = {}
        return {
            code: self._answers.get((infusion.patient_id, infusion.id, code), nothing).get(PULSE)
            for code in self._codes(anchor)
        }

    def _cell(self, infusion: Infusion, code: str, form: StoredForm | None) -> Cell:
        occasion = self._occasions.get((infusion.id, code))
        if occasion is None:
            return Cell(OccasionStatus.NOT_APPLICABLE)
        fixed = settled(occasion, {} if form is None else {PULSE: form})
        opens_at = occasion.opens_at if occasion.asked else None
        closes_at = occasion.closes_at if occasion.asked else None
        if form is None:
            return Cell(fixed, opens_at, closes_at, stopped=occasion.stopped)
        return Cell(
            fixed,
            opens_at,
            closes_at,
            total=form.total,
            answered=sum(item in self._scored for item in form.answers),
            hours=hours_since(infusion.ends_at, form.answered_at),
            # The occasion's window is cut at the next infusion already.
            counts=in_figures(self._protocol, infusion.ends_at, form.answered_at, cut=None),
            corrected=form.corrected,
        )

    def _standard(
        self, followed: Iterable[StoredForm], infusion: Infusion
    ) -> Iterable[StandardScore]:
        claim = self._claims.get(infusion.course_id)
        for form in followed:
            recall = self._definitions.instruments[form.instrument].recall
            if form.instrument == PULSE or recall is None:
                continue
            at = form.answered_at
            yield StandardScore(
                instrument=form.instrument,
                total=form.total,
                hours=hours_since(infusion.ends_at, at),
                share_before_infusion=recall_share_before(recall, at, infusion.ends_at),
                share_before_course=recall_share_before(recall, at, claim.at) if claim else None,
            )

    def _first_window_closes(self, infusion: Infusion, closes_at: datetime) -> datetime:
        """Of those that were planned: a clinic may ask nothing at 24 h."""
        rules = self._protocol.anchored(Anchor.INFUSION_END)
        planned = (rule for rule in rules if (infusion.id, rule.code) in self._occasions)
        first = next(planned, rules[0])
        return min(infusion.ends_at + first.closes, closes_at)

    def _urgency(
        self,
        infusion: Infusion,
        *,
        fresh: Sequence[StoredForm],
        pulse_before: StoredForm | None,
        open_tiers: Collection[Tier],
        new_since_review: bool,
    ) -> Need:
        """What a reviewer has seen does not sort up again; only alerts and a forgotten end do."""
        rules, instruments = self._definitions.safety, self._definitions.instruments
        found = [
            finding
            for form in fresh
            if form.instrument == PULSE and form.answered_at >= infusion.ends_at
            for finding in findings(
                rules, PULSE, form.answers, previous=pulse_before, total=form.total
            )
        ]
        answers = (worst_safety_answer(rules, instruments, [form]) for form in fresh)
        if not infusion.treated:
            return Need.FORGOTTEN_END
        if Tier.IMMEDIATE in open_tiers:
            return Need.IMMEDIATE_ALERT
        if any(answer.value is None for answer in answers if answer):
            return Need.SAFETY_NOT_ANSWERED
        if any(finding.item == "side_effects" for finding in found):
            return Need.SEVERE_SIDE_EFFECT
        if any(_is_worse(finding) for finding in found):
            return Need.PULSE_WORSE
        if open_tiers:
            return Need.SAME_DAY_ALERT
        return Need.NEW_SINCE_REVIEW if new_since_review else Need.REST


def _said(review: FollowUpReview) -> Reviewed:
    return Reviewed(review.reviewed_by_name, review.reviewed_at, review.disposition)


def _of_pulse(occasion: Occasion) -> Occasion:
    """A cell is about the pulse, also where a clinic asks for standard forms with it."""
    return occasion if occasion.forms == (PULSE,) else replace(occasion, forms=(PULSE,))


def _is_worse(finding: Finding) -> bool:
    """The person says so, or the sum rose; the rules of data/rules.toml say from where on."""
    return finding.item == "change" or finding.item is None


def _change(after: Mapping[str, StoredForm | None], before: StoredForm | None) -> int | None:
    """From `before` to the latest pulse after the infusion that has a sum."""
    totals = [form.total for form in after.values() if form]
    latest = next((total for total in reversed(totals) if total is not None), None)
    if latest is None or before is None or before.total is None:
        return None
    return latest - before.total
