"""Somebody who sees no records opens one in an emergency: with a reason, for some hours, told at
once, and looked at by somebody else."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import text

from mindspa.bootstrap import Runtime
from mindspa.domain.access import Actor, Role
from mindspa.domain.emergency import LASTS, EmergencyAccess
from mindspa.domain.errors import InvalidInput, NotFound, NotPermitted, Stale
from mindspa.domain.messages import Kind, Message
from mindspa.domain.treatment import Clinic, Patient
from mindspa.services.emergency_access import (
    EmergencyList,
    open_in_emergency,
    review_emergency,
    view_emergencies,
)
from tests.accounts import an_account
from tests.conftest import NOW, Clock
from tests.factories import a_clinic, a_patient, an_induction, an_infusion, staff

WHY = "She has collapsed at home, and the ambulance asks what she was given."
HOUR = timedelta(hours=1)
_others_leave = text(
    "UPDATE people SET active = false WHERE clinic_id = :clinic AND id <> :one "
    "AND roles = 'administrator'"
)
_not_found = text("SELECT count(*) FROM audit_events WHERE what = 'emergency.not_found'")


@pytest.fixture
def patient(runtime: Runtime, clinic: Clinic) -> Patient:
    found = a_patient(runtime, clinic, "Pat Example")
    course = an_induction(runtime, clinic, found, starts_at=NOW - 26 * HOUR)
    an_infusion(runtime, clinic, course, starts_at=NOW - 26 * HOUR)
    return found


def opens(
    runtime: Runtime,
    actor: Actor,
    name: object = "pat  example",
    why: object = WHY,
    born_on: date | None = None,
) -> EmergencyAccess | None:
    with runtime.unit_of_work(actor) as work:
        return open_in_emergency(work, name=name, born_on=born_on, reason=why)


def seen(runtime: Runtime, actor: Actor) -> EmergencyList:
    with runtime.reading(actor) as work:
        return view_emergencies(work)


def told(runtime: Runtime, actor: Actor, access: EmergencyAccess) -> list[Message]:
    with runtime.reading(actor) as work:
        return work.records.messages.about(access.id)


def audited(runtime: Runtime, actor: Actor, patient: Patient) -> list[tuple[str, str]]:
    with runtime.reading(actor) as work:
        return [(e.actor_id, e.what) for e in work.records.audit_events(patient.id)]


def test_one_record_is_open_to_one_person_for_some_hours(
    runtime: Runtime, clinic: Clinic, patient: Patient, administrator: Actor, clock: Clock
) -> None:
    access = opens(runtime, administrator)
    assert access is not None
    assert (access.patient_id, access.reason) == (patient.id, WHY)
    (record,) = seen(runtime, administrator).own
    assert record.patient.name == "Pat Example"
    assert [infusion.starts_at for infusion in record.infusions] == [NOW - 26 * HOUR]
    events = audited(runtime, administrator, patient)
    assert (administrator.id, "emergency.opened") in events
    assert events.count((administrator.id, "patient.viewed")) == 1
    second = an_account(runtime, clinic, "second", role=Role.ADMINISTRATOR)
    beside = seen(runtime, Actor(second.id, clinic.id, second.name, second.roles))
    assert (beside.own, [one.id for one in beside.listed]) == ([], [access.id])
    other = staff(runtime, a_clinic(runtime, "another"), Role.ADMINISTRATOR)
    assert seen(runtime, other).listed == []

    clock.forward(hours=LASTS / HOUR, seconds=-1)
    assert len(seen(runtime, administrator).own) == 1
    clock.forward(seconds=1)
    view = seen(runtime, administrator)
    assert view.own == []
    assert [one.id for one in view.listed] == [access.id]
    clock.forward(days=91)
    assert seen(runtime, administrator).listed == []


def test_the_others_who_answer_for_it_are_told_at_once(
    runtime: Runtime, clinic: Clinic, patient: Patient, administrator: Actor, clinician: Actor
) -> None:
    """And where there are none, the clinicians."""
    access = opens(runtime, administrator)
    assert access is not None
    messages = told(runtime, administrator, access)
    assert {message.kind for message in messages} == {Kind.EMERGENCY}
    told_ids = {message.person_id for message in messages}
    assert told_ids
    assert administrator.id not in told_ids
    assert clinician.id not in told_ids  # the clinic's first administrator is
    with runtime.database.writing() as session:
        session.execute(_others_leave, {"clinic": clinic.id, "one": administrator.id})
    access = opens(runtime, administrator)
    assert access is not None
    assert {m.person_id for m in told(runtime, administrator, access)} == {clinician.id}


@pytest.mark.parametrize("name", ["Pat", "Nobody At All", "Example Pat"])
def test_nobody_of_that_name(
    runtime: Runtime, patient: Patient, administrator: Actor, name: str
) -> None:
    """That somebody asked is written down all the same."""
    assert opens(runtime, administrator, name) is None
    assert seen(runtime, administrator).listed == []
    with runtime.database.reading() as session:
        assert session.execute(_not_found).scalar_one() == 1


def test_several_of_that_name_are_told_apart_by_their_birth(
    runtime: Runtime, clinic: Clinic, patient: Patient, administrator: Actor
) -> None:
    other = a_patient(runtime, clinic, "Pat Example")
    born = date(1980, 2, 29)
    with runtime.unit_of_work(staff(runtime, clinic, Role.CLINICIAN)) as work:
        work.write_about(other.id)
        work.records.patients.save_details(replace(other, born_on=born))
    assert opens(runtime, administrator) is None
    access = opens(runtime, administrator, born_on=born)
    assert access
    assert access.patient_id == other.id


@pytest.mark.parametrize(
    ("name", "why"), [("Pat Example", "emergency"), ("Pat Example", " "), ("", WHY), (None, WHY)]
)
def test_not_without_a_name_and_a_reason(
    runtime: Runtime, patient: Patient, administrator: Actor, name: object, why: object
) -> None:
    with pytest.raises(InvalidInput):
        opens(runtime, administrator, name, why)
    assert seen(runtime, administrator).listed == []


def test_for_administrators_alone(
    runtime: Runtime, patient: Patient, clinician: Actor, nurse: Actor
) -> None:
    for actor in (clinician, nurse):
        with pytest.raises(NotPermitted):
            opens(runtime, actor)
    with pytest.raises(NotPermitted):
        seen(runtime, nurse)


def test_somebody_else_looks_at_it_once(
    runtime: Runtime, patient: Patient, administrator: Actor, clinician: Actor, nurse: Actor
) -> None:
    access = opens(runtime, administrator)
    assert access

    def reviews(actor: Actor, note: object = "She had called the clinic first.") -> None:
        with runtime.unit_of_work(actor) as work:
            review_emergency(work, access.id, note=note)

    for actor in (administrator, nurse):
        with pytest.raises(NotPermitted):
            reviews(actor)
    with pytest.raises(InvalidInput, match="Write down what you found"):
        reviews(clinician, " ")
    reviews(clinician)
    with pytest.raises(Stale):
        reviews(clinician)
    view = seen(runtime, clinician)
    (one,) = view.listed
    assert (one.reviewed_by_name, one.review) == (
        clinician.name,
        "She had called the clinic first.",
    )
    assert view.names == {patient.id: "Pat Example"}
    assert view.own == []
    assert seen(runtime, administrator).names == {}
    for unknown in ("nobody", None, "\x00"):
        with pytest.raises(NotFound), runtime.unit_of_work(clinician) as work:
            review_emergency(work, unknown, note="x")
