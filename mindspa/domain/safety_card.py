"""What acting on an alert needs to know of a patient, beside their phone."""

from dataclasses import dataclass, field, fields
from datetime import date, datetime

# In the words of the page, by field: texts of a line and texts of several.
LINES = {
    "contact_name": "Emergency contact",
    "contact_phone": "Phone of the emergency contact",
    "therapist": "Outside therapist",
    "prescriber": "Outside prescriber",
}
NOTES = {
    "contact_told": "What the emergency contact may be told",
    "safety_plan": "Safety plan",
}


@dataclass(frozen=True, slots=True)
class CardEntry:
    """What somebody wrote. An empty text: not known. `text_allowed`: messages may be sent to the
    patient's phone. `planned_on`: when the safety plan was made with the patient."""

    text_allowed: bool = False
    contact_name: str = field(default="", repr=False)
    contact_phone: str = field(default="", repr=False)
    contact_told: str = field(default="", repr=False)
    safety_plan: str = field(default="", repr=False)
    planned_on: date | None = None
    therapist: str = field(default="", repr=False)
    prescriber: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class SafetyCard:
    """A version of it, as `CardEntry` says; the newest stands. Nothing is overwritten."""

    id: str
    patient_id: str
    written_by: str
    written_by_name: str
    written_at: datetime
    text_allowed: bool
    contact_name: str = field(repr=False)
    contact_phone: str = field(repr=False)
    contact_told: str = field(repr=False)
    safety_plan: str = field(repr=False)
    planned_on: date | None
    therapist: str = field(repr=False)
    prescriber: str = field(repr=False)

    @property
    def entry(self) -> CardEntry:
        return CardEntry(**{part.name: getattr(self, part.name) for part in fields(CardEntry)})
