"""What there is to say about each score, infusion and alert: figure and tables both read this."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from html import escape
from itertools import zip_longest

from mindspa.charts.time_axis import local
from mindspa.domain.adjuncts import Adjunct, Kind
from mindspa.domain.check_ins import Mode, StoredForm
from mindspa.domain.definitions import Definitions
from mindspa.domain.infusion_sheet import Reading, SheetRules, Vital
from mindspa.domain.instruments import Instrument
from mindspa.domain.outcomes import Point, Progress, Series
from mindspa.domain.safety import Alert
from mindspa.domain.schedule import Occasion, OccasionStatus, Protocol
from mindspa.domain.session import FALLS, Session
from mindspa.domain.treatment import Infusion, InfusionStatus, Substance

LANGUAGE = "en"  # of what staff read; a patient's own figure is in the patient's language
# Standard questionnaires by how much they carry, the pulse, then what only some patients have.
ORDER = ("phq9", "gad7", "pulse", "pcl5", "madrs")

BLOOD_PRESSURE, SIDE_EFFECTS = "Blood pressure (mmHg)", "Side effects"

MODES = {
    Mode.REMOTE: "by the patient",
    Mode.BY_PHONE: "by phone",
    Mode.IN_PERSON: "in the clinic",
    Mode.ON_TABLET: "by the patient, in the clinic",
    Mode.ON_PAPER: "on paper, entered later",
    Mode.IMPORTED: "imported",
}


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """One form, or one that was asked for and not answered; `status` says which."""

    at: datetime
    when: str
    instrument: str
    name: str
    status: str
    score: int | None = None
    maximum: int | None = None
    severity: str | None = None
    change: int | None = None
    hours: float | None = None
    days: int | None = None  # where the hours are not known
    infusion: str | None = None
    share_before_infusion: float | None = None
    share_before_course: float | None = None
    recorded: str | None = None

    def words(self) -> str:
        """The same, as the lines of a hover box."""
        lines = [f"<b>{self.name} {self.status}</b>"]
        if self.score is not None:
            lines = [f"<b>{self.name} {self.score} of {self.maximum}</b>"]
            if self.severity:
                lines[0] += f", {self.severity}"
        lines.append(self.when)
        if self.change is not None:
            lines.append(f"{signed(self.change)} since baseline")
        if self.hours is not None:
            since = f"{self.hours:.0f} h" if self.hours < 96 else f"{self.hours / 24:.0f} days"
            lines.append(f"{since} after {self.infusion}")
        elif self.days is not None:
            lines.append(f"{self.days} day{'' if self.days == 1 else 's'} after {self.infusion}")
        if self.share_before_infusion is not None:
            lines.append(f"{self.share_before_infusion:.0%} of its recall is before that infusion")
        if self.share_before_course is not None:
            lines.append(f"{self.share_before_course:.0%} of its recall is before the course")
        if self.recorded:
            lines.append(f"Recorded {self.recorded}")
        return "<br>".join(lines)


def signed(points: int) -> str:
    return f"−{-points}" if points < 0 else f"+{points}" if points else "no change"


def when(at: datetime, zone: str, *, date_only: bool = False) -> str:
    """Sorts as text."""
    return f"{local(at, zone):%Y-%m-%d}" if date_only else f"{local(at, zone):%Y-%m-%d %H:%M}"


def instruments_in_order(progress: Progress, definitions: Definitions) -> tuple[str, ...]:
    """Those with a score or a missed form; a screen such as the ASQ has no score to draw."""
    present = {name for name, series in progress.series.items() if series.points}
    present |= {form.instrument for form in progress.incomplete}
    present |= {
        form
        for occasion, status in progress.occasions
        if status is OccasionStatus.MISSED
        for form in occasion.forms
    }
    present = {name for name in present if definitions.instruments[name].has_total}
    return (
        *(name for name in ORDER if name in present),
        *sorted(present.difference(ORDER)),
    )


def point_row(point: Point, series: Series, progress: Progress, instrument: Instrument) -> ScoreRow:
    form = point.form
    band = instrument.band(point.total)
    baseline = series.baselines.get(point.course_id) if point.course_id else None
    change = None
    if baseline and baseline.total is not None and form.answered_at > baseline.answered_at:
        change = point.total - baseline.total
    return ScoreRow(
        at=form.answered_at,
        when=when(form.answered_at, progress.zone, date_only=form.date_only),
        instrument=instrument.id,
        name=instrument.short_name[LANGUAGE],
        status="baseline" if form in series.baselines.values() else "answered",
        score=point.total,
        maximum=instrument.maximum,
        severity=band.label[LANGUAGE].lower() if band else None,
        change=change,
        hours=point.hours_after_infusion,
        days=point.days_after_infusion,
        infusion=_infusion_name(point.infusion_id, progress),
        share_before_infusion=point.share_before_infusion,
        share_before_course=point.share_before_course,
        recorded=_recorded(form, instrument),
    )


def _infusion_name(infusion_id: str | None, progress: Progress) -> str | None:
    if infusion_id is None:
        return None
    number = progress.infusion_numbers.get(infusion_id)
    return f"infusion {number}" if number else "placebo infusion"


def _recorded(form: StoredForm, instrument: Instrument) -> str:
    scored = {item.id for item in instrument.scored_items}
    # A total although an item is unanswered was pro-rated; one without any answers was entered.
    prorated = bool(form.answers) and not scored <= set(form.answers)
    notes = [
        MODES[form.mode],
        *(["time of day not known"] if form.date_only else []),
        *(["pro-rated"] if prorated and form.total is not None else []),
        *(["corrected"] if form.corrected else []),
        *(["moved here from another record"] if form.moved_from else []),
    ]
    return ", ".join(notes)


def unscored_rows(progress: Progress, instrument: Instrument) -> Iterator[ScoreRow]:
    """Forms that were missed, and forms without a total: neither is ever a zero."""
    name = instrument.short_name[LANGUAGE]
    for form in progress.incomplete:
        if form.instrument == instrument.id:
            scored = instrument.scored_items
            answered = sum(item.id in form.answers for item in scored)
            yield ScoreRow(
                at=form.answered_at,
                when=when(form.answered_at, progress.zone, date_only=form.date_only),
                instrument=instrument.id,
                name=name,
                status=f"no total: {answered} of {len(scored)} answered" if scored else "no total",
                recorded=_recorded(form, instrument),
            )
    for occasion in missed(progress, instrument.id):
        yield ScoreRow(
            at=occasion.target_at,
            when=when(occasion.target_at, progress.zone),
            instrument=instrument.id,
            name=name,
            status=f"not answered ({occasion_name(occasion.code)})",
        )


def occasion_name(code: str) -> str:
    """24h, pre_infusion and weekly-2 as people read them."""
    return re.sub(r"(?<=\d)h", " h", re.sub(r"[-_]", " ", code))


def missed(progress: Progress, instrument_id: str) -> Iterator[Occasion]:
    """A missed occasion asks for several forms: those that were answered in time are not missed."""
    series = progress.series.get(instrument_id)
    answered = [point.form.answered_at for point in series.points] if series else []
    for occasion, status in progress.occasions:
        if status is not OccasionStatus.MISSED or instrument_id not in occasion.forms:
            continue
        if not any(occasion.opens_at <= at < occasion.closes_at for at in answered):
            yield occasion


def score_rows(progress: Progress, definitions: Definitions) -> list[ScoreRow]:
    """The latest first."""
    rows: list[ScoreRow] = []
    for name in instruments_in_order(progress, definitions):
        instrument = definitions.instruments[name]
        if series := progress.series.get(name):
            rows += (
                point_row(point, series=series, progress=progress, instrument=instrument)
                for point in series.points
            )
        rows += unscored_rows(progress, instrument)
    return sorted(rows, key=lambda row: row.at, reverse=True)


@dataclass(frozen=True, slots=True)
class InfusionRow:
    infusion: Infusion
    number: int | None
    when: str
    status: str
    substance: str
    dose_mg: float | None
    dose_mg_per_kg: float | None
    note: str
    vitals: Mapping[str, str]  # by what was measured
    side_effects: str

    @property
    def title(self) -> str:
        name = f"Infusion {self.number}" if self.number else f"{self.substance} infusion"
        return name.capitalize()

    def words(self, *, narrow: bool = False) -> str:
        """Shorter lines for a phone, which would cut them."""
        dose = "dose not recorded" if self.dose_mg is None else f"{self.dose_mg:g} mg"
        if self.dose_mg_per_kg is not None:
            dose += f" ({self.dose_mg_per_kg:.2f} mg/kg)"
        lines = [f"<b>{self.title}</b>, {self.status}", self.when]
        if self.infusion.status is not InfusionStatus.PLANNED:
            lines.append(f"{self.substance.capitalize()}, {dose}, {self.infusion.route}")
        between = ":<br>" if narrow else ": "
        lines += [f"{name}{between}{values}" for name, values in self.vitals.items()]
        told = self.side_effects.replace(", ", ",<br>") if narrow else self.side_effects
        lines += [f"{SIDE_EFFECTS}{between}{told}"] if told else []
        return "<br>".join([*lines, *([self.note] if self.note else [])])


def infusion_row(infusion: Infusion, progress: Progress, rules: SheetRules) -> InfusionRow:
    session = progress.sessions.get(infusion.id, Session())
    notes = [infusion.reason] if infusion.reason else []
    if end_unknown(infusion, progress):
        notes.append("end not recorded: its check-ins run from the planned end")
    return InfusionRow(
        infusion,
        progress.infusion_numbers.get(infusion.id),
        when(infusion.starts_at, progress.zone, date_only=infusion.date_only),
        infusion.status.value,
        infusion.substance.value if infusion.substance is not Substance.UNKNOWN else "not recorded",
        infusion.dose_mg,
        infusion.dose_mg_per_kg,
        "; ".join(notes),
        dict(_vitals(session, infusion, rules)),
        side_effects_told(session, rules),
    )


def _vitals(session: Session, infusion: Infusion, rules: SheetRules) -> Iterator[tuple[str, str]]:
    """The baseline, the highest (or lowest) and the last of each; both pressures as one."""
    for vital in rules.vitals.values():
        span = session.span(infusion, vital.id)
        if span is None or (vital.id == "diastolic" and session.span(infusion, "systolic")):
            continue
        shown = partial(_value, vital=vital.id)
        values = shown(span.last)
        if not span.single:
            most = "lowest" if vital.id in FALLS else "highest"
            values = f"{shown(span.baseline)}, {most} {shown(span.extreme)}, last {values}"
        yield pressure_label(vital), values


def pressure_label(vital: Vital) -> str:
    return BLOOD_PRESSURE if vital.id == "systolic" else vital.label


def _value(reading: Reading, *, vital: str) -> str:
    if vital == "systolic":
        return f"{reading.vitals[vital]}/{reading.vitals.get('diastolic', '–')}"
    return str(reading.vitals[vital])


def side_effects_told(session: Session, rules: SheetRules) -> str:
    """Each once, at its worst: "nausea (mild)"."""
    return ", ".join(
        f"{side_effect_name(kind, rules).lower()} ({severity.name.lower()})"
        for kind, severity in session.worst_by_kind().items()
    )


def side_effect_name(kind: str, rules: SheetRules) -> str:
    """As it was written down where the clinic's list no longer has it."""
    return rules.side_effects[kind].label if kind in rules.side_effects else kind


