"""Tablets of the clinic that patients answer on, with a code for one patient and one check-in."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

CODE_LENGTH = 4  # digits
CODE_LIVES = timedelta(minutes=30)  # until it is entered, and then until the check-in is put away
VISIT_IDLE = timedelta(minutes=5)  # without a tap: somebody has put the tablet down

# Wrong codes within `TRIES_WITHIN`; docs/security.md says what they leave a guesser.
TRIES_OF_TABLET, TRIES_OF_CLINIC = 5, 10
TRIES_WITHIN = timedelta(minutes=30)
MOST_CODES = 20  # that wait in one clinic at once


@dataclass(frozen=True, slots=True)
class Tablet:
    id: str
    clinic_id: str
    name: str
    paired_at: datetime
    paired_by: str


@dataclass(frozen=True, slots=True)
class Visit:
    """A patient before a tablet, from the code that was right until the check-in is put away."""

    id: str
    clinic_id: str
    patient_id: str
    patient_name: str
    check_in_id: str


class Entry(Enum):
    """What came of a code. A wrong, used or expired one, one of another clinic and one on a device
    that is not paired are all the same."""

    OPENED = auto()
    REFUSED = auto()
    LOCKED = auto()
