"""Made-up progress for the figure: a course of three a week, a year, a study with placebo."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from mindspa.domain.adjuncts import Adjunct, Kind
from mindspa.domain.check_ins import Mode, StoredForm
from mindspa.domain.definitions import Definitions
from mindspa.domain.infusion_sheet import Reading, Severity, SideEffect
from mindspa.domain.instruments import Kind as InstrumentKind
from mindspa.domain.instruments import recall_share_before
from mindspa.domain.outcomes import Point, Progress, Series
from mindspa.domain.safety import Alert, AlertState, Tier
from mindspa.domain.schedule import Occasion, OccasionStatus
from mindspa.domain.session import Session
from mindspa.domain.treatment import (
    Course,
    Infusion,
    InfusionStatus,
    Patient,
    Phase,
    Substance,
)
from mindspa.storage.definition_files import load_definitions

DATA = Path(__file__).parents[2] / "data"
# A Monday, two in the afternoon in New York.
START = datetime(2026, 3, 2, 19, tzinfo=UTC)
ZONE = "America/New_York"


def day(days: float) -> datetime:
    """An instant so many days after the start of the course."""
    return START + timedelta(days=days)


@cache
def definitions() -> Definitions:
    return load_definitions(DATA)


def a_form(
    instrument: str,
    at: datetime,
    total: int | None,
    *,
    answers: Mapping[str, int] | None = None,
    mode: Mode = Mode.REMOTE,
) -> StoredForm:
    return StoredForm(
        id=f"{instrument} {at.isoformat()}",
        patient_id="p1",
        instrument=instrument,
        instrument_version="1",
        language="en",
        answers=answers or {},
        total=total,
        scorer_version="1",
        mode=mode,
        answered_at=at,
        saved_at=at,
        entered_by="p1",
    )


def an_infusion(
    days: float,
    *,
    status: InfusionStatus = InfusionStatus.GIVEN,
    substance: Substance = Substance.KETAMINE,
    dose_mg: float | None = 35,
    ended: bool = True,
    course: str = "c1",
) -> Infusion:
    given = status in (InfusionStatus.GIVEN, InfusionStatus.STOPPED)
    return Infusion(
        id=f"infusion {days:g}",
        patient_id="p1",
        course_id=course,
        planned_at=day(days),
        status=status,
        started_at=day(days) if given else None,
        ended_at=day(days) + timedelta(minutes=50) if given and ended else None,
        dose_mg=dose_mg,
        weight_kg=70,
        substance=substance,
    )


def an_alert(
    days: float,
    *,
    rule: str = "phq9_item9",
    tier: Tier = Tier.SAME_DAY,
    instrument: str = "phq9",
    item: str | None = "9",
    state: AlertState = AlertState.OPEN,
) -> Alert:
    return Alert(
        f"alert {days:g}", "p1", rule, tier, instrument, item, 1, day(days), day(days), state
    )


def a_missed(days: float, *forms: str, code: str = "24h") -> tuple[Occasion, OccasionStatus]:
    at = day(days)
    return (
        Occasion(
            patient_id="p1",
            course_id="c1",
            infusion_id=None,
            anchor_id="c1",
            code=code,
            forms=forms,
            target_at=at,
            opens_at=at - timedelta(hours=6),
            due_at=at,
            closes_at=at + timedelta(hours=6),
        ),
        OccasionStatus.MISSED,
    )


def an_adjunct(
    kind: Kind,
    name: str,
    days: int,
    *,
    how_often: str | None = None,
    until: int | None = None,
    told_by_patient: bool = False,
) -> Adjunct:
    """`days` and `until` count from the start of the course."""
    return Adjunct(
        f"{kind} {days}",
        "p1",
        kind,
        name,
        day(days).date(),
        how_often,
        None if until is None else day(until).date(),
        told_by_patient,
        recorded_at=day(1),
        recorded_by="n1",
        by_name="Nurse Example",
    )


def a_session(infusion: Infusion, *, worst: Severity | None = None) -> Session:
    """Three readings, and one side effect as bad as `worst`."""
    readings = [
        Reading(f"r{minute}", "p1", infusion.id, infusion.starts_at + timedelta(minutes=minute),
                vitals, day(1), "n1")
        for minute, vitals in (
            (-5, {"systolic": 118, "diastolic": 74, "spo2": 98}),
            (30, {"systolic": 139, "diastolic": 88, "heart_rate": 78, "spo2": 95}),
            (60, {"systolic": 120, "spo2": 97}),
        )
    ]  # fmt: skip
    effects = [SideEffect("e1", "p1", infusion.id, "nausea", worst, infusion.starts_at, None,
                          day(1), "n1")] if worst else []  # fmt: skip
    return Session(tuple(readings), tuple(effects))


def a_progress(
    scores: Mapping[str, Sequence[tuple[float, int]]] | None = None,
    *,
    infusions: Sequence[Infusion] = (),
    now: datetime | None = None,
    breaks: Mapping[str, Sequence[float]] | None = None,
    missed: Sequence[tuple[Occasion, OccasionStatus]] = (),
    alerts: Sequence[Alert] = (),
    incomplete: Sequence[StoredForm] = (),
    courses: Sequence[Course] | None = None,
    adjuncts: Sequence[Adjunct] = (),
    sessions: Mapping[str, Session] | None = None,
) -> Progress:
    """`scores`: days from the start and totals, by instrument; the last one before day 0 is the
    baseline. `breaks`: the days of scores to which no line leads."""
    treated = [infusion for infusion in infusions if infusion.treated]
    if courses is None:
        courses = (Course("c1", "p1", Phase.INDUCTION, START),) if infusions else ()
    series = {}
    for name, values in (scores or {}).items():
        forms = [a_form(name, day(days), total) for days, total in values]
        before = [form for form in forms if form.answered_at <= START]
        baseline = before[-1] if before and courses else None
        series[name] = Series(
            instrument=name,
            points=tuple(
                _point(form, infusions, breaks=days in (breaks or {}).get(name, ()))
                for form, (days, _) in zip(forms, values, strict=True)
            ),
            baselines={course.id: baseline for course in courses} if baseline else {},
            change=None,
        )
    return Progress(
        patient=Patient("p1", "Ann Example"),
        zone=ZONE,
        now=now or day(20),
        courses=tuple(courses),
        infusions=tuple(infusions),
        infusion_numbers={infusion.id: n for n, infusion in enumerate(treated, start=1)},
        series=series,
        incomplete=tuple(incomplete),
        screens=(),
        occasions=tuple(missed),
        alerts=tuple(alerts),
        adjuncts=tuple(adjuncts),
        sessions=sessions or {},
    )


def _point(form: StoredForm, infusions: Sequence[Infusion], *, breaks: bool) -> Point:
    assert form.total is not None
    instrument = definitions().instruments[form.instrument]
    before = [
        infusion
        for infusion in infusions
        if infusion.ends_at <= form.answered_at and infusion.status is InfusionStatus.GIVEN
    ]
    last = before[-1] if before else None
    share = None
    if last and instrument.recall and instrument.kind is InstrumentKind.STANDARD:
        share = recall_share_before(instrument.recall, form.answered_at, last.ends_at)
    return Point(
        form=form,
        total=form.total,
        course_id="c1",
        hours_after_infusion=(form.answered_at - last.ends_at) / timedelta(hours=1)
        if last
        else None,
        infusion_id=last.id if last else None,
        share_before_infusion=share,
        share_before_course=share,
        breaks_line=breaks,
    )


def induction() -> Progress:
    """Six infusions in two weeks with weekly forms and pulses, one of each missed."""
    days = (0, 2, 4, 7, 9, 11)
    pulse = [
        (-0.1, 9), (1.2, 6), (1.9, 7), (3.1, 5), (3.9, 6), (5.2, 4), (6.9, 5),
        (8.2, 3), (10.1, 3), (10.9, 4), (12.2, 2), (13.1, 0),
    ]  # fmt: skip
    return a_progress(
        {
            "phq9": [(-2, 19), (7, 14), (14, 8), (21, 6), (27, 4)],
            "gad7": [(-2, 15), (7, 12), (14, 9), (27, 5)],
            "pulse": pulse,
            "pcl5": [(-2, 52), (27, 33)],
        },
        infusions=[
            *(an_infusion(at, dose_mg=35 if at < 4 else 40) for at in days),
            an_infusion(14, status=InfusionStatus.CANCELLED),
            an_infusion(32, status=InfusionStatus.PLANNED, dose_mg=None),
        ],
        missed=[a_missed(9.2, "pulse"), a_missed(21, "gad7", code="weekly-3")],
        breaks={"gad7": [27], "pulse": [10.1]},
        alerts=[
            an_alert(-2, tier=Tier.IMMEDIATE, state=AlertState.CLOSED),
            an_alert(1.9, rule="pulse_rise", instrument="pulse", item=None),
            an_alert(7),
        ],
        now=day(28),
        adjuncts=[
            an_adjunct(Kind.TALK_THERAPY, "Long ago", -400, how_often="weekly", until=-300),
            an_adjunct(Kind.TMS, "Left-sided series", -40, how_often="daily", until=6),
            an_adjunct(Kind.TMS, "Maintenance", 5, how_often="once a week"),
            an_adjunct(Kind.MEDICATION, "sertraline 50 → 100 mg", 8, told_by_patient=True),
        ],
        sessions={
            infusion.id: a_session(infusion, worst=worst)
            for infusion, worst in (
                (an_infusion(0, dose_mg=35), Severity.MODERATE),
                (an_infusion(2, dose_mg=35), Severity.MILD),
                (an_infusion(4, dose_mg=40), None),
            )
        },
    )


def a_year() -> Progress:
    """60 PHQ-9, 60 GAD-7, 120 pulses and 20 infusions: what the build time is measured on."""
    induction_days = [0, 2, 4, 7, 9, 11]
    days = [*induction_days, *(11 + 25 * n for n in range(1, 15))]
    return a_progress(
        {
            "phq9": [(-3 + 6 * n, max(0, 20 - n // 2 + (n * 7) % 5)) for n in range(60)],
            "gad7": [(-3 + 6 * n, max(0, 15 - n // 3 + (n * 5) % 4)) for n in range(60)],
            "pulse": [(d + 0.5 + n * 0.9, (9 - n + d) % 13) for d in days for n in range(6)],
        },
        infusions=[an_infusion(at) for at in days],
        breaks={"pulse": [d + 0.5 for d in days[6:]]},
        missed=[a_missed(30.5, "phq9", "gad7", code="maintenance-1")],
        alerts=[an_alert(40), an_alert(200, rule="phq9_rise", item=None)],
        now=day(362),
        courses=(
            Course("c1", "p1", Phase.INDUCTION, START, ended_at=day(14)),
            Course("c2", "p1", Phase.MAINTENANCE, day(36)),
        ),
    )


def a_study() -> Progress:
    """Two single infusions, one of them a placebo, rated with the MADRS by a clinician."""
    return a_progress(
        {"madrs": [(-2, 35), (2, 24), (26, 33), (34, 39)]},
        infusions=[
            an_infusion(0, dose_mg=None),
            an_infusion(24, substance=Substance.PLACEBO, dose_mg=None),
        ],
        now=day(900),
        courses=(Course("c1", "p1", Phase.INDUCTION, START, ended_at=day(38)),),
    )
