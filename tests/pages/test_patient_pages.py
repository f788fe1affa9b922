"""A patient's pages, as a patient uses them on a phone."""

from datetime import timedelta

import pytest
from streamlit.testing.v1 import AppTest

from mindspa.bootstrap import Runtime
from mindspa.domain.access import Actor, Role, operator
from mindspa.domain.check_ins import StoredForm
from mindspa.domain.treatment import Clinic, Patient, PatientStatus
from mindspa.services.change_status import change_status
from mindspa.services.handle_alert import log_attempt, own_alert
from mindspa.services.plan_induction import plan_induction
from mindspa.services.review_follow_up import follow_up_list, follow_up_of, mark_reviewed
from tests.conftest import NOW, Clock
from tests.factories import (
    a_patient,
    account_of,
    an_induction,
    an_infusion,
    staff,
)
from tests.pages.conftest import OpenPage

PAGES = ["today", "check_in", "my_progress", "my_plan", "about_treatment", "get_help"]
CALM = ["None of the time"] * 4 + ["Much better", "None", "No", "No, thank you"]


@pytest.fixture
def patient(runtime: Runtime, clinic: Clinic) -> Patient:
    """30 hours after an infusion."""
    found = a_patient(runtime, clinic)
    starts_at = NOW - timedelta(hours=31)
    course = an_induction(runtime, clinic, found, starts_at=starts_at)
    an_infusion(runtime, clinic, course, starts_at=starts_at)
    return found


@pytest.fixture
def person(runtime: Runtime, clinic: Clinic, patient: Patient) -> Actor:
    return account_of(runtime, clinic, patient)


@pytest.fixture
def newcomer(runtime: Runtime, clinic: Clinic) -> Actor:
    return account_of(runtime, clinic, a_patient(runtime, clinic, "New Example"))


def shown(page: AppTest) -> str:
    """Everything that can be read on the page."""
    elements = [
        *page.title,
        *page.header,
        *page.subheader,
        *page.text,
        *page.caption,
        *page.success,
        *page.info,
        *page.warning,
        *page.error,
    ]
    return "\n".join(str(element.value) for element in elements)


def open_check_in(open_page: OpenPage, person: Actor) -> AppTest:
    """AppTest stays on the page where a run began, so the address is opened anew."""
    return another_tab(open_page, person, press_start(open_page, person))


def press_start(open_page: OpenPage, person: Actor) -> AppTest:
    return open_page(person, "today").button(key="today.start").click().run()


def another_tab(open_page: OpenPage, person: Actor, page: AppTest) -> AppTest:
    return open_page(person, "check_in", id=page.query_params["id"])


def choose(page: AppTest, number: int, words: str) -> AppTest:
    """The answer of that text to the question of that number."""
    radio = page.radio[number - 1]
    value = radio.options.index(words)
    values = [0, 1, 2, 3] if radio.options[0] != "Very much better" else [1, 2, 3, 4, 5, 6, 7]
    return radio.set_value(values[value]).run()


def forms_of(runtime: Runtime, person: Actor) -> list[StoredForm]:
    assert person.patient_id is not None
    with runtime.reading(person) as work:
        return work.records.check_ins.forms_of(person.patient_id)


# Ordinary use


def test_from_what_is_due_to_the_receipt(
    open_page: OpenPage, runtime: Runtime, person: Actor
) -> None:
    page = open_check_in(open_page, person)
    assert [radio.value for radio in page.radio] == [None] * 8
    for number, words in enumerate(CALM, start=1):
        page = choose(page, number, words)
    assert page.get("progress")[0].proto.text == "8 of 8 answered, saved"
    page = page.button(key="check_in.send").click().run()
    assert not page.exception
    assert "Sent today at 12:00 pm" in page.success[0].value
    assert "Your next check-in is due tomorrow at 6:00 am." in shown(page)
    assert not page.radio
    (form,) = forms_of(runtime, person)
    assert (form.total, len(form.answers)) == (0, 8)


def test_the_receipt_says_when_the_team_looked(
    open_page: OpenPage, runtime: Runtime, clinic: Clinic, person: Actor, clock: Clock
) -> None:
    page = choose(open_check_in(open_page, person), 7, "Yes")
    page.button(key="check_in.send").click().run()
    page = page.button(key="check_in.send_unfinished").click().run()
    assert "looked at this" not in shown(page)
    nurse = staff(runtime, clinic, Role.CARE_TEAM)
    with runtime.reading(nurse) as work:
        (case,) = work.records.alert_cases.open()
    assert "looked at this" not in shown(another_tab(open_page, person, page)), "a look is none"
    clock.forward(minutes=20)
    with runtime.unit_of_work(nurse) as work:
        own_alert(work, case.id)
    clock.forward(minutes=20)
    with runtime.unit_of_work(nurse) as work:
        log_attempt(work, case.id, way="phone", outcome="reached")
    said = shown(another_tab(open_page, person, page))
    assert "Your care team looked at this today at 12:20 pm." in said


