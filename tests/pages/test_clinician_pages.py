"""The panel and a patient's page, used as a clinician uses them: ordinary, empty and refused."""

from datetime import datetime, time, timedelta

import pytest
from streamlit.testing.v1 import AppTest

from mindspa.bootstrap import Runtime
from mindspa.charts.time_axis import local
from mindspa.domain.access import Actor, Role, operator
from mindspa.domain.safety import Alert
from mindspa.domain.treatment import Clinic, InfusionStatus, Patient
from mindspa.services.ask_for_call import ask_for_treatment
from tests.conftest import NOW
from tests.factories import (
    a_clinic,
    a_patient,
    a_stored_form,
    account_of,
    an_induction,
    an_infusion,
    staff,
)
from tests.pages.conftest import OpenPage

DAY = timedelta(days=1)
UNKNOWN = "There is no such patient in your clinic."


@pytest.fixture
def patient(runtime: Runtime, clinic: Clinic) -> Patient:
    """Two infusions given, one planned; a response; item 9 went up with an open alert."""
    patient = a_patient(runtime, clinic, "Pat *Example*")
    course = an_induction(runtime, clinic, patient, starts_at=NOW - 9 * DAY)
    for days in (-9, -7, 1):
        an_infusion(runtime, clinic, course, starts_at=NOW + days * DAY)
    a_stored_form(runtime, clinic, patient, "phq9", at=NOW - 10 * DAY, each=2, _9=0)
    a_stored_form(runtime, clinic, patient, "phq9", at=NOW - DAY, each=1, _9=1)
    return patient


def alerts_of(runtime: Runtime, patient: Patient) -> list[Alert]:
    with runtime.reading(operator("clinic")) as work:
        return work.records.alerts.of_many([patient.id])


def everything_said(page: AppTest) -> str:
    said = (*page.title, *page.markdown, *page.error, *page.warning, *page.info, *page.caption)
    return "\n".join(str(element.value) for element in said)


# The panel


def test_the_panel_lists_everybody_and_finds_by_name(
    runtime: Runtime, clinic: Clinic, clinician: Actor, patient: Patient, open_page: OpenPage
) -> None:
    a_patient(runtime, clinic, "Zoe New")
    page = open_page(clinician, "patients")
    table = page.dataframe[0].value
    assert list(table["Name"]) == ["Pat *Example*", "Zoe New"]
    first, last = table.iloc[0], table.iloc[1]
    assert first["Attention"].startswith("Same-day alert; ")
    assert (first["PHQ-9"], first["Severity"], first["Change"]) == (9, "Mild", -7)
    assert first["Next infusion"].strftime("%d %H:%M") == "11 12:00"  # noon in New York
    assert last.drop("Name").isna().all()
    page.text_input(key="patients_search").set_value("zoe").run()
    assert list(page.dataframe[0].value["Name"]) == ["Zoe New"]
    page.text_input(key="patients_search").set_value("nobody").run()
    assert page.info[0].value == "Nobody like that. Change or clear the search, or show everybody."
    assert not page.exception


def test_the_picker_opens_a_patient(
    clinician: Actor, patient: Patient, open_page: OpenPage
) -> None:
    page = open_page(clinician, "patients")
    page.selectbox(key="patients_picker").set_value(patient.id).run()
    assert page.query_params["id"] == patient.id
    assert page.title[0].value == r"Pat \*Example\*"


def test_people_of_one_name_are_told_apart(
    runtime: Runtime, clinic: Clinic, clinician: Actor, open_page: OpenPage
) -> None:
    for _ in range(2):
        a_patient(runtime, clinic, "Kim Lee")
    page = open_page(clinician, "patients")
    assert page.selectbox(key="patients_picker").options == ["Kim Lee (1 of 2)", "Kim Lee (2 of 2)"]


def test_a_clinic_without_patients_says_what_to_do(clinician: Actor, open_page: OpenPage) -> None:
    page = open_page(clinician, "patients")
    assert "`python -m mindspa import`" in page.info[0].value
    assert not page.dataframe


