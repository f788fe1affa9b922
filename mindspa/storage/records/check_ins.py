"""Check-ins, every answer given in them, and the forms stored from them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Text,
    bindparam,
    cast,
    exists,
    func,
    select,
    type_coerce,
    union_all,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel

from mindspa.domain.check_ins import CheckIn, CheckInState, GivenAnswer, Mode, StoredForm
from mindspa.domain.errors import NotFound, Stale
from mindspa.domain.follow_up_windows import FormMark, Span
from mindspa.storage.records.scope import Prepared, Query, Scope, is_id
from mindspa.storage.records.stored import Stored, columns_of
from mindspa.storage.tables import CheckInRow, GivenAnswerRow, StoredFormRow
from mindspa.storage.types import BEFORE_ANY, UtcInstant, microseconds

_CHECK_IN = Stored(
    CheckIn,
    CheckInRow,
    forms=lambda words: tuple(words.split()),
    state=CheckInState,
    mode=Mode,
)
_ANSWER = Stored(GivenAnswer, GivenAnswerRow)
_FORM = Stored(StoredForm, StoredFormRow, mode=Mode)
_check_ins, _answers, _forms, _infusions = (
    SQLModel.metadata.tables[name]
    for name in ("check_ins", "given_answers", "stored_forms", "infusions")
)
_OF: ColumnElement[bool] = _forms.c.patient_id == bindparam("of")
_other = _forms.alias()
_NEWEST = _forms.c.moved_to.is_(None) & ~exists().where(
    _other.c.clinic_id == _forms.c.clinic_id, _other.c.replaces == _forms.c.id
)
_LAST_FIRST = (_forms.c.answered_at.desc(), _forms.c.saved_at.desc(), _forms.c.id.desc())

_ONE = _CHECK_IN.prepared(_check_ins.c.id == bindparam("one"))
_SAVE = update(_check_ins).where(
    _check_ins.c.clinic_id == bindparam("of_clinic"), _check_ins.c.id == bindparam("one")
)
_OPEN_OF = _CHECK_IN.prepared(
    _check_ins.c.patient_id == bindparam("of"), _check_ins.c.state == CheckInState.OPEN
)
# Of a patient's own: what staff entered or corrected is not theirs to open.
_LAST_SENT_OF = _CHECK_IN.prepared(
    _check_ins.c.patient_id == bindparam("of"),
    _check_ins.c.state == CheckInState.SENT,
    _check_ins.c.mode == Mode.REMOTE,
    _check_ins.c.reason.is_(None),
    order_by=[_check_ins.c.opened_at.desc()],
    limit=1,
)
_ALL_OF = _CHECK_IN.prepared(_check_ins.c.patient_id == bindparam("of"))
_IN_ORDER = (_answers.c.check_in_id, _answers.c.instrument, _answers.c.item, _answers.c.revision)
_ANSWERS_OF = _ANSWER.prepared(_answers.c.check_in_id == bindparam("one"), order_by=_IN_ORDER)
_ALL_ANSWERS_OF = _ANSWER.prepared(_answers.c.patient_id == bindparam("of"), order_by=_IN_ORDER)
_FORMS_OF = _FORM.prepared(_OF, order_by=[_forms.c.answered_at, _forms.c.version])
_FORMS_SINCE = _FORM.prepared(
    _OF,
    _forms.c.answered_at >= bindparam("start", type_=UtcInstant),
    _NEWEST,
    order_by=[_forms.c.answered_at],
)
_OF_MANY_SINCE = _FORM.prepared(
    _forms.c.patient_id.in_(bindparam("of", expanding=True)),
    _forms.c.instrument.in_(bindparam("asking", expanding=True)),
    _forms.c.answered_at >= bindparam("start", type_=UtcInstant),
    _NEWEST,
)
_LAST_COMPLETE = _FORM.prepared(
    _OF,
    _forms.c.instrument == bindparam("instrument"),
    _forms.c.total.is_not(None),
    _forms.c.answered_at >= bindparam("start", type_=UtcInstant),
    _forms.c.answered_at < bindparam("before", type_=UtcInstant),
    _NEWEST,
    order_by=_LAST_FIRST,
    limit=1,
)
_ANSWERED_AT = _FORM.prepared(
    _OF,
    _forms.c.instrument == bindparam("instrument"),
    _forms.c.answered_at == bindparam("at", type_=UtcInstant),
    _NEWEST,
)
_FROM_CHECK_IN = _FORM.prepared(_forms.c.check_in_id == bindparam("one"))
_VERSIONS_OF = _FORM.prepared(
    (_forms.c.check_in_id == bindparam("one")) | (_forms.c.id == bindparam("one")), _NEWEST
)
_MOVED_OF = _FORM.prepared(
    _OF,
    _forms.c.moved_to.is_not(None)
    | (_forms.c.moved_from.is_not(None) & _forms.c.replaces.is_(None)),
)
_ONE_FORM = _FORM.prepared(_forms.c.id == bindparam("one"))
_SOURCE_KEYS_OF = Prepared(
    lambda filtered: filtered(
        select(_forms.c.source_key, _forms.c.id).where(_OF, _forms.c.source_key.is_not(None))
    )
)


def moved_away(filtered: Callable[[Query], Query]) -> Query:
    """Ids of every version of the forms that are in another record now: for what asks only when
    anything was answered, where looking for a newer version of each would cost more."""
    moved, earlier = _forms.alias(), _forms.alias()
    away = filtered(
        select(moved.c.replaces).where(moved.c.moved_to.is_not(None), moved.c.replaces.is_not(None))
    ).cte(recursive=True)
    # Looked up one by one: to join them, SQLite would read every form of the clinic.
    before = filtered(select(earlier.c.replaces)).where(earlier.c.id == away.c.replaces)
    away = away.union_all(select(before.scalar_subquery()).where(away.c.replaces.is_not(None)))
    return select(away.c.replaces).where(away.c.replaces.is_not(None))


def _older(filtered: Callable[[Query], Query]) -> Query:
    """Those that a correction replaced are taken off the count: to look for one at each form of a
    long record would cost ten times as much."""
    before = bindparam("before", type_=UtcInstant)
    form, correction = _forms.alias(), _forms.alias()
    replaced = filtered(
        select(func.count()).where(
            form.c.patient_id == bindparam("of"),
            form.c.answered_at < before,
            form.c.id.not_in(moved_away(filtered)),
            form.c.id.in_(
                filtered(
                    select(correction.c.replaces).where(
                        correction.c.replaces.is_not(None), correction.c.moved_to.is_(None)
                    )
                )
            ),
        )
    ).scalar_subquery()
    return filtered(
        select(func.count() - replaced, func.min(_forms.c.answered_at)).where(
            _OF,
            _forms.c.answered_at < before,
            _forms.c.moved_to.is_(None),
            _forms.c.id.not_in(moved_away(filtered)),
        )
    )


_OLDER = Prepared(_older)


def _marks() -> Query:
    start = func.coalesce(_infusions.c.started_at, _infusions.c.planned_at)
    end = func.coalesce(_infusions.c.ended_at, start)
    at = type_coerce(_forms.c.answered_at, BigInteger)
    return (
        select(_forms.c.id, _forms.c.instrument, _forms.c.answered_at)
        .select_from(_infusions)
        .join(_forms, _forms.c.patient_id == _infusions.c.patient_id)
        .where(
            _OF,
            _infusions.c.id.in_(bindparam("infusions", expanding=True)),
            at >= type_coerce(start, BigInteger) - bindparam("lead", type_=BigInteger),
            at < type_coerce(end, BigInteger) + bindparam("tail", type_=BigInteger),
            _NEWEST,
        )
        .order_by(_forms.c.answered_at)
    )


_ANSWERED_SINCE = Prepared(
    lambda filtered: filtered(
        select(_forms.c.patient_id, func.max(_forms.c.answered_at, type_=UtcInstant))
        .where(
            _forms.c.instrument == bindparam("instrument"),
            _forms.c.answered_at >= bindparam("since", type_=UtcInstant),
            _forms.c.moved_to.is_(None),
            _forms.c.id.not_in(moved_away(filtered)),
        )
        .group_by(_forms.c.patient_id)
    )
)
_MARKS_AROUND = Prepared(lambda filtered: filtered(_marks()))


@cache
def _forms_within(spans: int) -> Prepared:
    parts: list[Query] = [
        select(*_FORM.columns).where(
            _OF,
            _forms.c.answered_at >= bindparam(f"from{n}", type_=UtcInstant),
            _forms.c.answered_at < bindparam(f"until{n}", type_=UtcInstant),
            _NEWEST,
        )
        for n in range(spans)
    ]
    return Prepared(lambda filtered: union_all(*map(filtered, parts)))


@cache
def _last_forms(instruments: tuple[str, ...], asking: tuple[str, ...]) -> Prepared:
    form = select(*_FORM.columns).where(_OF, _NEWEST).order_by(_forms.c.answered_at.desc())
    parts: list[Query] = [
        form.limit(1),
        form.where(_forms.c.instrument.in_(asking), cast(_forms.c.answers, Text) != "{}").limit(
            len(asking)
        ),
        *(
            form.where(_forms.c.instrument == name, _forms.c.total.is_not(None)).limit(3)
            for name in instruments
        ),
    ]
    # SQLite takes no order or limit in a part of a union itself.
    return Prepared(lambda filtered: union_all(*(select(filtered(p).subquery()) for p in parts)))


_NO_CHECK_IN = "There is no such check-in. Today shows what you can answer."


@dataclass(frozen=True, slots=True)
class CheckIns:
    scope: Scope

    def get(self, check_in_id: str) -> CheckIn:
        if not is_id(check_in_id):
            raise NotFound(_NO_CHECK_IN)
        found = _CHECK_IN.run(_ONE, self.scope, one=check_in_id)
        if not found:
            raise NotFound(_NO_CHECK_IN)
        return found[0]

    def open_of(self, patient_id: str) -> list[CheckIn]:
        return _CHECK_IN.run(_OPEN_OF, self.scope, of=patient_id)

    def all_of(self, patient_id: str) -> list[CheckIn]:
        """In every state."""
        return _CHECK_IN.run(_ALL_OF, self.scope, of=patient_id)

    def last_sent_of(self, patient_id: str) -> CheckIn | None:
        return next(iter(_CHECK_IN.run(_LAST_SENT_OF, self.scope, of=patient_id)), None)

    def add(self, check_in: CheckIn) -> None:
        self.scope.insert(_check_ins, columns_of(check_in, forms=" ".join(check_in.forms)))

    def save(self, check_in: CheckIn) -> None:
        self.scope.allows(check_in.patient_id)
        saved = self.scope.connection.execute(
            _SAVE,
            {
                "of_clinic": self.scope.clinic_id,
                "one": check_in.id,
                **columns_of(check_in, forms=" ".join(check_in.forms)),
            },
        )
        if saved.rowcount == 0:
            raise NotFound(_NO_CHECK_IN)

    def answers_of(self, check_in_id: str) -> list[GivenAnswer]:
        """Every choice that was made, in order; the last of an item is the one that stands."""
        return _ANSWER.run(_ANSWERS_OF, self.scope, one=check_in_id)

    def all_answers_of(self, patient_id: str) -> list[GivenAnswer]:
        """Of every check-in of a patient, as `answers_of` gives them."""
        return _ANSWER.run(_ALL_ANSWERS_OF, self.scope, of=patient_id)

    def add_answer(self, patient_id: str, answer: GivenAnswer) -> None:
        """Stale when that revision exists already: another tab was quicker."""
        try:
            self.scope.insert(_answers, columns_of(answer) | {"patient_id": patient_id})
        except IntegrityError as error:
            raise Stale("This question was answered in another window meanwhile.") from error

    def forms_of(self, patient_id: str) -> list[StoredForm]:
        """All versions, in order of answering: a whole record, however long it is."""
        return _FORM.run(_FORMS_OF, self.scope, of=patient_id)

    # All that follow give the newest versions only.

    def forms_within(self, patient_id: str, spans: Iterable[Span]) -> list[StoredForm]:
        """Answered in one of the spans, [from, until), each once and in order."""
        merged: list[Span] = []
        for start, until in sorted(spans):
            if merged and start <= merged[-1][1]:
                merged[-1] = (merged[-1][0], max(until, merged[-1][1]))
            else:
                merged.append((start, until))
        if not merged:
            return []
        instants = {f"from{n}": start for n, (start, _) in enumerate(merged)}
        instants |= {f"until{n}": until for n, (_, until) in enumerate(merged)}
        forms = _FORM.run(_forms_within(len(merged)), self.scope, of=patient_id, **instants)
        return sorted(forms, key=lambda form: form.answered_at)

    def forms_since(self, patient_id: str, start: datetime) -> list[StoredForm]:
        """In order of answering."""
        return _FORM.run(_FORMS_SINCE, self.scope, of=patient_id, start=start)

    def of_many_since(
        self, patient_ids: Iterable[str], instruments: Iterable[str], start: datetime
    ) -> list[StoredForm]:
        """In no order."""
        return _FORM.run(
            _OF_MANY_SINCE,
            self.scope,
            of=list(patient_ids),
            asking=list(instruments),
            start=start,
        )

    def last_forms(
        self, patient_id: str, instruments: Iterable[str], *, asking: Iterable[str]
    ) -> list[StoredForm]:
        """The last one; the last three with a total of each instrument; and of those `asking` about
        safety as many of the last with answers as one sitting can have. In no order."""
        query = _last_forms(tuple(instruments), tuple(asking))
        return list(
            {form.id: form for form in _FORM.run(query, self.scope, of=patient_id)}.values()
        )

    def last_complete(
        self,
        patient_id: str,
        instrument: str,
        *,
        before: datetime,
        since: datetime = BEFORE_ANY,
    ) -> StoredForm | None:
        """The last with a total that was answered in [since, before)."""
        found = _FORM.run(
            _LAST_COMPLETE,
            self.scope,
            of=patient_id,
            instrument=instrument,
            start=since,
            before=before,
        )
        return next(iter(found), None)

    def answered_at(self, patient_id: str, instrument: str, at: datetime) -> list[StoredForm]:
        return _FORM.run(_ANSWERED_AT, self.scope, of=patient_id, instrument=instrument, at=at)

    def last_answered(self, instrument: str, *, since: datetime) -> dict[str, datetime]:
        """When each patient answered it last, by patient id."""
        found = _ANSWERED_SINCE.run(self.scope, instrument=instrument, since=since)
        return {row[0]: row[1] for row in found}

    def older(self, patient_id: str, *, before: datetime) -> tuple[int, datetime | None]:
        """How many were answered before, and when the first of them was."""
        count, first = _OLDER.run(self.scope, of=patient_id, before=before).one()
        return int(count), first

    def marks_around(
        self, patient_id: str, infusion_ids: Iterable[str], *, before: timedelta, after: timedelta
    ) -> list[FormMark]:
        """Of what was answered from `before` the start of one of the infusions until `after` its
        end, or after its start where no end is recorded. In order of answering."""
        found = _MARKS_AROUND.run(
            self.scope,
            of=patient_id,
            infusions=list(infusion_ids),
            lead=microseconds(before),
            tail=microseconds(after),
        )
        # One that was answered around two of them comes twice.
        return list(dict.fromkeys(FormMark(*row) for row in found))

    def forms_from_check_in(self, check_in_id: str) -> list[StoredForm]:
        return _FORM.run(_FROM_CHECK_IN, self.scope, one=check_in_id)

    def newest_of(self, origin: str) -> list[StoredForm]:
        """What a correction of `origin` would replace: see `StoredForm.origin`."""
        return _FORM.run(_VERSIONS_OF, self.scope, one=origin)

    def moved_of(self, patient_id: str) -> list[StoredForm]:
        """The versions that say so, of those that went to another record or came from one."""
        return _FORM.run(_MOVED_OF, self.scope, of=patient_id)

    def form(self, form_id: str) -> StoredForm:
        found = _FORM.run(_ONE_FORM, self.scope, one=form_id) if is_id(form_id) else []
        if not found:
            raise NotFound("There is no such form in your clinic. Choose one in the list.")
        return found[0]

    def add_form(self, form: StoredForm, *, source_key: str | None = None) -> None:
        columns = columns_of(form, answers=dict(form.answers))
        self.scope.insert(_forms, columns | {"source_key": source_key})
        self.scope.note_change(form.patient_id, form.answered_at)

    def source_keys_of(self, patient_id: str) -> Mapping[str, str]:
        """Ids of the forms imported for one patient, by the key that names them in their source."""
        found = _SOURCE_KEYS_OF.run(self.scope, of=patient_id)
        return {row.source_key: row.id for row in found}
