"""What the simulated nurse writes on the sheet of an infusion."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from mindspa.domain.infusion_sheet import Checklist, Severity
from mindspa.services.record_side_effect import end_side_effect, record_side_effect
from mindspa.services.record_vitals import record_vitals
from mindspa.services.tick_checklist import discharge, tick
from mindspa.services.unit_of_work import UnitOfWork
from mindspa.services.write_sheet_note import write_sheet_note

MINUTE = timedelta(minutes=1)
# Own choice, not published: what is told during an infusion, and how often.
_TOLD = (("dissociation", 0.5), ("lightheadedness", 0.35), ("nausea", 0.2))
_NOTES = (
    "Calm throughout, music and eye mask.",
    "Cold hands; a blanket helped.",
    "Slept at times.",
)


class SheetWriter:
    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self._systolic, self._diastolic = rng.randint(108, 136), rng.randint(66, 84)
        self._heart_rate = rng.randint(58, 84)

    def during(self, work: UnitOfWork, infusion_id: str, start: datetime, end: datetime) -> None:
        """Everything up to the end, written down at the end."""
        rng = self.rng
        for choice in work.definitions.infusion_day.checklists[Checklist.READINESS]:
            tick(work, infusion_id, Checklist.READINESS, choice.id, ticked=True)
        for minute in self._minutes(start, end):
            record_vitals(work, infusion_id, self._vitals(minute), taken_at=start + minute * MINUTE)
        for kind, chance in _TOLD:
            if rng.random() < chance:
                onset = start + rng.randint(8, 20) * MINUTE
                if onset < end:
                    severity = rng.choice((Severity.MILD, Severity.MILD, Severity.MODERATE))
                    told = record_side_effect(work, infusion_id, kind, severity, onset_at=onset)
                    end_side_effect(work, infusion_id, told.id)
        if rng.random() < 0.3:
            write_sheet_note(work, infusion_id, rng.choice(_NOTES))

    def leaves(self, work: UnitOfWork, infusion_id: str) -> None:
        for choice in work.definitions.infusion_day.checklists[Checklist.DISCHARGE]:
            tick(work, infusion_id, Checklist.DISCHARGE, choice.id, ticked=True)
        version = work.records.treatment.infusion(infusion_id).version
        discharge(work, infusion_id, version=version)

    def _minutes(self, start: datetime, end: datetime) -> Iterator[int]:
        length = (end - start) // MINUTE
        yield -5
        yield from range(15, length, 15)
        yield length

    def _vitals(self, minute: int) -> dict[str, object]:
        """Pressure and heart rate rise towards the middle and fall again."""
        rng = self.rng
        rise = max(0.0, 1 - abs(minute - 35) / 40)
        return {
            "systolic": round(self._systolic + 18 * rise + rng.gauss(0, 3)),
            "diastolic": round(self._diastolic + 10 * rise + rng.gauss(0, 2)),
            "heart_rate": round(self._heart_rate + 10 * rise + rng.gauss(0, 3)),
            "spo2": min(100, round(98 - rise + rng.gauss(0, 0.6))),
        }
