"""Giving people accounts, from the first administrator of a new clinic on."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import available_timezones

from mindspa.domain import entered
from mindspa.domain.access import Actor, Permission, Person, Role, operator
from mindspa.domain.definitions import CrisisEntry
from mindspa.domain.errors import InvalidInput, NotFound
from mindspa.domain.treatment import Clinic
from mindspa.services.sign_in import hash_password, normal_login
from mindspa.storage.accounts import Accounts

# No letter or digit that is taken for another when read aloud or copied by hand.
_CLEAR = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True, slots=True)
class NewAccount:
    """The password is shown once and stored nowhere; it must be changed at first sign-in."""

    person: Person
    clinic: Clinic
    temporary_password: str


@dataclass(frozen=True, slots=True)
class NewPerson:
    """`patient_id` is the record of a person with the patient's role."""

    login: str
    name: str
    roles: frozenset[Role]
    patient_id: str | None = None


def add_person(
    accounts: Accounts,
    by: Actor,
    person: NewPerson,
    *,
    clinic: Clinic,
    new_id: Callable[[], str],
    now: datetime,
) -> NewAccount:
    """An account in a clinic that exists."""
    by.require(Permission.MANAGE_PEOPLE)
    if by.clinic_id != clinic.id:
        raise NotFound("There is no such clinic.")
    return _add(accounts, by, person, clinic, new_id, now, is_new=False)


def add_first_person(
    accounts: Accounts,
    person: NewPerson,
    *,
    clinic: Clinic,
    new_id: Callable[[], str],
    now: datetime,
) -> NewAccount:
    """A new clinic and its first account, for the operator at the command line."""
    return _add(accounts, operator(clinic.id), person, clinic, new_id, now, is_new=True)


def new_clinic(
    crisis: Mapping[str, CrisisEntry],
    *,
    name: str,
    zone: str,
    country: str,
    phone: str = "",
    hours: str = "",
    new_id: Callable[[], str],
) -> Clinic:
    """A clinic that may be stored: its zone exists, and its country has a verified help line."""
    if not name.strip():
        raise InvalidInput("The clinic needs a name.")
    if zone not in available_timezones():
        raise InvalidInput(
            "That is not a time zone. Use a name such as America/New_York or Europe/Berlin."
        )
    code = country.strip().upper()
    if code not in crisis:
        raise InvalidInput(
            "data/crisis.toml has no verified help line for that country, and a patient in danger "
            f"must be shown one. Verify its entry first; verified are {', '.join(sorted(crisis))}."
        )
    return Clinic(
        new_id(),
        entered.line(name, what="The clinic's name"),
        zone,
        code,
        entered.line(phone, what="The clinic's phone") if phone.strip() else "",
        entered.line(hours, what="The clinic's hours") if hours.strip() else "",
    )


def temporary_password() -> str:
    """Sixteen random characters in four groups: about 79 bits."""
    return "-".join("".join(secrets.choice(_CLEAR) for _ in range(4)) for _ in range(4))


def _add(
    accounts: Accounts,
    by: Actor,
    new: NewPerson,
    clinic: Clinic,
    new_id: Callable[[], str],
    now: datetime,
    *,
    is_new: bool,
) -> NewAccount:
    login = normal_login(new.login)
    name = entered.line(new.name, what="The name")
    if not 3 <= len(login) <= 100 or not login.isprintable() or " " in login:
        raise InvalidInput("The login needs 3 to 100 characters without spaces.")
    if not new.roles:
        raise InvalidInput("The account needs at least one role.")
    if (Role.PATIENT in new.roles) != (new.patient_id is not None):
        raise InvalidInput("The patient's role and a patient record go together: give both.")
    person = Person(
        new_id(),
        clinic.id,
        login,
        name,
        new.roles,
        new.patient_id,
        active=True,
        must_change_password=True,
    )
    password = temporary_password()
    accounts.add_person(
        person,
        hash_password(password),
        by=by,
        now=now,
        new_clinic=clinic if is_new else None,
    )
    return NewAccount(person, clinic, password)
