"""People say where messages reach them: staff for notices of alerts, patients for reminders."""

from dataclasses import dataclass, field

from mindspa.domain import entered
from mindspa.domain.access import Actor, Permission
from mindspa.domain.errors import NotPermitted
from mindspa.services.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Reach:
    """`email` None: nothing is sent. `reminders`: they have not said no to them."""

    email: str | None = field(repr=False)
    reminders: bool


def gets_messages(actor: Actor) -> bool:
    """The team and patients."""
    return actor.may(Permission.HANDLE_ALERTS) or actor.may(Permission.CHECK_IN)


def own_reach(work: UnitOfWork) -> Reach:
    _refuse_others(work)
    email, reminders = work.records.colleagues.reach_of(work.actor.id)
    return Reach(email, reminders)


def choose_email(work: UnitOfWork, given: str) -> str | None:
    """None where the field is empty: nothing is sent then."""
    _refuse_others(work)
    email = entered.email(given) if given.strip() else None
    if email != work.records.colleagues.reach_of(work.actor.id)[0]:
        work.records.colleagues.save_email(work.actor.id, email, at=work.now)
        work.audit("email.chosen", record=work.actor.id)
    return email


def choose_reminders(work: UnitOfWork, *, wanted: bool) -> None:
    """Of check-ins, for a patient. A no is honoured at once, also for what waits to be sent."""
    work.actor.require(Permission.CHECK_IN)
    if wanted != work.records.colleagues.reach_of(work.actor.id)[1]:
        work.records.colleagues.save_reach(work.actor.id, reminders=wanted)
        work.audit("reminders.wanted" if wanted else "reminders.refused", record=work.actor.id)


def _refuse_others(work: UnitOfWork) -> None:
    if not gets_messages(work.actor):
        raise NotPermitted("Your account does not have access to this.")
