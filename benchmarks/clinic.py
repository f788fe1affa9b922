"""The clinic that is measured: the demo year, 200 patients in the hours after an infusion, and
patients who differ only in how many forms they have from long ago.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path

from mindspa import bootstrap
from mindspa.domain.access import Person, Role, operator
from mindspa.domain.check_ins import Mode, StoredForm
from mindspa.domain.schedule import AFTER, BEFORE, PULSE
from mindspa.domain.scoring import SCORER_VERSION, score
from mindspa.domain.treatment import Course, Phase
from mindspa.services.demo_accounts import HASH
from mindspa.services.plan_course import close_course, open_course, plan_infusion
from mindspa.services.record_infusion import record_end
from mindspa.services.register_patient import register_patient
from mindspa.services.unit_of_work import UnitOfWork
from mindspa.settings import PROJECT_ROOT, Settings
from tests.client import Browser

SEED = 1
NOW = datetime(2026, 6, 10, 16, 0, tzinfo=UTC)  # a Wednesday noon in New York

INFUSION = timedelta(minutes=45)
IN_WINDOW = 200  # patients whose infusion ended 24 to 72 h ago
ANSWERING = 12  # of them have a pulse to answer now
AFTER_INFUSION, FEW_FORMS, MANY_FORMS = "Measured", "Fifty Forms", "Five Thousand Forms"  # names
LOOKED_AT = 2  # patients of each, since a figure is kept of the one who was looked at last


@dataclass(slots=True)
class Clock:
    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


def build(file: Path) -> None:
    """In a new SQLite file; the same for the same program."""
    url = f"sqlite:///{file}"
    subprocess.run(
        [sys.executable, "-m", "mindspa", "demo", "--seed", str(SEED), "--now", NOW.isoformat()],
        cwd=PROJECT_ROOT,
        env=os.environ | {"MINDSPA_DATABASE_URL": url},
        check=True,
        stdout=subprocess.DEVNULL,
    )
    add_patients(url)


def add_patients(url: str) -> None:
    """To a clinic that is there."""
    clock = Clock()
    runtime = opened(url, clock)
    clinic_id = runtime.accounts.clinics()[0].id
    for number in range(IN_WINDOW):
        answering = number < ANSWERING
        hours = 30.0 if answering else 24.5 + 47 * number / IN_WINDOW
        _after_infusion(runtime, clock, clinic_id, number, timedelta(hours=hours), answering)
    for number in range(LOOKED_AT):
        _with_forms(runtime, clock, f"{FEW_FORMS} {number}", older=0)
        _with_forms(runtime, clock, f"{MANY_FORMS} {number}", older=4_950)
    runtime.database.dispose()


def opened(url: str, clock: Clock) -> bootstrap.Runtime:
    return bootstrap.start(Settings.load({"MINDSPA_DATABASE_URL": url}), clock=clock)


def login_of(number: int) -> str:
    """Of one of the 200; the first have a pulse to answer."""
    return f"measured-{number}"


def signed_in(runtime: bootstrap.Runtime, address: str, login: str) -> Browser:
    """With a session made in the database: a hundred passwords to hash would outweigh the rest."""
    attempt = runtime.accounts.begin_try(login, address="", devices=(), now=NOW)
    assert attempt.account is not None
    token = runtime.accounts.enter(attempt.account.person, after=attempt, now=NOW).token
    browser = Browser(address)
    browser.http.cookies.set(runtime.settings.session_cookie, token)
    return browser


def _after_infusion(
    runtime: bootstrap.Runtime,
    clock: Clock,
    clinic_id: str,
    number: int,
    ago: timedelta,
    answering: bool,
) -> None:
    ended = NOW - ago
    started = ended - INFUSION
    clock.now = ended
    with runtime.unit_of_work(operator(clinic_id)) as work:
        patient = register_patient(work, name=f"{AFTER_INFUSION} {number:03d}")
        course = open_course(work, patient.id, Phase.INDUCTION, starts_at=started)
        _give_infusion(work, course, started)
        for instrument in ("phq9", "gad7"):
            _form(work, patient.id, instrument, started - timedelta(days=3), each=2)
        _form(work, patient.id, PULSE, started - timedelta(hours=3), each=2, variant=BEFORE)
        if not answering:
            for hours in (26, 50):
                if timedelta(hours=hours) < ago:
                    at = ended + timedelta(hours=hours)
                    _form(work, patient.id, PULSE, at, each=1, variant=AFTER)
    clock.now = NOW
    person = Person(
        runtime.new_id(),
        clinic_id,
        login_of(number),
        patient.name,
        frozenset({Role.PATIENT}),
        patient.id,
        active=True,
        must_change_password=False,
    )
    runtime.accounts.add_person(person, HASH, by=operator(clinic_id), now=clock.now)


def _with_forms(runtime: bootstrap.Runtime, clock: Clock, name: str, *, older: int) -> None:
    """A course of six infusions with 50 forms since its baseline; and so many older forms, between
    it and a course of years ago."""
    began = NOW - timedelta(days=30)
    clock.now = NOW
    with runtime.unit_of_work(operator(runtime.accounts.clinics()[0].id)) as work:
        patient = register_patient(work, name=name)
        first = began - timedelta(days=older / 2 + 800)
        course = open_course(work, patient.id, Phase.INDUCTION, starts_at=first)
        _give_infusion(work, course, first)
        close_course(work, course, at=first + timedelta(days=60), reason="Completed")
        course = open_course(work, patient.id, Phase.INDUCTION, starts_at=began)
        for number in range(6):
            _give_infusion(work, course, began + timedelta(days=3 * number))
        for number in range(50):
            at = began + timedelta(days=number / 2)
            if number % 2:
                _form(work, patient.id, "phq9", at, each=2 - number // 20)
            else:
                _form(work, patient.id, PULSE, at, each=1, variant=AFTER)
        for number in range(older):
            at = began - timedelta(days=400 + number / 2)
            _form(work, patient.id, ("phq9", "gad7")[number % 2], at, each=2)


def _give_infusion(work: UnitOfWork, course: Course, started: datetime) -> None:
    infusion = plan_infusion(work, course, planned_at=started)
    record_end(
        work,
        infusion.id,
        version=infusion.version,
        started_at=started,
        ended_at=started + INFUSION,
        dose_mg=40,
        weight_kg=80,
    )


def pulses_given(runtime: bootstrap.Runtime) -> Iterator[None]:
    """A pulse of one more patient on the follow-up list at every step."""
    for patient_id in cycle(named(runtime, AFTER_INFUSION)[ANSWERING:]):
        with runtime.unit_of_work(operator(runtime.accounts.clinics()[0].id)) as work:
            work.write_about(patient_id)
            _form(work, patient_id, PULSE, NOW, each=1, variant=AFTER)
        yield


def named(runtime: bootstrap.Runtime, name: str) -> list[str]:
    """Ids of the patients whose names begin so, in the order of their names."""
    with runtime.reading(operator(runtime.accounts.clinics()[0].id)) as work:
        found = [p for p in work.records.patients.all() if p.name.startswith(name)]
    return [patient.id for patient in sorted(found, key=lambda patient: patient.name)]


def _form(
    work: UnitOfWork,
    patient_id: str,
    instrument_id: str,
    at: datetime,
    *,
    each: int,
    variant: str | None = None,
) -> None:
    """Every scored item answered the same, nothing about safety."""
    instrument = work.definitions.instruments[instrument_id]
    answers = {item.id: each for item in instrument.scored_items}
    if instrument.safety_item is not None:
        answers[instrument.safety_item] = 0
    work.records.check_ins.add_form(
        StoredForm(
            id=work.new_id(),
            patient_id=patient_id,
            instrument=instrument.id,
            instrument_version=instrument.version,
            language="en",
            answers=answers,
            total=score(instrument, answers).total,
            scorer_version=SCORER_VERSION,
            mode=Mode.REMOTE,
            answered_at=at,
            saved_at=at,
            entered_by=work.actor.id,
            variant=variant,
        )
    )


def longest_records(runtime: bootstrap.Runtime, number: int) -> list[str]:
    """Ids of the patients with most forms: a year of treatment."""
    with runtime.reading(operator(runtime.accounts.clinics()[0].id)) as work:
        forms = {
            patient.id: len(work.records.check_ins.forms_of(patient.id))
            for patient in work.records.patients.all()
        }
    return sorted(forms, key=forms.__getitem__, reverse=True)[:number]
