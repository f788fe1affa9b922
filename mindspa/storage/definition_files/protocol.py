"""Reads data/protocol.toml: which forms a clinic asks for, and when."""

import re
from collections.abc import Collection, Iterator
from datetime import date, timedelta
from enum import StrEnum
from itertools import combinations, pairwise
from pathlib import Path
from typing import TypeVar

from mindspa.domain.course_plan import CourseShape
from mindspa.domain.course_review import ReviewRule
from mindspa.domain.schedule import PULSE, Anchor, OccasionRule, Protocol
from mindspa.domain.treatment import Phase
from mindspa.storage.definition_files.table import Table

E = TypeVar("E", bound=StrEnum)

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_A_MONDAY = date(2026, 1, 5)
_MOST_INFUSIONS = 30


def load_protocol(path: Path, instrument_ids: Collection[str]) -> Protocol:
    file = Table.of_file(path)
    version, source = file.text("version"), file.text("source")
    rules = tuple(_rule(table, instrument_ids) for table in file.tables("occasions", "code"))
    _check_together(rules, file)
    asked = {form for rule in rules for form in rule.forms}
    figures = file.table("figures")
    protocol = Protocol(
        version=version,
        rules=rules,
        course=_course(file.table("course")),
        only_for=_only_for(file, asked),
        pulse_spacing=_length(file, "never_two_pulses_within"),
        standard_spacing=_length(file, "never_two_standard_forms_within"),
        unscheduled_open=_length(file, "unscheduled_pulse_open"),
        figures_from=_length(figures, "from"),
        figures_to=_length(figures, "to"),
        induction_idle=_length(file, "induction_idle"),
        historic_after=_length(file, "historic_after"),
        source=source,
        reviewed_by=file.text_or_none("reviewed_by"),
    )
    if protocol.figures_to <= protocol.figures_from:
        raise figures.fault("to must be later than from.")
    figures.done()
    file.done()
    return protocol


def _course(table: Table) -> CourseShape:
    days = table.texts("days")
    if not days or len(set(days)) != len(days) or not set(days) <= set(_DAYS):
        raise table.fault(f"days must name at least one of {', '.join(_DAYS)}, and none twice.")
    shape = CourseShape(
        infusions=table.integer("infusions"),
        days=frozenset(map(_DAYS.index, days)),
        apart=_days(table, "apart"),
        within=_days(table, "within"),
        booster_after=_days(table, "booster_after"),
        review=_review(table.table("review")),
    )
    table.text("source")
    table.done()
    if not 1 <= shape.infusions <= _MOST_INFUSIONS:
        raise table.fault(f"infusions must be from 1 to {_MOST_INFUSIONS}.")
    if not 1 <= shape.review.first <= shape.review.last < shape.infusions:
        raise table.fault(
            "review: from must be at least 1, until no less, and fewer than all infusions."
        )
    for day in sorted(shape.days):
        dates = shape.induction(_A_MONDAY + timedelta(days=day))
        if dates[-1] - dates[0] > shape.within:
            raise table.fault(
                f"{shape.infusions} infusions on these days, the first on a {_DAYS[day]}, take "
                "longer than within."
            )
    return shape


def _review(table: Table) -> ReviewRule:
    rule = ReviewRule(table.integer("from"), table.integer("until"))
    table.text("source")
    table.done()
    return rule


def _days(table: Table, key: str) -> timedelta:
    length = _length(table, key)
    if length % timedelta(days=1):
        raise table.fault(f'{key} must be whole days, such as "2 d".')
    return length


