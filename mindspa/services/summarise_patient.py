"""Keep the summary of each patient, their rows of the follow-up list and what is noted of their
occasions up to date, so that no list needs a query a patient."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from pydantic import TypeAdapter, ValidationError

from mindspa.domain.check_ins import StoredForm, newest_versions
from mindspa.domain.course_review import review_due, reviewable
from mindspa.domain.follow_up import FollowUpRow
from mindspa.domain.follow_up_rows import FollowUp
from mindspa.domain.outcomes import Progress, last_complete, progress
from mindspa.domain.safety import Alert, AlertState, Tier, answered_safety, rises
from mindspa.domain.summary import LatestScore, PatientSummary
from mindspa.domain.treatment import InfusionStatus, Patient
from mindspa.services.kept_rows import KeptRows
from mindspa.services.mark_answered import lacking, mark_answered
from mindspa.services.read_follow_ups import Followed, read_follow_ups
from mindspa.services.unit_of_work import UnitOfWork
from mindspa.storage.records.follow_up import StoredRow

# Raise it whenever the same record could give another summary or another row: stored ones are then
# made anew.
SUMMARY_VERSION = 6

_SUMMARY = TypeAdapter(PatientSummary)
_ROW = TypeAdapter(FollowUpRow)
_KEPT = KeptRows(_ROW.validate_json)
_BEFORE_ANY = datetime.min.replace(tzinfo=UTC)


def refresh_summary(work: UnitOfWork, patient_id: str) -> None:
    """Called once for each patient that a unit of work wrote about, before it commits."""
    work.records.patients.touch(patient_id)
    if since := work.records.changed_since(patient_id):
        mark_answered(work, patient_id, since=since)
    _write(work, patient_id)


def rebuild_summaries(work: UnitOfWork) -> int:
    """Makes those anew that came from other definitions or from an older program; how many."""
    old = work.records.patients.with_old_summaries(_version(work))
    for patient_id in old:
        work.records.patients.lock(patient_id)
        mark_answered(work, patient_id)
        _write(work, patient_id)
    return len(old)


def differing_summaries(work: UnitOfWork, patient_ids: Iterable[str]) -> Iterator[str]:
    """Those whose summary, rows of the follow-up list or notes on occasions are not what their
    record gives. What an older program made does not count: it is made anew at the next start."""
    stored = work.records.patients.summaries(_version(work))
    for patient_id in patient_ids:
        if patient_id in stored:
            followed = read_follow_ups(work, patient_id)
            made = sorted((f.row for f in followed.follow_ups), key=lambda row: row.infusion_id)
            try:
                summary = _SUMMARY.validate_json(stored[patient_id])
                rows = [_ROW.validate_json(text) for text in work.records.follow_up.of(patient_id)]
            except ValidationError:  # goes no further: it holds what it found
                yield patient_id
                continue
            noted = work.records.treatment.lacking(patient_id, closing_since=_BEFORE_ANY)
            stands = _summary(work, patient_id, followed), made, lacking(work, patient_id)
            if (summary, rows, noted) != stands:
                yield patient_id


def read_summaries(work: UnitOfWork) -> Mapping[str, PatientSummary]:
    """Those of the whole clinic, by patient id."""
    return {
        patient_id: _SUMMARY.validate_json(stored)
        for patient_id, stored in work.records.patients.summaries(_version(work)).items()
    }


def read_rows(work: UnitOfWork) -> Iterator[tuple[Patient, FollowUpRow]]:
    """Of the follow-up list, those of the whole clinic that wait by now."""
    for patient, infusion_id, text in work.records.follow_up.listed(_version(work), now=work.now):
        yield patient, _KEPT.row_of(infusion_id, text)
    # Nobody is left out while a newer program beside this one writes summaries of its own.
    for patient_id in work.records.patients.with_old_summaries(_version(work)):
        patient = work.records.patients.get(patient_id)
        for found in read_follow_ups(work, patient_id).follow_ups:
            yield patient, found.row


def count_rows(work: UnitOfWork) -> int:
    """How many `read_rows` gives, but for those that a newer program beside this one wrote."""
    return work.records.follow_up.count(_version(work), now=work.now)


def summarise(work: UnitOfWork, patient_id: str) -> PatientSummary:
    return _summary(work, patient_id, read_follow_ups(work, patient_id))


def _summary(work: UnitOfWork, patient_id: str, followed: Followed) -> PatientSummary:
    """Reads the last forms of each instrument, never the whole record."""
    records, instruments = work.records, work.definitions.instruments
    last = records.check_ins.last_forms(
        patient_id,
        instruments,
        asking=[name for name, found in instruments.items() if found.safety_item],
    )
    forms = newest_versions({form.id: form for form in (*followed.forms, *last)}.values())
    alerts = [alert for alert in followed.alerts if alert.state is AlertState.OPEN]
    treated = [infusion for infusion in followed.infusions if infusion.treated]
    reached = progress(
        Patient(patient_id, name=""),
        followed.courses,
        followed.infusions,
        forms,
        [],
        [],
        instruments=instruments,
        changes=work.definitions.changes,
        zone=work.clinic.zone,
        # The current course is the one last treated in: that of now would change by itself.
        now=treated[-1].starts_at if treated else _BEFORE_ANY,
    )
    most_urgent = _most_urgent(alerts)
    return PatientSummary(
        latest=_latest_scores(reached),
        last_answered_at=forms[-1].answered_at if forms else None,
        treated=len(treated),
        last_infusion_ended_at=max((infusion.ends_at for infusion in treated), default=None),
        awaited=tuple(
            sorted(
                infusion.planned_at
                for infusion in followed.infusions
                if infusion.status in (InfusionStatus.PLANNED, InfusionStatus.STARTED)
            )
        ),
        reviews_due=tuple(_reviews_due(work, followed.follow_ups)),
        open_alerts=len(alerts),
        highest_tier=most_urgent.tier if most_urgent else None,
        alert_since=most_urgent.raised_at if most_urgent else None,
        wishes=tuple(waiting.wish for waiting in records.alerts.wishes_of(patient_id)),
        safety_not_answered=_safety_not_answered(work, forms),
        rises=tuple(_rises(work, forms)),
        course_review_due=_course_review_due(work, patient_id, followed),
    )


def _write(work: UnitOfWork, patient_id: str) -> None:
    followed = read_follow_ups(work, patient_id)
    summary = _summary(work, patient_id, followed)
    stored: dict[str, Any] = _SUMMARY.dump_python(summary, mode="json")
    work.records.patients.save_summary(patient_id, _version(work), stored)
    rows = [found.row for found in followed.follow_ups]
    work.records.follow_up.replace(
        patient_id,
        [
            StoredRow(r.infusion_id, r.listed_from, r.silent_from, _ROW.dump_json(r).decode())
            for r in rows
        ],
    )


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
            corrected=last.form.corrected,
        )
    return found


def _reviews_due(work: UnitOfWork, waiting: Iterable[FollowUp]) -> Iterator[datetime]:
    """An open alert keeps more on the list than what waits for its review."""
    protocol = work.definitions.protocol
    for found in waiting:
        given = found.infusion
        is_history = protocol.is_history(given.ends_at, given.recorded_at)
        if given.treated and found.review is None and not is_history:
            yield found.row.closes_at


def _course_review_due(work: UnitOfWork, patient_id: str, followed: Followed) -> int | None:
    rule = work.definitions.protocol.course.review
    if reviewable(rule, followed.courses, followed.infusions) is None:
        return None  # as for most: their reviews need not be read
    reviews = work.records.course_reviews.of(patient_id)
    return review_due(rule, followed.courses, followed.infusions, reviews)


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