def test_a_review_is_a_look_as_well(
    open_page: OpenPage, runtime: Runtime, clinic: Clinic, person: Actor, clock: Clock
) -> None:
    page = open_check_in(open_page, person)
    for number, words in enumerate(CALM, start=1):
        page = choose(page, number, words)
    page.button(key="check_in.send").click().run()
    clock.forward(hours=1)
    nurse = staff(runtime, clinic, Role.CARE_TEAM)
    with runtime.unit_of_work(nurse) as work:
        (entry,) = follow_up_list(work)
        seen = follow_up_of(work, entry)
        mark_reviewed(
            work,
            seen.infusion.id,
            disposition="no_action",
            note=None,
            seen_form_ids=seen.form_ids,
            seen_alert_ids=seen.alert_ids,
        )
    said = shown(another_tab(open_page, person, page))
    assert "Your care team looked at this today at 1:00 pm." in said


def test_a_reload_or_another_device_goes_on_where_it_stopped(
    open_page: OpenPage, person: Actor
) -> None:
    page = choose(open_check_in(open_page, person), 2, "Much of the time")
    elsewhere = another_tab(open_page, person, page)
    assert [radio.value for radio in elsewhere.radio] == [None, 2, *[None] * 6]
    today = open_page(person, "today")
    assert today.button(key="today.start").label == "Go on with it"
    again = press_start(open_page, person)
    assert again.query_params["id"] == page.query_params["id"]


def test_an_answer_given_in_another_tab_is_drawn_and_never_overwritten(
    open_page: OpenPage, runtime: Runtime, person: Actor
) -> None:
    first = open_check_in(open_page, person)
    second = another_tab(open_page, person, first)
    choose(first, 7, "Yes")
    second = choose(second, 1, "Much of the time")
    assert second.radio[6].value == 1, "redrawn with what the other tab saved"
    choose(first, 2, "Nearly all of the time")
    stale = choose(second, 2, "None of the time")
    (warning,) = stale.warning
    assert warning.value.startswith("This question was answered in another window meanwhile.")
    assert stale.radio[1].value == 3
    sent = stale.button(key="check_in.send").click().run()
    sent.button(key="check_in.send_unfinished").click().run()
    (form,) = forms_of(runtime, person)
    assert form.answers == {"interest": 2, "low_mood": 3, "safety": 1}


def test_a_positive_answer_opens_help_and_alerts_before_anything_is_sent(
    open_page: OpenPage, runtime: Runtime, person: Actor
) -> None:
    page = open_check_in(open_page, person)
    assert not page.link_button
    page = choose(page, 7, "Yes")
    assert [link.url for link in page.link_button] == [
        "tel:911",
        "tel:988",
        "sms:988",
        "https://988lifeline.org",
        "tel:5550100",
    ]
    assert len(page.radio) == 8, "it blocks nothing"
    with runtime.reading(person) as work:
        (alert,) = work.records.alerts.of_many([str(person.patient_id)])
    assert alert.rule == "pulse_safety"
    assert forms_of(runtime, person) == []
    page = choose(page, 7, "No")
    assert page.link_button
    assert "You changed this answer. Your care team still sees both." in shown(page)
    page = page.button(key="check_in.send").click().run()
    page = page.button(key="check_in.send_unfinished").click().run()
    assert page.link_button, "on the receipt too"


def test_what_is_missing_is_named_before_it_is_sent(
    open_page: OpenPage, runtime: Runtime, person: Actor
) -> None:
    page = open_check_in(open_page, person).button(key="check_in.send").click().run()
    assert "Nothing was answered" in page.warning[0].value
    for number in (1, 2, 4, 5, 6, 8):
        page = choose(page, number, CALM[number - 1])
    page = page.button(key="check_in.send").click().run()
    assert "Not answered when you pressed Send: questions 3, 7 of" in page.warning[0].value
    assert forms_of(runtime, person) == []
    page.button(key="check_in.send_unfinished").click().run()
    (form,) = forms_of(runtime, person)
    assert form.total is None
    assert "safety" not in form.answers


