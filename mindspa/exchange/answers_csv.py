"""Writes a record's forms as a table in long format: one row for each question that was asked.

For spreadsheets and statistics programs alike: UTF-8 with the mark by which a spreadsheet knows it,
instants with their offset, an empty value for what was not answered.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from mindspa.domain.check_ins import Mode, StoredForm
from mindspa.domain.instruments import Instrument
from mindspa.exchange.spreadsheet_cells import cell

COLUMNS = (
    "patient",
    "form",
    "instrument",
    "instrument_version",
    "language",
    "occasion",
    "mode",
    "item",
    "value",
    "total",
    "answered_at",
    "saved_at",
    "time_zone",
    "entered_by",
    "source",
    "scorer_version",
    "version",
    "replaced",
    "reason",
    "moved",
    "note",
)


def answers_csv(
    forms: Sequence[StoredForm], instruments: Mapping[str, Instrument], *, zone: str
) -> bytes:
    """`total` stands in every row of its form; a form that is nothing but a total has one row,
    without an item. `replaced`: a correction took this version's place."""
    text = io.StringIO(newline="")
    table = csv.writer(text)
    table.writerow(COLUMNS)
    replaced = {form.replaces for form in forms}
    for form in forms:
        for row in _rows(form, instruments.get(form.instrument), zone, form.id in replaced):
            table.writerow([cell(row[column]) for column in COLUMNS])
    return text.getvalue().encode("utf-8-sig")


def _rows(
    form: StoredForm, instrument: Instrument | None, zone: str, replaced: bool
) -> Iterator[dict[str, str | int | None]]:
    note = form.note
    items: list[str | None] = [*_items(form, instrument)]
    for item in items or [None]:
        yield {
            "patient": form.patient_id,
            "form": form.id,
            "instrument": form.instrument,
            "instrument_version": form.instrument_version,
            "language": form.language,
            "occasion": form.occasion,
            "mode": form.mode.value,
            "item": item,
            "value": None if item is None else form.answers.get(item),
            "total": form.total,
            "answered_at": _written(form.answered_at, zone, date_only=form.date_only),
            "saved_at": _written(form.saved_at, zone),
            "time_zone": zone,
            "entered_by": form.entered_by,
            "source": form.source,
            "scorer_version": form.scorer_version,
            "version": form.version,
            "replaced": "yes" if replaced else "no",
            "reason": form.reason,
            "moved": _moved(form),
            "note": note,
        }
        note = None  # once a form


def _moved(form: StoredForm) -> str | None:
    """The other record is another person's: it is not named."""
    if form.moved_to is not None:
        return "to another record"
    return "from another record" if form.moved_from is not None else None


def _items(form: StoredForm, instrument: Instrument | None) -> list[str]:
    """Those that were asked, in order, then whatever else was answered. What an imported form
    asked beside its scored items nobody knows."""
    asked = [
        item.id
        for item in (instrument.items_for(form.variant) if instrument else ())
        if instrument
        and instrument.is_asked(item, form.answers)
        and (item.scored or form.mode is not Mode.IMPORTED or item.id in form.answers)
    ]
    if not form.answers and (form.total is not None or form.moved_to is not None):
        return []  # only the total is known, or that it was moved away
    return [*asked, *(item for item in form.answers if item not in asked)]


def _written(at: datetime, zone: str, *, date_only: bool = False) -> str:
    there = at.astimezone(ZoneInfo(zone))
    return there.date().isoformat() if date_only else there.isoformat(timespec="seconds")
