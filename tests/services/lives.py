"""Lives of patients that a random number makes: courses, infusions, answers, alerts and reviews in
every order that the services allow, for what must hold of all of them."""

import random
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from mindspa.bootstrap import Runtime
from mindspa.domain.access import Actor, Role, operator
from mindspa.domain.check_ins import Mode, StoredForm, newest_versions
from mindspa.domain.follow_up import Disposition, FollowUpEntry, follow_up_entries
from mindspa.domain.follow_up_rows import follow_ups
from mindspa.domain.follow_up_windows import Windows
from mindspa.domain.instruments import Instrument
from mindspa.domain.safety import AlertState, findings
from mindspa.domain.scoring import SCORER_VERSION, score
from mindspa.domain.treatment import Clinic, Course, Infusion, Phase
from mindspa.services.plan_course import open_course, plan_infusion
from mindspa.services.raise_alerts import raise_alerts
from mindspa.services.record_infusion import cancel, record_end
from mindspa.services.register_patient import register_patient
from mindspa.services.review_follow_up import follow_up_list, follow_up_of, mark_reviewed
from mindspa.services.unit_of_work import UnitOfWork
from tests.conftest import NOW, Clock
from tests.factories import a_clinic, assessed, staff

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(slots=True)
class Lives:
    runtime: Runtime
    clock: Clock
    rng: random.Random
    clinic: Clinic
    nurse: Actor
    clinician: Actor
    events: list[tuple[datetime, int, Callable[[], None]]] = field(default_factory=list)

    @classmethod
    def begun(cls, runtime: Runtime, clock: Clock, seed: int) -> "Lives":
        clinic = a_clinic(runtime)
        nurse = staff(runtime, clinic, Role.CARE_TEAM)
        clinician = staff(runtime, clinic, Role.CLINICIAN)
        rng = random.Random(seed)  # noqa: S311
        return cls(runtime, clock, rng, clinic, nurse, clinician)

    def go_by(self, patients: int) -> None:
        """Until now; everything happens in its order, at its own time."""
        for number in range(patients):
            self._life(number)
        for at, _, happens in sorted(self.events, key=lambda event: event[:2]):
            if at <= NOW:
                self.clock.now = at
                happens()
        self.clock.now = NOW

    def _at(self, at: datetime, happens: Callable[[], None]) -> None:
        self.events.append((at, len(self.events), happens))

    def _writing(self) -> AbstractContextManager[UnitOfWork]:
        return self.runtime.unit_of_work(operator(self.clinic.id))

    def _life(self, number: int) -> None:
        rng = self.rng
        begins = NOW - rng.choice((4, 12, 40, 200, 500)) * DAY - rng.random() * DAY
        self.clock.now = begins
        with self._writing() as work:
            patient_id = register_patient(work, name=f"Patient {number}").id
        phases = [Phase.INDUCTION, Phase.MAINTENANCE, Phase.INDUCTION][: rng.randint(0, 3)]
        starts = begins + 2 * DAY
        for phase in phases:
            starts = self._course(patient_id, phase, starts)
        for _ in range(rng.randint(0, 12)):
            self._answers(patient_id, begins + rng.random() * (NOW - begins))

    def _course(self, patient_id: str, phase: Phase, starts: datetime) -> datetime:
        """When the next may begin."""
        rng, opened = self.rng, []

        def opens() -> None:
            with self._writing() as work:
                opened.append(open_course(work, patient_id, phase, starts_at=starts))

        self._at(starts - HOUR, opens)
        at = starts
        for _ in range(rng.randint(1, 5)):
            self._infusion(patient_id, opened, at)
            days = rng.choice((1, 2, 3, 5)) if phase is Phase.INDUCTION else rng.choice((7, 28))
            at += days * DAY + rng.random() * HOUR
        return at + rng.choice((3, 30)) * DAY

    def _infusion(self, patient_id: str, course: list[Course], at: datetime) -> None:
        rng, planned = self.rng, list[Infusion]()
        what = rng.choices(("given", "forgotten", "cancelled", "late"), (12, 1, 2, 1))[0]

        def plans() -> None:
            with self._writing() as work:
                planned.append(plan_infusion(work, course[0], planned_at=at))

        def ends() -> None:
            with self._writing() as work:
                record_end(
                    work, planned[0].id, version=1, started_at=at, ended_at=at + rng.random() * HOUR
                )

        def is_cancelled() -> None:
            with self._writing() as work:
                cancel(work, planned[0].id, version=1, reason="The patient is ill.")

        # What is recorded late enough came in as history.
        self._at(at + 20 * DAY if what == "late" else at - HOUR / 2, plans)
        if what in ("given", "late"):
            self._at(at + (20 * DAY + HOUR if what == "late" else rng.choice((1, 5)) * HOUR), ends)
        elif what == "cancelled":
            self._at(at - HOUR / 4, is_cancelled)
        for hours in (-20, -3, 2, 25, 26, 40, 50, 70, 80, 83.5, 84, 100):
            if rng.random() < 0.4:
                self._answers(patient_id, at + hours * HOUR)
        for hours in (5, 60, 90, 300):
            if rng.random() < 0.5:
                self._at(at + hours * HOUR, lambda: self._review(patient_id))
            if rng.random() < 0.3:
                self._at(at + hours * HOUR + HOUR, lambda: self._close_alerts(patient_id))

    def _answers(self, patient_id: str, at: datetime) -> None:
        """Stored then, or weeks later from paper; sometimes corrected afterwards."""
        rng = self.rng
        instrument = self.runtime.definitions.instruments[
            rng.choice(("pulse", "pulse", "pulse", "phq9", "gad7"))
        ]
        stored: list[StoredForm] = []
        saved_at = at + rng.choice((0, 0, 0, 30)) * DAY
        self._at(saved_at, lambda: stored.append(self._store(patient_id, instrument, at, None)))

        def corrects(again: datetime) -> None:
            self._store(patient_id, instrument, again, stored[0])

        if rng.random() < 0.15:
            again = at + rng.choice((0, 2)) * HOUR
            self._at(saved_at + DAY, lambda: corrects(again))

    def _store(
        self, patient_id: str, instrument: Instrument, at: datetime, replaced: StoredForm | None
    ) -> StoredForm:
        rng = self.rng
        asked = [item for item in instrument.items if rng.random() < 0.97]
        answers = {item.id: rng.choice(sorted(item.values)) for item in asked}
        if instrument.safety_item in answers and rng.random() < 0.9:
            answers[instrument.safety_item] = 0
        with self._writing() as work:
            work.write_about(patient_id)
            form = StoredForm(
                work.new_id(), patient_id, instrument.id, instrument.version, "en", answers,
                score(instrument, answers).total, SCORER_VERSION, Mode.ON_PAPER,
                answered_at=at, saved_at=work.now, entered_by="nurse",
                version=replaced.version + 1 if replaced else 1,
                replaces=replaced.id if replaced else None,
            )  # fmt: skip
            work.records.check_ins.add_form(form)
            found = findings(work.definitions.safety, instrument.id, answers)
            raise_alerts(work, patient_id, found, answered_at=at, form_id=form.id)
        return form

    def _review(self, patient_id: str) -> None:
        with self.runtime.reading(self.nurse) as work:
            seen = [
                follow_up_of(work, entry)
                for entry in follow_up_list(work)
                if entry.patient.id == patient_id and entry.row.treated
            ]
        with self.runtime.unit_of_work(self.nurse) as work:
            for found in seen[:2]:
                mark_reviewed(
                    work,
                    found.infusion.id,
                    disposition=Disposition.NO_ACTION,
                    note=None,
                    seen_form_ids=found.form_ids,
                    seen_alert_ids=found.alert_ids,
                )

    def _close_alerts(self, patient_id: str) -> None:
        with self.runtime.unit_of_work(self.clinician) as work:
            for alert in work.records.alerts.of_many([patient_id]):
                if alert.state is AlertState.OPEN:
                    assessed(work, alert.id, outcome="assessed", note="Talked to them.")


def list_derived_in_full(work: UnitOfWork) -> tuple[FollowUpEntry, ...]:
    """Now, by the domain alone, from the whole of every record: what the stored list must equal."""
    records = work.records
    rows = []
    for patient in records.patients.all():
        courses = records.treatment.courses_of(patient.id)
        infusions = records.treatment.infusions_of(patient.id)
        forms = records.check_ins.forms_of(patient.id)
        alerts = records.alerts.of_many([patient.id])
        reviews = records.treatment.reviews_of_many([patient.id])
        windows = Windows(infusions, alerts, reviews, work.definitions.protocol)
        rows += [
            (patient, found.row)
            for found in follow_ups(
                windows,
                windows.waiting(newest_versions(forms)),
                courses=courses,
                infusions=infusions,
                occasions=records.treatment.occasions_of(patient.id),
                forms=forms,
                definitions=work.definitions,
                zone=ZoneInfo(work.clinic.zone),
            )
        ]
    return follow_up_entries(rows, now=work.now)
