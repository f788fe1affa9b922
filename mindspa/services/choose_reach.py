"""People say where messages reach them: staff for notices of alerts, patients for reminders."""

from datetime import timedelta

from mindspa.domain import entered
from mindspa.domain.access import Actor, Permission
from mindspa.domain.errors import NotPermitted
from mindspa.domain.messages import Channel, Kind
from mindspa.domain.reach import Reach
from mindspa.services.unit_of_work import UnitOfWork
from mindspa.services.write_message import write_once

TOLD_APART, TOLD_WITHIN = timedelta(minutes=1), timedelta(hours=1)


def gets_messages(actor: Actor) -> bool:
    """The team of alerts, whoever answers for the audit trail of emergencies, and patients of their
    check-ins."""
    told = (Permission.HANDLE_ALERTS, Permission.READ_AUDIT_TRAIL, Permission.CHECK_IN)
    return any(actor.may(permission) for permission in told)


def own_reach(work: UnitOfWork) -> Reach:
    _refuse_others(work)
    return work.records.colleagues.reach_of(work.actor.id)


def choose_email(work: UnitOfWork, given: str) -> str | None:
    """None where the field is empty: no e-mail is sent then."""
    _refuse_others(work)
    email = entered.email(given) if given.strip() else None
    if email != work.records.colleagues.reach_of(work.actor.id).email:
        work.records.colleagues.save_email(work.actor.id, email, at=work.now)
        work.audit("email.chosen", record=work.actor.id)
    return email


def choose_mobile(work: UnitOfWork, given: str) -> str | None:
    """With its country code, as it is stored; None where the field is empty: no text is sent."""
    _refuse_others(work)
    mobile = None
    if given.strip():
        # Its tables take memory that only this needs.
        from mindspa.exchange.mobile_number import mobile_number

        mobile = mobile_number(given, country=work.clinic.country)
    if mobile != work.records.colleagues.reach_of(work.actor.id).mobile:
        work.records.colleagues.save_reach(work.actor.id, mobile=mobile)
        work.audit("mobile.chosen", record=work.actor.id)
        if mobile is not None and Channel.TEXT in work.carried:
            # So that a slip is noticed: nothing comes, or somebody else knows.
            write_once(
                work,
                work.actor.id,
                Kind.NUMBER,
                channel=Channel.TEXT,
                every=TOLD_APART,
                good_for=TOLD_WITHIN,
            )
    return mobile


def choose_reminders(work: UnitOfWork, *, wanted: bool) -> None:
    """Of check-ins, for a patient. A no is honoured at once, also for what waits to be sent."""
    work.actor.require(Permission.CHECK_IN)
    if wanted != work.records.colleagues.reach_of(work.actor.id).reminders:
        work.records.colleagues.save_reach(work.actor.id, reminders=wanted)
        work.audit("reminders.wanted" if wanted else "reminders.refused", record=work.actor.id)


def _refuse_others(work: UnitOfWork) -> None:
    if not gets_messages(work.actor):
        raise NotPermitted("Your account does not have access to this.")
