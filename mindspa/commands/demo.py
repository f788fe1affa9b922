"""`demo`: builds the simulated clinic."""

import os
from datetime import UTC, datetime
from typing import Annotated

import typer

from mindspa.commands.options import DatabaseUrl, settings_for
from mindspa.commands.plain_errors import plain_errors
from mindspa.demo.build import Found, build, look
from mindspa.domain.errors import InvalidInput
from mindspa.settings import Settings

SEED = 1
YEARS = range(2000, 2101)


def demo(
    seed: Annotated[int, typer.Option(help="Another number makes other people.")] = SEED,
    now: Annotated[
        str | None,
        typer.Option(
            metavar="INSTANT",
            help="When the simulated year ends, such as 2026-06-10T16:00Z. Without it, now.",
        ),
    ] = None,
    db: DatabaseUrl = None,
    if_needed: Annotated[
        bool,
        typer.Option(
            "--if-needed", help="Only where there is no clinic yet, or a demo over 12 hours old."
        ),
    ] = False,
) -> None:
    """Builds a clinic of 60 made-up patients and a year of their answers.

    The same seed and instant give the same clinic. An older demo is replaced, once the new one is
    complete; a database with a clinic that is no demo is never touched.
    """
    with plain_errors():
        settings = settings_for(db, os.environ)
        ends_at = datetime.now(UTC) if now is None else _instant(now)
        if if_needed:
            build_if_needed(settings, seed=seed, now=ends_at)
        else:
            _build(settings, seed=seed, now=ends_at)


def build_if_needed(settings: Settings, *, seed: int = SEED, now: datetime | None = None) -> None:
    """Says what it does, and what it leaves."""
    ends_at = now or datetime.now(UTC)
    match look(settings, now=ends_at):
        case Found.REAL_CLINIC:
            typer.echo("The database holds a clinic of its own: no demo is built.", err=True)
        case Found.FRESH_DEMO:
            typer.echo("The demo clinic is less than 12 hours old and is kept.", err=True)
        case Found.OLD_DEMO:
            typer.echo("The demo clinic is over 12 hours old and is built anew.", err=True)
            _build(settings, seed=seed, now=ends_at)
        case Found.NOTHING:
            _build(settings, seed=seed, now=ends_at)


def _build(settings: Settings, *, seed: int, now: datetime) -> None:
    typer.echo("Building the demo clinic: a simulated year. This takes about a minute.", err=True)
    build(settings, seed=seed, now=now.replace(second=0, microsecond=0))
    typer.echo("The demo clinic is ready. Its accounts are shown on the sign-in page.", err=True)


def _instant(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidInput("--now must be an instant such as 2026-06-10T16:00Z.") from None
    if found.tzinfo is None:
        raise InvalidInput("--now needs a time zone, such as 2026-06-10T16:00Z.")
    if found.year not in YEARS:
        raise InvalidInput("--now must be an instant from 2000 to 2100.")
    return found.astimezone(UTC)
