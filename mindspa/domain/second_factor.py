"""A second factor for signing in: what a person has of it, and what shows that they have it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

OFFERED_FOR = timedelta(minutes=30)  # to scan a secret and confirm it
HALF_FOR = timedelta(minutes=10)  # between the password and the code
RECOVERY_CODES = 10


@dataclass(frozen=True, slots=True)
class Factor:
    """What an authenticator of a person holds."""

    secret: str = field(repr=False)
    offered_at: datetime
    confirmed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Offered:
    """What an authenticator takes: by its camera, or typed."""

    address: str = field(repr=False)
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class OwnFactor:
    """As its person sees it. `required`: the clinic asks it of them."""

    since: datetime | None
    codes_left: int
    required: bool


@dataclass(frozen=True, slots=True)
class HalfSignIn:
    """Somebody who has given the right password and not yet a code."""

    login: str
    factor: Factor


@dataclass(frozen=True, slots=True)
class CodeOfStep:
    """A code of an authenticator, by the half minute that it is good for."""

    secret: str = field(repr=False)
    step: int


@dataclass(frozen=True, slots=True)
class RecoveryCode:
    digest: str


Proof = CodeOfStep | RecoveryCode
