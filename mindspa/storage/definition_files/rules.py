"""Reads data/rules.toml: what counts as change, and which answers raise an alert."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from math import ceil
from pathlib import Path

from mindspa.domain.change import ChangeRule
from mindspa.domain.check_ins import Mode
from mindspa.domain.duty import ClockRule
from mindspa.domain.instruments import Instrument
from mindspa.domain.safety import (
    AsAssessed,
    ContactRequest,
    IntakeRule,
    MissedRule,
    RiseRule,
    SafetyRules,
    Tier,
    Trigger,
    findings_for_item,
)
from mindspa.storage.definition_files.table import Table

Instruments = Mapping[str, Instrument]


def load_rules(
    path: Path, instruments: Instruments
) -> tuple[Mapping[str, ChangeRule], SafetyRules]:
    """The rules of change by instrument id, and the safety rules."""
    file = Table.of_file(path)
    signed_by, signed_on = file.text_or_none("signed_by"), file.date_or_none("signed_on")
    if (signed_by is None) != (signed_on is None):
        raise file.fault("signed_by and signed_on go together: give both or neither.")
    changes: dict[str, ChangeRule] = {}
    for table in file.tables("change", named_by="instrument"):
        rule = _change(table, instruments)
        if rule.instrument in changes:
            raise table.fault("this instrument stands twice; keep one entry.")
        changes[rule.instrument] = rule
    safety = _safety(file.table("safety"), instruments, changes, signed_by, signed_on)
    file.done()
    return changes, safety


def _change(table: Table, instruments: Instruments) -> ChangeRule:
    instrument = _instrument(table, instruments)
    sources: dict[str, str] = {}

    def part(key: str) -> Table | None:
        if key not in table:
            return None
        values = table.table(key)
        sources[key] = values.text("source")
        return values

    def whole(key: str, name: str, highest: int = instrument.maximum) -> int | None:
        """A part that is one number from 1 to the instrument's highest total."""
        values = part(key)
        if values is None:
            return None
        number = values.integer(name)
        values.done()
        if not 1 <= number <= highest:
            raise values.fault(f"{name} must be from 1 to {highest}.")
        return number

    response, partial = whole("response", "percent", 100), whole("partial", "percent", 100)
    if partial is not None and (response is None or partial >= response):
        raise table.fault("partial must be below response.")
    sustained = part("sustained")
    span, gap = None, None
    if sustained is not None:
        span = timedelta(days=sustained.integer("days"))
        gap = timedelta(days=sustained.integer("gap_days"))
        sustained.done()
        if span < gap or gap <= timedelta(0):
            raise sustained.fault("days must be at least gap_days, and both more than nothing.")
    reliable = part("reliable")
    points, sd, reliability, kind = None, None, None, None
    if reliable is not None:
        points = reliable.integer("points")
        sd = reliable.decimal_or_none("sd")
        reliability = reliable.decimal_or_none("reliability")
        kind = reliable.text_or_none("reliability_kind")
        reliable.done()
        if len({sd is None, reliability is None, kind is None}) > 1:
            raise reliable.fault("sd, reliability and reliability_kind go together.")
        if sd is not None and reliability is not None and not (sd > 0 and 0 < reliability < 1):
            raise reliable.fault("sd must be above 0, and reliability between 0 and 1.")
        if points < 1:
            raise reliable.fault("points must be 1 or more.")
    rule = ChangeRule(
        instrument=instrument.id,
        response_fraction=None if response is None else response / 100,
        partial_fraction=None if partial is None else partial / 100,
        remission_below=whole("remission", "below"),
        sustained_span=span,
        sustained_gap=gap,
        reliable_points=points,
        important_points=whole("important", "points"),
        elevated_from=whole("elevated", "from"),
        caseness_below=whole("caseness", "below"),
        sd=sd,
        reliability=reliability,
        reliability_kind=kind,
        sources=sources,
    )
    table.done()
    if sustained is not None and rule.remission_below is None:
        raise table.fault("sustained needs remission, the cut-off that must hold.")
    error = rule.difference_error
    if error is not None and points != ceil(1.96 * error):
        raise table.fault(
            f"reliable points must be {ceil(1.96 * error)}, as sd and reliability give"
            f" {1.96 * error:.2f}."
        )
    return rule


