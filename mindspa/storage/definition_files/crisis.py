"""Reads data/crisis.toml: whom a patient in danger can reach, by country."""

import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from mindspa.domain.definitions import CrisisEntry, HelpLine
from mindspa.storage.definition_files.table import Table


def load_crisis(path: Path) -> Mapping[str, CrisisEntry]:
    """The verified entries by country code. An entry that nobody has verified is checked like the
    others and left out: a clinic in that country has none, and does not start."""
    file = Table.of_file(path)
    holds_for = timedelta(days=file.integer("check_again_after_days"))
    if holds_for <= timedelta():
        raise file.fault("check_again_after_days must be at least 1.")
    verified: dict[str, CrisisEntry] = {}
    seen: set[str] = set()
    for table in file.tables("countries", named_by="country"):
        country = table.text("country")
        if not re.fullmatch(r"[A-Z]{2}", country):
            raise table.fault("country must be two capital letters, such as US.")
        if country in seen:
            raise table.fault("this country stands twice; keep one entry.")
        seen.add(country)
        entry = _entry(table, country, holds_for)
        if entry is not None:
            verified[country] = entry
    file.done()
    return verified


def _entry(table: Table, country: str, holds_for: timedelta) -> CrisisEntry | None:
    """None for an entry that is not verified."""
    emergency, source = table.text("emergency"), table.text("source")
    lines = tuple(_line(line) for line in table.tables("lines", named_by="name"))
    if not lines:
        raise table.fault("there must be at least one help line.")
    verified = table.boolean("verified", default=False)
    checked_on = table.date_or_none("checked_on")
    table.done()
    if not verified:
        return None
    if checked_on is None:
        raise table.fault("a verified entry needs checked_on, the date it was checked.")
    return CrisisEntry(country, emergency, lines, checked_on, source, checked_on + holds_for)


def _line(table: Table) -> HelpLine:
    line = HelpLine(
        name=table.text("name"),
        call=table.text_or_none("call"),
        text=table.text_or_none("text"),
        chat=table.text_or_none("chat"),
        hours=table.text("hours"),
    )
    table.done()
    if not (line.call or line.text or line.chat):
        raise table.fault("a help line needs call, text or chat.")
    return line
