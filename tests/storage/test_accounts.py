"""Sessions, passwords and failed tries, on both engines."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import text

from mindspa.bootstrap import Runtime
from mindspa.domain.access import Permission, Role, operator
from mindspa.domain.errors import InvalidInput, NotFound
from mindspa.storage.session_rows import digest
from tests.accounts import CHEAP_HASH, a_session, an_account
from tests.conftest import Clock
from tests.factories import a_clinic, a_patient

IDLE = timedelta(minutes=30)
LIFETIME = timedelta(hours=12)
SECOND = timedelta(seconds=1)


def lives(runtime: Runtime, token: str, *, activity: bool = True) -> bool:
    return runtime.accounts.session(token, now=runtime.clock(), activity=activity) is not None


def rows(runtime: Runtime, query: str) -> list[str]:
    with runtime.database.reading() as session:
        return [str(row) for row in session.execute(text(query)).scalars()]


def test_a_session_says_who_is_there_and_where(runtime: Runtime) -> None:
    clinic = a_clinic(runtime)
    ana = an_account(runtime, clinic, must_change_password=True)
    found = runtime.accounts.session(a_session(runtime, ana), now=runtime.clock(), activity=True)
    assert found is not None
    assert (found.actor.id, found.actor.clinic_id, found.actor.name) == (
        ana.id,
        clinic.id,
        ana.name,
    )
    assert found.actor.roles == {Role.CLINICIAN}
    assert found.actor.may(Permission.ASSESS_RISK)
    assert found.clinic == clinic
    assert found.must_change_password


def test_only_a_digest_of_the_token_is_stored(runtime: Runtime) -> None:
    token = a_session(runtime, an_account(runtime, a_clinic(runtime)))
    assert rows(runtime, "SELECT token_digest FROM sessions") == [digest(token)]
    assert not lives(runtime, digest(token))


@pytest.mark.parametrize(
    ("away", "alive"), [(IDLE - SECOND, True), (IDLE, False), (IDLE + SECOND, False)]
)
def test_idle_limit(runtime: Runtime, clock: Clock, away: timedelta, alive: bool) -> None:
    token = a_session(runtime, an_account(runtime, a_clinic(runtime)))
    clock.now += away
    assert lives(runtime, token) is alive


@pytest.mark.parametrize(("left", "alive"), [(SECOND, True), (timedelta(0), False)])
def test_absolute_limit_of_somebody_always_busy(
    runtime: Runtime, clock: Clock, left: timedelta, alive: bool
) -> None:
    token = a_session(runtime, an_account(runtime, a_clinic(runtime)))
    ends = clock.now + LIFETIME
    while clock.now + IDLE / 2 < ends:
        assert lives(runtime, token)
        clock.now += IDLE / 2
    assert lives(runtime, token)
    clock.now = ends - left
    assert lives(runtime, token) is alive


def test_what_a_page_does_by_itself_keeps_no_session_alive(runtime: Runtime, clock: Clock) -> None:
    token = a_session(runtime, an_account(runtime, a_clinic(runtime)))
    clock.now += IDLE - SECOND
    assert lives(runtime, token, activity=False)
    clock.now += SECOND
    assert not lives(runtime, token, activity=False)


def test_being_there_is_written_once_a_minute(runtime: Runtime, clock: Clock) -> None:
    token = a_session(runtime, an_account(runtime, a_clinic(runtime)))
    started = rows(runtime, "SELECT last_seen_at FROM sessions")
    clock.forward(seconds=59)
    assert lives(runtime, token)
    assert rows(runtime, "SELECT last_seen_at FROM sessions") == started
    clock.forward(seconds=1)
    assert lives(runtime, token)
    assert rows(runtime, "SELECT last_seen_at FROM sessions") != started


def test_an_ended_session_stays_ended(runtime: Runtime) -> None:
    ana = an_account(runtime, a_clinic(runtime))
    token, other = a_session(runtime, ana), a_session(runtime, ana)
    runtime.accounts.end_session(token, now=runtime.clock())
    runtime.accounts.end_session(token, now=runtime.clock())  # again, from another tab
    assert not lives(runtime, token)
    assert lives(runtime, other)
    assert rows(runtime, "SELECT what FROM audit_events WHERE what = 'session.ended'") == [
        "session.ended"
    ]


def test_an_inactive_person_is_nobody(runtime: Runtime) -> None:
    ana = an_account(runtime, a_clinic(runtime))
    token = a_session(runtime, ana)
    with runtime.database.writing() as session:
        session.execute(text("UPDATE people SET active = false WHERE login = 'ana'"))
    assert not lives(runtime, token)
    attempt = runtime.accounts.begin_try("ana", address="", devices=(), now=runtime.clock())
    assert attempt.account is None
    with pytest.raises(NotFound):
        runtime.accounts.account_of(ana.id, clinic_id=ana.clinic_id)


def test_a_new_password_ends_every_other_session(runtime: Runtime) -> None:
    clinic = a_clinic(runtime)
    ana, bo = an_account(runtime, clinic), an_account(runtime, clinic, "bo")
    here, elsewhere, of_bo = (
        a_session(runtime, ana),
        a_session(runtime, ana),
        a_session(runtime, bo),
    )
    runtime.accounts.set_password(
        ana, "new hash", replaces=CHEAP_HASH, keep_token=here, now=runtime.clock()
    )
    assert [lives(runtime, token) for token in (here, elsewhere, of_bo)] == [True, False, True]


def test_of_two_password_changes_at_once_one_wins(runtime: Runtime) -> None:
    ana = an_account(runtime, a_clinic(runtime))
    token = a_session(runtime, ana)
    change = partial(
        runtime.accounts.set_password,
        ana,
        replaces=CHEAP_HASH,
        keep_token=token,
        now=runtime.clock(),
    )
    change("first")
    with pytest.raises(InvalidInput):
        change("second")
    account = runtime.accounts.account_of(ana.id, clinic_id=ana.clinic_id)
    assert account.password_hash == "first"


def test_a_try_counts_before_its_password_is_looked_at(runtime: Runtime, clock: Clock) -> None:
    an_account(runtime, a_clinic(runtime))

    def counted(login: str, address: str) -> tuple[int, int, int]:
        found = runtime.accounts.begin_try(login, address=address, devices=(), now=clock.now)
        return len(found.from_here), len(found.for_login), len(found.from_address)

    assert counted("ana", "192.0.2.1") == (0, 0, 0)
    assert counted("ana", "192.0.2.1") == (1, 1, 1)
    assert counted("ana", "192.0.2.2") == (0, 2, 0)
    assert counted("nobody", "192.0.2.1") == (0, 0, 2)
    clock.forward(hours=1)
    assert counted("ana", "192.0.2.1") == (2, 3, 0)
    clock.forward(days=1, seconds=1)
    assert counted("ana", "192.0.2.1") == (0, 0, 0)


def test_signing_in_forgets_the_tries_from_there_only(runtime: Runtime) -> None:
    ana = an_account(runtime, a_clinic(runtime))
    for address in ("192.0.2.1", "192.0.2.2"):
        runtime.accounts.begin_try("ana", address=address, devices=(), now=runtime.clock())
    a_session(runtime, ana, address="192.0.2.1")
    after = runtime.accounts.begin_try("ana", address="192.0.2.1", devices=(), now=runtime.clock())
    assert (len(after.from_here), len(after.for_login)) == (0, 1)


@pytest.mark.parametrize(
    ("whose", "known"), [("own", True), ("of a colleague", False), ("forged", False)]
)
def test_a_known_device_is_one_of_an_earlier_session_of_the_same_person(
    runtime: Runtime, whose: str, known: bool
) -> None:
    clinic = a_clinic(runtime)
    ana, bo = an_account(runtime, clinic), an_account(runtime, clinic, "bo")
    token = a_session(runtime, ana if whose == "own" else bo)
    runtime.accounts.end_session(token, now=runtime.clock())
    shown = digest("anything") if whose == "forged" else digest(token)
    attempt = runtime.accounts.begin_try("ana", address="", devices=[shown], now=runtime.clock())
    assert attempt.known_device is known


def test_a_login_is_taken_once_over_all_clinics(runtime: Runtime) -> None:
    an_account(runtime, a_clinic(runtime, "one"))
    with pytest.raises(InvalidInput):
        an_account(runtime, a_clinic(runtime, "two"))


def test_the_first_person_and_the_clinic_are_one_transaction(runtime: Runtime) -> None:
    first = a_clinic(runtime, "first")
    taken = an_account(runtime, first, "taken")
    second = replace(first, id="second")
    with pytest.raises(InvalidInput):
        runtime.accounts.add_person(
            replace(taken, id="other", clinic_id=second.id),
            CHEAP_HASH,
            by=operator(second.id),
            now=runtime.clock(),
            new_clinic=second,
        )
    assert [found.id for found in runtime.accounts.clinics()] == [first.id]


def test_a_patients_account_needs_their_record_and_is_their_only_one(runtime: Runtime) -> None:
    one, two = a_clinic(runtime, "one"), a_clinic(runtime, "two")
    patient = a_patient(runtime, one)
    with pytest.raises(NotFound):
        an_account(runtime, two, "two", role=Role.PATIENT, patient_id=patient.id)
    an_account(runtime, one, "one", role=Role.PATIENT, patient_id=patient.id)
    with pytest.raises(InvalidInput):
        an_account(runtime, one, "again", role=Role.PATIENT, patient_id=patient.id)
