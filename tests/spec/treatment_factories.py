"""Courses, infusions and answers of one patient, timed from the start of the course."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from mindspa.domain.check_ins import Mode, StoredForm
from mindspa.domain.definitions import Definitions
from mindspa.domain.schedule import Occasion, Protocol
from mindspa.domain.treatment import Course, Infusion, InfusionStatus, Phase, Substance
from mindspa.storage.definition_files import load_definitions
from mindspa.storage.definition_files.protocol import load_protocol

DATA = Path(__file__).parents[2] / "data"
# A Monday, two in the afternoon in New York. The factories' infusions last an hour.
START = datetime(2026, 1, 5, 19, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
TICK = timedelta(microseconds=1)
PATIENT = "p1"


@cache
def definitions() -> Definitions:
    return replace(load_definitions(DATA), version="test", crisis={})


@cache
def protocol() -> Protocol:
    """As shipped: the tables below hold what it says, so that a change of it is seen."""
    return load_protocol(DATA / "protocol.toml", {"phq9", "gad7", "pcl5", "pulse"})


def a_course(
    course_id: str = "c1",
    phase: Phase = Phase.INDUCTION,
    *,
    started_at: datetime = START,
    ended_at: datetime | None = None,
    patient_id: str = PATIENT,
) -> Course:
    return Course(course_id, patient_id, phase, started_at, ended_at)


def an_infusion(
    infusion_id: str = "i1",
    starts_at: datetime = START,
    *,
    status: InfusionStatus = InfusionStatus.GIVEN,
    length: timedelta = HOUR,
    course_id: str = "c1",
    patient_id: str = PATIENT,
    substance: Substance = Substance.KETAMINE,
    recorded_at: datetime | None = None,
) -> Infusion:
    given = status in (InfusionStatus.GIVEN, InfusionStatus.STOPPED)
    return Infusion(
        id=infusion_id,
        patient_id=patient_id,
        course_id=course_id,
        planned_at=starts_at,
        status=status,
        started_at=starts_at if given else None,
        ended_at=starts_at + length if given else None,
        substance=substance,
        recorded_at=recorded_at,
    )


def a_form(
    form_id: str,
    answered_at: datetime,
    instrument: str = "pulse",
    *,
    total: int | None = 6,
    answers: Mapping[str, int] | None = None,
    patient_id: str = PATIENT,
    saved_at: datetime | None = None,
    replaces: str | None = None,
    date_only: bool = False,
    occasion: str | None = None,
) -> StoredForm:
    safe = {"safety": 0} if instrument == "pulse" else {"9": 0}
    return StoredForm(
        id=form_id,
        patient_id=patient_id,
        instrument=instrument,
        instrument_version="1",
        language="en",
        answers=safe if answers is None else answers,
        total=total,
        scorer_version="1",
        mode=Mode.REMOTE,
        answered_at=answered_at,
        saved_at=saved_at or answered_at,
        entered_by=patient_id,
        date_only=date_only,
        occasion=occasion,
        version=2 if replaces else 1,
        replaces=replaces,
    )


def an_occasion(
    code: str = "48h",
    *,
    opens: timedelta,
    closes: timedelta,
    target: timedelta,
    forms: tuple[str, ...] = ("pulse",),
    due: timedelta | None = None,
    anchor_id: str = "i1",
) -> Occasion:
    """Offsets from START."""
    return Occasion(
        patient_id=PATIENT,
        course_id="c1",
        infusion_id=None,
        anchor_id=anchor_id,
        code=code,
        forms=forms,
        target_at=START + target,
        opens_at=START + opens,
        due_at=START + (target if due is None else due),
        closes_at=START + closes,
    )
