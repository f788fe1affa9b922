"""Second factors as they are stored, and browsers half-way through signing in.

What is spent is compared and marked in one statement: of two uses of one code at once, on whichever
server, one counts.
"""

import secrets
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import CursorResult, and_, delete, func, or_, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from mindspa.domain.access import Actor, Person, Role
from mindspa.domain.errors import InvalidInput, SignInOver
from mindspa.domain.second_factor import (
    HALF_FOR,
    CodeOfStep,
    Factor,
    HalfSignIn,
    OwnFactor,
    Proof,
)
from mindspa.storage import sign_in_tries
from mindspa.storage.database import Database
from mindspa.storage.factor_tables import HalfSignInRow, RecoveryCodeRow, SecondFactorRow
from mindspa.storage.session_rows import audit, digest, end_ways_in
from mindspa.storage.sign_in_tries import SignInTry, person_of
from mindspa.storage.tables import ClinicRow, PersonRow

NOT_RIGHT = (
    "That code is not right, or was used before. Wait for the next one; if none works, check that "
    "the clock of your phone sets itself."
)
CHANGED_MEANWHILE = "Your account was changed meanwhile. Sign in again."
TOO_LATE = "Signing in took too long. Enter your login and your password again."


class SecondFactors:
    def __init__(self, database: Database) -> None:
        self._database = database

    # Signing in

    def half(self, token: str, *, now: datetime) -> HalfSignIn | None:
        """None once it has run out or was finished, or the account or its factor is gone."""
        with self._database.reading() as session:
            found = session.execute(
                select(PersonRow, SecondFactorRow)
                .join(
                    HalfSignInRow,
                    and_(
                        col(HalfSignInRow.clinic_id) == col(PersonRow.clinic_id),
                        col(HalfSignInRow.person_id) == col(PersonRow.id),
                    ),
                )
                .join(
                    SecondFactorRow,
                    and_(
                        col(SecondFactorRow.clinic_id) == col(PersonRow.clinic_id),
                        col(SecondFactorRow.person_id) == col(PersonRow.id),
                    ),
                )
                .where(
                    col(HalfSignInRow.token_digest) == digest(token),
                    col(HalfSignInRow.expires_at) > now,
                    col(PersonRow.active),
                    col(SecondFactorRow.confirmed_at).is_not(None),
                )
            ).one_or_none()
        if found is None:
            return None
        person, factor = found
        return HalfSignIn(person.login, _factor(factor))

    # A person's own

    def of(self, person: Person) -> Factor | None:
        """Confirmed or not."""
        with self._database.reading() as session:
            row = session.get(SecondFactorRow, (person.clinic_id, person.id))
            return None if row is None else _factor(row)

    def own(self, person: Person) -> OwnFactor:
        with self._database.reading() as session:
            row = confirmed(session, person)
            left = session.scalar(
                select(func.count()).where(
                    col(RecoveryCodeRow.clinic_id) == person.clinic_id,
                    col(RecoveryCodeRow.person_id) == person.id,
                    col(RecoveryCodeRow.spent_at).is_(None),
                )
            )
            clinic = session.get(ClinicRow, person.clinic_id)
            return OwnFactor(
                since=None if row is None else row.confirmed_at,
                codes_left=left or 0,
                required=clinic is not None and clinic.second_factor and is_staff(person),
            )

    def offer(self, person: Person, secret: str, *, now: datetime) -> None:
        """Takes the place of one that was not confirmed."""
        with self._database.writing() as session:
            lock(session, person)
            row = session.get(SecondFactorRow, (person.clinic_id, person.id))
            if row is not None and row.confirmed_at is not None:
                raise InvalidInput("Your account has a second factor already.")
            session.merge(
                SecondFactorRow(
                    clinic_id=person.clinic_id, person_id=person.id, secret=secret, offered_at=now
                )
            )

    def confirm(
        self,
        person: Person,
        proof: CodeOfStep,
        codes: Iterable[str],
        *,
        keep_token: str,
        now: datetime,
    ) -> None:
        """From here on nobody signs in to the account without it: every other session of the person
        ends. `codes` are digests."""
        with self._database.writing() as session:
            lock(session, person)
            row = session.get(SecondFactorRow, (person.clinic_id, person.id))
            if row is None or row.secret != proof.secret or row.confirmed_at is not None:
                raise InvalidInput("This code has been replaced by a newer one. Scan that one.")
            row.confirmed_at, row.last_step = now, proof.step
            _put_codes(session, person, codes)
            end_ways_in(session, person, keep_token=keep_token, now=now)
            audit(session, person.clinic_id, person.id, "second_factor.set", now)

    def renew_codes(
        self, person: Person, proof: Proof, codes: Iterable[str], *, now: datetime
    ) -> None:
        with self._database.writing() as session:
            lock(session, person)
            spend(session, person, proof, now=now)
            _put_codes(session, person, codes)
            audit(session, person.clinic_id, person.id, "recovery_codes.renewed", now)

    def remove(self, person: Person, proof: Proof, *, keep_token: str, now: datetime) -> None:
        with self._database.writing() as session:
            lock(session, person)
            spend(session, person, proof, now=now)
            _forget_factor(session, person)
            end_ways_in(session, person, keep_token=keep_token, now=now)
            audit(session, person.clinic_id, person.id, "second_factor.removed", now)

    # A clinic's

    def reset(self, person: Person, *, by: Actor, now: datetime) -> None:
        """Of somebody who has lost it, by whoever manages accounts. Ends all of their sessions."""
        with self._database.writing() as session:
            lock(session, person)
            if session.get(SecondFactorRow, (person.clinic_id, person.id)) is None:
                raise InvalidInput("That account has no second factor.")
            _forget_factor(session, person)
            end_ways_in(session, person, keep_token=None, now=now)
            audit(session, person.clinic_id, by.id, "second_factor.reset", now, record=person.id)

    def required(self, clinic_id: str) -> bool:
        with self._database.reading() as session:
            clinic = session.get(ClinicRow, clinic_id)
            return clinic is not None and clinic.second_factor

    def require(self, clinic_id: str, wanted: bool, *, by: Actor, now: datetime) -> None:
        """Of all staff of the clinic, at their next tap."""
        with self._database.writing() as session:
            row = session.get(ClinicRow, clinic_id, with_for_update=True)
            if row is not None and row.second_factor != wanted:
                row.second_factor = wanted
                what = "second_factor.required" if wanted else "second_factor.optional"
                audit(session, clinic_id, by.id, what, now)


