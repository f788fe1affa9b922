"""Record what happened in an infusion: the smallest record is given, dose and end."""

from dataclasses import replace
from datetime import datetime, timedelta

from mindspa.domain import entered
from mindspa.domain.access import Permission
from mindspa.domain.errors import InvalidInput, Stale
from mindspa.domain.treatment import Infusion, InfusionStatus
from mindspa.services.plan_course import follow_infusion, plausible
from mindspa.services.unit_of_work import UnitOfWork

# A dose above this is a slip of the keyboard, not a treatment (40 for 0.40). Trials gave 0.1 to
# 1.0 mg/kg (Fava 2018); the clinic's own limits, signed by a clinician, come with infusion day.
MOST_MG_PER_KG = 3.0
LEAST_MG = 0.1
LIGHTEST_KG, HEAVIEST_KG = 25, 350
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
    started_at = plausible(work, started_at, what="The start of the infusion")
    ended_at = plausible(work, ended_at, what="The end of the infusion")
    _check_times(work, started_at, ended_at)
    _check_amounts(dose_mg, weight_kg)
    if stopped_because is not None:
        stopped_because = entered.note(stopped_because, what="The reason")
    said = (started_at, ended_at, dose_mg, weight_kg, stopped_because)
    if infusion.ended_at and said == (
        infusion.started_at,
        infusion.ended_at,
        infusion.dose_mg,
        infusion.weight_kg,
        infusion.reason,
    ):
        return infusion  # a second press of the same button
    _refuse_stale(infusion, version)
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
        version=infusion.version + 1,
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
    reason = entered.note(reason, what="The reason")
    if not reason:
        raise InvalidInput("Say why the infusion is cancelled.")
    _refuse_stale(infusion, version)
    cancelled = replace(
        infusion, status=InfusionStatus.CANCELLED, reason=reason, version=infusion.version + 1
    )
    work.records.treatment.save_infusion(cancelled)
    work.audit("infusion.cancelled", about=infusion.patient_id, record=infusion.id)
    follow_infusion(work, cancelled)
    return cancelled


def _refuse_stale(infusion: Infusion, version: int) -> None:
    if infusion.version != version:
        raise Stale("Somebody changed this infusion meanwhile. Look at it again and repeat.")


def _check_times(work: UnitOfWork, started_at: datetime, ended_at: datetime) -> None:
    if ended_at <= started_at:
        raise InvalidInput("The end of an infusion must be after its start.")
    if ended_at > work.now:
        raise InvalidInput("The end of the infusion is in the future. Record it once it has ended.")
    if ended_at - started_at > LONGEST:
        raise InvalidInput("An infusion cannot last more than 12 hours. Check the date.")


def _check_amounts(dose_mg: float | None, weight_kg: float | None) -> None:
    if weight_kg is not None:
        entered.number(
            weight_kg, what="The weight in kilograms", lowest=LIGHTEST_KG, highest=HEAVIEST_KG
        )
    if dose_mg is not None:
        most = MOST_MG_PER_KG * HEAVIEST_KG
        entered.number(dose_mg, what="The dose in milligrams", lowest=LEAST_MG, highest=most)
        if weight_kg is not None and dose_mg / weight_kg > MOST_MG_PER_KG:
            raise InvalidInput(
                f"This dose is over {MOST_MG_PER_KG:g} mg for each kilogram. Check dose and weight."
            )
