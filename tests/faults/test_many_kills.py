"""Processes that send check-ins and are killed again and again: the acknowledged is stored, once.

`make faults` does the same with whole servers, over their pages, and with many more.
"""

import os
import random
import secrets
import select
import signal
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from mindspa.bootstrap import Runtime
from mindspa.domain.access import Actor
from mindspa.services.open_check_in import open_check_in
from mindspa.services.save_answer import save_answer
from mindspa.services.send_check_in import send_check_in
from mindspa.storage.database import Database
from tests.factories import a_clinic
from tests.faults.ledger import Ledger
from tests.faults.people import a_newcomer
from tests.faults.sound import assert_sound

CHECK_INS, KILLS = 100, 20
PROCESSES, PEOPLE_EACH = 3, 2
ANSWERS = {"low_mood": 2, "safety": 1}
UNTIL_A_KILL = 2 * CHECK_INS * (len(ANSWERS) + 1) // KILLS  # acknowledgements, at most


def test_a_hundred_check_ins_with_twenty_kills(runtime: Runtime) -> None:
    clinic = a_clinic(runtime)
    people = [
        [a_newcomer(runtime, clinic, f"pat{n}-{process}") for n in range(PEOPLE_EACH)]
        for process in range(PROCESSES)
    ]
    chance, ledger, kills = random.Random(7), Ledger(), 0  # noqa: S311
    while kills < KILLS or len(ledger.sent) < CHECK_INS:
        left = chance.randrange(UNTIL_A_KILL)
        if kills >= KILLS:
            left = UNTIL_A_KILL * KILLS
        _live_for(runtime, people, ledger, left, seconds=chance.uniform(0, 0.01))
        kills += 1
    assert ledger.differences(runtime.database) == []
    assert_sound(runtime)


def _live_for(
    runtime: Runtime, people: Sequence[Sequence[Actor]], ledger: Ledger, left: int, seconds: float
) -> None:
    """Kills all processes so many seconds after so many acknowledgements."""
    runtime.database.dispose()  # no connection is carried over
    read, write = os.pipe()
    children = [_process(runtime, some, write) for some in people]
    os.close(write)
    with os.fdopen(read, "rb", buffering=0) as said:
        heard = b""
        while left > 0 and len(ledger.sent) < CHECK_INS:
            new = said.read(4096)
            assert new, "they live until they are killed"
            heard += new
            left -= new.count(b"\n")
            heard = _write_down(ledger, heard)
        select.select([], [], [], seconds)
        for child in children:
            os.kill(child, signal.SIGKILL)
        for child in children:
            os.waitpid(child, 0)
        # What was acknowledged before the end counts, though nobody listened then.
        rest = _write_down(ledger, heard + said.read(1 << 20))
        assert rest == b""


def _write_down(ledger: Ledger, heard: bytes) -> bytes:
    """What is left is half a line."""
    *lines, rest = heard.split(b"\n")
    for line in lines:
        check_in, item = line.decode().split()
        if item == "sent":
            ledger.sent.add(check_in)
        else:
            ledger.answers[check_in, item] = ANSWERS[item]
    return rest


def _process(runtime: Runtime, people: Sequence[Actor], said: int) -> int:
    child = os.fork()
    if child == 0:
        with suppress(BaseException):
            database = Database(runtime.database.url.render_as_string(hide_password=False))
            here = replace(runtime, database=database, new_id=lambda: secrets.token_hex(10))
            while True:
                for person in people:
                    _sends(here, person, said)
        os._exit(1)
    return child


def _sends(runtime: Runtime, person: Actor, said: int) -> None:
    """As somebody who goes on with what they had begun before the machine failed."""
    with runtime.unit_of_work(person) as work:
        check_in = open_check_in(work, unscheduled=True).id
    with runtime.reading(person) as work:
        given = {answer.item for answer in work.records.check_ins.answers_of(check_in)}
    for item, value in ANSWERS.items():
        if item not in given:
            with runtime.unit_of_work(person) as work:
                save_answer(
                    work, check_in, instrument_id="pulse", item_id=item, value=value, replaces=0
                )
            os.write(said, f"{check_in} {item}\n".encode())
    with runtime.unit_of_work(person) as work:
        send_check_in(work, check_in, unanswered_too=True)
    os.write(said, f"{check_in} sent\n".encode())
