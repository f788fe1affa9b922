"""Sessions that are locked, and what counts the tries to unlock one."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row

from mindspa.domain.access import Person
from mindspa.domain.errors import InvalidInput
from mindspa.storage.database import Database
from mindspa.storage.session_rows import audit, end_session, live_row
from mindspa.storage.tables import PersonRow

# Who reads a page is written down this often at most: a write a rerun would queue everybody.
SEEN_EVERY = timedelta(minutes=1)
MOST_TRIES = 5


@dataclass(frozen=True, slots=True)
class Secrets:
    """What unlocks a session; a person need not have a PIN."""

    password_hash: str
    pin_hash: str | None


class SessionLocks:
    def __init__(self, database: Database, *, idle: timedelta) -> None:
        self._database = database
        self._idle = idle

    def lock(self, token: str, *, now: datetime) -> None:
        """In every tab of the browser."""
        with self._database.writing() as session:
            row = live_row(session, token)
            if row is not None and row.locked_at is None:
                row.locked_at = now
                audit(session, row.clinic_id, row.person_id, "session.locked", now)

    def lock_when_idle(self, token: str, after: timedelta | None) -> None:
        """None: not any more."""
        with self._database.writing() as session:
            row = live_row(session, token)
            if row is not None:
                row.locks_after_s = int(after.total_seconds()) if after else None

    def begin_unlock(self, token: str, *, now: datetime) -> Secrets | None:
        """Counted before the secret is looked at: of many tries sent at once no more than five are.
        None, and the session over, for any further one."""
        with self._database.writing() as session:
            row = live_row(session, token)
            if row is None or now >= row.expires_at or abs(now - row.last_seen_at) >= self._idle:
                return None
            if row.unlock_tries >= MOST_TRIES:
                end_session(session, row, now)
                return None
            row.unlock_tries += 1
            person = session.get(PersonRow, (row.clinic_id, row.person_id))
            if person is None or not person.active:
                return None
            return Secrets(person.password_hash, person.pin_hash)

    def unlock(self, token: str, *, now: datetime) -> None:
        with self._database.writing() as session:
            row = live_row(session, token)
            if row is not None:
                row.locked_at, row.unlock_tries, row.last_seen_at = None, 0, now
                audit(session, row.clinic_id, row.person_id, "session.unlocked", now)

    def fail(self, token: str, *, now: datetime) -> int:
        """How many tries are left; with none the session is over."""
        with self._database.writing() as session:
            row = live_row(session, token)
            if row is None:
                return 0
            audit(session, row.clinic_id, row.person_id, "session.unlock_failed", now)
            if row.unlock_tries >= MOST_TRIES:
                end_session(session, row, now)
            return MOST_TRIES - row.unlock_tries

    def set_pin(self, person: Person, pin_hash: str, *, checked: str, now: datetime) -> None:
        """`checked`: the hash of the password that was given for it."""
        with self._database.writing() as session:
            row = session.get(PersonRow, (person.clinic_id, person.id), with_for_update=True)
            if row is None or row.password_hash != checked:
                raise InvalidInput("The current password is not right.")
            row.pin_hash = pin_hash
            audit(session, person.clinic_id, person.id, "pin.set", now)


def is_locked(found: Row[*tuple[Any, ...]], since_seen: timedelta) -> bool:
    """Somebody locked it, or nobody touched it for long enough: what was seen last is written down
    once a minute at most, so that it could be a minute later than is known here."""
    if found.locked_at is not None or found.locks_after_s is None:
        return found.locked_at is not None
    return since_seen >= timedelta(seconds=found.locks_after_s) + SEEN_EVERY
