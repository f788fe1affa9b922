"""Booking the next infusion: in the course that runs or in a new one, and never twice."""

from datetime import timedelta

import pytest

from mindspa.bootstrap import Runtime
from mindspa.domain.access import operator
from mindspa.domain.errors import InvalidInput
from mindspa.domain.treatment import Infusion, InfusionStatus, Patient, Phase
from mindspa.services.book_infusion import book_infusion
from mindspa.services.record_infusion import cancel, record_end
from tests.conftest import NOW

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def book(
    runtime: Runtime, patient: Patient, days: float, new_course: Phase | None = None
) -> Infusion:
    with runtime.unit_of_work(operator("clinic")) as work:
        return book_infusion(work, patient.id, planned_at=NOW + days * DAY, new_course=new_course)


def test_without_a_course_one_has_to_begin(runtime: Runtime, patient: Patient) -> None:
    with pytest.raises(InvalidInput, match="No course runs"):
        book(runtime, patient, 1)
    first = book(runtime, patient, 1, Phase.INDUCTION)
    assert book(runtime, patient, 3).course_id == first.course_id
    assert book(runtime, patient, 30, Phase.MAINTENANCE).course_id != first.course_id
    with runtime.reading(operator("clinic")) as work:
        courses = work.records.treatment.courses_of(patient.id)
    assert [(course.phase, course.ended_at) for course in courses] == [
        (Phase.INDUCTION, NOW + 30 * DAY),
        (Phase.MAINTENANCE, None),
    ]
    with runtime.reading(operator("clinic")) as work:
        audited = [event.what for event in work.records.audit_events(patient.id)]
    assert (audited.count("course.opened"), audited.count("course.ended")) == (2, 1)


def test_the_same_time_is_booked_once_until_it_is_cancelled(
    runtime: Runtime, patient: Patient
) -> None:
    first = book(runtime, patient, 1, Phase.INDUCTION)
    assert book(runtime, patient, 1, Phase.INDUCTION) == first
    assert book(runtime, patient, 1) == first
    with runtime.unit_of_work(operator("clinic")) as work:
        cancel(work, first.id, version=first.version, reason="Cold.")
    assert book(runtime, patient, 1).id != first.id


def test_a_second_press_records_an_infusion_once(runtime: Runtime, patient: Patient) -> None:
    booked = book(runtime, patient, -1, Phase.INDUCTION)
    recorded = []
    for _ in range(2):
        with runtime.unit_of_work(operator("clinic")) as work:
            recorded.append(
                record_end(
                    work,
                    booked.id,
                    version=booked.version,
                    started_at=NOW - DAY,
                    ended_at=NOW - DAY + HOUR,
                    dose_mg=40,
                )
            )
    assert recorded[0] == recorded[1]
    assert recorded[0].status is InfusionStatus.GIVEN
