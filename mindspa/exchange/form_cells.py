"""The cells of one form in a row: its answers, its total, and what cannot be meant."""

from collections.abc import Mapping
from dataclasses import dataclass

from mindspa.domain.errors import InvalidAnswers
from mindspa.domain.instruments import Instrument, check_answers, check_total
from mindspa.domain.scoring import score
from mindspa.exchange.csv_tables import Row, parse_answer
from mindspa.exchange.mapping import AnswerMapping, InstrumentColumns

# What an instrument's total is called among the cells of its form.
TOTAL = "total"


class WrongCell(Exception):
    """A cell that cannot be meant; the row as a whole where `field` is empty."""

    def __init__(self, field: str, value: str, problem: str) -> None:
        super().__init__(problem)
        self.field, self.value, self.problem = field, value, problem


@dataclass(frozen=True, slots=True)
class FormCells:
    """`cells` are the columns and texts that the values come from, by item id, or TOTAL. With
    anything in `wrong` there is no form, and `answers` is what could be read all the same.
    `declared` is a declared total that the items do not give."""

    answers: Mapping[str, int]
    total: int | None
    cells: Mapping[str, tuple[str, str]]
    wrong: tuple[WrongCell, ...] = ()
    declared: WrongCell | None = None


def read_form(
    row: Row, instrument: Instrument, columns: InstrumentColumns, mapping: AnswerMapping
) -> FormCells | None:
    """None where all cells are blank: the form was not given. A code for missing says that it
    was, and was left unanswered."""
    if not any(row.values[column] for column in columns.all):
        return None
    answers: dict[str, int] = {}
    total = None
    wrong: list[WrongCell] = []
    cells = {item: (column, row.values[column]) for item, column in _named(instrument, columns)}
    for name, (column, text) in cells.items():
        try:
            if name == TOTAL:
                total = _total(text, instrument, mapping)
                continue
            value = parse_answer(text, missing=mapping.missing, labels=mapping.values)
            if value is not None:
                check_answers(instrument, {name: value})
                answers[name] = value
        except InvalidAnswers as error:
            wrong.append(WrongCell(column, text, str(error)))
    if wrong:
        return FormCells(answers, None, cells, tuple(wrong))
    if columns.total is None and instrument.scored_items:
        total = score(instrument, answers).total
    return FormCells(
        answers, total, cells, declared=_disagreement(row, instrument, columns, mapping, total)
    )


def _named(instrument: Instrument, columns: InstrumentColumns) -> list[tuple[str, str]]:
    named = list(columns.by_item(instrument).items())
    return named if columns.total is None else [*named, (TOTAL, columns.total)]


def _total(text: str, instrument: Instrument, mapping: AnswerMapping) -> int | None:
    # 9 may stand for "refused" in an item; among totals it is a total.
    possible = {str(n) for n in range(instrument.minimum, instrument.maximum + 1)}
    total = parse_answer(text, missing=mapping.missing - possible)
    if total is not None:
        check_total(instrument, total)
    return total


def _disagreement(
    row: Row,
    instrument: Instrument,
    columns: InstrumentColumns,
    mapping: AnswerMapping,
    total: int | None,
) -> WrongCell | None:
    column = columns.declared_total
    if column is None:
        return None
    text = row.values[column]
    try:
        declared = _total(text, instrument, mapping)
    except InvalidAnswers:
        pass  # no possible total, so not that of the items
    else:
        if declared in (None, total):
            return None
    found = "no total, because an answer is missing" if total is None else str(total)
    return WrongCell(column, text, f"The items give {found}. They were taken, this was not.")
