"""Sign in with the clinic's own sign-on (OpenID Connect), in place of the password.

The provider says who somebody is; which account is theirs, they say themselves, signed in and with
their password. Nothing is guessed from a name or an e-mail address. From there on it goes as after
a password: a second factor that somebody has here is asked for, and it ends in the same session.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from mindspa.domain.access import Actor
from mindspa.domain.errors import SignOnFailed
from mindspa.services.sign_in import checked_password
from mindspa.storage.accounts import Accounts, Entered
from mindspa.storage.sign_in_tries import Secret
from mindspa.storage.sign_ons import SignOns, Start

if TYPE_CHECKING:
    from mindspa.exchange.open_id import Provider

TOO_LATE = "Signing on took too long, or was begun in another browser. Begin again."
UNKNOWN = (
    "No account here is linked to that sign-on. Sign in with your password once, and link it on "
    "your page Account."
)


@dataclass(frozen=True, slots=True)
class Proven:
    """Whoever is signed in, and what shows that it is they who press: whoever finds a screen
    unlocked does not know the password."""

    actor: Actor
    token: str = field(repr=False)
    password: str = field(repr=False)
    now: datetime


def begin_linking(accounts: Accounts, sign_ons: SignOns, by: Proven) -> Start:
    _check(accounts, by)
    return sign_ons.begin("/sign-on", links=by.actor, now=by.now)


def address_of(provider: "Provider", start: Start) -> str:
    """Where the browser goes."""
    return provider.address(state=start.state, nonce=start.nonce, verifier=start.verifier)


def returned(sign_ons: SignOns, state: str, kept: str | None, *, now: datetime) -> Start:
    """`kept`: the state in the cookie of the browser that came back; only the one that began may
    end it."""
    start = sign_ons.take(state, now=now) if kept is not None and kept == state else None
    if start is None:
        raise SignOnFailed(TOO_LATE)
    return start


def enter(
    accounts: Accounts,
    sign_ons: SignOns,
    issuer: str,
    subject: str,
    *,
    address: str,
    devices: Iterable[str],
    now: datetime,
) -> Entered:
    person = sign_ons.person(issuer, subject)
    if person is None:
        raise SignOnFailed(UNKNOWN)
    attempt = accounts.begin_try(
        person.login, secret=Secret.SIGN_ON, address=address, devices=tuple(devices), now=now
    )
    return accounts.enter(person, after=attempt, now=now)


def require_own(start: Start, actor: Actor) -> None:
    """Who comes back is who began, although somebody else may be signed in by now."""
    if start.links != (actor.clinic_id, actor.id):
        raise SignOnFailed(TOO_LATE)


def unlink(accounts: Accounts, sign_ons: SignOns, by: Proven) -> None:
    _check(accounts, by)
    sign_ons.unlink(by.actor, now=by.now)


def _check(accounts: Accounts, by: Proven) -> None:
    checked_password(accounts, by.actor, token=by.token, password=by.password, now=by.now)
