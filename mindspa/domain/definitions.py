"""The clinical content in force: instruments, protocol, rules and help lines, as one value."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from mindspa.domain.change import ChangeRule
from mindspa.domain.evidence import Evidence, TreatmentText
from mindspa.domain.infusion_sheet import SheetRules
from mindspa.domain.instruments import Instrument
from mindspa.domain.intake import IntakeRules
from mindspa.domain.reminders import ReminderRule
from mindspa.domain.safety import SafetyRules
from mindspa.domain.schedule import Protocol


@dataclass(frozen=True, slots=True)
class HelpLine:
    """`call`, `text` and `chat` are what to dial, text or open; None where there is none."""

    name: str
    call: str | None
    text: str | None
    chat: str | None
    hours: str


@dataclass(frozen=True, slots=True)
class CrisisEntry:
    """What a patient in danger is shown, for one country."""

    country: str
    emergency: str
    lines: tuple[HelpLine, ...]
    checked_on: date
    source: str
    check_again_by: date

    def is_overdue(self, today: date) -> bool:
        return today > self.check_again_by


@dataclass(frozen=True, slots=True)
class Definitions:
    version: str  # a digest of all files: summaries carry it
    instruments: Mapping[str, Instrument]
    protocol: Protocol
    intake: IntakeRules
    infusion_day: SheetRules
    reminders: ReminderRule
    changes: Mapping[str, ChangeRule]
    safety: SafetyRules
    crisis: Mapping[str, CrisisEntry]
    evidence: Evidence
    treatment_text: TreatmentText
    earlier_protocols: tuple[Protocol, ...] = ()  # of the clinic, before the one in force

    @property
    def screens(self) -> tuple[Instrument, ...]:
        """In force, that staff ask by a script."""
        return tuple(i for i in self.instruments.values() if i.enabled and i.script)

    @property
    def shipped_protocol(self) -> Protocol:
        """Which every version of a clinic's is made of."""
        return (*self.earlier_protocols, self.protocol)[0]
