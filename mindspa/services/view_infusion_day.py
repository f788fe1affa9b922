"""The infusions of a day, and the sheet of one of them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from mindspa.domain.access import Permission
from mindspa.domain.course_review import CourseReview, dose_change_before, review_due
from mindspa.domain.infusion_sheet import (
    EarlierRecord,
    Reading,
    SheetNote,
    SheetRules,
    SideEffect,
    Tick,
    next_reading,
)
from mindspa.domain.intake import Status
from mindspa.domain.safety import Alert, AlertState, Tier, noted_since
from mindspa.domain.schedule import PULSE, Anchor, Occasion
from mindspa.domain.treatment import Infusion, Patient, Substance
from mindspa.services.unit_of_work import UnitOfWork

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DayRow:
    """`alert`: the highest tier of an open one. `pulse_at`: the check-in before it, if it came."""

    patient: Patient
    infusion: Infusion
    alert: Tier | None
    pulse_at: datetime | None


@dataclass(frozen=True, slots=True)
class InfusionDay:
    """Those that wait for their end since an earlier day stand first."""

    now: datetime
    zone: str
    rows: tuple[DayRow, ...]


@dataclass(frozen=True, slots=True)
class Readiness:
    """`intake`: how the new-patient forms stand, where a first infusion waits for them.
    `baseline_missing`: ids of forms, before a first infusion. `pulse_at`: in the day before.
    `dose_change`: what a review of the course has made of the dose. `review_due`: so many infusions
    of the course were given without one."""

    intake: Status | None
    baseline_missing: tuple[str, ...]
    pulse_at: datetime | None
    alerts: tuple[Alert, ...]  # open ones
    noted: tuple[Alert, ...]  # as assessed, since the infusion before: to talk about at this one
    dose_change: CourseReview | None
    review_due: int | None


@dataclass(frozen=True, slots=True)
class InfusionSheet:
    """`readings` and `side_effects` hold those that were replaced as well. `number` counts the
    treated infusions of the patient, this one included. `names` are by the id of whoever wrote on
    it."""

    now: datetime
    zone: str
    patient: Patient
    infusion: Infusion
    number: int
    rules: SheetRules
    readiness: Readiness
    readings: Sequence[Reading]
    side_effects: Sequence[SideEffect]
    ticks: Sequence[Tick]
    notes: Sequence[SheetNote]
    earlier: Sequence[EarlierRecord]  # as it was recorded before each correction
    names: Mapping[str, str]
    next_reading_at: datetime | None
    check_ins: tuple[Occasion, ...]  # after this infusion

    def name_of(self, person_id: str) -> str:
        return self.names.get(person_id, "the operator")


def infusion_day(work: UnitOfWork) -> InfusionDay:
    work.actor.require(Permission.RECORD_TREATMENT)
    since, until = _today(work)
    listed = [
        (patient, infusion)
        for patient, infusion in work.records.sheets.infusions_between(since, until)
        if infusion.substance is not Substance.PLACEBO
    ]
    alerts: dict[str, list[Alert]] = {}
    for alert in _open(work.records.alerts.of_many([patient.id for patient, _ in listed])):
        alerts.setdefault(alert.patient_id, []).append(alert)
    pulses = work.records.check_ins.last_answered(PULSE, since=since - DAY)
    rows = [
        DayRow(
            patient,
            infusion,
            _highest(alerts.get(patient.id, ())),
            _before(infusion, pulses.get(patient.id)),
        )
        for patient, infusion in listed
    ]
    return InfusionDay(work.now, work.clinic.zone, tuple(rows))


def infusions_today(work: UnitOfWork) -> int:
    """How many `infusion_day` lists."""
    work.actor.require(Permission.RECORD_TREATMENT)
    return work.records.sheets.count_between(*_today(work))


def _today(work: UnitOfWork) -> tuple[datetime, datetime]:
    """The clinic's day, [from, until)."""
    zone = ZoneInfo(work.clinic.zone)
    today = work.now.astimezone(zone).date()
    return datetime.combine(today, time(), zone), datetime.combine(today + DAY, time(), zone)


