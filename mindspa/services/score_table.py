"""Scores every row of a table of answers; needs no database and no permission."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from mindspa.domain.errors import InvalidAnswers, InvalidInput
from mindspa.domain.instruments import Instrument, check_answers
from mindspa.domain.scoring import Score, score
from mindspa.exchange.csv_tables import CsvTable, Row, parse_answer


@dataclass(frozen=True, slots=True)
class ScoredRow:
    """`safety_answer` is the raw answer to the instrument's safety item, whatever the total."""

    line: int
    id: str
    score: Score
    safety_answer: int | None


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """`column` None: the row as a whole cannot be read."""

    line: int
    id: str | None
    problem: str
    column: str | None = None
    value: str | None = None


def score_table(
    instrument: Instrument,
    table: CsvTable,
    item_columns: Sequence[str],
    *,
    id_column: str | None = None,
    missing: Collection[str] = (),
    labels: Mapping[str, int] | None = None,
) -> Iterator[ScoredRow | RejectedRow]:
    """One result a row, in the file's order. `item_columns` are the scored items in the
    instrument's order; without `id_column` a row is known by its line."""
    items = [item.id for item in instrument.scored_items]
    if not items:
        raise InvalidInput(f"{instrument.id} has no scored items: there is nothing to add up.")
    if len(item_columns) != len(items):
        raise InvalidInput(
            f"{instrument.id} has {len(items)} scored items and needs one column for each, in the "
            f"order of the items; columns given: {len(item_columns)}."
        )
    if len(set(item_columns)) != len(item_columns):
        raise InvalidInput("A column is named for two items. Name one column an item.")
    table.require([*item_columns, *([id_column] if id_column else [])])
    column_of = dict(zip(items, item_columns, strict=True))
    return (_result(instrument, row, column_of, id_column, missing, labels) for row in table.rows)


def _result(
    instrument: Instrument,
    row: Row,
    column_of: Mapping[str, str],
    id_column: str | None,
    missing: Collection[str],
    labels: Mapping[str, int] | None,
) -> ScoredRow | RejectedRow:
    if row.problem:
        return RejectedRow(row.line, None, row.problem)
    row_id = row.values[id_column] if id_column else str(row.line)
    answers: dict[str, int] = {}
    for item, column in column_of.items():
        try:
            answer = parse_answer(row.values[column], missing=missing, labels=labels)
            if answer is not None:
                check_answers(instrument, {item: answer})
                answers[item] = answer
        except InvalidAnswers as error:
            return RejectedRow(row.line, row_id, str(error), column, row.values[column])
    safety = answers.get(instrument.safety_item) if instrument.safety_item else None
    return ScoredRow(row.line, row_id, score(instrument, answers), safety)
