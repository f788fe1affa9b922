"""Staff write down what acting on an alert needs to know of a patient."""

from dataclasses import asdict, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from mindspa.domain import entered
from mindspa.domain.access import Permission
from mindspa.domain.errors import InvalidInput, Stale
from mindspa.domain.safety_card import LINES, NOTES, CardEntry, SafetyCard
from mindspa.services.unit_of_work import UnitOfWork


def card_of(work: UnitOfWork, patient_id: str) -> SafetyCard | None:
    """The one that stands; None where nothing was written yet."""
    work.look_at(patient_id)
    return work.records.safety_cards.last(patient_id)


def write_card(
    work: UnitOfWork, patient_id: str, entry: CardEntry, *, replaces: str | None
) -> SafetyCard:
    """`replaces`: the id of the card that the person had before them, None for none. The same again
    changes nothing."""
    work.actor.require(Permission.HANDLE_ALERTS)
    work.write_about(patient_id)
    checked, last = _checked(work, entry), work.records.safety_cards.last(patient_id)
    if last is not None and last.entry == checked:
        return last
    if (last.id if last else None) != replaces:
        raise Stale("Somebody changed this meanwhile. Look at what stands now and repeat.")
    card = SafetyCard(
        work.new_id(),
        patient_id,
        work.actor.id,
        work.actor.name,
        work.now,
        **asdict(checked),
    )
    work.records.safety_cards.add(card)
    work.audit("safety_card.written", about=patient_id, record=card.id)
    return card


def _checked(work: UnitOfWork, entry: CardEntry) -> CardEntry:
    texts: dict[str, Any] = {
        name: entered.line(given, what=what) if (given := getattr(entry, name)) else ""
        for name, what in LINES.items()
    }
    if texts["contact_phone"]:
        texts["contact_phone"] = entered.phone(texts["contact_phone"], what="That phone number")
    texts |= {name: entered.note(getattr(entry, name), what=what) for name, what in NOTES.items()}
    if bool(texts["safety_plan"]) != (entry.planned_on is not None):
        raise InvalidInput("The safety plan and the day on which it was made go together.")
    if entry.planned_on is not None:
        _refuse_impossible(work, entry.planned_on)
    return replace(entry, text_allowed=entry.text_allowed is True, **texts)


def _refuse_impossible(work: UnitOfWork, day: object) -> None:
    today = work.now.astimezone(ZoneInfo(work.clinic.zone)).date()
    if not isinstance(day, date) or isinstance(day, datetime):
        raise InvalidInput("Give the day on which the safety plan was made.")
    if not entered.EARLIEST.date() <= day <= today:
        raise InvalidInput("The safety plan was made on a day that is past, or today.")
