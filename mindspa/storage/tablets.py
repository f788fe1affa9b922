"""Paired tablets and who is before one: what a device needs before there is an actor.

A tablet's token is 256 random bits, of which only the digest is stored. A code is four digits: what
keeps it from being guessed is that few tries are given, and none without a paired tablet.
"""

import secrets
from datetime import datetime

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from mindspa.domain.access import Actor
from mindspa.domain.errors import NotFound
from mindspa.domain.tablets import (
    CODE_LIVES,
    TRIES_OF_CLINIC,
    TRIES_OF_TABLET,
    TRIES_WITHIN,
    VISIT_IDLE,
    Entry,
    Tablet,
    Visit,
)
from mindspa.storage.database import Database
from mindspa.storage.records.stored import value_of
from mindspa.storage.records.tablet_codes import one_after_the_other
from mindspa.storage.session_rows import audit, digest
from mindspa.storage.tables import PatientRow
from mindspa.storage.tablet_tables import TabletCodeRow, TabletRow, TabletTryRow


def digest_of_code(clinic_id: str, code: str) -> str:
    return digest(f"{clinic_id} {code}")


class Tablets:
    def __init__(self, database: Database) -> None:
        self._database = database

    def pair(self, by: Actor, tablet_id: str, *, name: str, now: datetime) -> str:
        """The token for the device's cookie."""
        token = secrets.token_urlsafe(32)
        with self._database.writing() as session:
            session.add(
                TabletRow(
                    clinic_id=by.clinic_id,
                    id=tablet_id,
                    token_digest=digest(token),
                    name=name,
                    paired_at=now,
                    paired_by=by.id,
                )
            )
            audit(session, by.clinic_id, by.id, "tablet.paired", now, record=tablet_id)
        return token

    def of_clinic(self, clinic_id: str) -> tuple[Tablet, ...]:
        """Those that are paired, by name."""
        with self._database.reading() as session:
            rows = session.scalars(
                select(TabletRow)
                .where(col(TabletRow.clinic_id) == clinic_id, col(TabletRow.revoked_at).is_(None))
                .order_by(col(TabletRow.name), col(TabletRow.id))
            )
            return tuple(value_of(Tablet, row) for row in rows)

    def revoke(self, by: Actor, tablet_id: str, *, now: datetime) -> None:
        """Whoever is before it is put away as well. Revoking twice changes nothing."""
        with self._database.writing() as session:
            row = session.get(TabletRow, (by.clinic_id, tablet_id), with_for_update=True)
            if row is None:
                raise NotFound("There is no such tablet in your clinic.")
            if row.revoked_at is None:
                row.revoked_at, row.revoked_by = now, by.id
                _end_visit(session, row, now)
                audit(session, by.clinic_id, by.id, "tablet.revoked", now, record=tablet_id)

    def enter(self, token: str, code: str, try_id: str, *, now: datetime) -> Entry:
        """Spends a code that is right, in one transaction: of two tablets at once one wins. Entries
        of a clinic come one after the other, so that many tries sent at once count as many."""
        with self._database.writing() as session:
            tablet = _paired(session, token)
            if tablet is None:
                return Entry.REFUSED
            clinic_id = tablet.clinic_id
            one_after_the_other(session, clinic_id)
            _forget_tries(session, clinic_id, now)
            if _is_locked(session, tablet):
                return Entry.LOCKED
            found = session.scalar(
                select(TabletCodeRow)
                .where(
                    col(TabletCodeRow.clinic_id) == clinic_id,
                    col(TabletCodeRow.code_digest) == digest_of_code(clinic_id, code),
                    col(TabletCodeRow.spent_at).is_(None),
                    col(TabletCodeRow.ended_at).is_(None),
                    col(TabletCodeRow.expires_at) > now,
                )
                .with_for_update()
            )
            if found is None:
                session.add(
                    TabletTryRow(clinic_id=clinic_id, id=try_id, tablet_id=tablet.id, at=now)
                )
                return Entry.REFUSED
            _end_visit(session, tablet, now)
            found.tablet_id, found.spent_at, found.last_seen_at = tablet.id, now, now
            found.expires_at = now + CODE_LIVES
            audit(
                session,
                clinic_id,
                found.patient_id,
                "tablet.code_entered",
                now,
                about=found.patient_id,
                record=found.id,
            )
            return Entry.OPENED

    def visit(self, token: str, *, now: datetime, activity: bool) -> Visit | None:
        """Who is before the tablet; None once it was put away, left alone or open too long.
        `activity` is False for what the page does by itself."""
        with self._database.reading() as session:
            found = _live_visit(session, token)
            if found is None:
                return None
            row, name = found
            seen_at = row.last_seen_at or now
            ended = now >= row.expires_at or abs(now - seen_at) >= VISIT_IDLE
            visit = Visit(row.id, row.clinic_id, row.patient_id, name, row.check_in_id)
        if ended:
            self.end(visit, now=now)
            return None
        if activity and now != seen_at:
            self._set(visit, last_seen_at=now)
        return visit

    def end(self, visit: Visit, *, now: datetime) -> None:
        self._set(visit, ended_at=now)

    def _set(self, visit: Visit, **values: datetime) -> None:
        with self._database.writing() as session:
            session.execute(
                update(TabletCodeRow)
                .where(
                    col(TabletCodeRow.clinic_id) == visit.clinic_id,
                    col(TabletCodeRow.id) == visit.id,
                    col(TabletCodeRow.ended_at).is_(None),
                )
                .values(**values)
            )


