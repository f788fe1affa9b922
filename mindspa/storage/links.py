"""Links from reminders and who came in by one: what a browser needs before there is an actor.

What stands in the message, and what the browser that spent it holds, are 256 random bits each; only
their digests are stored.
"""

import secrets
from datetime import datetime

from sqlalchemy import select, update
from sqlmodel import SQLModel

from mindspa.domain.links import VISIT_IDLE, CheckInLink
from mindspa.domain.tablets import Visit
from mindspa.storage.database import Database
from mindspa.storage.session_rows import digest

_links, _people = (SQLModel.metadata.tables[name] for name in ("check_in_links", "people"))
_LINK = select(
    _links.c.id,
    _links.c.clinic_id,
    _links.c.patient_id,
    _links.c.person_id,
    _people.c.name,
    _links.c.about,
    _links.c.expires_at,
    _links.c.spent_at,
).join_from(
    _links,
    _people,
    (_people.c.clinic_id == _links.c.clinic_id) & (_people.c.id == _links.c.person_id),
)


def new_token() -> str:
    return secrets.token_urlsafe(32)


class Links:
    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, token: str) -> CheckInLink | None:
        """Of somebody whose account is active."""
        with self._database.reader.connect() as connection:
            row = connection.execute(
                _LINK.where(_links.c.token_digest == digest(token), _people.c.active)
            ).one_or_none()
        return None if row is None else CheckInLink(*row)

    def visit(self, token: str, *, now: datetime) -> Visit | None:
        """Who came in by a link in the browser that holds `token`; None once it was sent, left
        alone or has run out."""
        with self._database.reader.connect() as connection:
            row = connection.execute(
                select(
                    _links.c.id,
                    _links.c.clinic_id,
                    _links.c.patient_id,
                    _links.c.check_in_id,
                    _links.c.last_seen_at,
                    _links.c.expires_at,
                ).where(_links.c.visit_digest == digest(token), _links.c.ended_at.is_(None))
            ).one_or_none()
        if row is None or row.check_in_id is None or now >= row.expires_at:
            return None
        if abs(now - (row.last_seen_at or now)) >= VISIT_IDLE:
            return None
        visit = Visit(row.id, row.clinic_id, row.patient_id, "", row.check_in_id)
        if now != row.last_seen_at:
            self._set(visit, last_seen_at=now)
        return visit

    def end(self, visit: Visit, *, now: datetime) -> None:
        self._set(visit, ended_at=now)

    def _set(self, visit: Visit, **values: datetime) -> None:
        with self._database.writing() as session:
            session.execute(
                update(_links)
                .where(
                    _links.c.clinic_id == visit.clinic_id,
                    _links.c.id == visit.id,
                    _links.c.ended_at.is_(None),
                )
                .values(**values)
            )
