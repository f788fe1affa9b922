"""The ASQ on the page on which staff enter answers."""

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from mindspa.bootstrap import Runtime
from mindspa.domain.access import Actor
from mindspa.domain.treatment import Clinic, Patient
from mindspa.ui.record_entry import key_of
from tests.factories import a_patient
from tests.pages.conftest import OpenPage
from tests.services.test_screen import NO, YES, asked
from tests.signed_screen import RESPONDER, signed


@pytest.fixture
def runtime(runtime: Runtime) -> Runtime:
    return replace(runtime, definitions=signed(runtime.definitions))


@pytest.fixture
def patient(runtime: Runtime, clinic: Clinic) -> Patient:
    return a_patient(runtime, clinic)


def said(page: AppTest) -> str:
    shown = [one.value for kind in (page.info, page.warning, page.error) for one in kind]
    return "\n".join(shown).replace("\\", "")


def test_it_is_ticked_where_an_alert_leads(
    nurse: Actor, patient: Patient, open_page: OpenPage
) -> None:
    page = open_page(nurse, "enter_answers", patient=patient.id, form="asq")
    assert page.checkbox(key=f"entry_form_asq:{patient.id}").value
    assert not page.checkbox(key=f"entry_form_pulse:{patient.id}").value
    page = page.button(key=f"entry_start:{patient.id}").click().run()
    assert "Read each question as it stands" in said(page)
    assert [radio.label[:12] for radio in page.radio] == [
        "1 · In the p",
        "2 · In the p",
        "3 · In the p",
        "4 · Have you",
    ]


def test_each_answer_says_what_follows(nurse: Actor, patient: Patient, open_page: OpenPage) -> None:
    page = open_page(nurse, "enter_answers", patient=patient.id, form="asq")
    page = page.button(key=f"entry_start:{patient.id}").click().run()
    check_in_id = page.query_params["id"]

    def answer(item: int, value: int) -> None:
        page.radio(key=f"answer:{check_in_id}:asq:{item}").set_value(value).run()

    for item in (1, 2, 3):
        answer(item, NO)
    assert "Negative" not in said(page)
    answer(4, NO)
    assert "Negative" in said(page)
    assert RESPONDER not in said(page)
    answer(4, YES)
    assert "Negative" not in said(page)
    assert "Positive so far" in said(page)
    assert len(page.radio) == 5
    answer(5, NO)
    assert "brief safety assessment" in said(page)
    assert RESPONDER in said(page)
    answer(5, YES)
    assert "is not left alone" in said(page)
    assert "brief safety assessment" not in said(page)
    assert "This answer has raised an alert" in [header.value for header in page.header]
    page.button(key="check_in.send").click().run()
    assert "is not left alone" in said(page), "on the receipt, too"


def test_an_alert_leads_to_it(
    runtime: Runtime, nurse: Actor, patient: Patient, open_page: OpenPage
) -> None:
    asked(runtime, nurse, patient, YES)
    with runtime.reading(nurse) as work:
        (case,) = work.records.alert_cases.open()
    page = open_page(nurse, "alerts", id=case.id)
    page.session_state[key_of(case.id, "While you talk")] = True
    links = [link.proto for link in page.run().get("page_link")]
    (ask,) = [link for link in links if link.label == "Ask the ASQ"]
    assert ask.query_string == f"patient={patient.id}&form=asq"
