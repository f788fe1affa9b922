"""Note at each occasion which of its forms nobody has answered, so that the worklist need not look
through the answers of the clinic."""

from collections.abc import Mapping
from datetime import UTC, datetime

from mindspa.domain.schedule import answers_for
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
    treatment = work.records.treatment
    noted = treatment.lacking(patient_id, closing_since=start)
    found = lacking(work, patient_id, since=None if since is None else start)
    for occasion, forms in noted.items():
        if found[occasion] != forms:
            treatment.note_lacking(occasion, found[occasion])


def lacking(work: UnitOfWork, patient_id: str, *, since: datetime | None = None) -> Lacking:
    """By the key of the occasion, of those at least that close from `since` on."""
    window = work.definitions.protocol.longest_window
    start = _BEGINNING if since is None else since - REACH * window
    occasions = work.records.treatment.occasions_of(patient_id, closing_since=start)
    forms = work.records.check_ins.forms_since(patient_id, max(_BEGINNING, start - window))
    answers = answers_for(occasions, forms)
    return {
        occasion.key: tuple(form for form in occasion.forms if form not in answers[occasion.key])
        for occasion in occasions
    }
