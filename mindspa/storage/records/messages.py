"""The messages of a clinic, as the units of work that cause them write them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlmodel import SQLModel

from mindspa.domain.messages import Channel, Kind, Message, MessageState, Problem
from mindspa.storage.message_tables import MessageRow
from mindspa.storage.records.scope import Prepared, Scope
from mindspa.storage.records.stored import Stored, columns_of
from mindspa.storage.types import UtcInstant

MOST_READ = 501
MESSAGE = Stored(
    Message,
    MessageRow,
    channel=Channel,
    kind=Kind,
    state=MessageState,
    problem=lambda name: Problem(name) if name else None,
)
_messages = SQLModel.metadata.tables["messages"]
_ABOUT = MESSAGE.prepared(
    _messages.c.about == bindparam("about"), order_by=[_messages.c.created_at, _messages.c.id]
)
_RECENT = MESSAGE.prepared(
    _messages.c.created_at >= bindparam("since", type_=UtcInstant),
    _messages.c.kind.in_(tuple(Kind)),  # for the index
    _messages.c.state.in_(bindparam("states", expanding=True)),
    order_by=[_messages.c.created_at.desc(), _messages.c.id],
    limit=MOST_READ,
)
_KNOWN = Prepared(
    lambda filtered: filtered(
        select(_messages.c.key).where(_messages.c.key.in_(bindparam("keys", expanding=True)))
    )
)


@dataclass(frozen=True, slots=True)
class Messages:
    scope: Scope

    def add(self, messages: Iterable[Message]) -> int:
        """Those that are not there yet; how many."""
        wanted = list(messages)
        known = set(_KNOWN.run(self.scope, keys=[m.key for m in wanted]).scalars())
        new = [message for message in wanted if message.key not in known]
        for message in new:
            self.scope.insert(_messages, columns_of(message))
        return len(new)

    def about(self, record_id: str) -> list[Message]:
        """In order."""
        return MESSAGE.run(_ABOUT, self.scope, about=record_id)

    def recent(self, since: datetime, states: Iterable[MessageState]) -> list[Message]:
        """Of everybody, the newest first; `MOST_READ` at most."""
        return MESSAGE.run(_RECENT, self.scope, since=since, states=list(states))

    def cancel_about(self, record_id: str) -> None:
        """Those that have not gone out. One that is going out at this instant still does."""
        self.scope.connection.execute(
            _messages.update()
            .where(
                _messages.c.clinic_id == self.scope.clinic_id,
                _messages.c.about == record_id,
                _messages.c.state == MessageState.WAITING,
            )
            .values(state=MessageState.CANCELLED)
        )
