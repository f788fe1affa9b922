"""What happens in the simulated year, carried out in order of time."""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random

from mindspa.demo.opening_hours import waking


@dataclass(slots=True)
class Clock:
    """Stands at the instant of what is being carried out."""

    now: datetime = datetime(1970, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@dataclass(slots=True)
class Agenda:
    clock: Clock
    ends_at: datetime
    _waiting: list[tuple[datetime, int, Callable[[], None]]] = field(default_factory=list)
    _added: int = 0

    def add(self, at: datetime, action: Callable[[], None]) -> None:
        """What would come after the end never happens."""
        if at <= self.ends_at:
            self._added += 1
            heapq.heappush(self._waiting, (at.astimezone(UTC), self._added, action))

    def run(self) -> None:
        """What is added meanwhile is carried out too, at its time or, if that is over, at once."""
        while self._waiting:
            at, _, action = heapq.heappop(self._waiting)
            self.clock.now = max(self.clock.now, at)
            action()
        self.clock.now = self.ends_at


def some_time(rng: Random, start: datetime, end: datetime) -> datetime:
    """An instant between two, by day if that is possible."""
    found = start
    for _ in range(30):
        found = start + (end - start) * rng.random()
        if waking(found):
            break
    return found.replace(microsecond=0)
