"""Signing in, guessing, and passwords that may be chosen."""

from datetime import datetime, timedelta

import pytest
from argon2 import extract_parameters

from mindspa.bootstrap import Runtime
from mindspa.domain.access import Person
from mindspa.domain.errors import InvalidInput, TooManyTries
from mindspa.services import sign_in as service
from mindspa.storage.session_rows import digest
from tests.accounts import PASSWORD, a_session, an_account
from tests.conftest import NOW, Clock
from tests.factories import a_clinic

HERE, THERE = "192.0.2.1", "192.0.2.2"
NEW = "another river of small stones"


def sign_in(
    runtime: Runtime,
    login: str = "ana",
    password: str = PASSWORD,
    *,
    address: str = HERE,
    devices: tuple[str, ...] = (),
) -> str:
    return service.sign_in(
        runtime.accounts,
        login=login,
        password=password,
        address=address,
        devices=devices,
        now=runtime.clock(),
    ).token


@pytest.fixture
def ana(runtime: Runtime) -> Person:
    return an_account(runtime, a_clinic(runtime))


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What a password was compared with, in order. Comparing costs nothing here, and only the
    password of the tests matches."""
    compared: list[str] = []

    def verify(password: str, password_hash: str) -> bool:
        compared.append(password_hash)
        return password == PASSWORD

    monkeypatch.setattr(service._hasher, "verify", verify)
    return compared


def guess(runtime: Runtime, times: int, **how: object) -> None:
    for _ in range(times):
        with pytest.raises(InvalidInput):
            sign_in(runtime, password="a guess", **how)  # type: ignore[arg-type]


@pytest.mark.parametrize("login", ["ana", " Ana ", "ANA", "\uff41na"])
def test_the_right_password_opens_a_session(runtime: Runtime, ana: Person, login: str) -> None:
    token = sign_in(runtime, login)
    found = runtime.accounts.session(token, now=runtime.clock(), activity=True)
    assert found is not None
    assert found.actor.id == ana.id


def test_each_sign_in_has_its_own_token(runtime: Runtime, ana: Person) -> None:
    assert sign_in(runtime) != sign_in(runtime)


def test_wrong_password_and_unknown_login_are_told_apart_nowhere(
    runtime: Runtime, ana: Person, hashed: list[str]
) -> None:
    said = []
    for login in ("ana", "nobody"):
        with pytest.raises(InvalidInput) as refused:
            sign_in(runtime, login, "a guess")
        said.append(str(refused.value))
    assert said[0] == said[1]
    assert len(hashed) == 2  # the same work for both
    assert hashed[1] == service.NOBODYS_HASH
    with pytest.raises(InvalidInput):
        sign_in(runtime, "nobody", PASSWORD)  # even if it were the password of that hash


def test_nobodys_hash_costs_what_a_new_password_costs() -> None:
    made = service.hash_password(NEW)
    assert extract_parameters(service.NOBODYS_HASH) == extract_parameters(made)
    assert service.password_matches(NEW, made)


def test_a_password_longer_than_any_is_wrong_and_not_a_defect(
    runtime: Runtime, ana: Person
) -> None:
    with pytest.raises(InvalidInput):
        sign_in(runtime, password=PASSWORD + "x" * 5000)


@pytest.mark.parametrize(
    ("failures", "since", "wait"),
    [
        (0, 0, 0),
        (4, 0, 0),
        (5, 0, 30),
        (5, 29, 1),
        (5, 30, 0),
        (6, 0, 60),
        (9, 0, 480),
        (10, 0, 900),
        (10, 899, 1),
        (1000, 0, 900),
    ],
)
def test_the_wait_grows_up_to_a_quarter_of_an_hour(failures: int, since: int, wait: int) -> None:
    times = [NOW] * failures
    now = NOW + timedelta(seconds=since)
    assert service.wait_before_next(times, free=5, now=now) == timedelta(seconds=wait)


def test_the_wait_counts_from_the_last_failure() -> None:
    def at(minute: int) -> datetime:
        return NOW + timedelta(minutes=minute)

    failures = [at(0), at(1), at(2), at(3), at(4)]
    assert service.wait_before_next(failures, free=5, now=at(4)) == timedelta(seconds=30)


def test_guessing_from_one_place_has_to_wait(
    runtime: Runtime, ana: Person, clock: Clock, hashed: list[str]
) -> None:
    guess(runtime, 5)
    with pytest.raises(TooManyTries, match="Wait 1 minute,"):
        sign_in(runtime)
    assert len(hashed) == 5  # a refused try costs no hash
    sign_in(runtime, address=THERE)
    clock.forward(seconds=30)
    sign_in(runtime)  # refused tries did not lengthen the wait


def test_an_unknown_login_waits_as_long(runtime: Runtime, ana: Person, hashed: list[str]) -> None:
    guess(runtime, 5, login="nobody")
    with pytest.raises(TooManyTries):
        sign_in(runtime, "nobody")


def test_guessing_from_many_places_has_to_wait(
    runtime: Runtime, ana: Person, hashed: list[str]
) -> None:
    for number in range(20):
        guess(runtime, 1, address=f"198.51.100.{number}")
    with pytest.raises(TooManyTries):
        sign_in(runtime, address=THERE)


def test_guessing_at_many_logins_has_to_wait(
    runtime: Runtime, ana: Person, hashed: list[str]
) -> None:
    for number in range(50):
        guess(runtime, 1, login=f"person{number}")
    with pytest.raises(TooManyTries):
        sign_in(runtime)


def test_a_browser_that_was_here_before_is_not_locked_out_by_others(
    runtime: Runtime, ana: Person, hashed: list[str]
) -> None:
    devices = (digest(a_session(runtime, ana, address=THERE)),)
    guess(runtime, 5, address=HERE)  # from the same network
    for number in range(15):
        guess(runtime, 1, address=f"198.51.100.{number}")
    with pytest.raises(TooManyTries):
        sign_in(runtime, address=HERE)
    sign_in(runtime, address=HERE, devices=devices)


def test_a_browser_that_was_here_before_may_not_guess_for_ever(
    runtime: Runtime, ana: Person, hashed: list[str]
) -> None:
    devices = (digest(a_session(runtime, ana)),)
    guess(runtime, 5, devices=devices)
    with pytest.raises(TooManyTries):
        sign_in(runtime, devices=devices)


def change(runtime: Runtime, ana: Person, token: str, current: str, new: str, again: str) -> None:
    found = runtime.accounts.session(token, now=runtime.clock(), activity=True)
    assert found is not None
    service.change_password(
        runtime.accounts,
        found.actor,
        token=token,
        current=current,
        new=new,
        repeated=again,
        now=runtime.clock(),
    )


def test_a_changed_password_is_the_only_one(runtime: Runtime, ana: Person) -> None:
    token, elsewhere = a_session(runtime, ana), a_session(runtime, ana)
    change(runtime, ana, token, PASSWORD, NEW, NEW)
    with pytest.raises(InvalidInput):
        sign_in(runtime)
    sign_in(runtime, password=NEW)
    assert runtime.accounts.session(token, now=runtime.clock(), activity=True)
    assert not runtime.accounts.session(elsewhere, now=runtime.clock(), activity=True)


@pytest.mark.parametrize(
    ("current", "new", "again", "said"),
    [
        ("a guess", NEW, NEW, "current password is not right"),
        (PASSWORD, NEW, NEW + "x", "differ"),
        (PASSWORD, PASSWORD, PASSWORD, "is the current one"),
        (PASSWORD, "short", "short", "too short"),
    ],
)
def test_a_change_that_is_refused_changes_nothing(
    runtime: Runtime, ana: Person, current: str, new: str, again: str, said: str
) -> None:
    token = a_session(runtime, ana)
    with pytest.raises(InvalidInput, match=said):
        change(runtime, ana, token, current, new, again)
    sign_in(runtime)


def test_guesses_at_the_current_password_have_to_wait(
    runtime: Runtime, ana: Person, hashed: list[str]
) -> None:
    token = a_session(runtime, ana)
    for _ in range(5):
        with pytest.raises(InvalidInput):
            change(runtime, ana, token, "a guess", NEW, NEW)
    with pytest.raises(TooManyTries):
        change(runtime, ana, token, PASSWORD, NEW, NEW)


@pytest.mark.parametrize(
    ("password", "allowed"),
    [
        ("a" * 7 + "bcde", False),  # 11
        ("a" * 8 + "bcde", True),  # 12
        ("abcde" + "x" * 251, True),  # 256
        ("abcde" + "x" * 252, False),  # 257
        ("passwordpassword", False),
        ("Password Password", False),
        ("aaaaaaaaaaaaaaaa", False),
        ("121212121212121212", False),
        ("Ana.Example.Person", False),  # the login's own words
        ("ana.example.person@example.org", False),
        ("Ana Q Example Person", False),  # the name
        ("correct horse stapled battery", True),
        ("sin mayúsculas ni números", True),
    ],
)
def test_password_rules(password: str, allowed: bool) -> None:
    person = Person(
        "1",
        "clinic",
        "ana.example.person@example.org",
        "Ana Q Example Person",
        frozenset(),
        None,
        active=True,
        must_change_password=False,
    )
    if allowed:
        service.check_new_password(password, person)
    else:
        with pytest.raises(InvalidInput):
            service.check_new_password(password, person)