def end_unknown(infusion: Infusion, progress: Progress) -> bool:
    """Begun, or long since due, without a recorded end: its windows are provisional."""
    if infusion.status is InfusionStatus.CANCELLED or not infusion.provisional:
        return False
    return infusion.status is not InfusionStatus.PLANNED or infusion.forgotten(now=progress.now)


def follow_up_windows(
    progress: Progress, protocol: Protocol
) -> Iterator[tuple[datetime, datetime]]:
    """24 to 72 h after each infusion's end, cut at the next one's start. None after a placebo,
    for an infusion still to come, where its source knew only the day, and where the next one
    leaves nothing."""
    happening = [i for i in progress.infusions if i.status is not InfusionStatus.CANCELLED]
    for infusion, following in zip_longest(happening, happening[1:]):
        ahead = infusion.status is InfusionStatus.PLANNED
        no_hours = infusion.substance is Substance.PLACEBO or infusion.date_only
        if no_hours or (ahead and not infusion.forgotten(now=progress.now)):
            continue
        opens = infusion.ends_at + protocol.figures_from
        closes = infusion.ends_at + protocol.figures_to
        if following:
            closes = min(closes, following.starts_at)
        if opens < closes:
            yield opens, closes


@dataclass(frozen=True, slots=True)
class AlertRow:
    """`worsening`: raised by a change, not by one answer."""

    alert: Alert
    answered: str
    raised: str
    tier: str
    reason: str
    state: str
    worsening: bool

    def words(self) -> str:
        lines = [f"<b>{self.tier.capitalize()} alert</b>, {self.state}", self.reason]
        lines.append(f"Answered {self.answered}")
        if self.alert.outcome and not self.alert.assessed_on:
            lines.append(f"Outcome: {self.alert.outcome}")
        return "<br>".join(lines)


