"""Messages as texts: to whom, and by which way."""

import threading
from dataclasses import replace
from functools import partial

import pytest
from sqlalchemy import text

from mindspa import worker
from mindspa.bootstrap import Runtime
from mindspa.domain.access import Actor, Role, operator
from mindspa.domain.access import worker as worker_of
from mindspa.domain.entered import EARLIEST
from mindspa.domain.errors import InvalidInput, NotPermitted
from mindspa.domain.messages import Channel, Kind, Message, MessageState, Problem
from mindspa.domain.treatment import Clinic, Patient
from mindspa.exchange.email import SmtpServer
from mindspa.exchange.text_message import TextProvider
from mindspa.services.choose_reach import choose_email, choose_mobile, choose_reminders, own_reach
from mindspa.services.emergency_access import open_in_emergency
from mindspa.services.manage_people import close_account
from mindspa.services.remind import remind_by_hand
from mindspa.services.send_messages import send_messages
from mindspa.settings import Settings
from tests.accounts import an_account
from tests.conftest import Clock
from tests.factories import staff
from tests.faults.patience import wait_until
from tests.mail import Inbox
from tests.services.test_handle_alert import act
from tests.services.test_remind import PAT, patient, person, written
from tests.services.test_send_messages import ANA, SITE, alarm, messages, sent
from tests.texts import Phones, no_provider, settings_for

__all__ = ["patient", "person"]

MOBILE, TEAM = "+12025550143", "+12025550144"


SETTINGS = {
    "MINDSPA_PUBLIC_URL": SITE,
    "MINDSPA_SMTP_URL": "smtp://mail.example.org",
    "MINDSPA_MAIL_FROM": "mindspa@example.org",
    **settings_for(no_provider()),
}


@pytest.fixture
def runtime(request: pytest.FixtureRequest, runtime: Runtime) -> Runtime:
    """Of a server that sends by both ways, or by those that a test names."""
    names = getattr(request, "param", SETTINGS.keys()) | {"MINDSPA_PUBLIC_URL"}
    given = {name: value for name, value in SETTINGS.items() if name in names}
    return replace(runtime, settings=Settings.load(given))


@pytest.fixture
def ana(runtime: Runtime, clinic: Clinic) -> Actor:
    """Every alert is told to her, as there is no rota."""
    found = staff(runtime, clinic, Role.CLINICIAN)
    act(runtime, found, lambda work: choose_mobile(work, TEAM))
    act(runtime, found, lambda work: work.records.messages.cancel_about(found.id))  # of the number
    return found


def texted(runtime: Runtime, provider: TextProvider) -> int:
    return send_messages(runtime.outbox, provider, public_url=SITE, clock=runtime.clock)


def by_both(runtime: Runtime, mail_server: SmtpServer, provider: TextProvider) -> Runtime:
    """A worker's."""
    settings = Settings.load(
        {
            "MINDSPA_PUBLIC_URL": SITE,
            "MINDSPA_SMTP_URL": f"smtp://{mail_server.host}:{mail_server.port}",
            "MINDSPA_MAIL_FROM": mail_server.sender,
        }
        | settings_for(provider)
    )
    return replace(runtime, settings=settings)


def by_way(found: list[Message]) -> dict[Channel, Message]:
    assert len({one.channel for one in found}) == len(found)
    return {one.channel: one for one in found}


def test_an_alert_arrives_with_a_link_and_nothing_else(
    runtime: Runtime, clinic: Clinic, ana: Actor, phones: Phones, provider: TextProvider
) -> None:
    alarm(runtime, clinic)
    assert texted(runtime, provider) == 1
    (message,) = messages(runtime, clinic)
    link = f"{SITE}/alerts?id={message.about}"
    assert phones.to(TEAM) == [f"You have an alert in Mind Spa. Sign in to see it: {link}"]
    assert (message.channel, message.state) == (Channel.TEXT, MessageState.SENT)
    assert texted(runtime, provider) == 0


def test_an_alert_goes_by_every_way_and_by_each_once(
    runtime: Runtime,
    clinic: Clinic,
    ana: Actor,
    phones: Phones,
    provider: TextProvider,
    mail_server: SmtpServer,
    inbox: Inbox,
) -> None:
    act(runtime, ana, lambda work: choose_email(work, ANA))
    alarm(runtime, clinic)
    both = by_both(runtime, mail_server, provider)
    assert (worker.send(both), worker.send(both)) == (2, 0)
    assert (len(phones.to(TEAM)), len(inbox.subjects_to(ANA))) == (1, 1)


