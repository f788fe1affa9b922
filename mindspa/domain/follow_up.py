"""The care team's list: what happened in the 24-72 hours after each infusion."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import TypeVar
from zoneinfo import ZoneInfo

from mindspa.domain.check_ins import StoredForm, newest_versions
from mindspa.domain.definitions import Definitions
from mindspa.domain.follow_up_alerts import by_infusion, ended
from mindspa.domain.instruments import Kind, recall_share_before
from mindspa.domain.outcomes import baselines, claim_starts, infusion_numbers, treatment_starts
from mindspa.domain.safety import (
    Alert,
    AlertState,
    Finding,
    SafetyAnswer,
    Tier,
    findings,
    worst_safety_answer,
)
from mindspa.domain.schedule import (
    PULSE,
    Anchor,
    Answers,
    Occasion,
    OccasionStatus,
    answers_for,
    hours_since,
    in_figures,
    status,
)
from mindspa.domain.treatment import Course, Infusion, InfusionStatus, Patient


class Disposition(StrEnum):
    NO_ACTION = "no_action"
    CONTACTED = "contacted"
    CONTACT_PLANNED = "contact_planned"
    CLINICIAN_TOLD = "clinician_told"


@dataclass(frozen=True, slots=True)
class FollowUpReview:
    """`seen_form_ids`, `seen_alert_ids`: what the reviewer had before them (the entry's `form_ids`
    and `alert_ids`), so that anything else reopens the row as new since this review."""

    id: str
    patient_id: str
    infusion_id: str
    reviewed_by: str
    reviewed_by_name: str
    reviewed_at: datetime
    disposition: Disposition
    note: str | None
    seen_form_ids: frozenset[str]
    seen_alert_ids: frozenset[str]


@dataclass(frozen=True, slots=True)
class Cell:
    """One of before, 24, 48, 72 h. `hours` counts from the end of the infusion (negative before);
    `counts`: within [+24 h, +72 h], so inside the 24-72 h figures. `closes_at` None: not asked."""

    code: str
    status: OccasionStatus
    closes_at: datetime | None
    form: StoredForm | None
    hours: float | None
    counts: bool


@dataclass(frozen=True, slots=True)
class StandardScore:
    """A standard form answered in the window, with how much of its recall lay before the infusion
    and before the course (its induction's start for maintenance; None without one)."""

    form: StoredForm
    hours: float
    share_before_infusion: float
    share_before_course: float | None


class Need(IntEnum):
    """The order of the list; the lowest first."""

    FORGOTTEN_END = 0
    IMMEDIATE_ALERT = 1
    SAFETY_NOT_ANSWERED = 2
    SEVERE_SIDE_EFFECT = 3
    PULSE_WORSE = 4
    SILENT = 5
    SAME_DAY_ALERT = 6
    NEW_SINCE_REVIEW = 7
    REST = 8


@dataclass(frozen=True, slots=True)
class FollowUpEntry:
    patient: Patient
    infusion: Infusion
    number: int | None  # of the treated infusion, over all courses
    closes_at: datetime  # of its window: 84 h from its end, or the start of the next infusion
    cells: Mapping[str, Cell]  # pre_infusion, 24h, 48h, 72h
    change_since_before: int | None  # points of the pulse, of 12
    change_since_course: int | None
    standard: tuple[StandardScore, ...]
    side_effects: int | None  # the worst told in the window, 0-3; None: not answered
    safety: SafetyAnswer | None  # the one that matters most; None: no form that asks
    forms: tuple[StoredForm, ...]  # from the pre-infusion check-in on, in order
    alerts: tuple[Alert, ...]  # open ones, and those of the window that are closed
    need: Need
    review: FollowUpReview | None  # the latest
    new_since_review: bool
    overdue: bool  # its window is over and nobody reviewed it

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


def follow_up_entries(
    *,
    patients: Iterable[Patient],
    courses: Iterable[Course],
    infusions: Iterable[Infusion],
    occasions: Iterable[Occasion],
    forms: Iterable[StoredForm],
    alerts: Iterable[Alert],
    reviews: Iterable[FollowUpReview],
    definitions: Definitions,
    zone: ZoneInfo,
    now: datetime,
) -> tuple[FollowUpEntry, ...]:
    """The rows that wait for somebody, in order of need; the rows of one patient stand together,
    where the neediest of them belongs, and among equals the longest wait is first.

    A row enters when a treated infusion ends, or when its end was forgotten, and stays until it is
    reviewed; what came in as history never enters. Anything new, or an open alert, keeps or brings
    it back. Give whole lists of treatment for these patients, since windows are cut by what
    follows and numbers count from the first; of forms and alerts those since the pre-infusion
    check-in of the earliest infusion to be listed, and pulses back to the first of its course."""
    courses_of, infusions_of = _by_patient(courses), _by_patient(infusions)
    occasions_of, forms_of = _by_patient(occasions), _by_patient(forms)
    alerts_of = _by_patient(alert for alert in alerts if not alert.historic)
    latest_review: dict[str, FollowUpReview] = {}
    for review in sorted(reviews, key=lambda review: review.reviewed_at):
        latest_review[review.infusion_id] = review
    groups = []
    for patient in patients:
        rows = _PatientRows(
            patient,
            courses=courses_of.get(patient.id, ()),
            infusions=infusions_of.get(patient.id, ()),
            occasions=occasions_of.get(patient.id, ()),
            forms=forms_of.get(patient.id, ()),
            alerts=alerts_of.get(patient.id, ()),
            reviews=latest_review,
            definitions=definitions,
            zone=zone,
            now=now,
        ).listed()
        if rows:
            groups.append(sorted(rows, key=_place))
    groups.sort(key=lambda rows: (*_place(rows[0]), rows[0].patient.id))
    return tuple(row for rows in groups for row in rows)


def _place(row: FollowUpEntry) -> tuple[Need, datetime]:
    return row.need, row.infusion.ends_at


T = TypeVar("T", Course, Infusion, Occasion, StoredForm, Alert)


def _by_patient(values: Iterable[T]) -> Mapping[str, Sequence[T]]:
    grouped: defaultdict[str, list[T]] = defaultdict(list)
    for value in values:
        grouped[value.patient_id].append(value)
    return grouped


class _PatientRows:
    """The rows of one patient."""

    def __init__(
        self,
        patient: Patient,
        *,
        courses: Sequence[Course],
        infusions: Sequence[Infusion],
        occasions: Sequence[Occasion],
        forms: Sequence[StoredForm],
        alerts: Sequence[Alert],
        reviews: Mapping[str, FollowUpReview],
        definitions: Definitions,
        zone: ZoneInfo,
        now: datetime,
    ) -> None:
        self._patient, self._reviews, self._definitions = patient, reviews, definitions
        self._protocol, self._now = definitions.protocol, now
        self._numbers = infusion_numbers(infusions)
        self._starts = sorted(
            i.starts_at for i in infusions if i.status is not InfusionStatus.CANCELLED
        )
        self._over = ended(infusions, now=now)
        if not self._over:
            return
        self._claims = claim_starts(treatment_starts(courses, infusions))
        asked = {PULSE, *self._protocol.standard_forms}
        self._forms = [form for form in newest_versions(forms) if form.instrument in asked]
        self._alerts = by_infusion(alerts, self._over)
        around = {*self._codes(Anchor.INFUSION_START), *self._codes(Anchor.INFUSION_END)}
        self._occasions = {
            (occasion.anchor_id, occasion.code): _of_pulse(occasion)
            for occasion in occasions
            if occasion.code in around and PULSE in occasion.forms
        }
        self._answers = answers_for(self._occasions.values(), self._forms)
        pulses = [f for f in self._forms if f.instrument == PULSE and f.total is not None]
        self._baselines = baselines(pulses, self._claims, Kind.PULSE, zone)

    def listed(self) -> list[FollowUpEntry]:
        return [row for infusion in self._over if (row := self._row(infusion))]

    def _stays(
        self,
        infusion: Infusion,
        alerts: Iterable[Alert],
        review: FollowUpReview | None,
        *,
        new_since_review: bool,
    ) -> bool:
        if any(alert.state is AlertState.OPEN for alert in alerts):
            return True
        if self._protocol.is_history(infusion.ends_at, infusion.recorded_at):
            return False
        return review is None or new_since_review or infusion.forgotten(now=self._now)

    def _codes(self, anchor: Anchor) -> list[str]:
        return [rule.code for rule in self._protocol.anchored(anchor)]

    def _closes_at(self, infusion: Infusion) -> datetime:
        closes = infusion.ends_at + self._protocol.follow_up_length
        place = bisect_right(self._starts, infusion.starts_at)
        return min([closes, *self._starts[place : place + 1]])

    def _in(self, start: datetime, end: datetime) -> Sequence[StoredForm]:
        low = bisect_left(self._forms, start, key=lambda form: form.answered_at)
        return self._forms[low : bisect_left(self._forms, end, key=lambda f: f.answered_at)]

    def _row(self, infusion: Infusion) -> FollowUpEntry | None:
        """None where it does not wait: most infusions of a long treatment do not."""
        ends_at, closes_at = infusion.ends_at, self._closes_at(infusion)
        lead = self._protocol.anchored(Anchor.INFUSION_START)[0].opens
        seen = self._in(infusion.starts_at + lead, closes_at)
        alerts = tuple(self._alerts_of(infusion, closes_at))
        review = self._reviews.get(infusion.id)
        fresh = [f for f in seen if review is None or f.id not in review.seen_form_ids]
        new_since_review = review is not None and (
            bool(fresh) or any(alert.id not in review.seen_alert_ids for alert in alerts)
        )
        if not self._stays(infusion, alerts, review, new_since_review=new_since_review):
            return None
        before = self._cells(infusion, Anchor.INFUSION_START)
        after = self._cells(infusion, Anchor.INFUSION_END)
        pulse_before = next((cell.form for cell in before.values() if cell.form), None)
        followed = [form for form in seen if form.answered_at >= ends_at]
        claim_baseline = self._baselines.get(infusion.course_id)
        return FollowUpEntry(
            patient=self._patient,
            infusion=infusion,
            number=self._numbers.get(infusion.id),
            closes_at=closes_at,
            cells={**before, **after},
            change_since_before=_change(after, pulse_before),
            change_since_course=_change(after, claim_baseline),
            standard=tuple(self._standard(followed, infusion)),
            side_effects=max(
                (
                    form.answers["side_effects"]
                    for form in followed
                    if form.instrument == PULSE and "side_effects" in form.answers
                ),
                default=None,
            ),
            safety=self._safety(seen),
            forms=tuple(seen),
            alerts=alerts,
            need=self._need(
                infusion,
                fresh=fresh,
                pulse_before=pulse_before,
                open_tiers={a.tier for a in alerts if a.state is AlertState.OPEN},
                silent=review is None and not followed and self._first_window_is_over(infusion),
                new_since_review=new_since_review,
            ),
            review=review,
            new_since_review=new_since_review,
            overdue=review is None and self._now >= closes_at,
        )

    def _cells(self, infusion: Infusion, anchor: Anchor) -> dict[str, Cell]:
        return {code: self._cell(infusion, code) for code in self._codes(anchor)}

    def _cell(self, infusion: Infusion, code: str) -> Cell:
        occasion = self._occasions.get((infusion.id, code))
        if occasion is None:
            return Cell(code, OccasionStatus.NOT_APPLICABLE, None, None, None, counts=False)
        answers: Answers = self._answers[occasion.key]
        form = answers.get(PULSE)
        return Cell(
            code=code,
            status=status(occasion, answers, now=self._now),
            closes_at=occasion.closes_at if occasion.asked else None,
            form=form,
            hours=hours_since(infusion.ends_at, form.answered_at) if form else None,
            # The occasion's window is cut at the next infusion already.
            counts=form is not None
            and in_figures(self._protocol, infusion.ends_at, form.answered_at, cut=None),
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
                form=form,
                hours=hours_since(infusion.ends_at, at),
                share_before_infusion=recall_share_before(recall, at, infusion.ends_at),
                share_before_course=recall_share_before(recall, at, claim.at) if claim else None,
            )

    def _alerts_of(self, infusion: Infusion, closes_at: datetime) -> Iterable[Alert]:
        """What was raised after the window and is closed again is no news of the infusion."""
        for alert in self._alerts.get(infusion.id, ()):
            if alert.state is AlertState.OPEN or alert.answered_at < closes_at:
                yield alert

    def _safety(self, forms: Iterable[StoredForm]) -> SafetyAnswer | None:
        return worst_safety_answer(self._definitions.safety, self._definitions.instruments, forms)

    def _first_window_is_over(self, infusion: Infusion) -> bool:
        first = self._protocol.anchored(Anchor.INFUSION_END)[0]
        return self._now >= min(infusion.ends_at + first.closes, self._closes_at(infusion))

    def _need(
        self,
        infusion: Infusion,
        *,
        fresh: Sequence[StoredForm],
        pulse_before: StoredForm | None,
        open_tiers: Collection[Tier],
        silent: bool,
        new_since_review: bool,
    ) -> Need:
        """What a reviewer has seen does not sort up again; only alerts and a forgotten end do."""
        found = [
            finding
            for form in fresh
            if form.instrument == PULSE and form.answered_at >= infusion.ends_at
            for finding in findings(
                self._definitions.safety,
                PULSE,
                form.answers,
                previous=pulse_before,
                total=form.total,
            )
        ]
        if infusion.forgotten(now=self._now):
            return Need.FORGOTTEN_END
        if Tier.IMMEDIATE in open_tiers:
            return Need.IMMEDIATE_ALERT
        if any(answer.value is None for form in fresh if (answer := self._safety([form]))):
            return Need.SAFETY_NOT_ANSWERED
        if any(finding.item == "side_effects" for finding in found):
            return Need.SEVERE_SIDE_EFFECT
        if any(_is_worse(finding) for finding in found):
            return Need.PULSE_WORSE
        if silent:
            return Need.SILENT
        if open_tiers:
            return Need.SAME_DAY_ALERT
        return Need.NEW_SINCE_REVIEW if new_since_review else Need.REST


def _of_pulse(occasion: Occasion) -> Occasion:
    """A cell is about the pulse, also where a clinic asks for standard forms with it."""
    return occasion if occasion.forms == (PULSE,) else replace(occasion, forms=(PULSE,))


def _is_worse(finding: Finding) -> bool:
    """The person says so, or the sum rose; the rules of data/rules.toml say from where on."""
    return finding.item == "change" or finding.item is None


def _change(after: Mapping[str, Cell], before: StoredForm | None) -> int | None:
    """From `before` to the latest pulse after the infusion that has a sum."""
    totals = [cell.form.total for cell in after.values() if cell.form]
    latest = next((total for total in reversed(totals) if total is not None), None)
    if latest is None or before is None or before.total is None:
        return None
    return latest - before.total
