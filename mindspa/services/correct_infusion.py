"""Correct what an infusion was recorded as; the old record stays readable beside the reason."""

from dataclasses import replace
from datetime import datetime

from mindspa.domain import entered
from mindspa.domain.access import Permission
from mindspa.domain.errors import InvalidInput
from mindspa.domain.infusion_sheet import EarlierRecord
from mindspa.domain.treatment import Infusion, InfusionStatus
from mindspa.services.plan_course import (
    course_of,
    follow_infusion,
    plausible,
    refuse_overlap,
    refuse_stale,
)
from mindspa.services.record_infusion import check_amounts, check_times
from mindspa.services.unit_of_work import UnitOfWork

OUTCOMES = (InfusionStatus.GIVEN, InfusionStatus.STOPPED, InfusionStatus.CANCELLED)


def correct_infusion(
    work: UnitOfWork,
    infusion_id: str,
    *,
    version: int,
    outcome: InfusionStatus,
    why: str,
    started_at: datetime | None = None,
    ended_at: datetime | None = None,
    discharged_at: datetime | None = None,
    dose_mg: float | None = None,
    weight_kg: float | None = None,
    stopped_because: str | None = None,
    dose_confirmed: bool = False,
) -> Infusion:
    """All of it as it really was; of one that was not given the rest is left out. Its check-ins
    follow, and what was answered stays. `discharged_at` of a patient who has not left is None;
    `version` is the one that the person looked at."""
    work.actor.require(Permission.RECORD_TREATMENT)
    infusion = work.records.treatment.infusion(infusion_id)
    work.write_about(infusion.patient_id)
    infusion = work.records.treatment.infusion(infusion_id)  # as whoever had the lock left it
    if infusion.status not in OUTCOMES:
        raise InvalidInput("This infusion is not recorded yet. Record its end first.")
    if outcome not in OUTCOMES:
        raise InvalidInput("Say whether the infusion was given, stopped early or not given.")
    why = entered.note(why, what="The reason")
    if outcome is InfusionStatus.CANCELLED:
        corrected = replace(
            infusion,
            status=outcome,
            started_at=None,
            ended_at=None,
            dose_mg=None,
            weight_kg=None,
            given_by=None,
            discharged_at=None,
            reason=why,
        )
    else:
        started_at = plausible(work, started_at, what="The start of the infusion")
        ended_at = plausible(work, ended_at, what="The end of the infusion")
        check_times(work, started_at, ended_at)
        check_amounts(work, dose_mg, weight_kg, confirmed=dose_confirmed)
        corrected = replace(
            infusion,
            status=outcome,
            started_at=started_at,
            ended_at=ended_at,
            discharged_at=_left(work, infusion, ended_at, discharged_at),
            dose_mg=dose_mg,
            weight_kg=weight_kg,
            given_by=infusion.given_by or work.actor.id,
            reason=_reason_of_stop(outcome, stopped_because),
        )
    if _said(corrected) == _said(infusion):
        return infusion  # a second press of the same button
    refuse_stale(infusion, version)
    if not why:
        raise InvalidInput("Say why the infusion is corrected.")
    if outcome is not InfusionStatus.CANCELLED:
        refuse_overlap(work, corrected)
        _refuse_elsewhere(work, infusion, corrected)
    corrected = replace(corrected, recorded_by=work.actor.id, version=infusion.version + 1)
    work.records.sheets.add_earlier(_earlier(work, infusion, why))
    work.records.treatment.save_infusion(corrected)
    work.audit("infusion.corrected", about=infusion.patient_id, record=infusion.id)
    follow_infusion(work, corrected)
    return corrected


def _reason_of_stop(outcome: InfusionStatus, stopped_because: str | None) -> str | None:
    if outcome is InfusionStatus.GIVEN:
        return None
    return entered.needed_note(
        stopped_because or "", missing="Say why the infusion was stopped early."
    )


def _said(infusion: Infusion) -> tuple[object, ...]:
    """What a correction can change. Why one was not given is what the correction says."""
    given = infusion.status is not InfusionStatus.CANCELLED
    return (
        infusion.status,
        infusion.started_at,
        infusion.ended_at,
        infusion.discharged_at,
        infusion.dose_mg,
        infusion.weight_kg,
        infusion.reason if given else None,
    )


def _left(
    work: UnitOfWork, infusion: Infusion, ended_at: datetime, at: datetime | None
) -> datetime | None:
    if infusion.discharged_at is None:
        if at is not None:
            raise InvalidInput("That the patient left is recorded once the checklist is complete.")
        return None
    at = plausible(work, at, what="The time the patient left")
    if at < ended_at:
        raise InvalidInput("The end of the infusion is after the patient left. Check the times.")
    if at > work.now:
        raise InvalidInput("The time the patient left is in the future. Check it.")
    return at


def _refuse_elsewhere(work: UnitOfWork, before: Infusion, after: Infusion) -> None:
    """It stays in its course, and in its place among the infusions."""
    course = course_of(work, before)
    if course.ended_at is not None and after.starts_at >= course.ended_at:
        raise InvalidInput("The course of this infusion had ended by then. Check the day.")
    first, last = sorted((before.starts_at, after.starts_at))
    for other in work.records.treatment.infusions_of(before.patient_id):
        happens = other.id != before.id and other.status is not InfusionStatus.CANCELLED
        if happens and first < other.starts_at < last:
            raise InvalidInput("Another infusion of this patient lies between. Check the day.")


def _earlier(work: UnitOfWork, infusion: Infusion, why: str) -> EarlierRecord:
    return EarlierRecord(
        infusion.patient_id,
        infusion.id,
        infusion.version,
        infusion.status,
        infusion.started_at,
        infusion.ended_at,
        infusion.dose_mg,
        infusion.weight_kg,
        infusion.reason,
        infusion.given_by,
        infusion.recorded_by,
        infusion.discharged_at,
        work.now,
        work.actor.id,
        why,
    )
