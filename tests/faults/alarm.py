"""Alerts that processes raise, tell, take, escalate and close, all of them killed again and again.

Patients answer, the team acts on some of what is open, the worker escalates the rest and sends to a
real mail server; the clock runs ten minutes a second. What was acknowledged before a kill is held
against what is stored and what arrived.
"""

import os
import random
import secrets
import select
import signal
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from mindspa import bootstrap, worker
from mindspa.bootstrap import Runtime
from mindspa.domain.access import Actor, Role, operator
from mindspa.domain.alert_cases import AlertCase, CaseState, Step
from mindspa.domain.errors import Stale
from mindspa.domain.messages import Message, MessageState, wire_id
from mindspa.domain.treatment import Clinic
from mindspa.exchange.email import SmtpServer
from mindspa.services.check_records import problems
from mindspa.services.choose_reach import choose_email
from mindspa.services.handle_alert import close_alert, log_attempt, own_alert
from mindspa.services.open_check_in import open_check_in
from mindspa.services.save_answer import save_answer
from mindspa.services.send_check_in import send_check_in
from mindspa.services.send_messages import send_messages
from mindspa.storage.database import Database
from tests.conftest import NOW
from tests.factories import a_clinic, staff
from tests.faults.people import a_newcomer
from tests.mail import Inbox

FASTER = 600  # seconds of the clinic in one of ours
SITE = "https://mindspa.example.org"
PROCESSES, PEOPLE_EACH = 2, 4


@dataclass(slots=True)
class Alarm:
    """`raised`: check-ins whose answer was acknowledged; `closed`: cases whose end was."""

    runtime: Runtime
    clinic: Clinic
    server: SmtpServer
    inbox: Inbox
    patients: list[list[Actor]]
    nurse: Actor
    clinician: Actor
    began: float = field(default_factory=time.monotonic)
    raised: set[str] = field(default_factory=set)
    closed: set[str] = field(default_factory=set)

    def clock(self) -> datetime:
        return NOW + timedelta(seconds=(time.monotonic() - self.began) * FASTER)


def prepared(
    runtime: Runtime, server: SmtpServer, inbox: Inbox, *, clinic_id: str = "clinic"
) -> Alarm:
    clinic = a_clinic(runtime, clinic_id)
    nurse, clinician = (staff(runtime, clinic, r) for r in (Role.CARE_TEAM, Role.CLINICIAN))
    for number, person in enumerate((nurse, clinician)):
        with runtime.unit_of_work(person) as work:
            choose_email(work, f"team{number}@example.org")
    patients = [
        [a_newcomer(runtime, clinic, f"{clinic_id}{n}-{process}") for n in range(PEOPLE_EACH)]
        for process in range(PROCESSES)
    ]
    return Alarm(runtime, clinic, server, inbox, patients, nurse, clinician)


