"""Many people, and many services, that write at once: all that is acknowledged is stored."""

import random
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from mindspa.bootstrap import Runtime
from mindspa.domain.access import Actor, Role, operator, worker
from mindspa.domain.errors import DatabaseUnusable, MindSpaError
from mindspa.domain.tablets import Entry
from mindspa.domain.treatment import PatientStatus
from mindspa.services.ask_for_call import ask_for_call, wish_met
from mindspa.services.book_infusion import book_infusion
from mindspa.services.change_status import change_status
from mindspa.services.clinic_tablet import issue_code, pair_tablet
from mindspa.services.extend_plans import extend_plan
from mindspa.services.open_check_in import open_check_in, today
from mindspa.services.record_infusion import cancel
from mindspa.services.save_answer import save_answer, save_note
from mindspa.services.send_check_in import send_check_in
from mindspa.services.summarise_patient import rebuild_summaries
from mindspa.services.unit_of_work import UnitOfWork
from mindspa.storage import database as storage
from mindspa.storage.database import Database
from tests.conftest import NOW
from tests.factories import a_clinic, assessed, staff
from tests.faults.people import QUESTIONS, a_newcomer, a_person
from tests.faults.sound import assert_sound, count, rows

WRITERS = 50
PAIRS = 60


def at_once(does: Sequence[Callable[[], object]]) -> None:
    """Each in a thread of its own, let go together; what one raises is raised."""
    together = threading.Barrier(len(does))

    def run(one: Callable[[], object]) -> None:
        together.wait()
        one()

    with ThreadPoolExecutor(len(does)) as pool:
        for done in [pool.submit(run, one) for one in does]:
            done.result()


def answer(work: UnitOfWork, check_in: str, item: str, value: int, replaces: int = 0) -> None:
    save_answer(work, check_in, instrument_id="pulse", item_id=item, value=value, replaces=replaces)


def test_fifty_patients_send_at_once(runtime: Runtime) -> None:
    clinic = a_clinic(runtime)
    people = [a_newcomer(runtime, clinic, f"pat{number}") for number in range(WRITERS)]

    def sends(person: Actor) -> None:
        with runtime.unit_of_work(person) as work:
            check_in = open_check_in(work, unscheduled=True).id
        for item, value in (("interest", 2), ("safety", 1)):
            with runtime.unit_of_work(person) as work:
                answer(work, check_in, item, value)
        with runtime.unit_of_work(person) as work:
            send_check_in(work, check_in, unanswered_too=True)

    at_once([partial(sends, person) for person in people])
    for what in ("check_ins WHERE state = 'sent'", "stored_forms", "alerts"):
        assert count(runtime.database, f"SELECT count(*) FROM {what}") == WRITERS  # noqa: S608
    assert_sound(runtime)


def test_fifty_windows_of_one_patient_open_answer_and_send_at_once(runtime: Runtime) -> None:
    person = a_person(runtime, a_clinic(runtime))

    def sends(number: int) -> None:
        with runtime.unit_of_work(person) as work:
            check_in = open_check_in(work, unscheduled=False).id
        with runtime.unit_of_work(person) as work:
            answer(work, check_in, QUESTIONS[number % 7], 1 + number % 2)
        with runtime.unit_of_work(person) as work:
            save_note(work, check_in, f"Note {number}.", replaces="")
        with runtime.unit_of_work(person) as work:
            send_check_in(work, check_in, unanswered_too=True)

    at_once([partial(sends, number) for number in range(WRITERS)])
    # One of those at once was the first: it sent, and the others were told of that same one, or
    # asked how they are now, which is another.
    first = rows(runtime.database, "SELECT id FROM check_ins WHERE state = 'sent'")
    assert len(first) == count(runtime.database, "SELECT count(*) FROM check_ins")
    assert_sound(runtime, answered_after_sending=True)


def test_two_connections_write_about_one_patient_and_both_land(runtime: Runtime) -> None:
    person = a_person(runtime, a_clinic(runtime))
    with runtime.unit_of_work(person) as work:
        check_in = open_check_in(work, unscheduled=False).id
    turns = 40

    def changes_its_mind(item: str) -> None:
        for turn in range(turns):
            with runtime.unit_of_work(person) as work:
                answer(work, check_in, item, turn % 2, replaces=turn)

    def adds_to_the_note(word: str) -> None:
        for turn in range(turns):
            with runtime.unit_of_work(person) as work:
                save_note(work, check_in, f"{word}{turn:02}", replaces="somebody else's")

    at_once(
        [
            lambda: changes_its_mind("worry"),
            lambda: changes_its_mind("low_mood"),
            lambda: adds_to_the_note("left"),
            lambda: adds_to_the_note("right"),
        ]
    )
    given = "SELECT count(*) FROM given_answers WHERE item = :item"
    for item in ("worry", "low_mood"):
        assert count(runtime.database, given, item=item) == turns
    ((note,),) = rows(runtime.database, "SELECT note FROM check_ins")
    assert sorted(note.split()) == sorted(
        f"{word}{turn:02}" for word in ("left", "right") for turn in range(turns)
    )
    assert_sound(runtime)


