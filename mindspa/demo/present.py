"""The patients of the last days: somebody in every state that a visitor should find now."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from functools import partial
from itertools import pairwise

from mindspa.demo.life import DAY, HOUR, Life
from mindspa.demo.opening_hours import SLOTS, ZONE, day_of, infusion_day, is_weekday, local
from mindspa.domain.contacts import Reached
from mindspa.domain.treatment import Infusion, Phase

LENGTH = timedelta(minutes=55)
WORST = {"interest": 3, "low_mood": 3, "nervous": 3, "worry": 2}


@dataclass(frozen=True, slots=True)
class Pulse:
    """A check-in at so many hours after the end of the latest infusion. `answers` are those that
    differ from what the illness makes the patient answer; None: left out."""

    after: float
    answers: Mapping[str, int | None] = field(default_factory=dict)
    note: str = ""
    by_phone: bool = False  # asked and entered by the care team


BEFORE = Pulse(-3)


@dataclass(frozen=True, slots=True)
class Scene:
    """`ended`: hours before now that the latest infusion ended, as (at least, best, at most);
    negative ones are still to come. `given` counts it."""

    ended: tuple[float, float, float]
    given: int
    gap: int = 3
    pulses: tuple[Pulse, ...] = (BEFORE,)
    reviewed_after: float | None = None  # hours after its end
    started: bool = False  # a check-in that is not sent yet
    forgotten: bool = False  # nobody recorded the end of the infusion
    quiet: bool = False  # answered nothing before the pulses that stand here
    corrected: bool = False  # the dose of the latest infusion was typed wrong at first
    called_after: float | None = None  # hours after its end; nobody answered the phone
    booster_wanted_after: float | None = None  # hours after its end


# In the order of the patients; the first two are those whose accounts are shown.
SCENES = (
    # A check-in is due now.
    Scene((25, 30, 34), given=3),
    # Mid-course, both check-ins so far answered.
    Scene(
        (50, 52, 58),
        given=5,
        pulses=(BEFORE, Pulse(26), Pulse(49, note="Slept well.")),
        corrected=True,
    ),
    # Answered at 25 hours.
    Scene((26.5, 29, 35), given=2, gap=2, pulses=(BEFORE, Pulse(25.5))),
    # Worse at 39 hours.
    Scene(
        (40, 46, 58),
        given=6,
        pulses=(
            BEFORE,
            Pulse(25.2),
            Pulse(39, WORST | {"change": 6}, "It was good for a day. Now it is worse than before."),
        ),
    ),
    # The 72 h check-in is due.
    Scene((62, 71, 80), given=6, pulses=(BEFORE, Pulse(27), Pulse(49))),
    # Asked for the last one by phone after 78 hours; 48 h stays missed.
    Scene((79, 82, 83.5), given=6, pulses=(BEFORE, Pulse(26), Pulse(78, by_phone=True))),
    # Silent, and without a check-in before the infusion; called in vain.
    Scene((37, 40, 58), given=2, pulses=(), called_after=36.8),
    # Thoughts of self-harm, and asks for a call.
    Scene(
        (26, 28, 34),
        given=3,
        pulses=(
            BEFORE,
            Pulse(25.5, WORST | {"change": 5, "safety": 1, "call": 1}, "Please call after four."),
        ),
    ),
    # Sent without the safety answer.
    Scene((31.5, 33, 35), given=4, gap=2, pulses=(BEFORE, Pulse(31, {"safety": None}))),
    # A severe side effect.
    Scene((25.5, 27, 34), given=1, gap=2, pulses=(BEFORE, Pulse(25, {"side_effects": 3}))),
    # Nobody has reviewed it in time.
    Scene((100, 110, 130), given=6, pulses=(BEFORE, Pulse(26), Pulse(50), Pulse(73))),
    # Reviewed: not on the list. Asks for a booster.
    Scene(
        (74, 76, 83),
        given=6,
        pulses=(BEFORE, Pulse(26), Pulse(49), Pulse(72.5)),
        reviewed_after=73.2,
        booster_wanted_after=73.6,
    ),
    # Answered again after the review.
    Scene(
        (64, 66, 80),
        given=6,
        pulses=(BEFORE, Pulse(25), Pulse(47), Pulse(63)),
        reviewed_after=50,
    ),
    # The end of the infusion was forgotten.
    Scene((2.5, 4, 8), given=4, forgotten=True),
    # The next infusion is near: the check-in before it is due.
    Scene((-20, -8, -2.5), given=3, gap=2, pulses=()),
    # Just gone home.
    Scene((1, 2.5, 5), given=1),
    # A check-in is begun and not sent.
    Scene((44, 50, 58), given=6, pulses=(BEFORE, Pulse(27)), started=True),
    # Monday, Wednesday, Friday: one check-in is the 48 h one and that before the next infusion.
    Scene((38, 42, 45.5), given=2, gap=2, pulses=(BEFORE, Pulse(26), Pulse(37.5))),
    # PHQ-9 item 9 rose in this week's form.
    Scene((3, 20, 23), given=4, gap=2, pulses=(Pulse(-6, {"9": 1}),), quiet=True),
    # Begins next week: the forms before treatment are due.
    Scene((-160, -144, -120), given=1, pulses=(), quiet=True),
)


class Present:
    def __init__(self, life: Life, scene: Scene) -> None:
        self.life, self.scene, self.agenda = life, scene, life.agenda
        self._now = life.agenda.ends_at
        self._ended_at = self._in_opening_hours()

    def begin(self) -> None:
        latest = self._ended_at - LENGTH
        days = [day_of(latest)]
        while len(days) < self.scene.given:
            days.insert(0, infusion_day(days[0], gap=self.scene.gap, backwards=True))
        slot = SLOTS[self.life.person.number % len(SLOTS)]
        times = [*(local(day, slot) for day in days[:-1]), latest]
        while len(times) < 6:
            # At the same hour as the latest: what is asked between the two depends on it.
            at = latest.astimezone(ZONE).time()
            times.append(local(infusion_day(day_of(times[-1]), gap=self.scene.gap), at))
        registered = min(times[0], self._now) - 11 * DAY
        self.agenda.add(registered, partial(self._register, times))

    def _in_opening_hours(self) -> datetime:
        """The best end that falls in opening hours; at weekends if need be; else the best."""
        least, best, most = self.scene.ended
        quarters = range(round((most - least) * 4) + 1)
        possible = [self._now - HOUR * (least + quarter / 4) for quarter in quarters]
        wished = self._now - HOUR * best
        by_day = [at for at in possible if time(10) <= at.astimezone(ZONE).time() <= time(17)]
        on_weekdays = [at for at in by_day if is_weekday(day_of(at))]
        found = min(on_weekdays or by_day or [wished], key=lambda at: (abs(at - wished), at))
        return found.replace(second=0, microsecond=0)

    def _register(self, times: list[datetime]) -> None:
        life, scene = self.life, self.scene
        life.register()
        life.tell()
        life.simulated.watched.add(life.patient_id)
        planned = life.plan(Phase.INDUCTION, times)
        latest = planned[scene.given - 1]
        if not scene.quiet:
            life.answer_between(max(life.now, times[0] - 8 * DAY), times[0] - DAY)
            self._answer_until(latest.planned_at - 25 * HOUR, times)
        for infusion in planned[: scene.given]:
            if not (infusion is latest and scene.forgotten):
                ends = infusion.planned_at + LENGTH
                self.agenda.add(ends, partial(life.give, infusion, length=LENGTH))
        self._play(latest)

    def _answer_until(self, end: datetime, times: list[datetime]) -> None:
        """As anybody does, for the infusions before the latest."""
        life = self.life
        for start, after in pairwise(times):
            if after <= end + 25 * HOUR:
                life.expect_before(start)
                life.expect_answers(start + LENGTH, until=end)
        week = times[0] + 7 * DAY
        if week + 36 * HOUR < end:
            life.expect_forms(week, 36 * HOUR)

    def _play(self, latest: Infusion) -> None:
        life, scene = self.life, self.scene
        life.simulated.spared.add(latest.id)
        for pulse in scene.pulses:
            answers = partial(life.check_in, pulse.answers, pulse.note)
            if pulse.by_phone:
                answers = partial(life.ask_by_phone, pulse.answers)
            self.agenda.add(self._ended_at + HOUR * pulse.after, answers)
        if scene.reviewed_after is not None:
            review = partial(life.simulated.review_infusion, latest.id)
            self.agenda.add(self._ended_at + HOUR * scene.reviewed_after, review)
        if scene.called_after is not None:
            said = partial(life.phone, Reached.MESSAGE_LEFT, "Asked them to answer or to call.")
            self.agenda.add(self._ended_at + HOUR * scene.called_after, said)
        if scene.booster_wanted_after is not None:
            asks = partial(life.ask_for_booster, "It helped. Could I come again in four weeks?")
            self.agenda.add(self._ended_at + HOUR * scene.booster_wanted_after, asks)
        if scene.corrected:
            self.agenda.add(self._ended_at + HOUR / 3, partial(life.correct_dose, latest.id))
        if scene.started:
            self.agenda.add(self._now - HOUR * 0.7, life.start_check_in)
