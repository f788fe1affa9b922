"""A tablet of the clinic: staff pair it, and give a patient a code for one check-in on it."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from mindspa.domain import entered
from mindspa.domain.access import Actor, Permission
from mindspa.domain.check_ins import CheckIn, Mode
from mindspa.domain.errors import InvalidInput
from mindspa.domain.tablets import CODE_LENGTH, CODE_LIVES, MOST_CODES, Tablet
from mindspa.domain.treatment import Patient
from mindspa.services.open_check_in import lapse_closed, open_new, wanted_of
from mindspa.services.unit_of_work import UnitOfWork
from mindspa.storage.tablets import Tablets, digest_of_code


@dataclass(frozen=True, slots=True)
class IssuedCode:
    """Shown once and stored nowhere."""

    code: str
    expires_at: datetime


def pair_tablet(
    tablets: Tablets, by: Actor, *, name: str, new_id: Callable[[], str], now: datetime
) -> str:
    """The token for the cookie of the device."""
    by.require(Permission.PAIR_TABLETS)
    return tablets.pair(by, new_id(), name=entered.line(name, what="The tablet's name"), now=now)


def paired_tablets(tablets: Tablets, by: Actor) -> tuple[Tablet, ...]:
    by.require(Permission.PAIR_TABLETS)
    return tablets.of_clinic(by.clinic_id)


def unpair_tablet(tablets: Tablets, by: Actor, tablet_id: str, *, now: datetime) -> None:
    by.require(Permission.PAIR_TABLETS)
    tablets.revoke(by, tablet_id, now=now)


def issue_code(work: UnitOfWork, patient_id: str) -> IssuedCode:
    """For what is asked of the patient now, else the pulse. The code before it stops working, and
    whatever of this patient is open on a tablet is put away."""
    work.actor.require(Permission.ENTER_ANSWERS)
    patient = work.write_about(patient_id)
    codes = work.records.tablet_codes
    codes.hold()
    codes.end_all_of(patient_id, at=work.now)
    waiting = codes.waiting(now=work.now)
    if len(waiting) >= MOST_CODES:
        raise InvalidInput(
            f"{MOST_CODES} codes are waiting already. Wait until some are used or have run out."
        )
    check_in = _check_in(work, patient)
    code = _unlike(work, waiting)
    code_id, expires_at = work.new_id(), work.now + CODE_LIVES
    codes.add(
        code_id,
        patient_id,
        check_in.id,
        code_digest=digest_of_code(work.clinic.id, code),
        at=work.now,
        by=work.actor.id,
        expires_at=expires_at,
    )
    work.audit("tablet.code_issued", about=patient_id, record=code_id)
    return IssuedCode(code, expires_at)


def _unlike(work: UnitOfWork, waiting: set[str]) -> str:
    """Any other: of two that are alike nobody could tell whose was meant."""
    while True:
        code = f"{secrets.randbelow(10**CODE_LENGTH):0{CODE_LENGTH}}"
        if digest_of_code(work.clinic.id, code) not in waiting:
            return code


def _check_in(work: UnitOfWork, patient: Patient) -> CheckIn:
    """A new one, or that which was begun on a tablet for the same."""
    wanted = wanted_of(work, patient)
    opened = work.records.check_ins.open_of(patient.id)
    begun = [c for c in opened if c.mode is Mode.ON_TABLET and c.corrects is None]
    for check_in in lapse_closed(work, begun):
        if check_in.forms == wanted.forms:
            return check_in
    return open_new(work, patient, wanted, Mode.ON_TABLET)
