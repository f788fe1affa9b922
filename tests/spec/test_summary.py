"""Why somebody should look at a patient first, exact at the edges of time."""

from dataclasses import replace
from datetime import timedelta

import pytest

from mindspa.domain.contacts import Wish
from mindspa.domain.safety import Tier
from mindspa.domain.summary import Attention, PatientSummary, attention
from tests.conftest import NOW

CALM = PatientSummary({}, None, 0, None, (), (), 0, None, None, (), False, ())
SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)


@pytest.mark.parametrize(
    "summary, reasons",
    [
        (CALM, ()),
        (replace(CALM, awaited=(NOW - 3 * HOUR + SECOND,)), ()),
        (replace(CALM, awaited=(NOW - 3 * HOUR,)), (Attention.FORGOTTEN_END,)),
        (replace(CALM, reviews_due=(NOW + SECOND,)), ()),
        (replace(CALM, reviews_due=(NOW,)), (Attention.REVIEW_OVERDUE,)),
        (replace(CALM, highest_tier=Tier.IMMEDIATE), (Attention.IMMEDIATE_ALERT,)),
        (replace(CALM, highest_tier=Tier.SAME_DAY), (Attention.SAME_DAY_ALERT,)),
        (
            replace(
                CALM,
                awaited=(NOW - 4 * HOUR, NOW + HOUR),
                highest_tier=Tier.SAME_DAY,
                wishes=(Wish.CALL,),
                safety_not_answered=True,
                rises=("phq9_rise",),
                reviews_due=(NOW - HOUR,),
                course_review_due=2,
            ),
            (
                Attention.FORGOTTEN_END,
                Attention.SAME_DAY_ALERT,
                Attention.CONTACT_WANTED,
                Attention.SAFETY_NOT_ANSWERED,
                Attention.RISE,
                Attention.REVIEW_OVERDUE,
                Attention.COURSE_REVIEW,
            ),
        ),
    ],
)
def test_reasons_in_order(summary: PatientSummary, reasons: tuple[Attention, ...]) -> None:
    assert attention(summary, now=NOW) == reasons


def test_the_next_infusion_is_the_first_still_ahead() -> None:
    summary = replace(CALM, awaited=(NOW - HOUR, NOW, NOW + HOUR, NOW + 2 * HOUR))
    assert summary.next_infusion(now=NOW) == NOW + HOUR
    assert CALM.next_infusion(now=NOW) is None
