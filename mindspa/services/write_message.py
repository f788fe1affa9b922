"""A message to one person, as every unit of work that causes one writes it."""

from datetime import datetime

from mindspa.domain.messages import Channel, Kind, Message, MessageState, Problem, key_of
from mindspa.services.unit_of_work import UnitOfWork


def message_to(
    work: UnitOfWork,
    person_id: str,
    kind: Kind,
    about: str,
    number: int,
    *,
    expires_at: datetime,
    topic: str | None = None,
    problem: Problem | None = None,
) -> Message:
    """`topic`: what its key begins with, where several kinds tell of the same; else the kind. With
    a `problem` it never goes out. That of a demo clinic is held."""
    state = MessageState.HELD if work.clinic.demo else MessageState.WAITING
    return Message(
        work.new_id(),
        key_of(topic or kind, about, number, person_id, Channel.EMAIL),
        person_id,
        Channel.EMAIL,
        kind,
        about,
        number,
        created_at=work.now,
        next_try_at=work.now,
        expires_at=expires_at,
        state=MessageState.CANCELLED if problem else state,
        problem=problem,
    )
