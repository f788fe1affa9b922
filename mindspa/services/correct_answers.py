"""Correct answers that were sent: a patient until their window closes, staff with a reason at any
time. What is opened here is answered and sent like any check-in."""

from dataclasses import replace

from mindspa.domain import entered
from mindspa.domain.access import Permission
from mindspa.domain.check_ins import CheckIn, CheckInState, StoredForm
from mindspa.domain.errors import InvalidInput, Stale
from mindspa.services.open_check_in import answerable, lapse_closed
from mindspa.services.unit_of_work import UnitOfWork

_TOO_LATE = (
    "The time for changing these answers is over. They stand as you sent them. Tell us how you are "
    "now, or ask the clinic, which can still correct them."
)


def open_own_correction(work: UnitOfWork, check_in_id: str) -> CheckIn:
    """Of a patient's own check-in. The one they have begun is gone on with."""
    own = work.own_patient_id()
    sent = answerable(work, check_in_id)
    if sent.corrects is not None:
        sent = answerable(work, sent.corrects)
    work.write_about(sent.patient_id)
    if sent.by_staff or sent.patient_id != own or sent.state is not CheckInState.SENT:
        raise InvalidInput("Only what you have sent yourself can be changed.")
    if sent.closes_at <= work.now:
        raise InvalidInput(_TOO_LATE)
    before = work.records.check_ins.newest_of(sent.id)
    if not before:
        raise InvalidInput("The clinic has taken these answers out of your record. Ask the clinic.")
    # One that was left unanswered can be answered now; one that was moved away cannot.
    moved = {form.instrument for form in work.records.check_ins.forms_from_check_in(sent.id)}
    moved -= {form.instrument for form in before}
    return _open(
        work,
        replace(
            sent,
            id=work.new_id(),
            forms=tuple(form for form in sent.forms if form not in moved),
            state=CheckInState.OPEN,
            opened_at=work.now,
            sent_at=None,
            opened_by=work.actor.id,
            note=next((form.note for form in before if form.note), None),
            corrects=sent.id,
        ),
    )


def open_correction(work: UnitOfWork, form_id: str, *, reason: str) -> CheckIn:
    """By staff, of one form. The one that the same person has begun is gone on with."""
    work.actor.require(Permission.CORRECT_RECORDS)
    work.write_about(work.records.check_ins.form(form_id).patient_id)
    form = standing(work, form_id)
    given = entered.line(reason, what="The reason")
    if not form.answers:
        raise InvalidInput("Only the total of this form is known, so there is no answer to change.")
    return _open(
        work,
        CheckIn(
            id=work.new_id(),
            patient_id=form.patient_id,
            forms=(form.instrument,),
            variant=form.variant,
            state=CheckInState.OPEN,
            opened_at=work.now,
            closes_at=work.now + work.definitions.protocol.unscheduled_open,
            sent_at=None,
            language=form.language,
            mode=form.mode,
            opened_by=work.actor.id,
            note=form.note,
            answered_at=form.answered_at,
            corrects=form.origin,
            reason=given,
        ),
    )


def standing(work: UnitOfWork, form_id: str) -> StoredForm:
    """The form, if it is still the newest version. The caller has locked the patient."""
    form = work.records.check_ins.form(form_id)
    if form_id not in {newest.id for newest in work.records.check_ins.newest_of(form.origin)}:
        raise Stale("This form was corrected or moved meanwhile. Look at it again and repeat.")
    return form


def _open(work: UnitOfWork, correction: CheckIn) -> CheckIn:
    begun = [
        check_in
        for check_in in work.records.check_ins.open_of(correction.patient_id)
        if (check_in.corrects, check_in.forms, check_in.opened_by)
        == (correction.corrects, correction.forms, correction.opened_by)
    ]
    for check_in in lapse_closed(work, begun):
        # Of staff the last reason given stands.
        going_on = replace(check_in, reason=correction.reason)
        work.records.check_ins.save(going_on)
        return going_on
    work.records.check_ins.add(correction)
    work.audit("correction.opened", about=correction.patient_id, record=correction.id)
    return correction
