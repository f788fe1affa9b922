"""Signing in and choosing a password.

Guessing is slowed, and nobody is locked out by it:

- Tries for one login from one address wait after five failures, longer after each further one, up
  to a quarter of an hour. So do tries for one login from anywhere after twenty, and tries from one
  address for any login after fifty in an hour.
- A browser that has signed in to the account before shows so with a cookie that holds the digest of
  that earlier session. It waits for its own failures only, so that whoever guesses at a patient's
  account cannot keep the patient's phone out of it.
- A login that does not exist waits as long, and costs as much hashing, as one that does.

Hashing takes a third of a second and 64 MB. It never happens inside a transaction, and callers
that serve many people limit how many run at once (`web/sign_in`).
"""

import math
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from pwdlib import PasswordHash

from mindspa.domain.access import Actor, Person
from mindspa.domain.errors import InvalidInput, TooManyTries
from mindspa.services.common_passwords import COMMON_PASSWORDS
from mindspa.storage.accounts import Accounts, Entered
from mindspa.storage.session_rows import digest
from mindspa.storage.sign_in_tries import Account, SignInTry

FREE_TRIES_HERE = 5
FREE_TRIES_FOR_LOGIN = 20
FREE_TRIES_FROM_ADDRESS = 50
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=15)

SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 256

_NOT_RIGHT = "The login or the password is not right."

_hasher = PasswordHash.recommended()  # argon2id

# The hash of nobody's password: what a login that does not exist is compared with.
NOBODYS_HASH = (
    "$argon2id$v=19$m=65536,t=3,p=4$"
    "Wqy0d0jhQImRuycou/BGeQ$7xIkRlxqHTGeupWlvNBPWV7ukRsNzV5N8eKGMEK0nCk"
)


def normal_login(login: str) -> str:
    """Logins that look alike are the same."""
    return unicodedata.normalize("NFKC", login).strip().casefold()


def hash_password(password: str) -> str:
    return _hasher.hash(_normal_password(password))


def password_matches(password: str, password_hash: str) -> bool:
    # What is longer than a password may be cannot be right; it costs no more than the rest.
    return _hasher.verify(_normal_password(password[: LONGEST_PASSWORD + 1]), password_hash)


def sign_in(
    accounts: Accounts,
    *,
    login: str,
    password: str,
    address: str,
    devices: Iterable[str],
    now: datetime,
) -> Entered:
    """`devices` are digests of this browser's earlier sessions. Somebody with a second factor is
    asked for a code next (`services/second_factor`)."""
    login = normal_login(login)
    if not login.isprintable():  # as every login is; a database need not know other characters
        raise InvalidInput(_NOT_RIGHT)
    attempt = accounts.begin_try(login, address=address, devices=tuple(devices), now=now)
    refuse_too_many(accounts, attempt, now)
    account = attempt.account
    matches = password_matches(password, account.password_hash if account else NOBODYS_HASH)
    if account is None or not matches:
        raise InvalidInput(_NOT_RIGHT)
    until = account.person.temporary_until
    if until is not None and now >= until:
        raise InvalidInput("That password has run out. Ask the clinic for a new one.")
    return accounts.enter(account.person, after=attempt, now=now)


def change_password(
    accounts: Accounts,
    actor: Actor,
    *,
    token: str,
    current: str,
    new: str,
    repeated: str,
    now: datetime,
) -> None:
    """Ends every other session of the person. Guesses at the current password are counted as tries
    to sign in from this browser."""
    person = accounts.account_of(actor.id, clinic_id=actor.clinic_id).person
    if new != repeated:
        raise InvalidInput("The two new passwords differ. Type the same one twice.")
    check_new_password(new, person)
    account = checked_password(accounts, actor, token=token, password=current, now=now)
    if _normal_password(new) == _normal_password(current):
        raise InvalidInput("The new password is the current one. Choose another.")
    accounts.set_password(
        account.person,
        hash_password(new),
        replaces=account.password_hash,
        keep_token=token,
        now=now,
    )


def checked_password(
    accounts: Accounts, actor: Actor, *, token: str, password: str, now: datetime
) -> Account:
    """Of somebody who is signed in already; raises where it is not theirs."""
    account = accounts.account_of(actor.id, clinic_id=actor.clinic_id)
    attempt = accounts.begin_try(
        account.person.login, address="", devices=(digest(token),), now=now
    )
    refuse_too_many(accounts, attempt, now)
    if not password_matches(password, account.password_hash):
        raise InvalidInput("The current password is not right.")
    accounts.forget_try(attempt)
    return account


def check_new_password(password: str, person: Person) -> None:
    """Long and not easily guessed; which kinds of characters it has is not asked."""
    if len(password) < SHORTEST_PASSWORD:
        raise InvalidInput(
            f"The new password is too short: use at least {SHORTEST_PASSWORD} characters. "
            "A few words in a row are easy to remember."
        )
    if len(password) > LONGEST_PASSWORD:
        raise InvalidInput(
            f"The new password is too long: use at most {LONGEST_PASSWORD} characters."
        )
    plain = _letters(password)
    if plain in {
        _letters(person.login),
        _letters(person.login.split("@")[0]),
        _letters(person.name),
    }:
        raise InvalidInput("The new password is your login or your name. Choose another.")
    if plain in COMMON_PASSWORDS or len(set(plain)) < 5:
        raise InvalidInput("Many people use that password, so it is guessed first. Choose another.")


def wait_before_next(failures: Sequence[datetime], *, free: int, now: datetime) -> timedelta:
    """How long after so many failures, oldest first, nothing more is tried."""
    over = len(failures) - free
    if over < 0:
        return timedelta(0)
    wait = min(FIRST_WAIT * (1 << min(over, 10)), LONGEST_WAIT)
    return max(failures[-1] + wait - now, timedelta(0))


def refuse_too_many(accounts: Accounts, attempt: SignInTry, now: datetime) -> None:
    waits = [wait_before_next(attempt.from_here, free=FREE_TRIES_HERE, now=now)]
    if not attempt.known_device:
        waits += [
            wait_before_next(attempt.for_login, free=FREE_TRIES_FOR_LOGIN, now=now),
            wait_before_next(attempt.from_address, free=FREE_TRIES_FROM_ADDRESS, now=now),
        ]
    if longest := max(waits):
        accounts.forget_try(attempt)
        minutes = math.ceil(longest / timedelta(minutes=1))
        raise TooManyTries(
            f"Too many tries. Wait {minutes} minute{'s' if minutes > 1 else ''}, then try again."
        )


def _normal_password(password: str) -> str:
    """The same characters typed on another keyboard are the same password."""
    return unicodedata.normalize("NFKC", password)


def _letters(text: str) -> str:
    return "".join(normal_login(text).split())
