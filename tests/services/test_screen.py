"""The ASQ, where a clinic has signed it: staff ask it word for word, and what follows is said."""

from dataclasses import replace
from datetime import time, timedelta

import pytest
from sqlalchemy import text

from mindspa.bootstrap import Runtime
from mindspa.charts.tables import items_table
from mindspa.domain.access import Actor, operator
from mindspa.domain.alert_cases import CaseState
from mindspa.domain.check_ins import CheckIn, Mode
from mindspa.domain.duty import DutyPlan, OpenHours, Shift
from mindspa.domain.errors import InvalidInput
from mindspa.domain.safety import Screened, Tier
from mindspa.domain.treatment import Clinic, Patient
from mindspa.services.check_records import problems
from mindspa.services.enter_for_patient import (
    SAME_CALL,
    open_for_patient,
    show_entry,
    start_of_entry,
)
from mindspa.services.export_answers import export_answers
from mindspa.services.handle_alert import own_alert
from mindspa.services.open_check_in import today
from mindspa.services.plan_duty import write_duty
from mindspa.services.record_rating import ratings
from mindspa.services.save_answer import save_answer
from mindspa.services.send_check_in import send_check_in
from mindspa.services.show_check_in import Closed, Receipt, Sheet
from mindspa.services.view_alerts import open_alert, view_alerts
from mindspa.services.view_progress import view_progress
from tests.conftest import NOW, Clock
from tests.factories import a_patient, account_of, an_induction, an_infusion
from tests.signed_screen import signed

NO, YES, REFUSED = 0, 1, 2


@pytest.fixture
def runtime(runtime: Runtime) -> Runtime:
    return replace(runtime, definitions=signed(runtime.definitions))


@pytest.fixture
def patient(runtime: Runtime, clinic: Clinic) -> Patient:
    return a_patient(runtime, clinic)


def asked(runtime: Runtime, nurse: Actor, patient: Patient, *answers: int) -> CheckIn:
    """By phone, as far as the answers go."""
    with runtime.unit_of_work(nurse) as work:
        check_in = open_for_patient(work, patient.id, mode="by_phone", forms=["asq"])
    for number, value in enumerate(answers, start=1):
        with runtime.unit_of_work(nurse) as work:
            save_answer(
                work,
                check_in.id,
                instrument_id="asq",
                item_id=str(number),
                value=value,
                replaces=0,
            )
    return check_in


def sheet(runtime: Runtime, nurse: Actor, check_in: CheckIn) -> Sheet:
    with runtime.reading(nurse) as work:
        shown = show_entry(work, check_in.id).shown
    assert isinstance(shown, Sheet)
    return shown


def tiers(runtime: Runtime, patient: Patient) -> list[Tier]:
    with runtime.reading(operator("clinic")) as work:
        return sorted(alert.tier for alert in work.records.alerts.of_many([patient.id]))


@pytest.mark.parametrize(
    ("answers", "came_to"),
    [
        ((), None),
        ((NO, NO, NO), None),
        ((NO, NO, NO, NO), Screened.NEGATIVE),
        ((YES,), Screened.UNFINISHED),
        ((YES, NO, NO, NO), Screened.UNFINISHED),  # then the fifth is asked
        ((YES, NO, NO, NO, NO), Screened.POSITIVE),
        ((NO, NO, NO, YES, NO), Screened.POSITIVE),
        ((NO, REFUSED, NO, NO, NO), Screened.POSITIVE),
        ((NO, NO, YES, NO, YES), Screened.ACUTE),
        ((NO, NO, NO, REFUSED, REFUSED), Screened.ACUTE),
    ],
)
def test_what_it_comes_to(
    runtime: Runtime,
    nurse: Actor,
    patient: Patient,
    answers: tuple[int, ...],
    came_to: Screened | None,
) -> None:
    check_in = asked(runtime, nurse, patient, *answers)
    (section,) = sheet(runtime, nurse, check_in).sections
    assert section.screened is came_to
    positive = any(answers[:4])
    assert len(section.items) == (5 if positive else 4)
    raised = tiers(runtime, patient)
    assert bool(raised) is positive
    assert (Tier.IMMEDIATE in raised) is (came_to is Screened.ACUTE)