def test_the_last_tap_and_send_at_once_lose_no_answer(
    open_page: OpenPage, runtime: Runtime, person: Actor
) -> None:
    page = open_check_in(open_page, person)
    for radio, words in zip(page.radio, CALM, strict=True):
        radio.set_value(2 if words == "Much better" else 0)
    page.button(key="check_in.send").click().run()
    (form,) = forms_of(runtime, person)
    assert len(form.answers) == 8


def test_a_note_is_kept_while_it_is_written(
    open_page: OpenPage, runtime: Runtime, person: Actor
) -> None:
    page = open_check_in(open_page, person)
    page = page.text_area[0].set_value("Slept well.").run()
    assert another_tab(open_page, person, page).text_area[0].value == "Slept well."
    page = choose(page, 1, "None of the time").button(key="check_in.send").click().run()
    page.button(key="check_in.send_unfinished").click().run()
    assert [form.note for form in forms_of(runtime, person)] == ["Slept well."]


def test_a_check_in_that_closed_meanwhile_says_so(
    open_page: OpenPage, runtime: Runtime, person: Actor, clock: Clock
) -> None:
    page = choose(open_check_in(open_page, person), 1, "None of the time")
    clock.forward(hours=6)
    signed_in_again = another_tab(open_page, person, page)
    assert "This check-in closed today at 6:00 pm" in signed_in_again.warning[0].value
    assert not signed_in_again.radio
    assert forms_of(runtime, person) == []
    fresh = press_start(open_page, person)
    assert fresh.query_params["id"] != page.query_params["id"]


def test_a_call_is_asked_for_once(open_page: OpenPage, person: Actor) -> None:
    page = open_page(person, "today").button(key="today.ask_for_call").click().run()
    assert "You asked for a call today at 12:00 pm" in page.success[0].value
    assert "today.ask_for_call" not in {button.key for button in page.button}


def test_a_booster_is_asked_for_once_and_by_whoever_was_treated(
    open_page: OpenPage, runtime: Runtime, person: Actor, newcomer: Actor
) -> None:
    page = open_page(person, "today")
    page.text_area(key="today.wish_note").set_value("In four weeks?")
    page.button(key="today.ask_for_treatment").click().run()
    assert "You asked for a booster today at 12:00 pm" in page.success[0].value
    assert page.radio(key="today.wish").options == ["An appointment"]
    assert page.text_area(key="today.wish_note").value == ""
    page.button(key="today.ask_for_treatment").click().run()
    assert "You asked for an appointment" in page.success[1].value
    assert "today.ask_for_treatment" not in {button.key for button in page.button}
    keys = {button.key for button in open_page(newcomer, "today").button}
    assert "today.ask_for_call" in keys
    assert "today.ask_for_treatment" not in keys


def test_how_you_are_now_can_be_told_at_any_time(open_page: OpenPage, newcomer: Actor) -> None:
    today = open_page(newcomer, "today")
    pressed = today.button(key="today.start_unscheduled").click().run()
    page = another_tab(open_page, newcomer, pressed)
    assert len(page.radio) == 6
    assert "Compared with just before your last infusion" not in [r.label for r in page.radio]


def test_own_progress_in_words_picture_and_table(open_page: OpenPage, person: Actor) -> None:
    page = open_check_in(open_page, person)
    for number, words in enumerate(CALM, start=1):
        page = choose(page, number, words)
    page.button(key="check_in.send").click().run()
    page = open_page(person, "my_progress")
    assert not page.exception
    assert "0 of 12" in shown(page)
    assert len(page.get("plotly_chart")) == 1
    assert page.table[0].value["Score"].tolist() == ["0 of 12"]


def test_the_plan_in_words_and_tables(
    runtime: Runtime, clinic: Clinic, open_page: OpenPage, newcomer: Actor
) -> None:
    assert newcomer.patient_id is not None
    with runtime.unit_of_work(operator(clinic.id)) as work:
        plan_induction(work, newcomer.patient_id, [NOW + timedelta(days=days) for days in (2, 5)])
    page = open_page(newcomer, "my_plan")
    assert not page.exception
    assert "Your next infusion is Friday 12 June at 12:00 pm. 1 more is planned" in shown(page)
    infusions, check_ins = (table.value for table in page.table)
    assert list(infusions["When"]) == ["Friday 12 June at 12:00 pm", "Monday 15 June at 12:00 pm"]
    # The baseline is open; Monday's pulse before is that of 72 h after Friday, two hours before it.
    assert list(check_ins["When"])[:5] == [
        "now",
        "Friday 12 June at 8:00 am",
        "Saturday 13 June at 1:00 pm",
        "Sunday 14 June at 1:00 pm",
        "Monday 15 June at 10:00 am",
    ]
    assert list(check_ins["What"])[:2] == ["PHQ-9 and GAD-7", "Short check-in"]
    assert "Times are those of America/New York." in shown(page)


