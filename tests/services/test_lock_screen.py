"""A screen that is locked, and what unlocks it."""

from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import text

from mindspa.bootstrap import Runtime
from mindspa.domain.access import Actor, Person, Role, SignedIn
from mindspa.domain.errors import InvalidInput, NotPermitted, TooManyTries
from mindspa.services import lock_screen, sign_in
from mindspa.storage.session_locks import MOST_TRIES
from tests.accounts import PASSWORD, a_session, an_account
from tests.conftest import Clock
from tests.factories import a_clinic

PIN = "2580"
NEW = "another river of small stones"
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(sign_in._hasher, "hash", hasher.hash)


@pytest.fixture
def ana(runtime: Runtime) -> Person:
    return an_account(runtime, a_clinic(runtime))


@pytest.fixture
def token(runtime: Runtime, ana: Person) -> str:
    """Of a browser in which she has set her PIN."""
    token = a_session(runtime, ana)
    choose(runtime, token)
    return token


def choose(
    runtime: Runtime, token: str, pin: str = PIN, *, password: str = PASSWORD, again: str = ""
) -> None:
    lock_screen.choose_pin(
        runtime.accounts,
        actor_of(runtime, token),
        token=token,
        password=password,
        pin=pin,
        repeated=again or pin,
        now=runtime.clock(),
    )


def look(runtime: Runtime, token: str, *, activity: bool = True) -> SignedIn | None:
    return runtime.accounts.session(token, now=runtime.clock(), activity=activity)


def actor_of(runtime: Runtime, token: str) -> Actor:
    member = look(runtime, token)
    assert member is not None
    return member.actor


def is_locked(runtime: Runtime, token: str) -> bool | None:
    """None: the session is over."""
    member = look(runtime, token)
    return None if member is None else member.locked


def unlock(runtime: Runtime, token: str, secret: str) -> None:
    lock_screen.unlock(runtime.accounts, token, secret, now=runtime.clock())


@pytest.mark.parametrize("secret", [PIN, PASSWORD])
def test_it_is_unlocked_with_the_pin_or_the_password(
    runtime: Runtime, ana: Person, token: str, secret: str
) -> None:
    elsewhere = a_session(runtime, ana)
    assert is_locked(runtime, token) is False
    runtime.accounts.locks.lock(token, now=runtime.clock())
    assert is_locked(runtime, token) is True
    assert is_locked(runtime, elsewhere) is False  # another browser
    unlock(runtime, token, secret)
    assert is_locked(runtime, token) is False
    with runtime.database.reading() as session:
        what = session.execute(text("SELECT what FROM audit_events ORDER BY id DESC LIMIT 2"))
        assert list(what.scalars()) == ["session.unlocked", "session.locked"]


def test_five_wrong_tries_end_the_session(runtime: Runtime, token: str) -> None:
    runtime.accounts.locks.lock(token, now=runtime.clock())
    for left in ("4 tries are", "3 tries are", "2 tries are", "1 try is"):
        with pytest.raises(InvalidInput, match=f"{left} left"):
            unlock(runtime, token, "2581")
    with pytest.raises(InvalidInput, match="wrong 5 times"):
        unlock(runtime, token, "wrong password, quite long")
    assert is_locked(runtime, token) is None
    with pytest.raises(InvalidInput, match="Sign in again"):
        unlock(runtime, token, PIN)


def test_tries_that_come_at_once_count_before_they_are_looked_at(
    runtime: Runtime, token: str
) -> None:
    """As from many tabs, or two servers: none of them has ended when the last begins."""
    runtime.accounts.locks.lock(token, now=runtime.clock())
    begun = [runtime.accounts.locks.begin_unlock(token, now=runtime.clock()) for _ in range(8)]
    assert [account is not None for account in begun] == [True] * 5 + [False] * 3
    assert len(begun) > MOST_TRIES
    runtime.accounts.locks.unlock(token, now=runtime.clock())  # the first was right, and too late
    assert is_locked(runtime, token) is None


def test_right_tries_do_not_add_up(runtime: Runtime, token: str) -> None:
    for _ in range(MOST_TRIES + 1):
        runtime.accounts.locks.lock(token, now=runtime.clock())
        unlock(runtime, token, PIN)
    assert is_locked(runtime, token) is False


