"""A clinic's protocol: who may sign it, from when it holds, and that nothing planned changes."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event

from mindspa.bootstrap import ClinicDefinitions, Runtime
from mindspa.domain.access import Actor, Permission, Role, operator
from mindspa.domain.errors import InvalidInput, NotPermitted, Stale
from mindspa.domain.protocol_versions import Choices, ProtocolVersion
from mindspa.domain.schedule import Occasion
from mindspa.domain.treatment import Clinic, Patient, Phase
from mindspa.services.move_infusion import move_infusion
from mindspa.services.open_check_in import today
from mindspa.services.plan_course import open_course, plan_infusion
from mindspa.services.put_protocol_in_force import put_protocol_in_force
from mindspa.services.view_protocol import show_plan, view_protocol
from mindspa.worker import sweep
from tests.conftest import NOW, Clock
from tests.factories import a_clinic, a_patient, account_of, staff

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
SHIPPED = Choices(("24h", "48h", "72h"), None, 7, ("en",))
WITHOUT_48H = replace(SHIPPED, follow_up=("24h", "72h"))


def signed(
    runtime: Runtime, by: Actor, choices: Choices, *, replaces: int = 1, note: str = "A reason"
) -> ProtocolVersion:
    with runtime.unit_of_work(by) as work:
        return put_protocol_in_force(work, choices, replaces=replaces, note=note)


def number_seen(runtime: Runtime, clinic: Clinic) -> int:
    with runtime.reading(operator(clinic.id)) as work:
        return work.definitions.protocol.number


def occasions(runtime: Runtime, patient: Patient) -> list[Occasion]:
    with runtime.reading(operator("clinic")) as work:
        return work.records.treatment.occasions_of(patient.id)


@pytest.fixture
def in_maintenance(runtime: Runtime, clinic: Clinic) -> Patient:
    """With an infusion in two days."""
    patient = a_patient(runtime, clinic)
    with runtime.unit_of_work(operator(clinic.id)) as work:
        course = open_course(work, patient.id, Phase.MAINTENANCE, starts_at=NOW + 2 * DAY)
        plan_infusion(work, course, planned_at=NOW + 2 * DAY)
    return patient


def test_a_clinician_signs_and_it_holds_in_this_clinic_alone(
    runtime: Runtime, clinic: Clinic, clinician: Actor
) -> None:
    elsewhere = a_clinic(runtime, "elsewhere")
    version = signed(runtime, clinician, WITHOUT_48H, note="  Too many\nquestions ")
    assert (version.number, version.signed_by_name) == (2, clinician.name)
    assert (version.signed_at, version.note) == (NOW, "Too many\nquestions")
    assert number_seen(runtime, clinic) == 2
    assert number_seen(runtime, elsewhere) == 1
    with runtime.reading(clinician) as work:
        view = view_protocol(work)
    assert view.history == (version,)
    assert (view.choices, view.protocol.reviewed_by) == (WITHOUT_48H, clinician.name)


def test_every_server_sees_a_new_version_at_once_and_reads_it_once(
    runtime: Runtime, clinic: Clinic, clinician: Actor
) -> None:
    another = replace(runtime, adapted=ClinicDefinitions())
    assert number_seen(another, clinic) == 1
    signed(runtime, clinician, WITHOUT_48H)
    assert number_seen(runtime, clinic) == 2  # and kept from now on
    signed(another, clinician, SHIPPED, replaces=2)
    assert number_seen(runtime, clinic) == 3
    asked: list[str] = []
    event.listen(
        runtime.database.reader,
        "before_cursor_execute",
        lambda c, cursor, statement, *rest: asked.append(statement),
    )
    assert number_seen(runtime, clinic) == 3
    assert [said for said in asked if "FROM clinics" in said or "protocol_v" in said] == asked[-1:]


@pytest.mark.parametrize(
    "roles, may_show, may_sign",
    [
        ({Role.ADMINISTRATOR}, True, False),
        ({Role.CLINICIAN}, True, True),
        ({Role.ADMINISTRATOR, Role.CLINICIAN}, True, True),
        ({Role.CARE_TEAM}, False, False),
        ({Role.PATIENT}, False, False),
    ],
)
def test_who_may_look_and_who_may_sign(
    runtime: Runtime, clinic: Clinic, roles: set[Role], may_show: bool, may_sign: bool
) -> None:
    actor = replace(staff(runtime, clinic, min(roles)), roles=frozenset(roles))
    assert actor.may(Permission.ADAPT_PROTOCOL) is may_show
    if not may_show:
        for look in (view_protocol, lambda work: show_plan(work, WITHOUT_48H)):
            with pytest.raises(NotPermitted), runtime.reading(actor) as work:
                look(work)
    if not may_sign:
        with pytest.raises(NotPermitted):
            signed(runtime, actor, WITHOUT_48H)
        assert number_seen(runtime, clinic) == 1


@pytest.mark.parametrize(
    "choices, note, says",
    [
        (WITHOUT_48H, " \n", "Write the reason"),
        (WITHOUT_48H, "x" * 2001, "can have 2000 characters"),
        (replace(SHIPPED, follow_up=()), "A reason", "Keep at least one check-in"),
        (replace(SHIPPED, standard_at="96h"), "A reason", "with a check-in that is asked"),
    ],
)
def test_refused(
    runtime: Runtime, clinic: Clinic, clinician: Actor, choices: Choices, note: str, says: str
) -> None:
    with pytest.raises(InvalidInput, match=says):
        signed(runtime, clinician, choices, note=note)
    assert number_seen(runtime, clinic) == 1


def test_the_shipped_protocol_can_be_signed_as_it_is_and_only_once(
    runtime: Runtime, clinic: Clinic, clinician: Actor
) -> None:
    signed(runtime, clinician, SHIPPED)
    with pytest.raises(InvalidInput, match="in force already"):
        signed(runtime, clinician, SHIPPED, replaces=2)


def test_pressed_twice_it_is_signed_once_and_nobody_overwrites_what_they_have_not_seen(
    runtime: Runtime, clinic: Clinic, clinician: Actor
) -> None:
    first = signed(runtime, clinician, WITHOUT_48H)
    assert signed(runtime, clinician, WITHOUT_48H) == first
    with pytest.raises(Stale, match="meanwhile"):
        signed(runtime, clinician, replace(SHIPPED, weekly_day=8))
    assert number_seen(runtime, clinic) == 2


def test_nothing_planned_changes_and_what_comes_later_follows_the_new_version(
    runtime: Runtime, clock: Clock, clinician: Actor, in_maintenance: Patient
) -> None:
    stood = occasions(runtime, in_maintenance)
    signed(runtime, clinician, WITHOUT_48H)
    with runtime.reading(clinician) as work:
        assert view_protocol(work).ahead == {1: len(stood)}
    clock.forward(weeks=7)
    assert sweep(runtime) == 1
    later = occasions(runtime, in_maintenance)
    assert [o for o in later if o.protocol_version == 1] == stood
    added = [o for o in later if o.protocol_version == 2]
    assert added
    assert all(o.code.startswith("maintenance") and o.opens_at > clock.now for o in added)


def test_a_point_switched_on_is_asked_of_no_infusion_that_was_planned_without_it(
    runtime: Runtime, clock: Clock, clinic: Clinic, clinician: Actor
) -> None:
    signed(runtime, clinician, WITHOUT_48H)
    patient = a_patient(runtime, clinic)
    with runtime.unit_of_work(operator(clinic.id)) as work:
        course = open_course(work, patient.id, Phase.INDUCTION, starts_at=NOW + DAY)
        first = plan_infusion(work, course, planned_at=NOW + DAY)
    signed(runtime, clinician, SHIPPED, replaces=2)
    with runtime.unit_of_work(operator(clinic.id)) as work:
        move_infusion(work, first.id, version=first.version, planned_at=NOW + 2 * DAY)
        second = plan_infusion(work, course, planned_at=NOW + 9 * DAY)
    by_code = {(o.anchor_id, o.code): o.protocol_version for o in occasions(runtime, patient)}
    assert {code for anchor, code in by_code if anchor == first.id} == {
        "pre_infusion", "24h", "72h",
    }  # fmt: skip
    assert {by_code[key] for key in by_code if key[0] == first.id} == {2}
    assert {(code, by_code[anchor, code]) for anchor, code in by_code if anchor == second.id} == {
        ("pre_infusion", 3), ("24h", 3), ("48h", 3), ("72h", 3),
    }  # fmt: skip
    clock.now = NOW + 2 * DAY + 50 * HOUR  # where a 48 h check-in of the first would be open
    with runtime.reading(account_of(runtime, clinic, patient)) as work:
        assert today(work).due is None
