"""A clinician reviews an induction in its middle: it goes on, its dose changes, or it stops."""

from collections.abc import Mapping
from dataclasses import dataclass

from mindspa.domain import entered
from mindspa.domain.access import Permission
from mindspa.domain.course_review import (
    CourseReview,
    Decision,
    DoseUnit,
    given_in,
    review_due,
    reviewable,
)
from mindspa.domain.errors import InvalidInput
from mindspa.domain.outcomes import Progress
from mindspa.domain.treatment import Course
from mindspa.services.end_course import end_course
from mindspa.services.plan_course import one_course
from mindspa.services.record_infusion import HEAVIEST_KG, LEAST_MG
from mindspa.services.unit_of_work import UnitOfWork

LEAST_MG_PER_KG = 0.01

DECISIONS: Mapping[Decision, str] = {
    Decision.CONTINUE: "Continue as planned",
    Decision.CHANGE_DOSE: "Change the dose",
    Decision.STOP: "Stop the course",
}


@dataclass(frozen=True, slots=True)
class ReviewsView:
    """`course`: that which can be reviewed now. `due`: its infusions given, while it waits."""

    reviews: tuple[CourseReview, ...]  # in order
    course: Course | None
    due: int | None


def view_reviews(work: UnitOfWork, progress: Progress) -> ReviewsView:
    """Of the record that the page shows."""
    patient_id, rule = progress.patient.id, work.definitions.protocol.course.review
    work.look_at(patient_id)
    reviews = work.records.course_reviews.of(patient_id)
    return ReviewsView(
        tuple(reviews),
        reviewable(rule, progress.courses, progress.infusions),
        review_due(rule, progress.courses, progress.infusions, reviews),
    )


def review_course(
    work: UnitOfWork,
    patient_id: str,
    course_id: str,
    *,
    decision: str | None,
    reason: str,
    dose: float | None = None,
    unit: str | None = None,
    review_id: str | None = None,
) -> CourseReview:
    """`review_id` names the press: the same one twice stores one review. `dose` and `unit` are
    those of a changed dose. Stopping ends the course in the same transaction."""
    work.actor.require(Permission.REVIEW_COURSE)
    work.write_about(patient_id)
    for review in work.records.course_reviews.of(patient_id):
        if review.id == review_id:
            return review
    course = one_course(work, patient_id, course_id)
    given = _refuse_other(work, course)
    if decision not in list(Decision):
        raise InvalidInput("Choose what came of the review.")
    written = entered.needed_note(reason, missing="Write the reason: what the decision rests on.")
    chosen = Decision(decision)
    new_dose, of_unit = _dose(work, dose, unit) if chosen is Decision.CHANGE_DOSE else (None, None)
    review = CourseReview(
        review_id or work.new_id(),
        patient_id,
        course_id,
        work.now,
        work.actor.id,
        work.actor.name,
        given,
        chosen,
        written,
        new_dose,
        of_unit,
    )
    work.records.course_reviews.add(review)
    work.audit("course.reviewed", about=patient_id, record=review.id)
    if chosen is Decision.STOP:
        end_course(work, patient_id, course_id, reason=written)
    return review


def _refuse_other(work: UnitOfWork, course: Course) -> int:
    """How many infusions of it are given; raises for a course that there is nothing to say of."""
    treatment, rule = work.records.treatment, work.definitions.protocol.course.review
    infusions = treatment.infusions_of(course.patient_id)
    if reviewable(rule, [course], infusions) is None:
        raise InvalidInput(
            f"A review needs an induction that goes on, with {rule.first} of its infusions given."
        )
    return given_in(course, infusions)


def _dose(work: UnitOfWork, dose: float | None, unit: str | None) -> tuple[float, DoseUnit]:
    if unit not in list(DoseUnit):
        raise InvalidInput("Choose what the new dose is given in.")
    of_unit, most = DoseUnit(unit), work.definitions.infusion_day.most_dose
    if of_unit is DoseUnit.MG_PER_KG:
        what, lowest, highest = "The new dose in mg for each kilogram", LEAST_MG_PER_KG, most
    else:
        what, lowest, highest = "The new dose in mg", LEAST_MG, most * HEAVIEST_KG
    entered.number(dose, what=what, lowest=lowest, highest=highest)
    assert dose is not None, "it is a number"
    return float(dose), of_unit
