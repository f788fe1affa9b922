"""What staff did to reach patients."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import and_, bindparam, func, select
from sqlmodel import SQLModel

from mindspa.domain.contacts import Contact, Reached, Way
from mindspa.storage.records.scope import Prepared, Query, Scope
from mindspa.storage.records.stored import Stored, columns_of
from mindspa.storage.tables import ContactRow

_CONTACT = Stored(Contact, ContactRow, way=Way, outcome=Reached)
_contacts = SQLModel.metadata.tables["contacts"]
_OF = _CONTACT.prepared(
    _contacts.c.patient_id == bindparam("of"), order_by=[_contacts.c.at.desc()], limit=20
)
_ONE = _CONTACT.prepared(_contacts.c.id == bindparam("one"))


def _last_of_many(last: Query) -> Query:
    newest = last.subquery()
    return select(*_CONTACT.columns).join(
        newest,
        and_(_contacts.c.patient_id == newest.c.patient_id, _contacts.c.at == newest.c.at),
    )


_LAST_OF_MANY = Prepared(
    lambda filtered: _last_of_many(
        filtered(
            select(_contacts.c.patient_id, func.max(_contacts.c.at).label("at"))
            .where(_contacts.c.patient_id.in_(bindparam("of", expanding=True)))
            .group_by(_contacts.c.patient_id)
        )
    )
)


@dataclass(frozen=True, slots=True)
class Contacts:
    scope: Scope

    def add(self, contact: Contact) -> None:
        self.scope.insert(_contacts, columns_of(contact))

    def one(self, contact_id: str) -> Contact | None:
        return next(iter(_CONTACT.run(_ONE, self.scope, one=contact_id)), None)

    def last_of(self, patient_id: str) -> list[Contact]:
        """The last twenty, the newest first."""
        return _CONTACT.run(_OF, self.scope, of=patient_id)

    def last_of_many(self, patient_ids: Iterable[str]) -> dict[str, Contact]:
        """The newest of each, by patient id."""
        found = _CONTACT.run(_LAST_OF_MANY, self.scope, of=list(patient_ids))
        return {contact.patient_id: contact for contact in found}
