"""A clinician signs what the clinic chose in the protocol: from then on it is planned by that."""

from mindspa.domain import entered
from mindspa.domain.access import Permission
from mindspa.domain.errors import InvalidInput, Stale
from mindspa.domain.protocol_versions import (
    Choices,
    ProtocolVersion,
    choices_of,
    languages_of,
    refuse_impossible,
)
from mindspa.services.unit_of_work import UnitOfWork
from mindspa.storage.records.protocols import CHANGED_MEANWHILE


def put_protocol_in_force(
    work: UnitOfWork, choices: Choices, *, replaces: int, note: str
) -> ProtocolVersion:
    """`replaces` is the number that the person looked at. No check-in that is planned changes: each
    keeps the version that it was planned under. The same press twice signs once."""
    work.actor.require(Permission.SIGN_PROTOCOL)
    written = entered.needed_note(note, missing="Write the reason: what the change is for.")
    definitions = work.definitions
    shipped, in_force = definitions.shipped_protocol, definitions.protocol
    number = in_force.number
    if number == replaces + 1:
        last = work.records.protocols.signed()[-1]
        if (last.choices, last.signed_by, last.note) == (choices, work.actor.id, written):
            return last
    if number != replaces:
        raise Stale(CHANGED_MEANWHILE)
    refuse_impossible(choices, shipped, languages_of(shipped, definitions.instruments))
    if in_force.reviewed_by and choices == choices_of(in_force):
        raise InvalidInput("These are the choices in force already. Change one of them.")
    version = ProtocolVersion(
        number + 1, choices, work.actor.id, work.actor.name, work.now, written
    )
    work.records.protocols.add(version)
    work.audit("protocol.signed", record=str(version.number))
    return version
