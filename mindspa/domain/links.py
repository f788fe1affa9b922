"""Links in letters: from a reminder, which opens one check-in of one patient, once, in one browser;
and one by which somebody chooses a password, once."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

VISIT_IDLE = timedelta(minutes=30)  # without a tap: the phone lies somewhere


@dataclass(frozen=True, slots=True)
class CheckInLink:
    """`about` names the occasion. `expires_at`: when that closes."""

    id: str
    clinic_id: str
    patient_id: str
    person_id: str
    person_name: str
    about: str
    expires_at: datetime
    spent_at: datetime | None


@dataclass(frozen=True, slots=True)
class PasswordLink:
    id: str
    clinic_id: str
    person_id: str
    login: str
    expires_at: datetime
    spent_at: datetime | None

    def is_good(self, now: datetime) -> bool:
        return self.spent_at is None and now < self.expires_at


class LinkState(Enum):
    """What a page says of it. One that nobody ever sent is as one that has run out."""

    GOOD = auto()
    USED = auto()
    ANSWERED = auto()
    OVER = auto()
