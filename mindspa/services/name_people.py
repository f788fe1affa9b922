"""Who is named to whom: the staff to the staff, patients only to those who may see them."""

from collections.abc import Iterable, Mapping

from mindspa.domain.access import Permission
from mindspa.services.unit_of_work import UnitOfWork


def names_of(
    work: UnitOfWork, *, people: Iterable[str] = (), patients: Iterable[str] = ()
) -> Mapping[str, str]:
    """By id: all of the staff and, for those who may see patients, whoever else has one of these
    accounts, and whose records these are."""
    names = dict(work.records.colleagues.names())
    if work.actor.may(Permission.SEE_PATIENTS):
        names |= work.records.patients.names_of_people(set(people) - names.keys())
        found = work.records.patients.of_many(set(patients))
        names |= {patient.id: patient.name for patient in found}
    return names
