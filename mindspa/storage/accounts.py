"""Accounts and signed-in browsers: what sign-in needs before there is a clinic to be scoped to.

A token is 256 random bits; only its digest is stored, so that a copy of the database signs nobody
in. Sessions that have ended are kept: the digest of an earlier session of the same person is how a
browser shows that it has signed in to that account before (`services/sign_in`).
"""

import secrets
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, delete, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlmodel import SQLModel, col

from mindspa.domain.access import Actor, Person, Role, SignedIn
from mindspa.domain.errors import DatabaseUnusable, InvalidInput, NotFound
from mindspa.domain.treatment import Clinic
from mindspa.storage.database import Database, errors_named
from mindspa.storage.records.stored import columns_of, value_of
from mindspa.storage.session_locks import SEEN_EVERY, SessionLocks, is_locked
from mindspa.storage.session_rows import audit, digest, end_session, live_row
from mindspa.storage.tables import (
    ClinicRow,
    PatientRow,
    PersonRow,
    SessionRow,
    SignInFailureRow,
)

FAILURES_KEPT = timedelta(days=1)
# Tries from further in the future come from a clock that was wrong: they would lock for as long.
CLOCK_AHEAD = timedelta(hours=1)
DEVICE_KEPT = timedelta(days=400)  # browsers keep no cookie for longer

_people = SQLModel.metadata.tables["people"]
_sessions = SQLModel.metadata.tables["sessions"]
_clinics = SQLModel.metadata.tables["clinics"]

# Built once, in Core: it runs at every rerun of every page.
_LIVE_SESSION = (
    select(
        _sessions.c.last_seen_at,
        _sessions.c.expires_at,
        _sessions.c.locked_at,
        _sessions.c.locks_after_s,
        _people.c.id,
        _people.c.name,
        _people.c.roles,
        _people.c.patient_id,
        _people.c.must_change_password,
        _clinics.c.id.label("clinic_id"),
        _clinics.c.name.label("clinic_name"),
        _clinics.c.zone,
        _clinics.c.country,
        _clinics.c.phone,
        _clinics.c.hours,
        _clinics.c.demo_built_at,
    )
    .join_from(
        _sessions,
        _people,
        (_people.c.clinic_id == _sessions.c.clinic_id) & (_people.c.id == _sessions.c.person_id),
    )
    .join(_clinics, _clinics.c.id == _sessions.c.clinic_id)
    .where(
        _sessions.c.token_digest == bindparam("digest"),
        _sessions.c.ended_at.is_(None),
        _people.c.active,
    )
)


@dataclass(frozen=True, slots=True)
class Account:
    person: Person
    password_hash: str


@dataclass(frozen=True, slots=True)
class SignInTry:
    """A try, written down as failed before its password is looked at, and what came before it.

    `known_device`: this browser has signed in to this very account before. The three lists are
    instants of earlier failures, oldest first.
    """

    login: str
    address: str
    origin_digest: str
    known_device: bool
    account: Account | None
    from_here: tuple[datetime, ...]  # for this login, from this browser or address
    for_login: tuple[datetime, ...]  # from anywhere
    from_address: tuple[datetime, ...]  # for any login, in the last hour
    id: int


