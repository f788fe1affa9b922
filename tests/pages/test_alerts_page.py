"""The alerts: what is open, whose it is, and every act of the team."""

from datetime import timedelta

import pytest
from streamlit.testing.v1 import AppTest

from mindspa.bootstrap import Runtime
from mindspa.domain.access import Actor, Role, operator, worker
from mindspa.domain.alert_cases import AlertCase, CaseState
from mindspa.domain.errors import NotPermitted
from mindspa.domain.safety import AlertState, Finding, Tier
from mindspa.domain.treatment import Clinic, Patient
from mindspa.services.escalate_alerts import escalate_alert
from mindspa.services.raise_alerts import raise_alerts
from mindspa.services.review_historic import review_historic, view_historic
from tests.conftest import NOW, Clock
from tests.factories import a_patient, a_stored_form, assessed, staff
from tests.pages.conftest import OpenPage
from tests.services.test_handle_alert import STEPS, a_rota, case_of

HOUR = timedelta(hours=1)


@pytest.fixture
def patient(runtime: Runtime, clinic: Clinic) -> Patient:
    return a_patient(runtime, clinic, "Pat *Example*")


@pytest.fixture
def case(runtime: Runtime, clinic: Clinic, patient: Patient, clock: Clock) -> AlertCase:
    """After a phq9 without thoughts of death, one with them nearly every day."""
    a_stored_form(runtime, clinic, patient, "phq9", at=NOW - 150 * HOUR, _9=0)
    a_stored_form(runtime, clinic, patient, "phq9", at=NOW, _9=3)
    clock.forward(minutes=10)
    return case_of(runtime, clinic, patient)


def said(page: AppTest) -> str:
    parts = (
        *page.markdown,
        *page.error,
        *page.warning,
        *page.success,
        *page.info,
        *page.caption,
        *page.text,
    )
    return "\n".join(str(part.value).replace("\\", "").replace("\u2060", "") for part in parts)


def picked(page: AppTest, case: AlertCase) -> AppTest:
    return page.selectbox(key="alerts_picker").set_value(case.id).run()


def expanded(page: AppTest, case: AlertCase, title: str) -> AppTest:
    page.session_state[f"{title}:{case.id}"] = True
    return page.run()


def key(case: AlertCase, field: str) -> str:
    return f"alert_{field}:{case.id}"


def steps_shown(page: AppTest) -> list[str]:
    """The newest first."""
    return [
        str(what).replace("\\", "").replace("\u2060", "") for what in page.table[1].value["What"]
    ]


def test_nothing_is_open(nurse: Actor, open_page: OpenPage) -> None:
    page = open_page(nurse, "alerts")
    assert not page.exception
    assert page.title[0].value == "Alerts"
    assert "No alert is open." in said(page)
    assert "Nobody is on the rota" in said(page)
    page.radio(key="alerts_which").set_value("Closed, of the last 90 days").run()
    assert "No alert of the last 90 days is closed." in said(page)


def test_the_list_says_whose_it_is_and_by_when(
    runtime: Runtime,
    clinic: Clinic,
    nurse: Actor,
    clinician: Actor,
    case: AlertCase,
    open_page: OpenPage,
) -> None:
    a_rota(runtime, clinician, nurse, clinician)
    page = open_page(nurse, "alerts")
    row = page.dataframe[0].value.iloc[0]
    assert row["Patient"] == "Pat *Example*"
    assert row["Urgency"] == "Immediate"
    assert row["Act by"] == "today at 12:30 pm, in 20 min"
    assert row["Whose it is"] == "Nobody has taken it"
    assert "PHQ-9 item 9" in row["Because"]
    assert f"On duty now: {nurse.name}, then {clinician.name}." in said(page)


