"""What is told of the treatment: in plain words, and published results with what has to stand
beside each figure."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class PublishedResult:
    """`percent` of `people`; `low` and `high` are a 95 % interval, None where the source has none.
    `computed`: the interval was worked out from the published counts."""

    id: str
    source: str
    people: int
    design: str
    scale: str
    time: str
    measure: str
    percent: float
    caveat: str
    low: float | None = None
    high: float | None = None
    computed: bool = False


@dataclass(frozen=True, slots=True)
class TreatmentText:
    """Sentences for patients, in the order in which things happen."""

    before: tuple[str, ...]
    during: tuple[str, ...]
    after: tuple[str, ...]
    source: str
    reviewed_by: str | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    checked_on: date
    results: tuple[PublishedResult, ...]
