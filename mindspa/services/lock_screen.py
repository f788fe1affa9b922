"""Lock the screen of a tablet without signing out, and unlock it with a PIN or the password.

A PIN is short, so it opens nothing by itself: it only unlocks a session that somebody has signed in
to with the password. Five wrong tries, in whichever tab and on whichever server, end that session.
"""

import threading
from datetime import datetime

from mindspa.domain.access import Actor, Permission
from mindspa.domain.errors import InvalidInput
from mindspa.services.sign_in import checked_password, hash_password, password_matches
from mindspa.storage.accounts import Accounts
from mindspa.storage.session_locks import MOST_TRIES

SHORTEST_PIN, LONGEST_PIN = 4, 6
_RUNS = ("0123456789", "9876543210")

# A hash takes a core for a third of a second and 64 MB, and pages have no other limit.
_hashing = threading.BoundedSemaphore(2)


def choose_pin(
    accounts: Accounts,
    actor: Actor,
    *,
    token: str,
    password: str,
    pin: str,
    repeated: str,
    now: datetime,
) -> None:
    """Guesses at the password count as tries to sign in from this browser."""
    actor.require(Permission.RECORD_TREATMENT)
    if pin != repeated:
        raise InvalidInput("The two PINs differ. Type the same one twice.")
    if not _is_pin(pin):
        raise InvalidInput(f"A PIN is {SHORTEST_PIN} to {LONGEST_PIN} digits.")
    if len(set(pin)) == 1 or any(pin in run for run in _RUNS):
        raise InvalidInput("That PIN is guessed first. Choose another.")
    with _hashing:
        account = checked_password(accounts, actor, token=token, password=password, now=now)
        pin_hash = hash_password(pin)
    accounts.locks.set_pin(account.person, pin_hash, checked=account.password_hash, now=now)


def unlock(accounts: Accounts, token: str, secret: str, *, now: datetime) -> None:
    """`secret`: the PIN, or the password. Each try is counted before it is looked at."""
    secrets = accounts.locks.begin_unlock(token, now=now)
    if secrets is None:
        raise InvalidInput("Too many tries. Sign in again.")
    stored = secrets.pin_hash if _is_pin(secret) else secrets.password_hash
    with _hashing:
        matches = stored is not None and password_matches(secret, stored)
    if matches:
        accounts.locks.unlock(token, now=now)
        return
    left = accounts.locks.fail(token, now=now)
    if left == 0:
        raise InvalidInput(f"That was wrong {MOST_TRIES} times. You are signed out: sign in again.")
    tries = "1 try is" if left == 1 else f"{left} tries are"
    raise InvalidInput(f"That is neither your PIN nor your password. {tries} left.")


def _is_pin(secret: str) -> bool:
    is_digits = secret.isascii() and secret.isdigit()
    return is_digits and SHORTEST_PIN <= len(secret) <= LONGEST_PIN
