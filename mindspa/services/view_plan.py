"""A patient's own plan: the infusions ahead, and when the next check-ins are."""

from dataclasses import dataclass
from datetime import datetime

from mindspa.domain import due
from mindspa.domain.adjuncts import Adjunct, standing
from mindspa.domain.schedule import Occasion
from mindspa.domain.treatment import Clinic, Infusion, InfusionStatus, Patient, Substance
from mindspa.services.open_check_in import asked_of, recent_forms
from mindspa.services.unit_of_work import UnitOfWork

_AHEAD = (InfusionStatus.PLANNED, InfusionStatus.STARTED)


@dataclass(frozen=True, slots=True)
class OwnPlan:
    """`infusions` are those ahead and under way, `cancelled` those that would have been;
    `check_ins` those that wait for an answer, open ones included; `adjuncts` the other treatment
    that stands. All in order."""

    patient: Patient
    clinic: Clinic
    zone: str
    now: datetime
    infusions: tuple[Infusion, ...]
    cancelled: tuple[Infusion, ...]
    check_ins: tuple[Occasion, ...]
    adjuncts: tuple[Adjunct, ...]


def own_plan(work: UnitOfWork) -> OwnPlan:
    patient = work.records.patients.get(work.own_patient_id())
    infusions = [
        infusion
        for infusion in work.records.treatment.infusions_of(patient.id)
        if infusion.substance is not Substance.PLACEBO and infusion.ends_at > work.now
    ]
    waiting = due.ahead(
        asked_of(work, patient),
        recent_forms(work, patient.id),
        work.definitions.protocol,
        now=work.now,
    )
    return OwnPlan(
        patient=patient,
        clinic=work.clinic,
        zone=work.zone_of(patient),
        now=work.now,
        infusions=tuple(i for i in infusions if i.status in _AHEAD),
        cancelled=tuple(i for i in infusions if i.status is InfusionStatus.CANCELLED),
        check_ins=waiting,
        adjuncts=standing(work.records.adjuncts.of(patient.id)),
    )