def test_a_plan_without_anything_and_of_whoever_is_paused(
    runtime: Runtime, clinic: Clinic, open_page: OpenPage, newcomer: Actor
) -> None:
    page = open_page(newcomer, "my_plan")
    assert "No infusion is planned for you now." in shown(page)
    assert not page.table
    assert newcomer.patient_id is not None
    with runtime.unit_of_work(operator(clinic.id)) as work:
        plan_induction(work, newcomer.patient_id, [NOW + timedelta(days=2)])
        change_status(work, newcomer.patient_id, PatientStatus.PAUSED)
    page = open_page(newcomer, "my_plan")
    assert "No check-ins are planned for you now." in shown(page)
    assert len(page.table) == 1  # the infusion stays where it is


def test_every_published_figure_stands_with_its_people_scale_time_and_interval(
    open_page: OpenPage, newcomer: Actor
) -> None:
    page = open_page(newcomer, "about_treatment")
    assert not page.exception
    results = page.markdown[-1].value.splitlines()
    assert (
        results[0]
        .replace("\\", "")
        .startswith(
            "- **70.8 % response** (50.8 to 85.1*) of 24 people, MADRS, after the last infusion. "
        )
    )
    assert all(" people, " in result for result in results)
    # The clinic is called where there is something to ask.
    assert "555-0100" in page.info[0].value.replace("\\", "")


def test_get_help_says_who_to_call_and_that_nobody_watches(
    open_page: OpenPage, person: Actor
) -> None:
    page = open_page(person, "get_help")
    assert page.link_button[0].url == "tel:911"
    assert "Nobody watches your answers as you give them" in shown(page)
    assert "Mon-Fri 9-17" in shown(page)


@pytest.mark.parametrize("name", ["today", "check_in", "my_progress", "my_plan", "about_treatment"])
def test_help_is_one_tap_away(open_page: OpenPage, person: Actor, name: str) -> None:
    page = open_check_in(open_page, person) if name == "check_in" else open_page(person, name)
    assert "Get help now" in {link.value for link in page.page_link}


def test_the_account_says_who_it_is_and_signs_out(open_page: OpenPage, person: Actor) -> None:
    page = open_page(person, "account")
    assert f"Signed in as {person.name}" in shown(page)
    page = page.button(key="account.sign_out").click().run()
    assert page.title[0].value == "You are signed out"


# Nothing to show


def test_nothing_is_due_and_nothing_planned(open_page: OpenPage, newcomer: Actor) -> None:
    page = open_page(newcomer, "today")
    assert "Nothing to answer now. No check-in is planned for you." in shown(page)
    assert "today.start" not in {button.key for button in page.button}


def test_no_progress_yet(open_page: OpenPage, newcomer: Actor) -> None:
    page = open_page(newcomer, "my_progress")
    assert "after your first check-in" in shown(page)
    assert not page.get("plotly_chart")


def test_a_check_in_without_an_address(open_page: OpenPage, person: Actor) -> None:
    page = open_page(person, "check_in")
    assert "There is no such check-in." in page.error[0].value
    assert {link.value for link in page.page_link} == {"Today", "Get help now"}


# Refused


@pytest.mark.parametrize("name", PAGES)
def test_for_staff_these_are_no_pages(
    open_page: OpenPage, runtime: Runtime, clinic: Clinic, name: str
) -> None:
    """They land on their own first page."""
    clinician = staff(runtime, clinic, Role.CLINICIAN)
    landed = open_page(clinician, name)
    assert not landed.exception
    assert shown(landed) == shown(open_page(clinician, "home"))


@pytest.mark.parametrize("name", [*PAGES, "account"])
def test_signed_out_nothing_is_shown(open_page: OpenPage, person: Actor, name: str) -> None:
    page = open_page(None, name)
    assert [title.value for title in page.title] == ["You are signed out"]


def test_another_patients_check_in_gives_nothing_away(
    open_page: OpenPage, person: Actor, newcomer: Actor
) -> None:
    theirs = open_check_in(open_page, person).query_params["id"]
    refused = open_page(newcomer, "check_in", id=theirs)
    unknown = open_page(newcomer, "check_in", id="nothing")
    assert shown(refused) == shown(unknown)
    assert "There is no such check-in." in shown(refused)