# A patient


def test_a_patients_page(clinician: Actor, patient: Patient, open_page: OpenPage) -> None:
    page = open_page(clinician, "patient", id=patient.id)
    assert not page.exception
    assert page.title[0].value == r"Pat \*Example\*"
    assert page.markdown[0].value == (
        "Active · Induction since 1 Jun 2026 · 2 infusions given · "
        "next infusion 11 Jun 2026, 12:00 · record since 31 May 2026"
    )
    assert page.warning[0].value == "1 open alert."
    assert "several days. Answered 9 Jun 2026, 12:00." in page.warning[1].value
    assert len(page.get("plotly_chart")) == 1
    assert "down 7 points" in everything_said(page)
    assert list(page.dataframe[0].value["Score"].dropna()) == [9, 16]


def test_a_name_is_shown_as_it_is_written(
    runtime: Runtime, clinic: Clinic, clinician: Actor, open_page: OpenPage
) -> None:
    """No link, no symbol, no entity of HTML: what Streamlit makes of them is in `plain_text`."""
    name = "Al &amp; :material/home: http://e.test www.e.test a@e.test"
    page = open_page(clinician, "patient", id=a_patient(runtime, clinic, name).id)
    title = page.title[0].value
    assert title.replace("\\", "").replace("\u2060", "") == name
    assert not any(made in title.replace("\\", "") for made in (":m", "://", "www.", "@e"))
    assert r"\&" in title


def test_a_patient_without_anything(
    runtime: Runtime, clinic: Clinic, clinician: Actor, open_page: OpenPage
) -> None:
    page = open_page(clinician, "patient", id=a_patient(runtime, clinic).id)
    assert not page.exception
    assert page.markdown[0].value == (
        "Active · No course yet · 0 infusions given · no infusion planned"
    )
    assert page.info[0].value.startswith("Nothing here yet. It fills with check-ins")


def test_only_the_open_tab_is_drawn(
    clinician: Actor, patient: Patient, open_page: OpenPage
) -> None:
    page = open_page(clinician, "patient", id=patient.id)
    for tab, column in (("Infusions", "Dose (mg)"), ("Alerts", "Reason"), ("Scores", "Score")):
        page.session_state["record_tabs"] = tab
        page.run()
        assert [column in table.value.columns for table in page.dataframe] == [True]
    page.session_state["record_tabs"] = "Answers"
    page.run()
    assert page.dataframe[0].value.iloc[8].tolist() == [1, 0]  # item 9, the latest first


def test_what_is_older_than_a_year_is_counted_and_shown_when_asked_for(
    runtime: Runtime, clinic: Clinic, clinician: Actor, patient: Patient, open_page: OpenPage
) -> None:
    for days in (800, 900):
        a_stored_form(runtime, clinic, patient, "gad7", at=NOW - timedelta(days=days), each=1)
    page = open_page(clinician, "patient", id=patient.id)
    recent = len(page.dataframe[0].value)
    assert page.toggle(key="record_all").label == "Show all, with 2 older forms"
    page.toggle(key="record_all").set_value(True).run()
    assert len(page.dataframe[0].value) == recent + 2
    assert not page.exception


@pytest.mark.parametrize("which", ["missing", "unknown", "another clinic's"])
def test_nothing_is_given_away(
    runtime: Runtime,
    patient: Patient,
    open_page: OpenPage,
    which: str,
) -> None:
    elsewhere = staff(runtime, a_clinic(runtime, "elsewhere"), Role.CLINICIAN)
    query = {"missing": {}, "unknown": {"id": "nobody"}}.get(which, {"id": patient.id})
    page = open_page(elsewhere, "patient", **query)
    assert everything_said(page) == f"Patient\n{UNKNOWN}"
    assert page.get("page_link")
    assert not page.dataframe
    assert not page.get("plotly_chart")


