"""What is sent to people: to whom, by which way, and how it stands. A message never holds an answer
or a name; it says that something waits, and where to sign in."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256


class Channel(StrEnum):
    EMAIL = "email"
    TEXT = "text"  # to a mobile phone


class Kind(StrEnum):
    ALERT = "alert"  # somebody is asked to act
    ALERT_LATE = "alert_late"  # and nobody has
    REMINDER = "reminder"  # a check-in is open
    BY_HAND = "by_hand"  # the same, sent by somebody of the team
    EMERGENCY = "emergency"  # somebody has read a record in an emergency
    INVITATION = "invitation"  # an account waits for its person to choose a password
    NUMBER = "number"  # a mobile number was given: whoever has it learns so
    LOST = "lost"  # the same for somebody who has lost theirs


class MessageState(StrEnum):
    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"  # it cannot arrive, or was tried too often
    CANCELLED = "cancelled"  # it was no longer needed, or came too late
    HELD = "held"  # of a demo clinic, which sends nothing


class Problem(StrEnum):
    """Why it has not arrived. A server's own words never go on: they may hold the address."""

    NO_ADDRESS = "no_address"
    REFUSED = "refused"  # by the receiver's server, for good
    OUT_OF_REACH = "out_of_reach"
    TOO_LATE = "too_late"
    SILENT = "silent"  # so many were not answered that nothing further is sent
    TOGETHER = "together"  # another reminder went at that moment
    NOT_WAITED_FOR = "not_waited_for"  # answered, cancelled or closed meanwhile


@dataclass(frozen=True, slots=True)
class Message:
    """`key` names it for good: the same event told to the same person by the same way is one
    message. `about`: the record that it is about; `number`: of that record's version."""

    id: str
    key: str
    person_id: str
    channel: Channel
    kind: Kind
    about: str
    number: int
    created_at: datetime
    next_try_at: datetime
    expires_at: datetime
    state: MessageState = MessageState.WAITING
    tries: int = 0
    claimed_until: datetime | None = None
    sent_at: datetime | None = None
    problem: Problem | None = None


REMINDERS = (Kind.REMINDER, Kind.BY_HAND)
CHOOSE_A_PASSWORD = (Kind.INVITATION, Kind.LOST)


class Outcome(StrEnum):
    """Of one try."""

    SENT = "sent"
    LATER = "later"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Delivery:
    outcome: Outcome
    problem: Problem | None = None


# After each try the next one: soon at first, because what cannot be reached for a minute is common.
WAITS = tuple(timedelta(seconds=s) for s in (15, 30, 60, 120, 300, 900, 1800, 3600))


def next_try(tries: int, *, now: datetime) -> datetime:
    """After so many that did not arrive. Until it expires it is tried again."""
    return now + WAITS[min(tries, len(WAITS)) - 1]


def key_of(kind: str, about: str, number: int, person_id: str, channel: Channel) -> str:
    return f"{kind}:{about}:{number}:{person_id}:{channel}"


def wire_id(message: Message, host: str) -> str:
    """The Message-ID: the same however often it goes to the wire, so that a reader shows it once.
    It tells nothing: the ids in the key are random, and are hashed."""
    return f"<{sha256(message.key.encode()).hexdigest()[:40]}@{host}>"
