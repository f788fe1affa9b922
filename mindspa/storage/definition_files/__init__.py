"""Reads and checks the clinical content in data/: one loader a file format."""

from hashlib import sha256
from pathlib import Path

from mindspa.domain.definitions import Definitions
from mindspa.storage.definition_files.crisis import load_crisis
from mindspa.storage.definition_files.evidence import load_evidence, load_treatment_text
from mindspa.storage.definition_files.infusion_day import load_infusion_day
from mindspa.storage.definition_files.instruments import load_instruments
from mindspa.storage.definition_files.intake import load_intake
from mindspa.storage.definition_files.protocol import load_protocol
from mindspa.storage.definition_files.reminders import load_reminders
from mindspa.storage.definition_files.rules import load_rules


def load_definitions(folder: Path) -> Definitions:
    """Everything in force. Raises InvalidDefinition, naming file and place, for a file that
    contradicts itself or another."""
    instruments = load_instruments(folder / "instruments")
    asked = [i.id for i in instruments.values() if i.enabled and not i.staff_only]
    changes, safety = load_rules(folder / "rules.toml", instruments)
    return Definitions(
        version=_digest(folder),
        instruments=instruments,
        protocol=load_protocol(folder / "protocol.toml", asked),
        intake=load_intake(folder / "intake.toml"),
        reminders=load_reminders(folder / "reminders.toml"),
        infusion_day=load_infusion_day(folder / "infusion_day.toml"),
        changes=changes,
        safety=safety,
        crisis=load_crisis(folder / "crisis.toml"),
        evidence=load_evidence(folder / "evidence.toml"),
        treatment_text=load_treatment_text(folder / "about_treatment.toml"),
    )


def _digest(folder: Path) -> str:
    """Changes with any byte of any file: what was worked out under other content is out of date."""
    digest = sha256()
    for path in sorted(folder.glob("**/*.toml")):
        digest.update(path.relative_to(folder).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
