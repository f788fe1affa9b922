"""Whom a patient can reach when they need help: the same wherever it is shown."""

from dataclasses import dataclass

from mindspa.domain.definitions import CrisisEntry
from mindspa.domain.treatment import Clinic
from mindspa.services.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Help:
    clinic: Clinic
    crisis: CrisisEntry


def show_help(work: UnitOfWork) -> Help:
    """For everybody: a clinic whose country has no entry does not start."""
    return Help(work.clinic, work.definitions.crisis[work.clinic.country])
