"""`score`: the totals of a table of answers, one line a row."""

import csv
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, TextIO

import typer

from mindspa.commands.plain_errors import plain_errors, printable
from mindspa.domain.errors import InvalidInput
from mindspa.domain.instruments import Instrument
from mindspa.exchange.csv_tables import open_table, read_labels
from mindspa.services.score_table import RejectedRow, ScoredRow, score_table
from mindspa.settings import DATA_FOLDER
from mindspa.storage.definition_files.instruments import load_instruments

HEADER = ("id", "answered", "total", "severity", "complete", "item9")
STANDARD_OUTPUT = Path("-")


def score(
    instrument: Annotated[str, typer.Argument(help="phq9, gad7, pcl5 or pulse.")],
    file: Annotated[
        Path,
        typer.Argument(help="A table with a header: comma, semicolon or tab, in UTF-8."),
    ],
    items: Annotated[
        str,
        typer.Option(help="The columns of the scored items, in the order of the items: C1,C2,…"),
    ],
    id_column: Annotated[
        str | None,
        typer.Option("--id", help="The column that says who a row is about; without it, the line."),
    ] = None,
    missing: Annotated[
        str, typer.Option(help="Values that mean not answered, such as 7,9,-999,n/a.")
    ] = "",
    labels: Annotated[
        Path | None,
        typer.Option(help='A TOML file with a table "values": which number each label is.'),
    ] = None,
    out: Annotated[
        Path, typer.Option(help="Where the scores go; - is standard output.")
    ] = STANDARD_OUTPUT,
) -> None:
    """Scores a table of answers and names the rows that cannot be right.

    Writes id, answered, total, severity, complete and item9, one line a row. A row that lacks an
    answer has no total: missing is never counted as 0. A row with an answer that the instrument
    does not have is left out and named on standard error.
    """
    with plain_errors():
        form = _instrument(instrument)
        values = read_labels(labels) if labels else {}
        with open_table(file) as table:
            results = score_table(
                form,
                table,
                _names(items),
                id_column=id_column,
                missing=frozenset(_names(missing)),
                labels=values,
            )
            with _opened(out, besides=file) as stream:
                _write(results, form, stream)


def _instrument(instrument_id: str) -> Instrument:
    instruments = load_instruments(DATA_FOLDER / "instruments")
    if instrument_id not in instruments:
        known = ", ".join(i.id for i in instruments.values() if i.scored_items)
        raise InvalidInput(f"There is no instrument {instrument_id}. Those with items: {known}.")
    return instruments[instrument_id]


def _names(listed: str) -> list[str]:
    return [name.strip() for name in listed.split(",") if name.strip()]


@contextmanager
def _opened(out: Path, *, besides: Path) -> Iterator[TextIO]:
    """A file holds all of the scores or stays as it was: of a half nobody would know."""
    try:
        if out == STANDARD_OUTPUT:
            yield sys.stdout
            sys.stdout.flush()  # a full disk shows here or never
        elif out.exists() and out.samefile(besides):
            raise InvalidInput("--out is the file that is read. Name another one.")
        elif out.exists() and not out.is_file():  # a device: nothing can take its place
            with out.open("w", encoding="utf-8", newline="") as stream:
                yield stream
        else:
            target = out.resolve()
            half = target.with_name(f"{target.name}.{os.getpid()}")
            try:
                with half.open("w", encoding="utf-8", newline="") as stream:
                    yield stream
                half.replace(target)
            finally:
                half.unlink(missing_ok=True)
    except OSError as error:
        place = "standard output" if out == STANDARD_OUTPUT else out
        raise InvalidInput(f"{place} cannot be written: {error.strerror}.") from None


def _write(
    results: Iterator[ScoredRow | RejectedRow], instrument: Instrument, stream: TextIO
) -> None:
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(HEADER)
    complete = incomplete = rejected = 0
    for result in results:
        if isinstance(result, RejectedRow):
            rejected += 1
            typer.echo(_rejection(result), err=True)
            continue
        score_of_row = result.score
        complete += score_of_row.complete
        incomplete += not score_of_row.complete
        item9 = result.safety_answer if instrument.safety_item == "9" else None
        writer.writerow(
            (
                result.id,
                score_of_row.answered,
                "" if score_of_row.total is None else score_of_row.total,
                score_of_row.severity or "",
                "true" if score_of_row.complete else "false",
                "" if item9 is None else item9,
            )
        )
    typer.echo(
        f"{complete + incomplete + rejected} rows: {complete} complete, {incomplete} incomplete, "
        f"{rejected} rejected.",
        err=True,
    )


def _rejection(row: RejectedRow) -> str:
    """Names the value too: this is the operator's own terminal, not a log."""
    place = f"row {row.line}" + (f" (id {row.id})" if row.id else "")
    if row.column is None:
        return printable(f"Rejected {place}: {row.problem}.")
    return printable(f"Rejected {place}, column {row.column}, value {row.value!r}: {row.problem}")
