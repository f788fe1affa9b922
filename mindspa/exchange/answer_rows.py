"""Rows of somebody else's table to persons with their forms and infusions, by a mapping."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from mindspa.domain import entered
from mindspa.domain.errors import InvalidInput
from mindspa.domain.instruments import Instrument
from mindspa.domain.safety import SafetyRules, findings
from mindspa.domain.treatment import Substance
from mindspa.exchange.csv_tables import CsvTable, Row
from mindspa.exchange.form_cells import WrongCell, read_form
from mindspa.exchange.mapping import AnswerMapping, InfusionColumns

EARLIEST = date(1900, 1, 1)
# Other systems write 0001-01-01 and 9999-12-31 for a date that they do not know.
YEARS = range(1000, 9000)


@dataclass(frozen=True, slots=True)
class Reject:
    """One cell that was not taken, or one declared total that is wrong although its items were
    `stored`. `urgent`: what was left out holds an answer that calls for an alert. It was raised
    all the same wherever the row says whose answer it is, and when it was given."""

    file: str
    line: int
    person: str
    field: str
    value: str
    problem: str
    stored: bool = False
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Moment:
    """When something was answered, and the cell that said so. `name` stays the same when the
    dates of a mapping change: with it an import knows what it has stored before."""

    at: datetime
    date_only: bool
    name: str
    field: str
    text: str
    occasion: str | None = None


@dataclass(frozen=True, slots=True)
class ReadForm:
    """`cells` are the columns and texts that it was read from, by item id, or TOTAL."""

    line: int
    source_key: str
    instrument: Instrument
    answers: Mapping[str, int]
    total: int | None
    moment: Moment
    cells: Mapping[str, tuple[str, str]]
    urgent: bool

    def says_the_same(self, other: "ReadForm") -> bool:
        return (self.answers, self.total) == (other.answers, other.total)


@dataclass(frozen=True, slots=True)
class ReadInfusion:
    """`at` is noon of its day: a study's table names days. `field` and `kind` are its cell."""

    file: str
    line: int
    field: str
    kind: str
    substance: Substance
    day: date
    at: datetime


@dataclass(slots=True)
class ReadPerson:
    id: str
    born_on: date | None = None
    infusions: tuple[ReadInfusion, ...] = ()
    forms: list[ReadForm] = field(default_factory=list)
    # Left out, for a wrong cell or because rows differ, yet with an answer that calls for an alert.
    urgent: list[ReadForm] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ReadAnswers:
    """`blank` counts rows in which nothing is answered: their persons are known all the same."""

    people: tuple[ReadPerson, ...]
    rejects: tuple[Reject, ...]
    rows: int
    blank: int


def read_answers(
    mapping: AnswerMapping,
    table: CsvTable,
    infusions: CsvTable | None,
    *,
    instruments: Mapping[str, Instrument],
    rules: SafetyRules,
    zone: ZoneInfo,
    now: datetime,
) -> ReadAnswers:
    """All rows of one person together, wherever they stand in the file. Raises InvalidInput where
    a table as a whole cannot be used."""
    table.require(mapping.columns)
    reader = _Reader(mapping, table.name, instruments, rules, zone, now)
    if mapping.infusions is not None and infusions is not None:
        reader.read_infusions(mapping.infusions, infusions)
    for row in table.rows:
        reader.read_row(row)
    return reader.result()