def test_a_nurse_takes_it_calls_and_cannot_close_it(
    runtime: Runtime,
    clinic: Clinic,
    nurse: Actor,
    clinician: Actor,
    patient: Patient,
    case: AlertCase,
    open_page: OpenPage,
) -> None:
    page = picked(open_page(nurse, "alerts"), case)
    assert page.header[0].value == r"Pat \*Example\*"
    assert "Immediate. Nobody has taken it. Act by today at 12:30 pm, in 20 min." in said(page)
    assert "nearly every day. Answered today at 12:00 pm." in said(page)
    assert "No phone number is known." in said(page)
    answers = page.table[0].value
    assert [*answers["Answer"]] == [r"Nearly every day \(3\)", r"Not at all \(0\)"]
    page.button(key=key(case, "own")).click().run()
    assert page.success[0].value == "The alert is yours."
    assert f"{nurse.name} has it." in said(page)
    page.button(key=key(case, "attempt")).click().run()
    assert page.error[0].value == "Choose what came of the contact."
    page.selectbox(key=key(case, "reached")).set_value("message_left")
    page.text_area(key=key(case, "note")).set_value("Asked to call back.")
    page.button(key=key(case, "attempt")).click().run()
    assert page.success[0].value == "The attempt is written down."
    assert steps_shown(page)[0] == "Contact: message left, by phone"
    assert case_of(runtime, clinic, patient).due_at == NOW + timedelta(minutes=25)
    assert "A clinician closes an alert" in said(page)
    assert "Close this alert" not in [expander.label for expander in page.expander]
    expanded(page, case, "Hand over")
    page.selectbox(key=key(case, "to")).set_value(clinician.id)
    page.button(key=key(case, "hand")).click().run()
    assert steps_shown(page)[0] == f"Handed over to {clinician.name}"


def test_a_clinician_closes_it_and_opens_it_again(
    runtime: Runtime,
    clinic: Clinic,
    clinician: Actor,
    patient: Patient,
    case: AlertCase,
    open_page: OpenPage,
) -> None:
    page = expanded(open_page(clinician, "alerts", id=case.id), case, "Close this alert")
    page.text_area(key=key(case, "close_note")).set_value("Spoke by phone.")
    page.button(key=key(case, "close")).click().run()
    assert page.error[0].value == "Choose what came of the alert."
    assert page.text_area(key=key(case, "close_note")).value == "Spoke by phone."
    page.selectbox(key=key(case, "outcome")).set_value("assessed")
    page.button(key=key(case, "close")).click().run()
    assert page.success[0].value == "The alert is closed."
    assert f"Closed today at 12:10 pm by {clinician.name}." in said(page)
    assert case_of(runtime, clinic, patient).state is CaseState.CLOSED
    expanded(page, case, "Open it again")
    page.text_area(key=key(case, "reopen_note")).set_value("The partner called.")
    page.button(key=key(case, "reopen")).click().run()
    assert steps_shown(page)[:2] == ["Opened again", "Closed: assessed"]
    assert case_of(runtime, clinic, patient).state is CaseState.OPEN


def test_unreached_it_needs_every_step_of_the_clinic(
    runtime: Runtime,
    clinic: Clinic,
    nurse: Actor,
    clinician: Actor,
    patient: Patient,
    case: AlertCase,
    open_page: OpenPage,
) -> None:
    a_rota(runtime, clinician, nurse, clinician, unreached_steps=STEPS)
    page = expanded(open_page(clinician, "alerts", id=case.id), case, "Close this alert")
    page.selectbox(key=key(case, "reached")).set_value("not_reached")
    page.button(key=key(case, "attempt")).click().run()
    page.selectbox(key=key(case, "outcome")).set_value("unreached")
    page.text_area(key=key(case, "close_note")).set_value("Welfare check asked for.")
    page.checkbox(key=key(case, "step_0")).check()
    page.button(key=key(case, "close")).click().run()
    assert page.error[0].value.startswith("Not done yet: Asked the emergency contact.")
    page.checkbox(key=key(case, "step_1")).check()
    page.button(key=key(case, "close")).click().run()
    assert case_of(runtime, clinic, patient).outcome == "unreached"


