"""A code from a phone after the password: set up, asked for, guessed at, lost."""

from base64 import b32encode
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import text

from mindspa.bootstrap import Runtime
from mindspa.domain.access import Actor, Owed, Person, Role, operator
from mindspa.domain.errors import (
    InvalidInput,
    MindSpaError,
    NotFound,
    NotPermitted,
    SignInOver,
    TooManyTries,
)
from mindspa.domain.second_factor import HALF_FOR, OFFERED_FOR
from mindspa.domain.treatment import Clinic
from mindspa.services import manage_people, sign_in
from mindspa.services import second_factor as service
from mindspa.storage.session_rows import digest
from tests.accounts import PASSWORD, a_session, an_account
from tests.authenticator import SECONDS, code_of
from tests.conftest import Clock
from tests.factories import a_clinic

HERE, THERE = "192.0.2.1", "192.0.2.2"
STEP = timedelta(seconds=SECONDS)


@pytest.fixture
def clinic(runtime: Runtime) -> Clinic:
    return a_clinic(runtime)


@pytest.fixture
def ana(runtime: Runtime, clinic: Clinic) -> Person:
    return an_account(runtime, clinic)


class Phone:
    """Whose authenticator holds the secret of an account."""

    def __init__(self, runtime: Runtime, person: Person) -> None:
        self.runtime, self.person = runtime, person
        self.token = a_session(runtime, person)
        self.actor = actor_of(person)
        self.secret = service.offer(runtime.accounts, self.actor, now=runtime.clock()).secret

    def code(self, steps: int = 0) -> str:
        return code_of(self.secret, self.runtime.clock(), steps=steps)

    def confirm(self, code: str | None = None, password: str = PASSWORD) -> Sequence[str]:
        return service.confirm(
            self.runtime.accounts,
            self.actor,
            token=self.token,
            password=password,
            code=code or self.code(),
            now=self.runtime.clock(),
        )

    def remove(self, code: str, password: str = PASSWORD) -> None:
        service.remove(
            self.runtime.accounts,
            self.actor,
            token=self.token,
            password=password,
            code=code,
            now=self.runtime.clock(),
        )

    def renew(self, code: str) -> Sequence[str]:
        return service.renew_codes(
            self.runtime.accounts,
            self.actor,
            token=self.token,
            password=PASSWORD,
            code=code,
            now=self.runtime.clock(),
        )


@pytest.fixture
def phone(runtime: Runtime, clock: Clock, ana: Person) -> Phone:
    """Ana's, set up a minute ago."""
    made = Phone(runtime, ana)
    made.confirm()
    clock.now += 2 * STEP
    return made


def actor_of(person: Person) -> Actor:
    return Actor(person.id, person.clinic_id, person.name, person.roles)


def lives(runtime: Runtime, token: str) -> bool:
    return runtime.accounts.session(token, now=runtime.clock(), activity=False) is not None


def half(runtime: Runtime, login: str = "ana", *, address: str = HERE) -> str:
    """The token of a browser that has given the password."""
    entered = sign_in.sign_in(
        runtime.accounts,
        login=login,
        password=PASSWORD,
        address=address,
        devices=(),
        now=runtime.clock(),
    )
    assert entered.code_due
    return entered.token


def enter(
    runtime: Runtime,
    token: str,
    code: str,
    *,
    address: str = HERE,
    devices: tuple[str, ...] = (),
) -> str:
    return service.enter_code(
        runtime.accounts,
        token,
        code=code,
        address=address,
        devices=devices,
        now=runtime.clock(),
    )


def events(runtime: Runtime) -> list[str]:
    with runtime.database.reader.connect() as connection:
        return list(connection.execute(text("SELECT what FROM audit_events ORDER BY id")).scalars())


# --- The figures of the standard -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
    ],
)
def test_the_codes_of_the_standard(
    runtime: Runtime, clock: Clock, ana: Person, seconds: int, code: str
) -> None:
    """RFC 6238, appendix B, SHA-1: the last six of its eight digits."""
    clock.now = datetime.fromtimestamp(seconds, UTC)
    phone = Phone(runtime, ana)
    secret = b32encode(b"12345678901234567890").decode()
    runtime.accounts.factors.offer(ana, secret, now=runtime.clock())
    assert code_of(secret, clock.now) == code
    assert len(phone.confirm(code)) == 10


