"""The page of emergency access."""

import pytest

from mindspa.bootstrap import Runtime
from mindspa.domain.access import Actor
from mindspa.domain.treatment import Clinic, Patient
from mindspa.ui.plain_text import plain
from tests.factories import a_patient
from tests.pages.conftest import OpenPage
from tests.services.test_emergency_access import WHY, opens


@pytest.fixture
def patient(runtime: Runtime, clinic: Clinic) -> Patient:
    return a_patient(runtime, clinic, "Pat *Example*")


def test_from_the_reason_to_the_record(
    administrator: Actor, patient: Patient, open_page: OpenPage
) -> None:
    page = open_page(administrator, "emergency")
    assert page.info[-1].value == "No record was opened in an emergency."
    page.text_input(key="emergency_name").set_value("Pat *Example*")
    page.text_area(key="emergency_why").set_value("emergency")
    page.button(key="emergency_open").click().run()
    assert page.error[0].value == "Say in a sentence why this cannot wait for a clinician."
    assert page.text_input(key="emergency_name").value == "Pat *Example*"

    page.text_area(key="emergency_why").set_value(WHY)
    page.text_input(key="emergency_name").set_value("Pat")
    page.button(key="emergency_open").click().run()
    assert "not exactly one patient of that name" in page.error[0].value

    page.text_input(key="emergency_name").set_value("Pat *Example*")
    page.button(key="emergency_open").click().run()
    assert page.success[0].value == "The record is open to you for 4 hours."
    assert page.text_area(key="emergency_why").value == ""
    assert page.header[0].value == "Pat \\*Example\\*"
    assert "No infusion was given" in page.markdown[0].value
    assert patient.id in page.markdown[-1].value
    assert page.caption[-1].value == plain("Nobody has looked at it yet.")
    assert WHY in [text.value for text in page.text]
    assert not [box for box in page.selectbox if box.key == "emergency_which"]  # not one's own


def test_a_clinician_looks_at_it(
    runtime: Runtime,
    administrator: Actor,
    clinician: Actor,
    patient: Patient,
    open_page: OpenPage,
) -> None:
    opens(runtime, administrator, patient.name)
    page = open_page(clinician, "emergency")
    assert not page.text_input
    assert "Pat \\*Example\\*" in page.markdown[-1].value
    page.button(key="emergency_review").click().run()
    assert page.error[0].value == "Write down what you found."
    page.text_area(key="emergency_note").set_value("It was right.")
    page.button(key="emergency_review").click().run()
    assert page.success[0].value == "It is reviewed."
    assert plain(f"by {clinician.name}: It was right.") in page.caption[-1].value
    assert not page.selectbox


def test_to_the_care_team_it_is_no_page(nurse: Actor, open_page: OpenPage) -> None:
    page = open_page(nurse, "emergency")
    assert not page.title or page.title[0].value != "Emergency access"
