"""Other treatment of the simulated patients: entered at the first visit, or told by them later.

Own choice, not published: who receives what. It changes nothing in how ill anybody is.
"""

from datetime import timedelta
from functools import partial
from random import Random

from mindspa.demo.agenda import Agenda
from mindspa.demo.clinic import SimulatedClinic
from mindspa.demo.opening_hours import day_of
from mindspa.domain.access import Actor
from mindspa.domain.adjuncts import Entry, Kind
from mindspa.services.record_adjunct import end_adjunct, record_adjunct, tell_adjunct

DAY = timedelta(days=1)
_CHANGES = (
    "Sertraline 50 → 100 mg", "Bupropion added, 150 mg", "Venlafaxine 225 → 150 mg",
    "Quetiapine stopped", "Lithium 600 → 900 mg",
)  # fmt: skip
_THERAPIES = ("Cognitive behavioural therapy", "Behavioural activation", "Group for trauma")


class OtherTreatment:
    """`begins` at the first visit. Which patients is decided by their number, so that a small demo
    clinic holds each kind as well."""

    def __init__(self, simulated: SimulatedClinic, number: int, rng: Random) -> None:
        self.simulated, self.number, self.rng = simulated, number, rng

    @property
    def agenda(self) -> Agenda:
        return self.simulated.agenda

    def begins(self, patient: Actor) -> None:
        rng, number, now = self.rng, self.number, self.simulated.runtime.clock()
        today = day_of(now)
        if number % 3 == 1:
            since = today - rng.randint(30, 300) * DAY
            self._enter(patient, Entry(Kind.TALK_THERAPY, rng.choice(_THERAPIES), since, "weekly"))
        if number % 6 == 2:
            days = (today - rng.randint(35, 45) * DAY, today + rng.randint(12, 18) * DAY)
            series = Entry(Kind.TMS, "Left-sided series", days[0], "five times a week", days[1])
            self._enter(patient, series)
        if number % 12 == 4:
            self.agenda.add(now + rng.randint(30, 50) * DAY, partial(self._maintained, patient))
        if number % 20 == 3:
            since = today - 10 * DAY
            chamber = self._enter(patient, Entry(Kind.HBOT, "2.0 ATA, 90 min", since, "daily"))
            self.agenda.add(now + 12 * DAY, partial(self._ended, chamber))
        if number % 4 == 1:
            self.agenda.add(now + rng.randint(14, 18) * DAY, partial(self._told, patient))

    def _enter(self, patient: Actor, entry: Entry) -> str:
        assert patient.patient_id is not None, "no patient"
        with self.simulated.runtime.unit_of_work(self.simulated.care_team) as work:
            return record_adjunct(work, patient.patient_id, entry).id

    def _maintained(self, patient: Actor) -> None:
        since = day_of(self.simulated.runtime.clock())
        self._enter(patient, Entry(Kind.TMS, "Maintenance", since, "once a week"))

    def _ended(self, adjunct_id: str) -> None:
        with self.simulated.runtime.unit_of_work(self.simulated.care_team) as work:
            end_adjunct(work, adjunct_id, day_of(work.now) - DAY)

    def _told(self, patient: Actor) -> None:
        with self.simulated.runtime.unit_of_work(patient) as work:
            on = day_of(work.now) - DAY
            tell_adjunct(work, Entry(Kind.MEDICATION, self.rng.choice(_CHANGES), on))
