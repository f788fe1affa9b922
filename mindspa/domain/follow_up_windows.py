"""Which infusions of a patient wait for follow-up, and what of the record belongs to each."""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol as Shape
from typing import TypeVar

from mindspa.domain.follow_up import FollowUpReview
from mindspa.domain.follow_up_alerts import by_infusion, in_order
from mindspa.domain.safety import Alert, AlertState
from mindspa.domain.schedule import PULSE, Anchor, Protocol
from mindspa.domain.treatment import Infusion, InfusionStatus

Span = tuple[datetime, datetime]  # [from, until)


@dataclass(frozen=True, slots=True)
class FormMark:
    """That there is a form, and no more of it: enough to know whether a review has seen it."""

    id: str
    instrument: str
    answered_at: datetime


class _Answered(Shape):
    @property
    def id(self) -> str: ...
    @property
    def instrument(self) -> str: ...
    @property
    def answered_at(self) -> datetime: ...


Form = TypeVar("Form", bound=_Answered)


class Windows:
    """Of one patient. A row enters when a treated infusion ends, or when its end was forgotten, and
    stays until it is reviewed; what came in as history never enters. Anything new, or an open
    alert, keeps or brings it back. Give all infusions, since windows are cut by what follows."""

    def __init__(
        self,
        infusions: Sequence[Infusion],
        alerts: Iterable[Alert],
        reviews: Iterable[FollowUpReview],
        protocol: Protocol,
    ) -> None:
        self._protocol = protocol
        self._starts = sorted(
            i.starts_at for i in infusions if i.status is not InfusionStatus.CANCELLED
        )
        self.since = in_order(infusions)  # from when each can have a row, by its id
        by_id = {infusion.id: infusion for infusion in infusions}
        self._infusions = [by_id[infusion_id] for infusion_id in self.since]
        self._alerts = by_infusion((a for a in alerts if not a.historic), self.since)
        self._reviews: dict[str, FollowUpReview] = {}
        for review in sorted(reviews, key=lambda review: review.reviewed_at):
            self._reviews[review.infusion_id] = review
        self._asked = {PULSE, *protocol.standard_forms}
        self._lead = protocol.anchored(Anchor.INFUSION_START)[0].opens

    def review_of(self, infusion: Infusion) -> FollowUpReview | None:
        """The latest."""
        return self._reviews.get(infusion.id)

    def closes_at(self, infusion: Infusion) -> datetime:
        closes = infusion.ends_at + self._protocol.follow_up_length
        place = bisect_right(self._starts, infusion.starts_at)
        return min([closes, *self._starts[place : place + 1]])

    def span(self, infusion: Infusion) -> Span:
        """When the forms of its row were answered."""
        return infusion.starts_at + self._lead, self.closes_at(infusion)

    def forms_of(self, infusion: Infusion, forms: Sequence[Form]) -> list[Form]:
        """Of its row, from those of the patient in order of answering."""
        start, end = self.span(infusion)
        low = bisect_left(forms, start, key=lambda form: form.answered_at)
        high = bisect_left(forms, end, key=lambda form: form.answered_at)
        return [form for form in forms[low:high] if form.instrument in self._asked]

    def alerts_of(self, infusion: Infusion) -> tuple[Alert, ...]:
        """What was raised after the window and is closed again is no news of the infusion."""
        closes_at = self.closes_at(infusion)
        return tuple(
            alert
            for alert in self._alerts.get(infusion.id, ())
            if alert.state is AlertState.OPEN or alert.answered_at < closes_at
        )

    def has_news(self, infusion: Infusion, form_ids: Collection[str]) -> bool:
        """Whether there is anything that its latest review has not seen."""
        review = self.review_of(infusion)
        return review is not None and (
            any(form_id not in review.seen_form_ids for form_id in form_ids)
            or any(alert.id not in review.seen_alert_ids for alert in self.alerts_of(infusion))
        )

    def reviewed(self) -> list[Infusion]:
        """Those of which their forms may have to say whether they wait."""
        return [i for i in self._infusions if self.review_of(i) and not self._is_history(i)]

    def waiting(self, forms: Sequence[Form]) -> list[Infusion]:
        """`forms`: at least those around each of `reviewed`, or marks of them, in order."""
        return [i for i in self._infusions if self._waits(i, self.forms_of(i, forms))]

    def _waits(self, infusion: Infusion, forms: Iterable[Form]) -> bool:
        if any(alert.state is AlertState.OPEN for alert in self.alerts_of(infusion)):
            return True
        if self._is_history(infusion):
            return False
        if self.review_of(infusion) is None or not infusion.treated:
            return True
        return self.has_news(infusion, [form.id for form in forms])

    def _is_history(self, infusion: Infusion) -> bool:
        return self._protocol.is_history(infusion.ends_at, infusion.recorded_at)
