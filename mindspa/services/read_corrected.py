"""What a check-in that corrects is about: the forms that stand until it is sent."""

from collections.abc import Mapping
from datetime import datetime

from mindspa.domain.check_ins import CheckIn, GivenAnswer, StoredForm
from mindspa.services.unit_of_work import UnitOfWork


def corrected_forms(work: UnitOfWork, check_in: CheckIn) -> Mapping[str, StoredForm]:
    """By instrument; none for a check-in that corrects nothing."""
    if check_in.corrects is None:
        return {}
    return {form.instrument: form for form in work.records.check_ins.newest_of(check_in.corrects)}


def answers_before(check_in: CheckIn, forms: Mapping[str, StoredForm]) -> list[GivenAnswer]:
    """What the forms say, as the answers that a correction begins with: it gives none of them
    anew, so that what they raised is not raised again."""
    return [
        GivenAnswer(check_in.id, form.instrument, item, 0, value, form.answered_at, form.entered_by)
        for form in forms.values()
        for item, value in form.answers.items()
    ]


def compared_at(work: UnitOfWork, check_in: CheckIn, instrument_id: str) -> datetime:
    """The instant before which the form lies that a rise in an answer is measured from: a
    correction is not compared with what it corrects."""
    before = corrected_forms(work, check_in).get(instrument_id)
    return before.answered_at if before else check_in.answered_at or work.now