def _paired(session: Session, token: str) -> TabletRow | None:
    return session.scalar(
        select(TabletRow).where(
            col(TabletRow.token_digest) == digest(token), col(TabletRow.revoked_at).is_(None)
        )
    )


def _live_visit(session: Session, token: str) -> tuple[TabletCodeRow, str] | None:
    code, tablet = TabletCodeRow, TabletRow
    row = session.execute(
        select(code, col(PatientRow.name))
        .join(
            tablet,
            (col(tablet.clinic_id) == col(code.clinic_id))
            & (col(tablet.id) == col(code.tablet_id)),
        )
        .join(
            PatientRow,
            (col(PatientRow.clinic_id) == col(code.clinic_id))
            & (col(PatientRow.id) == col(code.patient_id)),
        )
        .where(
            col(tablet.token_digest) == digest(token),
            col(tablet.revoked_at).is_(None),
            col(code.spent_at).is_not(None),
            col(code.ended_at).is_(None),
        )
    ).one_or_none()
    return None if row is None else (row[0], row[1])


def _end_visit(session: Session, tablet: TabletRow, now: datetime) -> None:
    session.execute(
        update(TabletCodeRow)
        .where(
            col(TabletCodeRow.clinic_id) == tablet.clinic_id,
            col(TabletCodeRow.tablet_id) == tablet.id,
            col(TabletCodeRow.ended_at).is_(None),
        )
        .values(ended_at=now)
    )


def _forget_tries(session: Session, clinic_id: str, now: datetime) -> None:
    """Those that no longer count, and those of a clock that was wrong: they would lock as long."""
    at = col(TabletTryRow.at)
    session.execute(
        delete(TabletTryRow).where(
            col(TabletTryRow.clinic_id) == clinic_id,
            or_(at <= now - TRIES_WITHIN, at > now + TRIES_WITHIN),
        )
    )


def _is_locked(session: Session, tablet: TabletRow) -> bool:
    """After too many wrong codes on this tablet since its last right one, or in the clinic."""
    tries = select(func.count()).where(col(TabletTryRow.clinic_id) == tablet.clinic_id)
    last_right = session.scalar(
        select(func.max(col(TabletCodeRow.spent_at))).where(
            col(TabletCodeRow.clinic_id) == tablet.clinic_id,
            col(TabletCodeRow.tablet_id) == tablet.id,
        )
    )
    here = tries.where(col(TabletTryRow.tablet_id) == tablet.id)
    if last_right is not None:
        here = here.where(col(TabletTryRow.at) > last_right)
    return (
        int(session.scalar(here) or 0) >= TRIES_OF_TABLET
        or int(session.scalar(tries) or 0) >= TRIES_OF_CLINIC
    )
