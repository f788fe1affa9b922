"""Make one record of two that are of the same person."""

from collections.abc import Iterable
from itertools import pairwise

from mindspa.domain import entered
from mindspa.domain.access import Permission
from mindspa.domain.errors import InvalidInput
from mindspa.domain.treatment import Course, Patient
from mindspa.services.handle_alert import join_alerts
from mindspa.services.open_check_in import lapse
from mindspa.services.plan_course import write_occasions
from mindspa.services.unit_of_work import UnitOfWork


def merge_records(work: UnitOfWork, patient_id: str, *, into: str, reason: str) -> Patient:
    """All of `patient_id` hangs on `into` afterwards, whose details, status and account stay; the
    other is closed and says where it went."""
    work.actor.require(Permission.CORRECT_RECORDS)
    if patient_id == into:
        raise InvalidInput("That is this record. Choose the second record of this person.")
    work.write_about_both(patient_id, into)
    why = entered.line(reason, what="The reason")
    treatment = work.records.treatment
    if _overlap((*treatment.courses_of(patient_id), *treatment.courses_of(into))):
        raise InvalidInput(
            "Both records have a course of treatment at the same time, and one person has one at a "
            "time. End or cancel the one that is wrong, then merge."
        )
    for check_in in work.records.check_ins.open_of(patient_id):
        lapse(work, check_in)
    for pause in treatment.pauses_of(patient_id):
        if pause.until is None:
            treatment.end_pause(pause, until=work.now)
    join_alerts(work, patient_id, into=into)
    work.records.merging.move_all(patient_id, to=into)
    if work.records.merging.move_account(patient_id, to=into, at=work.now):
        work.audit("person.deactivated", about=patient_id)
    write_occasions(work, into)
    work.records.patients.close(
        patient_id, into=into, at=work.now, by_name=work.actor.name, reason=why
    )
    work.audit("patient.merged_away", about=patient_id, record=into)
    work.audit("patient.merged_here", about=into, record=patient_id)
    return work.records.patients.get(into)


def _overlap(courses: Iterable[Course]) -> bool:
    in_order = sorted(courses, key=lambda course: course.started_at)
    return any(
        earlier.ended_at is None or earlier.ended_at > later.started_at
        for earlier, later in pairwise(in_order)
    )
