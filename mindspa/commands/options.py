"""Options that several commands share."""

from collections.abc import Mapping
from typing import Annotated

import typer

from mindspa import bootstrap
from mindspa.domain.errors import InvalidInput, NotFound
from mindspa.domain.treatment import Clinic
from mindspa.settings import PREFIX, Settings

DatabaseUrl = Annotated[
    str | None,
    typer.Option(
        "--db",
        help="The database, instead of MINDSPA_DATABASE_URL: sqlite:///PATH or postgresql://…",
    ),
]


def settings_for(db: str | None, environ: Mapping[str, str]) -> Settings:
    given = {} if db is None else {f"{PREFIX}DATABASE_URL": db}
    return Settings.load({**environ, **given})


def chosen_clinic(runtime: bootstrap.Runtime, clinic_id: str | None) -> Clinic:
    """The one that is named, or the only one."""
    clinics = runtime.accounts.clinics()
    if not clinics:
        raise InvalidInput(
            "There is no clinic yet. Make it with its first account: `python -m mindspa user add` "
            "with --clinic-name, --zone and --country."
        )
    chosen = [clinic for clinic in clinics if clinic_id in (None, clinic.id)]
    if len(chosen) == 1:
        return chosen[0]
    known = "; ".join(f"{clinic.id} ({clinic.name})" for clinic in clinics)
    if clinic_id is None:
        raise InvalidInput(f"There are several clinics. Say which with --clinic: {known}.")
    raise NotFound(f"There is no clinic with that id. Known: {known}.")
