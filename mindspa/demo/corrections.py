"""What is put right in the demo clinic: a patient changes an answer, a nurse corrects one, and a
form that was filed under the wrong patient is moved."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from mindspa.demo.life import ANSWERING_TAKES, DAY, HOUR, Life
from mindspa.domain.check_ins import CheckIn, Mode
from mindspa.domain.schedule import PULSE
from mindspa.services.correct_answers import open_correction, open_own_correction
from mindspa.services.enter_for_patient import open_for_patient
from mindspa.services.move_form import move_form
from mindspa.services.open_check_in import open_check_in
from mindspa.services.save_answer import save_answer
from mindspa.services.send_check_in import send_check_in
from mindspa.services.unit_of_work import UnitOfWork

WELL = {"safety": 0, "call": 0, "change": 3, "side_effects": 0}
LATER = timedelta(minutes=10)


def corrections_happen(lives: Sequence[Life], now: datetime) -> None:
    """Of patients who have been there for long; none where the clinic is too small for them."""
    if len(lives) < 4:
        return
    one, two, three, four = lives[:4]
    one.agenda.add(now - 3 * DAY, partial(_changes_their_mind, one))
    one.agenda.add(now - 2 * DAY, partial(_was_misread, two))
    one.agenda.add(now - 6 * DAY, partial(_was_misfiled, three, four))


def _changes_their_mind(life: Life) -> None:
    with life.runtime.unit_of_work(life.actor) as work:
        sent = open_check_in(work, unscheduled=True)
        _answered(life, work, sent)
        work.now += LATER
        _another_answer(work, open_own_correction(work, sent.id))


def _was_misread(life: Life) -> None:
    with life.runtime.unit_of_work(life.simulated.care_team) as work:
        form_id = _by_phone(life, work)
        work.now += LATER
        _another_answer(work, open_correction(work, form_id, reason="Tapped the line below"))


def _was_misfiled(wrong: Life, right: Life) -> None:
    """Both names stood in the nurse's list for that hour."""
    with wrong.runtime.unit_of_work(wrong.simulated.care_team) as work:
        form_id = _by_phone(wrong, work)
        work.now += HOUR
        move_form(work, form_id, to=right.patient_id, reason="Called one, opened the other")


def _by_phone(life: Life, work: UnitOfWork) -> str:
    check_in = open_for_patient(work, life.patient_id, mode=Mode.BY_PHONE, forms=[PULSE])
    _answered(life, work, check_in)
    (form,) = work.records.check_ins.forms_from_check_in(check_in.id)
    return form.id


def _answered(life: Life, work: UnitOfWork, check_in: CheckIn) -> None:
    work.now += ANSWERING_TAKES
    life.answer(work, check_in, WELL)
    send_check_in(work, check_in.id, unanswered_too=True)


def _another_answer(work: UnitOfWork, correction: CheckIn) -> None:
    assert correction.corrects is not None
    (form,) = work.records.check_ins.newest_of(correction.corrects)
    value = (form.answers["interest"] + 1) % 4
    save_answer(
        work, correction.id, instrument_id=PULSE, item_id="interest", value=value, replaces=0
    )
    send_check_in(work, correction.id, unanswered_too=True)