def _rule(table: Table, instrument_ids: Collection[str]) -> OccasionRule:
    code = table.text("code")
    if not re.fullmatch(r"[a-z0-9_]+", code):
        raise table.fault("code may hold small letters, digits and underscores.")
    due = _offset(table, "due")
    rule = OccasionRule(
        code=code,
        anchor=_choice(table, "anchor", Anchor),
        phase=_choice(table, "phase", Phase) if "phase" in table else None,
        opens=_offset(table, "opens"),
        due=due,
        closes=_offset(table, "closes"),
        forms=table.texts("forms"),
        target=_offset(table, "target") if "target" in table else due,
        every=_length(table, "every") if "every" in table else None,
    )
    table.done()
    if rule.opens >= rule.closes:
        raise table.fault("opens must be earlier than closes.")
    for name, at in (("due", rule.due), ("target", rule.target)):
        if not rule.opens <= at <= rule.closes:
            raise table.fault(f"{name} must lie between opens and closes.")
    if rule.every is not None:
        if rule.anchor is not Anchor.COURSE_START:
            raise table.fault("only occasions anchored at course_start can repeat with every.")
        if rule.closes - rule.opens > rule.every:
            raise table.fault("its window is longer than every, so it would overlap its own next.")
    if not rule.forms or len(set(rule.forms)) != len(rule.forms):
        raise table.fault("forms must name at least one form, and none twice.")
    if unknown := [form for form in rule.forms if form not in instrument_ids]:
        raise table.fault(f"there is no instrument {', '.join(unknown)} that patients are given.")
    return rule


def _check_together(rules: Collection[OccasionRule], file: Table) -> None:
    codes = [rule.code for rule in rules]
    if twice := sorted({code for code in codes if codes.count(code) > 1}):
        raise file.fault(f"the code {', '.join(twice)} stands twice.")
    for anchor in (Anchor.INFUSION_START, Anchor.INFUSION_END):
        windows = [rule for rule in rules if rule.anchor is anchor and PULSE in rule.forms]
        if not windows:
            raise file.fault(f"an occasion with the pulse and the anchor {anchor} is needed.")
        windows.sort(key=lambda rule: rule.opens)
        # A gap would lose an answer between two windows, an overlap would count it for both.
        for earlier, later in pairwise(windows):
            if earlier.closes != later.opens:
                fault = "leaves a gap before" if earlier.closes < later.opens else "overlaps"
                raise file.fault(f"the window of {earlier.code} {fault} that of {later.code}.")
    # One answer would be analysed for both.
    for one, other in combinations(rules, 2):
        if forms := [form for form in one.forms if form in other.forms and _meet(one, other)]:
            raise file.fault(
                f"the windows of {one.code} and {other.code} overlap, and both ask for "
                f"{', '.join(forms)}."
            )


def _meet(one: OccasionRule, other: OccasionRule) -> bool:
    """Two of one anchor that can be asked in one course."""
    phases = {one.phase, other.phase} - {None}
    if one.anchor is not other.anchor or len(phases) > 1:
        return False
    return any(
        opens < closes_too and opens_too < closes
        for opens, closes in _windows(one)
        for opens_too, closes_too in _windows(other)
    )


def _windows(rule: OccasionRule) -> Iterator[tuple[timedelta, timedelta]]:
    """From the anchor; of a repeating one, those of longer than any course."""
    if rule.every is None:
        yield rule.opens, rule.closes
        return
    for number in range(1, 101):
        yield rule.opens + number * rule.every, rule.closes + number * rule.every


def _only_for(file: Table, asked: Collection[str]) -> dict[str, str]:
    indications: dict[str, str] = {}
    for table in file.tables("only_for", "form"):
        form = table.text("form")
        if form not in asked:
            raise table.fault("no occasion asks for this form.")
        if form in indications:
            raise table.fault("this form stands twice.")
        indications[form] = table.text("indication")
        table.done()
    return indications


def _choice(table: Table, key: str, kind: type[E]) -> E:
    value = table.text(key)
    if value not in list(kind):
        raise table.fault(f"{key} must be one of {', '.join(kind)}.")
    return kind(value)


def _offset(table: Table, key: str) -> timedelta:
    """Elapsed time from the anchor, such as "-14 d" or "24 h"."""
    written = table.text(key)
    found = re.fullmatch(r"(-?\d{1,4}) ?([hd])", written, re.ASCII)
    if found is None:
        raise table.fault(f'{key} must look like "24 h" or "-14 d".')
    number = int(found[1])
    return timedelta(hours=number) if found[2] == "h" else timedelta(days=number)


def _length(table: Table, key: str) -> timedelta:
    length = _offset(table, key)
    if length <= timedelta(0):
        raise table.fault(f"{key} must be longer than nothing.")
    return length
