"""The new-patient forms on a phone, and the same as a clinician reads them."""

import pytest
from streamlit.testing.v1 import AppTest

from mindspa.bootstrap import Runtime
from mindspa.domain.access import Actor, Role, operator
from mindspa.domain.intake import CHOICES, Kind, Status
from mindspa.domain.treatment import Clinic, Patient
from mindspa.services.answer_intake import hand_in, save_entry
from mindspa.services.review_intake import review_intake
from tests.factories import a_patient, account_of, staff
from tests.pages.conftest import OpenPage
from tests.pages.test_care_pages import opened_form, said
from tests.spec.test_intake import complete


@pytest.fixture
def person(runtime: Runtime, clinic: Clinic, patient: Patient) -> Actor:
    return account_of(runtime, clinic, patient)


def values(runtime: Runtime, patient: Patient) -> dict[str, object]:
    with runtime.reading(operator("clinic")) as work:
        return dict(work.records.intakes.of(patient.id).values)


def fill(runtime: Runtime, person: Actor, *, handed: bool = True) -> None:
    with runtime.unit_of_work(person) as work:
        for field, value in complete(work.definitions.intake).items():
            save_entry(work, field, value, replaces=0)
        if handed:
            hand_in(work)


def test_today_leads_to_them(person: Actor, open_page: OpenPage) -> None:
    page = open_page(person, "today")
    assert "Before your first infusion the clinic needs to know you." in said(page)
    assert "New-patient forms" in [link.value for link in page.page_link]


def test_each_entry_is_saved_as_it_is_made(
    runtime: Runtime, person: Actor, patient: Patient, open_page: OpenPage
) -> None:
    page = open_page(person, "new_patient")
    assert [header.value for header in page.header] == [
        section.title for section in runtime.definitions.intake.sections
    ]
    page.checkbox(key="intake:reason_ptsd").check().run()
    page.radio(key="intake:heart").set_value("unsure").run()
    page.text_input(key="intake:trial1_name").set_value("  Sertraline ").run()
    assert not page.error
    page.number_input(key="intake:trial1_weeks").set_value(8).run()
    page.text_area(key="intake:medicines").set_value("Aspirin\n100 mg").run()
    page.checkbox(key="intake:consent_record").check().run()
    assert values(runtime, patient) == {
        "reason_ptsd": True,
        "heart": "unsure",
        "trial1_name": "Sertraline",
        "trial1_weeks": 8,
        "medicines": "Aspirin\n100 mg",
        "consent_record": "1",
    }
    # A second medicine can be told once there is a first.
    assert page.text_input(key="intake:trial2_name").value == ""
    again = open_page(person, "new_patient")
    assert again.radio(key="intake:heart").value == "unsure"
    assert again.number_input(key="intake:trial1_weeks").value == 8
    assert again.checkbox(key="intake:consent_record").value


def test_what_is_refused_stays_and_the_rest_is_saved(
    runtime: Runtime, person: Actor, patient: Patient, open_page: OpenPage
) -> None:
    page = open_page(person, "new_patient")
    page.text_input(key="intake:emergency_phone").set_value("my sister")
    page.text_input(key="intake:emergency_name").set_value("Jo")
    page.run()
    assert "needs its digits" in page.error[0].value
    assert page.text_input(key="intake:emergency_phone").value == "my sister"
    assert values(runtime, patient) == {"emergency_name": "Jo"}
    page.text_input(key="intake:emergency_phone").set_value("555 0100").run()
    assert values(runtime, patient)["emergency_phone"] == "555 0100"
    assert not page.error


def test_what_another_window_has_entered_stands_and_is_said(
    runtime: Runtime, person: Actor, patient: Patient, open_page: OpenPage
) -> None:
    page = open_page(person, "new_patient")
    with runtime.unit_of_work(person) as work:
        save_entry(work, "heart", "yes", replaces=0)
    page.radio(key="intake:heart").set_value("no").run()
    assert "in another window meanwhile" in page.error[0].value
    assert page.radio(key="intake:heart").value == "yes"
    page.radio(key="intake:heart").set_value("no").run()
    assert not page.error
    assert values(runtime, patient) == {"heart": "no"}


def test_thoughts_of_ending_ones_life_open_help_and_alert(
    runtime: Runtime, person: Actor, patient: Patient, open_page: OpenPage
) -> None:
    page = open_page(person, "new_patient")
    page.checkbox(key="intake:reason_suicidal").check().run()
    assert "Help is there now" in said(page)
    with runtime.reading(operator("clinic")) as work:
        assert len(work.records.alerts.of_many([patient.id])) == 1


