"""Staff answer a check-in for a patient: by phone, in the clinic, or from paper.

The same rules hold as for a patient's own: each answer is kept, and raises its alert, as it is
entered.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from mindspa.domain import due, entered
from mindspa.domain.access import Permission
from mindspa.domain.check_ins import CheckIn, Mode
from mindspa.domain.errors import InvalidInput
from mindspa.domain.instruments import Instrument
from mindspa.domain.schedule import PULSE
from mindspa.domain.treatment import Patient
from mindspa.services.open_check_in import lapse, lapse_closed, open_new, wanted_of
from mindspa.services.show_check_in import Closed, Receipt, Sheet, show_check_in
from mindspa.services.unit_of_work import UnitOfWork

SAME_CALL = timedelta(minutes=15)  # within which a screen that was begun is gone on with
MODES: Mapping[Mode, str] = {
    Mode.BY_PHONE: "By phone",
    Mode.IN_PERSON: "In the clinic",
    Mode.ON_PAPER: "From paper",
}


@dataclass(frozen=True, slots=True)
class EntryStart:
    """What can be entered for a patient. `forms` are all that a patient is ever asked, and what
    staff ask by a script; `due` those asked now; `unfinished` were opened by staff and can be gone
    on with."""

    patient: Patient
    forms: Mapping[str, Instrument]
    due: tuple[str, ...]
    unfinished: Sequence[CheckIn]
    now: datetime
    zone: str


def start_of_entry(work: UnitOfWork, patient_id: str) -> EntryStart:
    work.actor.require(Permission.ENTER_ANSWERS)
    patient = work.look_at(patient_id)
    return EntryStart(
        patient,
        {form: work.definitions.instruments[form] for form in _all_forms(work)},
        wanted_of(work, patient).forms,
        [
            check_in
            for check_in in _open_by_staff(work, patient_id)
            if work.now < check_in.closes_at and not _is_of_another_call(work, check_in)
        ],
        work.now,
        work.clinic.zone,
    )


@dataclass(frozen=True, slots=True)
class Entry:
    """A check-in that staff opened for a patient."""

    patient: Patient
    shown: Sheet | Closed | Receipt
    zone: str


def show_entry(work: UnitOfWork, check_in_id: str) -> Entry:
    work.actor.require(Permission.ENTER_ANSWERS)
    shown = show_check_in(work, check_in_id)
    return Entry(work.look_at(shown.check_in.patient_id), shown, work.clinic.zone)


def open_for_patient(
    work: UnitOfWork,
    patient_id: str,
    *,
    mode: str | None,
    forms: Iterable[str],
    answered_at: datetime | None = None,
) -> CheckIn:
    """A new check-in, or the unfinished one of the same kind. `answered_at` is when the patient
    wrote it, of one from paper; any other is answered as it is sent."""
    work.actor.require(Permission.ENTER_ANSWERS)
    patient = work.write_about(patient_id)
    if mode is None or mode not in list(MODES):
        raise InvalidInput("Choose how the patient answers.")
    if (mode == Mode.ON_PAPER) != (answered_at is not None):
        raise InvalidInput("Say when the patient filled in the paper, and only of a paper.")
    if answered_at is not None:
        answered_at = _plausible(work, patient, answered_at)
    wanted = list(forms)
    # In the order in which a patient is asked.
    chosen = tuple(form for form in _all_forms(work) if form in wanted)
    if not chosen or any(form not in chosen for form in wanted):
        raise InvalidInput("Choose at least one of the forms in the list.")
    scripted = [screen.id for screen in work.definitions.screens if screen.id in chosen]
    if scripted and answered_at is not None:
        name = work.definitions.instruments[scripted[0]].short_name["en"]
        raise InvalidInput(f"The {name} is asked by you, and never filled in by the patient.")
    for unfinished in lapse_closed(work, _open_by_staff(work, patient_id)):
        if (unfinished.forms, unfinished.mode) == (chosen, mode):
            if _is_of_another_call(work, unfinished):
                lapse(work, unfinished)  # its answers keep their alerts
                continue
            if unfinished.answered_at == answered_at:
                return unfinished
            raise InvalidInput("Another paper of this patient is not finished. Save it first.")
    if answered_at is not None:
        _refuse_second_entry(work, patient_id, chosen, answered_at)
    at, protocol = answered_at or work.now, work.definitions.protocol
    now_or_then = due.unscheduled(work.records.treatment.infusions_of(patient_id), protocol, now=at)
    entered_then = replace(
        now_or_then,
        forms=chosen,
        variant=now_or_then.variant if PULSE in chosen else None,
        # A paper does not change while it is typed, and what is asked about now is not cut short.
        closes_at=(
            work.now + protocol.unscheduled_open
            if answered_at or scripted == list(chosen)
            else now_or_then.closes_at
        ),
    )
    return open_new(work, patient, entered_then, Mode(mode), answered_at=answered_at)


def _is_of_another_call(work: UnitOfWork, check_in: CheckIn) -> bool:
    """What was answered to a screen some time ago is not said now: it is asked anew."""
    asks_now = any(screen.id in check_in.forms for screen in work.definitions.screens)
    return asks_now and work.now - check_in.opened_at > SAME_CALL


def _plausible(work: UnitOfWork, patient: Patient, answered_at: datetime) -> datetime:
    at = entered.instant(answered_at, what="The paper")
    if at > work.now:
        raise InvalidInput("The paper is from the future. Check the date and the time.")
    if patient.born_on is not None and at.date() < patient.born_on:
        raise InvalidInput("The paper is from before the patient's birth. Check the date.")
    return at


def _refuse_second_entry(
    work: UnitOfWork, patient_id: str, forms: Iterable[str], answered_at: datetime
) -> None:
    for form in forms:
        if work.records.check_ins.answered_at(patient_id, form, answered_at):
            name = work.definitions.instruments[form].short_name["en"]
            raise InvalidInput(f"A {name} of that time is stored already. Check the time.")


def _open_by_staff(work: UnitOfWork, patient_id: str) -> list[CheckIn]:
    """But for corrections, and for one on a tablet, which is the patient's to go on with."""
    opened = work.records.check_ins.open_of(patient_id)
    return [c for c in opened if c.by_staff and c.corrects is None and c.mode is not Mode.ON_TABLET]


def _all_forms(work: UnitOfWork) -> tuple[str, ...]:
    """The pulse first: it is short, and it holds the question about safety."""
    asked = (form for rule in work.definitions.protocol.rules for form in rule.forms)
    screens = (screen.id for screen in work.definitions.screens)
    return tuple(dict.fromkeys((PULSE, *asked, *screens)))
