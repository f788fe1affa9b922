"""Hand a check-in in: score it, store its forms, raise what the whole of a form raises."""

from dataclasses import replace

from mindspa.domain import safety
from mindspa.domain.check_ins import CheckIn, CheckInState, StoredForm
from mindspa.domain.scoring import SCORER_VERSION, score
from mindspa.services.form_before import form_before
from mindspa.services.handle_alert import raise_alerts
from mindspa.services.open_check_in import answerable, lapse
from mindspa.services.show_check_in import Section, sections_of
from mindspa.services.unit_of_work import UnitOfWork


def send_check_in(work: UnitOfWork, check_in_id: str, *, unanswered_too: bool = False) -> None:
    """Sent once, however often it is pressed. A blank one is never sent, one with questions open
    only when the person has said so, and one whose window has closed lapses instead: what came of
    it is what `show_check_in` then shows."""
    patient_id = answerable(work, check_in_id).patient_id
    work.write_about(patient_id)
    check_in = work.records.check_ins.get(check_in_id)  # as it is now that nobody else can send it
    if check_in.state is not CheckInState.OPEN:
        return
    if check_in.closes_at <= work.now:
        lapse(work, check_in)
        return
    sections = sections_of(work, check_in)
    answered = [section for section in sections if section.values]
    unfinished = any(section.missing for section in sections)
    if not answered or (unfinished and not unanswered_too):
        return
    work.records.check_ins.save(replace(check_in, state=CheckInState.SENT, sent_at=work.now))
    work.audit("check_in.sent", about=patient_id, record=check_in.id)
    for section in answered:
        # A note belongs to the sitting: it stands with the first of its forms.
        _store(work, check_in, section, note=check_in.note if section is answered[0] else None)


def _store(work: UnitOfWork, check_in: CheckIn, section: Section, *, note: str | None) -> None:
    instrument, answers = section.instrument, section.values
    answered_at = check_in.answered_at or work.now
    before = form_before(work, check_in.patient_id, instrument.id, at=answered_at)
    form = StoredForm(
        id=work.new_id(),
        patient_id=check_in.patient_id,
        instrument=instrument.id,
        instrument_version=instrument.version,
        language=instrument.language_for(check_in.language),
        answers=answers,
        total=score(instrument, answers).total,
        scorer_version=SCORER_VERSION,
        mode=check_in.mode,
        answered_at=answered_at,
        saved_at=work.now,
        entered_by=work.actor.id,
        opened_at=check_in.opened_at,
        variant=check_in.variant if section.instrument.variants else None,
        check_in_id=check_in.id,
        note=note,
    )
    work.records.check_ins.add_form(form)
    work.audit("form.stored", about=check_in.patient_id, record=form.id)
    found = safety.findings(work.definitions.safety, instrument.id, answers, previous=before)
    for finding in found:
        # What an answer raised as it was chosen is known by when that was.
        given = section.answers.get(finding.item) if finding.item else None
        raise_alerts(
            work,
            check_in.patient_id,
            [finding],
            answered_at=check_in.answered_at or (given.given_at if given else work.now),
            check_in_id=check_in.id,
        )
