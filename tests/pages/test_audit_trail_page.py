"""The pages of the audit trail: for administrators, and for a patient about their own record."""

from dataclasses import replace
from datetime import timedelta

import pytest

from mindspa.bootstrap import Runtime
from mindspa.domain.access import Actor
from mindspa.domain.treatment import Clinic, Patient
from mindspa.services.view_progress import view_progress
from mindspa.ui import audit_search, own_access
from mindspa.ui.plain_text import plain
from tests.conftest import Clock
from tests.factories import a_patient, account_of
from tests.pages.conftest import OpenPage


@pytest.fixture
def patient(runtime: Runtime, clinic: Clinic) -> Patient:
    return a_patient(runtime, clinic, "Pat Example")


def looks(runtime: Runtime, nurse: Actor, patient: Patient) -> None:
    with runtime.reading(nurse) as work:
        view_progress(work, patient.id)


def test_what_happened_this_week(
    runtime: Runtime,
    administrator: Actor,
    nurse: Actor,
    patient: Patient,
    clock: Clock,
    open_page: OpenPage,
) -> None:
    looks(runtime, nurse, patient)
    page = open_page(administrator, "audit_trail")
    table = page.dataframe[0].value
    (row,) = table[table["What"] == "Looked at the record"].to_dict("records")
    assert (row["Who"], row["Patient"]) == (nurse.name, patient.id)  # and no patient's name
    assert "Pat Example" not in table.to_string()
    assert plain("Times in America/New_York.") in page.caption[-1].value

    page.segmented_control(key="audit_kind").set_value("look").run()
    assert set(page.dataframe[0].value["What"]) == {"Looked at the record"}
    page.selectbox(key="audit_who").set_value(administrator.id).run()
    assert page.info[-1].value == "Nothing of this kind is written down for that time."
    page.selectbox(key="audit_who").set_value(nurse.id).run()
    page.text_input(key="audit_patient").set_value(f" {patient.id} ").run()
    assert len(page.dataframe[0].value) == 1
    page.text_input(key="audit_patient").set_value("nobody").run()
    assert not page.dataframe

    clock.forward(days=30)
    page = open_page(administrator, "audit_trail")
    assert set(page.dataframe[0].value["What"]) == {"Signed in"}


def test_times_that_cannot_be_searched_can_be_chosen_again(
    administrator: Actor, clock: Clock, open_page: OpenPage
) -> None:
    page = open_page(administrator, "audit_trail")
    today = clock().date()
    page.date_input(key="audit_to").set_value(today - timedelta(days=20)).run()
    assert page.error[0].value.startswith("The last day is before the first.")
    page.date_input(key="audit_from").set_value(today - timedelta(days=500)).run()
    assert page.error[0].value == "Choose a year at most."
    page.date_input(key="audit_from").set_value(today - timedelta(days=30)).run()
    assert not page.error
    page.date_input(key="audit_from").set_value(None).run()
    assert not page.exception


def test_more_with_each_press(
    runtime: Runtime,
    administrator: Actor,
    nurse: Actor,
    open_page: OpenPage,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(audit_search, "ROWS", replace(audit_search.ROWS, at_first=3, at_most=6))
    with runtime.unit_of_work(nurse) as work:
        for number in range(7):
            work.audit("call.asked", record=str(number))
    page = open_page(administrator, "audit_trail")
    page.selectbox(key="audit_who").set_value(nurse.id).run()
    assert list(page.dataframe[0].value["Entry"]) == ["6", "5", "4"]
    assert page.caption[-1].value.startswith(plain("The last 3 entries."))
    page.button(key="audit_more").click().run()
    assert len(page.dataframe[0].value) == 6
    assert page.caption[-1].value == "Choose a shorter time, or take all of it as a file."
    with pytest.raises(KeyError):
        page.button(key="audit_more")


def test_a_patient_sees_who_looked(
    runtime: Runtime,
    clinic: Clinic,
    nurse: Actor,
    patient: Patient,
    clock: Clock,
    open_page: OpenPage,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(own_access, "ROWS", replace(own_access.ROWS, at_first=1))
    pat = account_of(runtime, clinic, patient)
    clock.forward(hours=1)
    looks(runtime, nurse, patient)
    page = open_page(pat, "who_looked")
    assert page.table[0].value.to_dict("records") == [
        {"Day": "10 Jun 2026", "Who": "Care team", "What": "Looked at your record"}
    ]
    assert nurse.name not in page.table[0].value.to_string()
    page.button(key="own_access_more").click().run()
    last = page.table[0].value.to_dict("records")[-1]
    assert last["What"] == "Wrote in your record"
    assert last["Who"] == "The clinic's computer"  # whoever registers at the command line


def test_the_way_there(
    runtime: Runtime, clinic: Clinic, nurse: Actor, patient: Patient, open_page: OpenPage
) -> None:
    for actor, has in ((account_of(runtime, clinic, patient), True), (nurse, False)):
        links = open_page(actor, "account").get("page_link")
        assert ("Who looked at your record" in {link.proto.label for link in links}) is has
