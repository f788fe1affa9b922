"""`user` as an operator uses it: the first clinic, further people, a patient's account, a lost
password."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from mindspa import bootstrap
from mindspa.__main__ import app
from mindspa.domain.access import Role, operator
from mindspa.domain.second_factor import CodeOfStep
from mindspa.services.register_patient import register_patient
from mindspa.services.sign_in import password_matches
from mindspa.settings import Settings
from tests import factories
from tests.conftest import NOW

FIRST = (
    *("--login", "Ada@Example.org", "--name", "Ada Example", "--role", "administrator"),
    *("--clinic-name", "Example Clinic", "--zone", "America/Toronto", "--country", "ca"),
)


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'clinic.db'}"


def add(url: str, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["user", "add", "--db", url, *arguments])


def opened(url: str) -> bootstrap.Runtime:
    return bootstrap.start(Settings.load({"MINDSPA_DATABASE_URL": url}), clock=lambda: NOW)


def test_the_first_administrator_and_the_clinic(url: str) -> None:
    result = add(url, *FIRST)
    assert result.exit_code == 0, result.stderr
    runtime = opened(url)
    (clinic,) = runtime.accounts.clinics()
    assert (clinic.name, clinic.zone, clinic.country) == ("Example Clinic", "America/Toronto", "CA")
    (person,) = runtime.accounts.people_of(clinic.id)
    assert person.login == "ada@example.org"
    assert person.roles == {Role.ADMINISTRATOR}
    assert person.must_change_password
    password = result.stdout.split("Password: ")[1].split()[0]
    stored = runtime.accounts.account_of(person.id, clinic_id=clinic.id).password_hash
    assert password_matches(password, stored)
    runtime.database.dispose()


def test_further_people_join_the_only_clinic(url: str) -> None:
    add(url, *FIRST)
    result = add(
        url,
        *("--login", "cy", "--name", "Cy", "--role", "clinician", "--role", "care_team"),
    )
    assert result.exit_code == 1, "two characters are no login"
    result = add(
        url,
        *("--login", "cyd", "--name", "Cyd", "--role", "clinician", "--role", "care_team"),
    )
    assert result.exit_code == 0, result.stderr
    runtime = opened(url)
    (clinic,) = runtime.accounts.clinics()
    roles = {person.login: person.roles for person in runtime.accounts.people_of(clinic.id)}
    assert roles["cyd"] == {Role.CLINICIAN, Role.CARE_TEAM}
    runtime.database.dispose()


def test_a_patient_is_found_by_the_number_of_the_import(url: str) -> None:
    add(url, *FIRST)
    runtime = opened(url)
    (clinic,) = runtime.accounts.clinics()
    with runtime.unit_of_work(operator(clinic.id)) as work:
        one = register_patient(work, name="Person 12", source="study", source_id="12")
        other = register_patient(work, name="Person 7", source="study", source_id="7")
        register_patient(work, name="Person 7", source="another", source_id="7")
    patient = ("--name", "Pat", "--role", "patient", "--patient")
    assert add(url, "--login", "pat", *patient, "12").exit_code == 0
    assert add(url, "--login", "pat2", *patient, other.id).exit_code == 0
    linked = {p.login: p.patient_id for p in runtime.accounts.people_of(clinic.id)}
    assert linked == {"ada@example.org": None, "pat": one.id, "pat2": other.id}
    for number, sentence in (("7", "Several patients"), ("99", "no such patient")):
        refused = add(url, "--login", "pat3", *patient, number)
        assert refused.exit_code == 1
        assert sentence in refused.stderr
    runtime.database.dispose()


@pytest.mark.parametrize(
    "arguments, sentence",
    [
        (("--login", "cyd", "--name", "Cyd", "--role", "clinician"), "There is no clinic yet."),
        (FIRST[:-2], "--zone and --country"),
        ((*FIRST[:-1], "XX"), "no verified help line"),
        ((*FIRST[:-3], "Mars/Base", *FIRST[-2:]), "not a time zone"),
        ((*FIRST, "--role", "patient"), "patient record"),
        (("--login", "cyd", "--name", "Cyd", "--role", "doctor"), "doctor"),
    ],
)
def test_refused_in_an_empty_database(url: str, arguments: tuple[str, ...], sentence: str) -> None:
    result = add(url, *arguments)
    assert result.exit_code != 0
    assert sentence in " ".join(result.stderr.split())
    assert "Traceback" not in result.stderr
    runtime = opened(url)
    assert runtime.accounts.clinics() == ()
    runtime.database.dispose()


@pytest.mark.parametrize(
    "arguments, sentence",
    [
        (FIRST, "of that name already"),
        (("--login", "Ada@example.org ", "--name", "A", "--role", "clinician"), "login is taken"),
        (
            ("--login", "cyd", "--name", "C", "--role", "clinician", "--clinic", "nowhere"),
            "no clinic with that id",
        ),
        (("--login", "pat", "--name", "P", "--role", "patient"), "patient record"),
    ],
)
def test_refused_beside_the_first(url: str, arguments: tuple[str, ...], sentence: str) -> None:
    add(url, *FIRST)
    result = add(url, *arguments)
    assert result.exit_code == 1
    assert sentence in result.stderr


def test_no_real_clinic_begins_beside_the_demo(url: str) -> None:
    """Its passwords are known to everybody."""
    runtime = opened(url)
    clinic = factories.a_clinic(runtime)
    runtime.accounts.mark_demo(clinic.id, built_at=NOW)
    result = add(url, *FIRST)
    assert result.exit_code == 1
    assert "demo clinic" in result.stderr
    assert len(runtime.accounts.clinics()) == 1
    runtime.database.dispose()


def test_a_lost_password_is_replaced(url: str) -> None:
    add(url, *FIRST)
    result = CliRunner().invoke(
        app, ["user", "password", "--db", url, "--login", "Ada@example.org"]
    )
    assert result.exit_code == 0, result.stderr
    given = result.stdout.split("Password: ")[1].split()[0]
    runtime = opened(url)
    (clinic,) = runtime.accounts.clinics()
    (person,) = runtime.accounts.people_of(clinic.id)
    stored = runtime.accounts.account_of(person.id, clinic_id=clinic.id).password_hash
    assert password_matches(given, stored)
    assert person.must_change_password
    runtime.database.dispose()


def test_there_is_no_password_for_nobody(url: str) -> None:
    add(url, *FIRST)
    result = CliRunner().invoke(app, ["user", "password", "--db", url, "--login", "nobody"])
    assert result.exit_code == 1
    assert "There is no account with that login" in result.stderr


def test_a_lost_second_factor_is_taken_away(url: str) -> None:
    add(url, *FIRST)
    runtime = opened(url)
    (clinic,) = runtime.accounts.clinics()
    (person,) = runtime.accounts.people_of(clinic.id)
    runtime.accounts.factors.offer(person, "A" * 32, now=NOW)
    runtime.accounts.factors.confirm(person, CodeOfStep("A" * 32, 1), [], keep_token="", now=NOW)
    reset = ["user", "reset-second-factor", "--db", url, "--login"]
    refused = CliRunner().invoke(app, [*reset, "nobody"])
    assert refused.exit_code == 1
    assert "There is no account with that login" in refused.stderr
    done = CliRunner().invoke(app, [*reset, "Ada@example.org"])
    assert done.exit_code == 0, done.stderr
    assert runtime.accounts.factors.own(person).since is None
    again = CliRunner().invoke(app, [*reset, "Ada@example.org"])
    assert "has no second factor" in again.stderr
    runtime.database.dispose()
