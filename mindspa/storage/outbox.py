"""What waits to be sent, of all clinics: claimed by one worker, tried outside of any transaction,
and settled."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import (
    ColumnElement,
    Connection,
    Update,
    and_,
    func,
    insert,
    or_,
    select,
    text,
    update,
)
from sqlmodel import SQLModel

from mindspa.domain.messages import (
    CHOOSE_A_PASSWORD,
    REMINDERS,
    Channel,
    Delivery,
    Message,
    MessageState,
    Outcome,
    Problem,
    next_try,
)
from mindspa.domain.reach import Reach
from mindspa.storage.database import Database
from mindspa.storage.links import new_token
from mindspa.storage.records.messages import MESSAGE
from mindspa.storage.session_rows import digest
from mindspa.storage.tables import LACKING

# A worker that has not come back after so long was killed: another one takes its messages.
CLAIMED_FOR = timedelta(minutes=2)

_messages, _people, _occasions, _links, _password_links = (
    SQLModel.metadata.tables[name]
    for name in ("messages", "people", "occasions", "check_in_links", "password_links")
)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """`address` None: the person has none for this way, or no account any more. `token`: of a link
    into the check-in that the message is about, or to the page where they choose a password."""

    clinic_id: str
    message: Message
    address: str | None
    token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class _Receiver:
    """`reach` is empty where they have no account any more."""

    reach: Reach
    patient_id: str | None


@dataclass(frozen=True, slots=True)
class Outbox:
    database: Database

    def claim(self, channel: Channel, *, most: int, now: datetime) -> list[Outgoing] | None:
        """Notices before reminders, the longest waiting first, for this worker alone; None where
        nothing waits. What came too late, or is no longer needed, is cancelled."""
        due, late = self._due(channel, now), _late(now)
        with self.database.reader.connect() as connection:
            if connection.execute(select(_messages.c.id).where(due).limit(1)).first() is None:
                return None  # most of the time: nothing is locked for it
        with self.database.writing() as session:
            connection = session.connection()
            connection.execute(_cancelled(late))
            rows = connection.execute(
                select(_messages.c.clinic_id, *MESSAGE.columns)
                .where(due)
                .order_by(
                    _messages.c.kind.in_(REMINDERS),  # what is urgent goes before them
                    _messages.c.next_try_at,
                    _messages.c.id,
                )
                .limit(most)
                .with_for_update(skip_locked=True)
            ).all()
            found = self._still_wanted(
                connection, [(row[0], MESSAGE.value(row[1:])) for row in rows], now
            )
            for clinic_id, message in found:
                connection.execute(
                    update(_messages)
                    .where(_messages.c.clinic_id == clinic_id, _messages.c.id == message.id)
                    .values(claimed_until=now + CLAIMED_FOR, tries=message.tries + 1)
                )
            people = self._people(connection, found)
            tokens = self._links(connection, found, people, now)
        return [
            Outgoing(
                clinic_id,
                message,
                people[clinic_id, message.person_id].reach.address(message.channel),
                tokens.get((clinic_id, message.id)),
            )
            for clinic_id, message in found
        ]

    def settle(self, deliveries: Mapping[tuple[str, str], Delivery], *, now: datetime) -> None:
        """By clinic and message. What is not named is tried again once its claim is over."""
        with self.database.writing() as session:
            for (clinic_id, message_id), delivery in deliveries.items():
                one = and_(
                    _messages.c.clinic_id == clinic_id,
                    _messages.c.id == message_id,
                    _messages.c.state.in_([MessageState.WAITING, MessageState.CANCELLED]),
                )
                values: dict[str, object] = {"claimed_until": None, "problem": delivery.problem}
                if delivery.outcome is Outcome.SENT:
                    values |= {"state": MessageState.SENT, "sent_at": now}
                elif delivery.outcome is Outcome.NEVER:
                    values["state"] = MessageState.FAILED
                else:
                    tries = session.execute(select(_messages.c.tries).where(one)).scalar()
                    values["next_try_at"] = next_try(tries or 1, now=now)
                session.execute(update(_messages).where(one).values(values))

    def cancel_late(self, *, now: datetime) -> None:
        """Also what no server here has a way for; not what is being sent at this instant."""
        late = _late(now)
        with self.database.reader.connect() as connection:
            if connection.execute(select(_messages.c.id).where(late).limit(1)).first() is None:
                return
        with self.database.writing() as session:
            session.connection().execute(_cancelled(late))

    def waiting(self) -> int:
        with self.database.reader.connect() as connection:
            return int(
                connection.execute(
                    select(func.count()).where(_messages.c.state == MessageState.WAITING)
                ).scalar_one()
            )

    def _due(self, channel: Channel, now: datetime) -> ColumnElement[bool]:
        """A message or a claim from the future comes from a clock that was wrong: it goes now."""
        return and_(
            _messages.c.state == MessageState.WAITING,
            _messages.c.channel == channel,
            or_(_messages.c.next_try_at <= now, _messages.c.created_at > now),
            _unclaimed(now),
        )

    def _still_wanted(
        self, connection: Connection, found: Sequence[tuple[str, Message]], now: datetime
    ) -> list[tuple[str, Message]]:
        """A reminder of what was answered, cancelled or closed meanwhile is cancelled instead."""
        anchors = {m.about.partition(":")[0] for _, m in found if m.kind in REMINDERS}
        waiting = connection.execute(
            select(_occasions.c.clinic_id, _occasions.c.anchor_id, _occasions.c.code).where(
                text(LACKING),
                _occasions.c.opens_at <= now,
                _occasions.c.closes_at > now,
                _occasions.c.anchor_id.in_(anchors),
            )
        )
        open_now = {(row[0], f"{row[1]}:{row[2]}") for row in waiting} if anchors else set()
        wanted = []
        for clinic_id, message in found:
            if message.kind not in REMINDERS or (clinic_id, message.about) in open_now:
                wanted.append((clinic_id, message))
                continue
            connection.execute(
                update(_messages)
                .where(_messages.c.clinic_id == clinic_id, _messages.c.id == message.id)
                .values(state=MessageState.CANCELLED, problem=Problem.NOT_WAITED_FOR)
            )
        return wanted

    def _links(
        self,
        connection: Connection,
        found: Sequence[tuple[str, Message]],
        people: Mapping[tuple[str, str], _Receiver],
        now: datetime,
    ) -> dict[tuple[str, str], str]:
        """By clinic and message. Made here and not with the message, because what stands in the
        letter is stored nowhere: each try has its own, and all of them end with it."""
        reminders = [(clinic_id, m) for clinic_id, m in found if m.kind in REMINDERS]
        tokens = {}
        for clinic_id, message in reminders:
            tokens[clinic_id, message.id] = token = new_token()
            connection.execute(
                insert(_links).values(
                    clinic_id=clinic_id,
                    id=secrets.token_hex(10),
                    patient_id=people[clinic_id, message.person_id].patient_id,
                    person_id=message.person_id,
                    about=message.about,
                    token_digest=digest(token),
                    issued_at=now,
                    expires_at=message.expires_at,
                )
            )
        for clinic_id, message in found:
            if message.kind in CHOOSE_A_PASSWORD:
                tokens[clinic_id, message.id] = token = new_token()
                connection.execute(
                    insert(_password_links).values(
                        clinic_id=clinic_id,
                        id=secrets.token_hex(10),
                        person_id=message.person_id,
                        token_digest=digest(token),
                        issued_at=now,
                        expires_at=message.expires_at,
                    )
                )
        return tokens

    def _people(
        self, connection: Connection, found: Sequence[tuple[str, Message]]
    ) -> dict[tuple[str, str], _Receiver]:
        """By clinic and person, as they are now."""
        rows = connection.execute(
            select(
                _people.c.clinic_id,
                _people.c.id,
                _people.c.active,
                _people.c.email,
                _people.c.mobile,
                _people.c.patient_id,
            ).where(_people.c.id.in_({message.person_id for _, message in found}))
        )
        nowhere = Reach(None, None)
        return {
            (row.clinic_id, row.id): _Receiver(
                Reach(row.email, row.mobile) if row.active else nowhere, row.patient_id
            )
            for row in rows
        }


def _late(now: datetime) -> ColumnElement[bool]:
    return and_(
        _messages.c.state == MessageState.WAITING,
        _messages.c.expires_at <= now,
        _unclaimed(now),
    )


def _unclaimed(now: datetime) -> ColumnElement[bool]:
    return or_(
        _messages.c.claimed_until.is_(None),
        _messages.c.claimed_until <= now,
        _messages.c.claimed_until > now + CLAIMED_FOR,
    )


def _cancelled(late: ColumnElement[bool]) -> Update:
    return (
        update(_messages).where(late).values(state=MessageState.CANCELLED, problem=Problem.TOO_LATE)
    )
