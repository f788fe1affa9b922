"""What is written down about every write and every look at a patient's record."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """`what` is a dotted verb ("check_in.sent"); `about` a patient's id; `record` the id of the
    thing concerned. Ids only: no answer, name or note ever stands here."""

    at: datetime
    actor_id: str
    what: str
    about: str | None = None
    record: str | None = None
