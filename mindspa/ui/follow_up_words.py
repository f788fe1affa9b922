"""What the follow-up list says of a row: states and reasons in words, never an empty cell."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import floor

from mindspa.charts.rows import signed
from mindspa.charts.time_axis import local
from mindspa.domain.check_ins import StoredForm
from mindspa.domain.definitions import Definitions
from mindspa.domain.follow_up import Cell, FollowUpEntry, FollowUpReview, Need, StandardScore
from mindspa.domain.instruments import Instrument, Item
from mindspa.domain.safety import Alert, AlertState, Tier
from mindspa.domain.schedule import PULSE, Anchor, OccasionStatus, hours_since
from mindspa.domain.treatment import Infusion, PatientStatus
from mindspa.services.review_follow_up import DISPOSITIONS

LANGUAGE = "en"  # of what staff read

NEEDS = {
    Need.FORGOTTEN_END: "Close this infusion",
    Need.SAFETY_NOT_ANSWERED: "Safety not answered",
    Need.SEVERE_SIDE_EFFECT: "Severe side effect",
    Need.PULSE_WORSE: "Pulse worse (not validated)",
    Need.SILENT: "No answer yet",
}
TIERS = {Tier.IMMEDIATE: "Immediate alert", Tier.SAME_DAY: "Same-day alert"}
CELLS = {
    OccasionStatus.NOT_DUE: "not due",
    OccasionStatus.MISSED: "not answered",
    OccasionStatus.CANCELLED: "cancelled",
    OccasionStatus.NOT_APPLICABLE: "not asked",
}


@dataclass(frozen=True, slots=True)
class Words:
    """At one instant, in the clinic's zone, with the content in force."""

    definitions: Definitions
    zone: str
    now: datetime

    def when(self, at: datetime, *, date_only: bool = False) -> str:
        there = local(at, self.zone)
        year = "" if there.year == local(self.now, self.zone).year else f" {there.year}"
        day = f"{there:%a} {there.day} {there:%b}{year}"
        return day if date_only else f"{day} {there:%H:%M}"

    # The row

    def who(self, entry: FollowUpEntry) -> str:
        patient = entry.patient
        # Before the name: at the end of a long one it would be cut off.
        away = "" if patient.status is PatientStatus.ACTIVE else f"({patient.status.value}) "
        return f"{away}{patient.name}"

    def infusion(self, entry: FollowUpEntry) -> str:
        """ "3, ended Mon 8 Jun 14:00", in the clinic's zone."""
        infusion = entry.infusion
        if not infusion.treated:
            end = f"provisional end {self.when(infusion.ends_at)}"
            return f"planned {self.when(infusion.planned_at)}, {end}"
        ended = "provisional end" if infusion.provisional else "ended"
        at = self.when(infusion.ends_at, date_only=infusion.date_only)
        return f"{entry.number}, {ended} {at}"

    def why(self, entry: FollowUpEntry) -> str:
        return "; ".join(dict.fromkeys(self._reasons(entry)))

    def _reasons(self, entry: FollowUpEntry) -> Iterator[str]:
        """The most urgent first; what has a rank of its own is never all there is to say."""
        open_tiers = {alert.tier for alert in entry.open_alerts}
        if entry.need is Need.FORGOTTEN_END:
            yield NEEDS[entry.need]
        yield from (words for tier, words in TIERS.items() if tier in open_tiers)
        if entry.need in NEEDS:
            yield NEEDS[entry.need]
        if entry.review and entry.new_since_review:
            yield f"New since review by {entry.review.reviewed_by_name}"
        if entry.overdue:
            yield "Overdue review"
        elif entry.need is Need.REST and entry.review is None:
            yield "Waiting for review"

    def last_answer(self, entry: FollowUpEntry) -> str:
        """Hours from the end of the infusion."""
        if not entry.forms:
            return "none"
        return _hours(hours_since(entry.infusion.ends_at, entry.forms[-1].answered_at))

    def since_end(self, entry: FollowUpEntry) -> str:
        hours = hours_since(entry.infusion.ends_at, self.now)
        return f"{hours:.0f} h" if hours < 7 * 24 else f"{hours / 24:.0f} days"

    def cell_headings(self) -> dict[str, str]:
        """Of the four cells, by code: before, then the hours after."""
        protocol = self.definitions.protocol
        before = {rule.code: "Before" for rule in protocol.anchored(Anchor.INFUSION_START)}
        after = (rule.code for rule in protocol.anchored(Anchor.INFUSION_END))
        return before | {code: code.replace("h", " h") for code in after}

    def cell(self, entry: FollowUpEntry, code: str) -> str:
        found = entry.cells.get(code)
        if found is None:
            return "not asked"
        if found.status is OccasionStatus.OPEN and found.closes_at:
            return f"open until {local(found.closes_at, self.zone):%a %H:%M}"
        if found.form is None:
            return CELLS[found.status]
        return self._answered(found, found.form)

    def _answered(self, cell: Cell, form: StoredForm) -> str:
        """An answer after the infusion that is outside the 24-72 h figures says its true hour."""
        pulse = self.definitions.instruments[PULSE]
        total = f"{form.total} of {pulse.maximum}"
        if form.total is None:
            answered = sum(item.id in form.answers for item in pulse.scored_items)
            total = f"no sum, {answered} of {len(pulse.scored_items)} answered"
        after = cell.hours is not None and cell.hours >= 0
        if not after or cell.counts or cell.hours is None:
            return total
        return f"{_hours(cell.hours)}: {form.total if form.total is not None else total}"

    def change(self, points: int | None) -> str:
        return "not known" if points is None else signed(points)

    def standard(self, entry: FollowUpEntry) -> str:
        return "; ".join(self._short_score(score) for score in entry.standard) or "none"

    def _short_score(self, score: StandardScore) -> str:
        return f"{self._score(score)}, {score.share_before_infusion:.0%} of recall before infusion"

    def long_score(self, score: StandardScore) -> str:
        shares = f"{score.share_before_infusion:.0%} of its recall is before this infusion"
        if score.share_before_course is not None:
            shares += f", {score.share_before_course:.0%} before the course"
        return f"{self._score(score)} at {_hours(score.hours)}: {shares}."

    def _score(self, score: StandardScore) -> str:
        instrument = self.definitions.instruments[score.form.instrument]
        name, total = instrument.short_name[LANGUAGE], score.form.total
        return f"{name} no total" if total is None else f"{name} {total} of {instrument.maximum}"

    def side_effects(self, entry: FollowUpEntry) -> str:
        if entry.side_effects is None:
            return "not answered"
        item = self.definitions.instruments[PULSE].item("side_effects")
        # The options explain themselves after a colon.
        return item.option(entry.side_effects).text[LANGUAGE].split(":")[0].lower()

    def safety(self, entry: FollowUpEntry) -> str:
        """The answer that matters most of all forms of the row that ask."""
        found = entry.safety
        if found is None:
            return "no form yet"
        instrument = self.definitions.instruments[found.instrument]
        answer = self.answer(instrument.item(found.item), found.value).lower()
        return answer if found.instrument == PULSE else f"{_name(instrument)}: {answer}"

    def alerts(self, entry: FollowUpEntry) -> str:
        return "; ".join(map(self.alert, entry.open_alerts)) or "none open"

    def alert(self, alert: Alert) -> str:
        words = f"{TIERS[alert.tier]}: {self.definitions.safety.words(alert.rule)}"
        return words if alert.state is AlertState.OPEN else f"{words} (closed)"

    def reviewed(self, entry: FollowUpEntry) -> str:
        return self.review(entry.review) if entry.review else "not reviewed"

    def review(self, review: FollowUpReview) -> str:
        done = DISPOSITIONS[review.disposition].lower()
        return f"{review.reviewed_by_name}, {self.when(review.reviewed_at)}: {done}"

    # All answers

    def heading(self, form: StoredForm, infusion: Infusion) -> str:
        """Of one form's column."""
        at = self.when(form.answered_at, date_only=form.date_only)
        return f"{at} ({_hours(hours_since(infusion.ends_at, form.answered_at))})"

    def answer(self, item: Item, value: int | None) -> str:
        return "Not answered" if value is None else item.option(value).text[LANGUAGE].split(":")[0]

    def column(self, instrument: Instrument, form: StoredForm) -> Sequence[str]:
        """The answers of a form to all items of its instrument, then the total."""
        answers = [self._cell_of_column(instrument, form, item) for item in instrument.items]
        total = "No total" if form.total is None else f"{form.total} of {instrument.maximum}"
        return [*answers, total]

    def _cell_of_column(self, instrument: Instrument, form: StoredForm, item: Item) -> str:
        asked = item in instrument.items_for(form.variant)
        if item.id in form.answers or (asked and instrument.is_asked(item, form.answers)):
            return self.answer(item, form.answers.get(item.id))
        return "Not asked"


def _name(instrument: Instrument) -> str:
    return instrument.short_name[LANGUAGE]


def _hours(hours: float) -> str:
    """ "+26 h" after the end, "−2 h" before it: whole hours that have passed or are to pass."""
    whole = floor(hours)
    return f"+{whole} h" if whole >= 0 else f"−{-whole} h"
