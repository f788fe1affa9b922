"""`import`: answers of a study or another system, described by a mapping file."""

import csv
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from mindspa import bootstrap
from mindspa.commands.options import DatabaseUrl, chosen_clinic, settings_for
from mindspa.commands.plain_errors import plain_errors, printable
from mindspa.domain.access import operator
from mindspa.domain.errors import InvalidInput
from mindspa.domain.treatment import Clinic
from mindspa.exchange.answer_rows import ReadAnswers, ReadPerson, Reject, read_answers
from mindspa.exchange.csv_tables import open_table
from mindspa.exchange.mapping import AnswerMapping, read_mapping
from mindspa.services.import_answers import Imported, import_person

HEADER = ("file", "row", "person", "field", "value", "stored", "urgent", "problem")
SHOWN = 20  # rejects on the terminal; a file of them has room for all


def import_answers(
    file: Annotated[
        Path,
        typer.Argument(help="A table with a header: comma, semicolon or tab, in UTF-8."),
    ],
    mapping: Annotated[Path, typer.Option(help="A TOML file that says which columns mean what.")],
    rejects: Annotated[
        Path | None,
        typer.Option(help="Where to list, as CSV, what was not taken: row, person, field, value."),
    ] = None,
    clinic: Annotated[
        str | None, typer.Option(help="The id of the clinic. Not needed where there is only one.")
    ] = None,
    db: DatabaseUrl = None,
) -> None:
    """Reads answers that were given elsewhere, each person in one transaction.

    What cannot be right is left out and named, the rest is stored. Running it again adds nothing
    that is there already, and changes nothing. How to write a mapping: docs/import.md.
    """
    with plain_errors():
        runtime = bootstrap.start(settings_for(db, os.environ))
        try:
            _import(runtime, chosen_clinic(runtime, clinic), file, mapping, rejects)
        finally:
            runtime.database.dispose()


def _import(
    runtime: bootstrap.Runtime,
    clinic: Clinic,
    file: Path,
    mapping_file: Path,
    rejects_file: Path | None,
) -> None:
    mapping = read_mapping(mapping_file, runtime.definitions.instruments)
    read = _read(runtime, clinic, file, mapping)
    if rejects_file is not None:
        infusions = [file.parent / mapping.infusions.file] if mapping.infusions else []
        _refuse_to_overwrite(rejects_file, file, mapping_file, *infusions)
        _write((), rejects_file)  # what cannot be written is found out before anything is stored
    total = Imported(rejects=list(read.rejects))
    try:
        if read.rows and not read.blank and not any(person.forms for person in read.people):
            raise InvalidInput(
                "No row could be used. Compare the mapping with the first rejects and try again."
            )
        for person in _with_progress(read.people):
            with runtime.unit_of_work(operator(clinic.id)) as work:
                imported = import_person(work, person, source=mapping.source, file=file.name)
            total.add(imported)
    finally:
        # Also when the disk is full half-way: what was stored until then is stored.
        if rejects_file is None:
            _show(total.rejects)
        _tell(total, read)
        if rejects_file is not None:
            _write(total.rejects, rejects_file)


def _read(
    runtime: bootstrap.Runtime, clinic: Clinic, file: Path, mapping: AnswerMapping
) -> ReadAnswers:
    with ExitStack() as files:
        infusions = None
        if mapping.infusions is not None:
            infusions = files.enter_context(open_table(file.parent / mapping.infusions.file))
        return read_answers(
            mapping,
            files.enter_context(open_table(file)),
            infusions,
            instruments=runtime.definitions.instruments,
            rules=runtime.definitions.safety,
            zone=ZoneInfo(clinic.zone),
            now=runtime.clock(),
        )


def _with_progress(people: Sequence[ReadPerson]) -> Iterator[ReadPerson]:
    """With a bar, for somebody who watches."""
    if not sys.stderr.isatty():
        yield from people
        return
    with typer.progressbar(people, label="Importing", file=sys.stderr) as shown:
        yield from shown


def _refuse_to_overwrite(rejects_file: Path, *others: Path) -> None:
    try:
        is_read = any(rejects_file.exists() and rejects_file.samefile(other) for other in others)
    except OSError as error:
        raise _not_written(rejects_file, error) from None
    if is_read:
        raise InvalidInput("--rejects is a file that is read. Name another one.")


def _write(rejects: Iterable[Reject], path: Path) -> None:
    try:
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow(HEADER)
            for reject in rejects:
                writer.writerow(
                    (
                        reject.file,
                        reject.line,
                        reject.person,
                        reject.field,
                        reject.value,
                        "yes" if reject.stored else "no",
                        "yes" if reject.urgent else "no",
                        reject.problem,
                    )
                )
    except OSError as error:
        raise _not_written(path, error) from None


def _not_written(path: Path, error: OSError) -> InvalidInput:
    return InvalidInput(f"{path} cannot be written: {error.strerror}.")


def _show(rejects: Sequence[Reject]) -> None:
    for reject in rejects[:SHOWN]:
        typer.echo(_sentence(reject), err=True)
    if len(rejects) > SHOWN:
        more = len(rejects) - SHOWN
        typer.echo(f"And {more} more: list them all with --rejects FILE.", err=True)


def _sentence(reject: Reject) -> str:
    """Names the value too: this is the operator's own terminal, not a log."""
    place = f"{reject.file} row {reject.line}"
    if reject.person:
        place += f", person {reject.person}"
    if reject.field:
        place += f", {reject.field} {reject.value!r}"
    return printable(f"{'Stored' if reject.stored else 'Rejected'} {place}: {reject.problem}")


def _tell(total: Imported, read: ReadAnswers) -> None:
    refused = {(r.file, r.line) for r in total.rejects if not r.stored}
    urgent = {(r.file, r.line) for r in total.rejects if r.urgent}
    declared = sum(reject.stored for reject in total.rejects)
    lines = [
        f"{read.rows} rows of {len(read.people)} persons, {total.new_people} of them new.",
        f"Forms: {total.forms} stored, {total.known_forms} known from an earlier run.",
        f"Infusions: {total.infusions} stored.",
        f"Alerts: {total.alerts} to act on now, {total.historic} historic.",
        f"Rows without any answer: {read.blank}; with something rejected: {len(refused)}.",
    ]
    if declared:
        lines.append(f"Declared totals that the items do not give: {declared}.")
    if 0 < total.people < len(read.people):
        lines.append(
            f"Stopped after {total.people} persons: they are stored, and a further run goes on."
        )
    if urgent:
        lines.append(
            f"Look first at the rejected rows that call for an alert ({len(urgent)}). It was "
            "raised where the row says whose answer it is and when it was given."
        )
    for line in lines:
        typer.echo(line, err=True)
