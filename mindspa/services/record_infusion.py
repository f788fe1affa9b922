"""Record what happened in an infusion: the smallest record is given, dose and end."""

from dataclasses import replace
from datetime import datetime, timedelta

from mindspa.domain import entered
from mindspa.domain.access import Permission
from mindspa.domain.errors import AskAgain, InvalidInput
from mindspa.domain.treatment import Infusion, InfusionStatus
from mindspa.services.plan_course import (
    follow_infusion,
    plausible,
    refuse_overlap,
    refuse_stale,
)
from mindspa.services.unit_of_work import UnitOfWork

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
    dose_confirmed: bool = False,
) -> Infusion:
    """Given, or stopped early with its reason. `version` is the one that the person looked at.
    `dose_confirmed`: they were asked about an unusual dose, and it is right."""
    work.actor.require(Permission.RECORD_TREATMENT)
    infusion = work.records.treatment.infusion(infusion_id)
    work.write_about(infusion.patient_id)
    started_at = plausible(work, started_at, what="The start of the infusion")
    ended_at = plausible(work, ended_at, what="The end of the infusion")
    check_times(work, started_at, ended_at)
    check_amounts(work, dose_mg, weight_kg, confirmed=dose_confirmed)
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
    refuse_stale(infusion, version)
    if infusion.ended_at is not None:
        raise InvalidInput("This infusion is recorded. Correct it on its sheet, with a reason.")
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
    refuse_overlap(work, recorded)
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
    reason = entered.needed_note(reason, missing="Say why the infusion is cancelled.")
    refuse_stale(infusion, version)
    cancelled = replace(
        infusion, status=InfusionStatus.CANCELLED, reason=reason, version=infusion.version + 1
    )
    work.records.treatment.save_infusion(cancelled)
    work.audit("infusion.cancelled", about=infusion.patient_id, record=infusion.id)
    follow_infusion(work, cancelled)
    return cancelled


def check_times(work: UnitOfWork, started_at: datetime, ended_at: datetime) -> None:
    if ended_at <= started_at:
        raise InvalidInput("The end of an infusion must be after its start.")
    if ended_at > work.now:
        raise InvalidInput("The end of the infusion is in the future. Record it once it has ended.")
    if ended_at - started_at > LONGEST:
        raise InvalidInput("An infusion cannot last more than 12 hours. Check the date.")


def save_dose(
    work: UnitOfWork,
    infusion_id: str,
    *,
    version: int,
    dose_mg: float | None,
    weight_kg: float | None,
    dose_confirmed: bool = False,
) -> Infusion:
    """Before the end is recorded."""
    work.actor.require(Permission.RECORD_TREATMENT)
    infusion = work.records.treatment.infusion(infusion_id)
    work.write_about(infusion.patient_id)
    if infusion.status not in (InfusionStatus.PLANNED, InfusionStatus.STARTED):
        raise InvalidInput("The dose can be changed until the infusion has ended.")
    check_amounts(work, dose_mg, weight_kg, confirmed=dose_confirmed)
    if (infusion.dose_mg, infusion.weight_kg) == (dose_mg, weight_kg):
        return infusion
    refuse_stale(infusion, version)
    saved = replace(infusion, dose_mg=dose_mg, weight_kg=weight_kg, version=infusion.version + 1)
    work.records.treatment.save_infusion(saved)
    work.audit("infusion.dose_saved", about=infusion.patient_id, record=infusion.id)
    return saved


def check_amounts(
    work: UnitOfWork, dose_mg: float | None, weight_kg: float | None, *, confirmed: bool
) -> None:
    rules = work.definitions.infusion_day
    if weight_kg is not None:
        entered.number(
            weight_kg, what="The weight in kilograms", lowest=LIGHTEST_KG, highest=HEAVIEST_KG
        )
    if dose_mg is not None:
        most = rules.most_dose * HEAVIEST_KG
        entered.number(dose_mg, what="The dose in milligrams", lowest=LEAST_MG, highest=most)
        if weight_kg is None:
            return
        if dose_mg / weight_kg > rules.most_dose:
            raise InvalidInput(
                f"This dose is over {rules.most_dose:g} mg for each kilogram. Check dose "
                "and weight."
            )
        if dose_mg / weight_kg > rules.usual_dose and not confirmed:
            raise AskAgain(
                f"This dose is over {rules.usual_dose:g} mg for each kilogram, which is unusual. "
                "Check dose and weight. If both are right, say so and save again."
            )
