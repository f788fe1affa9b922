"""Reads data/intake.toml: the new-patient forms."""

from collections.abc import Iterable
from pathlib import Path

from mindspa.domain.intake import Field, IntakeRules, Kind, Section, TrialRules, all_fields
from mindspa.storage.definition_files.table import Table

TRIALS = "trials"  # the section whose fields follow from the number of trials


def load_intake(path: Path) -> IntakeRules:
    file = Table.of_file(path)
    rules = IntakeRules(
        version=file.text("version"),
        sections=tuple(map(_section, file.tables("sections"))),
        trials=_trials(file.table("trials")),
        source=file.text("source"),
        reviewed_by=file.text_or_none("reviewed_by"),
    )
    file.done()
    names = [section.id for section in rules.sections]
    fields = [field.id for section in rules.sections for field in section.fields]
    file.refuse_repeats("sections", names)
    file.refuse_repeats("fields", fields)
    if names.count(TRIALS) != 1:
        raise file.fault("sections needs trials, where the antidepressants are asked for.")
    if len(all_fields(rules)) != len(fields) + 4 * rules.trials.most:
        raise file.fault("a field has the name of one of the trials, such as trial1_name.")
    for needed in ("indication", "safety"):
        if not any(getattr(field, needed) for field in rules.fields.values()):
            raise file.fault(f"no field has {needed}.")
    return rules


def _section(table: Table) -> Section:
    section = Section(
        table.id(),
        table.text("title"),
        table.text_or_none("intro"),
        tuple(map(_field, table.tables("fields"))),
    )
    table.done()
    if bool(section.fields) == (section.id == TRIALS):
        raise table.fault("a section needs fields, and trials has none of its own.")
    return section


def _field(table: Table) -> Field:
    kind = table.text("kind")
    if kind not in set(Kind) - {Kind.ONE_OF, Kind.NUMBER}:
        raise table.fault("kind must be tick, choice, text, lines, phone or consent.")
    field = Field(
        table.id(),
        Kind(kind),
        table.text("label"),
        required=table.boolean("required", default=False),
        indication=table.text_or_none("indication"),
        safety=table.boolean("safety", default=False),
        contraindication=table.boolean("contraindication", default=False),
        version=table.text_or_none("version") or "",
    )
    table.done()
    if (field.kind is Kind.CONSENT) != bool(field.version):
        raise table.fault("a consent has a version, and nothing else has one.")
    if (field.indication or field.safety) and field.kind is not Kind.TICK:
        raise table.fault("indication and safety are for a tick.")
    if field.contraindication and field.kind is not Kind.CHOICE:
        raise table.fault("contraindication is for a choice.")
    return field


def _trials(table: Table) -> TrialRules:
    outcomes: dict[str, str] = {}
    failed = set()
    for outcome in table.tables("outcomes"):
        name = outcome.id()
        if name in outcomes:
            raise outcome.fault("it stands twice.")
        outcomes[name] = outcome.text("label")
        if outcome.boolean("failed", default=False):
            failed.add(name)
        outcome.done()
    rules = TrialRules(
        table.integer("most"), table.integer("criterion"), outcomes, frozenset(failed),
        table.text("source"),
    )  # fmt: skip
    table.done()
    if not 1 <= rules.criterion <= rules.most <= 20 or not _some_but_not_all(failed, outcomes):
        raise table.fault("criterion is from 1 to most (at most 20); some outcomes have failed.")
    return rules


def _some_but_not_all(some: Iterable[str], of: Iterable[str]) -> bool:
    return bool(set(some)) and set(some) < set(of)
