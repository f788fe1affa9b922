"""The reviews in the middle of a course. Rows are only added."""

from dataclasses import dataclass

from sqlalchemy import bindparam
from sqlmodel import SQLModel

from mindspa.domain.course_review import CourseReview, Decision, DoseUnit
from mindspa.storage.course_tables import CourseReviewRow
from mindspa.storage.records.scope import Scope
from mindspa.storage.records.stored import Stored, columns_of

_REVIEW = Stored(
    CourseReview,
    CourseReviewRow,
    decision=Decision,
    unit=lambda unit: DoseUnit(unit) if unit else None,
)
_reviews = SQLModel.metadata.tables["course_reviews"]
_OF = _REVIEW.prepared(
    _reviews.c.patient_id == bindparam("of"), order_by=[_reviews.c.at, _reviews.c.id]
)


@dataclass(frozen=True, slots=True)
class CourseReviews:
    scope: Scope

    def of(self, patient_id: str) -> list[CourseReview]:
        """In order."""
        return _REVIEW.run(_OF, self.scope, of=patient_id)

    def add(self, review: CourseReview) -> None:
        self.scope.insert(_reviews, columns_of(review))
