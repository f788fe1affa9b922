"""`restore`: puts a backup where the database is."""

import os
import shlex
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from mindspa.commands.backup import described, without_password
from mindspa.commands.options import DatabaseUrl, settings_for
from mindspa.commands.plain_errors import plain_errors
from mindspa.domain.errors import InvalidInput
from mindspa.storage.database import Database
from mindspa.storage.restore import restore as put_back


def restore(
    file: Annotated[Path, typer.Argument(help="A file that `backup` made.")],
    db: DatabaseUrl = None,
    replace: Annotated[
        bool,
        typer.Option("--replace", help="Put the database that is there aside; it is kept."),
    ] = False,
) -> None:
    """Puts a backup in place, after verifying it and bringing it up to date.

    Stop the server first. What was changed after the backup is not in it: passwords are again what
    they were then, and everybody has to sign in anew. On PostgreSQL it says which pg_restore to
    run instead.
    """
    with plain_errors():
        database = Database(settings_for(db, os.environ).database_url)
        if database.file is None:
            options = ["--single-transaction", "--no-owner"]
            target = f"--dbname={without_password(database)}"
            typer.echo(shlex.join(["pg_restore", *options, target, str(file)]))
            raise InvalidInput(
                "A PostgreSQL database is restored with its own tool, into an empty database, "
                "while no server runs: run the command above."
            )
        typer.echo("Verifying the backup, then putting it in place.", err=True)
        found, aside = put_back(file, database.file, replace=replace, now=datetime.now(UTC))
        typer.echo(f"{database.file}: {described(found)}")
        if aside is not None:
            typer.echo(f"The database that was there is kept: {aside}")
        typer.echo("Run `python -m mindspa check`, then start the server.", err=True)
