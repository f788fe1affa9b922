"""The seal over audit events: worked by hand once, and changed by whatever it covers."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from mindspa.domain.audit import AuditEvent, Seal, seal

AT = datetime(2026, 6, 10, 16, tzinfo=UTC)
SEALED_AT = AT + timedelta(minutes=10)
EVENTS = (
    (3, AuditEvent(AT, "ana", "check_in.sent", "patient", "check-in")),
    (5, AuditEvent(AT + timedelta(seconds=1), "noor", "session.started", origin="192.0.2.1")),
)


def test_by_hand() -> None:
    lines = (
        '["clinic",1,"","2026-06-10T16:10:00+00:00"]\n'
        '[3,"2026-06-10T16:00:00+00:00","ana","check_in.sent","patient","check-in",null]\n'
        '[5,"2026-06-10T16:00:01+00:00","noor","session.started",null,null,"192.0.2.1"]\n'
    )
    digest = sha256(lines.encode()).hexdigest()
    assert seal(None, "clinic", EVENTS, at=SEALED_AT) == Seal(1, 5, 2, SEALED_AT, digest)


def test_the_next_one_covers_the_one_before() -> None:
    first = seal(None, "clinic", EVENTS[:1], at=SEALED_AT)
    second = seal(first, "clinic", EVENTS[1:], at=SEALED_AT)
    assert (second.number, second.upto, second.events) == (2, 5, 1)
    other = seal(replace(first, digest="other"), "clinic", EVENTS[1:], at=SEALED_AT)
    assert second.digest != other.digest


@pytest.mark.parametrize(
    "changed",
    [
        {"at": AT + timedelta(microseconds=1)},
        {"actor_id": "noor"},
        {"what": "check_in.opened"},
        {"about": None},
        {"about": "check-in", "record": "patient"},
        {"record": "another"},
        {"origin": "192.0.2.2"},
    ],
)
def test_whatever_changes_in_an_event_changes_it(changed: dict[str, object]) -> None:
    number, event = EVENTS[0]
    others = [(number, replace(event, **changed)), EVENTS[1]]  # type: ignore[arg-type]
    stands = seal(None, "clinic", EVENTS, at=SEALED_AT).digest
    assert seal(None, "clinic", others, at=SEALED_AT).digest != stands
    for moved in (EVENTS[:1], EVENTS[1:], EVENTS[::-1], [(4, event), EVENTS[1]]):
        assert seal(None, "clinic", moved, at=SEALED_AT).digest != stands
    assert seal(None, "another", EVENTS, at=SEALED_AT).digest != stands
    assert seal(None, "clinic", EVENTS, at=AT).digest != stands
