"""`backup`: a verified copy of the database, while people go on working."""

import os
import shlex
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from mindspa import __version__
from mindspa.commands.options import DatabaseUrl, settings_for
from mindspa.commands.plain_errors import plain_errors
from mindspa.domain.errors import InvalidInput
from mindspa.storage import backup as backups
from mindspa.storage.database import Database


def backup(
    file: Annotated[Path, typer.Argument(help="Where the copy goes. Its folder must be there.")],
    db: DatabaseUrl = None,
    overwrite: Annotated[
        bool,
        typer.Option("--overwrite", help="Replace a file of that name, once the copy is complete."),
    ] = False,
) -> None:
    """Copies the database while people go on working, and verifies the copy.

    The file holds health data in the clear. Nobody is signed in by it: sessions are ended in it.
    On PostgreSQL it says which pg_dump to run instead.
    """
    with plain_errors():
        database = Database(settings_for(db, os.environ).database_url)
        if database.file is None:
            options = [
                "--format=custom",
                # Whoever was signed in then must not be so again because it was put back.
                "--exclude-table-data=sessions",
                f"--file={file}",
            ]
            typer.echo(shlex.join(["pg_dump", *options, without_password(database)]))
            raise InvalidInput(
                "A PostgreSQL database is backed up with its own tool: run the command above."
            )
        typer.echo("Making the backup. People can go on working meanwhile.", err=True)
        made = backups.make(
            database.file, file, overwrite=overwrite, now=datetime.now(UTC), program=__version__
        )
        typer.echo(f"{file}: {described(made)}")


def described(found: backups.Backup) -> str:
    return (
        f"{found.rows:,} rows in {len(found.tables)} tables, verified. "
        f"Made at {found.made_at:%Y-%m-%d %H:%M} UTC by version {found.program}."
    )


def without_password(database: Database) -> str:
    """The address that PostgreSQL's own tools take. They ask for the password, or find it in
    PGPASSWORD or the password file."""
    address = database.url.set(drivername="postgresql").render_as_string(hide_password=True)
    return address.replace(":***@", "@")
