"""Occasions: when a patient is asked for which forms, and what became of it."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from mindspa.domain.check_ins import StoredForm, newest_versions
from mindspa.domain.course_plan import CourseShape
from mindspa.domain.treatment import Course, Infusion, InfusionStatus, Pause, Phase, Substance

PULSE = "pulse"  # the id of the short check-in around an infusion; all other forms are standard
BEFORE, AFTER = "before", "after"  # its variants

HOUR = timedelta(hours=1)


class Anchor(StrEnum):
    """The instant that an occasion's offsets are counted from."""

    COURSE_START = "course_start"
    INFUSION_START = "infusion_start"
    INFUSION_END = "infusion_end"
    LAST_INDUCTION_INFUSION = "last_induction_infusion"  # its end


@dataclass(frozen=True, slots=True)
class OccasionRule:
    """One occasion of data/protocol.toml. Offsets are elapsed time from the anchor, [opens,
    closes). `every` repeats it after each such time, until the course ends. `on` is False where a
    clinic does not ask it; what was planned before still counts by its window."""

    code: str  # baseline, weekly, pre_infusion, 24h, 48h, 72h, index, maintenance
    anchor: Anchor
    phase: Phase | None  # of the course it belongs to; None for both
    opens: timedelta
    due: timedelta
    closes: timedelta
    forms: tuple[str, ...]
    target: timedelta  # the nearest answer to it is analysed
    every: timedelta | None = None
    on: bool = True


