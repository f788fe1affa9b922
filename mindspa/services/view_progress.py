"""Read one patient's record: for a clinician, or for the patient."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from mindspa.domain import schedule
from mindspa.domain.adjuncts import standing
from mindspa.domain.check_ins import StoredForm, newest_versions
from mindspa.domain.outcomes import (
    Progress,
    baseline_spans,
    claim_starts,
    current_course,
    progress,
    treatment_starts,
)
from mindspa.domain.session import Session, sessions
from mindspa.domain.treatment import Course, Infusion, InfusionStatus, Patient
from mindspa.services.unit_of_work import UnitOfWork

# What lies longer before the current course than this is read when it is asked for.
KEPT_IN_VIEW = timedelta(days=365)

# For so long a record that nobody has written about is not read again.
STILL_HOLDS = timedelta(minutes=1)


def view_progress(
    work: UnitOfWork, patient_id: str, *, kept: Progress | None = None, whole: bool = False
) -> Progress:
    """Times are shown in the clinic's zone. `kept` is what this gave last: it is given again while
    it holds. The patient says so, whose version grows with every write. `whole`: every form there
    is; otherwise those of the current course and the year before."""
    patient = work.look_at(patient_id)
    holds = kept and kept.patient == patient and abs(work.now - kept.now) < STILL_HOLDS
    if kept and holds and (kept.whole or not whole):
        return kept
    read = _progress(work, patient, zone=work.clinic.zone, whole=whole)
    return replace(
        read,
        sessions=_sessions(work, read.infusions),
        adjuncts=standing(work.records.adjuncts.of(patient_id)),
    )


def _sessions(work: UnitOfWork, infusions: Sequence[Infusion]) -> Mapping[str, Session]:
    happened = [i.id for i in infusions if i.status is not InfusionStatus.CANCELLED]
    if not happened:
        return {}
    return sessions(*work.records.sheets.written_at(happened))


def view_own_progress(work: UnitOfWork, *, whole: bool = False) -> Progress:
    """Without alerts: those are between members of staff. Times are shown in the patient's zone."""
    patient = work.records.patients.get(work.own_patient_id())
    own = _progress(work, patient, zone=work.zone_of(patient), whole=whole)
    return replace(own, alerts=(), screens=())


def recent_part(read: Progress) -> Progress:
    """The current course and the year before."""
    since = _in_view_since(read.current_course, now=read.now)
    series = {
        name: replace(found, points=points)
        for name, found in read.series.items()
        if (points := tuple(p for p in found.points if p.form.answered_at >= since))
    }
    return replace(
        read,
        series=series,
        incomplete=tuple(form for form in read.incomplete if form.answered_at >= since),
        screens=tuple(form for form in read.screens if form.answered_at >= since),
        occasions=tuple(pair for pair in read.occasions if pair[0].closes_at >= since),
    )


def _in_view_since(course: Course | None, *, now: datetime) -> datetime:
    return min(now, course.started_at if course else now) - KEPT_IN_VIEW


def _progress(work: UnitOfWork, patient: Patient, *, zone: str, whole: bool) -> Progress:
    records, definitions = work.records, work.definitions
    courses = records.treatment.courses_of(patient.id)
    infusions = records.treatment.infusions_of(patient.id)
    course = current_course(courses, now=work.now)
    since = _in_view_since(course, now=work.now)
    if whole:
        occasions = records.treatment.occasions_of(patient.id)
        forms = records.check_ins.forms_of(patient.id)
    else:
        occasions = records.treatment.occasions_of(patient.id, closing_since=since)
        start = min([since, *(occasion.opens_at for occasion in occasions)]) - schedule.HALF_A_DAY
        forms = _what_is_shown(work, patient.id, courses, infusions, course, start)
    older, first = records.check_ins.older(patient.id, before=since)
    answers = schedule.answers_for(occasions, forms)
    read = progress(
        patient,
        courses,
        infusions,
        forms,
        [(o, schedule.status(o, answers[o.key], now=work.now)) for o in occasions],
        records.alerts.of_many([patient.id]),
        instruments=definitions.instruments,
        changes=definitions.changes,
        zone=zone,
        now=work.now,
    )
    first = first or min((form.answered_at for form in newest_versions(forms)), default=None)
    return replace(read, older=older, whole=whole or not older, first_answered_at=first)


def _what_is_shown(
    work: UnitOfWork,
    patient_id: str,
    courses: list[Course],
    infusions: list[Infusion],
    course: Course | None,
    start: datetime,
) -> list[StoredForm]:
    """From `start` on, and of what is older the baselines and the last of each instrument."""
    check_ins, instruments = work.records.check_ins, work.definitions.instruments
    claims = claim_starts(treatment_starts(courses, infusions))
    if course and course.id in claims:
        start = min(start, claims[course.id].at)
    read = (
        *check_ins.forms_since(patient_id, start),
        *check_ins.forms_within(patient_id, baseline_spans(courses, infusions)),
        *check_ins.last_forms(patient_id, instruments, asking=()),
    )
    return list({form.id: form for form in read}.values())
