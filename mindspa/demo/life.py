"""One simulated patient at the clinic: what is planned, given, asked and answered."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import partial
from random import Random

from mindspa.demo import intakes
from mindspa.demo.adjuncts import OtherTreatment
from mindspa.demo.agenda import some_time
from mindspa.demo.answers import Answering
from mindspa.demo.clinic import SimulatedClinic
from mindspa.demo.illness import Illness
from mindspa.demo.patients import Person
from mindspa.demo.sheets import SheetWriter
from mindspa.domain import due, safety
from mindspa.domain.access import Actor
from mindspa.domain.check_ins import CheckIn, GivenAnswer, Mode
from mindspa.domain.contacts import Reached, Way, Wish
from mindspa.domain.course_review import Decision, DoseUnit
from mindspa.domain.schedule import PULSE
from mindspa.domain.treatment import Course, Infusion, PatientStatus, Phase
from mindspa.services.ask_for_call import ask_for_treatment
from mindspa.services.change_status import change_status
from mindspa.services.correct_infusion import correct_infusion
from mindspa.services.enter_for_patient import open_for_patient
from mindspa.services.log_contact import log_contact
from mindspa.services.open_check_in import open_check_in
from mindspa.services.plan_course import close_course, open_course, plan_infusion
from mindspa.services.record_infusion import cancel, record_end
from mindspa.services.record_rating import record_rating
from mindspa.services.register_patient import register_patient
from mindspa.services.review_course import review_course
from mindspa.services.save_answer import save_answer, save_note
from mindspa.services.send_check_in import send_check_in
from mindspa.services.unit_of_work import UnitOfWork

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SHEETS_SINCE = timedelta(days=120)  # before the end of the year: older ones nobody opens
LEAVES_AFTER = timedelta(minutes=35)
ANSWERING_TAKES = timedelta(minutes=3)

# Own choice, not published: after which infusion the clinician looks, and what is found.
REVIEWED_AFTER, LITTLE_RELIEF = 3, 0.15
REVIEW_COMES = timedelta(minutes=50)
_HELPED = "Tolerated well; lighter days after the infusions. Goes on as planned."
_HARDLY_HELPED = "Tolerated well, hardly any change so far. A higher dose for the rest."

# When people answer, in hours after an infusion's end, and before the start of the next.
AFTER_INFUSION = ((24.2, 34.0), (38.0, 58.0), (62.0, 82.0))
BEFORE_INFUSION = (20.0, 1.5)

Overrides = Mapping[str, int | None]
_AS_THEY_ARE: Overrides = {}


class Life:
    """Call `register` first; whatever is called does it at the clock's instant."""

    def __init__(self, simulated: SimulatedClinic, person: Person, seed: int) -> None:
        self.simulated, self.person = simulated, person
        self.agenda, self.runtime = simulated.agenda, simulated.runtime
        self.rng = Random(f"life {seed} {person.number}")
        self.illness = Illness(person.course, Random(f"illness {seed} {person.number}"))
        self._answering = Answering(person, self.illness, Random(f"answers {seed} {person.number}"))
        self._sheets = SheetWriter(Random(f"sheets {seed} {person.number}"))
        self._telling = Random(f"intake {seed} {person.number}")
        self._others = OtherTreatment(
            simulated, person.number, Random(f"adjuncts {seed} {person.number}")
        )
        self.patient_id = ""
        self._actor: Actor | None = None
        self.course: Course | None = None
        self.dose_mg = person.dose_mg
        self._given: Counter[str] = Counter()  # infusions, by course
        self.infusions: list[Infusion] = []

    @property
    def now(self) -> datetime:
        return self.runtime.clock()

    @property
    def actor(self) -> Actor:
        assert self._actor is not None, "not registered"
        return self._actor

    # What the staff does

    def register(self) -> None:
        with self.runtime.unit_of_work(self.simulated.care_team) as work:
            patient = register_patient(
                work,
                name=self.person.name,
                born_on=self.person.born_on,
                indications=self.person.indications,
                # Numbers that are kept for stories.
                phone=f"(212) 555-01{self.person.number:02}",
                voicemail=self.person.number % 3 > 0,
            )
        self.patient_id = patient.id
        self._actor = self.simulated.add_patient_account(
            self.person.login, self.person.name, patient.id
        )

    def tell(self) -> None:
        """The new-patient forms, which a clinician reads a day later."""
        with self.runtime.unit_of_work(self.actor) as work:
            intakes.fill_in(work, self._telling, self.person.indications)
        self._others.begins(self.actor)
        self.agenda.add(self.now + DAY, self._is_approved)

    def _is_approved(self) -> None:
        with self.runtime.unit_of_work(self.simulated.clinician) as work:
            intakes.approve(work, self.patient_id)

    def plan(self, phase: Phase, times: Iterable[datetime]) -> list[Infusion]:
        """A new course of infusions at these times."""
        starts = sorted(times)
        with self.runtime.unit_of_work(self.simulated.care_team) as work:
            self.course = open_course(work, self.patient_id, phase, starts_at=starts[0])
            planned = [plan_infusion(work, self.course, planned_at=start) for start in starts]
        self.infusions += planned
        return planned

    def plan_one_more(self, start: datetime) -> Infusion:
        assert self.course is not None, "no course"
        with self.runtime.unit_of_work(self.simulated.care_team) as work:
            planned = plan_infusion(work, self.course, planned_at=start)
        self.infusions.append(planned)
        return planned

    def give(self, infusion: Infusion, *, length: timedelta, stopped: str | None = None) -> None:
        """Records the end, which is now."""
        assert self.course is not None, "no course"
        with self.runtime.unit_of_work(self.simulated.care_team) as work:
            record_end(
                work,
                infusion.id,
                version=infusion.version,
                started_at=self.now - length,
                ended_at=self.now,
                dose_mg=self.dose_mg * (0.6 if stopped else 1),
                weight_kg=self.person.weight_kg,
                stopped_because=stopped,
            )
            if self.now > self.agenda.ends_at - SHEETS_SINCE:
                self._sheets.during(work, infusion.id, self.now - length, self.now)
                self.agenda.add(self.now + LEAVES_AFTER, partial(self._leaves, infusion.id))
        self.illness.infuse(self.now, induction=self.course.phase is Phase.INDUCTION)
        self._given[self.course.id] += 1
        in_its_middle = self._given[self.course.id] == REVIEWED_AFTER
        if in_its_middle and self.course.phase is Phase.INDUCTION:
            self.agenda.add(self.now + REVIEW_COMES, self.review_course)

    def correct_dose(self, infusion_id: str) -> None:
        """Five milligrams more than was typed."""
        with self.runtime.unit_of_work(self.simulated.care_team) as work:
            typed = work.records.treatment.infusion(infusion_id)
            correct_infusion(
                work,
                infusion_id,
                version=typed.version,
                outcome=typed.status,
                why="The pump says five more: I read the first syringe only.",
                started_at=typed.started_at,
                ended_at=typed.ended_at,
                discharged_at=typed.discharged_at,
                dose_mg=(typed.dose_mg or 0) + 5,
                weight_kg=typed.weight_kg,
            )

    def _leaves(self, infusion_id: str) -> None:
        with self.runtime.unit_of_work(self.simulated.care_team) as work:
            self._sheets.leaves(work, infusion_id)

    def cancel(self, infusions: Iterable[Infusion], reason: str) -> None:
        with self.runtime.unit_of_work(self.simulated.care_team) as work:
            for infusion in infusions:
                cancel(work, infusion.id, version=infusion.version, reason=reason)

    def pause(self) -> None:
        with self.runtime.unit_of_work(self.simulated.care_team) as work:
            change_status(work, self.patient_id, PatientStatus.PAUSED)

    def end_course(self, reason: str) -> None:
        assert self.course is not None, "no course"
        with self.runtime.unit_of_work(self.simulated.care_team) as work:
            course = work.records.treatment.courses_of(self.patient_id)[-1]
            close_course(work, course, at=self.now, reason=reason)

    def review_course(self) -> None:
        """Where little has changed by now the infusions to come get somewhat more."""
        assert self.course is not None, "no course"
        decision, dose, unit, reason = Decision.CONTINUE, None, None, _HELPED
        if self.illness.relief(self.now) < LITTLE_RELIEF:
            decision, unit, reason = Decision.CHANGE_DOSE, DoseUnit.MG, _HARDLY_HELPED
            self.dose_mg = dose = round(self.person.dose_mg * 1.2)
        with self.runtime.unit_of_work(self.simulated.clinician) as work:
            review_course(
                work,
                self.patient_id,
                self.course.id,
                decision=decision,
                dose=dose,
                unit=unit,
                reason=reason,
            )

    def phone(self, outcome: Reached, note: str) -> None:
        with self.runtime.unit_of_work(self.simulated.care_team) as work:
            log_contact(work, self.patient_id, way=Way.PHONE, outcome=outcome, note=note)

    def ask_by_phone(self, overrides: "Overrides") -> None:
        """The pulse, read out by a nurse."""
        self.phone(Reached.REACHED, "Asked the questions on the phone.")
        with self.runtime.unit_of_work(self.simulated.care_team) as work:
            check_in = open_for_patient(work, self.patient_id, mode=Mode.BY_PHONE, forms=[PULSE])
            work.now += ANSWERING_TAKES
            self.answer(work, check_in, overrides)
            send_check_in(work, check_in.id, unanswered_too=True)

    def rate(self) -> None:
        with self.runtime.unit_of_work(self.simulated.clinician) as work:
            record_rating(
                work,
                self.patient_id,
                "madrs",
                rated_at=self.now,
                total=self._answering.madrs(self.now),
            )

    # What the patient does

    def expect_answers(self, ended_at: datetime, *, until: datetime | None = None) -> None:
        """Plans when the check-ins after an infusion are answered, and which are not."""
        for opens, closes in AFTER_INFUSION:
            at = some_time(self.rng, ended_at + HOUR * opens, ended_at + HOUR * closes)
            if self.rng.random() < self.person.answers_pulses and (until is None or at < until):
                self.agenda.add(at, self.check_in)

    def expect_before(self, start: datetime) -> None:
        if self.rng.random() < self.person.answers_pulses + 0.1:
            opens, closes = BEFORE_INFUSION
            self.answer_between(start - HOUR * opens, start - HOUR * closes)

    def expect_forms(self, around: datetime, spread: timedelta) -> None:
        if self.rng.random() < self.person.answers_forms:
            self.answer_between(around - spread, around + spread)

    def answer_between(self, start: datetime, end: datetime) -> None:
        self.agenda.add(some_time(self.rng, start, end), self.check_in)

    def check_in(self, overrides: Overrides = _AS_THEY_ARE, note: str = "") -> None:
        """Answers what is due, if anything is. `overrides` are answers to items of the pulse or the
        PHQ-9; None leaves one out."""
        if self.now + ANSWERING_TAKES > self.agenda.ends_at:
            return
        with self.runtime.unit_of_work(self.actor) as work:
            if self._is_asked(work):
                check_in = open_check_in(work, unscheduled=False)
                work.now += ANSWERING_TAKES  # one sitting is one unit: a year has to be quick
                self.answer(work, check_in, overrides)
                if note:
                    save_note(work, check_in.id, note, replaces="")
                send_check_in(work, check_in.id, unanswered_too=True)

    def start_check_in(self) -> None:
        """Three answers, and not sent."""
        with self.runtime.unit_of_work(self.actor) as work:
            if self._is_asked(work):
                self.answer(work, open_check_in(work, unscheduled=False), {}, only_first=3)

    def ask_for_booster(self, note: str) -> None:
        with self.runtime.unit_of_work(self.actor) as work:
            ask_for_treatment(work, Wish.BOOSTER, note=note)

    def _is_asked(self, work: UnitOfWork) -> bool:
        treatment, check_ins = work.records.treatment, work.records.check_ins
        found = due.due_now(
            treatment.occasions_of(self.patient_id),
            check_ins.forms_of(self.patient_id),
            treatment.infusions_of(self.patient_id),
            work.definitions.protocol,
            now=work.now,
        )
        return found is not None

    def answer(
        self,
        work: UnitOfWork,
        check_in: CheckIn,
        overrides: Overrides,
        *,
        only_first: int | None = None,
    ) -> None:
        for instrument_id in check_in.forms:
            instrument = work.definitions.instruments[instrument_id]
            answers: dict[str, int | None] = {}
            answers |= self._answering.answers(instrument, check_in.variant, at=work.now)
            answers |= {item: value for item, value in overrides.items() if item in answers}
            for item, value in list(answers.items())[:only_first]:
                if value is not None:
                    _save(work, check_in, instrument_id, item, value)


def _save(work: UnitOfWork, check_in: CheckIn, instrument_id: str, item: str, value: int) -> None:
    """Through the service where the answer raises something; what it does for any other answer is
    done here without its questions, which a simulation of thousands need not ask."""
    rules = work.definitions.safety
    if safety.findings_for_item(rules, instrument_id, item, value) or safety.contact_requests(
        rules, instrument_id, {item: value}
    ):
        save_answer(
            work,
            check_in.id,
            instrument_id=instrument_id,
            item_id=item,
            value=value,
            replaces=0,
        )
        return
    work.records.check_ins.add_answer(
        check_in.patient_id,
        GivenAnswer(check_in.id, instrument_id, item, 1, value, work.now, work.actor.id),
    )
    work.audit("answer.given", about=check_in.patient_id, record=check_in.id)
