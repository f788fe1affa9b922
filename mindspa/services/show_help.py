"""Whom a patient can reach when they need help: the same wherever it is shown."""

from dataclasses import dataclass
from datetime import datetime

from mindspa.domain.check_ins import Mode
from mindspa.domain.definitions import CrisisEntry
from mindspa.domain.treatment import Clinic
from mindspa.services.raise_alerts import watch_of
from mindspa.services.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Help:
    """`script`: what staff do who hear of it; empty where the patient reads it. `opens_at`: when
    the clinic is closed and it is known when it opens."""

    clinic: Clinic
    crisis: CrisisEntry
    now: datetime
    opens_at: datetime | None
    script: tuple[str, ...] = ()


def show_help(work: UnitOfWork, mode: Mode = Mode.REMOTE) -> Help:
    """For everybody: a clinic whose country has no entry does not start. `mode`: how the answers
    are given that it is shown beside."""
    script = work.definitions.safety.script.get(mode, ())
    opens_at = watch_of(work).duty.opens_at(work.now)
    crisis = work.definitions.crisis[work.clinic.country]
    return Help(work.clinic, crisis, work.now, opens_at, script)
