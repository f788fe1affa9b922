"""What a change would do is said by making it, and nothing of that is stored."""

from datetime import timedelta

import pytest
from sqlmodel import SQLModel

from mindspa.bootstrap import Runtime
from mindspa.domain.access import Role, operator
from mindspa.domain.errors import InvalidInput, NotPermitted
from mindspa.domain.schedule import Occasion
from mindspa.domain.treatment import Clinic, Patient
from mindspa.services.end_course import end_course
from mindspa.services.foresee_plan import foresee_plan
from mindspa.services.move_infusion import move_infusion
from mindspa.services.plan_induction import plan_induction
from mindspa.services.record_infusion import cancel
from tests.conftest import NOW
from tests.factories import a_patient, a_stored_form, account_of, staff

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def patient(runtime: Runtime, clinic: Clinic) -> Patient:
    """Infusions in half a day and two days later; a pulse was given this morning."""
    patient = a_patient(runtime, clinic)
    with runtime.unit_of_work(operator("clinic")) as work:
        plan_induction(work, patient.id, [NOW + 12 * HOUR, NOW + 60 * HOUR])
    a_stored_form(runtime, clinic, patient, "pulse", at=NOW - HOUR)
    return patient


def everything(runtime: Runtime) -> dict[str, list[str]]:
    with runtime.database.reading() as session:
        return {
            name: sorted(map(repr, session.connection().execute(table.select())))
            for name, table in SQLModel.metadata.tables.items()
        }


def occasions(runtime: Runtime, patient: Patient) -> dict[tuple[str, str, str], Occasion]:
    with runtime.reading(operator("clinic")) as work:
        return {o.key: o for o in work.records.treatment.occasions_of(patient.id) if o.asked}


def of_first(runtime: Runtime, patient: Patient) -> str:
    with runtime.reading(operator("clinic")) as work:
        return work.records.treatment.infusions_of(patient.id)[0].id


def test_what_is_said_is_what_then_happens(
    runtime: Runtime, clinic: Clinic, patient: Patient
) -> None:
    """By the stored occasions: each that is asked before or afterwards is counted once."""
    first = of_first(runtime, patient)
    with runtime.reading(operator("clinic")) as work:
        (course,) = work.records.treatment.courses_of(patient.id)
    before = everything(runtime)
    for change in (
        lambda work: move_infusion(work, first, version=1, planned_at=NOW + 36 * HOUR),
        lambda work: cancel(work, first, version=1, reason="Ill."),
        lambda work: end_course(work, patient.id, course.id, reason="Moved away."),
    ):
        with runtime.trying(operator("clinic")) as work:
            foretold = foresee_plan(work, patient.id, change)
        assert everything(runtime) == before
        asked = occasions(runtime, patient)
        with runtime.trying(operator("clinic")) as work:
            change(work)
            then = {o.key: o for o in work.records.treatment.occasions_of(patient.id) if o.asked}
        assert {o.key for o in foretold.added} == then.keys() - asked.keys()  # all unanswered
        assert {o.key for o in (*foretold.cancelled, *foretold.released)} == (
            asked.keys() - then.keys()
        )
        assert {o.key for o in (*foretold.moved, *foretold.asked_again)} == {
            key for key in asked.keys() & then.keys() if asked[key] != then[key]
        }
        assert [*foretold.asked_again, *foretold.released]  # the pulse of this morning


def test_what_the_change_refuses_is_refused(runtime: Runtime, patient: Patient) -> None:
    first, before = of_first(runtime, patient), everything(runtime)
    with (
        pytest.raises(InvalidInput, match="That time is past"),
        runtime.trying(operator("clinic")) as work,
    ):
        foresee_plan(
            work,
            patient.id,
            lambda work: move_infusion(work, first, version=1, planned_at=NOW - DAY),
        )
    assert everything(runtime) == before


def test_nobody_else_is_told(runtime: Runtime, clinic: Clinic, patient: Patient) -> None:
    for actor in (
        account_of(runtime, clinic, patient),
        staff(runtime, clinic, Role.ADMINISTRATOR),
    ):
        with pytest.raises(NotPermitted), runtime.trying(actor) as work:
            foresee_plan(work, patient.id, lambda _: None)
