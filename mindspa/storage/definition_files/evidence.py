"""Reads data/evidence.toml, published results, and data/about_treatment.toml, sentences for
patients."""

from pathlib import Path

from mindspa.domain.evidence import Evidence, PublishedResult, TreatmentText
from mindspa.storage.definition_files.table import Table


def load_evidence(path: Path) -> Evidence:
    file = Table.of_file(path)
    checked_on = file.date_or_none("checked")
    if checked_on is None:
        raise file.fault("checked is missing: the day on which somebody looked.")
    results = tuple(map(_result, file.tables("results")))
    file.done()
    ids = [result.id for result in results]
    if not ids or len(set(ids)) != len(ids):
        raise file.fault("results needs at least one entry, and no id twice.")
    return Evidence(checked_on, results)


def load_treatment_text(path: Path) -> TreatmentText:
    file = Table.of_file(path)
    source, reviewed_by = file.text("source"), file.text_or_none("reviewed_by")
    table = file.table("sentences")
    parts = {name: table.texts(name) for name in ("before", "during", "after")}
    table.done()
    file.done()
    for name, sentences in parts.items():
        if not sentences or not all(sentence.strip() for sentence in sentences):
            raise table.fault(f"{name} needs at least one sentence, and none may be empty.")
    return TreatmentText(**parts, source=source, reviewed_by=reviewed_by)


def _result(table: Table) -> PublishedResult:
    percent = table.decimal_or_none("percent")
    if percent is None or not 0 <= percent <= 100:
        raise table.fault("percent must be a decimal number from 0 to 100, such as 52.2.")
    result = PublishedResult(
        id=table.text("id"),
        source=table.text("source"),
        people=table.integer("people"),
        design=table.text("design"),
        scale=table.text("scale"),
        time=table.text("time"),
        measure=table.text("measure"),
        percent=percent,
        caveat=table.text("caveat"),
        low=table.decimal_or_none("low"),
        high=table.decimal_or_none("high"),
        computed=table.boolean("computed", default=False),
    )
    table.done()
    if result.people < 1:
        raise table.fault("people must be at least 1.")
    if (result.low is None) != (result.high is None):
        raise table.fault("low and high stand together.")
    if result.low is not None and result.high is not None:
        if not 0 <= result.low <= result.percent <= result.high <= 100:
            raise table.fault("percent must lie between low and high.")
    elif result.computed:
        raise table.fault("computed says how low and high came about, and they are missing.")
    return result