@dataclass(frozen=True, slots=True)
class Protocol:
    """What a clinic asks and when. `only_for` names the indication that a form is asked for;
    `number` is the clinic's own version, 1 as shipped, `reviewed_by` who signed it."""

    version: str
    rules: tuple[OccasionRule, ...]
    course: CourseShape
    only_for: Mapping[str, str]
    pulse_spacing: timedelta  # never two pulses asked within
    standard_spacing: timedelta  # never two standard forms asked within
    unscheduled_open: timedelta  # how long "tell us how you are now" stays open
    figures_from: timedelta  # the 24-72 h figures count answers from here after an infusion's end
    figures_to: timedelta  # to here, both ends in
    induction_idle: timedelta  # an induction without an infusion given or planned so long is over
    historic_after: timedelta  # what was recorded later than this after the event is history
    source: str
    reviewed_by: str | None = None
    number: int = 1
    languages: tuple[str, ...] = ("en",)  # offered to patients
    # Sorted once: a list of infusions asks for it thousands of times.
    _anchored: Mapping[Anchor, tuple[OccasionRule, ...]] = field(
        init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        in_order = sorted(self.rules, key=lambda rule: rule.opens)
        by_anchor = {a: tuple(rule for rule in in_order if rule.anchor is a) for a in Anchor}
        object.__setattr__(self, "_anchored", by_anchor)

    def anchored(self, anchor: Anchor) -> tuple[OccasionRule, ...]:
        """In the order of their windows."""
        return self._anchored[anchor]

    @property
    def standard_forms(self) -> frozenset[str]:
        return frozenset(form for rule in self.rules for form in rule.forms) - {PULSE}

    def language_for(self, wanted: str) -> str:
        """The wanted language where the clinic offers it, or the clinic's first."""
        return wanted if wanted in self.languages else self.languages[0]

    @property
    def follow_up_length(self) -> timedelta:
        """From an infusion's end to the close of its last follow-up window: 84 h."""
        return max(rule.closes for rule in self.anchored(Anchor.INFUSION_END))

    @property
    def longest_window(self) -> timedelta:
        """How long an occasion is open at most; the spaces between two forms count as well."""
        windows = (rule.closes - rule.opens for rule in self.rules)
        return max(self.pulse_spacing, self.standard_spacing, *windows)

    def is_history(self, at: datetime, recorded_at: datetime | None) -> bool:
        """Whether something was over for so long when it was recorded that nobody is asked about
        it, and no list waits for it: a past that came in by import."""
        return recorded_at is not None and recorded_at - at > self.historic_after


@dataclass(frozen=True, slots=True)
class Occasion:
    """A row of the plan. `anchor_id` is the id of the course or infusion it hangs on and, with
    patient and code, names the occasion for good (a repeating one adds its number to the code:
    "weekly-2"). `closes_at` is already cut at the next infusion's start. `applicable` is False
    where it would open at or after that cut: such an occasion is in no denominator. `stopped`: it
    closed early, because the patient was not active any more; unanswered it is not missed.
    `protocol_version`: the number of the clinic's version that it was planned under."""

    patient_id: str
    course_id: str
    infusion_id: str | None
    anchor_id: str
    code: str
    forms: tuple[str, ...]
    target_at: datetime
    opens_at: datetime
    due_at: datetime
    closes_at: datetime
    applicable: bool = True
    cancelled: bool = False
    stopped: bool = False
    protocol_version: int = 1

    @property
    def key(self) -> tuple[str, str, str]:
        return (self.patient_id, self.anchor_id, self.code)

    def meets(self, other: "Occasion") -> bool:
        """Whether there is an instant at which both are open."""
        return self.opens_at < other.closes_at and other.opens_at < self.closes_at

    @property
    def asked(self) -> bool:
        return self.applicable and not self.cancelled

    @property
    def late_until(self) -> datetime:
        """Until when a standard form may still be given, as "done late": for as long again as the
        window was open, because later its recall has little left in common with it. Never where
        the window ends with its target (baseline, index): what comes after says something else."""
        if self.stopped or self.closes_at <= self.target_at:
            return self.closes_at
        return self.closes_at + (self.closes_at - self.opens_at)


class OccasionStatus(StrEnum):
    NOT_DUE = "not due"
    OPEN = "open"
    DONE = "done"
    DONE_LATE = "done late"
    MISSED = "missed"
    CANCELLED = "cancelled"
    NOT_APPLICABLE = "not applicable"


# The plan


def plan(
    patient_id: str,
    courses: Iterable[Course],
    infusions: Iterable[Infusion],
    protocol: Protocol,
    *,
    indications: Iterable[str],
    until: datetime,
    pauses: Iterable[Pause] = (),
) -> tuple[Occasion, ...]:
    """All occasions of a patient, in order of opening: a function of the treatment alone. Give all
    courses, infusions and pauses; repeating occasions are planned as far as they open before
    `until`."""
    wanted, away, timeline = set(indications), tuple(pauses), _Timeline(infusions)
    occasions = [
        _around(away, occasion)
        for course in courses
        for rule in protocol.rules
        if rule.on
        and rule.phase in (None, course.phase)
        and (forms := tuple(f for f in rule.forms if protocol.only_for.get(f) in {None, *wanted}))
        for occasion in _occasions(patient_id, course, rule, forms, timeline, protocol, until)
    ]
    return tuple(sorted(occasions, key=lambda occasion: (occasion.opens_at, occasion.due_at)))


def _around(pauses: Iterable[Pause], occasion: Occasion) -> Occasion:
    """Nothing is asked while a patient is not active: what would open then is cancelled, unless the
    patient is back before it closes; what is open then closes, unless the same."""
    if not occasion.asked:
        return occasion
    for pause in pauses:
        opens, closes, back = occasion.opens_at, occasion.closes_at, pause.until
        if pause.since >= closes or (back is not None and back <= opens):
            continue
        begins_first = pause.since <= opens
        if back is not None and back < closes:
            if begins_first:
                due = max(occasion.due_at, back)
                occasion = replace(occasion, opens_at=back, due_at=due)
        elif begins_first:
            occasion = replace(occasion, cancelled=True)
        else:
            due = min(occasion.due_at, pause.since)
            occasion = replace(occasion, closes_at=pause.since, due_at=due, stopped=True)
    return occasion


class _Timeline:
    """A patient's infusions in order. Placebo of a study is never asked about, yet cuts."""

    def __init__(self, infusions: Iterable[Infusion]) -> None:
        by_course: defaultdict[str, list[Infusion]] = defaultdict(list)
        ordered = sorted(infusions, key=lambda infusion: (infusion.starts_at, infusion.id))
        for infusion in ordered:
            by_course[infusion.course_id].append(infusion)
        self.by_course: Mapping[str, Sequence[Infusion]] = by_course
        self._starts = [_utc(i.starts_at) for i in ordered if _happens(i)]

    def start_after(self, infusion: Infusion) -> datetime | None:
        """Where the windows of an infusion are cut."""
        place = bisect_right(self._starts, _utc(infusion.starts_at))
        return self._starts[place] if place < len(self._starts) else None


def _happens(infusion: Infusion) -> bool:
    return infusion.status is not InfusionStatus.CANCELLED


def _utc(at: datetime) -> datetime:
    """Arithmetic within one zone would count hours on the wall clock, across a change of it too."""
    return at.astimezone(UTC)


def _occasions(
    patient_id: str,
    course: Course,
    rule: OccasionRule,
    forms: tuple[str, ...],
    timeline: _Timeline,
    protocol: Protocol,
    until: datetime,
) -> Iterator[Occasion]:
    """What one rule asks in one course."""
    of_course = timeline.by_course.get(course.id, ())
    own = [infusion for infusion in of_course if infusion.substance is not Substance.PLACEBO]
    happening = [infusion for infusion in own if _happens(infusion)]
    first = happening[0] if happening else None

    def occasion(
        anchor_id: str,
        at: datetime,
        infusion: Infusion | None = None,
        cut: datetime | None = None,
        number: int | None = None,
    ) -> Occasion:
        opens, end = at + rule.opens, at + rule.closes
        closes = end if cut is None else max(opens, min(end, cut))
        return Occasion(
            patient_id=patient_id,
            course_id=course.id,
            infusion_id=infusion.id if infusion else None,
            anchor_id=anchor_id,
            code=rule.code if number is None else f"{rule.code}-{number}",
            forms=forms,
            target_at=at + rule.target,
            opens_at=opens,
            due_at=min(at + rule.due, closes),
            closes_at=closes,
            applicable=cut is None or opens < cut,
            cancelled=infusion is not None and not _happens(infusion),
            protocol_version=protocol.number,
        )

    match rule.anchor:
        case Anchor.INFUSION_START | Anchor.INFUSION_END:
            for infusion in own:
                if protocol.is_history(infusion.ends_at, infusion.recorded_at):
                    continue
                if rule.anchor is Anchor.INFUSION_START:
                    yield occasion(infusion.id, _utc(infusion.starts_at), infusion)
                else:
                    cut = timeline.start_after(infusion)
                    yield occasion(infusion.id, _utc(infusion.ends_at), infusion, cut)
        case Anchor.LAST_INDUCTION_INFUSION:
            if course.phase is Phase.INDUCTION and happening:
                last = happening[-1]
                cut = timeline.start_after(last)
                # Named by the course: the last infusion changes when one more is planned.
                found = occasion(course.id, _utc(last.ends_at), last, cut)
                if not protocol.is_history(found.closes_at, last.recorded_at):
                    yield found
        case Anchor.COURSE_START:
            if of_course and first is None:
                return  # all cancelled, or placebo: there is no treatment to follow
            start = _utc(first.starts_at if first else course.started_at)
            ends = course.ended_at
            if ends is None and course.phase is Phase.INDUCTION and happening:
                ends = happening[-1].starts_at + protocol.induction_idle
            for number, at in _repeats(rule, start, ends, until):
                found = occasion(course.id, at, number=number)
                if first is None or not protocol.is_history(found.closes_at, first.recorded_at):
                    yield found


def _repeats(
    rule: OccasionRule, start: datetime, ends: datetime | None, until: datetime
) -> Iterator[tuple[int | None, datetime]]:
    if rule.every is None:
        yield None, start
        return
    number, at = 1, start + rule.every
    while at + rule.opens < until and (ends is None or at < ends):
        yield number, at
        number, at = number + 1, at + rule.every


# What became of an occasion

Answers = Mapping[str, StoredForm]  # of one occasion, by instrument

# A date-only answer stands at noon: its day reaches this far to both sides.
HALF_A_DAY = timedelta(hours=12)


def answers_for(
    occasions: Iterable[Occasion], forms: Iterable[StoredForm]
) -> dict[tuple[str, str, str], dict[str, StoredForm]]:
    """The answers that each occasion, by its key, is analysed with: per form the one in its window
    that is nearest the target, a tie to the later. One answer may serve two occasions whose windows
    both hold it. A standard form that came late stands with the occasion it came late for, unless
    it came in time for another. An answer without a total gives way to one that has it."""
    stored: defaultdict[tuple[str, str], list[StoredForm]] = defaultdict(list)
    for form in newest_versions(forms):
        stored[form.patient_id, form.instrument].append(form)
    found: dict[tuple[str, str, str], dict[str, StoredForm]] = {}
    in_time: set[str] = set()
    late: list[tuple[Occasion, str]] = []
    for occasion in sorted(occasions, key=lambda occasion: occasion.closes_at):
        of_occasion = found.setdefault(occasion.key, {})
        if not occasion.asked:
            continue
        for instrument in occasion.forms:
            answers = stored.get((occasion.patient_id, instrument), [])
            near = _between(
                answers, occasion.opens_at - HALF_A_DAY, occasion.closes_at + HALF_A_DAY
            )
            best = _nearest(occasion, (form for form in near if in_window(occasion, form)))
            if best:
                of_occasion[instrument] = best
                in_time.add(best.id)
            elif instrument != PULSE and answers:
                late.append((occasion, instrument))
    for occasion, instrument in late:
        answers = stored[occasion.patient_id, instrument]
        for form in _between(answers, occasion.closes_at, occasion.late_until):
            if form.id not in in_time:
                found[occasion.key][instrument] = form
                in_time.add(form.id)
                break
    return found


def _between(forms: Sequence[StoredForm], start: datetime, end: datetime) -> Sequence[StoredForm]:
    low = bisect_left(forms, start, key=lambda form: form.answered_at)
    return forms[low : bisect_left(forms, end, key=lambda form: form.answered_at)]


def _nearest(occasion: Occasion, forms: Iterable[StoredForm]) -> StoredForm | None:
    return min(
        forms,
        key=lambda form: (
            form.total is None,
            abs(_utc(form.answered_at) - occasion.target_at),
            -form.answered_at.timestamp(),
        ),
        default=None,
    )


def in_window(occasion: Occasion, form: StoredForm) -> bool:
    """An answer that has only a date has no hour to stand in a pulse's window. In that of a
    standard form it stands at noon, or anywhere on its day if its source named the occasion."""
    if not form.date_only:
        return occasion.opens_at <= form.answered_at < occasion.closes_at
    if form.instrument == PULSE:
        return False
    around = HALF_A_DAY if form.occasion == occasion.code else timedelta(0)
    return occasion.opens_at - around <= form.answered_at < occasion.closes_at + around


def status(occasion: Occasion, answers: Answers, *, now: datetime) -> OccasionStatus:
    """`answers` are the occasion's own, from `answers_for`. All of its forms are needed."""
    if found := settled(occasion, answers):
        return found
    by_time = status_by_time(
        occasion.opens_at, occasion.closes_at, stopped=occasion.stopped, now=now
    )
    late = by_time is OccasionStatus.MISSED and all(form in answers for form in occasion.forms)
    return OccasionStatus.DONE_LATE if late else by_time


def settled(occasion: Occasion, answers: Answers) -> OccasionStatus | None:
    """The status that no time changes any more; None where the time decides."""
    if occasion.cancelled:
        return OccasionStatus.CANCELLED
    if not occasion.applicable:
        return OccasionStatus.NOT_APPLICABLE
    given = [answers[form] for form in occasion.forms if form in answers]
    # By the answer's own time: one that was given in time and entered later is done.
    if len(given) == len(occasion.forms) and all(in_window(occasion, form) for form in given):
        return OccasionStatus.DONE
    return None


def status_by_time(
    opens_at: datetime, closes_at: datetime, *, stopped: bool, now: datetime
) -> OccasionStatus:
    """Of an occasion that nobody has answered."""
    if now < opens_at:
        return OccasionStatus.NOT_DUE
    if now < closes_at:
        return OccasionStatus.OPEN
    return OccasionStatus.CANCELLED if stopped else OccasionStatus.MISSED


def hours_since(infusion_end: datetime, instant: datetime) -> float:
    """Elapsed hours, which a change of the clocks does not move; negative before."""
    return (_utc(instant) - _utc(infusion_end)) / HOUR


def in_figures(
    protocol: Protocol, infusion_end: datetime, answered_at: datetime, *, cut: datetime | None
) -> bool:
    """Whether an answer counts in the 24-72 h figures: both ends are in, and the next infusion's
    start, `cut`, ends it. Before is acute; a 72 h answer after is done, and outside them."""
    if cut is not None and answered_at >= cut:
        return False
    return protocol.figures_from <= _utc(answered_at) - _utc(infusion_end) <= protocol.figures_to
