"""Registering a patient, keeping the details, and the account that they are invited with."""

from datetime import date, timedelta
from typing import Any

import pytest

from mindspa.bootstrap import Runtime
from mindspa.domain.access import Actor, Role, operator
from mindspa.domain.errors import (
    AskAgain,
    InvalidInput,
    MindSpaError,
    NotFound,
    NotPermitted,
    Stale,
)
from mindspa.domain.treatment import Clinic, Patient
from mindspa.services.manage_people import (
    TEMPORARY_FOR,
    NewAccount,
    NewPerson,
    add_person,
    invite_patient,
    login_for,
)
from mindspa.services.register_patient import change_details, register_patient
from mindspa.services.sign_in import change_password, sign_in
from tests.conftest import NOW, Clock
from tests.factories import a_clinic, a_patient, account_of, an_induction, an_infusion, staff

BORN = date(1980, 2, 29)
DETAILS: dict[str, Any] = {
    "name": "Pat Example", "born_on": None, "zone": None, "indications": (), "phone": "",
    "voicemail": False,
}  # fmt: skip


def test_the_same_press_twice_registers_one_patient(runtime: Runtime, nurse: Actor) -> None:
    for _ in range(2):
        with runtime.unit_of_work(nurse) as work:
            found = register_patient(
                work, name=" Nell  New ", born_on=BORN, phone="555-0100", patient_id="press"
            )
    assert (found.id, found.name, found.phone) == ("press", "Nell New", "555-0100")
    with runtime.reading(nurse) as work:
        assert work.records.patients.all() == [work.records.patients.get("press")]
        events = [event.what for event in work.records.audit_events("press")]
    assert events == ["patient.registered"]


def test_a_namesake_born_on_the_same_day_is_asked_about(runtime: Runtime, nurse: Actor) -> None:
    with runtime.unit_of_work(nurse) as work:
        register_patient(work, name="Nell New", born_on=BORN)
    with pytest.raises(AskAgain, match="registered already"), runtime.unit_of_work(nurse) as work:
        register_patient(work, name="nell new", born_on=BORN)
    for another in ({"born_on": date(1980, 3, 1)}, {"born_on": BORN, "is_another": True}):
        with runtime.unit_of_work(nurse) as work:
            register_patient(work, name="Nell New", **another)


@pytest.mark.parametrize(
    "phone", ["+1 (555) 010-0199", "0171 1234567", "555.0100 ext. 4", "(02) 5550 0100"]
)
def test_a_phone_is_kept_as_it_is_written(runtime: Runtime, nurse: Actor, phone: str) -> None:
    with runtime.unit_of_work(nurse) as work:
        assert register_patient(work, name="Nell New", phone=phone).phone == phone


@pytest.mark.parametrize("phone", ["none", "5", "555-0100; DROP", "sister: 555-0100", "5" * 41])
def test_what_is_no_phone_is_refused(runtime: Runtime, nurse: Actor, phone: str) -> None:
    with pytest.raises(InvalidInput, match="phone number"), runtime.unit_of_work(nurse) as work:
        register_patient(work, name="Nell New", phone=phone)


def test_without_a_phone_no_message_may_be_left_on_it(runtime: Runtime, nurse: Actor) -> None:
    with runtime.unit_of_work(nurse) as work:
        assert not register_patient(work, name="Nell New", voicemail=True).voicemail


def test_what_is_asked_follows_the_indications_at_once(
    runtime: Runtime, clinic: Clinic, nurse: Actor
) -> None:
    patient = a_patient(runtime, clinic)
    starts = NOW + timedelta(days=3)
    course = an_induction(runtime, clinic, patient, starts_at=starts)
    an_infusion(runtime, clinic, course, starts_at=starts)

    def baseline() -> tuple[str, ...]:
        with runtime.reading(nurse) as work:
            (found,) = (
                o for o in work.records.treatment.occasions_of(patient.id) if o.code == "baseline"
            )
        return found.forms

    assert baseline() == ("phq9", "gad7")
    with runtime.unit_of_work(nurse) as work:
        change_details(work, patient.id, **DETAILS | {"indications": ("ptsd",)})
    assert baseline() == ("phq9", "gad7", "pcl5")


def test_saving_what_is_saved_already_changes_nothing(
    runtime: Runtime, clinic: Clinic, nurse: Actor
) -> None:
    patient = a_patient(runtime, clinic)
    for _ in range(2):
        with runtime.unit_of_work(nurse) as work:
            change_details(work, patient.id, **DETAILS | {"phone": "555-0100"})
    with runtime.reading(nurse) as work:
        events = [event.what for event in work.records.audit_events(patient.id)]
    assert events == ["patient.registered", "patient.changed"]


def test_what_somebody_else_has_changed_is_not_overwritten(
    runtime: Runtime, clinic: Clinic, nurse: Actor
) -> None:
    seen = a_patient(runtime, clinic)
    with runtime.unit_of_work(nurse) as work:
        change_details(work, seen.id, **DETAILS | {"phone": "555-0100"}, seen=seen)
    with pytest.raises(Stale, match="meanwhile"), runtime.unit_of_work(nurse) as work:
        change_details(work, seen.id, **DETAILS | {"phone": "555-0199"}, seen=seen)


