"""A planned infusion moves, and its check-ins with it; what cannot be is refused."""

from datetime import datetime, timedelta

import pytest

from mindspa.bootstrap import Runtime
from mindspa.domain.access import Role, operator
from mindspa.domain.errors import InvalidInput, NotFound, NotPermitted, Stale
from mindspa.domain.treatment import Clinic, Infusion, Patient, Phase
from mindspa.services.book_infusion import book_infusion
from mindspa.services.end_course import end_course
from mindspa.services.move_infusion import move_infusion
from mindspa.services.plan_induction import plan_induction
from mindspa.services.record_infusion import record_end
from tests.conftest import NOW, Clock
from tests.factories import a_clinic, account_of, staff

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def infusions(runtime: Runtime, patient: Patient) -> list[Infusion]:
    """In one, three and five days."""
    with runtime.unit_of_work(operator("clinic")) as work:
        plan_induction(work, patient.id, [NOW + days * DAY for days in (1, 3, 5)])
        return work.records.treatment.infusions_of(patient.id)


def move(runtime: Runtime, infusion: Infusion, at: datetime, *, version: int = 1) -> Infusion:
    with runtime.unit_of_work(operator("clinic")) as work:
        return move_infusion(work, infusion.id, version=version, planned_at=at)


def opens_at(runtime: Runtime, patient: Patient, infusion: Infusion) -> dict[str, datetime]:
    with runtime.reading(operator("clinic")) as work:
        found = work.records.treatment.occasions_around(patient.id, [infusion.id])
    return {occasion.code: occasion.opens_at for occasion in found}


def test_its_check_ins_move_with_it(
    runtime: Runtime, patient: Patient, infusions: list[Infusion]
) -> None:
    last = infusions[-1]
    before = opens_at(runtime, patient, last)
    moved = move(runtime, last, last.planned_at + 2 * DAY)
    assert (moved.planned_at, moved.version) == (NOW + 7 * DAY, 2)
    assert opens_at(runtime, patient, last) == {code: at + 2 * DAY for code, at in before.items()}
    with runtime.reading(operator("clinic")) as work:
        events = [event.what for event in work.records.audit_events(patient.id)]
    assert events.count("infusion.moved") == 1


def test_a_course_begins_with_whichever_is_first(
    runtime: Runtime, patient: Patient, infusions: list[Infusion]
) -> None:
    move(runtime, infusions[0], NOW + 4 * DAY)
    with runtime.reading(operator("clinic")) as work:
        (course,) = work.records.treatment.courses_of(patient.id)
    assert course.started_at == NOW + 3 * DAY


def test_a_second_press_moves_it_once_and_somebody_elses_change_is_not_overwritten(
    runtime: Runtime, infusions: list[Infusion]
) -> None:
    at = NOW + 6 * DAY
    assert move(runtime, infusions[-1], at) == move(runtime, infusions[-1], at)
    with pytest.raises(Stale):
        move(runtime, infusions[-1], NOW + 8 * DAY)


@pytest.mark.parametrize(
    "at, says",
    [
        (NOW - timedelta(seconds=1), "That time is past."),
        (NOW + DAY + HOUR / 2, "Another infusion of this patient is at that time."),
        (NOW + 4000 * DAY, "more than ten years from now"),
        (NOW.replace(tzinfo=None), "needs a day and a time"),
    ],
)
def test_a_time_that_cannot_be_is_refused(
    runtime: Runtime, infusions: list[Infusion], at: datetime, says: str
) -> None:
    with pytest.raises(InvalidInput, match=says):
        move(runtime, infusions[-1], at)


@pytest.mark.parametrize("hours", [-1, 1])
def test_one_can_follow_right_after_another(
    runtime: Runtime, infusions: list[Infusion], hours: int
) -> None:
    """Planned for an hour each."""
    at = infusions[0].planned_at + hours * HOUR
    assert move(runtime, infusions[-1], at).planned_at == at


def test_one_that_was_given_does_not_move(
    runtime: Runtime, clock: Clock, infusions: list[Infusion]
) -> None:
    clock.forward(days=2)
    with runtime.unit_of_work(operator("clinic")) as work:
        given = record_end(
            work,
            infusions[0].id,
            version=1,
            started_at=NOW + DAY,
            ended_at=NOW + DAY + HOUR,
        )
    with pytest.raises(InvalidInput, match="Only an infusion that is planned can be moved"):
        move(runtime, given, NOW + 9 * DAY, version=2)


def test_it_stays_within_its_course(
    runtime: Runtime, clock: Clock, patient: Patient, infusions: list[Infusion]
) -> None:
    with runtime.unit_of_work(operator("clinic")) as work:
        booster = book_infusion(
            work, patient.id, planned_at=NOW + 30 * DAY, new_course=Phase.MAINTENANCE
        )
    with pytest.raises(InvalidInput, match="has ended by then"):
        move(runtime, infusions[-1], NOW + 31 * DAY)
    with pytest.raises(InvalidInput, match="before the course began"):
        move(runtime, booster, NOW + 20 * DAY)
    assert move(runtime, infusions[-1], NOW + 29 * DAY).planned_at == NOW + 29 * DAY


def test_of_another_clinic_there_is_none_and_a_patient_moves_nothing(
    runtime: Runtime, clinic: Clinic, patient: Patient, infusions: list[Infusion]
) -> None:
    elsewhere = staff(runtime, a_clinic(runtime, "elsewhere"), Role.CLINICIAN)
    for actor, error in (
        (elsewhere, NotFound),
        (account_of(runtime, clinic, patient), NotPermitted),
        (staff(runtime, clinic, Role.ADMINISTRATOR), NotPermitted),
    ):
        with pytest.raises(error), runtime.unit_of_work(actor) as work:
            move_infusion(work, infusions[0].id, version=1, planned_at=NOW + 8 * DAY)


def test_of_a_course_that_ended_nothing_is_left_to_move(
    runtime: Runtime, patient: Patient, infusions: list[Infusion]
) -> None:
    with runtime.unit_of_work(operator("clinic")) as work:
        end_course(work, patient.id, infusions[0].course_id, reason="Moved away.")
    with pytest.raises(InvalidInput, match="Only an infusion that is planned"):
        move(runtime, infusions[0], NOW + 8 * DAY, version=2)
