"""A clock that is set back: nothing is lost or negative, and nobody stays signed in for ever."""

from dataclasses import replace
from datetime import timedelta

import pytest

from mindspa.bootstrap import Runtime
from mindspa.domain.access import Role
from mindspa.domain.errors import InvalidInput, TooManyTries
from mindspa.services.open_check_in import open_check_in, today
from mindspa.services.review_follow_up import follow_up_list
from mindspa.services.save_answer import save_answer
from mindspa.services.send_check_in import send_check_in
from mindspa.services.show_check_in import Receipt, show_check_in
from mindspa.services.sign_in import sign_in
from mindspa.services.view_progress import view_progress
from mindspa.storage.sign_in_tries import CLOCK_AHEAD
from tests.accounts import a_session, an_account
from tests.conftest import NOW, Clock
from tests.factories import a_clinic, assessed, staff
from tests.faults.people import a_person
from tests.faults.sound import assert_sound, rows

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def lives(runtime: Runtime, token: str) -> bool:
    return runtime.accounts.session(token, now=runtime.clock(), activity=True) is not None


def test_a_session_from_the_future_is_over(runtime: Runtime, clock: Clock) -> None:
    """Whoever signed in while the clock was a year ahead would otherwise stay for that year."""
    clock.now = NOW + timedelta(days=365)
    token = a_session(runtime, an_account(runtime, a_clinic(runtime)))
    assert lives(runtime, token)
    clock.now = NOW
    assert not lives(runtime, token)


def test_over_a_sessions_start_its_limits_count_from_the_new_time(
    runtime: Runtime, clock: Clock
) -> None:
    idle = runtime.settings.session_idle
    token = a_session(runtime, an_account(runtime, a_clinic(runtime)))
    clock.now = NOW - idle + MINUTE
    assert lives(runtime, token), "seen, at the time that it is now"
    clock.now += idle - MINUTE
    assert lives(runtime, token)
    clock.now += idle
    assert not lives(runtime, token)


def test_tries_from_the_future_lock_nobody_out(runtime: Runtime, clock: Clock) -> None:
    an_account(runtime, a_clinic(runtime))
    clock.now = NOW + CLOCK_AHEAD + MINUTE

    def guess() -> None:
        sign_in(
            runtime.accounts,
            login="ana",
            password="wrong",
            address="192.0.2.1",
            devices=(),
            now=clock(),
        )

    with pytest.raises(TooManyTries):
        for _ in range(100):
            try:
                guess()
            except TooManyTries:
                raise
            except InvalidInput:
                pass
    clock.now = NOW
    with pytest.raises(InvalidInput, match="not right"):
        guess()


def test_between_answers_and_before_sending(runtime: Runtime, clock: Clock) -> None:
    clinic = a_clinic(runtime)
    person = a_person(runtime, clinic)
    clinician = staff(runtime, clinic, Role.CLINICIAN)
    with runtime.unit_of_work(person) as work:
        check_in = open_check_in(work, unscheduled=False).id

    def choose(item: str, value: int, replaces: int) -> None:
        with runtime.unit_of_work(person) as work:
            given = save_answer(
                work,
                check_in,
                instrument_id="pulse",
                item_id=item,
                value=value,
                replaces=replaces,
            )
            assert (given.value, given.revision) == (value, replaces + 1)

    choose("interest", 3, 0)
    clock.now -= HOUR
    choose("interest", 1, 1)
    choose("worry", 2, 0)
    clock.now -= HOUR
    with runtime.unit_of_work(person) as work:
        send_check_in(work, check_in, unanswered_too=True)
        send_check_in(work, check_in, unanswered_too=True)
    assert_sound(runtime)
    with runtime.reading(person) as work:
        (form,) = work.records.check_ins.forms_of(str(person.patient_id))
        assert form.answers == {"interest": 1, "worry": 2}, "the last that was chosen"
        shown = show_check_in(work, check_in)
        assert isinstance(shown, Receipt)
        seen = today(work)
        assert seen.started is None
        assert seen.last_sent is not None
        assert seen.last_sent.id == check_in
    with runtime.reading(clinician) as work:
        view_progress(work, str(person.patient_id))
        assert all(entry.patient.id for entry in follow_up_list(work))


def test_what_is_chosen_after_an_alert_was_closed_raises_another(
    runtime: Runtime, clock: Clock
) -> None:
    clinic = a_clinic(runtime)
    person = a_person(runtime, clinic)
    clinician = staff(runtime, clinic, Role.CLINICIAN)
    with runtime.unit_of_work(person) as work:
        check_in = open_check_in(work, unscheduled=False).id

    def choose(value: int, replaces: int) -> None:
        clock.now += MINUTE
        with runtime.unit_of_work(person) as work:
            save_answer(
                work,
                check_in,
                instrument_id="pulse",
                item_id="safety",
                value=value,
                replaces=replaces,
            )

    choose(1, 0)
    with runtime.unit_of_work(clinician) as work:
        ((alert,),) = rows(runtime.database, "SELECT id FROM alerts")
        assessed(work, alert, outcome="assessed", note="Spoke by phone.")
    clock.now -= HOUR
    choose(0, 1)
    choose(1, 2)
    states = rows(runtime.database, "SELECT state FROM alerts ORDER BY state")
    assert states == [("closed",), ("open",)]
    with runtime.unit_of_work(person) as work:
        send_check_in(work, check_in, unanswered_too=True)
    assert rows(runtime.database, "SELECT state FROM alerts ORDER BY state") == states


def test_two_servers_whose_clocks_differ_answer_one_check_in(
    runtime: Runtime, clock: Clock
) -> None:
    """What one calls later may be earlier for the other: the order is that of the revisions."""
    person = a_person(runtime, a_clinic(runtime))
    behind = replace(runtime, clock=lambda: clock() - 5 * MINUTE)
    with runtime.unit_of_work(person) as work:
        check_in = open_check_in(work, unscheduled=False).id
    for number, here in enumerate((runtime, behind, runtime, behind)):
        with here.unit_of_work(person) as work:
            save_answer(
                work,
                check_in,
                instrument_id="pulse",
                item_id="worry",
                value=number,
                replaces=number,
            )
    with behind.unit_of_work(person) as work:
        send_check_in(work, check_in, unanswered_too=True)
        (form,) = work.records.check_ins.forms_of(str(person.patient_id))
    assert form.answers == {"worry": 3}
    assert_sound(runtime)