def test_where_one_way_is_down_the_other_carries(
    runtime: Runtime,
    clinic: Clinic,
    ana: Actor,
    mail_server: SmtpServer,
    inbox: Inbox,
) -> None:
    act(runtime, ana, lambda work: choose_email(work, ANA))
    alarm(runtime, clinic)
    assert worker.send(by_both(runtime, mail_server, no_provider())) == 1
    found = by_way(messages(runtime, clinic))
    assert found[Channel.EMAIL].state is MessageState.SENT
    assert found[Channel.TEXT].state is MessageState.WAITING
    assert found[Channel.TEXT].problem is Problem.OUT_OF_REACH


def test_where_one_way_hangs_the_other_carries(
    runtime: Runtime,
    clinic: Clinic,
    ana: Actor,
    provider: TextProvider,
    mail_server: SmtpServer,
    inbox: Inbox,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As the worker runs: each has a thread of its own."""
    stopping, hangs = threading.Event(), threading.Event()
    monkeypatch.setattr(TextProvider, "send", lambda *_, **__: hangs.wait(60) and {})
    act(runtime, ana, lambda work: choose_email(work, ANA))
    alarm(runtime, clinic)
    threads = worker.start(by_both(runtime, mail_server, provider), stopping)
    try:
        wait_until(lambda: len(inbox.subjects_to(ANA)) == 1)
    finally:
        stopping.set()
        hangs.set()
        worker.join(threads)


def test_a_notice_goes_before_reminders(
    runtime: Runtime, clinic: Clinic, person: Actor, ana: Actor, clock: Clock
) -> None:
    act(runtime, person, lambda work: choose_mobile(work, MOBILE))
    clock.forward(hours=1)
    worker.remind(runtime)
    clock.forward(minutes=1)
    alarm(runtime, clinic)
    (first,) = runtime.outbox.claim(Channel.TEXT, most=1, now=clock.now) or []
    assert first.message.kind is Kind.ALERT


def test_what_no_server_has_a_way_for_runs_out(
    runtime: Runtime, clinic: Clinic, ana: Actor, clock: Clock
) -> None:
    alarm(runtime, clinic)
    clock.forward(hours=24)
    runtime.outbox.cancel_late(now=clock.now)
    (message,) = messages(runtime, clinic)
    assert (message.state, message.problem) == (MessageState.CANCELLED, Problem.TOO_LATE)


@pytest.mark.parametrize("runtime", [{"MINDSPA_SMTP_URL", "MINDSPA_MAIL_FROM"}], indirect=True)
def test_a_server_that_sends_no_texts_writes_none(
    runtime: Runtime, clinic: Clinic, ana: Actor, person: Actor, clock: Clock
) -> None:
    """Although it did once, and their numbers are known."""
    act(runtime, ana, lambda work: choose_email(work, ANA))
    act(runtime, person, lambda work: choose_mobile(work, MOBILE))
    alarm(runtime, clinic)
    clock.forward(hours=1)
    worker.remind(runtime)
    found = [*messages(runtime, clinic), *written(runtime, clinic)]
    assert {one.channel for one in found} == {Channel.EMAIL}
    assert len(found) == 2


def test_a_number_that_is_given_is_told(
    runtime: Runtime, clinic: Clinic, person: Actor, phones: Phones, provider: TextProvider
) -> None:
    for number in (MOBILE, TEAM, MOBILE):  # at once: one text, to the last
        act(runtime, person, partial(choose_mobile, given=number))
    assert texted(runtime, provider) == 1
    (body,) = phones.to(MOBILE)
    assert "come to this number" in body


def test_a_number_that_was_taken_away_is_texted_no_more(
    runtime: Runtime, clinic: Clinic, ana: Actor, phones: Phones, provider: TextProvider
) -> None:
    alarm(runtime, clinic)
    act(runtime, ana, lambda work: choose_mobile(work, " "))
    assert texted(runtime, provider) == 0
    (message,) = messages(runtime, clinic)
    assert (message.state, message.problem) == (MessageState.FAILED, Problem.NO_ADDRESS)
    assert phones.asked == []


def test_whoever_has_no_account_any_more_is_texted_no_more(
    runtime: Runtime, clinic: Clinic, ana: Actor, phones: Phones, provider: TextProvider
) -> None:
    alarm(runtime, clinic)
    close_account(runtime.accounts, operator(clinic.id), ana.id, now=runtime.clock())
    assert texted(runtime, provider) == 0
    (message,) = messages(runtime, clinic)
    assert (message.state, message.problem) == (MessageState.FAILED, Problem.NO_ADDRESS)
    assert phones.asked == []


def test_who_answered_stop_is_not_tried_again(
    runtime: Runtime, clinic: Clinic, ana: Actor, phones: Phones, provider: TextProvider
) -> None:
    phones.refuses(TEAM, 21610)
    alarm(runtime, clinic)
    assert texted(runtime, provider) == 0
    (message,) = messages(runtime, clinic)
    assert (message.state, message.problem) == (MessageState.FAILED, Problem.REFUSED)


def test_a_reminder_goes_one_way_by_text_where_a_number_is_known(
    runtime: Runtime,
    clinic: Clinic,
    person: Actor,
    phones: Phones,
    provider: TextProvider,
    mail_server: SmtpServer,
    inbox: Inbox,
    clock: Clock,
) -> None:
    act(runtime, person, lambda work: choose_mobile(work, MOBILE))
    clock.forward(hours=1)
    assert worker.remind(runtime) == 1
    assert sent(runtime, mail_server) == 0
    assert texted(runtime, provider) == 1
    (body,) = phones.to(MOBILE)
    assert f"{SITE}/check-in?link=" in body
    assert f"{SITE}/reminders/stop?link=" in body
    assert (len(inbox.letters), len(written(runtime, clinic))) == (0, 1)


def test_a_number_alone_is_enough_to_be_reminded(
    runtime: Runtime, clinic: Clinic, person: Actor, patient: Patient, ana: Actor, clock: Clock
) -> None:
    act(runtime, person, lambda work: choose_email(work, ""))
    clock.forward(hours=1)
    assert worker.remind(runtime) == 0
    with pytest.raises(InvalidInput, match="no address is known"), runtime.unit_of_work(ana) as w:
        remind_by_hand(w, patient.id)
    act(runtime, person, lambda work: choose_mobile(work, MOBILE))
    assert worker.remind(runtime) == 1
    (message,) = written(runtime, clinic)
    assert message.channel is Channel.TEXT


def test_a_no_to_reminders_is_one_to_texts(
    runtime: Runtime, clinic: Clinic, person: Actor, clock: Clock
) -> None:
    act(runtime, person, lambda work: choose_mobile(work, MOBILE))
    act(runtime, person, lambda work: choose_reminders(work, wanted=False))
    clock.forward(hours=1)
    assert worker.remind(runtime) == 0


def test_an_emergency_is_told_by_every_way(
    runtime: Runtime, clinic: Clinic, patient: Patient
) -> None:
    first = staff(runtime, clinic, Role.ADMINISTRATOR)
    other = an_account(runtime, clinic, "second", role=Role.ADMINISTRATOR)
    second = Actor(other.id, clinic.id, other.name, other.roles)
    act(runtime, second, lambda work: choose_mobile(work, TEAM))
    act(runtime, second, lambda work: choose_email(work, ANA))
    with runtime.unit_of_work(first) as work:
        open_in_emergency(work, name=patient.name, born_on=None, reason="Collapsed.")
    with runtime.reading(operator(clinic.id)) as work:
        found = work.records.messages.recent(EARLIEST, MessageState)
    told = [one for one in found if one.kind is Kind.EMERGENCY and one.person_id == second.id]
    assert by_way(told).keys() == {Channel.TEXT, Channel.EMAIL}


def test_the_number_is_kept_as_it_is_dialled_from_anywhere(
    runtime: Runtime, clinic: Clinic, person: Actor
) -> None:
    act(runtime, person, lambda work: choose_mobile(work, "(202) 555-0143"))
    with runtime.reading(person) as work:
        reach = own_reach(work)
    assert (reach.mobile, reach.email) == (MOBILE, PAT)
    act(runtime, person, lambda work: choose_mobile(work, "202 555 0143"))  # the same once more
    with runtime.database.reader.connect() as connection:
        audited = connection.execute(
            text("SELECT actor_id, about FROM audit_events WHERE what = 'mobile.chosen'")
        )
        assert audited.all() == [(person.id, None)], "and holds no number"


def test_who_has_no_messages_gives_no_number(runtime: Runtime, clinic: Clinic) -> None:
    with pytest.raises(NotPermitted), runtime.unit_of_work(worker_of(clinic.id)) as work:
        choose_mobile(replace(work, actor=replace(work.actor, granted=frozenset())), MOBILE)
