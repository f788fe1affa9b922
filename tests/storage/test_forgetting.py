"""The sweep forgets what is of no more use about signing in, and nothing that is."""

from datetime import timedelta

from sqlalchemy import text

from mindspa.bootstrap import Runtime
from mindspa.storage.session_rows import digest
from mindspa.storage.sign_in_tries import DEVICE_KEPT, FAILURES_KEPT
from mindspa.worker import sweep
from tests.accounts import a_session, an_account
from tests.conftest import Clock
from tests.factories import a_clinic


def count(runtime: Runtime, table: str) -> int:
    with runtime.database.reader.connect() as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())  # noqa: S608


def test_a_session_goes_once_no_browser_can_show_it(runtime: Runtime, clock: Clock) -> None:
    """Until then the digest of an ended one still tells a known browser from a stranger's."""
    ana = an_account(runtime, a_clinic(runtime))
    token = a_session(runtime, ana)
    clock.now += DEVICE_KEPT - timedelta(minutes=1)
    sweep(runtime)
    attempt = runtime.accounts.begin_try(
        "ana", address="192.0.2.9", devices=[digest(token)], now=clock.now
    )
    assert attempt.known_device
    a_session(runtime, ana)
    clock.now += timedelta(minutes=2)
    sweep(runtime)
    assert count(runtime, "sessions") == 1, "the newer one stays"


def test_tries_that_no_longer_count_go(runtime: Runtime, clock: Clock) -> None:
    runtime.accounts.begin_try("nobody", address="192.0.2.9", devices=(), now=clock.now)
    clock.now += FAILURES_KEPT
    sweep(runtime)
    assert count(runtime, "sign_in_failures") == 1
    clock.now += timedelta(minutes=1)
    sweep(runtime)
    assert count(runtime, "sign_in_failures") == 0
