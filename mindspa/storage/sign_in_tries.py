"""Tries to sign in: written down before the secret is looked at, and counted."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session
from sqlmodel import col

from mindspa.domain.access import Person, Role
from mindspa.storage.records.stored import value_of
from mindspa.storage.session_rows import digest
from mindspa.storage.tables import PersonRow, SessionRow, SignInFailureRow

FAILURES_KEPT = timedelta(days=1)
# Tries from further in the future come from a clock that was wrong: they would lock for as long.
CLOCK_AHEAD = timedelta(hours=1)
DEVICE_KEPT = timedelta(days=400)  # browsers keep no cookie for longer


class Secret(StrEnum):
    """What was tried. Stands before the login in what is counted, and no login holds the end of a
    line: the right password wipes out no wrong code."""

    PASSWORD = ""
    CODE = "code\n"
    SIGN_ON = "sign on\n"


@dataclass(frozen=True, slots=True)
class Account:
    person: Person
    password_hash: str


@dataclass(frozen=True, slots=True)
class SignInTry:
    """A try, written down as failed before its secret is looked at, and what came before it.

    `known_device`: this browser has signed in to this very account before. The three lists are
    instants of earlier failures, oldest first.
    """

    secret: Secret
    login_digest: str
    address: str
    origin_digest: str
    known_device: bool
    account: Account | None
    from_here: tuple[datetime, ...]  # for this login, from this browser or address
    for_login: tuple[datetime, ...]  # from anywhere
    from_address: tuple[datetime, ...]  # for any login, in the last hour
    id: int

    @property
    def password_hash(self) -> str | None:
        """As it was when the try began."""
        return self.account.password_hash if self.account else None


def begin(
    session: Session,
    login: str,
    secret: Secret,
    address: str,
    devices: Iterable[str],
    now: datetime,
) -> SignInTry:
    person = session.scalar(
        select(PersonRow).where(col(PersonRow.login) == login).with_for_update()
    )
    device = None if person is None else _known_device(session, person, devices, now)
    tried = digest(f"{secret}{login}")
    origin = digest(f"device {device}" if device else f"address {address}")
    forget_old(session, now)
    for_login = session.execute(
        select(col(SignInFailureRow.at), col(SignInFailureRow.origin_digest))
        .where(col(SignInFailureRow.login_digest) == tried)
        .order_by(col(SignInFailureRow.at))
    ).all()
    from_address = session.scalars(
        select(col(SignInFailureRow.at))
        .where(
            col(SignInFailureRow.at) > now - timedelta(hours=1),
            col(SignInFailureRow.origin_digest) == origin,
        )
        .order_by(col(SignInFailureRow.at))
    ).all()
    row = SignInFailureRow(login_digest=tried, origin_digest=origin, at=now)
    session.add(row)
    session.flush()
    return SignInTry(
        secret=secret,
        login_digest=tried,
        address=address,
        origin_digest=origin,
        known_device=device is not None,
        account=account_of(person) if person is not None and person.active else None,
        from_here=tuple(at for at, where in for_login if where == origin),
        for_login=tuple(at for at, _ in for_login),
        from_address=tuple(from_address),
        id=row.id or 0,
    )


def forget(session: Session, which: SignInTry) -> None:
    session.execute(delete(SignInFailureRow).where(col(SignInFailureRow.id) == which.id))


def forget_all_like(session: Session, which: SignInTry) -> None:
    """Of this login, from this browser."""
    session.execute(
        delete(SignInFailureRow).where(
            col(SignInFailureRow.login_digest) == which.login_digest,
            col(SignInFailureRow.origin_digest) == which.origin_digest,
        )
    )


def forget_old(session: Session, now: datetime) -> None:
    at = col(SignInFailureRow.at)
    session.execute(
        delete(SignInFailureRow).where(or_(at < now - FAILURES_KEPT, at > now + CLOCK_AHEAD))
    )


def roles_of(text: str) -> frozenset[Role]:
    return frozenset(Role(role) for role in text.split())


def person_of(row: PersonRow) -> Person:
    return value_of(Person, row, roles=roles_of(row.roles))


def account_of(row: PersonRow) -> Account:
    return Account(person_of(row), row.password_hash)


def _known_device(
    session: Session, person: PersonRow, devices: Iterable[str], now: datetime
) -> str | None:
    digests = [device for device in devices if device.isascii() and device.isalnum()]
    return session.scalar(
        select(col(SessionRow.token_digest))
        .where(
            col(SessionRow.token_digest).in_(digests),
            col(SessionRow.clinic_id) == person.clinic_id,
            col(SessionRow.person_id) == person.id,
            col(SessionRow.created_at) > now - DEVICE_KEPT,
        )
        .limit(1)
    )