@pytest.mark.parametrize("role", [Role.PATIENT, Role.ADMINISTRATOR])
def test_only_the_care_team_and_clinicians(runtime: Runtime, clinic: Clinic, role: Role) -> None:
    patient = a_patient(runtime, clinic)
    somebody = (
        account_of(runtime, clinic, patient)
        if role is Role.PATIENT
        else staff(runtime, clinic, role)
    )
    with pytest.raises(NotPermitted), runtime.unit_of_work(somebody) as work:
        register_patient(work, name="Nell New")
    with pytest.raises(NotPermitted), runtime.unit_of_work(somebody) as work:
        change_details(work, patient.id, **DETAILS)
    with pytest.raises(NotPermitted):
        invited(runtime, somebody, clinic, patient)


# Inviting


def invited(
    runtime: Runtime, by: Actor, clinic: Clinic, patient: Patient, login: str = "pat"
) -> NewAccount:
    return invite_patient(
        runtime.accounts,
        by,
        patient,
        login=login,
        clinic=clinic,
        new_id=runtime.new_id,
        now=runtime.clock(),
    )


def signs_in(runtime: Runtime, made: NewAccount) -> str:
    return sign_in(
        runtime.accounts,
        login=made.person.login,
        password=made.temporary_password,
        address="",
        devices=(),
        now=runtime.clock(),
    ).token


def test_an_invitation_opens_the_own_record_and_asks_for_a_password(
    runtime: Runtime, clinic: Clinic, nurse: Actor
) -> None:
    patient = a_patient(runtime, clinic)
    token = signs_in(runtime, invited(runtime, nurse, clinic, patient))
    found = runtime.accounts.session(token, now=NOW, activity=True)
    assert found
    assert found.must_change_password
    assert found.actor.roles == {Role.PATIENT}
    assert found.actor.patient_id == patient.id


def test_it_runs_out(runtime: Runtime, clinic: Clinic, nurse: Actor, clock: Clock) -> None:
    made = invited(runtime, nurse, clinic, a_patient(runtime, clinic))
    clock.now = NOW + TEMPORARY_FOR - timedelta(seconds=1)
    assert signs_in(runtime, made)
    clock.now = NOW + TEMPORARY_FOR
    with pytest.raises(InvalidInput, match="has run out"):
        signs_in(runtime, made)


def test_a_password_of_ones_own_does_not_run_out(
    runtime: Runtime, clinic: Clinic, nurse: Actor, clock: Clock
) -> None:
    patient = a_patient(runtime, clinic)
    made = invited(runtime, nurse, clinic, patient)
    token = signs_in(runtime, made)
    found = runtime.accounts.session(token, now=NOW, activity=True)
    assert found
    own = "quiet harbour at first light"
    change_password(
        runtime.accounts,
        found.actor,
        token=token,
        current=made.temporary_password,
        new=own,
        repeated=own,
        now=NOW,
    )
    clock.now = NOW + 10 * TEMPORARY_FOR
    assert sign_in(
        runtime.accounts, login="pat", password=own, address="", devices=(), now=clock.now
    )


def test_a_new_temporary_password_ends_the_one_before_and_every_session(
    runtime: Runtime, clinic: Clinic, nurse: Actor
) -> None:
    patient = a_patient(runtime, clinic)
    first = invited(runtime, nurse, clinic, patient)
    token = signs_in(runtime, first)
    second = invited(runtime, nurse, clinic, patient, login="another login")
    assert second.person.login == "pat"
    assert runtime.accounts.session(token, now=NOW, activity=True) is None
    with pytest.raises(InvalidInput, match="not right"):
        signs_in(runtime, first)
    assert signs_in(runtime, second)


def test_who_is_staff_too_gets_no_password_from_the_care_team(
    runtime: Runtime, clinic: Clinic, nurse: Actor
) -> None:
    """Whoever could give one could sign in as them."""
    patient = a_patient(runtime, clinic)
    add_person(
        runtime.accounts,
        operator(clinic.id),
        NewPerson("both", "Both", frozenset({Role.PATIENT, Role.CLINICIAN}), patient.id),
        clinic=clinic,
        new_id=runtime.new_id,
        now=NOW,
    )
    with pytest.raises(NotPermitted, match="of staff as well"):
        invited(runtime, nurse, clinic, patient)


def test_a_patient_of_another_clinic_is_not_invited(
    runtime: Runtime, clinic: Clinic, nurse: Actor
) -> None:
    elsewhere = a_clinic(runtime, "elsewhere")
    theirs = a_patient(runtime, elsewhere)
    for named in (clinic, elsewhere):
        with pytest.raises(NotFound):
            invited(runtime, nurse, named, theirs)


def test_a_login_that_is_taken_is_refused(runtime: Runtime, clinic: Clinic, nurse: Actor) -> None:
    invited(runtime, nurse, clinic, a_patient(runtime, clinic))
    with pytest.raises(MindSpaError, match="taken"):
        invited(runtime, nurse, clinic, a_patient(runtime, clinic, "Other Example"))


@pytest.mark.parametrize(
    ("name", "word"), [("Nell New", "nell"), ("Ünal", "nal"), ("李 雷", "patient")]
)
def test_a_login_is_proposed(name: str, word: str) -> None:
    proposed = {login_for(Patient("id", name)) for _ in range(5)}
    assert len(proposed) == 5
    assert all(login.startswith(f"{word}-") for login in proposed)
