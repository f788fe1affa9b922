"""A second factor: a code from an authenticator on the person's phone, after the password.

The code changes every half minute (RFC 6238, as every authenticator does it: SHA-1, six digits,
thirty seconds). The one before and the one after are taken too, for clocks that differ, and none of
them twice. Whoever has lost the phone has recovery codes, each of which works once. Wrong codes are
counted as wrong passwords are, apart from them.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from pyotp import TOTP, random_base32
from pyotp.exceptions import OTPVerificationError

from mindspa.domain.access import Actor, Person
from mindspa.domain.errors import InvalidInput, SignInOver
from mindspa.domain.second_factor import (
    OFFERED_FOR,
    RECOVERY_CODES,
    CodeOfStep,
    Factor,
    Offered,
    OwnFactor,
    Proof,
    RecoveryCode,
)
from mindspa.services.random_code import random_code
from mindspa.services.sign_in import checked_password, refuse_too_many
from mindspa.storage.accounts import Accounts
from mindspa.storage.second_factors import NOT_RIGHT, TOO_LATE
from mindspa.storage.session_rows import digest
from mindspa.storage.sign_in_tries import Secret, SignInTry

ISSUER = "Mind Spa Outcomes"
STEPS_AROUND = 1  # before and after the one that it is now


def enter_code(
    accounts: Accounts,
    half_token: str,
    *,
    code: str,
    address: str,
    devices: Iterable[str],
    now: datetime,
) -> str:
    """The token of a new session, for a browser that has given the password."""
    half = accounts.factors.half(half_token, now=now)
    if half is None:
        raise SignInOver(TOO_LATE)
    attempt = accounts.begin_try(
        half.login, secret=Secret.CODE, address=address, devices=tuple(devices), now=now
    )
    refuse_too_many(accounts, attempt, now)
    proof = _proof(half.factor, code, now)
    return accounts.finish_sign_in(half_token, proof, after=attempt, now=now)


def own_factor(accounts: Accounts, actor: Actor) -> OwnFactor:
    return accounts.factors.own(_person(accounts, actor))


def offer(accounts: Accounts, actor: Actor, *, now: datetime) -> Offered:
    """A secret for an authenticator. It counts once it is confirmed."""
    person, secret = _person(accounts, actor), random_base32()
    accounts.factors.offer(person, secret, now=now)
    return _offered(person, secret)


def offered(accounts: Accounts, actor: Actor, *, now: datetime) -> Offered | None:
    """The same again, while it can be confirmed."""
    person = _person(accounts, actor)
    factor = accounts.factors.of(person)
    return _offered(person, factor.secret) if factor and _is_offered(factor, now) else None


def confirm(
    accounts: Accounts, actor: Actor, *, token: str, password: str, code: str, now: datetime
) -> Sequence[str]:
    """The recovery codes, which are shown once. The password is asked for, so that whoever finds a
    screen unlocked cannot make the account their own."""
    account = checked_password(accounts, actor, token=token, password=password, now=now)
    factor = accounts.factors.of(account.person)
    if factor is None or not _is_offered(factor, now):
        raise InvalidInput("Setting up took too long. Begin again.")
    step = _step(factor, code, now)
    if step is None:
        raise InvalidInput(NOT_RIGHT)
    codes = _recovery_codes()
    accounts.factors.confirm(
        account.person,
        CodeOfStep(factor.secret, step),
        [digest(_plain(code)) for code in codes],
        keep_token=token,
        now=now,
    )
    return codes


def renew_codes(
    accounts: Accounts, actor: Actor, *, token: str, password: str, code: str, now: datetime
) -> Sequence[str]:
    """New recovery codes; those before stop working."""
    person, proof, attempt = _checked(accounts, actor, token, password, code, now)
    codes = _recovery_codes()
    accounts.factors.renew_codes(person, proof, [digest(_plain(code)) for code in codes], now=now)
    accounts.forget_try(attempt)
    return codes


def remove(
    accounts: Accounts, actor: Actor, *, token: str, password: str, code: str, now: datetime
) -> None:
    person, proof, attempt = _checked(accounts, actor, token, password, code, now)
    accounts.factors.remove(person, proof, keep_token=token, now=now)
    accounts.forget_try(attempt)


def _checked(
    accounts: Accounts, actor: Actor, token: str, password: str, code: str, now: datetime
) -> tuple[Person, Proof, SignInTry]:
    """Password and code of somebody who is signed in, each guess counted. The try stands until the
    code has been spent: whether a recovery code is right, only then shows."""
    person = checked_password(accounts, actor, token=token, password=password, now=now).person
    factor = accounts.factors.of(person)
    if factor is None or factor.confirmed_at is None:
        raise InvalidInput("Your account has no second factor.")
    attempt = accounts.begin_try(
        person.login, secret=Secret.CODE, address="", devices=(digest(token),), now=now
    )
    refuse_too_many(accounts, attempt, now)
    return person, _proof(factor, code, now), attempt


def _proof(factor: Factor, code: str, now: datetime) -> Proof:
    """What the code shows; whether it was used before, the database knows."""
    plain = _plain(code)
    if not (plain.isascii() and plain.isdigit()):
        return RecoveryCode(digest(plain))
    step = _step(factor, plain, now)
    if step is None:
        raise InvalidInput(NOT_RIGHT)
    return CodeOfStep(factor.secret, step)


def _step(factor: Factor, code: str, now: datetime) -> int | None:
    """The number of the half minute that the code is of; None for any other."""
    try:
        return TOTP(factor.secret).verify_and_get_timecode(
            _plain(code), for_time=now, valid_window=STEPS_AROUND
        )
    except OTPVerificationError:
        return None


def _is_offered(factor: Factor, now: datetime) -> bool:
    return factor.confirmed_at is None and abs(now - factor.offered_at) < OFFERED_FOR


def _plain(code: str) -> str:
    """As it is stored and compared, however it was typed."""
    return "".join(code.split()).replace("-", "").casefold()


def _recovery_codes() -> list[str]:
    return [random_code() for _ in range(RECOVERY_CODES)]


def _offered(person: Person, secret: str) -> Offered:
    address = TOTP(secret).provisioning_uri(name=person.login, issuer_name=ISSUER)
    return Offered(address, secret)


def _person(accounts: Accounts, actor: Actor) -> Person:
    return accounts.account_of(actor.id, clinic_id=actor.clinic_id).person