def view_sheet(work: UnitOfWork, infusion_id: str) -> InfusionSheet:
    work.actor.require(Permission.RECORD_TREATMENT)
    infusion = work.records.treatment.infusion(infusion_id)
    patient = work.look_at(infusion.patient_id)
    infusions = work.records.treatment.infusions_of(patient.id)
    earlier = [i for i in infusions if i.treated and i.starts_at < infusion.starts_at]
    occasions = work.records.treatment.occasions_around(
        patient.id, [infusion.id, infusion.course_id]
    )
    after = {rule.code for rule in work.definitions.protocol.anchored(Anchor.INFUSION_END)}
    sheets, rules = work.records.sheets, work.definitions.infusion_day
    readings, effects = sheets.readings_of(infusion_id), sheets.side_effects_of(infusion_id)
    ticks, notes = sheets.ticks_of(infusion_id), sheets.notes_of(infusion_id)
    corrected = sheets.earlier_of(infusion_id)
    writers = {
        infusion.given_by or "",
        *(reading.recorded_by for reading in readings),
        *(effect.recorded_by for effect in effects),
        *(tick.by for tick in ticks),
        *(note.by for note in notes),
        *(record.corrected_by for record in corrected),
    }
    return InfusionSheet(
        now=work.now,
        zone=work.clinic.zone,
        patient=patient,
        infusion=infusion,
        number=len(earlier) + 1,
        rules=rules,
        readiness=_readiness(work, patient, infusion, infusions, occasions),
        readings=readings,
        side_effects=effects,
        ticks=ticks,
        notes=notes,
        earlier=corrected,
        names=work.records.patients.names_of_people(writers),
        next_reading_at=next_reading(rules, infusion, readings),
        check_ins=tuple(
            o for o in occasions if o.anchor_id == infusion_id and o.code in after and o.asked
        ),
    )


def _readiness(
    work: UnitOfWork,
    patient: Patient,
    infusion: Infusion,
    infusions: Sequence[Infusion],
    occasions: Sequence[Occasion],
) -> Readiness:
    baselines = [o for o in occasions if o.closes_at == infusion.starts_at and PULSE not in o.forms]
    since = min([o.opens_at for o in baselines], default=infusion.starts_at - DAY)
    forms = work.records.check_ins.forms_since(infusion.patient_id, since)
    before = [form for form in forms if form.answered_at <= infusion.starts_at]
    complete = {form.instrument for form in before if form.total is not None}
    pulses = [form.answered_at for form in before if form.instrument == PULSE]
    earlier = [i.starts_at for i in infusions if i.treated and i.starts_at < infusion.starts_at]
    is_first = not earlier
    asked = [form for occasion in baselines for form in occasion.forms] if is_first else []
    waits = is_first and not infusion.treated and patient.intake is not Status.ELIGIBLE
    reviews = work.records.course_reviews.of(infusion.patient_id)
    courses = work.records.treatment.courses_of(infusion.patient_id)
    rule = work.definitions.protocol.course.review
    alerts = work.records.alerts.of_many([infusion.patient_id])
    return Readiness(
        intake=patient.intake if waits else None,
        baseline_missing=tuple(form for form in asked if form not in complete),
        pulse_at=_before(infusion, max(pulses, default=None)),
        alerts=tuple(_open(alerts)),
        noted=tuple(noted_since(alerts, max(earlier, default=None))),
        dose_change=dose_change_before(reviews, infusion, now=work.now),
        review_due=review_due(
            rule, [c for c in courses if c.id == infusion.course_id], infusions, reviews
        ),
    )


def _open(alerts: Iterable[Alert]) -> Iterator[Alert]:
    for alert in alerts:
        if alert.state is AlertState.OPEN and not alert.historic:
            yield alert


def _highest(alerts: Sequence[Alert]) -> Tier | None:
    if not alerts:
        return None
    is_immediate = any(alert.tier is Tier.IMMEDIATE for alert in alerts)
    return Tier.IMMEDIATE if is_immediate else Tier.SAME_DAY


def _before(infusion: Infusion, answered_at: datetime | None) -> datetime | None:
    """Within the day before the infusion."""
    if answered_at is None or not infusion.starts_at - DAY <= answered_at <= infusion.starts_at:
        return None
    return answered_at
