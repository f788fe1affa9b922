"""Which days are proposed for the infusions of a course. Each can be moved."""

from dataclasses import dataclass
from datetime import date, timedelta

from mindspa.domain.course_review import ReviewRule

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class CourseShape:
    """`days` are the weekdays, Monday 0, on which the clinic gives infusions; `apart` are whole
    days from one to the next; `within` is how long an induction takes at most, first to last."""

    infusions: int  # of an induction
    days: frozenset[int]
    apart: timedelta
    within: timedelta
    booster_after: timedelta  # in maintenance, from the infusion before
    review: ReviewRule

    def induction(self, first: date) -> tuple[date, ...]:
        """`first` may be any day; those after it are the clinic's."""
        found = [first]
        while len(found) < self.infusions:
            found.append(self._from(found[-1] + self.apart))
        return tuple(found)

    def booster(self, last: date) -> date:
        """After an infusion on the day `last`."""
        return self._from(last + self.booster_after)

    def _from(self, day: date) -> date:
        while day.weekday() not in self.days:
            day += DAY
        return day
