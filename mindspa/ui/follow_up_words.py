"""What the follow-up list says of a row: states and reasons in words, never an empty cell."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import floor

from mindspa.charts.rows import MODES, signed
from mindspa.charts.time_axis import local
from mindspa.domain.check_ins import Mode, StoredForm
from mindspa.domain.definitions import Definitions
from mindspa.domain.follow_up import (
    Cell,
    FollowUpEntry,
    FollowUpReview,
    FollowUpRow,
    Need,
    OpenAlert,
    Reviewed,
    StandardScore,
)
from mindspa.domain.instruments import Instrument, Item
from mindspa.domain.safety import NO_ANSWER, Alert, AlertState, Tier
from mindspa.domain.schedule import PULSE, Anchor, OccasionStatus, hours_since
from mindspa.domain.treatment import Infusion
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

# A list says hundreds of days and hours: this is several times as quick as `strftime`.
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Words:
    """At one instant, in the clinic's zone, with the content in force."""

    definitions: Definitions
    zone: str
    now: datetime

    def when(self, at: datetime, *, date_only: bool = False) -> str:
        there = local(at, self.zone)
        year = "" if there.year == local(self.now, self.zone).year else f" {there.year}"
        day = f"{DAYS[there.weekday()]} {there.day} {MONTHS[there.month - 1]}{year}"
        return day if date_only else f"{day} {_clock(there)}"

    # The row

    def infusion(self, row: FollowUpRow) -> str:
        """ "3, ended Mon 8 Jun 14:00", in the clinic's zone."""
        if not row.treated:
            end = f"provisional end {self.when(row.ends_at)}"
            return f"planned {self.when(row.planned_at)}, {end}"
        ended = "provisional end" if row.provisional else "ended"
        return f"{row.number}, {ended} {self.when(row.ends_at, date_only=row.date_only)}"

    def why(self, entry: FollowUpEntry) -> str:
        return "; ".join(dict.fromkeys(self._reasons(entry)))

    def _reasons(self, entry: FollowUpEntry) -> Iterator[str]:
        """The most urgent first; what has a rank of its own is never all there is to say."""
        row = entry.row
        open_tiers = {alert.tier for alert in row.open_alerts}
        if entry.need is Need.FORGOTTEN_END:
            yield NEEDS[entry.need]
        yield from (words for tier, words in TIERS.items() if tier in open_tiers)
        if entry.need in NEEDS:
            yield NEEDS[entry.need]
        if row.review and row.new_since_review:
            yield f"New since review by {row.review.reviewed_by_name}"
        if entry.overdue:
            yield "Overdue review"
        elif entry.need is Need.REST and row.review is None:
            yield "Waiting for review"

    def last_answer(self, row: FollowUpRow) -> str:
        """Hours from the end of the infusion."""
        if row.last_answered_at is None:
            return "none"
        return _hours(hours_since(row.ends_at, row.last_answered_at))

    def since_end(self, row: FollowUpRow) -> str:
        hours = hours_since(row.ends_at, self.now)
        return f"{hours:.0f} h" if hours < 7 * 24 else f"{hours / 24:.0f} days"

    def cell_headings(self) -> dict[str, str]:
        """Of the four cells, by code: before, then the hours after."""
        protocol = self.definitions.protocol
        before = {rule.code: "Before" for rule in protocol.anchored(Anchor.INFUSION_START)}
        after = (rule.code for rule in protocol.anchored(Anchor.INFUSION_END))
        return before | {code: code.replace("h", " h") for code in after}

    def cell(self, row: FollowUpRow, code: str) -> str:
        found = row.cells.get(code)
        if found is None:
            return "not asked"
        if found.answered is not None:
            return self._answered(found)
        status = found.status(now=self.now)
        if status is OccasionStatus.OPEN and found.closes_at:
            return f"open until {self._day_and_hour(found.closes_at)}"
        return CELLS[status]

    def _day_and_hour(self, at: datetime) -> str:
        there = local(at, self.zone)
        return f"{DAYS[there.weekday()]} {_clock(there)}"

    def _answered(self, cell: Cell) -> str:
        """An answer after the infusion that is outside the 24-72 h figures says its true hour."""
        pulse = self.definitions.instruments[PULSE]
        total = f"{cell.total} of {pulse.maximum}"
        if cell.total is None:
            total = f"no sum, {cell.answered} of {len(pulse.scored_items)} answered"
        if not (cell.counts or cell.hours is None or cell.hours < 0):
            total = f"{_hours(cell.hours)}: {cell.total if cell.total is not None else total}"
        return f"{total}, corrected" if cell.corrected else total

    def change(self, points: int | None) -> str:
        return "not known" if points is None else signed(points)

    def standard(self, row: FollowUpRow) -> str:
        return "; ".join(map(self._short_score, row.standard)) or "none"

    def _short_score(self, score: StandardScore) -> str:
        return f"{self._score(score)}, {score.share_before_infusion:.0%} of recall before infusion"

    def long_score(self, score: StandardScore) -> str:
        shares = f"{score.share_before_infusion:.0%} of its recall is before this infusion"
        if score.share_before_course is not None:
            shares += f", {score.share_before_course:.0%} before the course"
        return f"{self._score(score)} at {_hours(score.hours)}: {shares}."

    def _score(self, score: StandardScore) -> str:
        instrument = self.definitions.instruments[score.instrument]
        name, total = instrument.short_name[LANGUAGE], score.total
        return f"{name} no total" if total is None else f"{name} {total} of {instrument.maximum}"

    def side_effects(self, row: FollowUpRow) -> str:
        if row.side_effects is None:
            return "not answered"
        item = self.definitions.instruments[PULSE].item("side_effects")
        # The options explain themselves after a colon.
        return item.option(row.side_effects).text[LANGUAGE].split(":")[0].lower()

    def safety(self, row: FollowUpRow) -> str:
        """The answer that matters most of all forms of the row that ask."""
        found = row.safety
        if found is None:
            return "no form yet"
        instrument = self.definitions.instruments[found.instrument]
        answer = self.answer(instrument.item(found.item), found.value).lower()
        return answer if found.instrument == PULSE else f"{_name(instrument)}: {answer}"

    def alerts(self, row: FollowUpRow) -> str:
        return "; ".join(map(self.alert, row.open_alerts)) or "none open"

    def alert(self, alert: OpenAlert | Alert) -> str:
        words = f"{TIERS[alert.tier]}: {self.definitions.safety.words(alert.rule)}"
        closed = isinstance(alert, Alert) and alert.state is AlertState.CLOSED
        return f"{words} (closed)" if closed else words

    def reviewed(self, row: FollowUpRow) -> str:
        return self.review(row.review) if row.review else "not reviewed"

    def review(self, review: Reviewed | FollowUpReview) -> str:
        done = DISPOSITIONS[review.disposition].lower()
        return f"{review.reviewed_by_name}, {self.when(review.reviewed_at)}: {done}"

    # All answers

    def heading(self, form: StoredForm, infusion: Infusion) -> str:
        """Of one form's column."""
        at = self.when(form.answered_at, date_only=form.date_only)
        how = "" if form.mode in (Mode.REMOTE, Mode.IMPORTED) else f", {MODES[form.mode]}"
        how += ", corrected" if form.corrected else ""
        return f"{at} ({_hours(hours_since(infusion.ends_at, form.answered_at))}{how})"

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


def happened(alert: Alert, at: str) -> str:
    """`at`: its time in words. What was missed was not answered then: it closed."""
    return f"It closed {at}" if alert.instrument == NO_ANSWER else f"Answered {at}"


def _clock(at: datetime) -> str:
    return f"{at.hour:02}:{at.minute:02}"


def _name(instrument: Instrument) -> str:
    return instrument.short_name[LANGUAGE]


def _hours(hours: float) -> str:
    """ "+26 h" after the end, "−2 h" before it: whole hours that have passed or are to pass."""
    whole = floor(hours)
    return f"+{whole} h" if whole >= 0 else f"−{-whole} h"