@pytest.mark.parametrize("name", ["patients", "patient"])
def test_neither_page_exists_for_others(
    runtime: Runtime, clinic: Clinic, patient: Patient, open_page: OpenPage, name: str
) -> None:
    for actor in (
        account_of(runtime, clinic, patient),
        staff(runtime, clinic, Role.ADMINISTRATOR),
        None,
    ):
        page = open_page(actor, name, id=patient.id)
        assert "Example" not in everything_said(page)
        assert not page.dataframe


# What is entered


def open_form(page: AppTest, patient: Patient, title: str) -> AppTest:
    page.session_state[f"{title}:{patient.id}"] = True
    return page.run()


def change_task(page: AppTest, patient: Patient, task: str) -> AppTest:
    return page.radio(key=f"plan_task:{patient.id}").set_value(task).run()


def test_a_rating_is_entered(
    runtime: Runtime, clinician: Actor, patient: Patient, open_page: OpenPage
) -> None:
    page = open_page(clinician, "patient", id=patient.id)
    open_form(page, patient, "Ratings")
    page.selectbox(key=f"rate_instrument:{patient.id}").set_value("madrs").run()
    total = f"rate_total_madrs:{patient.id}"
    page.number_input(key=total).set_value(31)
    page.button(key=f"rate_send:{patient.id}").click().run()
    assert page.error[0].value == "Give the day and the time."
    assert page.number_input(key=total).value == 31
    page.time_input(key=f"rate_time:{patient.id}").set_value(time(9, 30))
    page.button(key=f"rate_send:{patient.id}").click().run()
    assert page.success[0].value == "The rating is saved."
    assert page.number_input(key=total).value is None
    with runtime.reading(clinician) as work:
        (madrs,) = (
            form
            for form in work.records.check_ins.forms_of(patient.id)
            if form.instrument == "madrs"
        )
    assert (madrs.total, madrs.answered_at) == (31, NOW - timedelta(hours=2, minutes=30))


def test_a_risk_level_raises_its_alert(
    runtime: Runtime, clinician: Actor, patient: Patient, open_page: OpenPage
) -> None:
    page = open_page(clinician, "patient", id=patient.id)
    open_form(page, patient, "Ratings")
    page.selectbox(key=f"rate_instrument:{patient.id}").set_value("cssrs").run()
    page.selectbox(key=f"rate_item_cssrs_risk_level:{patient.id}").set_value(3)
    page.time_input(key=f"rate_time:{patient.id}").set_value(time(9))
    page.button(key=f"rate_send:{patient.id}").click().run()
    assert [alert.rule for alert in alerts_of(runtime, patient) if alert.instrument == "cssrs"]
    assert page.error[0].value == "1 open alert, 1 immediate."  # as it is after the press
    assert page.error[1].value.startswith("**Immediate alert.**")


