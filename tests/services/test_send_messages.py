"""From the outbox to a real mail server and back: once per person and state to the reader, whatever
fails in between."""

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from mindspa.bootstrap import Runtime
from mindspa.domain.access import Actor, Role, operator
from mindspa.domain.messages import (
    WAITS,
    Channel,
    Delivery,
    Message,
    MessageState,
    Outcome,
    Problem,
)
from mindspa.domain.treatment import Clinic
from mindspa.exchange.email import SmtpServer
from mindspa.services.choose_reach import choose_email
from mindspa.services.send_messages import send_messages
from mindspa.storage.outbox import CLAIMED_FOR
from tests.conftest import NOW, Clock
from tests.factories import a_clinic, a_patient, a_stored_form, assessed, staff
from tests.mail import SENDER, Inbox, nobody_listens, text_of
from tests.services.test_handle_alert import act

SITE = "https://mindspa.example.org"
ANA = "ana@example.org"


@pytest.fixture
def clinician(runtime: Runtime, clinic: Clinic) -> Actor:
    """With an address; every alert is told to her, as there is no rota."""
    found = staff(runtime, clinic, Role.CLINICIAN)
    act(runtime, found, lambda work: choose_email(work, ANA))
    return found


def alarm(runtime: Runtime, clinic: Clinic, count: int = 1) -> list[str]:
    """Ids of so many patients who each raise an alert."""
    patients = [a_patient(runtime, clinic, f"Planted {n}") for n in range(count)]
    for patient in patients:
        a_stored_form(runtime, clinic, patient, "pulse", at=runtime.clock(), safety=1)
    return [patient.id for patient in patients]


def sent(runtime: Runtime, mail_server: SmtpServer) -> int:
    return send_messages(runtime.outbox, mail_server, public_url=SITE, clock=runtime.clock)


def messages(runtime: Runtime, clinic: Clinic) -> list[Message]:
    with runtime.reading(operator(clinic.id)) as work:
        return [
            message
            for case in work.records.alert_cases.open()
            for message in work.records.messages.about(case.id)
        ]


def test_an_alert_arrives_with_a_link_and_nothing_else(
    runtime: Runtime, clinic: Clinic, clinician: Actor, mail_server: SmtpServer, inbox: Inbox
) -> None:
    alarm(runtime, clinic)
    assert sent(runtime, mail_server) == 1
    (letter,) = inbox.letters
    assert (letter["From"], letter["To"]) == (SENDER, ANA)
    assert letter["Subject"] == "You have an alert in Mind Spa"
    (message,) = messages(runtime, clinic)
    assert f"{SITE}/alerts?id={message.about}\n" in text_of(letter)
    assert "Planted" not in letter.as_string()
    assert (message.state, message.sent_at, message.tries) == (MessageState.SENT, NOW, 1)
    assert sent(runtime, mail_server) == 0


def test_it_goes_to_the_address_that_the_person_has_by_then(
    runtime: Runtime, clinic: Clinic, clinician: Actor, mail_server: SmtpServer, inbox: Inbox
) -> None:
    alarm(runtime, clinic)
    act(runtime, clinician, lambda work: choose_email(work, "new@example.org"))
    sent(runtime, mail_server)
    assert inbox.letters[0]["To"] == "new@example.org"


def test_without_an_address_it_is_said_and_holds_up_nobody(
    runtime: Runtime, clinic: Clinic, clinician: Actor, mail_server: SmtpServer, inbox: Inbox
) -> None:
    staff(runtime, clinic, Role.CARE_TEAM)
    elsewhere = a_clinic(runtime, "elsewhere")
    staff(runtime, elsewhere, Role.CLINICIAN)
    alarm(runtime, elsewhere)
    alarm(runtime, clinic)
    assert sent(runtime, mail_server) == 1
    (nowhere,) = messages(runtime, elsewhere)
    assert (nowhere.state, nowhere.problem) == (MessageState.FAILED, Problem.NO_ADDRESS)


def test_refused_for_good_it_is_not_tried_again(
    runtime: Runtime,
    clinic: Clinic,
    clinician: Actor,
    mail_server: SmtpServer,
    inbox: Inbox,
    clock: Clock,
) -> None:
    inbox.refuses = {ANA: "550 no such user"}
    alarm(runtime, clinic)
    assert sent(runtime, mail_server) == 0
    clock.forward(hours=1)
    inbox.refuses = {}
    assert sent(runtime, mail_server) == 0
    (message,) = messages(runtime, clinic)
    assert (message.state, message.problem) == (MessageState.FAILED, Problem.REFUSED)


