"""The row of a signed-in browser: found by its token, ended, and told of in the audit trail; and
every other way in that ends with it."""

from datetime import datetime
from hashlib import sha256

from sqlalchemy import Connection, delete, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from mindspa.domain.access import Person
from mindspa.domain.messages import CHOOSE_A_PASSWORD, MessageState
from mindspa.storage.audit_tables import AuditEventRow
from mindspa.storage.factor_tables import HalfSignInRow
from mindspa.storage.link_tables import PasswordLinkRow
from mindspa.storage.message_tables import MessageRow
from mindspa.storage.tables import PersonRow, SessionRow


def digest(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


def live_row(session: Session, token: str) -> SessionRow | None:
    return session.scalar(
        select(SessionRow)
        .where(col(SessionRow.token_digest) == digest(token), col(SessionRow.ended_at).is_(None))
        .with_for_update()
    )


def end_session(session: Session, row: SessionRow, now: datetime) -> None:
    row.ended_at = now
    audit(session, row.clinic_id, row.person_id, "session.ended", now)


def put_password(row: PersonRow, password_hash: str, *, temporary_until: datetime | None) -> None:
    """None: one that the person chose. Their PIN is forgotten, which may be that of whoever knew
    the old password."""
    row.password_hash, row.pin_hash = password_hash, None
    row.must_change_password = temporary_until is not None
    row.temporary_until = temporary_until


def end_ways_in(session: Session, person: Person, *, keep_token: str | None, now: datetime) -> None:
    """All of the person's sessions but one, what has not become a session yet, and every link to
    choose a password. Halves first: one that becomes a session meanwhile is found among these."""
    session.execute(
        delete(HalfSignInRow).where(
            col(HalfSignInRow.clinic_id) == person.clinic_id,
            col(HalfSignInRow.person_id) == person.id,
        )
    )
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
    spend_password_links(session.connection(), person.clinic_id, person.id, now)
    session.execute(
        update(MessageRow)
        .where(
            col(MessageRow.clinic_id) == person.clinic_id,
            col(MessageRow.person_id) == person.id,
            col(MessageRow.kind).in_(CHOOSE_A_PASSWORD),
            col(MessageRow.state) == MessageState.WAITING,
        )
        .values(state=MessageState.CANCELLED)
    )


def spend_password_links(
    connection: Connection, clinic_id: str, person_id: str, now: datetime
) -> None:
    connection.execute(
        update(PasswordLinkRow)
        .where(
            col(PasswordLinkRow.clinic_id) == clinic_id,
            col(PasswordLinkRow.person_id) == person_id,
            col(PasswordLinkRow.spent_at).is_(None),
        )
        .values(spent_at=now)
    )


def audit(
    session: Session,
    clinic_id: str,
    actor_id: str,
    what: str,
    now: datetime,
    *,
    about: str | None = None,
    record: str | None = None,
    origin: str | None = None,
) -> None:
    session.add(
        AuditEventRow(
            clinic_id=clinic_id,
            at=now,
            actor_id=actor_id,
            what=what,
            about=about,
            record=record,
            origin=origin,
        )
    )
