"""The follow-up page as the care team uses it: what rows say, reviewing them, empty and refused."""

from datetime import timedelta

import pandas as pd
from streamlit.testing.v1 import AppTest

from mindspa.bootstrap import Runtime
from mindspa.domain.access import Actor, Role, operator
from mindspa.domain.follow_up import FollowUpReview
from mindspa.domain.treatment import Clinic, Course, Infusion, Patient
from mindspa.services.plan_course import plan_infusion
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

HOUR = timedelta(hours=1)
NOBODY = "Nobody is waiting for follow-up."


class Treated:
    """A patient whose infusion ended so long ago; hours count from its end."""

    def __init__(self, runtime: Runtime, clinic: Clinic, name: str, *, hours: int) -> None:
        self.runtime, self.clinic = runtime, clinic
        self.ended_at = NOW - hours * HOUR
        self.patient: Patient = a_patient(runtime, clinic, name)
        starts_at = self.ended_at - HOUR
        self.course: Course = an_induction(runtime, clinic, self.patient, starts_at=starts_at)
        self.infusion: Infusion = an_infusion(runtime, clinic, self.course, starts_at=starts_at)

    def answers(
        self, hours: int, form: str = "pulse", *, each: int = 1, **answers: int | None
    ) -> None:
        given: dict[str, int | None] = {"safety": 0} if form == "pulse" else {}
        at = self.ended_at + hours * HOUR
        a_stored_form(
            self.runtime, self.clinic, self.patient, form, at=at, each=each, **(given | answers)
        )

    def reviews(self) -> list[FollowUpReview]:
        with self.runtime.reading(operator(self.clinic.id)) as work:
            return work.records.treatment.reviews_of_many([self.patient.id])


def row(page: AppTest, name: str) -> pd.Series:
    table = page.dataframe[0].value
    (found,) = (row for _, row in table.iterrows() if row["Patient"] == name)
    return found


def opened(page: AppTest, treated: Treated) -> AppTest:
    return page.selectbox(key="follow_up_picker").set_value(treated.infusion.id).run()


def reviewed(page: AppTest, treated: Treated, disposition: str | None, note: str = "") -> AppTest:
    own = f":{treated.infusion.id}"
    if disposition:
        page.selectbox(key=f"follow_up_disposition{own}").set_value(disposition)
    page.text_area(key=f"follow_up_note{own}").set_value(note)
    return page.button(key=f"follow_up_send{own}").click().run()


# What rows say


def test_a_row_in_words(
    runtime: Runtime, clinic: Clinic, nurse: Actor, open_page: OpenPage
) -> None:
    pat = Treated(runtime, clinic, "Pat", hours=80)
    pat.answers(-2, each=2)
    pat.answers(26, each=1, side_effects=1)
    pat.answers(30, "phq9", each=1, _9=0)
    pat.answers(78, each=0, low_mood=3, side_effects=2)
    page = open_page(nurse, "follow_up")
    assert row(page, "Pat").to_dict() == {
        "Patient": "Pat",
        "Why": "Waiting for review",
        "Last answer": "+78 h",
        "Infusion": "1, ended Sun 7 Jun 04:00",
        "Since end": "80 h",
        "Before": "8 of 12",
        "24 h": "4 of 12",
        "48 h": "not answered",
        "72 h": "+78 h: 3",
        "Since before": "−5",
        "Since course": "−5",
        "Standard forms": "PHQ-9 8 of 27, 91% of recall before infusion",
        "Side effects": "moderate",
        "Safety": "no",
        "Alerts": "none open",
        "Reviewed": "not reviewed",
    }
    assert page.caption[0].value == (
        "1 infusion of 1 patient waiting. Check-ins of the 24 to 72 hours: 1 answered of 3 due so "
        "far, 1 more answered later. Times in America/New_York. The safety rules are in force as "
        "shipped; no clinician has signed them yet."
    )


def test_a_row_without_answers_says_so_everywhere(
    runtime: Runtime, clinic: Clinic, nurse: Actor, open_page: OpenPage
) -> None:
    Treated(runtime, clinic, "Sam", hours=40)
    found = row(open_page(nurse, "follow_up"), "Sam")
    assert found["Why"] == "No answer yet"
    assert list(found[["Last answer", "Before", "24 h", "48 h", "72 h"]]) == [
        "none", "not answered", "not answered", "open until Thu 08:00", "not due",
    ]  # fmt: skip
    assert list(found[["Since before", "Since course", "Side effects", "Safety"]]) == [
        "not known", "not known", "not answered", "no form yet",
    ]  # fmt: skip


def test_why_a_row_stands_where_it_stands(
    runtime: Runtime, clinic: Clinic, nurse: Actor, open_page: OpenPage
) -> None:
    late = Treated(runtime, clinic, "Late", hours=90)
    late.answers(25)
    unsafe = Treated(runtime, clinic, "Unsafe", hours=30)
    unsafe.answers(25, safety=1)
    unsure = Treated(runtime, clinic, "Unsure", hours=30)
    unsure.answers(25, safety=2)
    left_out = Treated(runtime, clinic, "Left out", hours=30)
    left_out.answers(25, safety=None, low_mood=None)
    forgotten = a_patient(runtime, clinic, "Forgotten")
    course = an_induction(runtime, clinic, forgotten, starts_at=NOW - 4 * HOUR)
    with runtime.unit_of_work(operator(clinic.id)) as work:
        plan_infusion(work, course, planned_at=NOW - 4 * HOUR)
    page = open_page(nurse, "follow_up")
    table = page.dataframe[0].value
    assert list(zip(table["Patient"], table["Why"], strict=True)) == [
        ("Forgotten", "Close this infusion"),
        ("Unsafe", "Immediate alert"),
        ("Left out", "Safety not answered"),
        ("Unsure", "Same-day alert"),
        ("Late", "Overdue review"),
    ]
    assert list(table["Safety"]) == [
        "no form yet", "yes", "not answered", "i would rather not say", "no",
    ]  # fmt: skip
    assert row(page, "Left out")["24 h"] == "no sum, 3 of 4 answered"
    alert = "Same-day alert: Safety question of the pulse answered yes or not told"
    assert row(page, "Unsure")["Alerts"] == alert
    planned = "planned Wed 10 Jun 08:00, provisional end Wed 10 Jun 09:00"
    assert row(page, "Forgotten")["Infusion"] == planned
    page.selectbox(key="follow_up_picker").select_index(0).run()
    assert page.warning[0].value.startswith("Close this infusion before it is reviewed")
    assert [button.label for button in page.button] == ["Save contact"]


