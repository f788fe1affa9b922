"""A message to one person, as every unit of work that causes one writes it."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from mindspa.domain.access import Colleague
from mindspa.domain.messages import Channel, Kind, Message, MessageState, Problem, key_of
from mindspa.domain.reach import carried_of
from mindspa.services.unit_of_work import UnitOfWork


def notices_to(
    work: UnitOfWork,
    colleague: Colleague,
    kind: Kind,
    about: str,
    number: int,
    *,
    expires_at: datetime,
    topic: str | None = None,
) -> Iterator[Message]:
    """By every way that they have and this server sends by: where one is down, the other is not.
    Where it sends by none of theirs, another may; for whom there is none at all, an e-mail that
    does not go shows everybody else that they were not told."""
    for channel in carried_of(colleague.channels, work.carried) or (Channel.EMAIL,):
        yield message_to(
            work,
            colleague.id,
            kind,
            about,
            number,
            channel=channel,
            expires_at=expires_at,
            topic=topic,
        )


def message_to(
    work: UnitOfWork,
    person_id: str,
    kind: Kind,
    about: str,
    number: int,
    *,
    channel: Channel = Channel.EMAIL,
    expires_at: datetime,
    topic: str | None = None,
    problem: Problem | None = None,
) -> Message:
    """`topic`: what its key begins with, where several kinds tell of the same; else the kind. With
    a `problem` it never goes out. That of a demo clinic is held."""
    state = MessageState.HELD if work.clinic.demo else MessageState.WAITING
    return Message(
        work.new_id(),
        key_of(topic or kind, about, number, person_id, channel),
        person_id,
        channel,
        kind,
        about,
        number,
        created_at=work.now,
        next_try_at=work.now,
        expires_at=expires_at,
        state=MessageState.CANCELLED if problem else state,
        problem=problem,
    )


def write_once(
    work: UnitOfWork,
    person_id: str,
    kind: Kind,
    *,
    channel: Channel = Channel.EMAIL,
    every: timedelta,
    good_for: timedelta,
) -> bool:
    """About the person's own account. False where one was written in the same part of the clock,
    so that nobody's mailbox or phone is filled by asking again."""
    part = int(work.now.timestamp() // every.total_seconds())
    written = message_to(
        work, person_id, kind, person_id, part, channel=channel, expires_at=work.now + good_for
    )
    return work.records.messages.add([written]) == 1
