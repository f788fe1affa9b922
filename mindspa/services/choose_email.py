"""Staff say where notices of alerts reach them."""

from mindspa.domain import entered
from mindspa.domain.access import Permission
from mindspa.services.unit_of_work import UnitOfWork


def own_email(work: UnitOfWork) -> str | None:
    work.actor.require(Permission.HANDLE_ALERTS)
    return work.records.colleagues.email_of(work.actor.id)


def choose_email(work: UnitOfWork, given: str) -> str | None:
    """None where the field is empty: no notices then."""
    work.actor.require(Permission.HANDLE_ALERTS)
    email = entered.email(given) if given.strip() else None
    if email != work.records.colleagues.email_of(work.actor.id):
        work.records.colleagues.save_email(work.actor.id, email)
        work.audit("email.chosen", record=work.actor.id)
    return email
