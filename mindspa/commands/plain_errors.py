"""Turns an error that is meant to be read into its sentence and a non-zero exit."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer

from mindspa.domain.errors import MindSpaError


@contextmanager
def plain_errors() -> Iterator[None]:
    try:
        yield
    except MindSpaError as error:
        typer.echo(f"Error: {error}", err=True)
        raise typer.Exit(1) from None
