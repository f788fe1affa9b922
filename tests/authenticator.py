"""An authenticator as a phone computes it (RFC 6238), without the library that the program uses."""

import hmac
from base64 import b32decode
from datetime import datetime
from hashlib import sha1

SECONDS = 30


def code_of(secret: str, at: datetime, *, steps: int = 0) -> str:
    """The six digits that are shown at that time, or so many half minutes later."""
    counter = int(at.timestamp()) // SECONDS + steps
    mac = hmac.new(b32decode(secret), counter.to_bytes(8, "big"), sha1).digest()
    start = mac[-1] & 15
    number = int.from_bytes(mac[start : start + 4], "big") & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"
