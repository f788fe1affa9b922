"""What a simulated patient answers: items that add up to how ill they are, and go together."""

from collections.abc import Collection, Mapping
from datetime import datetime
from random import Random

from mindspa.demo.illness import Illness
from mindspa.demo.patients import Person
from mindspa.domain.instruments import Instrument

# Of those with thoughts of death at baseline 73 % have fewer later (McInnes et al. 2022): about as
# many as get better by a quarter.
THOUGHTS_FALL_BELOW = 0.75
MUCH_WORSE = 6  # of the pulse's overall change
SEVERE = 3

ABOUT_THE_SAME = 4


class Answering:
    """One patient in front of their forms."""

    def __init__(self, person: Person, illness: Illness, rng: Random) -> None:
        self.person, self.illness, self._rng = person, illness, rng
        self._pulse_before: int | None = None

    def answers(
        self, instrument: Instrument, variant: str | None, *, at: datetime
    ) -> dict[str, int]:
        match instrument.id:
            case "phq9":
                return self._phq9(instrument, at)
            case "gad7":
                # Anxiety falls less than depression does: by 30 % (Oliver et al. 2022).
                left = 1 - 0.8 * (1 - self.illness.recalled(at, 14))
                return self._standard(instrument, self.person.gad7 * left, spread_by=1.1)
            case "pcl5":
                left = 1 - 0.75 * (1 - self.illness.recalled(at, 30))
                return self._standard(instrument, self.person.pcl5 * left, spread_by=3.0)
            case "pulse":
                return self._pulse(instrument, variant, at)
        raise ValueError(f"nobody is simulated who answers {instrument.id}")

    def madrs(self, at: datetime) -> int:
        """Rated over the past week, on a scale to 60."""
        total = 1.75 * self.person.phq9 * self.illness.recalled(at, 7) + self._rng.gauss(0, 2)
        return round(min(60.0, max(0.0, total)))

    def _phq9(self, instrument: Instrument, at: datetime) -> dict[str, int]:
        left = self.illness.recalled(at, 14)
        thoughts = self.person.thoughts
        if left < THOUGHTS_FALL_BELOW:
            thoughts = 0
        return self._standard(
            instrument, self.person.phq9 * left, spread_by=1.1, known={"9": thoughts}
        )

    def _standard(
        self,
        instrument: Instrument,
        mean: float,
        *,
        spread_by: float,
        known: Mapping[str, int] | None = None,
    ) -> dict[str, int]:
        answers = dict(known or {})
        free = [item.id for item in instrument.scored_items if item.id not in answers]
        highest = instrument.scored_items[0].highest
        total = round(self._rng.gauss(mean, spread_by)) - sum(answers.values())
        answers |= self._spread(total, free, highest)
        if "difficulty" in {item.id for item in instrument.items} and any(answers.values()):
            answers["difficulty"] = min(3, sum(answers.values()) // 6)
        return answers

    def _pulse(self, instrument: Instrument, variant: str | None, at: datetime) -> dict[str, int]:
        mean = 0.5 * self.person.phq9 * self.illness.severity(at)
        total = round(self._rng.gauss(mean, 0.6))
        scored = [item.id for item in instrument.scored_items]
        answers = self._spread(total, scored, instrument.scored_items[0].highest)
        total = sum(answers.values())
        if variant == "after":
            before = total if self._pulse_before is None else self._pulse_before
            change = ABOUT_THE_SAME + round(0.6 * (total - before) + self._rng.gauss(0, 0.3))
            answers["change"] = min(MUCH_WORSE - 1, max(1, change))
            answers["side_effects"] = self._rng.choices((0, 1, 2), (0.6, 0.33, 0.07))[0]
        else:
            self._pulse_before = total
        hesitates = self.person.thoughts > 0 and self.illness.severity(at) > 0.8
        answers["safety"] = 2 if hesitates and self._rng.random() < 0.08 else 0
        answers["call"] = 0
        return answers

    def _spread(self, total: int, items: Collection[str], highest: int) -> dict[str, int]:
        """`total` points, one by one, to the items that this person tends to feel most."""
        levels = dict.fromkeys(items, 0)
        weights = {item: self._weight(item, place) for place, item in enumerate(items, start=1)}
        for _ in range(min(max(0, total), highest * len(levels))):
            open_items = [item for item, level in levels.items() if level < highest]
            most = self._rng.choices(open_items, [weights[item] for item in open_items])[0]
            levels[most] += 1
        return levels

    def _weight(self, item: str, place: int) -> float:
        return self.person.tendency.get(item) or self.person.tendency[str(place)]
