"""Read the whole of one patient: for a clinician, or for the patient."""

from dataclasses import replace
from datetime import timedelta

from mindspa.domain import schedule
from mindspa.domain.outcomes import Progress, progress
from mindspa.domain.treatment import Patient
from mindspa.services.unit_of_work import UnitOfWork

# What lies longer before the current course than this is shown when it is asked for.
KEPT_IN_VIEW = timedelta(days=365)

# For so long a record that nobody has written about is not read again.
STILL_HOLDS = timedelta(minutes=1)


def view_progress(work: UnitOfWork, patient_id: str, *, kept: Progress | None = None) -> Progress:
    """Times are shown in the clinic's zone. `kept` is what this gave last: it is given again while
    it holds. The patient says so, whose version grows with every write."""
    patient = work.look_at(patient_id)
    if kept and kept.patient == patient and abs(work.now - kept.now) < STILL_HOLDS:
        return kept
    return _progress(work, patient, zone=work.clinic.zone)


def view_own_progress(work: UnitOfWork) -> Progress:
    """Without alerts: those are between members of staff. Times are shown in the patient's zone."""
    patient = work.records.patients.get(work.own_patient_id())
    own = _progress(work, patient, zone=work.zone_of(patient))
    return replace(own, alerts=())


def recent_part(whole: Progress) -> tuple[Progress, int]:
    """The current course and the year before, and how many forms are older."""
    course = whole.current_course
    since = min(whole.now, course.started_at if course else whole.now) - KEPT_IN_VIEW
    series = {
        name: replace(found, points=points)
        for name, found in whole.series.items()
        if (points := tuple(p for p in found.points if p.form.answered_at >= since))
    }
    recent = replace(
        whole,
        series=series,
        incomplete=tuple(form for form in whole.incomplete if form.answered_at >= since),
        occasions=tuple(pair for pair in whole.occasions if pair[0].closes_at >= since),
    )
    return recent, _forms(whole) - _forms(recent)


def _forms(part: Progress) -> int:
    return len(part.incomplete) + sum(len(series.points) for series in part.series.values())


def _progress(work: UnitOfWork, patient: Patient, *, zone: str) -> Progress:
    records, definitions = work.records, work.definitions
    forms = records.check_ins.forms_of(patient.id)
    occasions = records.treatment.occasions_of(patient.id)
    answers = schedule.answers_for(occasions, forms)
    return progress(
        patient,
        records.treatment.courses_of(patient.id),
        records.treatment.infusions_of(patient.id),
        forms,
        [(o, schedule.status(o, answers[o.key], now=work.now)) for o in occasions],
        records.alerts.of_many([patient.id]),
        instruments=definitions.instruments,
        changes=definitions.changes,
        zone=zone,
        now=work.now,
    )
