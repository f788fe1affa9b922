"""What a patient is asked today, and opening a check-in for it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from mindspa.domain import due
from mindspa.domain.access import Permission
from mindspa.domain.check_ins import CheckIn, CheckInState, Mode, StoredForm
from mindspa.domain.contacts import WaitingWish
from mindspa.domain.due import DueCheckIn, NextCheckIn
from mindspa.domain.errors import NotFound
from mindspa.domain.intake import Status
from mindspa.domain.schedule import Occasion
from mindspa.domain.treatment import Patient, PatientStatus
from mindspa.services.unit_of_work import UnitOfWork

# What closed more of the longest windows ago than this changes nothing of what is asked now: a
# late answer stands at most one window from its occasion, and only its neighbours contend for it.
LOOKS_BACK = 4


@dataclass(frozen=True, slots=True)
class Today:
    """`started` can be gone on with. `next` is None while something is due, and when nothing more
    is planned. `wishes`: what was asked for and has not happened. `intake`: how the new-patient
    forms stand, until the first infusion. `treated`: at least one infusion was given."""

    now: datetime
    zone: str
    started: CheckIn | None
    due: DueCheckIn | None
    next: NextCheckIn | None
    last_sent: CheckIn | None
    wishes: tuple[WaitingWish, ...]
    treated: bool
    intake: Status | None


def today(work: UnitOfWork) -> Today:
    patient = work.records.patients.get(work.own_patient_id())
    check_ins = work.records.check_ins
    occasions = asked_of(work, patient)
    forms = recent_forms(work, patient.id)
    infusions = work.records.treatment.infusions_of(patient.id)
    protocol = work.definitions.protocol
    is_due = due.due_now(occasions, forms, infusions, protocol, now=work.now)
    treated = any(infusion.treated for infusion in infusions)
    started = [c for c in own_open(work, patient.id) if work.now < c.closes_at]
    return Today(
        now=work.now,
        zone=work.zone_of(patient),
        started=min(started, key=lambda check_in: check_in.closes_at, default=None),
        due=is_due,
        next=None if is_due else due.next_due(occasions, forms, protocol, now=work.now),
        last_sent=check_ins.last_sent_of(patient.id),
        wishes=work.records.alerts.wishes_of(patient.id),
        treated=treated,
        intake=None if treated else patient.intake,
    )


def open_check_in(work: UnitOfWork, *, unscheduled: bool) -> CheckIn:
    """The open check-in that asks any of the wanted forms, or a new one: however often and in
    however many tabs this is pressed, the same question is asked once.

    `unscheduled`: "tell us how you are now", possible at any time. Otherwise what is due, or the
    same where nothing is due any more.
    """
    patient_id = work.own_patient_id()
    patient = work.write_about(patient_id)
    still_open = lapse_closed(work, own_open(work, patient_id))
    wanted = wanted_of(work, patient, unscheduled=unscheduled)
    for check_in in still_open:
        if set(check_in.forms) & set(wanted.forms):
            return check_in
    return open_new(work, patient, wanted, Mode.REMOTE)


def open_new(
    work: UnitOfWork,
    patient: Patient,
    wanted: DueCheckIn,
    mode: Mode,
    *,
    answered_at: datetime | None = None,
) -> CheckIn:
    """The caller has locked the patient and looked for one to go on with. `answered_at`: see
    `CheckIn`."""
    check_in = CheckIn(
        id=work.new_id(),
        patient_id=patient.id,
        forms=wanted.forms,
        variant=wanted.variant,
        state=CheckInState.OPEN,
        opened_at=work.now,
        closes_at=wanted.closes_at,
        sent_at=None,
        language=work.definitions.protocol.language_for(patient.language),
        mode=mode,
        opened_by=work.actor.id,
        answered_at=answered_at,
    )
    work.records.check_ins.add(check_in)
    work.audit("check_in.opened", about=patient.id, record=check_in.id)
    return check_in


def asked_of(work: UnitOfWork, patient: Patient) -> Sequence[Occasion]:
    """The occasions that this patient is asked for: none while paused, and none once transferred
    or deceased. Telling us how they are stays possible."""
    if patient.status is not PatientStatus.ACTIVE:
        return ()
    since = work.now - LOOKS_BACK * work.definitions.protocol.longest_window
    return work.records.treatment.occasions_of(patient.id, closing_since=since)


def recent_forms(work: UnitOfWork, patient_id: str) -> Sequence[StoredForm]:
    """Those that say which of these occasions are answered, however long the record is."""
    since = work.now - (LOOKS_BACK + 1) * work.definitions.protocol.longest_window
    return work.records.check_ins.forms_since(patient_id, since)


def own_open(work: UnitOfWork, patient_id: str) -> list[CheckIn]:
    """Those that the patient opened; staff go on with theirs. A correction is gone on with from
    what it corrects."""
    opened = work.records.check_ins.open_of(patient_id)
    return [c for c in opened if not c.by_staff and c.corrects is None]


def answerable(work: UnitOfWork, check_in_id: str) -> CheckIn:
    """That the actor may answer: a patient their own, staff one that staff opened for a patient.
    Before a tablet of the clinic it is the one that the code was for. Any other is not found,
    whatever other role somebody holds."""
    if work.actor.check_in_id is not None:
        if check_in_id != work.actor.check_in_id:
            raise NotFound("There is no such check-in.")
        return work.records.check_ins.get(check_in_id)
    if not work.actor.may(Permission.ENTER_ANSWERS):
        work.own_patient_id()
    check_in = work.records.check_ins.get(check_in_id)
    entered = (
        check_in.by_staff
        and (check_in.mode is not Mode.ON_TABLET or check_in.corrects is not None)
        and work.actor.may(Permission.ENTER_ANSWERS)
    )
    is_own = work.actor.may(Permission.CHECK_IN) and check_in.patient_id == work.actor.patient_id
    if not (entered or (is_own and not check_in.by_staff)):
        raise NotFound("There is no such check-in. Today shows what you can answer.")
    return check_in


def lapse(work: UnitOfWork, check_in: CheckIn) -> None:
    """Its window has closed: what was chosen in it is kept, and belongs to no form."""
    work.records.check_ins.save(replace(check_in, state=CheckInState.LAPSED))
    work.audit("check_in.lapsed", about=check_in.patient_id, record=check_in.id)


def lapse_closed(work: UnitOfWork, check_ins: Sequence[CheckIn]) -> list[CheckIn]:
    """Those that can still be sent."""
    for check_in in check_ins:
        if check_in.closes_at <= work.now:
            lapse(work, check_in)
    return [check_in for check_in in check_ins if work.now < check_in.closes_at]


def wanted_of(work: UnitOfWork, patient: Patient, *, unscheduled: bool = False) -> DueCheckIn:
    """What is asked of the patient now, or else, and where that is their idea, how they are."""
    infusions = work.records.treatment.infusions_of(patient.id)
    protocol = work.definitions.protocol
    found = None
    if not unscheduled:
        occasions = asked_of(work, patient)
        forms = recent_forms(work, patient.id)
        found = due.due_now(occasions, forms, infusions, protocol, now=work.now)
    return found or due.unscheduled(infusions, protocol, now=work.now)
