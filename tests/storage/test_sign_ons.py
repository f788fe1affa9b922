"""Whose account a sign-on is, on both engines."""

import pytest

from mindspa.bootstrap import Runtime
from mindspa.domain.access import Actor, Person
from mindspa.domain.errors import InvalidInput
from mindspa.storage.sign_ons import STARTED_FOR
from tests.accounts import an_account
from tests.conftest import Clock
from tests.factories import a_clinic

ISSUER = "https://sign-on.example"


def actor_of(person: Person) -> Actor:
    return Actor(person.id, person.clinic_id, person.name, person.roles)


def test_a_start_is_taken_once_and_in_time(runtime: Runtime, clock: Clock) -> None:
    start = runtime.sign_ons.begin("/today", links=None, now=clock.now)
    assert runtime.sign_ons.take("made up", now=clock.now) is None
    assert runtime.sign_ons.take(start.state, now=clock.now) == start
    assert runtime.sign_ons.take(start.state, now=clock.now) is None
    late = runtime.sign_ons.begin("/", links=None, now=clock.now)
    assert runtime.sign_ons.take(late.state, now=clock.now + STARTED_FOR) is None


def test_a_subject_is_one_person_of_all_clinics(runtime: Runtime, clock: Clock) -> None:
    ana = an_account(runtime, a_clinic(runtime, "one"), "ana")
    bo = an_account(runtime, a_clinic(runtime, "two"), "bo")
    runtime.sign_ons.link(actor_of(ana), ISSUER, "1", now=clock.now)
    with pytest.raises(InvalidInput, match="belongs to another account"):
        runtime.sign_ons.link(actor_of(bo), ISSUER, "1", now=clock.now)
    assert runtime.sign_ons.person(ISSUER, "1") == ana
    assert runtime.sign_ons.person("https://elsewhere.example", "1") is None
    runtime.sign_ons.link(actor_of(bo), ISSUER, "2", now=clock.now)
    runtime.sign_ons.link(actor_of(ana), ISSUER, "3", now=clock.now)
    assert runtime.sign_ons.person(ISSUER, "1") is None
    assert runtime.sign_ons.person(ISSUER, "3") == ana
    runtime.sign_ons.unlink(actor_of(ana), now=clock.now)
    assert runtime.sign_ons.person(ISSUER, "3") is None
    assert runtime.sign_ons.linked_at(actor_of(bo), ISSUER) == clock.now
