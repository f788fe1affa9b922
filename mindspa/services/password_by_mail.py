"""A password by e-mail: for whoever has lost theirs, and for whoever is invited.

The letter holds a link and no password, no login and no name. The link is made when the letter goes
out (`storage/outbox`), is good once, and opens nothing: it lets its person choose a password, with
which they sign in like anybody else, second factor and all.
"""

from datetime import datetime, timedelta

from mindspa.domain import entered
from mindspa.domain.access import Actor, Permission, Person, Role
from mindspa.domain.errors import InvalidInput, NotPermitted
from mindspa.domain.links import PasswordLink
from mindspa.domain.messages import Kind
from mindspa.services.manage_people import TEMPORARY_FOR
from mindspa.services.sign_in import check_new_password, hash_password
from mindspa.services.unit_of_work import UnitOfWork
from mindspa.services.write_message import write_once
from mindspa.storage.accounts import Accounts
from mindspa.storage.password_links import PasswordLinks

LOST_FOR = timedelta(hours=1)  # that such a link is good
ASKED_AGAIN_AFTER = timedelta(minutes=10)  # for one person, whoever asks
INVITED_AGAIN_AFTER = timedelta(minutes=1)  # a second press is no second letter
LINK_OVER = "This link has run out, or was used before. Ask for a fresh one."


def nobody_yet(person: Person) -> Actor:
    """Who asks without being signed in: they may do nothing at all."""
    return Actor(person.id, person.clinic_id, person.name, frozenset())


def ask_for_link(work: UnitOfWork, person: Person) -> None:
    """To the address on file; of all that are asked for in the same ten minutes, one goes."""
    if write_once(work, person.id, Kind.LOST, every=ASKED_AGAIN_AFTER, good_for=LOST_FOR):
        work.audit("password.link_asked", record=person.id)


def invite_by_mail(work: UnitOfWork, person: Person, email: str) -> None:
    """A letter with a link, instead of a sheet of paper with a password. The address is kept: it is
    also where reminders go."""
    if person.roles == {Role.PATIENT}:
        work.actor.require(Permission.INVITE_PATIENTS)
    elif not work.actor.may(Permission.MANAGE_PEOPLE):
        raise NotPermitted("This account is of staff as well: an administrator invites them.")
    address = entered.email(email)
    work.records.colleagues.save_email(person.id, address, at=work.now)
    write_once(work, person.id, Kind.INVITATION, every=INVITED_AGAIN_AFTER, good_for=TEMPORARY_FOR)
    work.audit("person.invited", about=person.patient_id, record=person.id)


def choose_password(
    accounts: Accounts,
    links: PasswordLinks,
    link: PasswordLink,
    *,
    new: str,
    repeated: str,
    now: datetime,
) -> None:
    if not link.is_good(now):
        raise InvalidInput(LINK_OVER)
    if new != repeated:
        raise InvalidInput("The two passwords differ. Type the same one twice.")
    person = accounts.account_of(link.person_id, clinic_id=link.clinic_id).person
    check_new_password(new, person)
    links.spend(link, hash_password(new), now=now)
