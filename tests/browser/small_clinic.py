"""Two clinics in one database where things are at their beginning: one has nobody in it, in the
other nothing, little or something unfinished is known of each patient."""

from datetime import datetime, timedelta
from pathlib import Path

from mindspa import bootstrap
from mindspa.domain.access import Role
from mindspa.domain.treatment import Patient
from mindspa.settings import Settings
from tests import factories
from tests.accounts import an_account

# Logins; the password of all is that of `tests.accounts`.
NEW_PATIENT, THREE_FORMS, BEFORE_FIRST = "new", "three", "before"
STAFF_OF_NOBODY, STAFF, ADMINISTRATOR = "nobodys", "staff", "office"
MUST_CHANGE = "first-time"
TWO_STEPS = "two-steps"  # sets up a second factor

DAY = timedelta(days=1)


def build(database_file: Path, *, now: datetime) -> None:
    settings = Settings.load({"MINDSPA_DATABASE_URL": f"sqlite:///{database_file}"})
    runtime = bootstrap.start(settings, clock=lambda: now)
    try:
        _fill(runtime, now)
    finally:
        runtime.database.dispose()


def _fill(runtime: bootstrap.Runtime, now: datetime) -> None:
    nobodys = factories.a_clinic(runtime, "nobodys")
    an_account(runtime, nobodys, STAFF_OF_NOBODY, name="Cleo Example")
    clinic = factories.a_clinic(runtime, "small")
    an_account(runtime, clinic, STAFF, name="Dr. Ada Example")
    an_account(runtime, clinic, ADMINISTRATOR, name="Jo Example", role=Role.ADMINISTRATOR)
    an_account(runtime, clinic, MUST_CHANGE, name="Noor Example", must_change_password=True)

    an_account(runtime, clinic, TWO_STEPS, name="Tova Example", role=Role.CARE_TEAM)

    def a_patient(name: str, login: str) -> Patient:
        patient = factories.a_patient(runtime, clinic, name)
        an_account(runtime, clinic, login, name=name, role=Role.PATIENT, patient_id=patient.id)
        return patient

    a_patient("Nell Example", NEW_PATIENT)

    three = a_patient("Theo Example", THREE_FORMS)
    course = factories.an_induction(runtime, clinic, three, starts_at=now - 14 * DAY)
    factories.an_infusion(runtime, clinic, course, starts_at=now - 14 * DAY)
    for days, each in ((15, 2), (8, 2), (1, 1)):
        factories.a_stored_form(runtime, clinic, three, "phq9", at=now - days * DAY, each=each)
    # Nobody has recorded its end.
    factories.an_infusion(
        runtime, clinic, course, starts_at=now - timedelta(hours=5), length=timedelta(hours=10)
    )

    before = a_patient("Bea Example", BEFORE_FIRST)
    course = factories.an_induction(runtime, clinic, before, starts_at=now + 2 * DAY)
    factories.an_infusion(runtime, clinic, course, starts_at=now + 2 * DAY)
    # An alert without an infusion: no row of the follow-up list.
    factories.a_stored_form(runtime, clinic, before, "phq9", at=now - 1 * DAY, _9=3)
