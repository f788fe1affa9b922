"""Links by which people choose a password: what a browser needs before anybody is signed in."""

from datetime import datetime

from sqlalchemy import CursorResult, select, update
from sqlmodel import SQLModel

from mindspa.domain.errors import InvalidInput
from mindspa.domain.links import PasswordLink
from mindspa.storage.database import Database
from mindspa.storage.session_rows import audit, digest, end_ways_in, put_password
from mindspa.storage.sign_in_tries import person_of
from mindspa.storage.sign_ons import unlink
from mindspa.storage.tables import PersonRow

_links, _people = (SQLModel.metadata.tables[name] for name in ("password_links", "people"))


class PasswordLinks:
    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, token: str) -> PasswordLink | None:
        """Of somebody whose account is active."""
        with self._database.reader.connect() as connection:
            row = connection.execute(
                select(
                    _links.c.id,
                    _links.c.clinic_id,
                    _links.c.person_id,
                    _people.c.login,
                    _links.c.expires_at,
                    _links.c.spent_at,
                )
                .join_from(
                    _links,
                    _people,
                    (_people.c.clinic_id == _links.c.clinic_id)
                    & (_people.c.id == _links.c.person_id),
                )
                .where(_links.c.token_digest == digest(token), _people.c.active)
            ).one_or_none()
        return None if row is None else PasswordLink(*row)

    def spend(self, link: PasswordLink, password_hash: str, *, now: datetime) -> None:
        """The password is theirs from then on. Every other way in ends: of whoever knew the old
        password, too."""
        with self._database.writing() as session:
            row = session.get(PersonRow, (link.clinic_id, link.person_id), with_for_update=True)
            if row is None or not row.active:
                raise InvalidInput("There is no such account any more. Ask your clinic.")
            spent = session.execute(
                update(_links)
                .where(
                    _links.c.clinic_id == link.clinic_id,
                    _links.c.id == link.id,
                    _links.c.spent_at.is_(None),
                    _links.c.expires_at > now,
                )
                .values(spent_at=now)
            )
            if not isinstance(spent, CursorResult) or spent.rowcount != 1:
                raise InvalidInput("This link was used before. Sign in, or ask for a fresh one.")
            put_password(row, password_hash, temporary_until=None)
            person = person_of(row)
            end_ways_in(session, person, keep_token=None, now=now)
            unlink(session, person, by_id=person.id, now=now)
            audit(session, link.clinic_id, link.person_id, "password.chosen_by_link", now)
