"""Check-ins, every answer given in them, and the forms stored from them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import BigInteger, func, type_coerce
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from mindspa.domain.check_ins import CheckIn, CheckInState, GivenAnswer, Mode, StoredForm
from mindspa.domain.errors import NotFound, Stale
from mindspa.storage.records.scope import Scope
from mindspa.storage.records.stored import Stored, columns_of
from mindspa.storage.tables import CheckInRow, GivenAnswerRow, InfusionRow, StoredFormRow
from mindspa.storage.types import microseconds

_CHECK_IN = Stored(
    CheckIn,
    CheckInRow,
    forms=lambda words: tuple(words.split()),
    state=CheckInState,
    mode=Mode,
)
_ANSWER = Stored(GivenAnswer, GivenAnswerRow)
_FORM = Stored(StoredForm, StoredFormRow, mode=Mode)
_NO_CHECK_IN = "There is no such check-in. Today shows what you can answer."


@dataclass(frozen=True, slots=True)
class CheckIns:
    scope: Scope

    def get(self, check_in_id: str) -> CheckIn:
        found = _CHECK_IN.first(
            self.scope.session,
            _CHECK_IN.select().where(CheckInRow.id == check_in_id),  # type: ignore[arg-type]
        )
        if found is None:
            raise NotFound(_NO_CHECK_IN)
        return found

    def open_of(self, patient_id: str) -> list[CheckIn]:
        return _CHECK_IN.read(
            self.scope.session,
            _CHECK_IN.select().where(
                CheckInRow.patient_id == patient_id,  # type: ignore[arg-type]
                CheckInRow.state == CheckInState.OPEN,  # type: ignore[arg-type]
            ),
        )

    def last_sent_of(self, patient_id: str) -> CheckIn | None:
        return _CHECK_IN.first(
            self.scope.session,
            _CHECK_IN.select()
            .where(
                CheckInRow.patient_id == patient_id,  # type: ignore[arg-type]
                CheckInRow.state == CheckInState.SENT,  # type: ignore[arg-type]
            )
            .order_by(CheckInRow.opened_at.desc())  # type: ignore[attr-defined]
            .limit(1),
        )

    def add(self, check_in: CheckIn) -> None:
        self.scope.add(
            CheckInRow(
                clinic_id=self.scope.clinic_id,
                **columns_of(check_in, forms=" ".join(check_in.forms)),
            )
        )
        self.scope.session.flush()

    def save(self, check_in: CheckIn) -> None:
        self._row(check_in.id).sqlmodel_update(columns_of(check_in, forms=" ".join(check_in.forms)))

    def answers_of(self, check_in_id: str) -> list[GivenAnswer]:
        """Every choice that was made, in order; the last of an item is the one that stands."""
        return _ANSWER.read(
            self.scope.session,
            _ANSWER.select()
            .where(GivenAnswerRow.check_in_id == check_in_id)  # type: ignore[arg-type]
            .order_by(
                GivenAnswerRow.instrument,
                GivenAnswerRow.item,
                GivenAnswerRow.revision,  # type: ignore[arg-type]
            ),
        )

    def add_answer(self, patient_id: str, answer: GivenAnswer) -> None:
        """Stale when that revision exists already: another tab was quicker."""
        self.scope.add(
            GivenAnswerRow(
                clinic_id=self.scope.clinic_id, patient_id=patient_id, **columns_of(answer)
            )
        )
        try:
            self.scope.session.flush()
        except IntegrityError as error:
            raise Stale("This question was answered in another window meanwhile.") from error

    def forms_of(self, patient_id: str, *, instrument: str | None = None) -> list[StoredForm]:
        """All versions, in order of answering; of every instrument where none is named."""
        query = (
            _FORM.select()
            .where(StoredFormRow.patient_id == patient_id)  # type: ignore[arg-type]
            .order_by(StoredFormRow.answered_at, StoredFormRow.version)  # type: ignore[arg-type]
        )
        if instrument is not None:
            query = query.where(StoredFormRow.instrument == instrument)  # type: ignore[arg-type]
        return _FORM.read(self.scope.session, query)

    def forms_around(
        self, infusion_ids: Iterable[str], *, before: timedelta, after: timedelta
    ) -> list[StoredForm]:
        """The newest versions of what was answered from `before` the start of one of the infusions
        until `after` its end, or after its start where no end is recorded."""
        start = func.coalesce(InfusionRow.started_at, InfusionRow.planned_at)
        end = func.coalesce(InfusionRow.ended_at, start)
        answered_at = type_coerce(StoredFormRow.answered_at, BigInteger)
        replaced = select(StoredFormRow.replaces).where(StoredFormRow.replaces.is_not(None))  # type: ignore[union-attr]
        found = _FORM.read(
            self.scope.session,
            _FORM.select()
            .join(InfusionRow, InfusionRow.patient_id == StoredFormRow.patient_id)  # type: ignore[arg-type]
            .where(
                InfusionRow.id.in_(sorted(set(infusion_ids))),  # type: ignore[attr-defined]
                answered_at >= type_coerce(start, BigInteger) - microseconds(before),
                answered_at < type_coerce(end, BigInteger) + microseconds(after),
                StoredFormRow.id.not_in(replaced),  # type: ignore[attr-defined]
            )
            .order_by(StoredFormRow.answered_at),  # type: ignore[arg-type]
        )
        # One that was answered around two of them comes twice.
        return list({form.id: form for form in found}.values())

    def forms_from_check_in(self, check_in_id: str) -> list[StoredForm]:
        return _FORM.read(
            self.scope.session,
            _FORM.select().where(StoredFormRow.check_in_id == check_in_id),  # type: ignore[arg-type]
        )

    def add_form(self, form: StoredForm, *, source_key: str | None = None) -> None:
        self.scope.add(
            StoredFormRow(
                clinic_id=self.scope.clinic_id,
                source_key=source_key,
                **columns_of(form, answers=dict(form.answers)),
            )
        )

    def source_keys_of(self, patient_id: str) -> Mapping[str, str]:
        """Ids of the forms imported for one patient, by the key that names them in their source."""
        rows = self.scope.session.execute(
            select(StoredFormRow.source_key, StoredFormRow.id).where(
                StoredFormRow.patient_id == patient_id,
                StoredFormRow.source_key.is_not(None),  # type: ignore[union-attr]
            )
        )
        return {str(key): form_id for key, form_id in rows}

    def _row(self, check_in_id: str) -> CheckInRow:
        row = self.scope.session.scalars(
            select(CheckInRow).where(CheckInRow.id == check_in_id)
        ).first()
        if row is None:
            raise NotFound(_NO_CHECK_IN)
        return row