def _safety(
    table: Table,
    instruments: Instruments,
    changes: Mapping[str, ChangeRule],
    signed_by: str | None,
    signed_on: date | None,
) -> SafetyRules:
    rules = SafetyRules(
        triggers=tuple(_trigger(rule, instruments) for rule in table.tables("triggers")),
        rises=tuple(_rise(rule, instruments, changes) for rule in table.tables("rises")),
        contact_requests=tuple(
            _contact_request(rule, instruments) for rule in table.tables("contact_requests")
        ),
        historic_after=timedelta(days=table.integer("historic_after_days")),
        intake=_intake(table.table("intake")),
        missed=_missed(table.table("missed")),
        clock=_clock(table.table("clock")),
        as_assessed=_as_assessed(table.table("as_assessed")),
        script=_script(table.table("script")),
        signed_by=signed_by,
        signed_on=signed_on,
    )
    table.done()
    if rules.historic_after < timedelta(0):
        raise table.fault("historic_after_days must be 0 or more.")
    ids = [rule.id for rule in rules.triggers]
    ids += [rules.intake.id, rules.missed.id, *(rule.id for rule in rules.rises)] + [
        request.id for request in rules.contact_requests
    ]
    if twice := sorted({rule_id for rule_id in ids if ids.count(rule_id) > 1}):
        raise table.fault(f"the id {twice[0]} stands twice; every rule needs its own.")
    _check_as_assessed(table, rules)
    if unknown := sorted(rules.missed.after - {trigger.id for trigger in rules.triggers}):
        raise table.fault(f"missed: there is no trigger {unknown[0]}.")
    watched = {(trigger.instrument, trigger.item) for trigger in rules.triggers}
    for instrument in instruments.values():
        if instrument.safety_item and (instrument.id, instrument.safety_item) not in watched:
            raise table.fault(
                f"no trigger looks at the safety item {instrument.safety_item} of {instrument.id}."
            )
        if instrument.script:
            _check_screen(table, rules, instrument)
    return rules


def _check_screen(table: Table, rules: SafetyRules, instrument: Instrument) -> None:
    """What it comes to is read off the triggers: with one missing, a yes would be negative. Only
    the last question is about now."""
    last = instrument.items[-1]
    for item in instrument.items:
        for value in sorted(item.values)[1:]:
            found = findings_for_item(rules, instrument.id, item.id, value)
            tiers = {finding.tier for finding in found}
            wanted = Tier.IMMEDIATE if item is last else Tier.SAME_DAY
            if tiers != {wanted}:
                raise table.fault(
                    f"item {item.id} of {instrument.id} needs a trigger for its answer {value}, "
                    f"{wanted}."
                )


def _intake(table: Table) -> IntakeRule:
    rule = IntakeRule(table.text("id"), _tier(table), table.text("words"), table.text("source"))
    table.done()
    return rule


def _missed(table: Table) -> MissedRule:
    rule = MissedRule(
        table.text("id"),
        _tier(table),
        frozenset(table.texts("after")),
        _within(table),
        table.text("words"),
        table.text("source"),
    )
    table.done()
    return rule


def _as_assessed(table: Table) -> AsAssessed:
    given = table.list("values")
    values = [value for value in given if type(value) is int]
    if not values or len(values) != len(given):
        raise table.fault("values must be a list of whole numbers.")
    rule = AsAssessed(table.text("rule"), frozenset(values), _within(table), table.text("source"))
    table.done()
    return rule


def _within(table: Table) -> timedelta:
    days = table.integer("within_days")
    if days < 1:
        raise table.fault("within_days must be 1 or more.")
    return timedelta(days=days)


def _check_as_assessed(table: Table, rules: SafetyRules) -> None:
    """Never of an answer that always starts a clock, because no rule raises it."""
    trigger = next((t for t in rules.triggers if t.id == rules.as_assessed.rule), None)
    if trigger is None:
        raise table.fault(f"as_assessed: there is no trigger {rules.as_assessed.rule}.")
    if unknown := sorted(rules.as_assessed.values - trigger.tiers.keys()):
        raise table.fault(f"as_assessed: {trigger.id} does not raise the answer {unknown[0]}.")


