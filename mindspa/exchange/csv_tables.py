"""Reads delimited text tables row by row: comma, semicolon or tab, with or without a BOM."""

import csv
import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from mindspa.domain.errors import InvalidAnswers, InvalidInput
from mindspa.exchange.toml_file import read_toml

DELIMITERS = (",", ";", "\t")
_START = 64 * 1024  # how far into a file to look for the signs of one that is no text


@dataclass(frozen=True, slots=True)
class Row:
    """`line` counts from 1 in the file as an editor shows it. Cells are trimmed. With a `problem`
    the cells cannot be told apart, so `values` is empty: reject the row by that sentence."""

    line: int
    values: Mapping[str, str]
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class CsvTable:
    """`rows` can be gone through once, while the file is open."""

    name: str
    columns: tuple[str, ...]
    rows: Iterator[Row]

    def require(self, columns: Collection[str]) -> None:
        absent = [column for column in columns if column not in self.columns]
        if absent:
            raise InvalidInput(
                f"{self.name} has no column {', '.join(absent)}. "
                f"Its columns are {', '.join(self.columns)}."
            )


@contextmanager
def open_table(path: Path) -> Iterator[CsvTable]:
    """Raises InvalidInput, naming file and line, where the file is no such table."""
    try:
        file = path.open("rb")
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror}.") from None
    with file:
        yield _table(file, path.name)


def _table(file: BinaryIO, name: str) -> CsvTable:
    start = file.read(_START)
    if not start.strip():
        raise InvalidInput(f"{name} is empty.")
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InvalidInput(f"{name} is UTF-16 text. Save it as UTF-8.")
    if b"\0" in start:
        raise InvalidInput(f"{name} is not a text table. Save it as CSV, in UTF-8.")
    file.seek(0)

    lines = _lines(file, name)
    before, first = next(((n, line) for n, line in enumerate(lines) if line.strip()), (0, ""))
    if not first:  # white space of other kinds than ASCII
        raise InvalidInput(f"{name} is empty.")
    # The mark that separates most cells of the header; ties go to the comma.
    delimiter = max(DELIMITERS, key=lambda mark: first.count(mark))
    cells = _cells(chain([first], lines), delimiter, name, line=before + 1)
    columns = tuple(cell.strip() for cell in next(cells)[1])
    if all(re.fullmatch(r"[-+.\d]*", column) for column in columns):
        raise InvalidInput(f"{name} has no header: its first row must name the columns.")
    named = [column for column in columns if column]  # row numbers often stand under no name
    twice = sorted({column for column in named if named.count(column) > 1})
    if twice:
        raise InvalidInput(f"{name} has more than one column {twice[0]}. Rename or remove one.")
    return CsvTable(name, columns, _rows(cells, columns))


def _lines(file: BinaryIO, name: str) -> Iterator[str]:
    """Decoded one by one, so that a wrong byte can be placed."""
    for number, line in enumerate(file, start=1):
        try:
            yield line.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError:
            raise InvalidInput(
                f"{name} line {number} is not UTF-8 text. Save the file as UTF-8."
            ) from None


def _cells(
    lines: Iterator[str], delimiter: str, name: str, *, line: int
) -> Iterator[tuple[int, list[str]]]:
    """Each row's cells with the line that it starts on: a quoted cell may run over several."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    start = line
    try:
        for cells in reader:
            if cells:  # a blank line is nothing
                yield line, cells
            line = start + reader.line_num
    except csv.Error as error:
        raise InvalidInput(f"{name} line {line} cannot be read: {error}.") from None


def _rows(all_cells: Iterator[tuple[int, list[str]]], columns: tuple[str, ...]) -> Iterator[Row]:
    for line, cells in all_cells:
        if len(cells) != len(columns):
            yield Row(line, {}, f"has {len(cells)} cells where the header has {len(columns)}")
        else:
            yield Row(line, {c: cell.strip() for c, cell in zip(columns, cells, strict=True) if c})


def parse_answer(
    text: str, *, missing: Collection[str] = (), labels: Mapping[str, int] | None = None
) -> int | None:
    """The answer in a cell; None where the cell is blank or holds a code for missing.

    Cells are trimmed and "2.0" is 2, as spreadsheets write it; anything else that is no whole
    number is refused, never rounded: 1.5, "true", "5.4e-79".
    """
    text = text.strip()
    if not text or text in missing:
        return None
    if labels and text in labels:
        return labels[text]
    # Of more digits Python makes no number, and no instrument has such an answer.
    if not re.fullmatch(r"-?\d{1,9}(\.0*)?", text, re.ASCII):
        raise InvalidAnswers("An answer must be a whole number or a known label.", value=text)
    value = int(text.partition(".")[0])
    return None if str(value) in missing else value


def read_labels(path: Path) -> Mapping[str, int]:
    """The [values] of a small TOML file: which number each label stands for."""
    values = read_toml(path).get("values")
    if not isinstance(values, dict) or not values:
        raise InvalidInput(f'{path.name} needs a [values] table, such as "Not at all" = 0.')
    for label, value in values.items():
        if type(value) is not int:
            raise InvalidInput(f"{path.name}: {label!r} must stand for a whole number.")
    return {label.strip(): value for label, value in values.items()}