def test_one_code_at_two_tablets_opens_one(runtime: Runtime) -> None:
    clinic = a_clinic(runtime)
    nurse, person = staff(runtime, clinic, Role.CARE_TEAM), a_person(runtime, clinic)
    tokens = [
        pair_tablet(runtime.tablets, nurse, name=name, new_id=runtime.new_id, now=NOW)
        for name in ("one", "two", "three", "four")
    ]
    with runtime.unit_of_work(nurse) as work:
        code = issue_code(work, person.patient_id or "").code
    came: list[Entry] = []

    def enters(token: str) -> None:
        came.append(runtime.tablets.enter(token, code, f"try {token[:9]}", now=NOW))

    at_once([partial(enters, token) for token in tokens])
    assert sorted(entry.name for entry in came) == ["OPENED", "REFUSED", "REFUSED", "REFUSED"]


def test_any_two_services_at_once_come_to_an_end(runtime: Runtime) -> None:
    """A wrong order of locks shows as a deadlock: the database then ends one of the two."""
    clinic = a_clinic(runtime)
    people = [a_person(runtime, clinic, login) for login in ("one", "two")]
    clinician = staff(runtime, clinic, Role.CLINICIAN)
    stale = operator(clinic.id)
    services: list[tuple[Callable[[Actor], Actor], Callable[[UnitOfWork, str], object]]] = [
        (lambda patient: patient, lambda work, _: open_check_in(work, unscheduled=True)),
        (lambda patient: patient, lambda work, _: _answers(work)),
        (lambda patient: patient, lambda work, _: _sends(work)),
        (lambda patient: patient, lambda work, _: ask_for_call(work)),
        (
            lambda _: clinician,
            lambda work, patient: wish_met(work, patient, "call", seen_at=work.now),
        ),
        (lambda _: clinician, issue_code),
        (lambda _: clinician, _closes_an_alert),
        (lambda _: clinician, _books_and_cancels),
        (lambda _: clinician, lambda work, p: change_status(work, p, PatientStatus.ACTIVE)),
        (lambda _: worker(clinic.id), extend_plan),
        (lambda _: stale, _makes_summaries_anew),
    ]
    chance = random.Random(7)  # noqa: S311
    ended = []

    def carries_out(pick: int, person: Actor) -> None:
        who, does = services[pick]
        with (
            suppress(MindSpaError),
            _but_not_of_the_database(),
            runtime.unit_of_work(who(person)) as work,
        ):
            does(work, str(person.patient_id))
        ended.append(pick)

    for _ in range(PAIRS):
        pair = [(chance.randrange(len(services)), chance.choice(people)) for _ in range(2)]
        at_once([partial(carries_out, *one) for one in pair])
    assert len(ended) == 2 * PAIRS
    assert_sound(runtime)


@contextmanager
def _but_not_of_the_database() -> Iterator[None]:
    try:
        yield
    except DatabaseUnusable as error:
        raise AssertionError(str(error)) from error


def _answers(work: UnitOfWork) -> None:
    for check_in in work.records.check_ins.open_of(work.own_patient_id()):
        for item in ("safety", "call"):
            answer(work, check_in.id, item, 1)


def _sends(work: UnitOfWork) -> None:
    for check_in in work.records.check_ins.open_of(work.own_patient_id()):
        send_check_in(work, check_in.id, unanswered_too=True)


def _closes_an_alert(work: UnitOfWork, patient_id: str) -> None:
    for alert in work.records.alerts.of_many([patient_id]):
        assessed(work, alert.id, outcome="assessed", note="Spoke by phone.")


def _books_and_cancels(work: UnitOfWork, patient_id: str) -> None:
    infusion = book_infusion(work, patient_id, planned_at=NOW + timedelta(days=3), new_course=None)
    cancel(work, infusion.id, version=infusion.version, reason="moved")


def _makes_summaries_anew(work: UnitOfWork, _: str) -> None:
    """As a server does that starts with other definitions."""
    rebuild_summaries(replace(work, definitions=replace(work.definitions)))


def test_a_lock_that_is_held_too_long_is_said_and_nothing_is_stored(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    clinic = a_clinic(runtime)
    person = a_newcomer(runtime, clinic, "pat")
    monkeypatch.setattr(storage, "BUSY_TIMEOUT_MS", 50)
    url = runtime.database.url.render_as_string(hide_password=False)
    impatient = replace(runtime, database=Database(url))
    with runtime.unit_of_work(operator(clinic.id)) as holding:
        holding.records.patients.lock(str(person.patient_id))
        with (
            pytest.raises(DatabaseUnusable, match="is busy"),
            impatient.unit_of_work(person) as work,
        ):
            open_check_in(work, unscheduled=True)
        with impatient.reading(person) as work:
            assert today(work).started is None, "who reads waits for nobody"
    with impatient.unit_of_work(person) as work:
        open_check_in(work, unscheduled=True)
    impatient.database.dispose()
