"""What a course of treatment did to the scores: baselines, and the whole of one patient."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from mindspa.domain.adjuncts import Adjunct
from mindspa.domain.change import Change, ChangeRule, change
from mindspa.domain.check_ins import StoredForm, newest_versions
from mindspa.domain.instruments import Instrument, Kind, recall_share_before
from mindspa.domain.safety import Alert
from mindspa.domain.schedule import Occasion, OccasionStatus, hours_since
from mindspa.domain.session import Session
from mindspa.domain.treatment import Course, Infusion, InfusionStatus, Patient, Phase

BASELINE_WINDOW = timedelta(days=14)
PULSE_BASELINE_WINDOW = timedelta(hours=24)  # that of the pre-infusion check-in


def last_complete(
    forms: Iterable[StoredForm],
    instrument_id: str,
    *,
    before: datetime,
    since: datetime | None = None,
) -> StoredForm | None:
    """The last form with a total that was answered before an instant: what a rise is measured
    from. For a pulse `since` opens the pre-infusion window and `before` is the infusion's start."""
    return max(
        (
            form
            for form in newest_versions(forms)
            if form.instrument == instrument_id
            and form.total is not None
            and form.answered_at < before
            and (since is None or form.answered_at >= since)
        ),
        key=lambda form: form.answered_at,
        default=None,
    )


@dataclass(frozen=True, slots=True)
class TreatmentStart:
    """Where a course's claims begin: the start of its first treated infusion, or its planned
    start until there is one."""

    course: Course
    at: datetime
    date_only: bool
    treated: bool

    def precedes(self, form: StoredForm, zone: ZoneInfo) -> bool:
        """Whether a form was answered after treatment began."""
        return self._is_after(form, self.at, zone)

    def course_precedes(self, form: StoredForm, zone: ZoneInfo) -> bool:
        """Whether a form was answered after the course began, if only with a placebo."""
        return self._is_after(form, min(self.at, self.course.started_at), zone)

    def in_window(self, form: StoredForm, window: timedelta, zone: ZoneInfo) -> bool:
        """Whether a form can be the baseline: not after the start, and near enough to it."""
        if self.precedes(form, zone):
            return False
        if form.date_only or self.date_only:
            return _days_between(form.answered_at, self.at, zone) <= window.days
        return self.at - form.answered_at <= window

    def _is_after(self, form: StoredForm, start: datetime, zone: ZoneInfo) -> bool:
        """With a day alone on either side, the day of the start counts as after it, unless the
        source says that the form was the baseline."""
        if form.date_only or self.date_only:
            days = _days_between(form.answered_at, start, zone)
            return days < 0 or (days == 0 and form.occasion != "baseline")
        return form.answered_at > start


def _days_between(earlier: datetime, later: datetime, zone: ZoneInfo) -> int:
    return (later.astimezone(zone).date() - earlier.astimezone(zone).date()).days


def treatment_starts(
    courses: Iterable[Course], infusions: Iterable[Infusion]
) -> dict[str, TreatmentStart]:
    """By course id, in order. A placebo infusion begins no treatment."""
    first: dict[str, Infusion] = {}
    for infusion in sorted(infusions, key=lambda infusion: infusion.starts_at):
        if infusion.treated:
            first.setdefault(infusion.course_id, infusion)
    return {
        course.id: TreatmentStart(
            course,
            at=first[course.id].starts_at if course.id in first else course.started_at,
            date_only=course.id in first and first[course.id].date_only,
            treated=course.id in first,
        )
        for course in sorted(courses, key=lambda course: course.started_at)
    }


def claim_starts(starts: Mapping[str, TreatmentStart]) -> Mapping[str, TreatmentStart]:
    """By course id, the start that its claims count from: maintenance keeps its induction's; one
    without an induction on record has none."""
    claims: dict[str, TreatmentStart] = {}
    induction: TreatmentStart | None = None
    for course_id, start in starts.items():
        if start.course.phase is Phase.INDUCTION:
            induction = start
        if induction is not None:
            claims[course_id] = induction
    return claims


