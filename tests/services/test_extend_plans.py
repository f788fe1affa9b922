"""Repeating occasions reach eight weeks ahead however long nobody writes about a patient."""

from datetime import timedelta

from mindspa.bootstrap import Runtime
from mindspa.domain.access import operator
from mindspa.domain.treatment import Course, Phase
from mindspa.services.plan_course import close_course, open_course, plan_infusion
from mindspa.worker import sweep
from tests.conftest import Clock
from tests.factories import a_clinic, a_patient, an_induction, an_infusion


def _last_planned(runtime: Runtime, clinic_id: str, patient_id: str) -> timedelta:
    with runtime.reading(operator(clinic_id)) as work:
        opens = [o.opens_at for o in work.records.treatment.occasions_of(patient_id)]
        return max(opens) - work.now


def test_a_quiet_patient_is_asked_for_ever(runtime: Runtime, clock: Clock) -> None:
    clinic = a_clinic(runtime)
    patient = a_patient(runtime, clinic)
    with runtime.unit_of_work(operator(clinic.id)) as work:
        open_course(work, patient.id, Phase.MAINTENANCE, starts_at=clock.now)
    clock.forward(weeks=7)
    assert _last_planned(runtime, clinic.id, patient.id) < timedelta(weeks=2)
    assert sweep(runtime) == 1
    assert _last_planned(runtime, clinic.id, patient.id) > timedelta(weeks=6)
    assert sweep(runtime) == 0


def test_an_infusion_booked_far_ahead_does_not_stop_what_repeats(
    runtime: Runtime, clock: Clock
) -> None:
    clinic = a_clinic(runtime)
    patient = a_patient(runtime, clinic)
    with runtime.unit_of_work(operator(clinic.id)) as work:
        course = open_course(work, patient.id, Phase.MAINTENANCE, starts_at=clock.now)
        plan_infusion(work, course, planned_at=clock.now)
        plan_infusion(work, course, planned_at=clock.now + timedelta(weeks=26))
    clock.forward(weeks=7)
    assert sweep(runtime) == 1
    with runtime.reading(operator(clinic.id)) as work:
        planned = work.records.treatment.occasions_of(patient.id)
    repeating = [o.opens_at for o in planned if o.code.startswith("maintenance")]
    assert max(repeating) - clock.now > timedelta(weeks=6)


def test_a_course_that_ended_is_left_alone(runtime: Runtime, clock: Clock) -> None:
    clinic = a_clinic(runtime)
    patient = a_patient(runtime, clinic)
    with runtime.unit_of_work(operator(clinic.id)) as work:
        course = open_course(work, patient.id, Phase.MAINTENANCE, starts_at=clock.now)
    clock.forward(weeks=1)
    with runtime.unit_of_work(operator(clinic.id)) as work:
        close_course(work, course, at=work.now, reason="moved away")
    clock.forward(weeks=7)
    assert sweep(runtime) == 0


def test_an_induction_ends_14_days_after_its_last_infusion(runtime: Runtime, clock: Clock) -> None:
    clinic = a_clinic(runtime)
    patient = a_patient(runtime, clinic)
    course = an_induction(runtime, clinic, patient, starts_at=clock.now)
    started = clock.now
    an_infusion(runtime, clinic, course, starts_at=started)
    clock.forward(days=13, hours=23)
    sweep(runtime)
    assert _course(runtime, clinic.id, patient.id).ended_at is None
    clock.forward(hours=1)
    assert sweep(runtime) == 1
    assert _course(runtime, clinic.id, patient.id).ended_at == started + timedelta(days=14)
    assert sweep(runtime) == 0


def _course(runtime: Runtime, clinic_id: str, patient_id: str) -> Course:
    with runtime.reading(operator(clinic_id)) as work:
        return work.records.treatment.courses_of(patient_id)[-1]
