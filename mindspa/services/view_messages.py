"""What was sent to people of late, and what did not arrive: they cannot know of it themselves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from mindspa.domain.access import Permission
from mindspa.domain.messages import Message, MessageState
from mindspa.services.name_people import names_of
from mindspa.services.unit_of_work import UnitOfWork

SHOWN_FOR = timedelta(days=30)
SHOWN = 500


@dataclass(frozen=True, slots=True)
class MessageList:
    """The newest first; `more`: there are others. `names`: of whom they went to, by id; a patient's
    only for those who may see patients."""

    now: datetime
    zone: str
    messages: Sequence[Message]
    more: bool
    names: Mapping[str, str]


def view_messages(work: UnitOfWork, *, state: MessageState | None = None) -> MessageList:
    """`state`: only those that stand so."""
    work.actor.require(Permission.SEE_MESSAGES)
    states = MessageState if state is None else (state,)
    found = work.records.messages.recent(work.now - SHOWN_FOR, states)
    shown = found[:SHOWN]
    names = names_of(work, people=[message.person_id for message in shown])
    return MessageList(work.now, work.clinic.zone, shown, len(found) > SHOWN, names)
