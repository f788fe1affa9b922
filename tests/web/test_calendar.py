"""A patient's plan for their calendar: their own, with nothing in it that says what it is about."""

from datetime import timedelta
from typing import Any

import pytest
from icalendar import Calendar

from mindspa.bootstrap import Runtime
from mindspa.domain.access import Person, Role, operator
from mindspa.domain.treatment import Clinic, Patient
from mindspa.services.move_infusion import move_infusion
from mindspa.services.plan_induction import plan_induction
from mindspa.services.record_infusion import cancel
from tests.accounts import an_account
from tests.conftest import NOW
from tests.factories import a_patient
from tests.web.conftest import Browser

FILE = "/download/my-plan.ics"
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def patient(runtime: Runtime, clinic: Clinic) -> Patient:
    """Infusions in two and in five days."""
    made = a_patient(runtime, clinic, "Pat Example")
    with runtime.unit_of_work(operator(clinic.id)) as work:
        plan_induction(work, made.id, [NOW + 2 * DAY, NOW + 5 * DAY])
    return made


@pytest.fixture
def pat(runtime: Runtime, clinic: Clinic, patient: Patient) -> Person:
    return an_account(
        runtime, clinic, "pat", name="Pat Example", role=Role.PATIENT, patient_id=patient.id
    )


def events(browser: Browser) -> dict[str, Any]:
    answer = browser.get(FILE)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/calendar")
    assert answer.headers["cache-control"] == "no-store"
    return {str(event["uid"]): event for event in Calendar.from_ical(answer.content).walk("VEVENT")}


def test_own_infusions_and_check_ins(browser: Browser, pat: Person, clinic: Clinic) -> None:
    browser.sign_in("pat")
    found = events(browser)
    appointments = [event for event in found.values() if event["summary"] == "Appointment"]
    assert [event.decoded("dtstart") for event in appointments] == [NOW + 2 * DAY, NOW + 5 * DAY]
    assert {str(event["location"]) for event in appointments} == {clinic.name}
    assert {str(event["summary"]) for event in found.values()} == {"Appointment", "Check-in"}
    assert all(event.decoded("dtend") >= event.decoded("dtstart") for event in found.values())


def test_it_says_nothing_of_the_treatment_nor_of_the_person(
    browser: Browser, pat: Person, patient: Patient
) -> None:
    browser.sign_in("pat")
    said = browser.get(FILE).text.casefold()
    for word in ("infusion", "ketamine", "phq", "gad", "pulse", "pat example", patient.id):
        assert word not in said


def test_what_moved_keeps_its_identity_and_what_is_cancelled_says_so(
    browser: Browser, pat: Person, runtime: Runtime, clinic: Clinic, patient: Patient
) -> None:
    browser.sign_in("pat")
    before = events(browser)
    with runtime.unit_of_work(operator(clinic.id)) as work:
        first, second = work.records.treatment.infusions_of(patient.id)
        move_infusion(work, first.id, version=1, planned_at=NOW + 3 * DAY)
        cancel(work, second.id, version=1, reason="Ill.")
    after = events(browser)
    moved, gone = f"{first.id}@mindspa", f"{second.id}@mindspa"
    assert after[moved].decoded("dtstart") == NOW + 3 * DAY
    assert after[moved]["sequence"] > before[moved]["sequence"]
    assert (after[moved]["status"], after[gone]["status"]) == ("CONFIRMED", "CANCELLED")
    with runtime.reading(operator(clinic.id)) as work:
        audited = [event.what for event in work.records.audit_events(patient.id)]
    assert audited.count("plan.exported") == 2


def test_signed_out_there_is_none_and_staff_have_none(
    browser: Browser, ana: Person, pat: Person
) -> None:
    refused = browser.get(FILE)
    assert refused.status_code == 303
    assert refused.headers["location"].startswith("/sign-in")
    browser.sign_in()
    answer = browser.get(FILE)
    assert answer.status_code in (403, 404)
    assert "BEGIN" not in answer.text
