"""A process that dies at any step of sending a check-in has stored all of that unit or none."""

import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import pytest

from mindspa.bootstrap import Runtime
from mindspa.domain.access import Actor
from mindspa.services.ask_for_call import ask_for_call
from mindspa.services.open_check_in import open_check_in
from mindspa.services.save_answer import save_answer, save_note
from mindspa.services.send_check_in import send_check_in
from mindspa.services.unit_of_work import UnitOfWork
from mindspa.storage.database import Database
from tests.factories import a_clinic
from tests.faults import steps
from tests.faults.people import a_person
from tests.faults.sound import all_rows, assert_sound, count, rows

Unit = Callable[[UnitOfWork], object]
LEAST_STEPS, MOST_STEPS = 5, 300  # of one unit, counted loosely


def answer(check_in: str, instrument: str, item: str, value: int, replaces: int = 0) -> Unit:
    return lambda work: save_answer(
        work, check_in, instrument_id=instrument, item_id=item, value=value, replaces=replaces
    )


def carried_out_at_last(runtime: Runtime, actor: Actor, unit: Unit) -> int:
    """Tries the unit again and again, each time in a process that dies one step later, until one
    lives; how many died. What is stored changes once, at the commit, and is never half there."""
    before = all_rows(runtime.database)
    written = None
    for step in range(MOST_STEPS):
        died_at = _in_a_process_that_dies(runtime, actor, unit, step)
        stored = all_rows(runtime.database)
        if stored == before:
            assert died_at in (steps.STATEMENT, steps.COMMIT), "acknowledged, and not stored"
        elif written is None:
            assert died_at in (steps.COMMITTED, ""), f"stored half at step {step}"
            assert_sound(runtime)
            written = stored
        assert written is None or stored == written, "stored twice"
        if not died_at:
            return step
    raise AssertionError("the unit never came to its end")


def _in_a_process_that_dies(runtime: Runtime, actor: Actor, unit: Unit, step: int) -> str:
    """At which kind of step it died; "" where the unit ended before."""
    runtime.database.dispose()  # no connection is carried over
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        with suppress(BaseException):
            _live(runtime, actor, unit, step, write)
            os._exit(0)
        os._exit(1)
    os.close(write)
    with os.fdopen(read) as said:
        last = said.read()
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return last
    assert os.WEXITSTATUS(status) == 0, "the unit failed by itself"
    return ""


def _live(runtime: Runtime, actor: Actor, unit: Unit, step: int, said: int) -> None:
    database = Database(runtime.database.url.render_as_string(hide_password=False))
    left = step

    def reached(kind: str) -> None:
        nonlocal left
        if left == 0:
            os.write(said, kind.encode())
            steps.die()
        left -= 1

    steps.watch(database.writer, reached)
    here = replace(runtime, database=database, new_id=lambda: secrets.token_hex(10))
    with here.unit_of_work(actor) as work:
        unit(work)


def opened(runtime: Runtime, actor: Actor) -> str:
    with runtime.unit_of_work(actor) as work:
        return open_check_in(work, unscheduled=False).id


def test_opening_a_check_in_and_asking_for_a_call(runtime: Runtime) -> None:
    person = a_person(runtime, a_clinic(runtime))
    for unit in (lambda work: open_check_in(work, unscheduled=False), ask_for_call):
        assert carried_out_at_last(runtime, person, unit) >= LEAST_STEPS
    assert count(runtime.database, "SELECT count(*) FROM check_ins") == 1
    assert count(runtime.database, "SELECT count(*) FROM contact_requests") == 1


@pytest.mark.parametrize("item, raises", [("interest", 0), ("safety", 1), ("call", 0)])
def test_an_answer_with_what_it_raises(runtime: Runtime, item: str, raises: int) -> None:
    person = a_person(runtime, a_clinic(runtime))
    unit = answer(opened(runtime, person), "pulse", item, 1)
    assert carried_out_at_last(runtime, person, unit) >= LEAST_STEPS
    assert rows(runtime.database, "SELECT item, value FROM given_answers") == [(item, 1)]
    assert count(runtime.database, "SELECT count(*) FROM alerts") == raises
    calls = count(runtime.database, "SELECT count(*) FROM contact_requests")
    assert calls == (1 if item == "call" else 0)


def test_a_changed_answer_and_a_note(runtime: Runtime) -> None:
    person = a_person(runtime, a_clinic(runtime))
    check_in = opened(runtime, person)
    with runtime.unit_of_work(person) as work:
        answer(check_in, "pulse", "safety", 2)(work)
    for unit in (
        answer(check_in, "pulse", "safety", 1, replaces=1),
        lambda work: save_note(work, check_in, "Slept well.", replaces=""),
    ):
        assert carried_out_at_last(runtime, person, unit) >= LEAST_STEPS
    assert count(runtime.database, "SELECT count(*) FROM alerts") == 2


def test_sending_two_forms_that_raise_alerts(runtime: Runtime) -> None:
    person = a_person(runtime, a_clinic(runtime), treated=False)
    check_in = opened(runtime, person)
    with runtime.unit_of_work(person) as work:
        for instrument, items in (("phq9", 9), ("gad7", 7)):
            for item in range(1, items + 1):
                answer(check_in, instrument, str(item), 2)(work)
        save_note(work, check_in, "Slept well.", replaces="")
    deaths = carried_out_at_last(
        runtime, person, lambda work: send_check_in(work, check_in, unanswered_too=True)
    )
    assert deaths >= 2 * LEAST_STEPS
    forms = rows(runtime.database, "SELECT instrument, total FROM stored_forms ORDER BY total")
    assert forms == [("gad7", 14), ("phq9", 18)]