# --- Setting up ----------------------------------------------------------------------------------


def test_until_it_is_confirmed_nothing_is_asked(runtime: Runtime, ana: Person) -> None:
    phone = Phone(runtime, ana)
    wrong = "000000" if phone.code() != "000000" else "000001"
    with pytest.raises(InvalidInput, match="not right"):
        phone.confirm(wrong)
    entered = sign_in.sign_in(
        runtime.accounts,
        login="ana",
        password=PASSWORD,
        address=HERE,
        devices=(),
        now=runtime.clock(),
    )
    assert not entered.code_due
    assert lives(runtime, entered.token)


def test_whoever_finds_a_screen_unlocked_cannot_set_it_up(runtime: Runtime, ana: Person) -> None:
    phone = Phone(runtime, ana)
    with pytest.raises(InvalidInput, match="password is not right"):
        phone.confirm(password="a guess")
    assert service.own_factor(runtime.accounts, phone.actor).since is None


def test_it_ends_every_other_session(runtime: Runtime, ana: Person) -> None:
    elsewhere = a_session(runtime, ana)
    phone = Phone(runtime, ana)
    phone.confirm()
    assert lives(runtime, phone.token)
    assert not lives(runtime, elsewhere)


def test_what_was_shown_long_ago_is_not_confirmed(
    runtime: Runtime, clock: Clock, ana: Person
) -> None:
    phone = Phone(runtime, ana)
    assert service.offered(runtime.accounts, phone.actor, now=clock.now)
    clock.now += OFFERED_FOR
    phone.token = a_session(runtime, ana)
    assert service.offered(runtime.accounts, phone.actor, now=clock.now) is None
    with pytest.raises(InvalidInput, match="Begin again"):
        phone.confirm()


def test_the_newest_picture_counts(runtime: Runtime, ana: Person) -> None:
    phone = Phone(runtime, ana)
    service.offer(runtime.accounts, phone.actor, now=runtime.clock())
    with pytest.raises(InvalidInput):
        phone.confirm()


def test_one_that_is_on_is_not_shown_again_nor_replaced(runtime: Runtime, phone: Phone) -> None:
    assert service.offered(runtime.accounts, phone.actor, now=runtime.clock()) is None
    with pytest.raises(InvalidInput, match="already"):
        service.offer(runtime.accounts, phone.actor, now=runtime.clock())
    with pytest.raises(InvalidInput):
        phone.confirm()
    assert lives(runtime, enter(runtime, half(runtime), phone.code()))


# --- Signing in ----------------------------------------------------------------------------------


def test_the_password_alone_signs_nobody_in(runtime: Runtime, phone: Phone) -> None:
    token = half(runtime)
    assert not lives(runtime, token)
    session = enter(runtime, token, phone.code())
    assert lives(runtime, session)
    assert session != token
    assert not lives(runtime, token)


