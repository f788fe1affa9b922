"""When the team first looked at what a patient sent, for the patient's receipt."""

from collections.abc import Collection
from datetime import datetime

from mindspa.domain.alert_cases import Step
from mindspa.domain.check_ins import CheckIn
from mindspa.services.unit_of_work import UnitOfWork

_BY_PEOPLE = {Step.OWNED, Step.HANDED_OVER, Step.CONTACT, Step.CLOSED}


def seen_at(work: UnitOfWork, check_in: CheckIn, form_ids: Collection[str]) -> datetime | None:
    """Somebody reviewed the follow-up with these forms before them, or acted on an alert that they
    raised; None as long as nobody has said so. Who opened a page is not asked: a look is no
    promise."""
    patient_id, ids = check_in.patient_id, set(form_ids)
    found = [
        review.reviewed_at
        for review in work.records.treatment.reviews_of_many([patient_id])
        if ids & set(review.seen_form_ids)
    ]
    raised: dict[str, datetime] = {}  # the first that this raised, by its case
    for alert in work.records.alerts.of_many([patient_id]):
        if alert.case_id and alert.check_in_id == check_in.id:
            raised.setdefault(alert.case_id, alert.raised_at)
    for case_id, raised_at in raised.items():
        found += [
            event.at
            for event in work.records.alert_cases.steps(case_id)
            if event.step in _BY_PEOPLE and event.at >= raised_at
        ]
    return min(found, default=None)
