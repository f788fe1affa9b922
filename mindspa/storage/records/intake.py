"""The new-patient forms. Rows are only added."""

from dataclasses import dataclass, replace

from sqlalchemy import bindparam, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel

from mindspa.domain.errors import Stale
from mindspa.domain.intake import Entry, HandIn, Intake, IntakeReview, Verdict
from mindspa.storage.intake_tables import IntakeEntryRow, IntakeHandInRow, IntakeReviewRow
from mindspa.storage.records.scope import Scope
from mindspa.storage.records.stored import Stored, columns_of

_ENTRY = Stored(Entry, IntakeEntryRow)
_HAND_IN = Stored(HandIn, IntakeHandInRow)
_REVIEW = Stored(IntakeReview, IntakeReviewRow, verdict=Verdict)
_entries, _hand_ins, _reviews, _patients = (
    SQLModel.metadata.tables[name]
    for name in ("intake_entries", "intake_hand_ins", "intake_reviews", "patients")
)
_ENTRIES_OF = _ENTRY.prepared(
    _entries.c.patient_id == bindparam("of"), order_by=[_entries.c.at, _entries.c.revision]
)
_HAND_INS_OF = _HAND_IN.prepared(
    _hand_ins.c.patient_id == bindparam("of"), order_by=[_hand_ins.c.at]
)
_REVIEWS_OF = _REVIEW.prepared(_reviews.c.patient_id == bindparam("of"), order_by=[_reviews.c.at])


_STATUS = update(_patients).where(
    _patients.c.clinic_id == bindparam("of_clinic"), _patients.c.id == bindparam("of_patient")
)


@dataclass(frozen=True, slots=True)
class Intakes:
    scope: Scope

    def of(self, patient_id: str) -> Intake:
        return Intake(
            patient_id,
            tuple(_ENTRY.run(_ENTRIES_OF, self.scope, of=patient_id)),
            tuple(_HAND_IN.run(_HAND_INS_OF, self.scope, of=patient_id)),
            tuple(_REVIEW.run(_REVIEWS_OF, self.scope, of=patient_id)),
        )

    # Each is given the forms as they stood before it.

    def add_entry(self, before: Intake, entry: Entry) -> None:
        """Stale when that revision exists already: another tab was quicker."""
        try:
            self.scope.insert(_entries, columns_of(entry))
        except IntegrityError as error:
            raise Stale("This was answered in another window meanwhile.") from error
        self._note_status(before, replace(before, entries=(*before.entries, entry)))

    def add_hand_in(self, before: Intake, hand_in: HandIn) -> None:
        self.scope.insert(_hand_ins, columns_of(hand_in))
        self._note_status(before, replace(before, hand_ins=(*before.hand_ins, hand_in)))

    def add_review(self, before: Intake, review: IntakeReview) -> None:
        self.scope.insert(_reviews, columns_of(review))
        self._note_status(before, replace(before, reviews=(*before.reviews, review)))

    def _note_status(self, before: Intake, after: Intake) -> None:
        if after.status is not before.status:
            self.note_status(after)

    def note_status(self, found: Intake) -> None:
        """With the patient, so that the panel need not look through what everybody entered."""
        self.scope.connection.execute(
            _STATUS,
            {
                "of_clinic": self.scope.clinic_id,
                "of_patient": found.patient_id,
                "intake": found.status,
            },
        )
