"""Hand a check-in in: score it, store its forms, raise what the whole of a form raises."""

from collections.abc import Iterable
from dataclasses import replace

from mindspa.domain import safety
from mindspa.domain.check_ins import CheckIn, CheckInState, StoredForm
from mindspa.domain.errors import Stale
from mindspa.domain.safety import Finding
from mindspa.domain.scoring import SCORER_VERSION, total_of
from mindspa.services.form_before import form_before
from mindspa.services.open_check_in import answerable, lapse
from mindspa.services.raise_alerts import raise_alerts
from mindspa.services.read_corrected import corrected_forms
from mindspa.services.show_check_in import Section, sections_of
from mindspa.services.unit_of_work import UnitOfWork


def send_check_in(work: UnitOfWork, check_in_id: str, *, unanswered_too: bool = False) -> None:
    """Sent once, however often it is pressed. A blank one is never sent, one with questions open
    only when the person has said so, and one whose window has closed lapses instead: what came of
    it is what `show_check_in` then shows."""
    patient_id = work.actor.patient_id if work.actor.own_record_only else None
    patient_id = patient_id or answerable(work, check_in_id).patient_id
    work.write_about(patient_id)
    check_in = answerable(work, check_in_id)  # as it is now that nobody else can send it
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
    before = corrected_forms(work, check_in)
    if check_in.corrects is not None and not before:
        raise Stale("These answers were corrected or moved meanwhile. Look at them again.")
    work.records.check_ins.save(replace(check_in, state=CheckInState.SENT, sent_at=work.now))
    work.audit("check_in.sent", about=patient_id, record=check_in.id)
    noted = next((f.instrument for f in before.values() if f.note), answered[0].instrument.id)
    for section in answered:
        # A note belongs to the sitting: it stands with the first of its forms.
        note = check_in.note if section.instrument.id == noted else None
        if replaced := before.get(section.instrument.id):
            _correct(work, check_in, section, replaced, note=note)
        else:
            _store(work, check_in, section, note=note)


def _store(work: UnitOfWork, check_in: CheckIn, section: Section, *, note: str | None) -> None:
    instrument = section.instrument
    form = StoredForm(
        id=work.new_id(),
        patient_id=check_in.patient_id,
        instrument=instrument.id,
        instrument_version=instrument.version,
        language=instrument.language_for(check_in.language),
        answers=section.values,
        total=total_of(instrument, section.values),
        scorer_version=SCORER_VERSION,
        mode=check_in.mode,
        answered_at=check_in.answered_at or work.now,
        saved_at=work.now,
        entered_by=work.actor.id,
        opened_at=check_in.opened_at,
        variant=check_in.variant if instrument.variants else None,
        check_in_id=check_in.corrects or check_in.id,
        note=note,
    )
    work.records.check_ins.add_form(form)
    work.audit("form.stored", about=check_in.patient_id, record=form.id)
    _raise_alerts(work, check_in, section, _found(work, form))


def _correct(
    work: UnitOfWork,
    check_in: CheckIn,
    section: Section,
    replaced: StoredForm,
    *,
    note: str | None,
) -> None:
    """A new version, of the same instant: see `StoredForm`. Nothing where nothing has changed."""
    instrument, answers = section.instrument, section.values
    if (answers, note) == (replaced.answers, replaced.note):
        return
    form = replace(
        replaced,
        id=work.new_id(),
        instrument_version=instrument.version,
        answers=answers,
        total=total_of(instrument, answers),
        scorer_version=SCORER_VERSION,
        saved_at=work.now,
        entered_by=work.actor.id,
        version=replaced.version + 1,
        replaces=replaced.id,
        reason=check_in.reason,
        note=note,
    )
    work.records.check_ins.add_form(form)
    work.audit("form.corrected", about=check_in.patient_id, record=form.id)
    known = _found(work, replaced)
    news = [finding for finding in _found(work, form) if _is_news(finding, known)]
    _raise_alerts(work, check_in, section, news)


def _is_news(finding: Finding, known: Iterable[Finding]) -> bool:
    """An answer that was not given before, or a total that rose by more than was known."""
    if finding.item is not None:
        return finding not in known
    return all((f.value or 0) < (finding.value or 0) for f in known if f.rule == finding.rule)


def _found(work: UnitOfWork, form: StoredForm) -> tuple[Finding, ...]:
    before = form_before(work, form.patient_id, form.instrument, at=form.answered_at)
    return safety.findings(work.definitions.safety, form.instrument, form.answers, previous=before)


def _raise_alerts(
    work: UnitOfWork, check_in: CheckIn, section: Section, found: Iterable[Finding]
) -> None:
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