def baselines(
    forms: Sequence[StoredForm],
    claims: Mapping[str, TreatmentStart],
    kind: Kind,
    zone: ZoneInfo,
) -> Mapping[str, StoredForm]:
    """By course id, from one instrument's complete forms in order: the last one in the window up
    to the start. No entry means no claim."""
    window = PULSE_BASELINE_WINDOW if kind is Kind.PULSE else BASELINE_WINDOW
    found: dict[str, StoredForm] = {}
    for course_id, start in claims.items():
        for form in reversed(forms):
            if start.in_window(form, window, zone):
                found[course_id] = form
                break
    return found


def baseline_spans(
    courses: Iterable[Course], infusions: Iterable[Infusion]
) -> list[tuple[datetime, datetime]]:
    """When the forms were answered that can be a baseline, [from, until), with a day more to both
    sides for what is compared by the day."""
    day = timedelta(days=1)
    claims = claim_starts(treatment_starts(courses, infusions))
    starts = sorted({start.at for start in claims.values()})
    return [(at - BASELINE_WINDOW - day, at + day) for at in starts]


def follows_infusion(form: StoredForm, infusions: Iterable[Infusion]) -> bool:
    """Whether an infusion in the 14 days before it may have moved this baseline already."""
    return any(
        infusion.treated and timedelta() <= form.answered_at - infusion.ends_at <= BASELINE_WINDOW
        for infusion in infusions
    )


def infusion_numbers(infusions: Iterable[Infusion]) -> Mapping[str, int]:
    """Treated infusions counted from 1 over all courses, by id. A placebo has no number."""
    treated = sorted(
        (infusion for infusion in infusions if infusion.treated),
        key=lambda infusion: infusion.starts_at,
    )
    return {infusion.id: number for number, infusion in enumerate(treated, start=1)}


@dataclass(frozen=True, slots=True)
class Point:
    """One complete form on the timeline. `infusion_id` is the last infusion that had ended, a
    placebo included. The shares say how much of the form's recall lies before that infusion and
    before the course; None where there is none or no recall. Maintenance counts from the start
    of its induction. `breaks_line`: no line is drawn from the point before to this one. Where the
    source knew only the day of the form or of the infusion, the hours are None: there are days."""

    form: StoredForm
    total: int
    course_id: str | None
    hours_after_infusion: float | None
    infusion_id: str | None
    share_before_infusion: float | None
    share_before_course: float | None
    breaks_line: bool
    days_after_infusion: int | None = None  # by the calendar, only where the hours are not known


@dataclass(frozen=True, slots=True)
class Series:
    instrument: str
    points: tuple[Point, ...]  # in order of answering
    baselines: Mapping[str, StoredForm]  # by course id; no entry means no claim
    change: Change | None  # of the current course; None without a baseline or a form since

    @property
    def first_baseline(self) -> StoredForm | None:
        """The first ever: kept beside that of the current course."""
        return min(self.baselines.values(), key=lambda form: form.answered_at, default=None)


@dataclass(frozen=True, slots=True)
class Progress:
    """All that a clinician sees of one patient: one value for the figure, the table and the words.
    `series` by instrument id; forms without a total are in `incomplete`, those of a kind that has
    none in `screens`: staff only."""

    patient: Patient
    zone: str  # that times are shown in
    now: datetime
    courses: tuple[Course, ...]
    infusions: tuple[Infusion, ...]  # in order, cancelled ones included
    infusion_numbers: Mapping[str, int]  # of treated infusions, counted over all courses
    series: Mapping[str, Series]
    incomplete: tuple[StoredForm, ...]
    screens: tuple[StoredForm, ...]
    occasions: tuple[tuple[Occasion, OccasionStatus], ...]
    alerts: tuple[Alert, ...]
    older: int = 0  # forms from before the current course and the year before it
    whole: bool = True  # False: of the older forms only those are here that something is said of
    first_answered_at: datetime | None = None  # of the whole record
    sessions: Mapping[str, Session] = field(default_factory=dict)  # by infusion id; staff only
    adjuncts: tuple[Adjunct, ...] = ()  # those that stand, by their first day; staff only

    @property
    def current_course(self) -> Course | None:
        return current_course(self.courses, now=self.now)


