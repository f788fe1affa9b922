"""What a command says on the terminal: an error in its sentence, and texts of others made safe."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer

from mindspa.domain.errors import MindSpaError


@contextmanager
def plain_errors() -> Iterator[None]:
    try:
        yield
    except MindSpaError as error:
        typer.echo(f"Error: {printable(str(error))}", err=True)
        raise typer.Exit(1) from None


def printable(text: str) -> str:
    """In one line, and without what would move the cursor or colour the screen: it may quote a
    file that somebody sent."""
    return "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in text)
