"""Open one record in an emergency to somebody who sees none, and look at that later."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from mindspa.domain import entered
from mindspa.domain.access import Permission
from mindspa.domain.adjuncts import Adjunct, standing
from mindspa.domain.emergency import LASTS, SHORTEST_REASON, EmergencyAccess
from mindspa.domain.errors import InvalidInput, NotPermitted, Stale
from mindspa.domain.messages import Kind, Message
from mindspa.domain.safety_card import SafetyCard
from mindspa.domain.summary import PatientSummary
from mindspa.domain.treatment import Infusion, Patient
from mindspa.services.name_people import names_of
from mindspa.services.summarise_patient import summarise
from mindspa.services.unit_of_work import UnitOfWork
from mindspa.services.write_message import notices_to

LISTED_FOR = timedelta(days=90)
LAST_INFUSIONS = 5
TOLD_WITHIN = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class EmergencyRecord:
    """What helps in an emergency. `infusions`: the last ones given, the newest first."""

    access: EmergencyAccess
    patient: Patient
    card: SafetyCard | None
    infusions: Sequence[Infusion]
    adjuncts: Sequence[Adjunct]
    summary: PatientSummary


@dataclass(frozen=True, slots=True)
class EmergencyList:
    """`own`: records that are open to whoever asks. `listed`: of everybody, the newest first.
    `names`: of patients, by id, for those who may see them."""

    zone: str
    own: Sequence[EmergencyRecord]
    listed: Sequence[EmergencyAccess]
    names: Mapping[str, str]


def open_in_emergency(
    work: UnitOfWork, *, name: object, born_on: date | None, reason: object
) -> EmergencyAccess | None:
    """None where there is nobody of that name, or several: which is written down as well, because
    asking tells something already. Whoever answers for it is told in the same transaction."""
    work.actor.require(Permission.BREAK_THE_GLASS)
    wanted = entered.line(name, what="The name").casefold()
    why = entered.note(reason, what="The reason")
    if len(why) < SHORTEST_REASON:
        raise InvalidInput("Say in a sentence why this cannot wait for a clinician.")
    found = [
        patient
        for patient in work.records.patients.all()
        if patient.name.casefold() == wanted
        and patient.merged_into is None
        and (born_on is None or patient.born_on == born_on)
    ]
    if len(found) != 1:
        work.audit("emergency.not_found")
        return None
    (patient,) = found
    access = EmergencyAccess(
        work.new_id(),
        patient.id,
        work.actor.id,
        work.actor.name,
        why,
        work.now,
        work.now + LASTS,
    )
    work.records.emergencies.add(access)
    work.audit("emergency.opened", about=patient.id, record=access.id)
    work.records.messages.add(_messages(work, access))
    return access


def view_emergencies(work: UnitOfWork) -> EmergencyList:
    """Each look at an open record counts as a look at it."""
    work.actor.require(Permission.REVIEW_EMERGENCIES)
    listed = work.records.emergencies.since(work.now - LISTED_FOR)
    own = [a for a in listed if a.person_id == work.actor.id and work.now < a.expires_at]
    patients = {access.patient_id for access in listed}
    names = names_of(work, patients=patients)
    reads = work.actor.may(Permission.BREAK_THE_GLASS)
    return EmergencyList(
        work.clinic.zone,
        [_record(work, access) for access in own] if reads else [],
        listed,
        {one: names[one] for one in patients & names.keys()},
    )


def review_emergency(work: UnitOfWork, access_id: object, *, note: object) -> None:
    """By somebody else, once."""
    work.actor.require(Permission.REVIEW_EMERGENCIES)
    access = work.records.emergencies.get(access_id)
    if access.person_id == work.actor.id:
        raise NotPermitted("Somebody else looks at what you have opened.")
    said = entered.needed_note(note, missing="Write down what you found.", what="What you found")
    reviewed = replace(
        access,
        reviewed_at=work.now,
        reviewed_by=work.actor.id,
        reviewed_by_name=work.actor.name,
        review=said,
    )
    if not work.records.emergencies.save_review(reviewed):
        raise Stale("Somebody has reviewed this meanwhile.")
    work.audit("emergency.reviewed", about=access.patient_id, record=access.id)


def _record(work: UnitOfWork, access: EmergencyAccess) -> EmergencyRecord:
    work.viewed[access.patient_id] = None
    records, patient_id = work.records, access.patient_id
    treated = [i for i in records.treatment.infusions_of(patient_id) if i.treated]
    treated.sort(key=lambda infusion: infusion.starts_at, reverse=True)
    return EmergencyRecord(
        access,
        records.patients.get(patient_id),
        records.safety_cards.last(patient_id),
        treated[:LAST_INFUSIONS],
        standing(records.adjuncts.of(patient_id)),
        summarise(work, patient_id),
    )


def _messages(work: UnitOfWork, access: EmergencyAccess) -> Iterable[Message]:
    """To everybody else who answers for the audit trail; where nobody does, to the clinicians."""
    colleagues = work.records.colleagues
    people = colleagues.who_may(Permission.READ_AUDIT_TRAIL)
    others = [one for one in people if one.id != work.actor.id]
    for person in others or colleagues.who_may(Permission.ASSESS_RISK):
        yield from notices_to(
            work, person, Kind.EMERGENCY, access.id, 1, expires_at=work.now + TOLD_WITHIN
        )
