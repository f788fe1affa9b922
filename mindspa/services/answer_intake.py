"""A patient fills in the new-patient forms: each entry kept as it is made, then handed in."""

from dataclasses import dataclass, replace
from datetime import datetime

from mindspa.domain import intake as rules
from mindspa.domain.errors import InvalidInput
from mindspa.domain.intake import Entry, HandIn, Intake, IntakeRules, Value
from mindspa.services.plan_course import write_occasions
from mindspa.services.raise_alerts import raise_alerts
from mindspa.services.show_help import Help, show_help
from mindspa.services.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class IntakeSheet:
    intake: Intake
    rules: IntakeRules
    help: Help
    now: datetime
    zone: str


def show_intake(work: UnitOfWork) -> IntakeSheet:
    patient = work.records.patients.get(work.own_patient_id())
    return IntakeSheet(
        work.records.intakes.of(patient.id),
        work.definitions.intake,
        show_help(work),
        work.now,
        work.zone_of(patient),
    )


def save_entry(work: UnitOfWork, field_id: str, value: object, *, replaces: int) -> Entry:
    """The entry that stands. `replaces` is the revision that the person had before them, 0 for
    none: where another was made elsewhere meanwhile, that one stands. What is about safety raises
    its alert as it is ticked, whichever stands, and although the forms are handed in already."""
    patient_id = work.own_patient_id()
    work.records.patients.lock(patient_id)
    field = rules.all_fields(work.definitions.intake).get(field_id)
    if field is None:
        raise InvalidInput("The forms do not ask that.")
    kept = rules.checked(field, value)
    alarming = field.safety and kept is True
    if alarming:
        work.write_about(patient_id)
        finding = work.definitions.safety.intake.finding()
        raise_alerts(
            work,
            patient_id,
            [finding],
            answered_at=work.now,
            form_id=patient_id,  # there is one set of these forms a patient
            chosen_now=True,
        )
    found = work.records.intakes.of(patient_id)
    before = found.standing.get(field_id)
    if before and before.value == kept and type(before.value) is type(kept):
        return before
    latest = before.revision if before else 0
    if not found.open:
        if alarming:  # an error would take the alert back
            return before or Entry(patient_id, field_id, 0, False, work.now, work.actor.id)
        raise InvalidInput("Your forms are with the clinic. Tell them what has changed.")
    if before and latest != replaces:
        return before
    entry = Entry(patient_id, field_id, latest + 1, kept, work.now, work.actor.id)
    work.records.intakes.add_entry(found, entry)
    work.audit("intake.entered", about=patient_id, record=patient_id)
    return entry


def hand_in(work: UnitOfWork) -> None:
    """Once, however often it is pressed, and only what is complete. What is asked of the patient
    follows from why they come."""
    patient_id = work.own_patient_id()
    patient = work.write_about(patient_id)
    found, content = work.records.intakes.of(patient_id), work.definitions.intake
    if not found.open:
        return
    if missing := rules.missing(content, found.values):
        raise InvalidInput(f"Not answered yet: {'; '.join(missing)}.")
    handed = HandIn(work.new_id(), patient_id, work.now, work.actor.id)
    work.records.intakes.add_hand_in(found, handed)
    told = patient.indications | rules.indications(content, found.values)
    if told != patient.indications:
        work.records.patients.save_details(replace(patient, indications=told))
        write_occasions(work, patient_id)
    work.audit("intake.handed_in", about=patient_id, record=patient_id)


def values_of(found: Intake, field_id: str) -> tuple[Value | None, int]:
    """What stands in a field, and its revision; None and 0 where nothing does."""
    entry = found.standing.get(field_id)
    return (entry.value, entry.revision) if entry else (None, 0)
