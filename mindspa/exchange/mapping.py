"""The mapping file of an import: which columns of somebody else's table mean what."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictInt,
    ValidationError,
    model_validator,
)

from mindspa.domain import entered
from mindspa.domain.errors import InvalidInput
from mindspa.domain.instruments import Instrument, Kind
from mindspa.domain.treatment import Substance
from mindspa.exchange.toml_file import read_toml


def _one_line(text: str) -> str:
    """What is stored with a form, or opened: as it is written, or not at all."""
    try:
        entered.line(text, what="the text")
    except InvalidInput as error:
        raise ValueError(str(error).rstrip(".")) from None
    return text


# Within a century or so: further off, it is no day of somebody's treatment. Strict, because a
# number would be taken for seconds since 1970.
_Date = Annotated[date, Field(strict=True, ge=date(1900, 1, 1), le=date(2199, 12, 31))]
_Days = Annotated[int, Field(strict=True, ge=-40_000, le=40_000)]
_Line = Annotated[str, AfterValidator(_one_line)]


class _Part(BaseModel):
    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        hide_input_in_errors=True,
        str_strip_whitespace=True,
        str_min_length=1,
    )


class EventDay(_Part):
    """The day of an event: counted from day zero, or from the person's own infusion of the kind
    `after`. `occasion` says that the event was one of ours, such as "baseline"."""

    days: _Days
    after: str | None = None
    occasion: _Line | None = None


class InstrumentColumns(_Part):
    """`items` in the instrument's order. `total`: of a form that came without its items.
    `declared_total`: what the source says the items add up to."""

    items: tuple[str, ...] = ()
    total: str | None = None
    declared_total: str | None = None

    @property
    def all(self) -> tuple[str, ...]:
        totals = (self.total, self.declared_total)
        return (*self.items, *(column for column in totals if column is not None))

    def by_item(self, instrument: Instrument) -> Mapping[str, str]:
        """Column by item id: all items, or the scored ones alone."""
        whole = len(self.items) == len(instrument.items)
        items = instrument.items if whole else instrument.scored_items
        return {item.id: column for item, column in zip(items, self.items, strict=True)}


class InfusionColumns(_Part):
    """`file` stands beside the file of answers. Each column holds the kind of one infusion, given
    so many `days` after day zero; a missing value means that there was none."""

    file: _Line
    person: str | None = None
    columns: tuple[str, ...] = Field(min_length=1)
    days: tuple[_Days, ...]
    kinds: Mapping[str, Substance] = Field(min_length=1)

    @model_validator(mode="after")
    def _a_day_for_each_column(self) -> Self:
        if len(self.days) != len(self.columns):
            raise ValueError("needs as many days as columns")
        if len(set(self.days)) != len(self.days):
            raise ValueError("has two infusions on one day")
        return self


def _as_table(value: object) -> object:
    """A day alone is short for a table with nothing else in it."""
    return {"days": value} if type(value) is int else value


def _as_texts(values: object) -> object:
    """A code for missing may be written as a number."""
    if not isinstance(values, list):
        return values
    return [str(value) if type(value) in (int, float) else value for value in values]


class AnswerMapping(_Part):
    """When a row was answered is told by exactly one of `answered_at` (a column), `answered_on`
    (one date for all) and `event` (a column, with the day of each of its values)."""

    source: _Line
    person: str
    born_on: str | None = None
    answered_at: str | None = None
    answered_on: _Date | None = None
    event: str | None = None
    day_zero: _Date | None = None
    events: Mapping[_Line, Annotated[EventDay, BeforeValidator(_as_table)]] = {}
    instruments: Mapping[str, InstrumentColumns] = Field(min_length=1)
    missing: Annotated[frozenset[str], BeforeValidator(_as_texts)] = frozenset()
    values: Mapping[str, StrictInt] = {}
    infusions: InfusionColumns | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """All that the file of answers must have."""
        who_and_when = (self.person, self.born_on, self.answered_at, self.event)
        return (
            *(column for column in who_and_when if column is not None),
            *(column for part in self.instruments.values() for column in part.all),
        )

    @model_validator(mode="after")
    def _says_when(self) -> Self:
        if sum(part is not None for part in (self.answered_at, self.answered_on, self.event)) != 1:
            raise ValueError("say when with one of answered_at, answered_on and event")
        if (self.event is not None) != bool(self.events):
            raise ValueError("event and [events] go together")
        if self.day_zero is None and (self.events or self.infusions):
            raise ValueError("days are counted from day_zero, which is missing")
        kinds = self.infusions.kinds if self.infusions else {}
        for name, day in self.events.items():
            if day.after is not None and day.after not in kinds:
                raise ValueError(f"{name} is after {day.after}, which is not in [infusions] kinds")
        return self

    @model_validator(mode="after")
    def _names_a_column_once(self) -> Self:
        twice = sorted({column for column in self.columns if self.columns.count(column) > 1})
        if twice:
            raise ValueError(f"the column {twice[0]} is named for two things")
        return self


def read_mapping(path: Path, instruments: Mapping[str, Instrument]) -> AnswerMapping:
    """Raises InvalidInput, naming file and place, where the mapping cannot be meant."""
    content = read_toml(path)
    try:
        mapping = AnswerMapping.model_validate(content)
    except ValidationError as error:
        raise InvalidInput(f"{path.name}: {_first_mistake(error)}.") from None
    for instrument_id, columns in mapping.instruments.items():
        if instrument_id not in instruments:
            known = ", ".join(sorted(instruments))
            raise InvalidInput(
                f"{path.name}: there is no instrument {instrument_id}. Known are {known}."
            )
        if problem := _misfit(instruments[instrument_id], columns, mapping):
            raise InvalidInput(f"{path.name}: instruments.{instrument_id} {problem}.")
    return mapping


_OURS = "Value error, "  # what pydantic puts before a sentence of this module


def _first_mistake(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        return f"{place} is not a key of a mapping"
    if first["type"] == "missing":
        return f"{place} is missing"
    said = first["msg"]
    if said.startswith(_OURS):
        said = said.removeprefix(_OURS)
        return f"{place} {said}" if place else said
    return f"{place}: {said[0].lower()}{said[1:]}"


def _misfit(
    instrument: Instrument, columns: InstrumentColumns, mapping: AnswerMapping
) -> str | None:
    """What is wrong with the columns given for an instrument."""
    if instrument.kind is Kind.PULSE:
        return "cannot be imported: the pulse is asked by this program alone"
    scored, known = len(instrument.scored_items), len(instrument.items)
    added_up = bool(scored and columns.items)
    if columns.total is not None and not instrument.has_total:
        return "has no total"
    if columns.total is not None and (added_up or columns.declared_total):
        return "needs items or total; a total beside the items is its declared_total"
    if columns.declared_total is not None and not added_up:
        return "has a declared_total without items that it could be compared with"
    if not columns.items:
        return None if columns.total is not None else "needs items or total"
    if not known:
        return "is known by its total alone and has no items"
    # An unscored question, such as that about difficulty, may stand last.
    fitting = sorted({scored, known} - {0})
    if len(columns.items) not in fitting:
        counts = " or ".join(str(count) for count in fitting)
        return f"needs {counts} columns in the order of the items; given: {len(columns.items)}"
    options = {str(value) for item in instrument.items for value in item.values}
    if clash := sorted(mapping.missing & options):
        return f"has an answer {clash[0]}, which the mapping calls missing"
    return None