def test_out_of_reach_it_is_tried_again_and_again_at_longer_intervals(
    runtime: Runtime,
    clinic: Clinic,
    clinician: Actor,
    mail_server: SmtpServer,
    inbox: Inbox,
    clock: Clock,
) -> None:
    alarm(runtime, clinic)
    away = nobody_listens()
    for tries, wait in enumerate(WAITS, start=1):
        assert sent(runtime, away) == 0
        (message,) = messages(runtime, clinic)
        assert (message.state, message.tries) == (MessageState.WAITING, tries)
        assert message.next_try_at == clock.now + wait
        assert message.problem is Problem.OUT_OF_REACH
        clock.now += wait - timedelta(seconds=1)
        assert sent(runtime, mail_server) == 0, "it waits its time"
        clock.forward(seconds=1)
    assert sent(runtime, mail_server) == 1
    assert len(inbox.letters) == 1


def test_after_a_day_it_is_too_late(
    runtime: Runtime, clinic: Clinic, clinician: Actor, mail_server: SmtpServer, clock: Clock
) -> None:
    alarm(runtime, clinic)
    clock.forward(hours=24)
    assert sent(runtime, mail_server) == 0
    (message,) = messages(runtime, clinic)
    assert (message.state, message.problem) == (MessageState.CANCELLED, Problem.TOO_LATE)


def test_a_worker_killed_after_sending_sends_again_under_the_same_name(
    runtime: Runtime,
    clinic: Clinic,
    clinician: Actor,
    mail_server: SmtpServer,
    inbox: Inbox,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Between the wire and the commit: the reader's program shows one, by its Message-ID."""
    alarm(runtime, clinic)

    class Killed(BaseException):
        pass

    def settle(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as patched, pytest.raises(Killed):
        patched.setattr("mindspa.storage.outbox.Outbox.settle", settle)
        sent(runtime, mail_server)
    clock.now += CLAIMED_FOR - timedelta(seconds=1)
    assert sent(runtime, mail_server) == 0, "another worker might still be at it"
    clock.forward(seconds=1)
    assert sent(runtime, mail_server) == 1
    first, second = inbox.wire_ids
    assert first == second
    assert first.endswith("@clinic.example.org>")


def test_a_worker_killed_before_sending_loses_nothing(
    runtime: Runtime,
    clinic: Clinic,
    clinician: Actor,
    mail_server: SmtpServer,
    inbox: Inbox,
    clock: Clock,
) -> None:
    alarm(runtime, clinic)
    assert len(runtime.outbox.claim(Channel.EMAIL, most=9, now=clock.now) or ()) == 1
    clock.now += CLAIMED_FOR
    assert sent(runtime, mail_server) == 1
    assert len(inbox.letters) == 1


def test_two_workers_never_send_one_message_twice(
    runtime: Runtime, clinic: Clinic, clinician: Actor, mail_server: SmtpServer, inbox: Inbox
) -> None:
    alarm(runtime, clinic, count=60)
    with ThreadPoolExecutor(4) as pool:
        counts = [pool.submit(sent, runtime, mail_server) for _ in range(4)]
        assert sum(one.result() for one in counts) == 60
    assert len(set(inbox.wire_ids)) == len(inbox.letters) == 60


def test_closed_while_it_goes_out_it_is_known_to_have_gone(
    runtime: Runtime, clinic: Clinic, clinician: Actor, clock: Clock
) -> None:
    (patient_id,) = alarm(runtime, clinic)
    (claimed,) = runtime.outbox.claim(Channel.EMAIL, most=9, now=clock.now) or []
    with runtime.unit_of_work(clinician) as work:
        (alert,) = work.records.alerts.of_many([patient_id])
        assessed(work, alert.id)
    one = (claimed.clinic_id, claimed.message.id)
    runtime.outbox.settle({one: Delivery(Outcome.SENT)}, now=clock.now)
    with runtime.reading(clinician) as work:
        (message,) = work.records.messages.about(alert.case_id or "")
    assert message.state is MessageState.SENT


def test_a_clock_that_was_ahead_keeps_no_message_back(
    runtime: Runtime, clinic: Clinic, clinician: Actor, mail_server: SmtpServer, clock: Clock
) -> None:
    clock.forward(hours=6)
    alarm(runtime, clinic)
    runtime.outbox.claim(Channel.EMAIL, most=9, now=clock.now)
    clock.forward(hours=-6)
    assert sent(runtime, mail_server) == 1


def test_a_stop_ends_it_and_nothing_is_lost(
    runtime: Runtime, clinic: Clinic, clinician: Actor, mail_server: SmtpServer, clock: Clock
) -> None:
    alarm(runtime, clinic, count=3)
    stopped = send_messages(
        runtime.outbox, mail_server, public_url=SITE, clock=runtime.clock, go_on=lambda: False
    )
    assert (stopped, runtime.outbox.waiting()) == (0, 3)
    assert sent(runtime, mail_server) == 3


def test_the_log_holds_no_address(
    runtime: Runtime,
    clinic: Clinic,
    clinician: Actor,
    mail_server: SmtpServer,
    inbox: Inbox,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    inbox.refuses = {ANA: "550 no such user ana@example.org"}
    alarm(runtime, clinic)
    sent(runtime, mail_server)
    said = [record.getMessage() for record in caplog.records if record.name.startswith("mindspa")]
    assert not [line for line in said if ANA in line]
