"""Builds the demo clinic: the same for the same seed and instant, and whole or not at all."""

import tempfile
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import Enum, auto
from pathlib import Path
from random import Random

from mindspa import bootstrap
from mindspa.demo.agenda import Agenda, Clock
from mindspa.demo.clinic import SimulatedClinic
from mindspa.demo.corrections import corrections_happen
from mindspa.demo.intakes import newcomers_come
from mindspa.demo.life import DAY, Life
from mindspa.demo.opening_hours import day_of
from mindspa.demo.patients import GIVEN_NAMES, patients
from mindspa.demo.present import SCENES, Present
from mindspa.demo.year import Year
from mindspa.domain.errors import DatabaseUnusable
from mindspa.settings import Settings
from mindspa.storage import schema
from mindspa.storage.database import Database
from mindspa.storage.demo_file import REAL_CLINIC, put_in_place

GROWS_OLD_AFTER = timedelta(hours=12)
# In days before now.
YEAR_BEGINS = 372
PROTOCOL_SIGNED = 120
FIRST_BEGAN, LAST_BEGAN = 352, 20  # the first infusion of the year's first and last patients


class Found(Enum):
    """What a database holds."""

    NOTHING = auto()
    FRESH_DEMO = auto()
    OLD_DEMO = auto()
    REAL_CLINIC = auto()


def look(settings: Settings, *, now: datetime) -> Found:
    """A demo is fresh for 12 hours from the instant it was built for."""
    database = Database(settings.database_url)
    if not database.exists():
        return Found.NOTHING
    try:
        schema.upgrade(database)
        accounts = bootstrap.accounts_of(settings, database)
        clinics, built_at = accounts.clinics(), accounts.demo_built_at()
    finally:
        database.dispose()
    if not clinics:
        return Found.NOTHING
    if built_at is None or not all(clinic.demo for clinic in clinics):
        return Found.REAL_CLINIC
    fresh = timedelta() <= now - built_at < GROWS_OLD_AFTER
    return Found.FRESH_DEMO if fresh else Found.OLD_DEMO


def build(settings: Settings, *, seed: int, now: datetime, people: int = len(GIVEN_NAMES)) -> None:
    """Replaces a demo that is there; a database with a clinic that is no demo is refused."""
    found = look(settings, now=now)
    if found is Found.REAL_CLINIC:
        raise DatabaseUnusable(REAL_CLINIC)
    target = Database(settings.database_url).file
    if target is None:
        if found is not Found.NOTHING:
            raise DatabaseUnusable(
                "On PostgreSQL the demo clinic needs an empty database. Name a new one."
            )
        _simulate(settings, seed, now, people)
        return
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".demo-") as folder:
        built = Path(folder) / target.name
        elsewhere = settings.model_copy(update={"database_url": f"sqlite:///{built}"})
        _simulate(elsewhere, seed, now, people)
        put_in_place(built, target)


def _simulate(settings: Settings, seed: int, now: datetime, people: int) -> None:
    """A year up to `now`, into an empty database."""
    clock = Clock(now - DAY * YEAR_BEGINS)
    runtime = bootstrap.start(settings, clock=clock, new_id=_ids(f"ids {seed} {now.timestamp()}"))
    try:
        agenda = Agenda(clock, ends_at=now)
        simulated = SimulatedClinic(runtime, agenda, seed)
        simulated.work_days(since=clock.now)
        agenda.add(now - DAY * PROTOCOL_SIGNED, simulated.sign_protocol)
        everybody = patients(seed, today=day_of(now), at_present=len(SCENES))
        lives = [Life(simulated, person, seed) for person in everybody][:people]
        for life, scene in zip(lives, SCENES, strict=False):
            Present(life, scene).begin()
        for life in lives[len(SCENES) :]:
            _begin_year(life, now)
        corrections_happen(lives[len(SCENES) :], now)
        newcomers_come(simulated, seed)
        agenda.run()
        simulated.notice()
        simulated.escalate()
        simulated.write_cards()
        simulated.take_one()
    finally:
        runtime.database.dispose()


def _begin_year(life: Life, now: datetime) -> None:
    place, last = life.person.number - len(SCENES), len(GIVEN_NAMES) - len(SCENES) - 1
    if place == last:
        life.agenda.add(now - timedelta(hours=2), life.register)  # and nothing more yet
        return
    days_ago = FIRST_BEGAN + (LAST_BEGAN - FIRST_BEGAN) * place / (last - 1)
    Year(life, day_of(now - DAY * days_ago)).begin()
    if place == last - 1:
        life.agenda.add(now - 3 * DAY, life.pause)


def _ids(seed: str) -> Callable[[], str]:
    rng = Random(seed)
    return lambda: rng.randbytes(10).hex()