# Reviewing


def test_a_row_is_opened_read_and_reviewed(
    runtime: Runtime, clinic: Clinic, nurse: Actor, open_page: OpenPage
) -> None:
    pat = Treated(runtime, clinic, "Pat *E*", hours=50)
    pat.answers(26, each=1, low_mood=None, side_effects=1)
    page = opened(open_page(nurse, "follow_up"), pat)
    assert page.header[0].value == r"Pat \*E\*\: infusion 1, ended Mon 8 Jun 10\:00"
    answers = page.table[0].value.set_index("Question").iloc[:, 0]
    assert answers.name == "Tue 9 Jun 12:00 (+26 h)"
    assert answers["Little interest"] == "A little of the time"
    assert answers["Low mood"] == "Not answered"
    assert answers["Side effects"] == "Mild"
    assert answers["Overall change"] == "Not asked"
    assert answers["Total"] == "No total"
    assert page.page_link[0].value == "Open the patient"
    reviewed(page, pat, "contacted", "Slept well.")
    assert page.success[0].value == "Marked reviewed."
    assert page.toast[0].value == "Marked reviewed.", "seen from the foot of a long list"
    assert page.info[0].value.startswith(NOBODY)
    (review,) = pat.reviews()
    assert (review.reviewed_by, review.disposition, review.note) == (
        nurse.id, "contacted", "Slept well.",
    )  # fmt: skip
    page.run()
    assert not page.success, "said once"
    assert not page.exception


def test_an_answer_that_comes_between_looking_and_pressing_brings_the_row_back(
    runtime: Runtime, clinic: Clinic, nurse: Actor, open_page: OpenPage
) -> None:
    pat = Treated(runtime, clinic, "Pat", hours=50)
    pat.answers(26)
    page = opened(open_page(nurse, "follow_up"), pat)
    pat.answers(49)
    reviewed(page, pat, "no_action")
    assert page.success[0].value == "Marked reviewed."
    assert row(page, "Pat")["Why"] == f"New since review by {nurse.name}"
    assert row(page, "Pat")["Reviewed"] == f"{nurse.name}, Wed 10 Jun 12:00: no action needed"


def test_an_open_alert_keeps_the_row(
    runtime: Runtime, clinic: Clinic, nurse: Actor, open_page: OpenPage
) -> None:
    pat = Treated(runtime, clinic, "Pat", hours=50)
    pat.answers(26, safety=1)
    page = opened(open_page(nurse, "follow_up"), pat)
    assert page.error[0].value == "1 open alert, 1 immediate."
    assert page.error[1].value.startswith(r"Immediate alert\: Safety question")
    reviewed(page, pat, "clinician_told")
    kept = "Marked reviewed. It stays listed until its alert is closed."
    assert page.success[0].value == kept
    assert row(page, "Pat")["Why"] == "Immediate alert"
    assert not page.header, "the row is closed again"


def test_a_review_without_its_outcome_is_refused_and_keeps_what_was_typed(
    runtime: Runtime, clinic: Clinic, nurse: Actor, open_page: OpenPage
) -> None:
    pat = Treated(runtime, clinic, "Pat", hours=50)
    page = opened(open_page(nurse, "follow_up"), pat)
    reviewed(page, pat, None, "Slept well.")
    assert page.error[0].value == "Choose what came of the review."
    note = page.text_area(key=f"follow_up_note:{pat.infusion.id}")
    assert note.value == "Slept well."
    assert pat.reviews() == []


def test_an_alert_from_before_any_infusion_is_said_above_the_list(
    runtime: Runtime, clinic: Clinic, nurse: Actor, open_page: OpenPage
) -> None:
    pat = a_patient(runtime, clinic, "Pat")
    a_stored_form(runtime, clinic, pat, "phq9", at=NOW - HOUR, _9=3)
    page = open_page(nurse, "follow_up")
    assert page.error[1].value.startswith("1 patient has an open safety alert")
    assert page.info[0].value.startswith(NOBODY)


# Empty and refused


def test_nobody_is_waiting(nurse: Actor, open_page: OpenPage) -> None:
    page = open_page(nurse, "follow_up")
    assert page.info[0].value.startswith(f"{NOBODY} A row appears here when an infusion ends")
    assert not page.dataframe


def test_another_clinic_and_other_roles_see_nothing(
    runtime: Runtime, clinic: Clinic, open_page: OpenPage
) -> None:
    pat = Treated(runtime, clinic, "Pat", hours=50)
    other = staff(runtime, a_clinic(runtime, "other"), Role.CARE_TEAM)
    assert open_page(other, "follow_up").info[0].value.startswith(NOBODY)
    patient = account_of(runtime, clinic, pat.patient)
    for actor in (patient, staff(runtime, clinic, Role.ADMINISTRATOR)):
        assert not open_page(actor, "follow_up").dataframe
    assert not open_page(None, "follow_up").dataframe
