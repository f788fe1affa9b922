"""What the team does about an alert: whose it is, by when, and that only an outcome ends it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import time, timedelta
from threading import Event
from time import sleep

import pytest

from mindspa.bootstrap import Runtime
from mindspa.domain.access import Actor, Role, operator, worker
from mindspa.domain.alert_cases import AlertCase, CaseState, Step
from mindspa.domain.duty import DutyPlan, OpenHours, Shift
from mindspa.domain.errors import InvalidInput, NotFound, NotPermitted, Stale
from mindspa.domain.safety import AlertState, Tier
from mindspa.domain.safety_card import CardEntry
from mindspa.domain.treatment import Clinic, Patient
from mindspa.services.check_records import problems
from mindspa.services.escalate_alerts import alerts_waiting, escalate_alert
from mindspa.services.handle_alert import (
    close_alert,
    hand_over_alert,
    log_attempt,
    own_alert,
    reopen_alert,
)
from mindspa.services.merge_records import merge_records
from mindspa.services.plan_duty import write_duty
from mindspa.services.raise_alerts import raise_alerts
from mindspa.services.unit_of_work import UnitOfWork
from mindspa.services.write_safety_card import write_card
from tests.conftest import NOW, Clock
from tests.factories import a_clinic, a_patient, a_stored_form, account_of, assessed, staff

MINUTE = timedelta(minutes=1)
STEPS = ("Phoned three times on two days", "Asked the emergency contact")


@pytest.fixture
def patient(runtime: Runtime, clinic: Clinic) -> Patient:
    return a_patient(runtime, clinic)


@pytest.fixture
def case(runtime: Runtime, clinic: Clinic, patient: Patient) -> AlertCase:
    """Of a pulse whose safety question was answered with yes."""
    a_stored_form(runtime, clinic, patient, "pulse", at=NOW, safety=1)
    return case_of(runtime, clinic, patient)


def case_of(runtime: Runtime, clinic: Clinic, patient: Patient) -> AlertCase:
    """The newest."""
    with runtime.reading(operator(clinic.id)) as work:
        return work.records.alert_cases.of(patient.id)[-1]


def act(runtime: Runtime, actor: Actor, *acts: Callable[[UnitOfWork], object]) -> None:
    for one in acts:
        with runtime.unit_of_work(actor) as work:
            one(work)


def steps_of(runtime: Runtime, case: AlertCase) -> list[Step]:
    with runtime.reading(operator("clinic")) as work:
        steps = work.records.alert_cases.steps(case.id)
        stored = work.records.alert_cases.get(case.id)
    assert [event.number for event in steps] == list(range(1, stored.version + 1))
    return [event.step for event in steps]


def found_wrong(runtime: Runtime, clinic: Clinic) -> list[str]:
    with runtime.reading(operator(clinic.id)) as work:
        return list(problems(work))


def a_rota(runtime: Runtime, by: Actor, first: Actor, second: Actor, **more: object) -> None:
    """Of the days of the week, nine to five."""
    nine, five = time(9), time(17)
    plan = DutyPlan(
        hours=tuple(OpenHours(day, nine, five) for day in range(5)),
        shifts=tuple(Shift(nine, five, first.id, second.id, weekday=d) for d in range(5)),
        **more,  # type: ignore[arg-type]
    )
    act(runtime, by, lambda work: write_duty(work, plan, replaces=0))


# What raises it


def test_one_check_in_is_one_case_of_the_gravest_tier(
    runtime: Runtime, clinic: Clinic, patient: Patient
) -> None:
    a_stored_form(runtime, clinic, patient, "pulse", at=NOW, safety=1, side_effects=3, change=7)
    case = case_of(runtime, clinic, patient)
    with runtime.reading(operator(clinic.id)) as work:
        alerts = work.records.alerts.of_cases([case.id])
    assert {alert.tier for alert in alerts} == {Tier.IMMEDIATE, Tier.SAME_DAY}
    assert (len(alerts), case.tier, case.version) == (3, Tier.IMMEDIATE, 1)
    assert case.due_at == NOW + 30 * MINUTE
    assert steps_of(runtime, case) == [Step.RAISED]
    assert found_wrong(runtime, clinic) == []


def test_a_further_answer_is_added_and_begins_the_clock_anew(
    runtime: Runtime, clinic: Clinic, patient: Patient, case: AlertCase, clock: Clock
) -> None:
    clock.forward(minutes=20)
    a_stored_form(runtime, clinic, patient, "phq9", at=clock.now, _9=1)
    added = case_of(runtime, clinic, patient)
    assert (added.id, added.tier) == (case.id, Tier.IMMEDIATE)
    assert added.due_at == clock.now + 30 * MINUTE
    assert steps_of(runtime, case) == [Step.RAISED, Step.ADDED]


def test_after_it_was_closed_a_further_answer_begins_another(
    runtime: Runtime, clinic: Clinic, patient: Patient, case: AlertCase, clinician: Actor
) -> None:
    act(runtime, clinician, lambda work: assessed(work, case.id))
    a_stored_form(runtime, clinic, patient, "phq9", at=NOW + MINUTE, _9=0)
    assert case_of(runtime, clinic, patient).id == case.id, "a later 0 changes nothing"
    a_stored_form(runtime, clinic, patient, "phq9", at=NOW + 2 * MINUTE, _9=2)
    another = case_of(runtime, clinic, patient)
    assert (another.id != case.id, another.state) == (True, CaseState.OPEN)
    assert found_wrong(runtime, clinic) == []


def test_what_an_import_found_in_old_answers_has_no_case(
    runtime: Runtime, clinic: Clinic, patient: Patient
) -> None:
    with runtime.unit_of_work(operator(clinic.id)) as work:
        work.write_about(patient.id)
        rule = work.definitions.safety.intake.finding()
        raise_alerts(
            work, patient.id, [rule], answered_at=NOW - timedelta(days=15), form_id="f", source="s"
        )
    with runtime.reading(operator(clinic.id)) as work:
        assert [alert.case_id for alert in work.records.alerts.of_many([patient.id])] == [None]
        assert work.records.alert_cases.of(patient.id) == []


@pytest.mark.parametrize("plan", [True, False])
def test_an_answer_as_grave_as_one_that_was_assessed_is_noted_where_a_plan_is_on_file(
    runtime: Runtime, clinic: Clinic, patient: Patient, clinician: Actor, clock: Clock, plan: bool
) -> None:
    if plan:
        card = CardEntry(safety_plan="Call Alex.", planned_on=NOW.date())
        act(runtime, clinician, lambda work: write_card(work, patient.id, card, replaces=None))
    a_stored_form(runtime, clinic, patient, "phq9", at=NOW, _9=2)
    first = case_of(runtime, clinic, patient)
    act(runtime, clinician, lambda work: assessed(work, first.id))
    clock.forward(days=7)
    a_stored_form(runtime, clinic, patient, "phq9", at=clock.now, _9=2)
    with runtime.reading(clinician) as work:
        noted = work.records.alerts.of_many([patient.id])[-1]
    assert (noted.assessed_on is not None, noted.case_id is None) == (plan, plan)
    assert (case_of(runtime, clinic, patient).id == first.id) is plan
    assert found_wrong(runtime, clinic) == []
    clock.forward(days=2)
    a_stored_form(runtime, clinic, patient, "phq9", at=clock.now, _9=3)
    risen = case_of(runtime, clinic, patient)
    assert risen.state is CaseState.OPEN, "a 3 always starts a clock"


# Whose it is


def test_a_nurse_owns_it_hands_it_over_and_reaches_the_patient(
    runtime: Runtime, clinic: Clinic, case: AlertCase, nurse: Actor, clinician: Actor, clock: Clock
) -> None:
    clock.forward(minutes=2)
    act(runtime, nurse, lambda work: own_alert(work, case.id))
    clock.forward(minutes=3)
    act(
        runtime,
        nurse,
        lambda work: log_attempt(work, case.id, way="phone", outcome="reached", note="Is at home."),
        lambda work: hand_over_alert(work, case.id, clinician.id, note="Please assess."),
    )
    with runtime.reading(nurse) as work:
        stored = work.records.alert_cases.get(case.id)
        contacts = work.records.contacts.last_of(case.patient_id)
        handed = work.records.alert_cases.steps(case.id)[-1]
    assert (stored.state, stored.owner, stored.owner_name) == (
        CaseState.OWNED,
        clinician.id,
        clinician.name,
    )
    assert (stored.owned_at, stored.attempted_at) == (NOW + 2 * MINUTE, NOW + 5 * MINUTE)
    assert [contact.note for contact in contacts] == ["Is at home."]
    assert (handed.by, handed.handed_to, handed.note) == (nurse.id, clinician.id, "Please assess.")
    assert steps_of(runtime, case) == [Step.RAISED, Step.OWNED, Step.CONTACT, Step.HANDED_OVER]


def test_it_is_handed_to_somebody_who_handles_alerts(
    runtime: Runtime, clinic: Clinic, case: AlertCase, nurse: Actor
) -> None:
    elsewhere = staff(runtime, a_clinic(runtime, "elsewhere"), Role.CLINICIAN)
    administrator = staff(runtime, clinic, Role.ADMINISTRATOR)
    for to in (None, "", "nobody", elsewhere.id, administrator.id, case.patient_id):
        with (
            pytest.raises(InvalidInput, match="Choose the colleague"),
            runtime.unit_of_work(nurse) as work,
        ):
            hand_over_alert(work, case.id, to)


def test_the_same_press_twice_is_one_attempt(
    runtime: Runtime, case: AlertCase, nurse: Actor
) -> None:
    for _ in range(2):
        act(
            runtime,
            nurse,
            lambda work: log_attempt(
                work, case.id, way="phone", outcome="reached", contact_id="press"
            ),
            lambda work: own_alert(work, case.id),
        )
    assert steps_of(runtime, case) == [Step.RAISED, Step.CONTACT]


@pytest.mark.parametrize("outcome", ["not_reached", "message_left", "wrong_number"])
def test_not_reached_it_stays_open_with_its_next_attempt(
    runtime: Runtime, clinic: Clinic, patient: Patient, case: AlertCase, nurse: Actor, outcome: str
) -> None:
    with pytest.raises(InvalidInput, match="Say when the next attempt"):
        act(runtime, nurse, lambda work: log_attempt(work, case.id, way="phone", outcome=outcome))
    with runtime.reading(nurse) as work:
        assert work.records.contacts.last_of(patient.id) == [], "half of a press was stored"
    ahead = NOW + 45 * MINUTE
    act(
        runtime,
        nurse,
        lambda work: log_attempt(work, case.id, way="phone", outcome=outcome, next_attempt=ahead),
    )
    stored = case_of(runtime, clinic, patient)
    assert (stored.state, stored.due_at) == (CaseState.OWNED, ahead)


# What time alone does


def test_the_worker_escalates_it_once(
    runtime: Runtime, clinic: Clinic, patient: Patient, case: AlertCase, clock: Clock
) -> None:
    clock.forward(minutes=30)
    for expected in ([case.id], []):
        with runtime.reading(worker(clinic.id)) as work:
            assert alerts_waiting(work) == expected
        act(runtime, worker(clinic.id), lambda work: escalate_alert(work, case.id))
    assert case_of(runtime, clinic, patient).state is CaseState.ESCALATED
    assert steps_of(runtime, case) == [Step.RAISED, Step.ESCALATED]


def test_two_workers_escalate_it_once(
    runtime: Runtime, clinic: Clinic, case: AlertCase, clock: Clock
) -> None:
    clock.forward(minutes=30)

    def escalates() -> bool:
        with runtime.unit_of_work(worker(clinic.id)) as work:
            return escalate_alert(work, case.id)

    with ThreadPoolExecutor(4) as pool:
        found = [pool.submit(escalates) for _ in range(4)]
        assert sorted(one.result() for one in found) == [False, False, False, True]
    assert steps_of(runtime, case) == [Step.RAISED, Step.ESCALATED]


def test_whoever_acts_as_it_escalates_is_not_undone(
    runtime: Runtime, clinic: Clinic, patient: Patient, case: AlertCase, nurse: Actor, clock: Clock
) -> None:
    clock.forward(minutes=30)
    begun = Event()

    def escalates() -> bool:
        begun.set()
        with runtime.unit_of_work(worker(clinic.id)) as work:
            return escalate_alert(work, case.id)

    with ThreadPoolExecutor(1) as pool:
        with runtime.unit_of_work(nurse) as work:
            work.write_about(patient.id)
            waiting = pool.submit(escalates)
            begun.wait()
            sleep(0.2)  # it stands at the patient's lock, with what it read before
            own_alert(work, case.id)
        assert waiting.result() is False
    assert case_of(runtime, clinic, patient).state is CaseState.OWNED


def test_the_clock_goes_by_the_clinics_hours(
    runtime: Runtime, clinic: Clinic, patient: Patient, nurse: Actor, clinician: Actor, clock: Clock
) -> None:
    a_rota(runtime, clinician, nurse, clinician)
    clock.forward(hours=9)  # Wednesday, nine in the evening
    a_stored_form(runtime, clinic, patient, "pulse", at=clock.now, safety=1)
    case = case_of(runtime, clinic, patient)
    assert case.due_at == NOW + timedelta(hours=21, minutes=30)  # half past nine on Thursday


# The end


@pytest.mark.parametrize("role", [Role.CARE_TEAM, Role.ADMINISTRATOR, Role.PATIENT])
def test_only_who_may_assess_risk_closes_it(
    runtime: Runtime, clinic: Clinic, patient: Patient, case: AlertCase, role: Role
) -> None:
    actor = (
        account_of(runtime, clinic, patient)
        if role is Role.PATIENT
        else staff(runtime, clinic, role)
    )
    with pytest.raises(NotPermitted), runtime.unit_of_work(actor) as work:
        close_alert(work, case.id, seen_alert_ids=[case.id], outcome="assessed", note="Spoke.")
    assert case_of(runtime, clinic, patient).state is CaseState.OPEN


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.PATIENT])
@pytest.mark.parametrize(
    "press",
    [
        lambda work, case_id: own_alert(work, case_id),
        lambda work, case_id: hand_over_alert(work, case_id, "id000002"),
        lambda work, case_id: log_attempt(work, case_id, way="phone", outcome="reached"),
        lambda work, case_id: reopen_alert(work, case_id, reason="Called again."),
        lambda work, case_id: escalate_alert(work, case_id),
        lambda work, case_id: alerts_waiting(work),
    ],
)
def test_only_the_team_acts_on_it(
    runtime: Runtime,
    clinic: Clinic,
    patient: Patient,
    case: AlertCase,
    role: Role,
    press: Callable[[UnitOfWork, str], object],
) -> None:
    actor = (
        account_of(runtime, clinic, patient)
        if role is Role.PATIENT
        else staff(runtime, clinic, role)
    )
    with pytest.raises(NotPermitted):
        act(runtime, actor, lambda work: press(work, case.id))


def test_another_clinics_alert_does_not_exist(runtime: Runtime, case: AlertCase) -> None:
    elsewhere = staff(runtime, a_clinic(runtime, "elsewhere"), Role.CLINICIAN)
    for press in (
        lambda work: own_alert(work, case.id),
        lambda work: escalate_alert(work, case.id),
        lambda work: close_alert(
            work, case.id, seen_alert_ids=[case.id], outcome="assessed", note="Spoke."
        ),
    ):
        with pytest.raises(NotFound):
            act(runtime, elsewhere, press)


@pytest.mark.parametrize(
    "outcome, note, said",
    [
        ("", "Spoke.", "what came of"),
        ("not_reached", "Left a message.", "what came of"),
        ("message_left", "Left a message.", "what came of"),
        ("merged", "Spoke.", "what came of"),
        ("assessed", " ", "Write a note"),
    ],
)
def test_it_stays_open_without_outcome_and_note(
    runtime: Runtime,
    clinic: Clinic,
    patient: Patient,
    case: AlertCase,
    clinician: Actor,
    outcome: str,
    note: str,
    said: str,
) -> None:
    with pytest.raises(InvalidInput, match=said), runtime.unit_of_work(clinician) as work:
        close_alert(work, case.id, seen_alert_ids=[case.id], outcome=outcome, note=note)
    assert case_of(runtime, clinic, patient).state is CaseState.OPEN


def test_an_answer_that_came_in_meanwhile_is_not_closed_with_it(
    runtime: Runtime, clinic: Clinic, patient: Patient, case: AlertCase, clinician: Actor
) -> None:
    a_stored_form(runtime, clinic, patient, "phq9", at=NOW + MINUTE, _9=3)
    with (
        pytest.raises(Stale, match="Another answer came in"),
        runtime.unit_of_work(clinician) as work,
    ):
        close_alert(work, case.id, seen_alert_ids=[case.id], outcome="assessed", note="Spoke.")
    assert case_of(runtime, clinic, patient).state is CaseState.OPEN


def test_closing_it_closes_all_that_raised_it(
    runtime: Runtime, clinic: Clinic, patient: Patient, case: AlertCase, clinician: Actor
) -> None:
    a_stored_form(runtime, clinic, patient, "phq9", at=NOW + MINUTE, _9=3)
    act(runtime, clinician, lambda work: assessed(work, case.id, outcome="emergency_care"))
    with runtime.reading(clinician) as work:
        alerts = work.records.alerts.of_many([patient.id])
        closed = work.records.alert_cases.steps(case.id)[-1]
    assert {(alert.state, alert.outcome, alert.closed_by) for alert in alerts} == {
        (AlertState.CLOSED, "emergency_care", clinician.id)
    }
    assert (closed.step, closed.outcome, closed.note) == (
        Step.CLOSED,
        "emergency_care",
        "Talked to them.",
    )
    assert found_wrong(runtime, clinic) == []


def test_a_second_press_changes_nothing(
    runtime: Runtime,
    clinic: Clinic,
    patient: Patient,
    case: AlertCase,
    clinician: Actor,
    clock: Clock,
) -> None:
    for outcome in ("safety_plan", "assessed"):
        with runtime.unit_of_work(clinician) as work:
            assessed(work, case.id, outcome=outcome)
        clock.forward(minutes=1)
    closed = case_of(runtime, clinic, patient)
    assert (closed.outcome, closed.closed_at, closed.closed_by) == (
        "safety_plan",
        NOW,
        clinician.id,
    )
    with runtime.reading(operator(clinic.id)) as work:
        events = [event.what for event in work.records.audit_events(patient.id)]
    assert events.count("alert.closed") == 1


def test_two_who_close_it_at_once_do_not_overwrite_each_other(
    runtime: Runtime, clinic: Clinic, patient: Patient, case: AlertCase, clinician: Actor
) -> None:
    begun = Event()

    def second() -> None:
        begun.set()
        with runtime.unit_of_work(clinician) as work:
            assessed(work, case.id, outcome="handed_over")

    with ThreadPoolExecutor(1) as pool:
        with runtime.unit_of_work(clinician) as work:
            work.write_about(patient.id)
            waiting = pool.submit(second)
            begun.wait()
            sleep(0.2)  # it stands at the patient's lock, with what it read before
            assessed(work, case.id)
        waiting.result()
    assert case_of(runtime, clinic, patient).outcome == "assessed"


@pytest.mark.parametrize(
    ("written", "taken", "tried", "said"),
    [
        ((), (), True, "has not written down"),
        (STEPS, STEPS[:1], True, "Not done yet: Asked the emergency contact"),
        (STEPS, STEPS, False, "Nobody has tried"),
    ],
)
def test_unreached_it_is_closed_only_with_the_clinics_own_steps(
    runtime: Runtime,
    case: AlertCase,
    nurse: Actor,
    clinician: Actor,
    written: tuple[str, ...],
    taken: tuple[str, ...],
    tried: bool,
    said: str,
) -> None:
    a_rota(runtime, clinician, nurse, clinician, unreached_steps=written)
    if tried:
        act(
            runtime,
            nurse,
            lambda work: log_attempt(
                work, case.id, way="phone", outcome="not_reached", next_attempt=NOW + MINUTE
            ),
        )
    with pytest.raises(InvalidInput, match=said), runtime.unit_of_work(clinician) as work:
        close_alert(
            work,
            case.id,
            seen_alert_ids=[case.id],
            outcome="unreached",
            note="All done.",
            steps=taken,
        )


def test_with_the_steps_on_record_a_clinician_closes_it_unreached(
    runtime: Runtime,
    clinic: Clinic,
    patient: Patient,
    case: AlertCase,
    nurse: Actor,
    clinician: Actor,
) -> None:
    a_rota(runtime, clinician, nurse, clinician, unreached_steps=STEPS)
    act(
        runtime,
        clinician,
        lambda work: log_attempt(
            work, case.id, way="phone", outcome="not_reached", next_attempt=NOW + MINUTE
        ),
        lambda work: close_alert(
            work, case.id, seen_alert_ids=[case.id], outcome="unreached", note="All.", steps=STEPS
        ),
    )
    assert case_of(runtime, clinic, patient).outcome == "unreached"


# Opened again


def test_reopened_it_is_open_with_all_that_raised_it(
    runtime: Runtime,
    clinic: Clinic,
    patient: Patient,
    case: AlertCase,
    clinician: Actor,
    nurse: Actor,
) -> None:
    act(runtime, clinician, lambda work: assessed(work, case.id))
    with pytest.raises(InvalidInput, match="Write why"):
        act(runtime, nurse, lambda work: reopen_alert(work, case.id, reason=" "))
    for _ in range(2):  # a second press changes nothing
        act(runtime, nurse, lambda work: reopen_alert(work, case.id, reason="The partner called."))
    assert steps_of(runtime, case) == [Step.RAISED, Step.CLOSED, Step.REOPENED]
    with runtime.reading(nurse) as work:
        assert [alert.state for alert in work.records.alerts.of_many([patient.id])] == [
            AlertState.OPEN
        ]
    assert found_wrong(runtime, clinic) == []


def test_it_is_not_reopened_beside_another(
    runtime: Runtime, clinic: Clinic, patient: Patient, case: AlertCase, clinician: Actor
) -> None:
    act(runtime, clinician, lambda work: assessed(work, case.id))
    a_stored_form(runtime, clinic, patient, "phq9", at=NOW + MINUTE, _9=3)
    with pytest.raises(InvalidInput, match="has an open alert already"):
        act(runtime, clinician, lambda work: reopen_alert(work, case.id, reason="Again."))


# Two records of one person


def test_merged_records_have_one_open_case_of_all_that_is_open(
    runtime: Runtime, clinic: Clinic, patient: Patient, case: AlertCase, nurse: Actor, clock: Clock
) -> None:
    other = a_patient(runtime, clinic, "Pat Second")
    clock.forward(minutes=5)
    a_stored_form(runtime, clinic, other, "phq9", at=clock.now, _9=1)
    theirs = case_of(runtime, clinic, other)
    act(runtime, nurse, lambda work: merge_records(work, other.id, into=patient.id, reason="Same."))
    with runtime.reading(nurse) as work:
        cases = {c.id: (c.state, c.outcome) for c in work.records.alert_cases.of(patient.id)}
        alerts = work.records.alerts.of_many([patient.id])
    assert cases == {case.id: (CaseState.OPEN, None), theirs.id: (CaseState.CLOSED, "merged")}
    assert {(alert.case_id, alert.state) for alert in alerts} == {(case.id, AlertState.OPEN)}
    assert steps_of(runtime, case) == [Step.RAISED, Step.ADDED]
    with pytest.raises(InvalidInput, match="goes on in the record"):
        act(runtime, nurse, lambda work: reopen_alert(work, theirs.id, reason="Again."))
    assert found_wrong(runtime, clinic) == []


def test_the_open_case_of_the_other_record_comes_along(
    runtime: Runtime, clinic: Clinic, patient: Patient, case: AlertCase, nurse: Actor
) -> None:
    into = a_patient(runtime, clinic, "Pat First")
    act(runtime, nurse, lambda work: merge_records(work, patient.id, into=into.id, reason="Same."))
    assert case_of(runtime, clinic, into).state is CaseState.OPEN
    assert found_wrong(runtime, clinic) == []
