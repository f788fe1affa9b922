"""The row of a signed-in browser: found by its token, ended, and told of in the audit trail."""

from datetime import datetime
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from mindspa.storage.audit_tables import AuditEventRow
from mindspa.storage.tables import SessionRow


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
