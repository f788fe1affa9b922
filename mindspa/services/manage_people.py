"""Giving people accounts, from the first administrator of a new clinic on."""

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import available_timezones

from mindspa.domain import entered
from mindspa.domain.access import Actor, Permission, Person, Role, operator
from mindspa.domain.definitions import CrisisEntry
from mindspa.domain.errors import InvalidInput, NotFound, NotPermitted
from mindspa.domain.treatment import Clinic, Patient
from mindspa.services.random_code import CLEAR, random_code
from mindspa.services.sign_in import hash_password, normal_login
from mindspa.storage.accounts import Accounts

# A sheet of paper with a password on it is of no use to whoever finds it later.
TEMPORARY_FOR = timedelta(days=14)


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
    email: str | None = None


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


def invite_patient(
    accounts: Accounts,
    by: Actor,
    patient: Patient,
    *,
    login: str,
    clinic: Clinic,
    new_id: Callable[[], str],
    now: datetime,
) -> NewAccount:
    """The account of a patient, who is not invited twice: one that exists keeps its login, gets a
    new temporary password and is signed out everywhere."""
    by.require(Permission.INVITE_PATIENTS)
    if by.clinic_id != clinic.id:
        raise NotFound("There is no such clinic.")
    person = accounts.account_of_patient(patient.id, clinic_id=clinic.id)
    if person is None:
        roles = frozenset({Role.PATIENT})
        invited = NewPerson(login, patient.name, roles, patient.id)
        return _add(accounts, by, invited, clinic, new_id, now, is_new=False)
    if person.roles != {Role.PATIENT}:
        raise NotPermitted("This account is of staff as well: an administrator gives its password.")
    return _new_password(accounts, by, person, clinic, now)


def give_password(
    accounts: Accounts, by: Actor, login: str, *, clinic: Clinic, now: datetime
) -> NewAccount:
    """A new temporary one, to whoever has lost theirs or let it run out."""
    person = _person_of(accounts, by, login, clinic)
    return _new_password(accounts, by, person, clinic, now)


def _new_password(
    accounts: Accounts, by: Actor, person: Person, clinic: Clinic, now: datetime
) -> NewAccount:
    return _temporary(person, clinic, now, partial(accounts.give_password, by=by, now=now))


def _temporary(
    person: Person, clinic: Clinic, now: datetime, store: Callable[..., None]
) -> NewAccount:
    """A password that is shown once. `store` takes the person, its hash and `until`."""
    password, until = random_code(), now + TEMPORARY_FOR
    store(person, hash_password(password), until=until)
    given = replace(person, active=True, must_change_password=True, temporary_until=until)
    return NewAccount(given, clinic, password)


def login_for(patient: Patient) -> str:
    """A login to propose, which tells nobody but the patient whose it is."""
    word = re.sub(r"[^a-z]", "", patient.name.casefold().split()[0]) or "patient"
    return f"{word}-{''.join(secrets.choice(CLEAR) for _ in range(5))}"


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
        temporary_until=now + TEMPORARY_FOR,
        email=entered.email(new.email) if new.email else None,
    )
    password = random_code()
    accounts.add_person(
        person,
        hash_password(password),
        by=by,
        now=now,
        new_clinic=clinic if is_new else None,
    )
    return NewAccount(person, clinic, password)


def reset_second_factor(
    accounts: Accounts, by: Actor, login: str, *, clinic: Clinic, now: datetime
) -> Person:
    """Of somebody who has lost their phone and their recovery codes: from then on their password
    alone signs them in, until they set another one up."""
    person = _person_of(accounts, by, login, clinic)
    accounts.factors.reset(person, by=by, now=now)
    return person


def require_second_factor(accounts: Accounts, by: Actor, wanted: bool, *, now: datetime) -> None:
    """Of everybody on the staff of the own clinic: whoever has none sets it up before anything
    else."""
    by.require(Permission.MANAGE_PEOPLE)
    accounts.factors.require(by.clinic_id, wanted, by=by, now=now)


def reset_factor_of(accounts: Accounts, by: Actor, person_id: str, *, now: datetime) -> None:
    accounts.factors.reset(_other(accounts, by, person_id), by=by, now=now)


def new_password_for(
    accounts: Accounts, by: Actor, person_id: str, *, clinic: Clinic, now: datetime
) -> NewAccount:
    """A new temporary one, for somebody of the staff."""
    return _new_password(accounts, by, _other(accounts, by, person_id), clinic, now)


def close_account(accounts: Accounts, by: Actor, person_id: str, *, now: datetime) -> None:
    """Of somebody who has left. What they wrote keeps their name."""
    accounts.close(_other(accounts, by, person_id), by=by, now=now)


def open_account_again(
    accounts: Accounts, by: Actor, person_id: str, *, clinic: Clinic, now: datetime
) -> NewAccount:
    person = _member(accounts, by, person_id)
    return _temporary(person, clinic, now, partial(accounts.open_again, by=by, now=now))


def _member(accounts: Accounts, by: Actor, person_id: str) -> Person:
    """Of the staff; patients' accounts are the care team's."""
    by.require(Permission.MANAGE_PEOPLE)
    for member in accounts.staff_of(by.clinic_id):
        if member.person.id == person_id:
            return member.person
    raise NotFound("There is no such account. Load the page again.")


def _other(accounts: Accounts, by: Actor, person_id: str) -> Person:
    """Whoever finds an administrator's screen open takes over no account with it."""
    person = _member(accounts, by, person_id)
    if person.id == by.id:
        raise InvalidInput("That is your own account. Change it on your page Account.")
    return person


def _person_of(accounts: Accounts, by: Actor, login: str, clinic: Clinic) -> Person:
    by.require(Permission.MANAGE_PEOPLE)
    wanted = normal_login(login)
    for person in accounts.people_of(clinic.id):
        if person.login == wanted and by.clinic_id == clinic.id:
            return person
    raise NotFound("There is no account with that login in the clinic. Check the login.")
