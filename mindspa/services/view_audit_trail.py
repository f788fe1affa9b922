"""The audit trail for whoever answers for it, and for a patient what concerns their own record."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from mindspa.domain.access import Permission, Role
from mindspa.domain.audit import VIEWED, AuditEvent, AuditSearch, Kind, kind_of
from mindspa.domain.errors import InvalidInput
from mindspa.services.name_people import names_of
from mindspa.services.unit_of_work import UnitOfWork

LONGEST = timedelta(days=366)  # that one search covers
MOST_EXPORTED = 200_000  # entries of one file
OWN_RECORD_FOR = timedelta(days=366)
MOST_READ = 5_000  # entries about one patient


@dataclass(frozen=True, slots=True)
class FoundEvents:
    """The newest first; `more`: there are others beyond those that were asked for. `names`: of the
    staff and, for those who may see patients, of the patients among them; by id."""

    zone: str
    events: Sequence[AuditEvent]
    more: bool
    names: Mapping[str, str]


class Act(StrEnum):
    LOOKED = "looked"
    TOOK_A_FILE = "took_a_file"
    WROTE = "wrote"


@dataclass(frozen=True, slots=True)
class Access:
    """Once a day, whoever of a role it was and however often; no role for what the clinic's server
    did of itself."""

    day: date
    roles: frozenset[Role]
    act: Act


@dataclass(frozen=True, slots=True)
class OwnAccess:
    accesses: Sequence[Access]
    more: bool


def view_audit_trail(work: UnitOfWork, search: AuditSearch, *, most: int) -> FoundEvents:
    events, more = _found(work, search, most)
    names = names_of(
        work,
        people=[event.actor_id for event in events],
        patients=[event.about for event in events if event.about],
    )
    return FoundEvents(work.clinic.zone, events, more, names)


def export_audit_trail(work: UnitOfWork, search: AuditSearch) -> FoundEvents:
    """Whole, or not at all: a file that ends early would say that nothing else happened."""
    events, more = _found(work, search, MOST_EXPORTED)
    if more:
        raise InvalidInput(
            f"There are more than {MOST_EXPORTED:,} entries. Choose a shorter time for one file."
        )
    work.audit("audit_trail.exported")
    return FoundEvents(work.clinic.zone, events, more, work.records.colleagues.names())


def who_acted(work: UnitOfWork) -> Mapping[str, str]:
    """Those of the staff who have, or had, an account: to search for. By id, in order of name."""
    work.actor.require(Permission.READ_AUDIT_TRAIL)
    return work.records.colleagues.names()


def view_own_access(work: UnitOfWork, *, most: int) -> OwnAccess:
    """Who of the clinic looked at or changed the patient's record in the last year. By role: the
    clinic can say who it was, and a patient need not have the name of everybody."""
    patient = work.records.patients.get(work.own_patient_id())
    since = work.now - OWN_RECORD_FOR
    found = work.records.audit_trail.by_others(
        patient.id, [work.actor.id, patient.id], since=since, most=MOST_READ
    )
    roles, zone = work.records.colleagues.roles(), ZoneInfo(work.zone_of(patient))
    by_day = dict.fromkeys(
        Access(
            event.at.astimezone(zone).date(), roles.get(event.actor_id, frozenset()), _act(event)
        )
        for event in found
    )
    return OwnAccess(list(by_day)[:most], len(by_day) > most or len(found) == MOST_READ)


def _act(event: AuditEvent) -> Act:
    if kind_of(event.what) is not Kind.LOOK:
        return Act.WROTE
    return Act.LOOKED if event.what == VIEWED else Act.TOOK_A_FILE


def _found(work: UnitOfWork, search: AuditSearch, most: int) -> tuple[Sequence[AuditEvent], bool]:
    """And whether there are more."""
    work.actor.require(Permission.READ_AUDIT_TRAIL)
    if search.until <= search.since:
        raise InvalidInput("The last day is before the first. Choose them again.")
    if search.until - search.since > LONGEST:
        raise InvalidInput("Choose a year at most.")
    found = work.records.audit_trail.found(search, most=most + 1)
    return found[:most], len(found) > most
