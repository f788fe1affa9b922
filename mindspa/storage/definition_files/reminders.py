"""Reads data/reminders.toml: when patients are reminded of a check-in, and when no longer."""

from datetime import time, timedelta
from pathlib import Path

from mindspa.domain.reminders import ReminderRule
from mindspa.storage.definition_files.table import Table


def load_reminders(path: Path) -> ReminderRule:
    file = Table.of_file(path)
    before = [hours for hours in file.list("before_closing_hours") if type(hours) is int]
    if len(before) != 2 or min(before) < 1:
        raise file.fault("before_closing_hours must be two whole numbers of 1 or more.")
    rule = ReminderRule(
        after_opening=timedelta(hours=file.integer("after_opening_hours")),
        before_closing=(timedelta(hours=before[0]), timedelta(hours=before[1])),
        quiet_from=_clock(file, "quiet_from"),
        quiet_until=_clock(file, "quiet_until"),
        apart=timedelta(hours=file.integer("apart_hours")),
        stop_after=file.integer("stop_after_missed"),
    )
    file.text("source")
    file.done()
    if min(rule.after_opening, rule.apart) < timedelta(0):
        raise file.fault("after_opening_hours and apart_hours must be 0 or more.")
    if rule.stop_after < 1:
        raise file.fault("stop_after_missed must be 1 or more.")
    return rule


def _clock(file: Table, key: str) -> time:
    try:
        return time.fromisoformat(file.text(key)).replace(tzinfo=None)
    except ValueError:
        raise file.fault(f'{key} must be a time, such as "21:00".') from None