def test_handing_in_says_what_is_missing_and_then_that_it_is_there(
    runtime: Runtime, person: Actor, open_page: OpenPage
) -> None:
    page = open_page(person, "new_patient")
    page.button(key="intake.hand_in").click().run()
    assert page.error[0].value.startswith("Not answered yet: why you come; ")
    rules = runtime.definitions.intake
    for field in rules.fields.values():
        if field.kind is Kind.CHOICE:
            page.radio(key=f"intake:{field.id}").set_value("no")
        elif field.kind is Kind.CONSENT:
            page.checkbox(key=f"intake:{field.id}").check()
    page.checkbox(key="intake:reason_depression").check()
    page.text_input(key="intake:emergency_name").set_value("Jo")
    page.text_input(key="intake:emergency_phone").set_value("555-0100")
    page.run()
    page.button(key="intake.hand_in").click().run()
    assert "Handed in today at 12:00 pm." in said(page)
    assert not page.button
    assert "Your new-patient forms are with the clinic." in said(open_page(person, "today"))


def test_more_is_needed_and_says_what(
    runtime: Runtime, person: Actor, clinician: Actor, patient: Patient, open_page: OpenPage
) -> None:
    fill(runtime, person)
    with runtime.unit_of_work(clinician) as work:
        review_intake(work, patient.id, verdict="more_needed", reason="Which *doses*?")
    page = open_page(person, "new_patient")
    assert "Which \\*doses\\*?" in said(page)
    assert page.radio(key="intake:heart").value == "no"
    assert "The clinic needs more" in said(open_page(person, "today"))


def test_a_clinician_reads_and_reviews_it(
    runtime: Runtime, person: Actor, clinician: Actor, patient: Patient, open_page: OpenPage
) -> None:
    with runtime.unit_of_work(person) as work:
        save_entry(work, "trial1_name", "Sertra*line*", replaces=0)
        save_entry(work, "trial1_outcome", "no_help", replaces=0)
        save_entry(work, "psychosis", "yes", replaces=0)
    fill(runtime, person)
    page = open_page(clinician, "patient", id=patient.id)
    page = opened_form(page, "New-patient forms", patient.id)
    words = said(page)
    assert "**To be reviewed**" in words
    assert "Antidepressants that did not help: 1 of 1 told" in words
    tables = [table.value.to_dict("records") for table in page.table]
    assert tables[0][0]["Antidepressant"] == r"Sertra\*line\*"
    answers = {row["Asked"]: row["Answer"] for row in tables[1]}
    assert "Ticked" in answers.values()
    assert any(answer.startswith("Agreed to version 1 on 2026") for answer in answers.values())
    page.button(key=f"intake_send:{patient.id}").click().run()
    assert page.error[0].value == "Choose what came of the review."
    page.selectbox(key=f"intake_verdict:{patient.id}").set_value("eligible")
    page.text_area(key=f"intake_reason:{patient.id}").set_value("History read.")
    page.button(key=f"intake_send:{patient.id}").click().run()
    assert page.success[0].value == "The review is saved."
    assert "**Eligible**" in said(page)
    with runtime.reading(operator("clinic")) as work:
        assert work.records.patients.get(patient.id).intake == Status.ELIGIBLE


def test_the_care_team_reads_it_and_reviews_nothing(
    runtime: Runtime, clinic: Clinic, person: Actor, patient: Patient, open_page: OpenPage
) -> None:
    fill(runtime, person)
    page = open_page(staff(runtime, clinic, Role.CARE_TEAM), "patient", id=patient.id)
    page = opened_form(page, "New-patient forms", patient.id)
    assert "**To be reviewed**" in said(page)
    assert f"intake_send:{patient.id}" not in [button.key for button in page.button]


def test_the_panel_shows_those_whose_forms_stand_so(
    runtime: Runtime, clinic: Clinic, person: Actor, clinician: Actor, open_page: OpenPage
) -> None:
    a_patient(runtime, clinic, "Other Example")
    fill(runtime, person, handed=False)
    page = open_page(clinician, "patients")
    assert len(page.dataframe[0].value) == 2
    page.selectbox(key="patients_intake").set_value(Status.BEGUN).run()
    assert list(page.dataframe[0].value["Name"]) == ["Pat Example"]
    page.selectbox(key="patients_intake").set_value(Status.NOT_ELIGIBLE).run()
    assert page.info[0].value.startswith("Nobody like that.")


def shown_choices(page: AppTest) -> list[str]:
    return list(page.radio(key="intake:heart").options)


def test_the_choices_are_three(person: Actor, open_page: OpenPage) -> None:
    assert shown_choices(open_page(person, "new_patient")) == list(CHOICES.values())