def current_course(courses: Sequence[Course], *, now: datetime) -> Course | None:
    """The one that has begun last; before any has, the first that is planned."""
    begun = [course for course in courses if course.started_at <= now]
    return next(iter(begun[-1:] or courses[:1]), None)


MAX_GAP_WITHOUT_PROTOCOL = timedelta(days=35)
GAP_OF_EXPECTED = 1.5  # times the expected interval: longer, and the line breaks


def progress(
    patient: Patient,
    courses: Iterable[Course],
    infusions: Iterable[Infusion],
    forms: Iterable[StoredForm],
    occasions: Sequence[tuple[Occasion, OccasionStatus]],
    alerts: Iterable[Alert],
    *,
    instruments: Mapping[str, Instrument],
    changes: Mapping[str, ChangeRule],
    zone: str,
    now: datetime,
) -> Progress:
    """Assembles the whole of one patient; linear in forms."""
    given = tuple(sorted(infusions, key=lambda infusion: infusion.starts_at))
    in_order = tuple(sorted(courses, key=lambda course: course.started_at))
    newest = newest_versions(forms)
    by_instrument: dict[str, list[StoredForm]] = defaultdict(list)
    for form in newest:
        by_instrument[form.instrument].append(form)
    result = Progress(
        patient=patient,
        zone=zone,
        now=now,
        courses=in_order,
        infusions=given,
        infusion_numbers=infusion_numbers(given),
        series={},
        incomplete=tuple(
            form for form in newest if form.total is None and instruments[form.instrument].has_total
        ),
        screens=tuple(form for form in newest if not instruments[form.instrument].has_total),
        occasions=tuple(occasions),
        alerts=tuple(alerts),
    )
    treatment = _Treatment(in_order, given, zone)
    series = {
        instrument_id: _series(
            instruments[instrument_id],
            group,
            treatment,
            _Gaps(instrument_id, group, occasions),
            changes.get(instrument_id),
            result.current_course,
        )
        for instrument_id, group in by_instrument.items()
        if any(form.total is not None for form in group)
    }
    return replace(result, series=series)


class _Treatment:
    """Where a form stands among the courses and infusions of its patient."""

    def __init__(self, courses: Sequence[Course], infusions: Sequence[Infusion], zone: str) -> None:
        self.zone = ZoneInfo(zone)
        self.infusions = infusions
        self.starts = treatment_starts(courses, infusions)
        self.claims = claim_starts(self.starts)
        self._ended = sorted(
            (item for item in infusions if item.status is not InfusionStatus.CANCELLED),
            key=lambda infusion: infusion.ends_at,
        )
        self._ends = [infusion.ends_at for infusion in self._ended]

    def last_infusion(self, form: StoredForm) -> Infusion | None:
        """The last that had ended; by its planned end where the actual one is not recorded."""
        ended = bisect_right(self._ends, form.answered_at)
        return self._ended[ended - 1] if ended else None

    def course_of(self, form: StoredForm, own_baselines: Mapping[str, StoredForm]) -> Course | None:
        """The last course that had begun; a baseline belongs to the course that it opens."""
        for start in reversed(self.starts.values()):
            course = start.course
            opened = course.phase is Phase.INDUCTION and own_baselines.get(course.id) is form
            if opened or start.course_precedes(form, self.zone):
                return course
        return None


