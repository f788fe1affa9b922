"""The command line: gathers the commands."""

from typing import Annotated

import typer

from mindspa import __version__
from mindspa.commands.backup import backup
from mindspa.commands.check import check
from mindspa.commands.demo import demo
from mindspa.commands.import_ import import_answers
from mindspa.commands.restore import restore
from mindspa.commands.score import score
from mindspa.commands.serve import serve
from mindspa.commands.user import user
from mindspa.commands.worker import work

app = typer.Typer(
    name="mindspa",
    no_args_is_help=True,
    add_completion=False,
    # A trace with the values of variables would print answers and names.
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"Mind Spa Outcomes {__version__}")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    """Outcome tracking for clinics that give IV ketamine infusions."""


app.command()(serve)
app.command(short_help="Builds a simulated clinic: 60 made-up patients, one year.")(demo)
app.add_typer(user, name="user")
app.command("import", short_help="Reads answers that were given elsewhere.")(import_answers)
app.command("worker", short_help="Sends and escalates, beside the servers that show pages.")(work)
app.command()(score)
app.command(short_help="Says whether settings, content and database are sound.")(check)
app.command(short_help="Copies the database, verified, while people go on working.")(backup)
app.command(short_help="Puts a backup in place, and keeps what was there.")(restore)

if __name__ == "__main__":
    app(prog_name="python -m mindspa")
