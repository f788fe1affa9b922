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

from sqlalchemy import Row, and_, bindparam, delete, exists, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlmodel import SQLModel, col

from mindspa.domain.access import Actor, Member, Person, Role, SignedIn
from mindspa.domain.errors import DatabaseUnusable, InvalidInput, NotFound
from mindspa.domain.second_factor import Proof
from mindspa.domain.treatment import Clinic
from mindspa.storage import second_factors, sign_in_tries, sign_ons
from mindspa.storage.database import Database, errors_named
from mindspa.storage.records.stored import columns_of, value_of
from mindspa.storage.second_factors import SecondFactors
from mindspa.storage.session_locks import SEEN_EVERY, SessionLocks, is_locked
from mindspa.storage.session_rows import (
    audit,
    digest,
    end_session,
    end_ways_in,
    live_row,
    put_password,
)
from mindspa.storage.sign_in_tries import (
    DEVICE_KEPT,
    Account,
    Secret,
    SignInTry,
    account_of,
    person_of,
    roles_of,
)
from mindspa.storage.tables import ClinicRow, PatientRow, PersonRow, SessionRow

_people = SQLModel.metadata.tables["people"]
_sessions = SQLModel.metadata.tables["sessions"]
_clinics = SQLModel.metadata.tables["clinics"]
_factors = SQLModel.metadata.tables["second_factors"]

_lacks_factor = and_(
    _clinics.c.second_factor,
    _people.c.roles != Role.PATIENT.value,
    ~exists().where(
        _factors.c.clinic_id == _people.c.clinic_id,
        _factors.c.person_id == _people.c.id,
        _factors.c.confirmed_at.is_not(None),
    ),
)

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
        _lacks_factor.label("lacks_factor"),
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
class Entered:
    """`token` is of a session; or, with `code_due`, of a sign-in that a code will finish."""

    token: str
    code_due: bool


