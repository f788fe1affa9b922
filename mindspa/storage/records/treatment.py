"""Courses, infusions, pauses, the occasions that follow from them, and follow-up reviews."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, update
from sqlmodel import SQLModel, select

from mindspa.domain.errors import NotFound, Stale
from mindspa.domain.follow_up import Disposition, FollowUpReview
from mindspa.domain.schedule import Occasion
from mindspa.domain.treatment import (
    Course,
    Infusion,
    InfusionStatus,
    PatientStatus,
    Pause,
    Phase,
    Substance,
)
from mindspa.storage.records.scope import Prepared, Scope, is_id
from mindspa.storage.records.stored import Stored, columns_of
from mindspa.storage.tables import (
    CourseRow,
    FollowUpReviewRow,
    InfusionRow,
    OccasionRow,
    PauseRow,
)
from mindspa.storage.types import BEFORE_ANY, UtcInstant

Key = tuple[str, str, str]  # of an occasion

_COURSE = Stored(Course, CourseRow, phase=Phase)
INFUSION = Stored(Infusion, InfusionRow, status=InfusionStatus, substance=Substance)
_PAUSE = Stored(Pause, PauseRow, status=PatientStatus)
OCCASION = Stored(Occasion, OccasionRow, forms=lambda words: tuple(words.split()))
_REVIEW = Stored(
    FollowUpReview,
    FollowUpReviewRow,
    disposition=Disposition,
    seen_form_ids=frozenset,
    seen_alert_ids=frozenset,
)
_courses, _infusions, _pauses, _occasions, _reviews = (
    SQLModel.metadata.tables[name]
    for name in ("courses", "infusions", "pauses", "occasions", "follow_up_reviews")
)
_COURSES_OF = _COURSE.prepared(
    _courses.c.patient_id == bindparam("of"), order_by=[_courses.c.started_at]
)
_ONE_INFUSION = INFUSION.prepared(_infusions.c.id == bindparam("one"))
_INFUSIONS_OF = INFUSION.prepared(_infusions.c.patient_id == bindparam("of"))
_PAUSES_OF = _PAUSE.prepared(_pauses.c.patient_id == bindparam("of"), order_by=[_pauses.c.since])
_OCCASIONS_OF = OCCASION.prepared(
    _occasions.c.patient_id == bindparam("of"),
    _occasions.c.closes_at >= bindparam("since", type_=UtcInstant),
    order_by=[_occasions.c.opens_at],
)
_LACKING_OF = Prepared(
    lambda filtered: filtered(
        select(_occasions.c.anchor_id, _occasions.c.code, _occasions.c.lacking).where(
            _occasions.c.patient_id == bindparam("of"),
            _occasions.c.closes_at >= bindparam("since", type_=UtcInstant),
        )
    )
)
_NOTED = Prepared(
    lambda filtered: filtered(
        select(*OCCASION.columns)
        .add_columns(_occasions.c.lacking)
        .where(
            _occasions.c.patient_id == bindparam("of"),
            _occasions.c.closes_at >= bindparam("since", type_=UtcInstant),
        )
    )
)
_WRITTEN_FOR = Prepared(
    lambda filtered: filtered(
        select(_occasions.c.anchor_id, _occasions.c.code, _occasions.c.protocol_version).where(
            _occasions.c.patient_id == bindparam("of")
        )
    )
)
_NOTE_LACKING = update(_occasions).where(
    _occasions.c.clinic_id == bindparam("of_clinic"),
    _occasions.c.patient_id == bindparam("of_patient"),
    _occasions.c.anchor_id == bindparam("of_anchor"),
    _occasions.c.code == bindparam("of_code"),
)
_OCCASIONS_AROUND = OCCASION.prepared(
    _occasions.c.patient_id == bindparam("of"),
    _occasions.c.anchor_id.in_(bindparam("anchors", expanding=True)),
    order_by=[_occasions.c.opens_at],
)
_REVIEWS_OF = _REVIEW.prepared(
    _reviews.c.patient_id.in_(bindparam("of", expanding=True)),
    order_by=[_reviews.c.reviewed_at],
)
_NO_INFUSION = "There is no such infusion in your clinic."


@dataclass(frozen=True, slots=True)
class Treatment:
    scope: Scope

    def courses_of(self, patient_id: str) -> list[Course]:
        return _COURSE.run(_COURSES_OF, self.scope, of=patient_id)

    def add_course(self, course: Course) -> None:
        self.scope.add(CourseRow(clinic_id=self.scope.clinic_id, **columns_of(course)))
        self.scope.session.flush()

    def save_course(self, course: Course) -> None:
        row = self.scope.session.scalars(select(CourseRow).where(CourseRow.id == course.id)).one()
        row.sqlmodel_update(columns_of(course))

    def infusion(self, infusion_id: str) -> Infusion:
        if not is_id(infusion_id):
            raise NotFound(_NO_INFUSION)
        found = INFUSION.run(_ONE_INFUSION, self.scope, one=infusion_id)
        if not found:
            raise NotFound(_NO_INFUSION)
        return found[0]

    def infusions_of(self, patient_id: str) -> list[Infusion]:
        found = INFUSION.run(_INFUSIONS_OF, self.scope, of=patient_id)
        return sorted(found, key=lambda infusion: infusion.starts_at)

    def add_infusion(self, infusion: Infusion) -> None:
        self.scope.add(InfusionRow(clinic_id=self.scope.clinic_id, **columns_of(infusion)))
        self.scope.session.flush()

    def save_infusion(self, infusion: Infusion) -> None:
        """Replaces the version before `infusion.version`; anybody else's is Stale."""
        row = self._infusion_row(infusion.id)
        if row.version != infusion.version - 1:
            raise Stale("Somebody changed this infusion meanwhile. Look at it again and repeat.")
        row.sqlmodel_update(columns_of(infusion))

    def pauses_of(self, patient_id: str) -> list[Pause]:
        return _PAUSE.run(_PAUSES_OF, self.scope, of=patient_id)

    def add_pause(self, pause: Pause) -> None:
        self.scope.add(PauseRow(clinic_id=self.scope.clinic_id, **columns_of(pause)))
        self.scope.session.flush()

    def end_pause(self, pause: Pause, *, until: datetime) -> None:
        row = self.scope.session.scalars(select(PauseRow).where(PauseRow.id == pause.id)).one()
        row.until = until
        self.scope.session.flush()

    def occasions_of(
        self, patient_id: str, *, closing_since: datetime = BEFORE_ANY
    ) -> list[Occasion]:
        return OCCASION.run(_OCCASIONS_OF, self.scope, of=patient_id, since=closing_since)

    def occasions_around(self, patient_id: str, infusion_ids: Iterable[str]) -> list[Occasion]:
        """Those that are counted from one of the infusions."""
        return OCCASION.run(
            _OCCASIONS_AROUND, self.scope, of=patient_id, anchors=list(infusion_ids)
        )

    def protocol_versions_of(self, patient_id: str) -> dict[tuple[str, str], int]:
        """Under which each occasion was planned, by anchor id and code."""
        found = _WRITTEN_FOR.run(self.scope, of=patient_id)
        return {(row[0], row[1]): row[2] for row in found}

    def patients_planned_until(self, until: datetime) -> list[str]:
        """Ids of patients in a course that goes on, with no occasion that opens after `until`.
        Those of an infusion do not count: one booked far ahead says nothing of what repeats."""
        planned = select(OccasionRow.patient_id).where(
            OccasionRow.opens_at > until,
            OccasionRow.infusion_id.is_(None),  # type: ignore[union-attr]
        )
        return list(
            self.scope.session.scalars(
                select(CourseRow.patient_id)
                .where(
                    CourseRow.ended_at.is_(None),  # type: ignore[union-attr]
                    CourseRow.patient_id.not_in(planned),  # type: ignore[attr-defined]
                )
                .distinct()
            )
        )

    def replace_occasions(self, patient_id: str, planned: Sequence[Occasion]) -> None:
        """Makes the rows of one patient equal to the plan, writing only what differs."""
        session, clinic_id = self.scope.session, self.scope.clinic_id
        rows = session.scalars(select(OccasionRow).where(OccasionRow.patient_id == patient_id))
        stored = {(row.anchor_id, row.code): row for row in rows}
        for occasion in planned:
            columns = columns_of(occasion, forms=" ".join(occasion.forms))
            row = stored.pop((occasion.anchor_id, occasion.code), None)
            if row is None:
                lacking = columns["forms"]
                self.scope.add(OccasionRow(clinic_id=clinic_id, lacking=lacking, **columns))
            elif any(getattr(row, name) != value for name, value in columns.items()):
                self.scope.note_change(patient_id, row.opens_at)
                row.sqlmodel_update(columns)
            else:
                continue
            self.scope.note_change(patient_id, occasion.opens_at)
        for row in stored.values():
            self.scope.note_change(patient_id, row.opens_at)
            session.delete(row)

    def lacking(self, patient_id: str, *, closing_since: datetime) -> dict[Key, tuple[str, ...]]:
        """What is noted of each occasion, by its key: the forms without an answer."""
        found = _LACKING_OF.run(self.scope, of=patient_id, since=closing_since)
        return {(patient_id, row[0], row[1]): tuple(row[2].split()) for row in found}

    def occasions_noted(
        self, patient_id: str, *, closing_since: datetime
    ) -> list[tuple[Occasion, tuple[str, ...]]]:
        """Each with what is noted of it. In no order."""
        found = _NOTED.run(self.scope, of=patient_id, since=closing_since)
        return [(OCCASION.value(row[:-1]), tuple(row[-1].split())) for row in found]

    def note_lacking(self, patient_id: str, noted: Mapping[Key, Iterable[str]]) -> None:
        self.scope.allows(patient_id)
        if noted:
            self.scope.connection.execute(
                _NOTE_LACKING,
                [
                    {
                        "of_clinic": self.scope.clinic_id,
                        "of_patient": patient_id,
                        "of_anchor": anchor_id,
                        "of_code": code,
                        "lacking": " ".join(forms),
                    }
                    for (_, anchor_id, code), forms in noted.items()
                ],
            )

    def reviews_of_many(self, patient_ids: Iterable[str]) -> list[FollowUpReview]:
        return _REVIEW.run(_REVIEWS_OF, self.scope, of=list(patient_ids))

    def add_review(self, review: FollowUpReview) -> None:
        self.scope.add(
            FollowUpReviewRow(
                clinic_id=self.scope.clinic_id,
                **columns_of(
                    review,
                    seen_form_ids=sorted(review.seen_form_ids),
                    seen_alert_ids=sorted(review.seen_alert_ids),
                ),
            )
        )

    def _infusion_row(self, infusion_id: str) -> InfusionRow:
        row = self.scope.session.scalars(
            select(InfusionRow).where(InfusionRow.id == infusion_id)
        ).first()
        if row is None:
            raise NotFound(_NO_INFUSION)
        return row
