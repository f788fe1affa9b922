"""A year at the clinic for most of its patients: induction, and what becomes of it."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import partial

from mindspa.demo.life import DAY, HOUR, Life
from mindspa.demo.opening_hours import SLOTS, day_of, infusion_day, is_weekday, local
from mindspa.domain.treatment import Infusion, Phase

# Own choice, not published: how many go on with boosters, and how many come back.
GO_ON_WELL, GO_ON_PARTLY, ONE_MORE_BOOSTER, COME_BACK = 0.65, 0.35, 0.86, 0.5
BOOSTER_EVERY = 28  # days
STOPPED_EARLY = 0.02
INDUCTION = 6


def induction_times(first: date, at: time, *, gap: int, count: int) -> list[datetime]:
    days = [first]
    while len(days) < count:
        days.append(infusion_day(days[-1], gap=gap))
    return [local(day, at) for day in days]


class Year:
    def __init__(self, life: Life, first: date) -> None:
        self.life, self.person, self.rng, self.agenda = life, life.person, life.rng, life.agenda
        self._slot = SLOTS[self.person.number % len(SLOTS)]
        self._first = first if is_weekday(first) else infusion_day(first, gap=1)
        self._came_back = False

    def begin(self) -> None:
        intake = local(self._first, self._slot) - DAY * self.rng.randint(9, 13) + HOUR
        self.agenda.add(intake, self._intake)

    def _intake(self) -> None:
        self.life.register()
        self.life.tell()
        self._induction(self._first, given=self.person.given)

    def _induction(self, first: date, *, given: int) -> None:
        life = self.life
        times = induction_times(first, self._slot, gap=self.person.gap, count=INDUCTION)
        planned = life.plan(Phase.INDUCTION, times)
        life.answer_between(max(life.now, times[0] - 9 * DAY), times[0] - DAY)
        if self.person.rated:
            self.agenda.add(times[0] - 2 * HOUR, life.rate)
        for infusion in planned[:given]:
            last = infusion is planned[given - 1]
            self._expect(infusion, then=self._after_induction if last else None)
        if left := planned[given:]:
            stops = partial(life.cancel, left, "Stopped treatment before the planned end")
            self.agenda.add(left[0].planned_at - 20 * HOUR, stops)
        for week in range(1, 5):
            around = times[0] + 7 * week * DAY
            if around < times[given - 1] + 12 * DAY:
                life.expect_forms(around, 36 * HOUR)

    def _expect(self, infusion: Infusion, *, then: Callable[[], None] | None) -> None:
        minutes, stopped = self.rng.randint(45, 70), None
        if self.rng.random() < STOPPED_EARLY:
            minutes, stopped = self.rng.randint(15, 30), "Blood pressure over the clinic's limit"
        length = timedelta(minutes=minutes)
        self.life.expect_before(infusion.planned_at)
        ends = partial(self._give, infusion, length, stopped, then)
        self.agenda.add(infusion.planned_at + length, ends)

    def _give(
        self,
        infusion: Infusion,
        length: timedelta,
        stopped: str | None,
        then: Callable[[], None] | None,
    ) -> None:
        self.life.give(infusion, length=length, stopped=stopped)
        self.life.expect_answers(self.life.now, until=self._next_start(infusion))
        if then is not None:
            then()

    def _next_start(self, infusion: Infusion) -> datetime | None:
        """Where the check-ins after this infusion end."""
        starts = [other.planned_at for other in self.life.infusions]
        return min((at for at in starts if at > infusion.planned_at), default=None)

    def _after_induction(self) -> None:
        """At the end of the last infusion: what comes until the index outcome, and then."""
        life, last = self.life, self.life.now
        life.expect_forms(last + 20 * DAY, 5 * DAY)
        life.expect_forms(last + 28 * DAY, 2 * DAY)
        if "ptsd" in self.person.indications:
            life.expect_forms(last + 37 * DAY, 6 * DAY)
        if self.person.rated:
            self.agenda.add(last + 16 * DAY, life.rate)
        self.agenda.add(last + 8 * DAY, self._decide)

    def _decide(self) -> None:
        relief, goes_on = self.life.illness.relief(self.life.now), self.rng.random()
        if goes_on < (GO_ON_WELL if relief > 0.5 else GO_ON_PARTLY if relief > 0.25 else 0):
            (booster,) = self.life.plan(Phase.MAINTENANCE, [self._booster_time(24)])
            self._expect(booster, then=self._after_booster)
            return
        self.agenda.add(
            self.life.now + 7 * DAY, partial(self.life.end_course, "Infusions given as planned")
        )
        self.agenda.add(self.life.now + DAY * self.rng.randint(45, 100), self._think_again)

    def _booster_time(self, days: int) -> datetime:
        gap = days + self.rng.randint(-2, 4)
        return local(infusion_day(day_of(self.life.now), gap=gap), self._slot)

    def _after_booster(self) -> None:
        life = self.life
        for days in (0, 14, 28):
            life.expect_forms(life.now + days * DAY, 2 * DAY)
        if self.rng.random() < ONE_MORE_BOOSTER:
            booster = life.plan_one_more(self._booster_time(BOOSTER_EVERY))
            self._expect(booster, then=self._after_booster)
        else:
            self.agenda.add(
                life.now + 30 * DAY, partial(life.end_course, "No further booster wanted")
            )
            self.agenda.add(life.now + DAY * self.rng.randint(45, 100), self._think_again)

    def _think_again(self) -> None:
        life = self.life
        if not self._came_back and life.illness.relapsed(life.now):
            self._came_back = True
            if self.rng.random() < COME_BACK:
                first = infusion_day(day_of(life.now), gap=9)
                self._induction(first, given=INDUCTION)