def test_without_steps_of_the_clinic_it_is_not_offered(
    clinician: Actor, case: AlertCase, open_page: OpenPage
) -> None:
    page = expanded(open_page(clinician, "alerts", id=case.id), case, "Close this alert")
    offered = page.selectbox(key=key(case, "outcome")).options
    assert not [option for option in offered if "Not reached" in option]


def test_an_escalated_one_stands_first_and_can_be_taken_over(
    runtime: Runtime,
    clinic: Clinic,
    nurse: Actor,
    case: AlertCase,
    clock: Clock,
    open_page: OpenPage,
) -> None:
    other = a_patient(runtime, clinic, "Kim Other")
    a_stored_form(runtime, clinic, other, "pulse", at=clock.now, safety=1)
    clock.forward(minutes=25)
    with runtime.unit_of_work(worker(clinic.id)) as work:
        escalate_alert(work, case.id)
    page = open_page(nurse, "alerts")
    assert [*page.dataframe[0].value["Whose it is"]] == ["Escalated", "Nobody has taken it"]
    assert [*page.dataframe[0].value["Patient"]] == ["Pat *Example*", "Kim Other"]
    page = picked(page, case)
    assert "Act by today at 12:30 pm, 5 min late." in said(page)
    page.button(key=key(case, "own")).click().run()
    assert "Act by today at 1:05 pm, in 30 min." in said(page)


def test_closed_ones_are_listed_and_counted(
    runtime: Runtime,
    clinic: Clinic,
    nurse: Actor,
    clinician: Actor,
    case: AlertCase,
    open_page: OpenPage,
) -> None:
    with runtime.unit_of_work(clinician) as work:
        assessed(work, case.id, outcome="safety_plan")
    page = open_page(nurse, "alerts")
    page.radio(key="alerts_which").set_value("Closed, of the last 90 days").run()
    row = page.dataframe[0].value.iloc[0]
    assert (row["What came of it"], row["By"]) == ("Safety plan made", clinician.name)
    month = page.table[-1].value.iloc[0]
    assert (month["Month"], month["Raised"], month["Closed"]) == ("2026-06", "1", "1 of 1")
    assert month["Until it was closed"] == "10 min, longest 10 min (1 of 1)"
    assert month["What came of it"] == "Safety plan made 1 of 1"


def test_an_alert_that_does_not_exist(nurse: Actor, open_page: OpenPage) -> None:
    page = open_page(nurse, "alerts", id="nobody")
    assert page.error[0].value == "There is no such alert in your clinic."
    assert not page.exception


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR])
def test_to_others_it_is_no_page(
    runtime: Runtime, clinic: Clinic, case: AlertCase, role: Role, open_page: OpenPage
) -> None:
    page = open_page(staff(runtime, clinic, role), "alerts", id=case.id)
    assert not page.title or page.title[0].value != "Alerts"
    assert "Example" not in said(page)


@pytest.mark.parametrize(
    "name", ["home", "follow_up", "due_and_missing", "infusion_day", "patients"]
)
def test_what_is_open_stands_at_the_top_of_every_page_of_the_team(
    nurse: Actor, case: AlertCase, clock: Clock, name: str, open_page: OpenPage
) -> None:
    assert open_page(nurse, name).error[0].value == "1 open alert, 1 immediate."
    clock.forward(minutes=20)
    assert open_page(nurse, name).error[0].value == "1 open alert, 1 immediate, 1 late."


def test_what_is_open_stands_at_the_top_of_a_page_that_ends_with_an_error(
    nurse: Actor, case: AlertCase, open_page: OpenPage
) -> None:
    page = open_page(nurse, "patient", id="nobody")
    assert [error.value for error in page.error] == [
        "1 open alert, 1 immediate.",
        "There is no such patient in your clinic.",
    ]


