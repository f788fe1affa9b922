"""How ill a simulated patient is at any instant, from the infusions they had until then.

The figures that it is made of are published ones; docs/demo.md lists them.
"""

import math
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random

DAY = timedelta(days=1)


class Course(StrEnum):
    """What treatment does for somebody, in the end."""

    REMISSION = "remission"
    RESPONSE = "response"
    PARTIAL = "partial"
    NONE = "none"
    WORSE = "worse"


# Of everybody: McInnes et al. 2022 for remission, response (53.6 % with remission) and worse.
SHARES = {
    Course.REMISSION: 0.289,
    Course.RESPONSE: 0.247,
    Course.PARTIAL: 0.19,
    Course.NONE: 0.19,
    Course.WORSE: 0.084,
}
# The relief that the infusions lead to, as a part of the baseline; and what comes on top within a
# day of each infusion and is gone within two weeks.
_LASTING = {
    Course.REMISSION: (0.84, 0.94),
    Course.RESPONSE: (0.60, 0.74),
    Course.PARTIAL: (0.31, 0.44),
    Course.NONE: (0.02, 0.19),
    Course.WORSE: (-0.32, -0.16),
}
_PASSING = {
    Course.REMISSION: 0.16,
    Course.RESPONSE: 0.16,
    Course.PARTIAL: 0.12,
    Course.NONE: 0.06,
    Course.WORSE: 0.0,
}
# Of what is still missing, each infusion brings so much: half of those who respond have done so by
# the third (Phillips et al. 2019).
_PER_INFUSION = 1 - math.exp(-0.5)
_ONSET = timedelta(hours=20)
_PASSING_LASTS = timedelta(days=4)
# Weibull: 80 % of responders still respond 4 weeks after the index outcome, 60 % after 8
# (McInnes et al. 2022).
_HOLD_SHAPE, _HOLD_DAYS = 1.195, 98.0
_HOLD_BEFORE_INDEX = timedelta(days=21)
_FADES_WITHIN = timedelta(days=7)
_LEFT_AFTER_RELAPSE = 0.2
_MOST = 0.97


@dataclass(frozen=True, slots=True)
class _Infused:
    ended_at: datetime
    before: float  # lasting relief that it found
    after: float  # and that it leads to
    fades_at: datetime


@dataclass(slots=True)
class Illness:
    """`relief` is the part of the baseline that is gone: 0 none of it, 1 all, below 0 worse."""

    course: Course
    rng: Random
    infused: list[_Infused] = field(default_factory=list)
    goal: float = 0.0

    def __post_init__(self) -> None:
        self.goal = self.rng.uniform(*_LASTING[self.course])

    def infuse(self, ended_at: datetime, *, induction: bool) -> None:
        before = self._lasting(ended_at)
        holds = timedelta(days=self.rng.weibullvariate(_HOLD_DAYS, _HOLD_SHAPE))
        self.infused.append(
            _Infused(
                ended_at,
                before,
                before + (self.goal - before) * _PER_INFUSION,
                ended_at + holds + (_HOLD_BEFORE_INDEX if induction else timedelta()),
            )
        )

    def relief(self, at: datetime) -> float:
        return min(_MOST, self._lasting(at) + self._passing(at))

    def severity(self, at: datetime) -> float:
        """What is left, as a part of the baseline."""
        return 1 - self.relief(at)

    def recalled(self, at: datetime, days: int) -> float:
        """The severity of the days that a form asks about, the last ones most: it lags behind."""
        samples = [at - DAY * days * share for share in (0.02, 0.08, 0.2, 0.4, 0.8)]
        return sum(self.severity(sample) for sample in samples) / len(samples)

    def relapsed(self, at: datetime) -> bool:
        last = self._last(at)
        return last is not None and at > last.fades_at + _FADES_WITHIN

    def _last(self, at: datetime) -> _Infused | None:
        return next((one for one in reversed(self.infused) if one.ended_at <= at), None)

    def _lasting(self, at: datetime) -> float:
        last = self._last(at)
        if last is None:
            return 0.0
        if at > last.fades_at:
            left = math.exp(-(at - last.fades_at) / _FADES_WITHIN)
            floor = self.goal * _LEFT_AFTER_RELAPSE
            return floor + (last.after - floor) * left if self.goal > 0 else last.after
        return last.before + (last.after - last.before) * min(1.0, (at - last.ended_at) / _ONSET)

    def _passing(self, at: datetime) -> float:
        last = self._last(at)
        if last is None:
            return 0.0
        since = at - last.ended_at
        return (
            _PASSING[self.course] * min(1.0, since / _ONSET) * math.exp(-(since / _PASSING_LASTS))
        )
