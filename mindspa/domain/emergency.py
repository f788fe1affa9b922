"""Breaking the glass: who sees no records reads one in an emergency, and answers for it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

LASTS = timedelta(hours=4)
SHORTEST_REASON = 10  # characters: "emergency" is none


@dataclass(frozen=True, slots=True)
class EmergencyAccess:
    """To one patient's record, for one person, until it expires. Somebody else reviews it."""

    id: str
    patient_id: str
    person_id: str
    person_name: str = field(repr=False)
    reason: str = field(repr=False)
    opened_at: datetime
    expires_at: datetime
    reviewed_at: datetime | None = None
    reviewed_by: str | None = None
    reviewed_by_name: str | None = field(default=None, repr=False)
    review: str | None = field(default=None, repr=False)
