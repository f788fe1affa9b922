"""Other treatment and the vitals of an infusion, as staff and a patient use their pages."""

from datetime import date, timedelta

import pytest
from streamlit.testing.v1 import AppTest

from mindspa.bootstrap import Runtime
from mindspa.domain.access import Actor, operator
from mindspa.domain.adjuncts import Adjunct, Entry, Kind, standing
from mindspa.domain.infusion_sheet import Severity
from mindspa.domain.treatment import Clinic, Patient
from mindspa.services.record_adjunct import record_adjunct, tell_adjunct
from mindspa.services.record_side_effect import record_side_effect
from mindspa.services.record_vitals import record_vitals
from tests.conftest import NOW
from tests.factories import account_of, an_induction, an_infusion
from tests.pages.conftest import OpenPage

DAY = timedelta(days=1)
TODAY = NOW.date()
SERIES = Entry(Kind.TMS, "Left-sided series", TODAY - 9 * DAY, "daily")
CHANGE = Entry(Kind.MEDICATION, "*sertraline* 50 → 100 mg", TODAY - DAY)


@pytest.fixture
def person(runtime: Runtime, clinic: Clinic, patient: Patient) -> Actor:
    return account_of(runtime, clinic, patient)


def what_stands(runtime: Runtime, patient: Patient) -> list[Adjunct]:
    with runtime.reading(operator("clinic")) as work:
        return list(standing(work.records.adjuncts.of(patient.id)))


def opened(page: AppTest, key: str) -> AppTest:
    page.session_state[key] = True
    return page.run()


# Of staff


def test_an_entry_is_saved_corrected_and_withdrawn(
    runtime: Runtime, nurse: Actor, patient: Patient, open_page: OpenPage
) -> None:
    def key(field: str) -> str:
        return f"adjunct_{field}:{patient.id}"

    page = opened(open_page(nurse, "patient", id=patient.id), f"Other treatment:{patient.id}")
    page.text_input(key=key("name_")).set_value("Left-sided series")
    page.button(key=key("send")).click().run()
    assert page.error[0].value == "Choose the kind of treatment in the list."
    assert page.text_input(key=key("name_")).value == "Left-sided series"  # what was typed is kept
    page.selectbox(key=key("kind_")).set_value(Kind.TMS)
    page.text_input(key=key("rhythm_")).set_value("daily")
    page.date_input(key=key("from_")).set_value(TODAY - 9 * DAY)
    page.button(key=key("send")).click().run()
    assert page.success[0].value == "The entry is saved."
    assert page.text_input(key=key("name_")).value == ""
    (saved,) = what_stands(runtime, patient)
    assert saved.entry == SERIES

    page.selectbox(key=key("entry")).set_value(saved.id).run()
    assert page.text_input(key=key(f"name_{saved.id}")).value == "Left-sided series"
    page.date_input(key=key(f"until_{saved.id}")).set_value(date(1999, 1, 1))
    page.button(key=key("send")).click().run()
    assert page.error[0].value == "The last day is before the first. Check both."
    page.date_input(key=key(f"until_{saved.id}")).set_value(TODAY)
    page.button(key=key("send")).click().run()
    assert page.success[0].value == "The entry is changed."
    (ended,) = what_stands(runtime, patient)
    assert ended.ended_on == TODAY

    page.selectbox(key=key("entry")).set_value(ended.id).run()
    page.text_input(key=key(f"reason_{ended.id}")).set_value("Another patient.")
    page.button(key=key("withdraw")).click().run()
    assert page.success[0].value == "The entry is withdrawn."
    assert what_stands(runtime, patient) == []
    assert not page.exception


def test_staff_see_what_the_patient_told(
    runtime: Runtime, nurse: Actor, person: Actor, patient: Patient, open_page: OpenPage
) -> None:
    with runtime.unit_of_work(person) as work:
        tell_adjunct(work, CHANGE)
    page = open_page(nurse, "patient", id=patient.id)
    page.session_state["record_tabs"] = "Other treatment"
    page.run()
    row = page.dataframe[0].value.iloc[0]
    assert (row["What"], row["Source"]) == (CHANGE.name, "told by the patient")
    assert "a square happened once" in "".join(caption.value for caption in page.caption)


def test_the_vitals_of_a_chosen_infusion_as_just_written_down(
    runtime: Runtime, clinic: Clinic, nurse: Actor, patient: Patient, open_page: OpenPage
) -> None:
    course = an_induction(runtime, clinic, patient, starts_at=NOW - 2 * DAY)
    infusions = [
        an_infusion(runtime, clinic, course, starts_at=NOW - days * DAY) for days in (2, 1)
    ]
    page = open_page(nurse, "patient", id=patient.id)
    panel = f"Vitals and side effects:{patient.id}"
    assert panel not in page.session_state  # there is nothing to open
    with runtime.unit_of_work(nurse) as work:
        for infusion, systolic in zip(infusions, (120, 130), strict=True):
            record_vitals(work, infusion.id, {"systolic": systolic}, taken_at=infusion.starts_at)
        record_side_effect(
            work, infusions[0].id, "nausea", Severity.MILD, onset_at=infusions[0].starts_at
        )
    page = opened(page.run(), panel)  # within the minute for which a record is kept
    assert not page.exception
    assert page.dataframe[0].value["Systolic (mmHg)"].tolist() == [130]
    assert "No side effects were written down." in [caption.value for caption in page.caption]
    page.selectbox(key=f"session:{patient.id}").set_value(infusions[0].id).run()
    assert page.dataframe[0].value["Systolic (mmHg)"].tolist() == [120]
    assert page.table[0].value["Side effect"].tolist() == ["Nausea"]


# Of the patient


def test_a_patient_tells_ends_and_takes_back(
    runtime: Runtime, nurse: Actor, person: Actor, patient: Patient, open_page: OpenPage
) -> None:
    with runtime.unit_of_work(nurse) as work:
        record_adjunct(work, patient.id, CHANGE)
    page = opened(open_page(person, "my_plan"), "own_adjunct")
    (shown,) = page.table[0].value.to_dict("records")
    assert shown["What"] == r"A change of medicine: \*sertraline\* 50 → 100 mg"
    assert shown["From"] == "the clinic"
    assert not page.selectbox(key="own_adjunct.kind").value
    page.text_input(key="own_adjunct.name").set_value("Left-sided series")
    page.button(key="own_adjunct.tell").click().run()
    assert page.error[0].value == "Choose the kind of treatment in the list."
    assert page.text_input(key="own_adjunct.name").value == "Left-sided series"
    page.selectbox(key="own_adjunct.kind").set_value(Kind.TMS)
    page.text_input(key="own_adjunct.rhythm").set_value("daily")
    page.date_input(key="own_adjunct.from").set_value(TODAY - 9 * DAY)
    page.button(key="own_adjunct.tell").click().run()
    assert page.success[0].value == "The clinic knows it now."
    series, change = what_stands(runtime, patient)
    assert (series.told_by_patient, change.told_by_patient) == (True, False)
    page.date_input(key=f"own_adjunct.last:{series.id}").set_value(TODAY)
    page.button(key="own_adjunct.end").click().run()
    assert page.success[0].value == "Its last day is saved."
    assert what_stands(runtime, patient)[0].ended_on == TODAY
    page.button(key="own_adjunct.mistake").click().run()
    assert page.success[0].value == "It is taken back."
    assert [a.name for a in what_stands(runtime, patient)] == [CHANGE.name]
    assert not page.exception