def test_locking_again_gives_no_further_tries(runtime: Runtime, token: str) -> None:
    for _ in range(MOST_TRIES):
        runtime.accounts.locks.lock(token, now=runtime.clock())
        with pytest.raises(InvalidInput):
            unlock(runtime, token, "2581")
    assert is_locked(runtime, token) is None


def test_it_locks_itself_once_nobody_touched_it(runtime: Runtime, clock: Clock, token: str) -> None:
    after = runtime.definitions.infusion_day.lock_after
    runtime.accounts.locks.lock_when_idle(token, after)
    clock.forward(seconds=(after + MINUTE).total_seconds() - 1)
    before = look(runtime, token, activity=False)
    assert before is not None
    assert not before.locked
    clock.forward(seconds=1)
    assert is_locked(runtime, token) is True
    assert is_locked(runtime, token) is True  # looking at it is no touch
    unlock(runtime, token, PIN)
    assert is_locked(runtime, token) is False
    runtime.accounts.locks.lock_when_idle(token, None)
    clock.forward(minutes=20)
    assert is_locked(runtime, token) is False


def test_a_locked_session_ends_like_any_other(runtime: Runtime, clock: Clock, token: str) -> None:
    runtime.accounts.locks.lock(token, now=runtime.clock())
    clock.forward(minutes=30)
    with pytest.raises(InvalidInput, match="Sign in again"):
        unlock(runtime, token, PIN)
    assert is_locked(runtime, token) is None


def test_a_pin_signs_nobody_in(runtime: Runtime, ana: Person, token: str) -> None:
    with pytest.raises(InvalidInput, match="login or the password is not right"):
        sign_in.sign_in(
            runtime.accounts,
            login=ana.login,
            password=PIN,
            address="192.0.2.1",
            devices=(),
            now=runtime.clock(),
        )


def test_without_a_pin_the_password_unlocks(runtime: Runtime, ana: Person) -> None:
    token = a_session(runtime, ana)
    runtime.accounts.locks.lock(token, now=runtime.clock())
    with pytest.raises(InvalidInput, match="4 tries are left"):
        unlock(runtime, token, PIN)
    unlock(runtime, token, PASSWORD)
    assert is_locked(runtime, token) is False


def test_a_changed_password_forgets_the_pin(runtime: Runtime, token: str) -> None:
    sign_in.change_password(
        runtime.accounts,
        actor_of(runtime, token),
        token=token,
        current=PASSWORD,
        new=NEW,
        repeated=NEW,
        now=runtime.clock(),
    )
    runtime.accounts.locks.lock(token, now=runtime.clock())
    with pytest.raises(InvalidInput):
        unlock(runtime, token, PIN)
    unlock(runtime, token, NEW)


@pytest.mark.parametrize(
    "pin, says",
    [
        ("123", "A PIN is 4 to 6 digits"),
        ("1357924", "A PIN is 4 to 6 digits"),
        ("13a7", "A PIN is 4 to 6 digits"),
        ("١٣٥٧", "A PIN is 4 to 6 digits"),
        ("", "A PIN is 4 to 6 digits"),
        ("0000", "guessed first"),
        ("3456", "guessed first"),
        ("654321", "guessed first"),
    ],
)
def test_what_is_no_pin(runtime: Runtime, ana: Person, pin: str, says: str) -> None:
    with pytest.raises(InvalidInput, match=says):
        choose(runtime, a_session(runtime, ana), pin)


def test_setting_one_needs_the_password_which_is_not_guessed_there(
    runtime: Runtime, ana: Person
) -> None:
    token = a_session(runtime, ana)
    with pytest.raises(InvalidInput, match="The two PINs differ"):
        choose(runtime, token, again="2581")
    for _ in range(sign_in.FREE_TRIES_HERE):
        with pytest.raises(InvalidInput, match="The current password is not right"):
            choose(runtime, token, password="wrong")
    with pytest.raises(TooManyTries):
        choose(runtime, token)


def test_a_patient_has_none(runtime: Runtime, ana: Person) -> None:
    pat = an_account(runtime, a_clinic(runtime, "other"), "pat", role=Role.ADMINISTRATOR)
    with pytest.raises(NotPermitted):
        choose(runtime, a_session(runtime, pat))
