"""What is written down about every write and every look at a patient's record, and the seals that
show whether anything of it was changed afterwards."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """`what` is a dotted verb ("check_in.sent"); `about` a patient's id; `record` the id of the
    thing concerned; `origin` the network address of a sign-in. Ids only: no answer, name or note
    ever stands here."""

    at: datetime
    actor_id: str
    what: str
    about: str | None = None
    record: str | None = None
    origin: str | None = None


VIEWED, EXPORTED = "patient.viewed", ".exported"  # the latter ends the name of every file taken
# Begin the names of the others.
AT_THE_DOOR = ("session.", "password.", "pin.", "second_factor.", "recovery_codes.", "sign_on.")


class Kind(StrEnum):
    LOOK = "look"
    CHANGE = "change"
    SIGN_IN = "sign_in"


def kind_of(what: str) -> Kind:
    if what == VIEWED or what.endswith(EXPORTED):
        return Kind.LOOK
    return Kind.SIGN_IN if what.startswith(AT_THE_DOOR) else Kind.CHANGE


@dataclass(frozen=True, slots=True)
class AuditSearch:
    """In [since, until). None: whoever, of whichever patient, of every kind."""

    since: datetime
    until: datetime
    actor_id: str | None = None
    about: str | None = None
    kind: Kind | None = None


@dataclass(frozen=True, slots=True)
class Seal:
    """Over the events of a clinic after those of the seal before, up to `upto` by their number in
    the table. `digest` covers the seal before: nothing under an older one changes without it."""

    number: int
    upto: int
    events: int
    sealed_at: datetime
    digest: str


def seal(
    before: Seal | None, clinic_id: str, events: Iterable[tuple[int, AuditEvent]], *, at: datetime
) -> Seal:
    """`events`: at least one, with its number, in their order. SHA-256 over lines of JSON."""
    digest = sha256()

    def add(*values: object) -> None:
        digest.update(json.dumps(values, ensure_ascii=True, separators=(",", ":")).encode() + b"\n")

    number = before.number + 1 if before else 1
    add(clinic_id, number, before.digest if before else "", at.isoformat())
    upto = count = 0
    for upto, event in events:
        count += 1
        about, record, origin = event.about, event.record, event.origin
        add(upto, event.at.isoformat(), event.actor_id, event.what, about, record, origin)
    return Seal(number, upto, count, at, digest.hexdigest())