@pytest.mark.parametrize(
    ("answers", "came_to"),
    [
        ((NO,), None),
        ((NO, NO, NO, NO), Screened.NEGATIVE),
        ((YES, NO), Screened.UNFINISHED),
        ((YES, NO, NO, NO, NO), Screened.POSITIVE),
        ((YES, NO, NO, NO, YES), Screened.ACUTE),
    ],
)
def test_handed_in_it_says_the_same_and_goes_where_answers_go(
    runtime: Runtime,
    nurse: Actor,
    clinician: Actor,
    patient: Patient,
    answers: tuple[int, ...],
    came_to: Screened | None,
) -> None:
    check_in = asked(runtime, nurse, patient, *answers)
    with runtime.unit_of_work(nurse) as work:
        send_check_in(work, check_in.id, unanswered_too=True)
    with runtime.reading(nurse) as work:
        shown = show_entry(work, check_in.id).shown
    assert isinstance(shown, Receipt)
    assert [form.screened for form in shown.forms] == [came_to]
    assert shown.shows_help is (came_to not in (None, Screened.NEGATIVE))
    with runtime.reading(operator("clinic")) as work:
        assert list(problems(work)) == []
        (form,) = work.records.check_ins.forms_of(patient.id)
    assert (form.mode, form.total, form.entered_by) == (Mode.BY_PHONE, None, nurse.id)
    with runtime.unit_of_work(clinician) as work:
        assert "asq" in str(export_answers(work, patient.id))
        progress = view_progress(work, patient.id, kept=None, whole=True)
    assert progress.screens == (form,)
    (said,) = items_table(progress, runtime.definitions, "asq").to_numpy().T.tolist()
    assert said[: len(answers)] == [["No", "Yes", "Refused to answer"][value] for value in answers]


def test_an_alert_leads_to_it(
    runtime: Runtime, nurse: Actor, clinician: Actor, patient: Patient
) -> None:
    asked(runtime, nurse, patient, NO, NO, YES)
    with runtime.reading(clinician) as work:
        (listed,) = view_alerts(work).listed
        opened = open_alert(work, listed.case.id)
    assert opened is not None
    assert [screen.id for screen in opened.screens] == ["asq"]
    assert [(alert.rule, alert.value) for alert in opened.listed.alerts] == [("asq_3", YES)]


def test_a_yes_to_now_stays_although_it_is_no_longer_asked(
    runtime: Runtime, nurse: Actor, patient: Patient
) -> None:
    check_in = asked(runtime, nurse, patient, NO, NO, NO, YES, YES)
    with runtime.unit_of_work(nurse) as work:
        save_answer(work, check_in.id, instrument_id="asq", item_id="4", value=NO, replaces=1)
    (section,) = sheet(runtime, nurse, check_in).sections
    assert (len(section.items), section.screened) == (4, Screened.ACUTE)
    with runtime.unit_of_work(nurse) as work:
        send_check_in(work, check_in.id)
    with runtime.reading(nurse) as work:
        shown = show_entry(work, check_in.id).shown
    assert isinstance(shown, Receipt)
    assert [form.screened for form in shown.forms] == [Screened.ACUTE]


def test_closed_before_it_was_saved_what_to_do_is_still_said(
    runtime: Runtime, nurse: Actor, patient: Patient, clock: Clock
) -> None:
    check_in = asked(runtime, nurse, patient, NO, NO, YES)
    clock.forward(days=1)
    with runtime.reading(nurse) as work:
        shown = show_entry(work, check_in.id).shown
    assert isinstance(shown, Closed)
    assert shown.shows_help


def test_what_was_answered_in_an_earlier_call_is_not_said_now(
    runtime: Runtime, nurse: Actor, patient: Patient, clock: Clock
) -> None:
    first = asked(runtime, nurse, patient, YES, NO, NO, NO, NO)
    clock.now += SAME_CALL
    assert asked(runtime, nurse, patient).id == first.id
    clock.forward(seconds=1)
    again = asked(runtime, nurse, patient)
    assert again.id != first.id
    assert sheet(runtime, nurse, again).blank


def test_it_is_never_filled_in_on_paper(runtime: Runtime, nurse: Actor, patient: Patient) -> None:
    with pytest.raises(InvalidInput, match="asked by you"), runtime.unit_of_work(nurse) as work:
        open_for_patient(
            work, patient.id, mode="on_paper", forms=["asq"], answered_at=NOW - timedelta(hours=1)
        )


