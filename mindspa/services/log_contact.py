"""Write down that somebody tried to reach a patient, and what came of it."""

from collections.abc import Mapping

from mindspa.domain import entered
from mindspa.domain.access import Permission
from mindspa.domain.contacts import Contact, Reached, Way
from mindspa.domain.errors import InvalidInput
from mindspa.services.unit_of_work import UnitOfWork

LONGEST_NOTE = entered.LONGEST_NOTE

WAYS: Mapping[Way, str] = {
    Way.PHONE: "By phone",
    Way.MESSAGE: "By message",
    Way.IN_PERSON: "In person",
}
OUTCOMES: Mapping[Reached, str] = {
    Reached.REACHED: "Reached",
    Reached.MESSAGE_LEFT: "Message left",
    Reached.NOT_REACHED: "Not reached",
    Reached.WRONG_NUMBER: "Wrong number",
}


def log_contact(
    work: UnitOfWork,
    patient_id: str,
    *,
    way: str | None,
    outcome: str | None,
    note: str = "",
    contact_id: str | None = None,
) -> Contact:
    """`contact_id` names the press: the same one twice is written once."""
    work.actor.require(Permission.REVIEW_FOLLOW_UP)
    work.write_about(patient_id)
    if contact_id and (known := work.records.contacts.one(contact_id)):
        return known
    if way not in list(Way):
        raise InvalidInput("Choose how the patient was contacted.")
    if outcome not in list(Reached):
        raise InvalidInput("Choose what came of the contact.")
    contact = Contact(
        contact_id or work.new_id(),
        patient_id,
        work.now,
        work.actor.id,
        work.actor.name,
        Way(way),
        Reached(outcome),
        entered.note(note) or None,
    )
    work.records.contacts.add(contact)
    work.audit("contact.logged", about=patient_id, record=contact.id)
    return contact