@pytest.mark.parametrize(
    ("steps", "taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_a_clock_may_differ_by_half_a_minute(
    runtime: Runtime, clock: Clock, phone: Phone, steps: int, taken: bool
) -> None:
    clock.now += 4 * STEP
    token, code = half(runtime), phone.code(steps)
    near = {phone.code(step) for step in (-1, 0, 1)}
    if taken:
        assert lives(runtime, enter(runtime, token, code))
    elif code not in near:
        with pytest.raises(InvalidInput, match="not right"):
            enter(runtime, token, code)


def test_a_code_works_once(runtime: Runtime, clock: Clock, phone: Phone) -> None:
    """Whoever saw it being typed is late; so is one that was good before it."""
    code, before = phone.code(), phone.code(-1)
    enter(runtime, half(runtime), code)
    for late in (code, before):
        with pytest.raises(InvalidInput, match="used before"):
            enter(runtime, half(runtime), late)
    clock.now += STEP
    assert lives(runtime, enter(runtime, half(runtime), phone.code()))


def test_the_code_that_set_it_up_does_not_sign_in(runtime: Runtime, ana: Person) -> None:
    phone = Phone(runtime, ana)
    code = phone.code()
    phone.confirm(code)
    with pytest.raises(InvalidInput, match="used before"):
        enter(runtime, half(runtime), code)


def test_of_two_uses_of_one_code_at_once_one_counts(runtime: Runtime, phone: Phone) -> None:
    tokens, code = [half(runtime), half(runtime)], phone.code()
    together, made = Barrier(2), list[str]()

    def use(token: str) -> None:
        together.wait()
        with suppress(MindSpaError):
            made.append(enter(runtime, token, code))

    threads = [Thread(target=use, args=(token,)) for token in tokens]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1


def test_half_a_sign_in_is_finished_once(runtime: Runtime, clock: Clock, phone: Phone) -> None:
    token = half(runtime)
    enter(runtime, token, phone.code())
    clock.now += STEP
    with pytest.raises(SignInOver):
        enter(runtime, token, phone.code())


def test_a_wrong_code_leaves_it_open(runtime: Runtime, clock: Clock, phone: Phone) -> None:
    token, code = half(runtime), phone.code()
    enter(runtime, half(runtime), code)
    with pytest.raises(InvalidInput):
        enter(runtime, token, code)
    clock.now += STEP
    assert lives(runtime, enter(runtime, token, phone.code()))


def test_it_runs_out(runtime: Runtime, clock: Clock, phone: Phone) -> None:
    token = half(runtime)
    clock.now += HALF_FOR
    with pytest.raises(SignInOver, match="took too long"):
        enter(runtime, token, phone.code())


@pytest.mark.parametrize("token", ["", "x" * 43])
def test_one_that_was_never_begun(runtime: Runtime, phone: Phone, token: str) -> None:
    with pytest.raises(SignInOver):
        enter(runtime, token, phone.code())


def test_a_new_password_ends_what_the_old_one_began(runtime: Runtime, phone: Phone) -> None:
    token = half(runtime)
    with runtime.database.reading() as session:
        stored = session.execute(
            text("SELECT password_hash FROM people WHERE login = 'ana'")
        ).scalar_one()
    runtime.accounts.set_password(
        phone.person, "another hash", replaces=stored, keep_token=None, now=runtime.clock()
    )
    with pytest.raises(SignInOver):
        enter(runtime, token, phone.code())


def test_an_account_that_was_closed_meanwhile(runtime: Runtime, phone: Phone) -> None:
    token = half(runtime)
    with runtime.database.writing() as session:
        session.execute(text("UPDATE people SET active = false"))
    with pytest.raises(SignInOver):
        enter(runtime, token, phone.code())


def test_a_colleagues_codes_do_not_count(
    runtime: Runtime, clinic: Clinic, clock: Clock, phone: Phone
) -> None:
    of_bo = Phone(runtime, an_account(runtime, clinic, "bo"))
    codes = of_bo.confirm()
    clock.now += 2 * STEP
    token = half(runtime)
    for code in (of_bo.code(), codes[0]):
        if code != phone.code():
            with pytest.raises(InvalidInput):
                enter(runtime, token, code)
    assert lives(runtime, enter(runtime, half(runtime, "bo"), codes[0]))


@pytest.mark.parametrize("code", ["", " ", "12345", "1234567", "١٢٣٤٥٦", "a" * 10_000, "-" * 30])
def test_what_is_no_code(runtime: Runtime, phone: Phone, code: str) -> None:
    with pytest.raises(InvalidInput, match="not right"):
        enter(runtime, half(runtime), code)


# --- Guessing ------------------------------------------------------------------------------------


def guess(runtime: Runtime, times: int, *, address: str = HERE) -> None:
    """Each with the right password before it."""
    for _ in range(times):
        with pytest.raises(InvalidInput):
            enter(runtime, half(runtime, address=address), "no code", address=address)


def test_guessing_has_to_wait_although_the_password_is_right(
    runtime: Runtime, clock: Clock, phone: Phone
) -> None:
    guess(runtime, 5)
    with pytest.raises(TooManyTries, match="Wait 1 minute"):
        enter(runtime, half(runtime), phone.code())
    clock.now += timedelta(seconds=31)
    assert lives(runtime, enter(runtime, half(runtime), phone.code()))


def test_guessing_from_many_places_has_to_wait_too(runtime: Runtime, phone: Phone) -> None:
    for number in range(20):
        guess(runtime, 1, address=f"198.51.100.{number}")
    with pytest.raises(TooManyTries):
        enter(runtime, half(runtime, address=THERE), phone.code(), address=THERE)


def test_a_browser_that_is_known_waits_for_its_own_guesses_only(
    runtime: Runtime, phone: Phone
) -> None:
    for number in range(20):
        guess(runtime, 1, address=f"198.51.100.{number}")
    known = (digest(phone.token),)
    assert lives(runtime, enter(runtime, half(runtime), phone.code(), devices=known))


def test_half_a_sign_in_makes_no_known_browser(runtime: Runtime, phone: Phone) -> None:
    """Whoever knows the password alone would otherwise escape the wait that all others share."""
    shown = digest(half(runtime))
    found = runtime.accounts.begin_try("ana", address="", devices=[shown], now=runtime.clock())
    assert not found.known_device


def test_the_wrong_password_is_not_asked_for_a_code(runtime: Runtime, phone: Phone) -> None:
    with pytest.raises(InvalidInput, match="login or the password"):
        sign_in.sign_in(
            runtime.accounts,
            login="ana",
            password="a guess",
            address=HERE,
            devices=(),
            now=runtime.clock(),
        )
    assert "session.code_asked" not in events(runtime)


# --- A lost phone --------------------------------------------------------------------------------


def test_a_recovery_code_works_once(runtime: Runtime, ana: Person) -> None:
    phone = Phone(runtime, ana)
    first, second, *others = phone.confirm()
    assert len({first, second, *others}) == 10
    assert lives(runtime, enter(runtime, half(runtime), first))
    with pytest.raises(InvalidInput, match="used before"):
        enter(runtime, half(runtime), first)
    typed = f" {second.upper().replace('-', ' ')} "
    assert lives(runtime, enter(runtime, half(runtime), typed))
    assert service.own_factor(runtime.accounts, phone.actor).codes_left == 8


def test_recovery_codes_are_stored_as_digests(runtime: Runtime, ana: Person) -> None:
    codes = Phone(runtime, ana).confirm()
    with runtime.database.reading() as session:
        stored = session.execute(text("SELECT code_digest FROM recovery_codes")).scalars().all()
    assert {digest(code.replace("-", "")) for code in codes} == set(stored)


def test_new_recovery_codes_end_those_before(runtime: Runtime, clock: Clock, ana: Person) -> None:
    phone = Phone(runtime, ana)
    before = phone.confirm()
    clock.now += STEP
    after = phone.renew(phone.code())
    with pytest.raises(InvalidInput):
        enter(runtime, half(runtime), before[0])
    assert lives(runtime, enter(runtime, half(runtime), after[0]))
    with pytest.raises(InvalidInput):
        phone.renew("no code")


def test_turning_it_off_needs_password_and_code(runtime: Runtime, phone: Phone) -> None:
    elsewhere = enter(runtime, half(runtime), phone.code(-1))
    for code, password in ((phone.code(), "a guess"), ("no code", PASSWORD)):
        with pytest.raises(InvalidInput):
            phone.remove(code, password)
    assert service.own_factor(runtime.accounts, phone.actor).since
    phone.remove(phone.code())
    assert service.own_factor(runtime.accounts, phone.actor).since is None
    assert lives(runtime, phone.token)
    assert not lives(runtime, elsewhere)
    assert lives(runtime, a_session(runtime, phone.person))


def test_guesses_at_turning_it_off_are_counted(runtime: Runtime, phone: Phone) -> None:
    for _ in range(5):
        with pytest.raises(InvalidInput):
            phone.remove("no code")
    with pytest.raises(TooManyTries):
        phone.remove(phone.code())


def test_an_administrator_takes_a_lost_one_away(
    runtime: Runtime, clinic: Clinic, phone: Phone
) -> None:
    token = half(runtime)
    manage_people.reset_second_factor(
        runtime.accounts, operator(clinic.id), " ANA ", clinic=clinic, now=runtime.clock()
    )
    assert not lives(runtime, phone.token)
    with pytest.raises(SignInOver):
        enter(runtime, token, phone.code())
    assert lives(runtime, a_session(runtime, phone.person))
    with pytest.raises(InvalidInput, match="no second factor"):
        manage_people.reset_second_factor(
            runtime.accounts, operator(clinic.id), "ana", clinic=clinic, now=runtime.clock()
        )


def test_nobody_else_takes_it_away(runtime: Runtime, clinic: Clinic, phone: Phone) -> None:
    with pytest.raises(NotPermitted):
        manage_people.reset_second_factor(
            runtime.accounts, phone.actor, "ana", clinic=clinic, now=runtime.clock()
        )
    other = a_clinic(runtime, "other")
    with pytest.raises(NotFound):
        manage_people.reset_second_factor(
            runtime.accounts, operator(other.id), "ana", clinic=clinic, now=runtime.clock()
        )
    assert service.own_factor(runtime.accounts, phone.actor).since


def test_a_new_temporary_password_leaves_it(runtime: Runtime, clinic: Clinic, phone: Phone) -> None:
    """Whoever has the clinic hand them a password still lacks the phone."""
    manage_people.give_password(
        runtime.accounts, operator(clinic.id), "ana", clinic=clinic, now=runtime.clock()
    )
    assert service.own_factor(runtime.accounts, phone.actor).since


# --- What a clinic asks --------------------------------------------------------------------------


def owes(runtime: Runtime, token: str) -> Owed | None:
    member = runtime.accounts.session(token, now=runtime.clock(), activity=False)
    assert member is not None
    return member.owes


def require(runtime: Runtime, clinic: Clinic, wanted: bool = True) -> None:
    manage_people.require_second_factor(
        runtime.accounts, operator(clinic.id), wanted, now=runtime.clock()
    )


@pytest.mark.parametrize("role", sorted(Role))
def test_a_clinic_asks_it_of_its_staff(runtime: Runtime, role: Role) -> None:
    clinic, other = a_clinic(runtime, "one"), a_clinic(runtime, "two")
    here = a_session(runtime, an_account(runtime, clinic, role=role))
    there = a_session(runtime, an_account(runtime, other, "bo", role=role))
    assert owes(runtime, here) is None
    require(runtime, clinic)
    assert owes(runtime, here) == (None if role == Role.PATIENT else Owed.SECOND_FACTOR)
    assert owes(runtime, there) is None
    require(runtime, clinic, wanted=False)
    assert owes(runtime, here) is None


def test_one_that_was_only_shown_is_still_owed(
    runtime: Runtime, clinic: Clinic, ana: Person
) -> None:
    require(runtime, clinic)
    phone = Phone(runtime, ana)
    assert owes(runtime, phone.token) == Owed.SECOND_FACTOR
    phone.confirm()
    assert owes(runtime, phone.token) is None


def test_the_password_comes_first(runtime: Runtime, clinic: Clinic) -> None:
    require(runtime, clinic)
    new = an_account(runtime, clinic, must_change_password=True)
    assert owes(runtime, a_session(runtime, new)) == Owed.PASSWORD


def test_who_may_ask_it(runtime: Runtime, clinic: Clinic, ana: Person) -> None:
    with pytest.raises(NotPermitted):
        manage_people.require_second_factor(
            runtime.accounts, actor_of(ana), True, now=runtime.clock()
        )


def test_what_is_written_down(runtime: Runtime, clock: Clock, clinic: Clinic, ana: Person) -> None:
    phone = Phone(runtime, ana)
    first, *_ = phone.confirm()
    enter(runtime, half(runtime), first)
    clock.now += STEP
    phone.token = a_session_with(runtime, phone)
    clock.now += STEP
    phone.renew(phone.code())
    require(runtime, clinic)
    require(runtime, clinic)  # again: nothing changes
    require(runtime, clinic, wanted=False)
    clock.now += STEP
    phone.remove(phone.code())
    found = [
        what
        for what in events(runtime)
        if what.startswith(("second_factor.", "recovery_codes.", "session."))
    ]
    assert found == [
        "session.started",
        "second_factor.set",
        *("session.code_asked", "recovery_codes.used", "session.started"),
        *("session.code_asked", "session.started"),
        "recovery_codes.renewed",
        "second_factor.required",
        "second_factor.optional",
        "second_factor.removed",
    ]


def a_session_with(runtime: Runtime, phone: Phone) -> str:
    return enter(runtime, half(runtime), phone.code())


def test_no_secret_is_in_what_is_printed(runtime: Runtime, phone: Phone) -> None:
    found = runtime.accounts.factors.half(half(runtime), now=runtime.clock())
    assert found is not None
    assert phone.secret not in repr(found)
    assert found.factor.secret == phone.secret