class _Gaps:
    """Where the line of one instrument may not be drawn through."""

    def __init__(
        self,
        instrument_id: str,
        forms: Iterable[StoredForm],
        occasions: Iterable[tuple[Occasion, OccasionStatus]],
    ) -> None:
        answered = [form.answered_at for form in forms if form.total is not None]
        asked = [pair for pair in occasions if instrument_id in pair[0].forms]
        # A form without a total is a score that nobody knows, like one that was never given.
        # Another form of an occasion can be what is missed; then this one's line goes on.
        self._unknown = sorted(
            [form.answered_at for form in forms if form.total is None]
            + [
                occasion.target_at
                for occasion, status in asked
                if status is OccasionStatus.MISSED
                and not _any_within(answered, occasion.opens_at, occasion.closes_at)
            ]
        )
        self._expected = sorted(occasion.target_at for occasion, _ in asked if occasion.asked)

    def between(self, earlier: Point, form: StoredForm, course: Course | None) -> bool:
        same_course = course is not None and earlier.course_id == course.id
        if earlier.course_id is not None and not same_course:
            return True
        start, end = earlier.form.answered_at, form.answered_at
        if _any_within(self._unknown, start, end):
            return True
        if course is not None and same_course:
            # A baseline may be days older than the course that the expected intervals begin with.
            start = max(start, course.started_at)
        return end - start > self._longest(start, end)

    def _longest(self, start: datetime, end: datetime) -> timedelta:
        """The longest time without a form that the plan accounts for between two instants."""
        first = max(bisect_right(self._expected, start) - 1, 0)
        last = bisect_left(self._expected, end) + 1
        steps = [after - before for before, after in pairwise(self._expected[first:last])]
        return GAP_OF_EXPECTED * max(steps) if steps else MAX_GAP_WITHOUT_PROTOCOL


def _any_within(instants: Sequence[datetime], start: datetime, end: datetime) -> bool:
    """Whether one of the instants, in order, lies in [start, end)."""
    return bisect_left(instants, start) < bisect_left(instants, end)


def _series(
    instrument: Instrument,
    forms: Sequence[StoredForm],
    treatment: _Treatment,
    gaps: _Gaps,
    rule: ChangeRule | None,
    current: Course | None,
) -> Series:
    scored = [form for form in forms if form.total is not None]
    found = baselines(scored, treatment.claims, instrument.kind, treatment.zone)
    points: list[Point] = []
    for form in forms:
        if form.total is None:
            continue
        course = treatment.course_of(form, found)
        infusion = treatment.last_infusion(form)
        claim = treatment.claims.get(course.id) if course else None
        ended = infusion.ends_at if infusion else None
        by_day = form.date_only or (infusion is not None and infusion.date_only)
        points.append(
            Point(
                form=form,
                total=form.total,
                course_id=course.id if course else None,
                hours_after_infusion=(
                    hours_since(ended, form.answered_at) if ended and not by_day else None
                ),
                infusion_id=infusion.id if infusion else None,
                share_before_infusion=_share(instrument, form, ended),
                share_before_course=_share(instrument, form, claim.at if claim else None),
                breaks_line=bool(points) and gaps.between(points[-1], form, course),
                days_after_infusion=(
                    _days_between(ended, form.answered_at, treatment.zone)
                    if ended and by_day
                    else None
                ),
            )
        )
    return Series(
        instrument.id,
        tuple(points),
        found,
        _current_change(scored, found, treatment, rule, current),
    )


def _share(instrument: Instrument, form: StoredForm, instant: datetime | None) -> float | None:
    if instrument.recall is None or instant is None:
        return None
    return recall_share_before(instrument.recall, form.answered_at, instant)


def _current_change(
    forms: Sequence[StoredForm],
    found: Mapping[str, StoredForm],
    treatment: _Treatment,
    rule: ChangeRule | None,
    current: Course | None,
) -> Change | None:
    if current is None or current.id not in found:
        return None
    start = treatment.claims[current.id]
    baseline = found[current.id]
    return change(
        baseline,
        [form for form in forms if start.precedes(form, treatment.zone)],
        rule,
        treated=start.treated,
        baseline_follows_infusion=follows_infusion(baseline, treatment.infusions),
    )