def test_what_acting_needs_is_written_down_where_it_is_needed(
    nurse: Actor, patient: Patient, case: AlertCase, open_page: OpenPage
) -> None:
    page = open_page(nurse, "alerts", id=case.id)
    assert "No safety plan, emergency contact or outside clinician is written down." in said(page)
    page.session_state[f"Safety plan and contacts:{patient.id}"] = True
    page.run()

    def field(name: str) -> str:
        return f"card_{name}:{patient.id}"

    page.text_input(key=field("contact_name")).set_value("Alex *Aspen*")
    page.text_area(key=field("safety_plan")).set_value("Call Alex.")
    page.button(key=field("send")).click().run()
    assert "go together" in page.error[0].value
    assert page.text_input(key=field("contact_name")).value == "Alex *Aspen*"
    page.date_input(key=field("planned_on")).set_value(NOW.date())
    page.button(key=field("send")).click().run()
    assert page.success[0].value == "Safety plan and contacts are saved."
    assert "Emergency contact: Alex *Aspen*." in said(page)
    assert "Safety plan of 10 Jun 2026:" in said(page)
    assert "Call Alex." in said(page)


@pytest.fixture
def imported(runtime: Runtime, clinic: Clinic, patient: Patient) -> None:
    """A study that was imported: an answer of months ago."""
    with runtime.unit_of_work(operator(clinic.id)) as work:
        work.write_about(patient.id)
        raise_alerts(
            work,
            patient.id,
            [Finding("phq9_item9", Tier.IMMEDIATE, "phq9", "9", 3)],
            answered_at=NOW - timedelta(days=90),
            form_id="old",
            source="A *study*",
        )


@pytest.mark.usefixtures("imported")
def test_what_an_import_found_in_old_answers_is_a_list_without_a_clock(
    runtime: Runtime, clinician: Actor, patient: Patient, open_page: OpenPage
) -> None:
    page = open_page(clinician, "alerts")
    assert "No alert is open." in said(page)
    page.radio(key="alerts_which").set_value("From old answers").run()
    assert page.header[0].value == r"A \*study\*"
    row = page.table[0].value.iloc[0]
    assert (row["Patient"], row["Answered"]) == (r"Pat \*Example\*", "12 Mar 2026")
    (send,) = [button for button in page.button if "reviewed" in button.label]
    send.click().run()
    assert page.error[0].value == "Write a note: what you looked at and decided."
    page.text_area[0].set_value("Before the treatment; known to the referrer.")
    next(button for button in page.button if "reviewed" in button.label).click().run()
    assert page.success[0].value == "The list is marked as reviewed."
    assert "No import has found anything in old answers." in said(page)
    with runtime.reading(clinician) as work:
        (alert,) = work.records.alerts.of_many([patient.id])
    assert (alert.state, alert.outcome, alert.closed_by) == (
        AlertState.CLOSED,
        "reviewed",
        clinician.id,
    )


@pytest.mark.usefixtures("imported")
def test_the_care_team_reads_that_list_and_does_not_review_it(
    runtime: Runtime, nurse: Actor, patient: Patient, open_page: OpenPage
) -> None:
    page = open_page(nurse, "alerts")
    page.radio(key="alerts_which").set_value("From old answers").run()
    assert "A clinician marks the list as reviewed." in said(page)
    assert not [button for button in page.button if "reviewed" in button.label]
    with pytest.raises(NotPermitted), runtime.unit_of_work(nurse) as work:
        review_historic(work, "A *study*", seen_alert_ids=[], note="x")


@pytest.mark.usefixtures("imported")
def test_what_came_in_since_is_not_reviewed_with_the_list(
    runtime: Runtime, clinician: Actor, patient: Patient
) -> None:
    with runtime.unit_of_work(clinician) as work:
        assert review_historic(work, "A *study*", seen_alert_ids=[], note="None yet.") == 0
    with runtime.reading(clinician) as work:
        assert len(view_historic(work)) == 1
