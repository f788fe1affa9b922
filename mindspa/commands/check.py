"""`check`: whether settings, clinical content and database are sound."""

import os
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Annotated

import typer

from mindspa import bootstrap
from mindspa.commands.backup import described
from mindspa.commands.options import DatabaseUrl, settings_for
from mindspa.commands.plain_errors import plain_errors
from mindspa.domain.access import operator
from mindspa.domain.definitions import Definitions
from mindspa.domain.errors import DatabaseUnusable, InvalidSetting
from mindspa.domain.treatment import Clinic
from mindspa.services.check_records import problems
from mindspa.settings import DATA_FOLDER, Settings
from mindspa.storage import schema
from mindspa.storage.backup import verified
from mindspa.storage.database import Database
from mindspa.storage.definition_files import load_definitions


def check(
    db: DatabaseUrl = None,
    backup: Annotated[
        Path | None,
        typer.Option("--backup", help="Verify this backup instead, without restoring it."),
    ] = None,
) -> None:
    """Says whether settings, clinical content and database are sound; changes nothing.

    Ends with exit code 1 where the server would not start, the database differs from what this
    version expects, or its records do not agree: totals with their answers, summaries with the
    records, sent check-ins with their forms, safety answers with their alerts, the audit trail with
    its seals. The last seal is to be compared with what the log of the server says it was.
    """
    with plain_errors():
        if backup is not None:
            typer.echo(f"{backup}: {described(verified(backup))}")
            return
        settings = settings_for(db, os.environ)
        typer.echo("Settings: sound.")
        definitions = load_definitions(DATA_FOLDER)
        for line in _content(definitions):
            typer.echo(line)
        typer.echo(_database(settings, definitions))


def _content(definitions: Definitions) -> Iterator[str]:
    yield (
        f"Clinical content: {len(definitions.instruments)} instruments, version "
        f"{definitions.version}."
    )
    unsigned = [
        instrument.short_name["en"]
        for instrument in definitions.instruments.values()
        if instrument.enabled and not instrument.provenance.reviewed_by
    ]
    if not definitions.protocol.reviewed_by:
        unsigned.append("protocol (of clinics that signed none of their own)")
    if not definitions.safety.signed_by:
        unsigned.append("safety rules")
    if unsigned:
        yield f"Not yet signed by a clinician, and in force all the same: {', '.join(unsigned)}."
    for entry in sorted(definitions.crisis.values(), key=lambda entry: entry.country):
        overdue = ", which is past" if entry.is_overdue(datetime.now(UTC).date()) else ""
        yield (
            f"Help lines: {entry.country}, checked on {entry.checked_on.isoformat()}, "
            f"to be checked again by {entry.check_again_by.isoformat()}{overdue}."
        )


def _database(settings: Settings, definitions: Definitions) -> str:
    database = Database(settings.database_url)
    try:
        if not database.exists():
            return "Database: none yet. It is made when the server first starts."
        if schema.is_behind(database):
            return "Database: of an older version. It is brought up to date at the next start."
        if found := schema.differences(database):
            for difference in found:
                typer.echo(f"  {difference}", err=True)
            raise DatabaseUnusable(
                f"The database differs from what this version expects, in {len(found)} places. "
                "Restore a backup."
            )
        runtime = bootstrap.Runtime(
            settings, database, definitions, bootstrap.accounts_of(settings, database)
        )
        clinics = runtime.accounts.clinics()
        _refuse_without_help_line(clinics, definitions)
        _refuse_problems(runtime, clinics)
    finally:
        database.dispose()
    return f"Database: sound, of this version, with {_clinics(len(clinics))}."


def _refuse_without_help_line(clinics: Iterable[Clinic], definitions: Definitions) -> None:
    for clinic in clinics:
        if clinic.country not in definitions.crisis:
            raise InvalidSetting(
                f"data/crisis.toml has no verified help line for {clinic.country}, the country of "
                "a clinic here. Add an entry with the date it was checked."
            )


def _refuse_problems(runtime: bootstrap.Runtime, clinics: Iterable[Clinic]) -> None:
    found = 0
    for clinic in clinics:
        with runtime.reading(operator(clinic.id)) as work:
            for problem in chain(problems(work), runtime.audit_seals.problems(clinic.id)):
                typer.echo(f"  {problem}", err=True)
                found += 1
        if last := runtime.audit_seals.last(clinic.id):
            typer.echo(f"Audit trail of clinic {clinic.id}: seal {last.number} is {last.digest}.")
    if found:
        raise DatabaseUnusable(
            f"The records do not agree in {found} places. They are left as they are: keep a copy, "
            "look at those records, or restore a backup from before."
        )


def _clinics(count: int) -> str:
    return "no clinic yet" if count == 0 else f"{count} clinic{'s' if count > 1 else ''}"
