"""Loads data/instruments/*.toml and refuses a file that contradicts itself."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

from mindspa.domain.errors import InvalidAnswers
from mindspa.domain.instruments import (
    Band,
    CutOff,
    Instrument,
    Item,
    Kind,
    Option,
    Provenance,
    Script,
    SubScore,
)
from mindspa.domain.scoring import FINDINGS, score
from mindspa.storage.definition_files.table import Table

UNANSWERED = "-"  # in the answers of a worked example; TOML has no null
NO_FIXED_RECALL = "none"  # written out, so that a forgotten recall is not taken for it


def load_instruments(folder: Path) -> Mapping[str, Instrument]:
    """All instruments of a folder by id, in the order of their file names."""
    paths = sorted(folder.glob("*.toml"))
    if not paths:
        raise Table({}, folder.name).fault("the folder holds no instrument files.")
    instruments = [load_instrument(path) for path in paths]
    return {instrument.id: instrument for instrument in instruments}


def load_instrument(path: Path) -> Instrument:
    file = Table.of_file(path)
    languages = file.texts("languages")
    if not languages:
        raise file.fault("languages names no language.")
    kind = _kind(file)
    if file.text("better") != "lower":
        # Change, alerts and words all take a rise for the worse: a scale that runs the other way
        # would be read upside down without any error.
        raise file.fault('better must be "lower": scales where higher is better are not supported.')
    options = _options(file, languages)
    items = tuple(_item(table, options, languages) for table in file.tables("items"))
    minimum, maximum = _range(file, kind)
    sub_scores = tuple(_sub_score(table, items, languages) for table in file.tables("sub_scores"))
    examples = file.tables("worked_examples")
    instrument = Instrument(
        id=file.text("id"),
        version=file.text("version"),
        kind=kind,
        languages=languages,
        title=file.text_by_language("title", languages),
        short_name=file.text_by_language("short_name", languages),
        recall=_recall(file),
        recall_label=file.text_by_language("recall_label", languages),
        provenance=_provenance(file.table("provenance")),
        stem=file.text_by_language("stem", languages) if "stem" in file else None,
        items=items,
        minimum=minimum,
        maximum=maximum,
        bands=tuple(_band(table, languages) for table in file.tables("bands", "severity")),
        cut_offs=tuple(_cut_off(table, languages) for table in file.tables("cut_offs")),
        sub_scores=sub_scores,
        algorithm=file.text_or_none("algorithm"),
        safety_item=file.text_or_none("safety_item"),
        prorate_missing=file.integer("prorate_missing", default=0),
        staff_only=file.boolean("staff_only", default=False),
        enabled=file.boolean("enabled", default=True),
        script=_script(file.table("script"), languages) if "script" in file else None,
        codes=_codes(file),
    )
    file.done()
    if instrument.id != path.stem:
        raise file.fault(f"id is {instrument.id!r}; it must be the file's name, {path.stem!r}.")
    _check_items(file, instrument)
    _check_script(file, instrument)
    _check_numbers(file, instrument)
    _check_examples(file, instrument, examples)
    return instrument


# --- reading the parts ---


def _kind(file: Table) -> Kind:
    name = file.text("kind")
    if name not in list(Kind):
        raise file.fault(f"kind {name!r} is none of {', '.join(Kind)}.")
    return Kind(name)


def _recall(file: Table) -> timedelta | None:
    written = file.text("recall")
    if written == NO_FIXED_RECALL:
        return None
    match = re.fullmatch(
        r"P(?:(?P<months>\d{1,4})M|(?P<days>\d{1,4})D|T(?P<hours>\d{1,4})H)", written, re.ASCII
    )
    if match is None or not int(match[match.lastgroup or 0]):
        raise file.fault(f"recall {written!r} must look like P14D, P1M or PT24H, or be 'none'.")
    # A month of recall is counted as 30 days, like the windows that are built on it.
    return timedelta(
        days=int(match["days"] or 0) + 30 * int(match["months"] or 0),
        hours=int(match["hours"] or 0),
    )


def _range(file: Table, kind: Kind) -> tuple[int, int]:
    if kind is Kind.SCREEN:
        if "range" in file:
            raise file.fault("a screen has no total, so it has no range.")
        return 0, 0
    match file.list("range"):
        case [int(minimum), int(maximum)] if minimum < maximum:
            return minimum, maximum
    raise file.fault("range must be the lowest and the highest total, as in [0, 27].")


def _provenance(table: Table) -> Provenance:
    provenance = Provenance(
        source=table.text("source"),
        permission=table.text("permission"),
        notice=table.text("notice"),
        reviewed_by=table.text_or_none("reviewed_by"),
        reviewed_on=table.date_or_none("reviewed_on"),
    )
    table.done()
    if (provenance.reviewed_by is None) != (provenance.reviewed_on is None):
        raise table.fault("a review needs both reviewed_by and reviewed_on.")
    return provenance


def _script(table: Table, languages: Collection[str]) -> Script:
    script = Script(
        responder=table.text_or_none("responder"),
        before=table.text_by_language("before", languages),
        negative=table.text_by_language("negative", languages),
        positive=table.text_by_language("positive", languages),
        unfinished=table.text_by_language("unfinished", languages),
        acute=table.text_by_language("acute", languages),
    )
    table.done()
    return script


def _codes(file: Table) -> dict[str, str]:
    if "codes" not in file:
        return {}
    table = file.table("codes")
    codes = {use: table.text(use) for use in table.names()}
    _refuse_repeats(table, "code", codes.values())
    return codes


def _options(file: Table, languages: Collection[str]) -> dict[str, tuple[Option, ...]]:
    if "options" not in file:
        return {}
    lists = file.table("options")
    options = {}
    for name in lists.names():
        tables = lists.tables(name, "value")
        read = tuple(_option(table, languages) for table in tables)
        _refuse_repeats(lists, f"value in {name}", [option.value for option in read])
        _refuse_repeats(lists, f"code in {name}", [option.code for option in read if option.code])
        if [option.value for option in read] != sorted(option.value for option in read):
            raise lists.fault(f"the values of {name} must rise.")
        options[name] = read
    return options


def _option(table: Table, languages: Collection[str]) -> Option:
    option = Option(
        value=table.integer("value"),
        text=table.text_by_language("text", languages),
        code=table.text_or_none("code"),
    )
    table.done()
    return option


def _item(
    table: Table, options: Mapping[str, tuple[Option, ...]], languages: Collection[str]
) -> Item:
    name = table.text("options")
    if not options.get(name):
        raise table.fault(f"options names {name!r}, which this file does not list.")
    item = Item(
        id=table.text("id"),
        text=table.text_by_language("text", languages),
        short=table.text_by_language("short", languages),
        options=options[name],
        scored=table.boolean("scored", default=True),
        code=table.text_or_none("code"),
        intro=table.text_by_language("intro", languages) if "intro" in table else None,
        variants=frozenset(table.texts("variants")),
        asked_if_any_above_zero=table.texts("asked_if_any_above_zero"),
    )
    table.done()
    return item


def _band(table: Table, languages: Collection[str]) -> Band:
    band = Band(
        start=table.integer("from"),
        severity=table.text("severity"),
        label=table.text_by_language("label", languages),
    )
    table.done()
    return band


def _cut_off(table: Table, languages: Collection[str]) -> CutOff:
    cut_off = CutOff(
        id=table.text("id"),
        start=table.integer("from"),
        label=table.text_by_language("label", languages),
        source=table.text("source"),
    )
    table.done()
    return cut_off


def _sub_score(table: Table, items: Iterable[Item], languages: Collection[str]) -> SubScore:
    highest = {item.id: item.highest for item in items if item.scored}
    parts = table.texts("items")
    unknown = [part for part in parts if part not in highest]
    if unknown or not parts:
        raise table.fault(f"items must name scored items; {', '.join(unknown) or 'none'} is not.")
    _refuse_repeats(table, "item", parts)
    sub_score = SubScore(
        id=table.text("id"),
        label=table.text_by_language("label", languages),
        items=parts,
        maximum=sum(highest[part] for part in parts),
        symptom_from=table.integer_or_none("symptom_from"),
        symptoms_needed=table.integer_or_none("symptoms_needed"),
    )
    table.done()
    if (sub_score.symptom_from is None) != (sub_score.symptoms_needed is None):
        raise table.fault("symptom_from and symptoms_needed belong together.")
    return sub_score


# --- checking the file against itself ---


def _refuse_repeats(table: Table, what: str, values: Iterable[object]) -> None:
    repeated = [str(value) for value, times in Counter(values).items() if times > 1]
    if repeated:
        raise table.fault(f"{what} {repeated[0]} stands there twice.")


def _check_items(file: Table, instrument: Instrument) -> None:
    ids = [item.id for item in instrument.items]
    _refuse_repeats(file, "item", ids)
    _refuse_repeats(file, "item code", [item.code for item in instrument.items if item.code])
    _refuse_repeats(file, "sub-score", [part.id for part in instrument.sub_scores])
    _refuse_repeats(file, "cut-off", [cut_off.id for cut_off in instrument.cut_offs])
    if instrument.safety_item is not None and instrument.safety_item not in ids:
        raise file.fault(f"safety_item {instrument.safety_item!r} is no item.")
    if instrument.algorithm is not None and instrument.algorithm not in FINDINGS:
        raise file.fault(f"algorithm {instrument.algorithm!r} is none of {', '.join(FINDINGS)}.")
    _check_algorithm(file, instrument)
    for item in instrument.items:
        place = f"item {item.id}"
        if item.scored and (item.variants or item.asked_if_any_above_zero):
            raise file.fault(f"{place} is scored, so it must always be asked.")
        for other in item.asked_if_any_above_zero:
            if other not in ids[: ids.index(item.id)]:
                raise file.fault(f"{place} depends on {other!r}, which is no earlier item.")


def _check_script(file: Table, instrument: Instrument) -> None:
    """A screen that staff ask ships with what follows from it, or not at all."""
    script = instrument.script
    if instrument.kind is not Kind.SCREEN or not instrument.staff_only:
        if script is not None:
            raise file.fault("a script is for a screen that staff ask (staff_only).")
        return
    if script is None:
        return
    if not instrument.items:
        raise file.fault("a script is for a screen that has items to ask.")
    if not instrument.enabled:
        return
    if instrument.provenance.reviewed_by is None:
        raise file.fault("it is asked word for word: a clinician compares it and signs it first.")
    if script.responder is None:
        raise file.fault("script names no responder: whom to call when it is positive?")


def _check_algorithm(file: Table, instrument: Instrument) -> None:
    """Each names the items of the instrument that it was written for."""
    if instrument.algorithm is None:
        return
    lowest = {item.id: item.options[0].value for item in instrument.scored_items}
    try:
        FINDINGS[instrument.algorithm](instrument, lowest)
    except KeyError as error:
        raise file.fault(
            f"algorithm {instrument.algorithm!r} needs the item {error}, which is not here."
        ) from None


def _check_numbers(file: Table, instrument: Instrument) -> None:
    low, high = instrument.minimum, instrument.maximum
    scored = instrument.scored_items
    if instrument.kind in (Kind.STANDARD, Kind.PULSE):
        lowest = sum(item.options[0].value for item in scored)
        highest = sum(item.highest for item in scored)
        if (lowest, highest) != (low, high):
            raise file.fault(f"range is {low}-{high}, but the items add up to {lowest}-{highest}.")
    elif scored:
        raise file.fault(f"an instrument of kind {instrument.kind} has no scored items.")
    if instrument.kind is Kind.PULSE and (
        instrument.bands or instrument.cut_offs or instrument.codes
    ):
        raise file.fault("a pulse is not a validated scale: no bands, cut-offs or codes.")
    starts = [band.start for band in instrument.bands]
    if starts:
        # Bands give their start only, so between two of them there is neither gap nor overlap.
        if len(starts) == 1:
            raise file.fault("a single band says nothing: give two or more, or none.")
        if starts[0] != low:
            raise file.fault(f"the first band must start at {low}, or totals below have none.")
        for earlier, later in pairwise(starts):
            if later <= earlier:
                raise file.fault(f"the band from {later} must start above the one before it.")
        if starts[-1] > high:
            raise file.fault(f"the band from {starts[-1]} starts above the highest total, {high}.")
        _refuse_repeats(file, "severity", [band.severity for band in instrument.bands])
    for cut_off in instrument.cut_offs:
        if not low < cut_off.start <= high:
            raise file.fault(f"cut-off {cut_off.id} is outside the range {low}-{high}.")
    if not 0 <= instrument.prorate_missing < max(1, len(scored)):
        raise file.fault("prorate_missing must be less than the number of scored items.")


def _check_examples(file: Table, instrument: Instrument, examples: Iterable[Table]) -> None:
    scored = instrument.scored_items
    examples = tuple(examples)
    if scored and not examples:
        raise file.fault("worked_examples is missing: give at least one.")
    shown: set[int | None] = set()
    for example in examples:
        given = example.list("answers")
        if len(given) != len(scored):
            raise example.fault(f"answers has {len(given)} of {len(scored)} scored items.")
        answers = {
            item.id: value for item, value in zip(scored, given, strict=True) if value != UNANSWERED
        }
        try:
            result = score(instrument, answers)  # type: ignore[arg-type]  # it checks each value
        except InvalidAnswers as error:
            raise example.fault(str(error)) from None
        expected: dict[str, tuple[int | str | None, int | str | None]] = {
            "total": (example.integer_or_none("total"), result.total),
            "severity": (example.text_or_none("severity"), result.severity),
            "finding": (example.text_or_none("finding"), result.finding),
        }
        if "sub_scores" in example:
            parts = example.table("sub_scores")
            for part in instrument.sub_scores:
                stated = parts.integer_or_none(part.id)
                expected[f"sub-score {part.id}"] = (stated, result.sub_scores[part.id])
            parts.done()
        example.done()
        for name, (given_as, computed) in expected.items():
            if given_as != computed:
                raise example.fault(f"{name} is given as {given_as}, but scoring gives {computed}.")
        shown.add(result.total)
    # So that moving a band by a point is noticed by the file itself.
    for band in instrument.bands if scored else ():
        if band.start not in shown:
            raise file.fault(f"a worked example at {band.start}, where a band starts, is missing.")
