"""Two clinics in one database, each with an account of every role, for tests that attack them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from mindspa import bootstrap
from mindspa.domain.access import Actor, Role, operator
from mindspa.domain.treatment import Clinic
from mindspa.services.open_check_in import open_check_in
from mindspa.services.save_answer import save_answer, save_note
from mindspa.services.send_check_in import send_check_in
from mindspa.services.show_check_in import Sheet, show_check_in
from mindspa.settings import Settings
from tests import factories
from tests.accounts import a_session, an_account
from tests.conftest import Clock

# What a browser, or Streamlit's Markdown, would make something of.
SCRIPT = "<script>hit()</script><img src=x onerror=hit()>"
MARKDOWN = "[bait](https://evil.example) **loud** :red[red] $x^2$ `code` # www.evil.example"
BAIT = f"{SCRIPT} {MARKDOWN}"

NORTH, SOUTH = "north", "south"
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Someone:
    """A person with an account, and a session of theirs that lives."""

    login: str
    role: Role
    clinic: str
    token: str
    patient_id: str = ""
    sent_id: str = ""  # a check-in of theirs that was sent
    open_id: str = ""  # and one that was not
    case_id: str = ""  # the open alert that the one that was sent raised


@dataclass(frozen=True, slots=True)
class Pair:
    """`ana` and `ben` are patients of the north, `sam` is one of the south. Staff are
    `clinician@north` and so on. A patient's name begins with the login in capitals, and so does
    the note that they sent: either is found wherever it is shown."""

    people: Mapping[str, Someone]

    def __getitem__(self, login: str) -> Someone:
        return self.people[login]

    def patients(self) -> list[Someone]:
        return [person for person in self.people.values() if person.patient_id]


def mark(login: str) -> str:
    return login.upper() * 2


def build(database_file: Path, *, now: datetime) -> Pair:
    """Whoever signs in does so at `now`."""
    clock = Clock(now)
    settings = Settings.load({"MINDSPA_DATABASE_URL": f"sqlite:///{database_file}"})
    runtime = bootstrap.start(settings, clock=clock)
    people: dict[str, Someone] = {}
    for clinic_id, patients in ((NORTH, ("ana", "ben")), (SOUTH, ("sam",))):
        clinic = factories.a_clinic(runtime, clinic_id)
        for role in (Role.CARE_TEAM, Role.CLINICIAN, Role.ADMINISTRATOR):
            login = f"{role}@{clinic_id}.example"
            account = an_account(
                runtime, clinic, login, name=f"{mark(clinic_id)} {BAIT}", role=role
            )
            people[login] = Someone(login, role, clinic_id, a_session(runtime, account))
        for login in patients:
            people[login] = _patient(runtime, clock, clinic, login)
    runtime.database.dispose()
    return Pair(people)


def _patient(runtime: bootstrap.Runtime, clock: Clock, clinic: Clinic, login: str) -> Someone:
    now = clock.now
    patient = factories.a_patient(runtime, clinic, f"{mark(login)} {BAIT}")
    account = an_account(
        runtime, clinic, login, name=patient.name, role=Role.PATIENT, patient_id=patient.id
    )
    course = factories.an_induction(runtime, clinic, patient, starts_at=now - 9 * DAY)
    factories.a_stored_form(runtime, clinic, patient, "phq9", at=now - 10 * DAY, each=2, _9=0)
    for starts_at in (now - 9 * DAY, now - 30 * HOUR, now + DAY):
        factories.an_infusion(runtime, clinic, course, starts_at=starts_at)
    actor = Actor(account.id, clinic.id, account.name, account.roles, patient.id)
    clock.forward(hours=-2)
    sent = _sent_check_in(runtime, actor, note=f"{mark(login)} {BAIT}")
    clock.forward(hours=1)
    with runtime.unit_of_work(actor) as work:
        still_open = open_check_in(work, unscheduled=True)
    clock.now = now
    token = a_session(runtime, account)
    with runtime.reading(operator(clinic.id)) as work:
        case = work.records.alert_cases.open_of(patient.id)
    assert case is not None
    return Someone(login, Role.PATIENT, clinic.id, token, patient.id, sent, still_open.id, case.id)


def _sent_check_in(runtime: bootstrap.Runtime, actor: Actor, *, note: str) -> str:
    """The worst answer to everything asked, which raises an alert."""
    with runtime.unit_of_work(actor) as work:
        check_in = open_check_in(work, unscheduled=True)
        sheet = show_check_in(work, check_in.id)
        assert isinstance(sheet, Sheet)
        for section in sheet.sections:
            for item in section.items:
                save_answer(
                    work,
                    check_in.id,
                    instrument_id=section.instrument.id,
                    item_id=item.id,
                    value=max(option.value for option in item.options),
                    replaces=0,
                )
        save_note(work, check_in.id, note, replaces="")
        send_check_in(work, check_in.id)
    return check_in.id
