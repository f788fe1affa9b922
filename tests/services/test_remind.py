"""Reminders of check-ins: written at their time, sent once, and never for what nobody waits for."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from mindspa import worker
from mindspa.bootstrap import Runtime
from mindspa.domain.access import Actor, Role, operator
from mindspa.domain.errors import InvalidInput, NotFound, NotPermitted
from mindspa.domain.messages import Kind, Message, MessageState, Problem
from mindspa.domain.treatment import Clinic, Patient, PatientStatus
from mindspa.exchange.email import SmtpServer
from mindspa.services.change_status import change_status
from mindspa.services.choose_reach import choose_email, choose_reminders
from mindspa.services.open_check_in import open_check_in
from mindspa.services.remind import patients_to_remind, remind_by_hand
from mindspa.services.save_answer import save_answer
from mindspa.services.send_check_in import send_check_in
from mindspa.services.unit_of_work import UnitOfWork
from mindspa.services.view_worklist import view_worklist
from tests.conftest import NOW, Clock
from tests.factories import a_clinic, a_patient, account_of, an_induction, an_infusion, staff
from tests.mail import Inbox, text_of
from tests.services.test_handle_alert import act
from tests.services.test_send_messages import SITE, sent

HOUR = timedelta(hours=1)
PAT = "pat@example.org"


@pytest.fixture
def patient(runtime: Runtime, clinic: Clinic) -> Patient:
    """An hour before the pulse of 24 hours opens: noon in New York."""
    found = a_patient(runtime, clinic)
    starts_at = NOW - 24 * HOUR
    course = an_induction(runtime, clinic, found, starts_at=starts_at)
    an_infusion(runtime, clinic, course, starts_at=starts_at)
    return found


@pytest.fixture
def person(runtime: Runtime, clinic: Clinic, patient: Patient) -> Actor:
    account = account_of(runtime, clinic, patient)
    act(runtime, account, lambda work: choose_email(work, PAT))
    return account


def written(runtime: Runtime, clinic: Clinic) -> list[Message]:
    with runtime.reading(operator(clinic.id)) as work:
        return sorted(
            (
                message
                for occasion in work.records.treatment.occasions_of(_only(work))
                for message in work.records.messages.about(f"{occasion.anchor_id}:{occasion.code}")
            ),
            key=lambda message: message.created_at,
        )


def _only(work: UnitOfWork) -> str:
    return str(work.records.patients.all()[0].id)


def waits(runtime: Runtime, clinic: Clinic) -> list[Message]:
    return [one for one in written(runtime, clinic) if one.state is MessageState.WAITING]


def answers(runtime: Runtime, person: Actor) -> None:
    with runtime.unit_of_work(person) as work:
        check_in = open_check_in(work, unscheduled=False)
        save_answer(work, check_in.id, instrument_id="pulse", item_id="safety", value=0, replaces=0)
    with runtime.unit_of_work(person) as work:
        send_check_in(work, check_in.id, unanswered_too=True)


def test_when_it_opens_and_once_before_it_closes(
    runtime: Runtime,
    clinic: Clinic,
    person: Actor,
    mail_server: SmtpServer,
    inbox: Inbox,
    clock: Clock,
) -> None:
    assert worker.remind(runtime) == 0, "it has not opened"
    clock.forward(hours=1)  # one in the afternoon
    assert worker.remind(runtime) == 1
    assert worker.remind(runtime) == 0
    assert sent(runtime, mail_server) == 1
    clock.forward(hours=5, minutes=59)
    assert worker.remind(runtime) == 0
    clock.forward(minutes=1)  # six hours before it closes
    assert worker.remind(runtime) == 1
    assert sent(runtime, mail_server) == 1
    assert inbox.subjects_to(PAT) == ["A check-in is waiting for you"] * 2
    assert f"{SITE}/check-in?link=" in text_of(inbox.letters[0])
    assert f"{SITE}/reminders/stop?link=" in text_of(inbox.letters[0])
    assert len(set(inbox.wire_ids)) == 2


def test_answered_there_is_no_further_one(
    runtime: Runtime, clinic: Clinic, person: Actor, mail_server: SmtpServer, clock: Clock
) -> None:
    clock.forward(hours=1)
    worker.remind(runtime)
    sent(runtime, mail_server)
    answers(runtime, person)
    clock.forward(hours=6)
    assert worker.remind(runtime) == 0


def test_what_was_answered_before_it_could_go_out_never_does(
    runtime: Runtime,
    clinic: Clinic,
    person: Actor,
    mail_server: SmtpServer,
    inbox: Inbox,
    clock: Clock,
) -> None:
    clock.forward(hours=1)
    worker.remind(runtime)
    answers(runtime, person)
    assert sent(runtime, mail_server) == 0
    (message,) = written(runtime, clinic)
    assert (message.state, message.problem) == (MessageState.CANCELLED, Problem.NOT_WAITED_FOR)
    assert inbox.letters == []


@pytest.mark.parametrize("status", [PatientStatus.PAUSED, PatientStatus.DECEASED])
def test_whoever_is_not_active_gets_none(
    runtime: Runtime,
    clinic: Clinic,
    patient: Patient,
    person: Actor,
    nurse: Actor,
    mail_server: SmtpServer,
    clock: Clock,
    status: PatientStatus,
) -> None:
    clock.forward(hours=1)
    worker.remind(runtime)
    act(runtime, nurse, lambda work: change_status(work, patient.id, status))
    assert sent(runtime, mail_server) == 0
    clock.forward(hours=6)
    assert worker.remind(runtime) == 0


def test_it_waits_for_the_morning(
    runtime: Runtime, clinic: Clinic, person: Actor, clock: Clock
) -> None:
    clock.forward(hours=12, minutes=30)  # past midnight: the next pulse opens at 1 in the night
    for hours in range(1, 8):
        clock.now = NOW + timedelta(hours=12 + hours)  # 1 to 7 in the morning
        assert worker.remind(runtime) == 0
    clock.now = NOW + timedelta(hours=20)  # 8 in the morning
    assert worker.remind(runtime) == 1


def test_after_three_in_a_row_without_an_answer_nothing_further_is_sent(
    runtime: Runtime, clinic: Clinic, person: Actor, mail_server: SmtpServer, clock: Clock
) -> None:
    reminded: list[datetime] = []
    for _ in range(24 * 14):
        clock.forward(hours=1)
        if worker.remind(runtime):
            reminded.append(clock.now)
        sent(runtime, mail_server)
    assert len(reminded) > 3
    closed = [message for message in written(runtime, clinic) if message.problem is Problem.SILENT]
    assert closed, "it is written down that none was sent"
    assert max(reminded) < min(message.created_at for message in closed)
    assert all(message.state is MessageState.CANCELLED for message in closed)
    with runtime.unit_of_work(person) as work:
        check_in = open_check_in(work, unscheduled=False)
        work.records.check_ins.answers_of(check_in.id)


@pytest.mark.parametrize("no", ["no address", "no thanks", "not active"])
def test_who_gets_none(
    runtime: Runtime, clinic: Clinic, person: Actor, clock: Clock, no: str
) -> None:
    if no == "no address":
        act(runtime, person, lambda work: choose_email(work, ""))
    elif no == "no thanks":
        act(runtime, person, lambda work: choose_reminders(work, wanted=False))
    else:
        with runtime.database.writing() as session:
            session.execute(text("UPDATE people SET active = :no"), {"no": False})
    clock.forward(hours=1)
    assert worker.remind(runtime) == 0


def test_of_several_that_are_open_one_is_told(
    runtime: Runtime, clinic: Clinic, patient: Patient, person: Actor, clock: Clock
) -> None:
    """On the fifth day of the course the weekly forms open while a pulse is open as well."""
    clock.now = NOW + timedelta(days=5)
    course_day = clock.now - timedelta(hours=30)
    with runtime.reading(operator(clinic.id)) as work:
        (course,) = work.records.treatment.courses_of(patient.id)
    an_infusion(runtime, clinic, course, starts_at=course_day)
    worker.remind(runtime)
    found = written(runtime, clinic)
    assert [m.state for m in found].count(MessageState.WAITING) == 1
    assert Problem.TOGETHER in {message.problem for message in found}


# By hand


def test_a_nurse_reminds_by_hand_and_not_twice_within_the_hour(
    runtime: Runtime,
    clinic: Clinic,
    patient: Patient,
    person: Actor,
    nurse: Actor,
    mail_server: SmtpServer,
    inbox: Inbox,
    clock: Clock,
) -> None:
    clock.forward(hours=2)
    act(runtime, nurse, lambda work: remind_by_hand(work, patient.id))
    assert [message.kind for message in waits(runtime, clinic)] == [Kind.BY_HAND]
    with pytest.raises(InvalidInput, match="within the last hour"):
        act(runtime, nurse, lambda work: remind_by_hand(work, patient.id))
    clock.forward(hours=1)
    act(runtime, nurse, lambda work: remind_by_hand(work, patient.id))
    assert sent(runtime, mail_server) == 2


def test_by_hand_there_must_be_something_to_remind_of(
    runtime: Runtime, clinic: Clinic, patient: Patient, person: Actor, nurse: Actor
) -> None:
    with pytest.raises(InvalidInput, match="no check-in is open"):
        act(runtime, nurse, lambda work: remind_by_hand(work, patient.id))


def test_only_the_team_of_the_clinic_reminds(
    runtime: Runtime, clinic: Clinic, patient: Patient, person: Actor, clock: Clock
) -> None:
    clock.forward(hours=1)
    for actor in (person, staff(runtime, clinic, Role.ADMINISTRATOR)):
        with pytest.raises(NotPermitted):
            act(runtime, actor, lambda work: remind_by_hand(work, patient.id))
        with pytest.raises(NotPermitted):
            act(runtime, actor, patients_to_remind)
    elsewhere = staff(runtime, a_clinic(runtime, "elsewhere"), Role.CLINICIAN)
    with pytest.raises(NotFound):
        act(runtime, elsewhere, lambda work: remind_by_hand(work, patient.id))
    with runtime.reading(elsewhere) as work:
        assert patients_to_remind(work) == []


def test_a_demo_clinic_shows_what_would_have_gone(
    runtime: Runtime, clinic: Clinic, person: Actor, mail_server: SmtpServer, clock: Clock
) -> None:
    runtime.accounts.mark_demo(clinic.id, built_at=NOW)
    clock.forward(hours=1)
    assert worker.remind(runtime) == 1
    assert sent(runtime, mail_server) == 0
    assert [message.state for message in written(runtime, clinic)] == [MessageState.HELD]


@pytest.mark.parametrize("refused", [True, False])
def test_one_that_did_not_arrive_is_on_the_worklist(
    runtime: Runtime,
    nurse: Actor,
    person: Actor,
    inbox: Inbox,
    mail_server: SmtpServer,
    clock: Clock,
    refused: bool,
) -> None:
    if refused:
        inbox.refuses[PAT] = "550 nobody of that name"
    clock.now += HOUR
    worker.remind(runtime)
    sent(runtime, mail_server)
    with runtime.reading(nurse) as work:
        (row,) = view_worklist(work).rows
    assert row.not_reminded is refused
    if not refused:
        return
    inbox.refuses.clear()
    clock.now += timedelta(minutes=1)
    act(runtime, nurse, lambda work: remind_by_hand(work, row.patient.id))
    sent(runtime, mail_server)
    with runtime.reading(nurse) as work:
        (row,) = view_worklist(work).rows
    assert not row.not_reminded
