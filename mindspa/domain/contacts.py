"""What patients ask the clinic for, what staff did to reach one, and what came of it."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Way(StrEnum):
    PHONE = "phone"
    MESSAGE = "message"
    IN_PERSON = "in_person"


class Reached(StrEnum):
    """`MESSAGE_LEFT` is not reached: nobody knows whether it was heard."""

    REACHED = "reached"
    MESSAGE_LEFT = "message_left"
    NOT_REACHED = "not_reached"
    WRONG_NUMBER = "wrong_number"


class Wish(StrEnum):
    CALL = "call"
    BOOSTER = "booster"
    APPOINTMENT = "appointment"


@dataclass(frozen=True, slots=True)
class WaitingWish:
    """What a patient asked for and has not had; `asked_at`: when they first did."""

    wish: Wish
    asked_at: datetime
    note: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Contact:
    id: str
    patient_id: str
    at: datetime
    by: str
    by_name: str
    way: Way
    outcome: Reached
    note: str | None