def live(alarm: Alarm, *, alerts: int, kills: int) -> int:
    """How many kills there were in the end: as many as asked for, or more until there are enough
    alerts."""
    chance, done = random.Random(7), 0  # noqa: S311
    until_a_kill = max(2, 4 * alerts // kills)
    while done < kills or len(alarm.raised) < alerts:
        _live_for(alarm, chance.randrange(1, until_a_kill), seconds=chance.uniform(0, 0.05))
        done += 1
    return done


def finish(alarm: Alarm) -> None:
    """What a team and a worker that live on do with the rest: all is told, and all is closed."""
    here = _here(alarm)
    for _ in range(200):
        worker.escalate(here)
        send_messages(here.outbox, alarm.server, public_url=SITE, clock=here.clock)
        with here.reading(alarm.clinician) as work:
            waiting = work.records.alert_cases.open()
        if not waiting and here.outbox.waiting() == 0:
            break
        for case in waiting:
            _closes(here, alarm, case.id)
        time.sleep(0.05)  # until what a killed worker had claimed is free again
    here.database.dispose()


def differences(alarm: Alarm) -> list[str]:
    """What is lost or doubled; empty when all is as it was acknowledged."""
    with alarm.runtime.reading(operator(alarm.clinic.id)) as work:
        patients = work.records.patients.all()
        alerts = work.records.alerts.of_many([patient.id for patient in patients])
        cases = [case for p in patients for case in work.records.alert_cases.of(p.id)]
        steps = {case.id: work.records.alert_cases.steps(case.id) for case in cases}
        messages = [m for case in cases for m in work.records.messages.about(case.id)]
        found = [f"not sound: {said}" for said in problems(work)]
    by_origin = Counter(alert.check_in_id for alert in alerts if alert.rule == "pulse_safety")
    found += [f"lost: alert of {one}" for one in alarm.raised if not by_origin[one]]
    found += [f"{count} alerts of {one}" for one, count in by_origin.items() if count != 1]
    ended = {case.id for case in cases if case.state is CaseState.CLOSED and case.outcome}
    found += [f"lost: the end of {one}" for one in alarm.closed - ended]
    found += [f"never closed: {case.id}" for case in cases if case.id not in ended]
    for case in cases:
        told = {m.number for m in messages if m.about == case.id}
        found += [
            f"nobody was told of step {event.number} of {case.id}"
            for event in steps[case.id]
            if event.step in (Step.RAISED, Step.ADDED, Step.ESCALATED) and event.number not in told
        ]
    return found + _of_mail(alarm, cases, messages)


def _of_mail(alarm: Alarm, cases: Sequence[AlertCase], messages: Sequence[Message]) -> list[str]:
    """Once a person and state to the reader: a letter that came twice has the same name."""
    host = alarm.server.sender.rpartition("@")[2]
    names = {wire_id(message, host): message for message in messages}
    arrived = Counter(alarm.inbox.wire_ids)
    events = Counter((m.about, m.number, m.person_id) for m in messages)
    sent = [name for name, m in names.items() if m.state is MessageState.SENT]
    waiting = [m for m in messages if m.state is MessageState.WAITING]
    return [
        *(f"told twice: {event}" for event, count in events.items() if count != 1),
        *(
            f"said to be sent, and never came: {names[name].key}"
            for name in sent
            if not arrived[name]
        ),
        *(f"of no message: {name}" for name in arrived if name not in names),
        *(f"still waiting: {message.key}" for message in waiting),
        *([] if cases else ["no alert at all"]),
    ]


# The processes


def _here(alarm: Alarm) -> Runtime:
    """As the same program, started anew."""
    database = Database(alarm.runtime.database.url.render_as_string(hide_password=False))
    return replace(
        alarm.runtime,
        database=database,
        accounts=bootstrap.accounts_of(alarm.runtime.settings, database),
        clock=alarm.clock,
        new_id=lambda: secrets.token_hex(10),
    )


def _live_for(alarm: Alarm, left: int, seconds: float) -> None:
    """Kills all processes so many seconds after so many acknowledgements."""
    alarm.runtime.database.dispose()  # no connection is carried over
    read, write = os.pipe()
    acts: list[Callable[[Runtime, int], None]] = [
        *(_patients(alarm, people) for people in alarm.patients),
        _team(alarm),
        _worker(alarm),
    ]
    children = [_process(alarm, act, write) for act in acts]
    os.close(write)
    with os.fdopen(read, "rb", buffering=0) as said:
        heard = b""
        while left > 0:
            new = said.read(4096)
            assert new, "they live until they are killed"
            heard += new
            left -= new.count(b"\n")
            heard = _write_down(alarm, heard)
        select.select([], [], [], seconds)
        for child in children:
            os.kill(child, signal.SIGKILL)
        for child in children:
            os.waitpid(child, 0)
        # What was acknowledged before the end counts, though nobody listened then.
        rest = _write_down(alarm, heard + said.read(1 << 20))
        assert rest == b""


def _write_down(alarm: Alarm, heard: bytes) -> bytes:
    """What is left is half a line."""
    *lines, rest = heard.split(b"\n")
    for line in lines:
        what, one = line.decode().split()
        (alarm.raised if what == "raised" else alarm.closed).add(one)
    return rest


def _process(alarm: Alarm, act: Callable[[Runtime, int], None], said: int) -> int:
    child = os.fork()
    if child == 0:
        with suppress(BaseException):
            here = _here(alarm)
            while True:
                act(here, said)
        os._exit(1)
    return child


def _patients(alarm: Alarm, people: Sequence[Actor]) -> Callable[[Runtime, int], None]:
    def act(here: Runtime, said: int) -> None:
        for person in people:
            with here.unit_of_work(person) as work:
                check_in = open_check_in(work, unscheduled=True).id
            with here.reading(person) as work:
                answered = bool(work.records.check_ins.answers_of(check_in))
            if not answered:
                with here.unit_of_work(person) as work:
                    save_answer(
                        work,
                        check_in,
                        instrument_id="pulse",
                        item_id="safety",
                        value=1,
                        replaces=0,
                    )
                os.write(said, f"raised {check_in}\n".encode())
            with here.unit_of_work(person) as work:
                send_check_in(work, check_in, unanswered_too=True)
            time.sleep(0.05)

    return act


def _team(alarm: Alarm) -> Callable[[Runtime, int], None]:
    """Acts on half of what is open, and leaves the rest to the clock."""

    def act(here: Runtime, said: int) -> None:
        with here.reading(alarm.clinician) as work:
            waiting = work.records.alert_cases.open()
        for case in waiting:
            if secrets.randbelow(2) and _closes(here, alarm, case.id):
                os.write(said, f"closed {case.id}\n".encode())
        time.sleep(0.05)

    return act


def _worker(alarm: Alarm) -> Callable[[Runtime, int], None]:
    def act(here: Runtime, said: int) -> None:
        worker.escalate(here)
        send_messages(here.outbox, alarm.server, public_url=SITE, clock=here.clock)
        time.sleep(0.01)

    return act


def _closes(here: Runtime, alarm: Alarm, case_id: str) -> bool:
    """The nurse takes it and calls, the clinician closes it, unless another answer came in."""
    with here.unit_of_work(alarm.nurse) as work:
        own_alert(work, case_id)
    with here.unit_of_work(alarm.nurse) as work:
        log_attempt(work, case_id, way="phone", outcome="reached")
    with here.reading(alarm.clinician) as work:
        seen = [alert.id for alert in work.records.alerts.of_cases([case_id])]
    try:
        with here.unit_of_work(alarm.clinician) as work:
            close_alert(
                work, case_id, seen_alert_ids=seen, outcome="assessed", note="Talked to them."
            )
    except Stale:
        return False
    return True
