"""What a change of the treatment would do to the check-ins, before anybody confirms it."""

from collections.abc import Callable

from mindspa.domain.access import Permission
from mindspa.domain.check_ins import StoredForm
from mindspa.domain.plan_change import PlanChange, plan_change
from mindspa.domain.schedule import HALF_A_DAY, Occasion
from mindspa.services.unit_of_work import UnitOfWork


def foresee_plan(
    work: UnitOfWork, patient_id: str, change: Callable[[UnitOfWork], object]
) -> PlanChange:
    """Makes the change, in a unit that is undone afterwards: what is said is what would be stored.
    Whatever the change refuses is refused here as well."""
    work.actor.require(Permission.RECORD_TREATMENT)
    before = work.records.treatment.occasions_of(patient_id)
    change(work)
    after = work.records.treatment.occasions_of(patient_id)
    return plan_change(before, after, _forms_around(work, patient_id, set(before) ^ set(after)))


def _forms_around(work: UnitOfWork, patient_id: str, changed: set[Occasion]) -> list[StoredForm]:
    """That could answer any of them."""
    if not changed:
        return []
    since = min(occasion.opens_at for occasion in changed) - HALF_A_DAY
    return work.records.check_ins.forms_since(patient_id, since)