def confirmed(session: Session, person: Person) -> SecondFactorRow | None:
    row = session.get(SecondFactorRow, (person.clinic_id, person.id))
    return row if row is not None and row.confirmed_at is not None else None


def begin_half(session: Session, person: Person, after: SignInTry, now: datetime) -> str:
    """A token that stands for the right password and opens nothing. Tries at a code go on
    counting."""
    token = secrets.token_urlsafe(32)
    sign_in_tries.forget_all_like(session, after)
    session.execute(delete(HalfSignInRow).where(col(HalfSignInRow.expires_at) <= now))
    session.add(
        HalfSignInRow(
            clinic_id=person.clinic_id,
            token_digest=digest(token),
            person_id=person.id,
            expires_at=now + HALF_FOR,
        )
    )
    audit(session, person.clinic_id, person.id, "session.code_asked", now, origin=after.address)
    return token


def lock(session: Session, person: Person, *, password_hash: str | None = None) -> None:
    """What changes how somebody signs in goes one after the other, and each locks the person first:
    none waits for another that waits for it. With `password_hash` it must be theirs still."""
    row = session.get(PersonRow, (person.clinic_id, person.id), with_for_update=True)
    if row is None or not row.active or password_hash not in (None, row.password_hash):
        raise SignInOver(CHANGED_MEANWHILE)


def take_half(session: Session, token: str, *, now: datetime) -> Person:
    """Whose it is; it is gone then."""
    half = session.scalar(
        select(HalfSignInRow).where(
            col(HalfSignInRow.token_digest) == digest(token), col(HalfSignInRow.expires_at) > now
        )
    )
    if half is None:
        raise SignInOver(TOO_LATE)
    person = session.get(PersonRow, (half.clinic_id, half.person_id), with_for_update=True)
    taken = session.execute(
        delete(HalfSignInRow).where(col(HalfSignInRow.token_digest) == digest(token))
    )
    gone = not isinstance(taken, CursorResult) or taken.rowcount != 1  # another was quicker
    if gone or person is None or not person.active:
        raise SignInOver(TOO_LATE)
    return person_of(person)


def spend(session: Session, person: Person, proof: Proof, *, now: datetime) -> None:
    """Raises where it is not of this person, or was spent before."""
    if isinstance(proof, CodeOfStep):
        last = col(SecondFactorRow.last_step)
        spent = session.execute(
            update(SecondFactorRow)
            .where(
                col(SecondFactorRow.clinic_id) == person.clinic_id,
                col(SecondFactorRow.person_id) == person.id,
                col(SecondFactorRow.secret) == proof.secret,
                col(SecondFactorRow.confirmed_at).is_not(None),
                or_(last.is_(None), last < proof.step),
            )
            .values(last_step=proof.step)
        )
    else:
        spent = session.execute(
            update(RecoveryCodeRow)
            .where(
                col(RecoveryCodeRow.clinic_id) == person.clinic_id,
                col(RecoveryCodeRow.person_id) == person.id,
                col(RecoveryCodeRow.code_digest) == proof.digest,
                col(RecoveryCodeRow.spent_at).is_(None),
            )
            .values(spent_at=now)
        )
        audit(session, person.clinic_id, person.id, "recovery_codes.used", now)
    if not isinstance(spent, CursorResult) or spent.rowcount != 1:
        raise InvalidInput(NOT_RIGHT)


def is_staff(person: Person) -> bool:
    return person.roles != {Role.PATIENT}


def _factor(row: SecondFactorRow) -> Factor:
    return Factor(row.secret, row.offered_at, row.confirmed_at)


def _put_codes(session: Session, person: Person, codes: Iterable[str]) -> None:
    _forget_codes(session, person)
    session.add_all(
        RecoveryCodeRow(clinic_id=person.clinic_id, person_id=person.id, code_digest=code)
        for code in codes
    )


def _forget_codes(session: Session, person: Person) -> None:
    session.execute(
        delete(RecoveryCodeRow).where(
            col(RecoveryCodeRow.clinic_id) == person.clinic_id,
            col(RecoveryCodeRow.person_id) == person.id,
        )
    )


def _forget_factor(session: Session, person: Person) -> None:
    _forget_codes(session, person)
    session.execute(
        delete(SecondFactorRow).where(
            col(SecondFactorRow.clinic_id) == person.clinic_id,
            col(SecondFactorRow.person_id) == person.id,
        )
    )
