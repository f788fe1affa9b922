"""All that staff enter on a patient's page, below the record: which was pressed, and the forms."""

from collections.abc import Sequence

from mindspa.domain.access import Actor
from mindspa.domain.definitions import Definitions
from mindspa.domain.instruments import Instrument
from mindspa.domain.outcomes import Progress
from mindspa.domain.safety_card import SafetyCard
from mindspa.services.review_course import ReviewsView
from mindspa.ui import (
    adjunct_forms,
    course_forms,
    course_review_form,
    intake_review,
    invitation,
    patient_details,
    patient_forms,
    safety_card_form,
    tablet_code,
)
from mindspa.ui.record_entry import Press

_FORMS = (
    patient_forms,
    adjunct_forms,
    course_review_form,
    course_forms,
    intake_review,
    patient_details,
    safety_card_form,
)


def pressed(patient_id: str) -> Press | None:
    """Read before anything is drawn, so that no later tap can lose it."""
    return next(filter(None, (forms.pressed(patient_id) for forms in _FORMS)), None)


def draw(
    actor: Actor,
    progress: Progress,
    reviews: ReviewsView,
    definitions: Definitions,
    ratings: Sequence[Instrument],
    card: SafetyCard | None,
) -> None:
    patient_forms.record_forms(actor, progress, ratings)
    adjunct_forms.draw(actor, progress)
    course_review_form.draw(actor, progress, reviews)
    course_forms.draw(actor, progress, definitions.protocol.course)
    intake_review.draw(actor, progress)
    patient_details.draw(actor, progress.patient)
    safety_card_form.draw(actor, progress.patient.id, card)
    tablet_code.draw(actor, progress.patient.id, progress.zone)
    invitation.draw(actor, progress.patient)
