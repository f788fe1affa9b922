"""Record what a clinician rated elsewhere: a total such as the MADRS, or a risk level."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from mindspa.domain import entered, safety
from mindspa.domain.access import Permission
from mindspa.domain.check_ins import Mode, StoredForm
from mindspa.domain.errors import InvalidInput
from mindspa.domain.instruments import Instrument, Kind, check_answers, check_total
from mindspa.domain.scoring import SCORER_VERSION
from mindspa.services.raise_alerts import raise_alerts
from mindspa.services.unit_of_work import UnitOfWork


def ratings(work: UnitOfWork) -> tuple[Instrument, ...]:
    """What can be entered: none of it prints an item that is not ours."""
    return tuple(
        instrument
        for instrument in work.definitions.instruments.values()
        if instrument.enabled
        and instrument.staff_only
        and instrument.script is None  # asked, and entered answer by answer
        and instrument.kind in (Kind.ENTERED_TOTAL, Kind.SCREEN)
    )


def record_rating(
    work: UnitOfWork,
    patient_id: str,
    instrument_id: str,
    *,
    rated_at: datetime,
    total: int | None = None,
    answers: Mapping[str, int] | None = None,
) -> StoredForm:
    """Entering the same rating twice stores one. `answers` are the few that are known apart from
    the total, such as a risk level."""
    work.actor.require(Permission.RECORD_TREATMENT)
    patient = work.write_about(patient_id)
    given = dict(answers or {})
    rated_at = entered.instant(rated_at, what="The rating")
    instrument = next((i for i in ratings(work) if i.id == instrument_id), None)
    if instrument is None:
        raise InvalidInput("This cannot be entered as a rating. Choose one of the list.")
    _check(work, instrument, rated_at, total, given)
    rated_on = rated_at.astimezone(ZoneInfo(work.clinic.zone)).date()
    if patient.born_on is not None and rated_on < patient.born_on:
        raise InvalidInput("The date of the rating is before the patient's birth.")
    for form in work.records.check_ins.answered_at(patient_id, instrument.id, rated_at):
        if form.total == total and form.answers == given:
            return form
        raise InvalidInput(
            f"There is another {instrument.short_name['en']} at this time. Check the time."
        )
    before = work.records.check_ins.last_complete(patient_id, instrument.id, before=rated_at)
    form = StoredForm(
        work.new_id(),
        patient_id,
        instrument.id,
        instrument.version,
        instrument.languages[0],
        given,
        total,
        SCORER_VERSION,
        Mode.IN_PERSON,
        answered_at=rated_at,
        saved_at=work.now,
        entered_by=work.actor.id,
    )
    work.records.check_ins.add_form(form)
    work.audit("rating.recorded", about=patient_id, record=form.id)
    found = safety.findings(
        work.definitions.safety,
        instrument.id,
        given,
        previous=before,
        total=total,
    )
    raise_alerts(work, patient_id, found, answered_at=rated_at, form_id=form.id)
    return form


def _check(
    work: UnitOfWork,
    instrument: Instrument,
    rated_at: datetime,
    total: int | None,
    answers: Mapping[str, int],
) -> None:
    if rated_at > work.now:
        raise InvalidInput("The rating is in the future. Enter it once it has been done.")
    if instrument.has_total:
        if total is None:
            raise InvalidInput("Enter the total of the rating.")
        check_total(instrument, total)
    elif total is not None or not answers:
        raise InvalidInput("Choose the result of the rating.")
    check_answers(instrument, answers)
