"""`user add`: an account for a person, and with the first one the clinic itself. `user password`:
a new one for whoever has lost theirs. `user reset-second-factor`: for whoever has lost that."""

import os
from typing import Annotated

import typer

from mindspa import bootstrap
from mindspa.commands.options import DatabaseUrl, chosen_clinic, settings_for
from mindspa.commands.plain_errors import plain_errors
from mindspa.domain.access import Role, operator
from mindspa.domain.errors import InvalidInput, NotFound
from mindspa.domain.treatment import Clinic
from mindspa.services import manage_people
from mindspa.services.manage_people import (
    TEMPORARY_FOR,
    NewAccount,
    NewPerson,
    add_first_person,
    add_person,
    give_password,
    new_clinic,
)

user = typer.Typer(no_args_is_help=True, help="Accounts of the people who sign in.")


@user.command()
def add(
    login: Annotated[
        str, typer.Option(help="What the person types to sign in, such as an e-mail address.")
    ],
    name: Annotated[str, typer.Option(help="The person's name, as colleagues read it.")],
    role: Annotated[
        list[Role],
        typer.Option(
            metavar="ROLE",
            help=f"{', '.join(Role)}. Give it again for a further role.",
        ),
    ],
    email: Annotated[
        str | None,
        typer.Option(help="Where notices of alerts go. Staff can change it on their own page."),
    ] = None,
    patient: Annotated[
        str | None,
        typer.Option(
            help="With the role patient: the record of that patient, by its id or by the number "
            "that it was imported with."
        ),
    ] = None,
    clinic: Annotated[
        str | None, typer.Option(help="The id of the clinic. Not needed where there is only one.")
    ] = None,
    clinic_name: Annotated[
        str | None, typer.Option(help="Makes a new clinic of this name, with this first account.")
    ] = None,
    zone: Annotated[
        str | None, typer.Option(help="Of the new clinic: its time zone, such as America/New_York.")
    ] = None,
    country: Annotated[
        str | None,
        typer.Option(help="Of the new clinic: two letters, such as US. Decides the help lines."),
    ] = None,
    phone: Annotated[str, typer.Option(help="Of the new clinic: where patients reach it.")] = "",
    hours: Annotated[
        str, typer.Option(help="Of the new clinic: when somebody answers, such as Mon-Fri 9-17.")
    ] = "",
    db: DatabaseUrl = None,
) -> None:
    """Adds an account and prints its temporary password, once.

    The person chooses an own password at the first sign-in. To begin with an empty database, make
    the clinic and its first administrator together: --clinic-name "Example Clinic"
    --zone America/New_York --country US --role administrator --login ada --name "Ada Example"
    """
    with plain_errors():
        settings = settings_for(db, os.environ)
        runtime = bootstrap.start(settings)
        try:
            if clinic_name is None:
                made = _add_to_clinic(runtime, login, name, role, email, patient, clinic)
            else:
                if zone is None or country is None:
                    raise InvalidInput("A new clinic needs --zone and --country as well.")
                made_clinic = new_clinic(
                    runtime.definitions.crisis,
                    name=clinic_name,
                    zone=zone,
                    country=country,
                    phone=phone,
                    hours=hours,
                    new_id=runtime.new_id,
                )
                _refuse_second(runtime, made_clinic)
                made = add_first_person(
                    runtime.accounts,
                    NewPerson(login, name, frozenset(role), email=email),
                    clinic=made_clinic,
                    new_id=runtime.new_id,
                    now=runtime.clock(),
                )
        finally:
            runtime.database.dispose()
    _show(made)


@user.command()
def password(
    login: Annotated[str, typer.Option(help="Whose password is lost, or has run out.")],
    clinic: Annotated[
        str | None, typer.Option(help="The id of the clinic. Not needed where there is only one.")
    ] = None,
    db: DatabaseUrl = None,
) -> None:
    """Gives somebody a new temporary password and prints it, once.

    The one before stops working, and the person is signed out everywhere.
    """
    with plain_errors():
        runtime = bootstrap.start(settings_for(db, os.environ))
        try:
            chosen = chosen_clinic(runtime, clinic)
            made = give_password(
                runtime.accounts,
                operator(chosen.id),
                login,
                clinic=chosen,
                now=runtime.clock(),
            )
        finally:
            runtime.database.dispose()
    _show(made)


@user.command()
def reset_second_factor(
    login: Annotated[str, typer.Option(help="Who has lost their phone and their recovery codes.")],
    clinic: Annotated[
        str | None, typer.Option(help="The id of the clinic. Not needed where there is only one.")
    ] = None,
    db: DatabaseUrl = None,
) -> None:
    """Takes somebody's second factor away: their password alone signs them in.

    Make sure first that it is they who ask. They are signed out everywhere, and where the clinic
    asks for a second factor they set up another one at the next sign-in.
    """
    with plain_errors():
        runtime = bootstrap.start(settings_for(db, os.environ))
        try:
            chosen = chosen_clinic(runtime, clinic)
            manage_people.reset_second_factor(
                runtime.accounts, operator(chosen.id), login, clinic=chosen, now=runtime.clock()
            )
        finally:
            runtime.database.dispose()
    typer.echo("The second factor is gone. The next sign-in asks for the password alone.")


def _add_to_clinic(
    runtime: bootstrap.Runtime,
    login: str,
    name: str,
    roles: list[Role],
    email: str | None,
    patient: str | None,
    clinic_id: str | None,
) -> NewAccount:
    clinic = chosen_clinic(runtime, clinic_id)
    return add_person(
        runtime.accounts,
        operator(clinic.id),
        NewPerson(login, name, frozenset(roles), _record_of(runtime, clinic, patient), email),
        clinic=clinic,
        new_id=runtime.new_id,
        now=runtime.clock(),
    )


def _record_of(runtime: bootstrap.Runtime, clinic: Clinic, patient: str | None) -> str | None:
    """The patient's id, from the id itself or from the number that they were imported with."""
    if patient is None:
        return None
    with runtime.reading(operator(clinic.id)) as work:
        found = [p.id for p in work.records.patients.all() if patient in (p.id, p.source_id)]
    if not found:
        raise NotFound(
            "There is no such patient in that clinic. Import their answers first, or check the "
            "number."
        )
    if len(found) > 1:
        raise InvalidInput(
            f"Several patients have that number, from different sources. Give an id: "
            f"{', '.join(found)}."
        )
    return found[0]


def _refuse_second(runtime: bootstrap.Runtime, new: Clinic) -> None:
    clinics = runtime.accounts.clinics()
    if any(clinic.demo for clinic in clinics):
        raise InvalidInput(
            "This database holds the demo clinic, whose passwords everybody knows. Name another "
            "one in MINDSPA_DATABASE_URL or with --db."
        )
    for clinic in clinics:
        if clinic.name.casefold() == new.name.casefold():
            raise InvalidInput(
                "There is a clinic of that name already. Leave out --clinic-name and give "
                f"--clinic {clinic.id}."
            )


def _show(made: NewAccount) -> None:
    typer.echo(f"Clinic:   {made.clinic.name} ({made.clinic.id})")
    typer.echo(f"Login:    {made.person.login}")
    typer.echo(f"Password: {made.temporary_password}")
    typer.echo(
        f"The password is shown only now. It works for {TEMPORARY_FOR.days} days, and must be "
        "changed at the first sign-in.",
        err=True,
    )