def alert_row(alert: Alert, progress: Progress, definitions: Definitions) -> AlertRow:
    return AlertRow(
        alert,
        when(alert.answered_at, progress.zone),
        when(alert.raised_at, progress.zone),
        "historic" if alert.historic else alert.tier.value.replace("_", " "),
        definitions.safety.words(alert.rule),
        f"as assessed on {when(alert.assessed_on, progress.zone)}"
        if alert.assessed_on
        else alert.state.value,
        worsening=any(rise.id == alert.rule for rise in definitions.safety.rises),
    )


ADJUNCTS = {
    Kind.TMS: "TMS",
    Kind.HBOT: "HBOT",
    Kind.TALK_THERAPY: "Talk therapy",
    Kind.MEDICATION: "Medication change",
}


@dataclass(frozen=True, slots=True)
class AdjunctRow:
    """`until` is empty for what happened once."""

    adjunct: Adjunct
    kind: str
    since: str
    until: str
    how_often: str
    source: str
    recorded: str
    changed: str

    @property
    def days(self) -> str:
        if self.adjunct.once:
            return self.since
        return f"{self.since} to {self.until}" if self.adjunct.ended_on else f"since {self.since}"

    def words(self) -> str:
        lines = [f"<b>{self.kind}: {escape(self.adjunct.name, quote=False)}</b>"]
        lines.append(self.days)
        lines += [escape(self.how_often, quote=False)] if self.how_often else []
        return "<br>".join([*lines, self.source.capitalize()])


def adjunct_row(adjunct: Adjunct, zone: str) -> AdjunctRow:
    until = ""
    if not adjunct.once:
        until = adjunct.ended_on.isoformat() if adjunct.ended_on else "goes on"
    return AdjunctRow(
        adjunct,
        ADJUNCTS[adjunct.kind],
        adjunct.started_on.isoformat(),
        until,
        adjunct.how_often or "",
        "told by the patient" if adjunct.told_by_patient else "entered by staff",
        f"{when(adjunct.recorded_at, zone)}, {adjunct.by_name}",
        adjunct.reason or "",
    )