def test_an_infusion_cuts_no_screen_short(
    runtime: Runtime, clinic: Clinic, nurse: Actor, patient: Patient
) -> None:
    starts_at = NOW + timedelta(minutes=10)
    course = an_induction(runtime, clinic, patient, starts_at=starts_at)
    an_infusion(runtime, clinic, course, starts_at=starts_at)
    assert asked(runtime, nurse, patient).closes_at > starts_at


def test_whoever_asks_it_keeps_the_alert_and_is_not_told_of_it(
    runtime: Runtime, clinic: Clinic, nurse: Actor, clinician: Actor, patient: Patient
) -> None:
    """Also where somebody else is on duty; asked by another, it goes to whoever is."""
    asked(runtime, nurse, patient, YES)
    with runtime.reading(clinician) as work:
        (case,) = work.records.alert_cases.open()
        before = len(work.records.messages.about(case.id))
    with runtime.unit_of_work(nurse) as work:
        own_alert(work, case.id)
    plan = DutyPlan(
        hours=tuple(OpenHours(day, time(9), time(17)) for day in range(5)),
        shifts=tuple(Shift(time(9), time(17), clinician.id, weekday=day) for day in range(5)),
    )
    with runtime.unit_of_work(clinician) as work:
        write_duty(work, plan, replaces=0)
    check_in = asked(runtime, nurse, patient)
    for item in ("2", "3"):
        with runtime.unit_of_work(nurse) as work:
            save_answer(work, check_in.id, instrument_id="asq", item_id=item, value=YES, replaces=0)
    with runtime.reading(clinician) as work:
        (case,) = work.records.alert_cases.open()
        assert (case.state, case.owner) == (CaseState.OWNED, nurse.id)
        assert len(work.records.messages.about(case.id)) == before


def test_thoughts_of_suicide_now_are_told_to_others(
    runtime: Runtime, nurse: Actor, clinician: Actor, patient: Patient
) -> None:
    """Where the owner who hears of them may not assess risk."""
    check_in = asked(runtime, nurse, patient, YES)
    with runtime.reading(clinician) as work:
        (case,) = work.records.alert_cases.open()
    with runtime.unit_of_work(nurse) as work:
        own_alert(work, case.id)
    with runtime.unit_of_work(nurse) as work:
        save_answer(work, check_in.id, instrument_id="asq", item_id="5", value=YES, replaces=0)
    with runtime.reading(clinician) as work:
        told = work.records.messages.about(case.id)
        assert told[-1].number == work.records.alert_cases.steps(case.id)[-1].number
        assert clinician.id in {message.person_id for message in told if message.number > 1}


def test_whoever_was_asked_is_heard_from(runtime: Runtime, nurse: Actor, patient: Patient) -> None:
    """So that no check-in missed after it raises an alert; and `check` looks at its answers."""
    asq = runtime.definitions.instruments["asq"]
    assert asq.safety_items == ("1", "2", "3", "4", "5")
    check_in = asked(runtime, nurse, patient, YES)
    with runtime.database.writing() as session:
        session.connection().execute(text("DELETE FROM alerts"))
    with runtime.reading(operator("clinic")) as work:
        assert any("safety answer of asq has no alert" in found for found in problems(work))
    assert check_in.forms == ("asq",)


def test_it_is_entered_answer_by_answer_and_never_as_a_rating(
    runtime: Runtime, nurse: Actor, clinician: Actor, patient: Patient
) -> None:
    with runtime.reading(clinician) as work:
        assert "asq" not in {instrument.id for instrument in ratings(work)}
        assert "asq" in start_of_entry(work, patient.id).forms
        assert "asq" not in start_of_entry(work, patient.id).due


def test_a_patient_is_never_asked(runtime: Runtime, clinic: Clinic, patient: Patient) -> None:
    pat = account_of(runtime, clinic, patient)
    with runtime.reading(pat) as work:
        assert "asq" not in str(today(work))
    with pytest.raises(InvalidInput), runtime.unit_of_work(operator("clinic")) as work:
        open_for_patient(work, patient.id, mode="remote", forms=["asq"])
