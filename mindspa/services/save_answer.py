"""Keep each answer as it is chosen, and raise what it raises at once."""

from dataclasses import replace

from mindspa.domain import entered, safety
from mindspa.domain.check_ins import CheckIn, CheckInState, GivenAnswer
from mindspa.domain.errors import InvalidAnswers, InvalidInput
from mindspa.domain.instruments import check_answers
from mindspa.services.form_before import form_before
from mindspa.services.open_check_in import answerable
from mindspa.services.raise_alerts import raise_alerts
from mindspa.services.read_corrected import compared_at
from mindspa.services.unit_of_work import UnitOfWork

LONGEST_NOTE = entered.LONGEST_NOTE


def save_answer(
    work: UnitOfWork,
    check_in_id: str,
    *,
    instrument_id: str,
    item_id: str,
    value: int,
    replaces: int,
) -> GivenAnswer:
    """The answer that stands. `replaces` is the revision that the person had before them, 0 for
    none: where another was given elsewhere meanwhile, that one stands unless this one is graver,
    and this one raises its alert all the same.

    Never refused for being late. An answer that comes after the check-in was closed, or sent in
    another window, belongs to no form; yet it was chosen, and it may be the one about safety.
    """
    check_in = answerable(work, check_in_id)
    patient_id = check_in.patient_id
    # Locked, not `write_about`: an answer by itself stands in no summary, and making that anew
    # would cost three times as much as saving the answer.
    work.records.patients.lock(patient_id)
    _asked(work, check_in, instrument_id, item_id, value)
    given = [
        answer
        for answer in work.records.check_ins.answers_of(check_in.id)
        if (answer.instrument, answer.item) == (instrument_id, item_id)
    ]
    latest = given[-1].revision if given else 0
    if given and given[-1].value == value:
        return given[-1]
    answer = GivenAnswer(
        check_in.id, instrument_id, item_id, latest + 1, value, work.now, work.actor.id
    )
    if given and latest != replaces and not _is_graver(work, answer, given[-1]):
        work.audit("answer.not_kept", about=patient_id, record=check_in.id)
        _raise_alerts(work, answer, check_in)
        return given[-1]
    work.records.check_ins.add_answer(patient_id, answer)
    changed = "answer.changed" if latest else "answer.given"
    work.audit(changed, about=patient_id, record=check_in.id)
    _raise_alerts(work, answer, check_in)
    return answer


def save_note(work: UnitOfWork, check_in_id: str, note: str, *, replaces: str) -> str | None:
    """The note as it now stands. `replaces` is the text that the person had before them: where
    another window wrote meanwhile, both texts are kept. None where the check-in has ended: what
    staff read is the forms that came of it, and they do not change."""
    patient_id = answerable(work, check_in_id).patient_id
    work.records.patients.lock(patient_id)
    check_in = work.records.check_ins.get(check_in_id)  # as it is now that nobody else can send it
    stored, note = check_in.note or "", entered.note(note)
    if note == stored:
        return stored
    if check_in.state is not CheckInState.OPEN:
        return None
    kept = note if stored == replaces else f"{stored}\n\n{note}"
    if len(kept) > LONGEST_NOTE:
        raise InvalidInput(f"The note can have {LONGEST_NOTE} characters. Shorten it.")
    work.records.check_ins.save(replace(check_in, note=kept or None))
    work.audit("check_in.note_saved", about=patient_id, record=check_in.id)
    return kept


def _asked(
    work: UnitOfWork, check_in: CheckIn, instrument_id: str, item_id: str, value: int
) -> None:
    """What the browser sends is checked again: its own limits can be got round."""
    if instrument_id in check_in.forms:
        instrument = work.definitions.instruments[instrument_id]
        if item_id in {item.id for item in instrument.items_for(check_in.variant)}:
            check_answers(instrument, {item_id: value})
            return
    raise InvalidAnswers("This check-in does not ask that question.", item=item_id)


def _is_graver(work: UnitOfWork, answer: GivenAnswer, than: GivenAnswer) -> bool:
    chosen, standing = (
        safety.gravity(work.definitions.safety, given.instrument, given.item, given.value)
        for given in (answer, than)
    )
    return chosen > standing


def _raise_alerts(work: UnitOfWork, answer: GivenAnswer, check_in: CheckIn) -> None:
    rules, patient_id = work.definitions.safety, check_in.patient_id
    answered_at = check_in.answered_at or work.now
    # The form before is read only where a rule compares this very item with it.
    compared = any(
        (rise.instrument, rise.item) == (answer.instrument, answer.item) for rise in rules.rises
    )
    before = (
        form_before(
            work,
            patient_id,
            answer.instrument,
            at=compared_at(work, check_in, answer.instrument),
        )
        if compared
        else None
    )
    found = safety.findings_for_item(
        rules, answer.instrument, answer.item, answer.value, previous=before
    )
    asks = safety.contact_requests(rules, answer.instrument, {answer.item: answer.value})
    if found or asks:
        work.write_about(patient_id)  # these do stand in the summary
    raise_alerts(
        work,
        patient_id,
        found,
        answered_at=answered_at,
        check_in_id=answer.check_in_id,
        # What stood on paper was not chosen anew when it is typed anew.
        chosen_now=check_in.answered_at is None,
    )
    if asks and work.records.alerts.ask(
        work.new_id(), patient_id, at=work.now, check_in_id=answer.check_in_id
    ):
        work.audit("call.asked", about=patient_id, record=answer.check_in_id)
