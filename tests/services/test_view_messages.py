"""What was sent, and what did not arrive: for those who plan duty, of the own clinic."""

from datetime import timedelta

import pytest

from mindspa.bootstrap import Runtime
from mindspa.domain.access import Actor, Role
from mindspa.domain.errors import NotPermitted
from mindspa.domain.messages import Channel, Kind, Message, MessageState, Problem
from mindspa.domain.treatment import Clinic, Patient
from mindspa.services.view_messages import MessageList, view_messages
from mindspa.storage.records import messages as records
from mindspa.ui import message_words
from tests.conftest import NOW, Clock
from tests.factories import a_clinic, account_of, staff

DAY = timedelta(days=1)


def a_message(
    runtime: Runtime,
    to: Actor,
    state: MessageState = MessageState.SENT,
    problem: Problem | None = None,
    *,
    tries: int = 1,
) -> Message:
    now = runtime.clock()
    message = Message(
        runtime.new_id(),
        runtime.new_id(),
        to.id,
        Channel.EMAIL,
        Kind.REMINDER,
        "about",
        1,
        created_at=now,
        next_try_at=now,
        expires_at=now + DAY,
        state=state,
        tries=tries,
        sent_at=now if state is MessageState.SENT else None,
        problem=problem,
    )
    with runtime.unit_of_work(to) as work:
        work.records.messages.add([message])
    return message


def seen(runtime: Runtime, actor: Actor, state: MessageState | None = None) -> MessageList:
    with runtime.reading(actor) as work:
        return view_messages(work, state=state)


def test_of_a_month_the_newest_first(
    runtime: Runtime, nurse: Actor, clinician: Actor, clock: Clock
) -> None:
    clock.now = NOW - 31 * DAY
    a_message(runtime, nurse)
    clock.now = NOW - 29 * DAY
    before = a_message(runtime, nurse)
    clock.now = NOW
    last = a_message(runtime, nurse, MessageState.FAILED, Problem.REFUSED)
    found = seen(runtime, clinician)
    assert [one.id for one in found.messages] == [last.id, before.id]
    assert not found.more
    assert found.names[nurse.id] == nurse.name
    assert [one.id for one in seen(runtime, clinician, MessageState.FAILED).messages] == [last.id]
    assert seen(runtime, clinician, MessageState.WAITING).messages == []


def test_no_more_than_a_table_shows(
    runtime: Runtime, nurse: Actor, clinician: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mindspa.services.view_messages.SHOWN", 2)
    for _ in range(3):
        a_message(runtime, nurse)
    found = seen(runtime, clinician)
    assert (len(found.messages), found.more) == (2, True)
    assert records.MOST_READ > 500


def test_patients_are_named_to_those_who_may_see_them(
    runtime: Runtime, clinic: Clinic, patient: Patient, clinician: Actor
) -> None:
    pat = account_of(runtime, clinic, patient)
    a_message(runtime, pat)
    administrator = staff(runtime, clinic, Role.ADMINISTRATOR)
    assert pat.id in seen(runtime, clinician).names
    assert pat.id not in seen(runtime, administrator).names


def test_who_may_look(runtime: Runtime, nurse: Actor, clinician: Actor) -> None:
    a_message(runtime, nurse)
    with pytest.raises(NotPermitted):
        seen(runtime, nurse)
    other = a_clinic(runtime, "another")
    assert seen(runtime, staff(runtime, other, Role.CLINICIAN)).messages == []


@pytest.mark.parametrize(
    ("state", "problem", "tries", "words"),
    [
        (MessageState.WAITING, None, 0, "waits to be sent"),
        (MessageState.WAITING, None, 2, "waits: the mail server is out of reach"),
        (MessageState.SENT, None, 1, "sent at noon"),
        (MessageState.FAILED, Problem.NO_ADDRESS, 1, "not sent: no e-mail address is known"),
        (MessageState.FAILED, Problem.REFUSED, 1, "not sent: their mail server refused"),
        (MessageState.FAILED, None, 1, "not sent"),
        (MessageState.CANCELLED, None, 0, "not sent: no longer needed"),
        (MessageState.CANCELLED, Problem.SILENT, 0, "not sent: too many before"),
        (MessageState.CANCELLED, Problem.TOGETHER, 0, "not sent: another reminder"),
        (MessageState.CANCELLED, Problem.NOT_WAITED_FOR, 0, "not sent: answered, cancelled"),
        (MessageState.HELD, None, 0, "not sent: a demo clinic sends nothing"),
    ],
)
def test_how_it_stands_in_words(
    runtime: Runtime,
    nurse: Actor,
    clinician: Actor,
    state: MessageState,
    problem: Problem | None,
    tries: int,
    words: str,
) -> None:
    a_message(runtime, nurse, state, problem, tries=tries)
    (message,) = seen(runtime, clinician).messages
    assert message_words.told(message, lambda _: "at noon").startswith(words)