class Accounts:
    def __init__(self, database: Database, *, idle: timedelta, lifetime: timedelta) -> None:
        self._database = database
        self._idle = idle
        self._lifetime = lifetime
        self.locks = SessionLocks(database, idle=idle)
        self.factors = SecondFactors(database)

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

    def enter(self, person: Person, *, after: SignInTry, now: datetime) -> Entered:
        """Behind the right password: a session, or half a sign-in where a code is asked next. The
        tries at the password from this browser no longer count."""
        with self._database.writing() as session:
            second_factors.lock(session, person, password_hash=after.password_hash)
            if second_factors.confirmed(session, person) is not None:
                return Entered(second_factors.begin_half(session, person, after, now), True)
            return Entered(self._started(session, person, after, now), False)

    def finish_sign_in(
        self, half_token: str, proof: Proof, *, after: SignInTry, now: datetime
    ) -> str:
        """The token of the session that a code makes of half a sign-in."""
        with self._database.writing() as session:
            person = second_factors.take_half(session, half_token, now=now)
            second_factors.spend(session, person, proof, now=now)
            return self._started(session, person, after, now)

    def _started(self, session: Session, person: Person, after: SignInTry, now: datetime) -> str:
        token = secrets.token_urlsafe(32)
        sign_in_tries.forget_all_like(session, after)
        if after.secret is Secret.SIGN_ON:
            audit(session, person.clinic_id, person.id, "sign_on.used", now, origin=after.address)
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
        audit(session, person.clinic_id, person.id, "session.started", now, origin=after.address)
        return token

    def end_session(self, token: str, *, now: datetime) -> None:
        with self._database.writing() as session:
            if (row := live_row(session, token)) is not None:
                end_session(session, row, now)

    # Tries to sign in

    def begin_try(
        self,
        login: str,
        *,
        address: str,
        devices: Iterable[str],
        now: datetime,
        secret: Secret = Secret.PASSWORD,
    ) -> SignInTry:
        """Written before the secret is looked at: a hundred tries sent at once then count as a
        hundred. `devices` are digests of this browser's earlier sessions."""
        with self._database.writing() as session:
            return sign_in_tries.begin(session, login, secret, address, devices, now)

    def forget_try(self, which: SignInTry) -> None:
        """A try that was refused unread does not lengthen the wait."""
        with self._database.writing() as session:
            sign_in_tries.forget(session, which)

    def forget_old(self, *, now: datetime) -> None:
        """Sessions that no browser can show any more, and tries that no longer count."""
        with self._database.writing() as session:
            session.execute(
                delete(SessionRow).where(col(SessionRow.created_at) < now - DEVICE_KEPT)
            )
            sign_in_tries.forget_old(session, now)

    # People and clinics

    def account_of(self, person_id: str, *, clinic_id: str) -> Account:
        with self._database.reading() as session:
            row = session.get(PersonRow, (clinic_id, person_id))
            if row is None or not row.active:
                raise NotFound("There is no such account.")
            return account_of(row)

    def with_login(self, login: str) -> Person | None:
        """Whose account is active, in whichever clinic."""
        with self._database.reading() as session:
            row = session.scalar(
                select(PersonRow).where(col(PersonRow.login) == login, col(PersonRow.active))
            )
            return None if row is None else person_of(row)

    def people_of(self, clinic_id: str) -> tuple[Person, ...]:
        with self._database.reading() as session:
            rows = session.scalars(
                select(PersonRow)
                .where(col(PersonRow.clinic_id) == clinic_id)
                .order_by(col(PersonRow.name), col(PersonRow.id))
            )
            return tuple(person_of(row) for row in rows)

    def staff_of(self, clinic_id: str) -> tuple[Member, ...]:
        """Open accounts first, by name; nobody who is a patient and nothing else."""
        signed_in_at = (
            select(func.max(col(SessionRow.created_at)))
            .where(
                col(SessionRow.clinic_id) == col(PersonRow.clinic_id),
                col(SessionRow.person_id) == col(PersonRow.id),
            )
            .scalar_subquery()
        )
        has_factor = exists().where(
            _factors.c.clinic_id == col(PersonRow.clinic_id),
            _factors.c.person_id == col(PersonRow.id),
            _factors.c.confirmed_at.is_not(None),
        )
        with self._database.reading() as session:
            rows = session.execute(
                select(PersonRow, has_factor, signed_in_at)
                .where(
                    col(PersonRow.clinic_id) == clinic_id,
                    col(PersonRow.roles) != Role.PATIENT.value,
                )
                .order_by(col(PersonRow.active).desc(), col(PersonRow.name), col(PersonRow.id))
            ).all()
        return tuple(Member(person_of(row), bool(has), at) for row, has, at in rows)

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
            put_password(row, password_hash, temporary_until=None)
            end_ways_in(session, person, keep_token=keep_token, now=now)
            audit(session, person.clinic_id, person.id, "password.changed", now)

    def close(self, person: Person, *, by: Actor, now: datetime) -> None:
        """They are signed out everywhere at once, and sign in no more."""
        with self._database.writing() as session:
            administrators = session.scalars(
                select(PersonRow)
                .where(
                    col(PersonRow.clinic_id) == person.clinic_id,
                    col(PersonRow.active),
                    col(PersonRow.roles).contains(Role.ADMINISTRATOR.value),
                )
                .with_for_update()  # two of them close nobody at once
            ).all()
            if {row.id for row in administrators} == {person.id}:
                raise InvalidInput("This is the last administrator. Add another one first.")
            row = session.get(PersonRow, (person.clinic_id, person.id), with_for_update=True)
            if row is None or not row.active:
                raise NotFound("There is no such account.")
            row.active = False
            end_ways_in(session, person, keep_token=None, now=now)
            audit(session, person.clinic_id, by.id, "person.deactivated", now, record=person.id)

    def open_again(
        self, person: Person, password_hash: str, *, until: datetime, by: Actor, now: datetime
    ) -> None:
        """With a temporary password: whoever comes back chooses a new one."""
        with self._database.writing() as session:
            row = session.get(PersonRow, (person.clinic_id, person.id), with_for_update=True)
            if row is None or row.active:
                raise InvalidInput("That account is open already.")
            row.active = True
            put_password(row, password_hash, temporary_until=until)
            sign_ons.unlink(session, person, by_id=by.id, now=now)
            audit(session, person.clinic_id, by.id, "person.reactivated", now, record=person.id)

    def account_of_patient(self, patient_id: str, *, clinic_id: str) -> Person | None:
        """Whoever has that record as their own; None where nobody has."""
        with self._database.reading() as session:
            row = session.scalar(
                select(PersonRow).where(
                    col(PersonRow.clinic_id) == clinic_id, col(PersonRow.patient_id) == patient_id
                )
            )
            return None if row is None else person_of(row)

    def give_password(
        self, person: Person, password_hash: str, *, until: datetime, by: Actor, now: datetime
    ) -> None:
        """A temporary one, until the person has chosen their own. Ends all of their sessions."""
        with self._database.writing() as session:
            row = session.get(PersonRow, (person.clinic_id, person.id), with_for_update=True)
            if row is None or not row.active:
                raise NotFound("There is no such account.")
            put_password(row, password_hash, temporary_until=until)
            end_ways_in(session, person, keep_token=None, now=now)
            sign_ons.unlink(session, person, by_id=by.id, now=now)
            audit(session, person.clinic_id, by.id, "password.given", now, record=person.id)


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


def _clinic(row: ClinicRow) -> Clinic:
    return value_of(Clinic, row, demo=row.demo_built_at is not None)


def _clinic_row(clinic: Clinic) -> ClinicRow:
    columns = columns_of(clinic)
    del columns["demo"]  # only the demo builder makes one, and says when it was built
    return ClinicRow(**columns)


def _signed_in(found: Row[*tuple[Any, ...]], *, locked: bool) -> SignedIn:
    return SignedIn(
        Actor(found.id, found.clinic_id, found.name, roles_of(found.roles), found.patient_id),
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
        bool(found.lacks_factor),
    )
