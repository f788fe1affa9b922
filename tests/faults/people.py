"""People of a small clinic who have something to answer, and how they sign in."""

from datetime import timedelta

from mindspa.bootstrap import Runtime
from mindspa.domain.access import Actor, Role
from mindspa.domain.treatment import Clinic
from tests.accounts import an_account
from tests.factories import a_patient, an_induction, an_infusion

QUESTIONS = (
    "interest",
    "low_mood",
    "nervous",
    "worry",
    "change",
    "side_effects",
    "safety",
    "call",
)


def a_person(
    runtime: Runtime, clinic: Clinic, login: str = "pat", *, treated: bool = True
) -> Actor:
    """Whose pulse is due, 30 hours after an infusion; not `treated`: whose baseline is due, two
    forms, before the first."""
    found = a_newcomer(runtime, clinic, login)
    with runtime.reading(found) as work:
        patient = work.records.patients.get(work.own_patient_id())
    now = runtime.clock()
    starts_at = now - timedelta(hours=31) if treated else now + timedelta(days=2)
    course = an_induction(runtime, clinic, patient, starts_at=starts_at)
    an_infusion(runtime, clinic, course, starts_at=starts_at)
    return found


def a_newcomer(runtime: Runtime, clinic: Clinic, login: str) -> Actor:
    """Who can tell at any time how they are."""
    patient = a_patient(runtime, clinic, f"{login.capitalize()} Example")
    person = an_account(
        runtime, clinic, login, name=patient.name, role=Role.PATIENT, patient_id=patient.id
    )
    return Actor(person.id, clinic.id, person.name, person.roles, patient.id)