class _Reader:
    def __init__(
        self,
        mapping: AnswerMapping,
        file: str,
        instruments: Mapping[str, Instrument],
        rules: SafetyRules,
        zone: ZoneInfo,
        now: datetime,
    ) -> None:
        self._mapping, self._file, self._zone, self._now = mapping, file, zone, now
        self._rules = rules
        self._instruments = {name: instruments[name] for name in mapping.instruments}
        self._today = now.astimezone(zone).date()
        self._people: dict[str, ReadPerson] = {}
        self._rejects: list[Reject] = []
        self._rows = self._blank = 0

    def result(self) -> ReadAnswers:
        for person in self._people.values():
            person.forms = list(self._one_form_a_time(person))
        people = tuple(self._people.values())
        return ReadAnswers(people, tuple(self._rejects), self._rows, self._blank)

    # Infusions

    def read_infusions(self, columns: InfusionColumns, table: CsvTable) -> None:
        person_column = columns.person or self._mapping.person
        table.require([person_column, *columns.columns])
        for row in table.rows:
            person = row.values.get(person_column, "")
            try:
                self._check_row(row, person, person_column)
                if person in self._people:
                    raise WrongCell(person_column, person, "An earlier row is for the same person.")
                given = tuple(self._infusions(columns, row, table.name))
            except WrongCell as wrong:
                self._rejects.append(_reject(table.name, row, person, wrong))
            else:
                self._people[person] = ReadPerson(person, infusions=given)

    def _infusions(self, columns: InfusionColumns, row: Row, file: str) -> Iterator[ReadInfusion]:
        for column, days in zip(columns.columns, columns.days, strict=True):
            kind = row.values[column]
            if not kind or kind in self._mapping.missing:
                continue
            if kind not in columns.kinds:
                known = ", ".join(columns.kinds)
                raise WrongCell(
                    column, kind, f"This is no kind of infusion in the mapping: {known}."
                )
            day = self._day_zero() + timedelta(days)
            if day > self._today:
                raise WrongCell(column, kind, "The infusion would be in the future.")
            yield ReadInfusion(
                file, row.line, column, kind, columns.kinds[kind], day, self._noon(day)
            )

    # Answers

    def read_row(self, row: Row) -> None:
        self._rows += 1
        person_id = row.values.get(self._mapping.person, "")
        try:
            self._check_row(row, person_id, self._mapping.person)
            known = self._people.get(person_id) or ReadPerson(person_id)
            born_on = self._born_on(row, known)
            moment = self._moment(row, known)
        except WrongCell as wrong:
            reject = _reject(
                self._file, row, person_id, wrong, urgent=self._holds_urgent_answer(row)
            )
            self._rejects.append(reject)
            return
        read = [self._form(row, person_id, name, moment) for name in self._mapping.instruments]
        forms = [form for form, refused in read if form and not refused]
        urgent = [form for form, refused in read if form and refused and form.urgent]
        if forms or urgent or not any(refused for _, refused in read):
            self._blank += not forms and not urgent
            known.born_on = born_on
            known.forms += forms
            known.urgent += urgent
            self._people[person_id] = known

    def _check_row(self, row: Row, person: str, column: str) -> None:
        if row.problem:
            raise WrongCell("", "", f"The row {row.problem}.")
        if not person:
            raise WrongCell(column, "", "The row names no person.")
        try:
            entered.line(person, what="The person's number or name")
        except InvalidInput as error:
            raise WrongCell(column, person, str(error)) from None

    def _born_on(self, row: Row, known: ReadPerson) -> date | None:
        column = self._mapping.born_on
        if column is None or not row.values[column] or row.values[column] in self._mapping.missing:
            return known.born_on
        text = row.values[column]
        born_on = _date(column, text)
        if not EARLIEST <= born_on <= self._today:
            raise WrongCell(column, text, "The date of birth is in the future or before 1900.")
        if known.born_on not in (None, born_on):
            raise WrongCell(column, text, "Another row of this person has another date of birth.")
        return born_on

    def _moment(self, row: Row, person: ReadPerson) -> Moment:
        mapping = self._mapping
        if mapping.answered_on is not None:
            day = mapping.answered_on
            moment = Moment(self._noon(day), True, "", "answered_on", day.isoformat())
        elif mapping.answered_at is not None:
            moment = self._instant(mapping.answered_at, row.values[mapping.answered_at])
        else:
            assert mapping.event is not None, "a mapping says when"
            moment = self._event(mapping.event, row.values[mapping.event], person)
        day = moment.at.astimezone(self._zone).date()
        if day > self._today or (not moment.date_only and moment.at > self._now):
            raise WrongCell(moment.field, moment.text, "The answers are dated in the future.")
        if day < EARLIEST:
            raise WrongCell(moment.field, moment.text, "The answers are dated before 1900.")
        return moment

    def _instant(self, column: str, text: str) -> Moment:
        if len(text) <= len("2026-01-31"):
            at = self._noon(_date(column, text))
            return Moment(at, True, at.isoformat(), column, text)
        try:
            at = datetime.fromisoformat(text)
        except ValueError:
            raise _no_date(column, text) from None
        if at.year not in YEARS:
            raise _no_date(column, text)
        at = (at if at.tzinfo else at.replace(tzinfo=self._zone)).astimezone(UTC)
        return Moment(at, False, at.isoformat(), column, text)

    def _event(self, column: str, name: str, person: ReadPerson) -> Moment:
        if name not in self._mapping.events:
            raise WrongCell(column, name, "The mapping has no day for this event.")
        event = self._mapping.events[name]
        start = self._day_zero()
        if event.after is not None:
            own = [infusion.day for infusion in person.infusions if infusion.kind == event.after]
            if len(own) != 1:
                number = "no infusion" if not own else "more than one infusion"
                raise WrongCell(
                    column,
                    name,
                    f"The person has {number} of the kind {event.after} to count from.",
                )
            start = own[0]
        at = self._noon(start + timedelta(event.days))
        return Moment(at, True, name, column, name, event.occasion)

    def _day_zero(self) -> date:
        assert self._mapping.day_zero is not None, "a mapping with days has a day zero"
        return self._mapping.day_zero

    def _noon(self, day: date) -> datetime:
        return datetime.combine(day, time(12), tzinfo=self._zone).astimezone(UTC)

    # Forms

    def _form(
        self, row: Row, person: str, name: str, moment: Moment
    ) -> tuple[ReadForm | None, bool]:
        """The form, None where it is blank; and whether a wrong cell leaves it out."""
        instrument, columns = self._instruments[name], self._mapping.instruments[name]
        read = read_form(row, instrument, columns, self._mapping)
        if read is None:
            return None, False
        urgent = self._is_urgent(instrument, read.answers)
        for wrong in read.wrong:
            self._rejects.append(_reject(self._file, row, person, wrong, urgent=urgent))
        if read.declared:
            self._rejects.append(_reject(self._file, row, person, read.declared, stored=True))
        key = [self._mapping.source, person, moment.name, name]
        form = ReadForm(
            row.line,
            json.dumps(key, ensure_ascii=False),
            instrument,
            read.answers,
            read.total,
            moment,
            read.cells,
            urgent,
        )
        return form, bool(read.wrong)

    def _holds_urgent_answer(self, row: Row) -> bool:
        """Of a row that is refused: what can be read of it."""
        if row.problem:
            return False
        for name, columns in self._mapping.instruments.items():
            read = read_form(row, self._instruments[name], columns, self._mapping)
            if read and self._is_urgent(self._instruments[name], read.answers):
                return True
        return False

    def _is_urgent(self, instrument: Instrument, answers: Mapping[str, int]) -> bool:
        return bool(findings(self._rules, instrument.id, answers))

    def _one_form_a_time(self, person: ReadPerson) -> Iterator[ReadForm]:
        """Nobody can say which of two different rows for one time is right, so neither is taken."""
        groups: dict[tuple[str, datetime], list[ReadForm]] = defaultdict(list)
        for form in person.forms:
            groups[form.instrument.id, form.moment.at].append(form)
        for group in groups.values():
            first, *others = group
            if all(form.says_the_same(first) for form in others):
                yield first
                for form in others:
                    self._clash(person, form, f"The row repeats row {first.line}.", urgent=False)
                continue
            lines = _listed([form.line for form in group])
            problem = f"Rows {lines} are for one person and time and differ. Keep the right one."
            person.urgent += [form for form in group if form.urgent]
            for form in group:
                self._clash(person, form, problem, urgent=form.urgent)

    def _clash(self, person: ReadPerson, form: ReadForm, problem: str, *, urgent: bool) -> None:
        field, text = form.moment.field, form.moment.text
        self._rejects.append(
            Reject(self._file, form.line, person.id, field, text, problem, urgent=urgent)
        )


def _reject(
    file: str,
    row: Row,
    person: str,
    wrong: WrongCell,
    *,
    stored: bool = False,
    urgent: bool = False,
) -> Reject:
    return Reject(file, row.line, person, wrong.field, wrong.value, wrong.problem, stored, urgent)


def _date(column: str, text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise _no_date(column, text) from None
    if day.year not in YEARS:
        raise _no_date(column, text)
    return day


def _no_date(column: str, text: str) -> WrongCell:
    return WrongCell(
        column, text, "This is no date. Write 2026-01-31, or 2026-01-31T09:30 with the time."
    )


def _listed(lines: Sequence[int]) -> str:
    *most, last = (str(line) for line in lines)
    return f"{', '.join(most)} and {last}"
