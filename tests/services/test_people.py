"""The accounts of the staff: looked at, closed, opened again, given a password."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from mindspa.bootstrap import Runtime
from mindspa.domain.access import Actor, Person, Role
from mindspa.domain.errors import InvalidInput, NotFound, NotPermitted
from mindspa.domain.treatment import Clinic
from mindspa.services import manage_people, second_factor, sign_in
from mindspa.services.handle_alert import own_alert
from mindspa.services.view_people import PeopleView, view_people
from tests.accounts import PASSWORD, a_session, an_account
from tests.authenticator import code_of
from tests.conftest import Clock
from tests.factories import a_clinic, a_patient, a_stored_form, account_of, staff
from tests.services.test_handle_alert import a_rota, act, case_of


@pytest.fixture
def ana(runtime: Runtime, clinic: Clinic) -> Person:
    return an_account(runtime, clinic)


def seen(runtime: Runtime, actor: Actor) -> PeopleView:
    with runtime.reading(actor) as work:
        return view_people(work, runtime.accounts)


def row(view: PeopleView, person_id: str) -> tuple[bool, bool, bool]:
    """Open, with a second factor, has signed in."""
    (member,) = [one for one in view.members if one.person.id == person_id]
    return member.person.active, member.second_factor, member.signed_in_at is not None


def lives(runtime: Runtime, token: str) -> bool:
    return runtime.accounts.session(token, now=runtime.clock(), activity=False) is not None


def enter(runtime: Runtime, login: str, password: str) -> str:
    return sign_in.sign_in(
        runtime.accounts,
        login=login,
        password=password,
        address="192.0.2.1",
        devices=(),
        now=runtime.clock(),
    ).token


def test_somebody_leaves_and_comes_back(
    runtime: Runtime, clinic: Clinic, administrator: Actor, ana: Person
) -> None:
    token = a_session(runtime, ana)
    manage_people.close_account(runtime.accounts, administrator, ana.id, now=runtime.clock())
    assert not lives(runtime, token)
    with pytest.raises(InvalidInput):
        enter(runtime, "ana", PASSWORD)
    assert row(seen(runtime, administrator), ana.id) == (False, False, True)
    assert seen(runtime, administrator).members[-1].person.id == ana.id, "open ones come first"
    with pytest.raises(NotFound):
        manage_people.close_account(runtime.accounts, administrator, ana.id, now=runtime.clock())
    given = manage_people.open_account_again(
        runtime.accounts, administrator, ana.id, clinic=clinic, now=runtime.clock()
    )
    with pytest.raises(InvalidInput):
        enter(runtime, "ana", PASSWORD)
    member = runtime.accounts.session(
        enter(runtime, "ana", given.temporary_password), now=runtime.clock(), activity=False
    )
    assert member is not None
    assert member.must_change_password
    assert not lives(runtime, token)
    with pytest.raises(InvalidInput, match="open already"):
        manage_people.open_account_again(
            runtime.accounts, administrator, ana.id, clinic=clinic, now=runtime.clock()
        )
    with runtime.database.reading() as session:
        told = session.execute(
            text("SELECT what, actor_id, record FROM audit_events WHERE what LIKE 'person.%ated'")
        ).all()
    assert [tuple(one) for one in told] == [
        ("person.deactivated", administrator.id, ana.id),
        ("person.reactivated", administrator.id, ana.id),
    ]


def test_the_last_administrator_stays(
    runtime: Runtime, clinic: Clinic, administrator: Actor
) -> None:
    """Nobody closes their own account, and the clinic's first can be closed only while another is
    there."""
    first = next(p for p in runtime.accounts.people_of(clinic.id) if p.id != administrator.id)
    with pytest.raises(InvalidInput, match="your own account"):
        manage_people.close_account(
            runtime.accounts, administrator, administrator.id, now=runtime.clock()
        )
    manage_people.close_account(runtime.accounts, administrator, first.id, now=runtime.clock())
    other = Actor(first.id, clinic.id, first.name, first.roles)
    with pytest.raises(InvalidInput, match="last administrator"):
        manage_people.close_account(runtime.accounts, other, administrator.id, now=runtime.clock())


def test_nobody_changes_their_own_account_here(
    runtime: Runtime, clinic: Clinic, administrator: Actor
) -> None:
    """With an administrator's screen that was left open, their account would be anybody's."""
    with pytest.raises(InvalidInput, match="your own account"):
        manage_people.new_password_for(
            runtime.accounts, administrator, administrator.id, clinic=clinic, now=runtime.clock()
        )
    with pytest.raises(InvalidInput, match="your own account"):
        manage_people.reset_factor_of(
            runtime.accounts, administrator, administrator.id, now=runtime.clock()
        )


def test_patients_are_nobody_here(runtime: Runtime, clinic: Clinic, administrator: Actor) -> None:
    patient = account_of(runtime, clinic, a_patient(runtime, clinic))
    assert patient.id not in {one.person.id for one in seen(runtime, administrator).members}
    with pytest.raises(NotFound):
        manage_people.close_account(
            runtime.accounts, administrator, patient.id, now=runtime.clock()
        )


def test_who_manages_whom(
    runtime: Runtime, clinic: Clinic, nurse: Actor, administrator: Actor, ana: Person
) -> None:
    stranger = staff(runtime, a_clinic(runtime, "other"), Role.ADMINISTRATOR)
    for actor, error in ((nurse, NotPermitted), (stranger, NotFound)):
        with pytest.raises(error):
            manage_people.close_account(runtime.accounts, actor, ana.id, now=runtime.clock())
        with pytest.raises(error):
            manage_people.reset_factor_of(runtime.accounts, actor, ana.id, now=runtime.clock())
        with pytest.raises(error):
            manage_people.new_password_for(
                runtime.accounts, actor, ana.id, clinic=clinic, now=runtime.clock()
            )
    assert row(seen(runtime, administrator), ana.id)[0]
    assert ana.id not in {one.person.id for one in seen(runtime, stranger).members}
    with pytest.raises(NotPermitted):
        seen(runtime, nurse)


def test_what_others_must_take_over(
    runtime: Runtime, clinic: Clinic, nurse: Actor, clinician: Actor, administrator: Actor
) -> None:
    a_rota(runtime, clinician, nurse, clinician)
    assert seen(runtime, administrator).on_rota == {nurse.id, clinician.id}
    patient = a_patient(runtime, clinic)
    a_stored_form(runtime, clinic, patient, "phq9", at=runtime.clock(), _9=3)
    assert seen(runtime, administrator).owned == {}
    case = case_of(runtime, clinic, patient)
    act(runtime, nurse, lambda work: own_alert(work, case.id))
    assert seen(runtime, administrator).owned == {nurse.id: 1}


def test_who_has_a_second_factor(
    runtime: Runtime, clinic: Clinic, administrator: Actor, ana: Person, clock: Clock
) -> None:
    actor = Actor(ana.id, clinic.id, ana.name, ana.roles)
    secret = second_factor.offer(runtime.accounts, actor, now=clock.now).secret
    assert row(seen(runtime, administrator), ana.id) == (True, False, False)
    second_factor.confirm(
        runtime.accounts,
        actor,
        token="",
        password=PASSWORD,
        code=code_of(secret, clock.now),
        now=clock.now,
    )
    view = seen(runtime, administrator)
    assert row(view, ana.id) == (True, True, False)
    assert view.with_factor == (1, 3)  # with the clinic's first administrator
    clock.now += timedelta(minutes=1)
    manage_people.reset_factor_of(runtime.accounts, administrator, ana.id, now=clock.now)
    assert row(seen(runtime, administrator), ana.id) == (True, False, False)


def test_a_lost_password(
    runtime: Runtime, clinic: Clinic, administrator: Actor, ana: Person
) -> None:
    token = a_session(runtime, ana)
    given = manage_people.new_password_for(
        runtime.accounts, administrator, ana.id, clinic=clinic, now=runtime.clock()
    )
    assert not lives(runtime, token)
    assert lives(runtime, enter(runtime, "ana", given.temporary_password))