def test_an_infusion_is_planned_recorded_moved_and_cancelled(
    runtime: Runtime, clinician: Actor, patient: Patient, open_page: OpenPage
) -> None:
    page = open_page(clinician, "patient", id=patient.id)
    open_form(page, patient, "Infusions")
    open_form(page, patient, "Course and schedule")
    change_task(page, patient, "Plan an infusion")
    page.button(key=f"plan_send:{patient.id}").click().run()
    assert page.error[0].value == "Give the day and the time."
    at = page.datetime_input(key=f"plan_at:{patient.id}")
    at.set_value(datetime(2026, 6, 12, 10)).run()  # noqa: DTZ001
    assert "4 are added" in page.info[-1].value
    page.button(key=f"plan_send:{patient.id}").click().run()
    assert page.success[0].value == "The infusion is planned, and its check-ins with it."

    page.selectbox(key=f"given_infusion:{patient.id}").set_value("")  # not one that was planned
    page.time_input(key=f"given_start:{patient.id}").set_value(time(9))
    page.time_input(key=f"given_end:{patient.id}").set_value(time(10))
    page.number_input(key=f"given_dose:{patient.id}").set_value(40.0)
    page.button(key=f"given_send:{patient.id}").click().run()
    assert page.success[0].value == "The infusion is saved."

    change_task(page, patient, "Move an infusion")
    with runtime.reading(clinician) as work:
        infusions = work.records.treatment.infusions_of(patient.id)
    planned = infusions[-1].id
    page.selectbox(key=f"plan_infusion:{patient.id}").set_value(planned).run()
    assert not page.info[1:]  # nothing is said of a time that it has already
    new_time = page.datetime_input(key=f"plan_at_{planned}:{patient.id}")
    new_time.set_value(datetime(2026, 6, 9, 10)).run()  # noqa: DTZ001
    assert page.warning[-1].value.startswith("That time is past.")
    new_time.set_value(datetime(2026, 6, 12, 11)).run()  # noqa: DTZ001
    assert "check-ins move" in page.info[-1].value
    page.button(key=f"plan_send:{patient.id}").click().run()
    assert page.success[0].value == "The infusion is moved, and its check-ins with it."

    change_task(page, patient, "Cancel an infusion")
    tomorrows = page.selectbox(key=f"plan_infusion:{patient.id}")
    tomorrows.set_value(next(i.id for i in infusions if i.planned_at == NOW + DAY)).run()
    assert page.info[-1].value == "1 check-in moves, 1 is added, 1 is cancelled."
    page.text_input(key=f"plan_reason:{patient.id}").set_value("Away.")
    page.button(key=f"plan_send:{patient.id}").click().run()
    assert page.success[0].value.startswith("The infusion is cancelled")
    with runtime.reading(clinician) as work:
        infusions = work.records.treatment.infusions_of(patient.id)
    assert [(i.starts_at - NOW, i.status) for i in infusions[2:]] == [
        (-timedelta(hours=3), InfusionStatus.GIVEN),
        (DAY, InfusionStatus.CANCELLED),
        (timedelta(days=1, hours=23), InfusionStatus.PLANNED),
    ]


def test_an_induction_is_proposed_on_the_clinics_days_and_planned(
    runtime: Runtime, clinic: Clinic, clinician: Actor, open_page: OpenPage
) -> None:
    patient = a_patient(runtime, clinic)
    page = open_page(clinician, "patient", id=patient.id)
    open_form(page, patient, "Course and schedule")
    assert page.radio(key=f"plan_task:{patient.id}").options == [
        "Plan an induction",
        "Plan an infusion",
        "Change the patient's status",
    ]
    first = page.datetime_input(key=f"plan_first:{patient.id}")
    first.set_value(datetime(2026, 6, 15, 9, 30)).run()  # noqa: DTZ001  # a Monday
    assert [field.value and field.value.day for field in page.datetime_input] == [
        15,
        17,
        19,
        22,
        24,
        26,
    ]
    assert page.info[-1].value == "25 check-ins are added."
    page.datetime_input[3].set_value(datetime(2026, 6, 23, 14))  # noqa: DTZ001
    page.datetime_input[5].set_value(None)  # the last is left out
    page.run()
    page.button(key=f"plan_send:{patient.id}").click().run()
    assert page.success[0].value == "The induction is planned, and its check-ins with it."
    with runtime.reading(clinician) as work:
        infusions = work.records.treatment.infusions_of(patient.id)
    assert [f"{local(i.planned_at, clinic.zone):%d %H:%M}" for i in infusions] == [
        "15 09:30",
        "17 09:30",
        "19 09:30",
        "23 14:00",
        "24 09:30",
    ]


def test_a_course_is_ended(
    runtime: Runtime, clinician: Actor, patient: Patient, open_page: OpenPage
) -> None:
    page = open_page(clinician, "patient", id=patient.id)
    open_form(page, patient, "Course and schedule")
    change_task(page, patient, "End the course")
    assert "are cancelled" in page.info[-1].value
    page.button(key=f"plan_send:{patient.id}").click().run()
    assert page.error[0].value == "Say why the course ends."
    page.text_input(key=f"plan_reason:{patient.id}").set_value("Moved away.")
    page.button(key=f"plan_send:{patient.id}").click().run()
    assert page.success[0].value == "The course has ended."
    assert "ended 10 Jun 2026" in page.markdown[0].value
    assert "End the course" not in page.radio(key=f"plan_task:{patient.id}").options


