"""The simulated clinic's staff, and what they do in a day's work."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from mindspa.bootstrap import Runtime
from mindspa.demo.agenda import Agenda
from mindspa.demo.opening_hours import CLOSES, HOURS, OPENS, SATURDAY, ZONE, is_weekday
from mindspa.domain.access import Actor, Person, Role, operator, worker
from mindspa.domain.alert_cases import AlertCase
from mindspa.domain.contacts import Reached, Way
from mindspa.domain.duty import DutyPlan, OpenHours, Shift
from mindspa.domain.follow_up import Disposition, FollowUpEntry, Need
from mindspa.domain.protocol_versions import choices_of
from mindspa.domain.safety import Tier
from mindspa.domain.safety_card import CardEntry
from mindspa.domain.schedule import OccasionStatus
from mindspa.domain.treatment import Clinic
from mindspa.services import demo_accounts
from mindspa.services.demo_accounts import DemoAccount
from mindspa.services.escalate_alerts import alerts_waiting, escalate_alert
from mindspa.services.handle_alert import close_alert, log_attempt
from mindspa.services.notice_silence import notice_silence, patients_gone_silent
from mindspa.services.plan_duty import write_duty
from mindspa.services.put_protocol_in_force import put_protocol_in_force
from mindspa.services.review_follow_up import follow_up_list, follow_up_of, mark_reviewed
from mindspa.services.unit_of_work import UnitOfWork
from mindspa.services.write_safety_card import write_card

# What the last days left for the visitor to see is not tidied up by the simulated staff.
LEFT_FOR_VISITORS = timedelta(hours=60)

_OUTCOMES = (
    ("assessed", "Called and asked directly. Thoughts come and go, no plan. Next visit stands."),
    ("assessed", "Talked on the phone. A hard day at work; feels safe, knows whom to call."),
    ("safety_plan", "Went through the safety plan together; partner is at home this week."),
    ("handed_over", "Told the treating psychiatrist, who sees them tomorrow."),
)
_SAFETY_PLAN = (
    "Warning signs: not sleeping, not answering friends.\n"
    "What helps alone: a walk by the lake, music.\n"
    "Who helps: Alex, at any hour. Then the clinic; at night 988.\n"
    "At home: tablets are with Alex."
)
_UNREACHED_STEPS = (
    "Phoned three times on two days",
    "Asked the emergency contact",
    "Asked the police for a welfare check, or wrote down why not",
)
_WHY_A_DAY_LATER = (
    "Weekly questionnaires a day later: on the day of an infusion there is enough to answer."
)
_CALLED = "Called: doing all right, will answer the next one."
_AFTER_CONCERN = "Called about the answers; agreed to talk again before the next infusion."


class SimulatedClinic:
    """`spared` are infusions whose row is left as the visitor shall find it, `watched` patients
    whose latest alerts are."""

    def __init__(self, runtime: Runtime, agenda: Agenda, seed: int) -> None:
        self.runtime, self.agenda = runtime, agenda
        self.rng = Random(f"staff {seed}")
        self.spared: set[str] = set()
        self.watched: set[str] = set()
        self._has_patients = False
        self.clinic = Clinic(
            runtime.new_id(), "Lakeside Demo Clinic", ZONE.key, "US", "555-0142", HOURS
        )
        self.administrator = self.add_account(
            demo_accounts.ADMINISTRATOR, patient_id=None, new_clinic=self.clinic
        )
        runtime.accounts.mark_demo(self.clinic.id, built_at=agenda.ends_at)
        self.care_team = self.add_account(demo_accounts.CARE_TEAM)
        self.clinician = self.add_account(demo_accounts.CLINICIAN)
        self.write_duty()

    def add_account(
        self,
        account: DemoAccount,
        *,
        patient_id: str | None = None,
        new_clinic: Clinic | None = None,
    ) -> Actor:
        person = Person(
            self.runtime.new_id(),
            self.clinic.id,
            account.login,
            account.name,
            frozenset({account.role}),
            patient_id,
            active=True,
            must_change_password=False,
            email=None if patient_id else f"{account.login}@lakeside.example",
        )
        self.runtime.accounts.add_person(
            person,
            demo_accounts.HASH,
            by=operator(self.clinic.id),
            now=self.runtime.clock(),
            new_clinic=new_clinic,
        )
        return Actor(person.id, self.clinic.id, person.name, person.roles, patient_id)

    def add_patient_account(self, login: str, name: str, patient_id: str) -> Actor:
        self._has_patients = True
        account = DemoAccount(login, name, Role.PATIENT, description="")
        return self.add_account(account, patient_id=patient_id)

    def sign_protocol(self) -> None:
        """Its second version, which the newer courses are planned under."""
        with self.runtime.unit_of_work(self.clinician) as work:
            choices = replace(choices_of(work.definitions.protocol), weekly_day=8)
            put_protocol_in_force(work, choices, replaces=1, note=_WHY_A_DAY_LATER)

    def write_duty(self) -> None:
        """The nurse first by day, the clinician on call at night and at weekends."""
        nurse, clinician = self.care_team.id, self.clinician.id
        days, weekend = range(SATURDAY), range(SATURDAY, 7)
        plan = DutyPlan(
            hours=tuple(OpenHours(day, OPENS, CLOSES) for day in days),
            shifts=(
                *(Shift(OPENS, CLOSES, nurse, clinician, weekday=day) for day in days),
                *(Shift(CLOSES, OPENS, clinician, weekday=d, on_holidays=True) for d in range(7)),
                *(
                    Shift(OPENS, CLOSES, clinician, nurse, weekday=d, on_holidays=True)
                    for d in weekend
                ),
            ),
            unreached_steps=_UNREACHED_STEPS,
        )
        with self.runtime.unit_of_work(self.administrator) as work:
            write_duty(work, plan, replaces=0)

    # A day's work

    def assess_alerts(self) -> None:
        """The nurse calls, and the clinician closes what is open."""
        if not self._has_patients:
            return
        self.notice()
        with self.runtime.reading(self.clinician) as work:
            waiting = [c for c in work.records.alert_cases.open() if not self._left(c)]
        for case in waiting:
            with self.runtime.unit_of_work(self.care_team) as work:
                log_attempt(work, case.id, way=Way.PHONE, outcome=Reached.REACHED)
            with self.runtime.unit_of_work(self.clinician) as work:
                outcome, note = self._outcome_of(case)
                seen = [alert.id for alert in work.records.alerts.of_cases([case.id])]
                close_alert(work, case.id, seen_alert_ids=seen, outcome=outcome, note=note)

    # What a server does of itself, all the time

    def notice(self) -> None:
        self._of_itself(patients_gone_silent, notice_silence)

    def escalate(self) -> None:
        self._of_itself(alerts_waiting, escalate_alert)

    def _of_itself(
        self,
        waiting: Callable[[UnitOfWork], Sequence[str]],
        act: Callable[[UnitOfWork, str], object],
    ) -> None:
        actor = worker(self.clinic.id)
        with self.runtime.reading(actor) as work:
            ids = waiting(work)
        for one in ids:
            with self.runtime.unit_of_work(actor) as work:
                act(work, one)

    def write_cards(self) -> None:
        """Of those with an open alert, for whoever acts on it."""
        with self.runtime.unit_of_work(self.care_team) as work:
            for number, case in enumerate(work.records.alert_cases.open()):
                made = (work.now - timedelta(days=40 + number)).date()
                entry = CardEntry(
                    text_allowed=True,
                    contact_name="Alex Demo-Aspen, sister",
                    contact_phone=f"555-01{60 + number}",
                    contact_told="That we are trying to reach them, and nothing of the treatment.",
                    safety_plan=_SAFETY_PLAN,
                    planned_on=made,
                    therapist="Casey Demo-Fir, 555-0190",
                )
                write_card(work, case.patient_id, entry, replaces=None)

    def take_one(self) -> None:
        """So that visitors see one that somebody has, and could not reach."""
        with self.runtime.unit_of_work(self.care_team) as work:
            waiting = [c for c in work.records.alert_cases.open() if c.tier is Tier.SAME_DAY]
            if waiting:
                soon = work.now + timedelta(hours=1)
                log_attempt(
                    work,
                    waiting[0].id,
                    way=Way.PHONE,
                    outcome=Reached.MESSAGE_LEFT,
                    next_attempt=soon,
                    note="Asked to call back.",
                )

    def _left(self, case: AlertCase) -> bool:
        """For visitors."""
        lately = self.agenda.ends_at - LEFT_FOR_VISITORS < case.opened_at
        return case.patient_id in self.watched and lately

    def _outcome_of(self, case: AlertCase) -> tuple[str, str]:
        if case.tier is Tier.IMMEDIATE:
            return self.rng.choice(_OUTCOMES[2:])
        return self.rng.choice(_OUTCOMES[:2])

    def review_follow_up(self) -> None:
        """The care team reviews the rows that nothing more is expected of."""
        if not self._has_patients:
            return
        with self.runtime.reading(self.care_team) as work:
            entries = follow_up_list(work)
        ready = [e for e in entries if e.row.infusion_id not in self.spared and self._ready(e)]
        if ready:
            with self.runtime.unit_of_work(self.care_team) as work:
                for entry in ready:
                    _review(work, entry)

    def _ready(self, entry: FollowUpEntry) -> bool:
        row, now = entry.row, self.runtime.clock()
        if entry.need is Need.FORGOTTEN_END or (row.review and not row.new_since_review):
            return False
        last = row.cells["72h"].status(now=now)
        return row.closes_at <= now or last is OccasionStatus.DONE

    def review_infusion(self, infusion_id: str) -> None:
        """One row, by hand."""
        with self.runtime.reading(self.care_team) as work:
            entries = follow_up_list(work)
            (entry,) = (entry for entry in entries if entry.row.infusion_id == infusion_id)
        with self.runtime.unit_of_work(self.care_team) as work:
            _review(work, entry)

    def work_days(self, since: datetime) -> None:
        """Plans the rounds until the end. At weekends somebody is on call for alerts, and the
        follow-up list waits for Monday."""
        day = since
        while day <= self.agenda.ends_at:
            noon = day.astimezone(ZONE).replace(hour=12, minute=5, second=0, microsecond=0)
            for hour in (9, 12):
                self.agenda.add(noon.replace(hour=hour), self.assess_alerts)
            if is_weekday(noon.date()):
                self.agenda.add(noon.replace(hour=16, minute=40), self.assess_alerts)
                self.agenda.add(noon.replace(hour=16, minute=50), self.review_follow_up)
            day += timedelta(days=1)


def _review(work: UnitOfWork, entry: FollowUpEntry) -> None:
    disposition, note = Disposition.NO_ACTION, None
    if entry.need is Need.SILENT:
        disposition, note = Disposition.CONTACTED, _CALLED
    elif entry.need < Need.SILENT:
        disposition, note = Disposition.CONTACTED, _AFTER_CONCERN
    seen = follow_up_of(work, entry)
    mark_reviewed(
        work,
        seen.infusion.id,
        disposition=disposition,
        note=note,
        seen_form_ids=seen.form_ids,
        seen_alert_ids=seen.alert_ids,
    )