def _clock(table: Table) -> Mapping[Tier, ClockRule]:
    found = {tier: _clock_of(table.table(tier.value)) for tier in Tier}
    table.done()
    return found


def _clock_of(table: Table) -> ClockRule:
    minutes = {
        key: timedelta(minutes=table.integer(key))
        for key in ("within", "first_open", "repeat", "next_attempt")
    }
    if short := [key for key, span in minutes.items() if span < timedelta(minutes=1)]:
        raise table.fault(f"{short[0]} must be 1 or more.")
    rule = ClockRule(**minutes, source=table.text("source"))
    table.done()
    return rule


def _tier(table: Table) -> Tier:
    tier = table.text("tier")
    if tier not in set(Tier):
        raise table.fault(f"tier must be one of {', '.join(Tier)}.")
    return Tier(tier)


def _script(table: Table) -> Mapping[Mode, tuple[str, ...]]:
    """Of each way in which staff enter answers."""
    script = {}
    for mode in (Mode.BY_PHONE, Mode.IN_PERSON, Mode.ON_PAPER):
        script[mode] = table.texts(mode.value)
        if not all(sentence.strip() for sentence in script[mode]) or not script[mode]:
            raise table.fault(f"{mode.value} needs at least one sentence, and no empty one.")
    table.done()
    return script


def _trigger(table: Table, instruments: Instruments) -> Trigger:
    instrument = _instrument(table, instruments)
    item = _item(table, instrument)
    tiers: dict[int, Tier] = {}
    for tier in Tier:
        for value in _values(table, tier.value, instrument, item):
            if value in tiers:
                raise table.fault(f"the answer {value} stands in two tiers.")
            tiers[value] = tier
    if not tiers:
        raise table.fault("no answer raises it: give immediate or same_day.")
    trigger = Trigger(
        table.text("id"), instrument.id, item, tiers, table.text("words"), table.text("source")
    )
    table.done()
    return trigger


def _rise(table: Table, instruments: Instruments, changes: Mapping[str, ChangeRule]) -> RiseRule:
    instrument = _instrument(table, instruments)
    items: Iterable[str] = (
        [_item(table, instrument)]
        if "item" in table
        else [item.id for item in instrument.scored_items]
    )
    points = table.integer_or_none("points")
    if points is None and instrument.id in changes:
        points = changes[instrument.id].reliable_points
    if points is None or points < 1:
        raise table.fault("points must be 1 or more, or the instrument needs a reliable change.")
    tier = _tier(table)
    rule = RiseRule(
        table.text("id"),
        instrument.id,
        tuple(items),
        points,
        tier,
        table.text("words"),
        table.text("source"),
    )
    table.done()
    return rule


def _contact_request(table: Table, instruments: Instruments) -> ContactRequest:
    instrument = _instrument(table, instruments)
    item = _item(table, instrument)
    request = ContactRequest(
        table.text("id"),
        instrument.id,
        item,
        frozenset(_values(table, "values", instrument, item)),
        table.text("words"),
    )
    table.done()
    if not request.values:
        raise table.fault("values is missing: which answers ask for a call?")
    return request


def _instrument(table: Table, instruments: Instruments) -> Instrument:
    name = table.text("instrument")
    if name not in instruments:
        raise table.fault(f"there is no instrument {name}.")
    return instruments[name]


def _item(table: Table, instrument: Instrument) -> str:
    name = table.text("item")
    if name not in {item.id for item in instrument.items}:
        raise table.fault(f"{instrument.id} has no item {name}.")
    return name


def _values(table: Table, key: str, instrument: Instrument, item: str) -> list[int]:
    """Answers that the item has."""
    values: list[int] = []
    for value in table.list(key):
        # bool is an int in Python: true would pass for the answer 1.
        if type(value) is not int or value not in instrument.item(item).values:
            raise table.fault(f"{key}: {value!r} is no answer of item {item}.")
        values.append(value)
    return values