# The review in the middle of a course


def test_a_course_is_reviewed_and_its_dose_changed(
    clinician: Actor, patient: Patient, open_page: OpenPage
) -> None:
    page = open_page(clinician, "patient", id=patient.id)
    assert "The mid-course review is due: 2 infusions" in page.info[0].value
    open_form(page, patient, "Mid-course review")
    page.selectbox(key=f"review_decision:{patient.id}").set_value("change_dose").run()
    page.number_input(key=f"review_dose:{patient.id}").set_value(0.6)
    page.button(key=f"review_send:{patient.id}").click().run()
    assert page.error[0].value == "Write the reason: what the decision rests on."
    assert page.number_input(key=f"review_dose:{patient.id}").value == 0.6
    page.text_area(key=f"review_reason:{patient.id}").set_value("Hardly *any* change.")
    page.button(key=f"review_send:{patient.id}").click().run()
    assert page.success[0].value == "The review is saved."
    said = everything_said(page)
    assert "mid-course review 10 Jun 2026: change the dose to 0.6 mg for each kilogram" in said
    assert r"after 2 infusions: Hardly \*any\* change\." in said
    assert "is due" not in said


def test_stopping_says_that_it_ends_the_course(
    runtime: Runtime, clinician: Actor, patient: Patient, open_page: OpenPage
) -> None:
    page = open_page(clinician, "patient", id=patient.id)
    open_form(page, patient, "Mid-course review")
    page.selectbox(key=f"review_decision:{patient.id}").set_value("stop").run()
    assert "Stopping ends the course" in everything_said(page)
    page.text_area(key=f"review_reason:{patient.id}").set_value("No change at all.")
    page.button(key=f"review_send:{patient.id}").click().run()
    assert page.success[0].value == "The review is saved, and the course has ended."
    with runtime.reading(clinician) as work:
        assert work.records.treatment.courses_of(patient.id)[0].end_reason == "No change at all."


def test_the_care_team_sees_that_it_is_due_and_records_none(
    runtime: Runtime, clinic: Clinic, patient: Patient, open_page: OpenPage
) -> None:
    page = open_page(staff(runtime, clinic, Role.CARE_TEAM), "patient", id=patient.id)
    assert "The mid-course review is due" in page.info[0].value
    assert "Mid-course review" not in [one.label for one in page.expander]


def test_what_the_patient_asked_for_is_read_and_answered(
    runtime: Runtime, clinic: Clinic, clinician: Actor, patient: Patient, open_page: OpenPage
) -> None:
    with runtime.unit_of_work(account_of(runtime, clinic, patient)) as work:
        ask_for_treatment(work, "booster", note="In *four* weeks?")
    page = open_page(clinician, "patient", id=patient.id)
    assert page.warning[1].value == (
        "Asked for a booster on 10 Jun 2026, 12:00, and has not had it yet. “In \\*four\\* weeks?”"
    )
    page.button(key=f"booster_send:{patient.id}").click().run()
    assert page.success[0].value == "The answer about the booster is recorded."
    assert "Asked for" not in everything_said(page)


def test_a_code_for_the_clinic_tablet_is_shown_once(
    clinician: Actor, patient: Patient, open_page: OpenPage
) -> None:
    page = open_page(clinician, "patient", id=patient.id)
    open_form(page, patient, "Code for the clinic tablet")
    assert "No tablet is paired yet" in page.info[-1].value
    page.button(key=f"tablet_send:{patient.id}").click().run()
    (code,) = page.code
    assert code.value.isdecimal()
    assert len(code.value) == 4
    assert "until 12:30" in page.text[-1].value
    page.button(key=f"tablet_done:{patient.id}").click().run()
    assert not page.code
