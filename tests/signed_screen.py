"""The ASQ as a clinic has it that switched it on; and the program with it, at another time:
`python -m tests.signed_screen INSTANT serve …`."""

import sys
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

from mindspa import bootstrap
from mindspa.__main__ import app
from mindspa.domain.definitions import Definitions
from mindspa.storage.definition_files import load_definitions
from tests.at import clock_from

RESPONDER = "Dr. Example, extension 12"


def signed(definitions: Definitions) -> Definitions:
    """As a clinic makes it in the file."""
    asq = definitions.instruments["asq"]
    assert asq.script is not None
    on = replace(
        asq,
        enabled=True,
        provenance=replace(asq.provenance, reviewed_by="Dr. Example", reviewed_on=date(2026, 6, 1)),
        script=replace(asq.script, responder=RESPONDER),
    )
    return replace(definitions, instruments={**definitions.instruments, "asq": on})


def _load(folder: Path) -> Definitions:
    return signed(load_definitions(folder))


if __name__ == "__main__":
    # What `start` calls: mypy sees that `bootstrap` only borrows the name.
    bootstrap.load_definitions = _load  # type: ignore[attr-defined]
    bootstrap.start = partial(bootstrap.start, clock=clock_from(sys.argv.pop(1)))
    app(prog_name="python -m mindspa")
