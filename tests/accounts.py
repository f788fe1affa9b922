"""Accounts whose password a test knows, hashed cheaply: what it costs is tested elsewhere."""

from argon2 import PasswordHasher

from mindspa.bootstrap import Runtime
from mindspa.domain.access import Person, Role, operator
from mindspa.domain.treatment import Clinic

PASSWORD = "river stone lantern nine"
CHEAP_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


def an_account(
    runtime: Runtime,
    clinic: Clinic,
    login: str = "ana",
    *,
    name: str = "Ana Example",
    role: Role = Role.CLINICIAN,
    patient_id: str | None = None,
    active: bool = True,
    must_change_password: bool = False,
) -> Person:
    person = Person(
        runtime.new_id(),
        clinic.id,
        login,
        name,
        frozenset({role}),
        patient_id,
        active,
        must_change_password,
    )
    runtime.accounts.add_person(person, CHEAP_HASH, by=operator(clinic.id), now=runtime.clock())
    return person


def a_session(runtime: Runtime, person: Person, *, address: str = "192.0.2.1") -> str:
    """The token of a browser that signed in just now."""
    attempt = runtime.accounts.begin_try(
        person.login, address=address, devices=(), now=runtime.clock()
    )
    return runtime.accounts.enter(person, after=attempt, now=runtime.clock()).token
