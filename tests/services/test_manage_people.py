"""Giving people accounts."""

from dataclasses import replace

import pytest

from mindspa.bootstrap import Runtime
from mindspa.domain.access import Actor, Role, operator
from mindspa.domain.errors import InvalidInput, MindSpaError, NotFound, NotPermitted
from mindspa.domain.treatment import Clinic
from mindspa.services import manage_people
from mindspa.services.manage_people import NewPerson
from mindspa.services.sign_in import sign_in
from tests.accounts import an_account
from tests.factories import a_clinic, a_patient, staff

ADMINISTRATOR = NewPerson("Jo@Example.org", " Jo Example ", frozenset({Role.ADMINISTRATOR}))


def new_clinic(runtime: Runtime, **changed: str) -> Clinic:
    given = {"name": "Cedar", "zone": "America/New_York", "country": "us"} | changed
    return manage_people.new_clinic(runtime.definitions.crisis, new_id=runtime.new_id, **given)


def add(runtime: Runtime, by: Actor, clinic: Clinic, person: NewPerson) -> None:
    manage_people.add_person(
        runtime.accounts,
        by,
        person,
        clinic=clinic,
        new_id=runtime.new_id,
        now=runtime.clock(),
    )


def test_the_first_administrator_signs_in_and_must_choose_a_password(runtime: Runtime) -> None:
    made = manage_people.add_first_person(
        runtime.accounts,
        ADMINISTRATOR,
        clinic=new_clinic(runtime),
        new_id=runtime.new_id,
        now=runtime.clock(),
    )
    assert runtime.accounts.clinics() == (made.clinic,)
    token = sign_in(
        runtime.accounts,
        login="jo@example.org",
        password=made.temporary_password,
        address="",
        devices=(),
        now=runtime.clock(),
    ).token
    found = runtime.accounts.session(token, now=runtime.clock(), activity=True)
    assert found is not None
    assert found.actor.name == "Jo Example"
    assert found.must_change_password
    assert found.clinic.country == "US"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"name": " "}, "needs a name"),
        ({"zone": "New York"}, "not a time zone"),
        ({"zone": ""}, "not a time zone"),
        ({"country": "XX"}, "no verified help line"),
        ({"country": "GB"}, "no verified help line"),  # listed, but nobody has checked it
        ({"country": ""}, "no verified help line"),
    ],
)
def test_a_clinic_that_may_not_be(runtime: Runtime, changed: dict[str, str], said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        new_clinic(runtime, **changed)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"login": "ab"}, "login needs"),
        ({"login": "a b c"}, "login needs"),
        ({"login": "tab\there"}, "login needs"),
        ({"login": "x" * 101}, "login needs"),
        ({"name": ""}, "name needs"),
        ({"name": "x" * 101}, "name needs"),
        ({"roles": frozenset()}, "at least one role"),
        ({"roles": frozenset({Role.PATIENT})}, "go together"),
        ({"patient_id": "somebody"}, "go together"),
        ({"roles": frozenset({Role.PATIENT}), "patient_id": "nobody"}, "no such patient"),
        ({"login": " TAKEN "}, "login is taken"),
    ],
)
def test_an_account_that_may_not_be(
    runtime: Runtime, changed: dict[str, object], said: str
) -> None:
    clinic = a_clinic(runtime)
    an_account(runtime, clinic, "taken")
    before = runtime.accounts.people_of(clinic.id)
    with pytest.raises(MindSpaError, match=said):
        add(runtime, operator(clinic.id), clinic, replace(ADMINISTRATOR, **changed))  # type: ignore[arg-type]
    assert runtime.accounts.people_of(clinic.id) == before


def test_a_patients_account(runtime: Runtime) -> None:
    clinic = a_clinic(runtime)
    patient = a_patient(runtime, clinic)
    add(
        runtime,
        operator(clinic.id),
        clinic,
        NewPerson("pat", "Pat", frozenset({Role.PATIENT}), patient.id),
    )
    assert patient.id in {person.patient_id for person in runtime.accounts.people_of(clinic.id)}


@pytest.mark.parametrize(
    ("role", "allowed"),
    [(Role.ADMINISTRATOR, True), (Role.CLINICIAN, False), (Role.CARE_TEAM, False)],
)
def test_who_may_add_people(runtime: Runtime, role: Role, allowed: bool) -> None:
    clinic = a_clinic(runtime)
    by = staff(runtime, clinic, role)
    if allowed:
        add(runtime, by, clinic, ADMINISTRATOR)
    else:
        with pytest.raises(NotPermitted):
            add(runtime, by, clinic, ADMINISTRATOR)


def test_nobody_is_added_to_another_clinic(runtime: Runtime) -> None:
    one, two = a_clinic(runtime, "one"), a_clinic(runtime, "two")
    with pytest.raises(NotFound):
        add(runtime, staff(runtime, one, Role.ADMINISTRATOR), two, ADMINISTRATOR)
    assert [person.login for person in runtime.accounts.people_of("two")] == ["admin@two"]
