"""A clinician looks at an induction in its middle and says how it goes on."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mindspa.domain.treatment import Course, Infusion, InfusionStatus, Phase


class Decision(StrEnum):
    CONTINUE = "continue"
    CHANGE_DOSE = "change_dose"
    STOP = "stop"


class DoseUnit(StrEnum):
    MG_PER_KG = "mg/kg"
    MG = "mg"


@dataclass(frozen=True, slots=True)
class ReviewRule:
    """In infusions given of an induction: due from the first number on, overdue above the last."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class CourseReview:
    """`given`: infusions of the course by then. `dose` in `unit`: that of the infusions to come,
    where the dose changes."""

    id: str
    patient_id: str
    course_id: str
    at: datetime
    by: str
    by_name: str
    given: int
    decision: Decision
    reason: str
    dose: float | None = None
    unit: DoseUnit | None = None


def given_in(course: Course, infusions: Iterable[Infusion]) -> int:
    return sum(infusion.treated for infusion in infusions if infusion.course_id == course.id)


def reviewable(
    rule: ReviewRule, courses: Iterable[Course], infusions: Sequence[Infusion]
) -> Course | None:
    """The induction that goes on with enough of its infusions given. One whose end is known goes on
    as long as an infusion of it waits: nothing here depends on now."""
    for course in courses:
        goes_on = course.ended_at is None or any(
            infusion.course_id == course.id
            and infusion.status in (InfusionStatus.PLANNED, InfusionStatus.STARTED)
            for infusion in infusions
        )
        is_far = course.phase is Phase.INDUCTION and given_in(course, infusions) >= rule.first
        if goes_on and is_far:
            return course
    return None


def review_due(
    rule: ReviewRule,
    courses: Iterable[Course],
    infusions: Sequence[Infusion],
    reviews: Iterable[CourseReview],
) -> int | None:
    """How many infusions are given of the induction that waits for its review; None: none waits."""
    course = reviewable(rule, courses, infusions)
    if course is None or any(review.course_id == course.id for review in reviews):
        return None
    return given_in(course, infusions)


def dose_change_before(
    reviews: Iterable[CourseReview], infusion: Infusion, *, now: datetime
) -> CourseReview | None:
    """The last of its course that changed the dose, known when the infusion started or by now."""
    known = [
        review
        for review in reviews
        if review.decision is Decision.CHANGE_DOSE
        and review.course_id == infusion.course_id
        and review.at <= (infusion.started_at or now)
    ]
    return max(known, key=lambda review: review.at, default=None)
