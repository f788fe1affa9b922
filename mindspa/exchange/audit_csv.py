"""Writes the audit trail as a table: UTF-8 with the mark by which a spreadsheet knows it."""

import csv
import io
from collections.abc import Iterable, Mapping

from mindspa.domain.audit import AuditEvent
from mindspa.exchange.spreadsheet_cells import cell

COLUMNS = ("at", "actor", "actor_name", "what", "about", "record", "origin")


def audit_csv(events: Iterable[AuditEvent], names: Mapping[str, str]) -> bytes:
    """Instants in UTC; `names`: of the staff. Ids stand for everybody else."""
    text = io.StringIO(newline="")
    table = csv.writer(text)
    table.writerow(COLUMNS)
    for event in events:
        cells = (
            event.at.isoformat(),
            event.actor_id,
            names.get(event.actor_id),
            event.what,
            event.about,
            event.record,
            event.origin,
        )
        table.writerow([cell(one) for one in cells])
    return text.getvalue().encode("utf-8-sig")
