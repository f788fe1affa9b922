"""Note at each occasion which of its forms nobody has answered, so that the worklist need not look
through the answers of the clinic."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from mindspa.domain.check_ins import StoredForm
from mindspa.domain.schedule import Occasion, answers_for
from mindspa.services.unit_of_work import UnitOfWork

# What closed more of the longest windows before a change keeps its answers: a late one stands at
# most one window from its occasion, and only its neighbours contend for it.
REACH = 2
_BEGINNING = datetime(1900, 1, 1, tzinfo=UTC)

Lacking = Mapping[tuple[str, str, str], tuple[str, ...]]


def mark_answered(work: UnitOfWork, patient_id: str, *, since: datetime | None = None) -> None:
    """`since`: from when on an answer or the plan is not as it was; None: look at all of it."""
    window = work.definitions.protocol.longest_window
    start = _BEGINNING if since is None else since - REACH * window
    neighbours = start - REACH * window
    noted = work.records.treatment.occasions_noted(patient_id, closing_since=neighbours)
    forms = work.records.check_ins.forms_since(patient_id, neighbours - window)
    found = _lacking([occasion for occasion, _ in noted], forms)
    changed = {
        occasion.key: found[occasion.key]
        for occasion, lacks in noted
        if occasion.closes_at >= start and found[occasion.key] != lacks
    }
    work.records.treatment.note_lacking(patient_id, changed)


def lacking(work: UnitOfWork, patient_id: str) -> Lacking:
    """Of the whole record, by the key of the occasion."""
    occasions = work.records.treatment.occasions_of(patient_id)
    return _lacking(occasions, work.records.check_ins.forms_since(patient_id, _BEGINNING))


def _lacking(occasions: Sequence[Occasion], forms: Iterable[StoredForm]) -> Lacking:
    answers = answers_for(occasions, forms)
    return {
        occasion.key: tuple(form for form in occasion.forms if form not in answers[occasion.key])
        for occasion in occasions
    }
