"""Keep the summary of each patient up to date, so that the panel needs no query a patient."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter

from mindspa.domain.check_ins import StoredForm, newest_versions
from mindspa.domain.follow_up import FollowUpEntry, follow_up_entries
from mindspa.domain.outcomes import Progress, last_complete, progress
from mindspa.domain.safety import Alert, AlertState, Tier, answered_safety, rises
from mindspa.domain.summary import LatestScore, PatientSummary
from mindspa.domain.treatment import FORGOTTEN_AFTER, Course, Infusion, InfusionStatus, Patient
from mindspa.services.unit_of_work import UnitOfWork

# Raise it whenever the same records could give another summary: stored ones are then made anew.
SUMMARY_VERSION = 2

_JSON = TypeAdapter(PatientSummary)
_INSTANTS = TypeAdapter(Mapping[str, datetime])
_BEFORE_ANY = datetime.min.replace(tzinfo=UTC)
_AFTER_ALL = datetime.max.replace(tzinfo=UTC)


def refresh_summary(work: UnitOfWork, patient_id: str) -> None:
    """Called once for each patient that a unit of work wrote about, before it commits."""
    work.records.patients.touch(patient_id)
    _write(work, patient_id)


def rebuild_summaries(work: UnitOfWork) -> int:
    """Makes those anew that came from other definitions or from an older program; how many."""
    old = work.records.patients.with_old_summaries(_version(work))
    for patient_id in old:
        work.records.patients.lock(patient_id)
        _write(work, patient_id)
    return len(old)


def read_summaries(work: UnitOfWork) -> Mapping[str, PatientSummary]:
    """Those of the whole clinic, by patient id."""
    return {
        patient_id: _JSON.validate_python(stored)
        for patient_id, stored in work.records.patients.summaries(_version(work)).items()
    }


@dataclass(frozen=True, slots=True)
class Waiting:
    """What of a summary says whether its patient is on the follow-up list."""

    open_alerts: int
    waiting: Mapping[str, datetime]

    def begins(self, *, now: datetime) -> bool:
        return self.open_alerts > 0 or any(at <= now for at in self.waiting.values())


def read_waiting(work: UnitOfWork) -> Mapping[str, Waiting]:
    """Of the whole clinic, by patient id."""
    return {
        patient_id: Waiting(open_alerts, _INSTANTS.validate_python(waiting))
        for patient_id, (open_alerts, waiting) in work.records.patients.waiting(
            _version(work)
        ).items()
    }


def waiting_of(work: UnitOfWork, patient_id: str) -> Waiting:
    """Of one patient, made anew."""
    made = summarise(work, patient_id)
    return Waiting(made.open_alerts, made.waiting)


def summarise(work: UnitOfWork, patient_id: str) -> PatientSummary:
    records, definitions = work.records, work.definitions
    patient = records.patients.get(patient_id)
    courses = records.treatment.courses_of(patient_id)
    infusions = records.treatment.infusions_of(patient_id)
    forms = newest_versions(records.check_ins.forms_of(patient_id))
    all_alerts = records.alerts.of_many([patient_id])
    alerts = [a for a in all_alerts if a.state is AlertState.OPEN and not a.historic]
    treated = [infusion for infusion in infusions if infusion.treated]
    reached = progress(
        patient,
        courses,
        infusions,
        forms,
        [],
        [],
        instruments=definitions.instruments,
        changes=definitions.changes,
        zone=work.clinic.zone,
        # The current course is the one last treated in: that of now would change by itself.
        now=treated[-1].starts_at if treated else _BEFORE_ANY,
    )
    most_urgent = _most_urgent(alerts)
    follow_ups = _follow_ups(work, patient, courses, infusions, forms, all_alerts)
    return PatientSummary(
        latest=_latest_scores(reached),
        last_answered_at=forms[-1].answered_at if forms else None,
        treated=len(treated),
        last_infusion_ended_at=max((infusion.ends_at for infusion in treated), default=None),
        awaited=tuple(
            sorted(
                infusion.planned_at
                for infusion in infusions
                if infusion.status in (InfusionStatus.PLANNED, InfusionStatus.STARTED)
            )
        ),
        waiting={row.infusion.id: _listed_from(row.infusion) for row in follow_ups},
        reviews_due=tuple(_reviews_due(work, follow_ups)),
        open_alerts=len(alerts),
        highest_tier=most_urgent.tier if most_urgent else None,
        alert_since=most_urgent.raised_at if most_urgent else None,
        call_asked_at=records.alerts.call_asked_at(patient_id),
        safety_not_answered=_safety_not_answered(work, forms),
        rises=tuple(_rises(work, forms)),
    )


def _write(work: UnitOfWork, patient_id: str) -> None:
    stored: dict[str, Any] = _JSON.dump_python(summarise(work, patient_id), mode="json")
    work.records.patients.save_summary(patient_id, _version(work), stored)


def _version(work: UnitOfWork) -> str:
    return f"{SUMMARY_VERSION}:{work.definitions.version}"


def _latest_scores(reached: Progress) -> Mapping[str, LatestScore]:
    found = {}
    for instrument, series in reached.series.items():
        last, change = series.points[-1], series.change
        found[instrument] = LatestScore(
            total=last.total,
            answered_at=last.form.answered_at,
            baseline=change.baseline.total if change else None,
            change=change.points if change else None,
            response=change.response if change else None,
        )
    return found


def _follow_ups(
    work: UnitOfWork,
    patient: Patient,
    courses: Sequence[Course],
    infusions: Sequence[Infusion],
    forms: Sequence[StoredForm],
    alerts: Sequence[Alert],
) -> Sequence[FollowUpEntry]:
    """The follow-up list as it would be at the end of time: what is not on it then never is, as
    long as nothing further is stored. What its rows say is not asked here, so no occasions."""
    return follow_up_entries(
        patients=[patient],
        courses=courses,
        infusions=infusions,
        occasions=[],
        forms=forms,
        alerts=alerts,
        reviews=work.records.treatment.reviews_of_many([patient.id]),
        definitions=work.definitions,
        zone=ZoneInfo(work.clinic.zone),
        now=_AFTER_ALL,
    )


def _listed_from(infusion: Infusion) -> datetime:
    return infusion.ends_at if infusion.treated else infusion.planned_at + FORGOTTEN_AFTER


def _reviews_due(work: UnitOfWork, follow_ups: Sequence[FollowUpEntry]) -> Iterator[datetime]:
    """An open alert keeps more on the list than what waits for its review."""
    protocol = work.definitions.protocol
    for row in follow_ups:
        given = row.infusion
        is_history = protocol.is_history(given.ends_at, given.recorded_at)
        if given.treated and row.review is None and not is_history:
            yield row.closes_at


def _most_urgent(alerts: Sequence[Alert]) -> Alert | None:
    return min(
        alerts,
        key=lambda alert: (alert.tier is not Tier.IMMEDIATE, alert.raised_at),
        default=None,
    )


def _safety_not_answered(work: UnitOfWork, forms: Sequence[StoredForm]) -> bool:
    """In what was handed in last. A form that came in as a total says nothing either way."""
    instruments = work.definitions.instruments
    asking = [
        form
        for form in forms
        if form.answers and instruments[form.instrument].safety_item is not None
    ]
    return any(
        answered_safety(instruments[form.instrument], form.answers) is False
        for form in asking
        if form.answered_at == asking[-1].answered_at
    )


def _rises(work: UnitOfWork, forms: Sequence[StoredForm]) -> Iterator[str]:
    """Of each standard form the last complete one, against the complete one before it."""
    for instrument in sorted(work.definitions.protocol.standard_forms):
        complete = [f for f in forms if f.instrument == instrument and f.total is not None]
        if not complete:
            continue
        last = complete[-1]
        for finding in rises(
            work.definitions.safety,
            instrument,
            last.answers,
            previous=last_complete(forms, instrument, before=last.answered_at),
            total=last.total,
        ):
            yield finding.rule
