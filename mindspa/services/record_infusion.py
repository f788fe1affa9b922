"""Record what happened in an infusion: the smallest record is given, dose and end."""

from dataclasses import replace
from datetime import datetime, timedelta

from mindspa.domain.access import Permission
from mindspa.domain.errors import InvalidInput
from mindspa.domain.treatment import Infusion, InfusionStatus
from mindspa.services.plan_course import follow_infusion
from mindspa.services.unit_of_work import UnitOfWork

# A dose above this is a slip of the keyboard, not a treatment (40 for 0.40). Trials gave 0.1 to
# 1.0 mg/kg (Fava 2018); the clinic's own limits, signed by a clinician, come with infusion day.
MOST_MG_PER_KG = 3.0
LONGEST = timedelta(hours=12)


def record_end(
    work: UnitOfWork,
    infusion_id: str,
    *,
    version: int,
    started_at: datetime,
    ended_at: datetime,
    dose_mg: float | None = None,
    weight_kg: float | None = None,
    stopped_because: str | None = None,
) -> Infusion:
    """Given, or stopped early with its reason. `version` is the one that the person looked at."""
    work.actor.require(Permission.RECORD_TREATMENT)
    infusion = work.records.treatment.infusion(infusion_id)
    work.write_about(infusion.patient_id)
    _plausible(work, started_at, ended_at, dose_mg, weight_kg)
    said = (started_at, ended_at, dose_mg, weight_kg, stopped_because)
    if infusion.ended_at and said == (
        infusion.started_at,
        infusion.ended_at,
        infusion.dose_mg,
        infusion.weight_kg,
        infusion.reason,
    ):
        return infusion  # a second press of the same button
    recorded = replace(
        infusion,
        status=InfusionStatus.STOPPED if stopped_because else InfusionStatus.GIVEN,
        started_at=started_at,
        ended_at=ended_at,
        dose_mg=dose_mg,
        weight_kg=weight_kg,
        reason=stopped_because,
        given_by=work.actor.id,
        recorded_at=infusion.recorded_at or work.now,
        recorded_by=work.actor.id,
        version=version + 1,
    )
    work.records.treatment.save_infusion(recorded)
    work.audit("infusion.recorded", about=infusion.patient_id, record=infusion.id)
    follow_infusion(work, recorded)
    return recorded


def cancel(work: UnitOfWork, infusion_id: str, *, version: int, reason: str) -> Infusion:
    work.actor.require(Permission.RECORD_TREATMENT)
    infusion = work.records.treatment.infusion(infusion_id)
    work.write_about(infusion.patient_id)
    if infusion.status in (InfusionStatus.GIVEN, InfusionStatus.STOPPED):
        raise InvalidInput("An infusion that was given cannot be cancelled.")
    if not reason.strip():
        raise InvalidInput("Say why the infusion is cancelled.")
    cancelled = replace(
        infusion, status=InfusionStatus.CANCELLED, reason=reason.strip(), version=version + 1
    )
    work.records.treatment.save_infusion(cancelled)
    work.audit("infusion.cancelled", about=infusion.patient_id, record=infusion.id)
    follow_infusion(work, cancelled)
    return cancelled


def _plausible(
    work: UnitOfWork,
    started_at: datetime,
    ended_at: datetime,
    dose_mg: float | None,
    weight_kg: float | None,
) -> None:
    if ended_at <= started_at:
        raise InvalidInput("The end of an infusion must be after its start.")
    if ended_at > work.now:
        raise InvalidInput("The end of the infusion is in the future. Record it once it has ended.")
    if ended_at - started_at > LONGEST:
        raise InvalidInput("An infusion cannot last more than 12 hours. Check the date.")
    if weight_kg is not None and not 25 <= weight_kg <= 350:
        raise InvalidInput("Weight is in kilograms, from 25 to 350.")
    if dose_mg is not None:
        if dose_mg <= 0:
            raise InvalidInput("The dose is in milligrams and above 0.")
        if weight_kg is not None and dose_mg / weight_kg > MOST_MG_PER_KG:
            raise InvalidInput(
                f"This dose is over {MOST_MG_PER_KG:g} mg for each kilogram. Check dose and weight."
            )
