"""Whose account a sign-on of the clinic's provider is, and who is on the way to it."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import and_, delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlmodel import col

from mindspa.domain.access import Actor, Person
from mindspa.domain.errors import InvalidInput
from mindspa.storage.database import Database
from mindspa.storage.session_rows import audit, digest
from mindspa.storage.sign_in_tries import person_of
from mindspa.storage.sign_on_tables import SignOnRow, SignOnStartRow
from mindspa.storage.tables import PersonRow

STARTED_FOR = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Start:
    """`links`: clinic and person of whoever was signed in, and links their account."""

    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)
    next_path: str
    links: tuple[str, str] | None


class SignOns:
    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, next_path: str, *, links: Actor | None, now: datetime) -> Start:
        start = Start(
            state=secrets.token_urlsafe(32),
            nonce=secrets.token_urlsafe(32),
            verifier=secrets.token_urlsafe(32),
            next_path=next_path,
            links=(links.clinic_id, links.id) if links else None,
        )
        with self._database.writing() as session:
            session.execute(delete(SignOnStartRow).where(col(SignOnStartRow.expires_at) <= now))
            session.add(
                SignOnStartRow(
                    state_digest=digest(start.state),
                    nonce=start.nonce,
                    verifier=start.verifier,
                    next_path=next_path,
                    clinic_id=links.clinic_id if links else None,
                    person_id=links.id if links else None,
                    expires_at=now + STARTED_FOR,
                )
            )
        return start

    def take(self, state: str, *, now: datetime) -> Start | None:
        """Once: whoever comes back with the same state a second time begins anew."""
        with self._database.writing() as session:
            row = session.get(SignOnStartRow, digest(state), with_for_update=True)
            if row is None:
                return None
            session.delete(row)
            if now >= row.expires_at:
                return None
            links = (row.clinic_id, row.person_id) if row.clinic_id and row.person_id else None
            return Start(state, row.nonce, row.verifier, row.next_path, links)

    def person(self, issuer: str, subject: str) -> Person | None:
        """Whose account is active."""
        with self._database.reading() as session:
            row = session.scalar(
                select(PersonRow)
                .join(
                    SignOnRow,
                    and_(
                        col(SignOnRow.clinic_id) == col(PersonRow.clinic_id),
                        col(SignOnRow.person_id) == col(PersonRow.id),
                    ),
                )
                .where(
                    col(SignOnRow.issuer) == issuer,
                    col(SignOnRow.subject) == subject,
                    col(PersonRow.active),
                )
            )
            return None if row is None else person_of(row)

    def linked_at(self, actor: Actor, issuer: str) -> datetime | None:
        with self._database.reading() as session:
            row = session.get(SignOnRow, (actor.clinic_id, actor.id))
            return row.linked_at if row is not None and row.issuer == issuer else None

    def link(self, actor: Actor, issuer: str, subject: str, *, now: datetime) -> None:
        """In place of another that they had."""
        try:
            with self._database.writing() as session:
                session.merge(
                    SignOnRow(
                        clinic_id=actor.clinic_id,
                        person_id=actor.id,
                        issuer=issuer,
                        subject=subject,
                        linked_at=now,
                    )
                )
                audit(session, actor.clinic_id, actor.id, "sign_on.linked", now)
                session.flush()
        except IntegrityError:
            raise InvalidInput(
                "That sign-on belongs to another account here already. Sign on as yourself."
            ) from None

    def unlink(self, actor: Actor, *, now: datetime) -> None:
        with self._database.writing() as session:
            row = session.get(PersonRow, (actor.clinic_id, actor.id), with_for_update=True)
            if row is not None:
                unlink(session, person_of(row), by_id=actor.id, now=now)


def unlink(session: Session, person: Person, *, by_id: str, now: datetime) -> None:
    """Also where somebody gets a new password because they lost theirs: whoever knew the old one
    may have linked a sign-on of their own."""
    row = session.get(SignOnRow, (person.clinic_id, person.id))
    if row is not None:
        session.delete(row)
        audit(session, person.clinic_id, by_id, "sign_on.unlinked", now, record=person.id)
