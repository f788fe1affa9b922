"""A patient asks the clinic to call them, or for a booster or an appointment, outside any check-in;
staff say that it is done."""

from datetime import datetime

from mindspa.domain import entered
from mindspa.domain.access import Permission
from mindspa.domain.contacts import WaitingWish, Wish
from mindspa.domain.errors import InvalidInput
from mindspa.services.unit_of_work import UnitOfWork


def ask_for_call(work: UnitOfWork) -> None:
    """Asking again while one request waits changes nothing."""
    _ask(work, Wish.CALL, None)


def ask_for_treatment(work: UnitOfWork, wish: str | None, *, note: str = "") -> None:
    """A booster or an appointment, for somebody who has been treated. As above."""
    if wish not in (Wish.BOOSTER, Wish.APPOINTMENT):
        raise InvalidInput("Choose what you would like.")
    written = entered.note(note, what="The note")
    infusions = work.records.treatment.infusions_of(work.own_patient_id())
    if not any(infusion.treated for infusion in infusions):
        raise InvalidInput("You can ask for this after your first infusion. Ask for a call now.")
    _ask(work, Wish(wish), written or None)


def wishes_waiting(work: UnitOfWork, patient_id: str) -> tuple[WaitingWish, ...]:
    """What the patient asked for and has not had."""
    work.look_at(patient_id)
    return work.records.alerts.wishes_of(patient_id)


def wish_met(work: UnitOfWork, patient_id: str, wish: str, *, seen_at: datetime) -> None:
    """For what was asked until `seen_at`, when the page was drawn: a request that came in since
    goes on waiting. Pressing again changes nothing."""
    work.actor.require(Permission.REVIEW_FOLLOW_UP)
    if wish not in list(Wish):
        raise InvalidInput("Choose which request is done.")
    work.write_about(patient_id)
    if work.records.alerts.end_requests(
        patient_id, Wish(wish), asked_until=seen_at, at=work.now, by=work.actor.id
    ):
        work.audit("call.made" if wish == Wish.CALL else f"{wish}.answered", about=patient_id)


def _ask(work: UnitOfWork, wish: Wish, note: str | None) -> None:
    patient_id = work.own_patient_id()
    work.write_about(patient_id)
    if work.records.alerts.ask(work.new_id(), patient_id, wish, at=work.now, note=note):
        work.audit(f"{wish}.asked", about=patient_id)
