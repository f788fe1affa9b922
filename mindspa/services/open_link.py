"""Come in by a link from a reminder: into that one check-in, and nothing else."""

from mindspa.domain.access import Actor, Role
from mindspa.domain.links import CheckInLink, LinkState
from mindspa.domain.messages import Kind
from mindspa.domain.reminders import about
from mindspa.services.open_check_in import open_check_in
from mindspa.services.remind import open_to_remind_of, reminder_of
from mindspa.services.unit_of_work import UnitOfWork
from mindspa.storage.links import new_token


def actor_of(link: CheckInLink) -> Actor:
    """Whose link it is: for opening the check-in or saying no to reminders, and no longer."""
    roles = frozenset({Role.PATIENT})
    return Actor(link.person_id, link.clinic_id, link.person_name, roles, link.patient_id)


def state_of(work: UnitOfWork, link: CheckInLink) -> LinkState:
    if work.now >= link.expires_at:
        return LinkState.OVER
    if not _is_waited_for(work, link):
        return LinkState.ANSWERED
    return LinkState.USED if link.spent_at is not None else LinkState.GOOD


def spend_link(work: UnitOfWork, link: CheckInLink) -> str | None:
    """The token for the browser that spent it; None where another was quicker, or nobody waits for
    the answer any more. The check-in is gone on with where the patient had begun it."""
    work.write_about(link.patient_id)
    if not work.records.links.is_unspent(link.id, now=work.now) or not _is_waited_for(work, link):
        return None
    check_in, token = open_check_in(work, unscheduled=False), new_token()
    work.records.links.spend(link.id, check_in_id=check_in.id, visit_token=token, at=work.now)
    work.audit("link.spent", about=link.patient_id, record=check_in.id)
    return token


def send_fresh_link(work: UnitOfWork, link: CheckInLink) -> bool:
    """To the address on file; at most once an hour, whoever asks with whatever old link."""
    work.write_about(link.patient_id)
    found = open_to_remind_of(work, link.patient_id)
    wanted = [one for one in found if about(one.occasion) == link.about]
    if not wanted:
        return False
    hour = int(work.now.timestamp() // 3600)
    work.records.messages.add([reminder_of(work, wanted[0], hour, kind=Kind.BY_HAND)])
    work.audit("link.asked_again", about=link.patient_id)
    return True


def _is_waited_for(work: UnitOfWork, link: CheckInLink) -> bool:
    """Also by a patient who has said no to reminders since."""
    treatment = work.records.treatment
    lacking = treatment.lacking(link.patient_id, closing_since=work.now)
    return any(
        about(occasion) == link.about
        and occasion.asked
        and occasion.opens_at <= work.now < occasion.closes_at
        and lacking[occasion.key]
        for occasion in treatment.occasions_of(link.patient_id, closing_since=work.now)
    )
