"""What acting on an alert needs to know of patients. Rows are only added."""

from dataclasses import dataclass

from sqlalchemy import bindparam
from sqlmodel import SQLModel

from mindspa.domain.safety_card import SafetyCard
from mindspa.storage.alert_tables import SafetyCardRow
from mindspa.storage.records.scope import Scope
from mindspa.storage.records.stored import Stored, columns_of

_CARD = Stored(SafetyCard, SafetyCardRow)
_cards = SQLModel.metadata.tables["safety_cards"]
_LAST = _CARD.prepared(
    _cards.c.patient_id == bindparam("of"),
    order_by=[_cards.c.written_at.desc(), _cards.c.id.desc()],
    limit=1,
)


@dataclass(frozen=True, slots=True)
class SafetyCards:
    scope: Scope

    def add(self, card: SafetyCard) -> None:
        self.scope.insert(_cards, columns_of(card))

    def last(self, patient_id: str) -> SafetyCard | None:
        return next(iter(_CARD.run(_LAST, self.scope, of=patient_id)), None)