class Accounts:
    def __init__(self, database: Database, *, idle: timedelta, lifetime: timedelta) -> None:
        self._database = database
        self._idle = idle
        self._lifetime = lifetime
        self.locks = SessionLocks(database, idle=idle)

    # Sessions

    def session(self, token: str, *, now: datetime, activity: bool) -> SignedIn | None:
        """`activity` is False for what a page does by itself: it keeps no session alive.

        Limits hold both ways: a clock that was ahead and is set right would otherwise keep alive
        for as long as it was wrong whoever signed in meanwhile."""
        key = digest(token)
        with errors_named(), self._database.reader.connect() as connection:
            found = connection.execute(_LIVE_SESSION, {"digest": key}).one_or_none()
        if found is None or now >= found.expires_at:
            return None
        since_seen = abs(now - found.last_seen_at)
        if since_seen >= self._idle:
            return None
        locked = is_locked(found, since_seen)
        if activity and not locked and since_seen >= SEEN_EVERY:
            # A full disk ends the session at its idle limit, and hides nothing until then.
            with suppress(DatabaseUnusable), self._database.writing() as session:
                session.execute(
                    update(SessionRow)
                    .where(
                        col(SessionRow.token_digest) == key,
                        col(SessionRow.ended_at).is_(None),
                        col(SessionRow.locked_at).is_(None),
                    )
                    .values(last_seen_at=now)
                )
        return _signed_in(found, locked=locked)

    def start_session(self, person: Person, *, after: SignInTry, now: datetime) -> str:
        """A new token at each sign-in; the tries from this browser no longer count."""
        token = secrets.token_urlsafe(32)
        with self._database.writing() as session:
            session.execute(
                delete(SignInFailureRow).where(
                    col(SignInFailureRow.login_digest) == digest(after.login),
                    col(SignInFailureRow.origin_digest) == after.origin_digest,
                )
            )
            session.add(
                SessionRow(
                    clinic_id=person.clinic_id,
                    token_digest=digest(token),
                    person_id=person.id,
                    created_at=now,
                    last_seen_at=now,
                    expires_at=now + self._lifetime,
                )
            )
            audit(
                session, person.clinic_id, person.id, "session.started", now, origin=after.address
            )
        return token

    def end_session(self, token: str, *, now: datetime) -> None:
        with self._database.writing() as session:
            if (row := live_row(session, token)) is not None:
                end_session(session, row, now)

    # Tries to sign in

    def begin_try(
        self, login: str, *, address: str, devices: Iterable[str], now: datetime
    ) -> SignInTry:
        """Written before the password is looked at: a hundred tries sent at once then count as a
        hundred. `devices` are digests of this browser's earlier sessions."""
        with self._database.writing() as session:
            person = session.scalar(
                select(PersonRow).where(col(PersonRow.login) == login).with_for_update()
            )
            device = None if person is None else _known_device(session, person, devices, now)
            origin = digest(f"device {device}" if device else f"address {address}")
            _forget_failures(session, now)
            for_login = session.execute(
                select(col(SignInFailureRow.at), col(SignInFailureRow.origin_digest))
                .where(col(SignInFailureRow.login_digest) == digest(login))
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
            row = SignInFailureRow(login_digest=digest(login), origin_digest=origin, at=now)
            session.add(row)
            session.flush()
            return SignInTry(
                login=login,
                address=address,
                origin_digest=origin,
                known_device=device is not None,
                account=_account(person) if person is not None and person.active else None,
                from_here=tuple(at for at, where in for_login if where == origin),
                for_login=tuple(at for at, _ in for_login),
                from_address=tuple(from_address),
                id=row.id or 0,
            )

    def forget_try(self, which: SignInTry) -> None:
        """A try that was refused unread does not lengthen the wait."""
        with self._database.writing() as session:
            session.execute(delete(SignInFailureRow).where(col(SignInFailureRow.id) == which.id))

    def forget_old(self, *, now: datetime) -> None:
        """Sessions that no browser can show any more, and tries that no longer count."""
        with self._database.writing() as session:
            session.execute(
                delete(SessionRow).where(col(SessionRow.created_at) < now - DEVICE_KEPT)
            )
            _forget_failures(session, now)

    # People and clinics

    def account_of(self, person_id: str, *, clinic_id: str) -> Account:
        with self._database.reading() as session:
            row = session.get(PersonRow, (clinic_id, person_id))
            if row is None or not row.active:
                raise NotFound("There is no such account.")
            return _account(row)

    def people_of(self, clinic_id: str) -> tuple[Person, ...]:
        with self._database.reading() as session:
            rows = session.scalars(
                select(PersonRow)
                .where(col(PersonRow.clinic_id) == clinic_id)
                .order_by(col(PersonRow.name), col(PersonRow.id))
            )
            return tuple(_person(row) for row in rows)

    def clinics(self) -> tuple[Clinic, ...]:
        with self._database.reading() as session:
            rows = session.scalars(select(ClinicRow).order_by(col(ClinicRow.name)))
            return tuple(_clinic(row) for row in rows)

    def demo_built_at(self) -> datetime | None:
        """When the demo clinic here was built; None where there is none."""
        with self._database.reading() as session:
            return session.scalar(select(func.max(col(ClinicRow.demo_built_at))))

    def mark_demo(self, clinic_id: str, *, built_at: datetime) -> None:
        with self._database.writing() as session:
            row = session.get(ClinicRow, clinic_id)
            assert row is not None, "the demo builder has just made it"
            row.demo_built_at = built_at

    def add_person(
        self,
        person: Person,
        password_hash: str,
        *,
        by: Actor,
        now: datetime,
        new_clinic: Clinic | None = None,
    ) -> None:
        """With `new_clinic`, that clinic and its first person in one transaction."""
        try:
            with self._database.writing() as session:
                if new_clinic is not None:
                    session.add(_clinic_row(new_clinic))
                    session.flush()  # what follows refers to it
                if person.patient_id is not None:
                    _refuse_patient_without_record(session, person)
                session.add(
                    PersonRow(
                        clinic_id=person.clinic_id,
                        id=person.id,
                        login=person.login,
                        name=person.name,
                        roles=" ".join(sorted(person.roles)),
                        password_hash=password_hash,
                        patient_id=person.patient_id,
                        active=person.active,
                        must_change_password=person.must_change_password,
                        temporary_until=person.temporary_until,
                        email=person.email,
                        created_at=now,
                    )
                )
                audit(session, person.clinic_id, by.id, "person.added", now, record=person.id)
                session.flush()
        except IntegrityError:
            raise InvalidInput("That login is taken. Choose another.") from None

    def set_password(
        self,
        person: Person,
        password_hash: str,
        *,
        replaces: str,
        keep_token: str | None,
        now: datetime,
    ) -> None:
        """Ends the person's other sessions in the same transaction, and forgets their PIN, which
        may be that of whoever knew the old password. `replaces` is the hash that
        was checked: of two changes at once, one wins and the other is told."""
        with self._database.writing() as session:
            row = session.get(PersonRow, (person.clinic_id, person.id), with_for_update=True)
            if row is None or row.password_hash != replaces:
                raise InvalidInput("The current password is not right.")
            row.password_hash, row.pin_hash = password_hash, None
            row.must_change_password, row.temporary_until = False, None
            _end_sessions(session, person, keep_token=keep_token, now=now)
            audit(session, person.clinic_id, person.id, "password.changed", now)

    def account_of_patient(self, patient_id: str, *, clinic_id: str) -> Person | None:
        """Whoever has that record as their own; None where nobody has."""
        with self._database.reading() as session:
            row = session.scalar(
                select(PersonRow).where(
                    col(PersonRow.clinic_id) == clinic_id, col(PersonRow.patient_id) == patient_id
                )
            )
            return None if row is None else _person(row)

    def give_password(
        self, person: Person, password_hash: str, *, until: datetime, by: Actor, now: datetime
    ) -> None:
        """A temporary one, until the person has chosen their own. Ends all of their sessions."""
        with self._database.writing() as session:
            row = session.get(PersonRow, (person.clinic_id, person.id), with_for_update=True)
            if row is None or not row.active:
                raise NotFound("There is no such account.")
            row.password_hash, row.pin_hash = password_hash, None
            row.must_change_password, row.temporary_until = True, until
            _end_sessions(session, person, keep_token=None, now=now)
            audit(session, person.clinic_id, by.id, "password.given", now, record=person.id)


def _end_sessions(
    session: Session, person: Person, *, keep_token: str | None, now: datetime
) -> None:
    session.execute(
        update(SessionRow)
        .where(
            col(SessionRow.clinic_id) == person.clinic_id,
            col(SessionRow.person_id) == person.id,
            col(SessionRow.ended_at).is_(None),
            col(SessionRow.token_digest) != (digest(keep_token) if keep_token else ""),
        )
        .values(ended_at=now)
    )


def _refuse_patient_without_record(session: Session, person: Person) -> None:
    if session.get(PatientRow, (person.clinic_id, person.patient_id)) is None:
        raise NotFound("There is no such patient in your clinic.")
    taken = session.scalar(
        select(col(PersonRow.id)).where(
            col(PersonRow.clinic_id) == person.clinic_id,
            col(PersonRow.patient_id) == person.patient_id,
        )
    )
    if taken is not None:
        raise InvalidInput("That patient has an account already.")


def _forget_failures(session: Session, now: datetime) -> None:
    at = col(SignInFailureRow.at)
    session.execute(
        delete(SignInFailureRow).where(or_(at < now - FAILURES_KEPT, at > now + CLOCK_AHEAD))
    )


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


def _roles(text: str) -> frozenset[Role]:
    return frozenset(Role(role) for role in text.split())


def _person(row: PersonRow) -> Person:
    return value_of(Person, row, roles=_roles(row.roles))


def _account(row: PersonRow) -> Account:
    return Account(_person(row), row.password_hash)


def _clinic(row: ClinicRow) -> Clinic:
    return value_of(Clinic, row, demo=row.demo_built_at is not None)


def _clinic_row(clinic: Clinic) -> ClinicRow:
    columns = columns_of(clinic)
    del columns["demo"]  # only the demo builder makes one, and says when it was built
    return ClinicRow(**columns)


def _signed_in(found: Row[*tuple[Any, ...]], *, locked: bool) -> SignedIn:
    return SignedIn(
        Actor(found.id, found.clinic_id, found.name, _roles(found.roles), found.patient_id),
        Clinic(
            found.clinic_id,
            found.clinic_name,
            found.zone,
            found.country,
            found.phone,
            found.hours,
            demo=found.demo_built_at is not None,
        ),
        found.must_change_password,
        locked,
        None if found.locks_after_s is None else timedelta(seconds=found.locks_after_s),
    )
