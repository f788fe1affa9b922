"""The care team's list through its services: who is read for it, and what a review keeps."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event

from mindspa.bootstrap import Runtime
from mindspa.domain.access import Role, operator
from mindspa.domain.check_ins import Mode, StoredForm
from mindspa.domain.errors import InvalidInput, NotFound, NotPermitted
from mindspa.domain.follow_up import (
    Disposition,
    FollowUpEntry,
    FollowUpReview,
    Need,
)
from mindspa.domain.follow_up_rows import FollowUp
from mindspa.domain.safety import Finding, Tier
from mindspa.domain.treatment import Clinic, Course, Infusion, InfusionStatus, Patient, Phase
from mindspa.services.plan_course import course_of, follow_infusion, open_course, plan_infusion
from mindspa.services.raise_alerts import raise_alerts
from mindspa.services.record_infusion import record_end
from mindspa.services.register_patient import register_patient
from mindspa.services.review_follow_up import (
    LONGEST_NOTE,
    STILL_HOLDS,
    Figures,
    FollowUpList,
    figures,
    follow_up_list,
    follow_up_of,
    look_at_list,
    mark_reviewed,
    open_entry,
)
from mindspa.services.unit_of_work import UnitOfWork
from tests.conftest import NOW, Clock
from tests.factories import a_clinic, account_of, assessed, staff
from tests.services.lives import list_derived_in_full

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
CALM = {"interest": 1, "low_mood": 1, "nervous": 1, "worry": 1, "safety": 0, "call": 0}


class Team:
    """The care team of a clinic, and what happens to its patients."""

    def __init__(self, runtime: Runtime, clinic: Clinic, clock: Clock) -> None:
        self.runtime, self.clinic, self.clock = runtime, clinic, clock
        self.nurse = staff(runtime, clinic, Role.CARE_TEAM)

    @contextmanager
    def recording(self, *, at: datetime | None = None) -> Iterator[UnitOfWork]:
        now = self.clock.now
        self.clock.now = at or now
        with self.runtime.unit_of_work(operator(self.clinic.id)) as work:
            yield work
        self.clock.now = now

    def treated(self, name: str, *, ended: timedelta) -> tuple[Patient, Infusion]:
        """A patient whose first infusion ended so long ago, and was recorded then."""
        ((patient, infusion),) = self.all_treated([name], ended=ended)
        return patient, infusion

    def all_treated(
        self, names: Sequence[str], *, ended: timedelta
    ) -> list[tuple[Patient, Infusion]]:
        found = []
        with self.recording(at=self.clock.now - ended) as work:
            for name in names:
                patient = register_patient(work, name=name)
                course = open_course(work, patient.id, Phase.INDUCTION, starts_at=work.now - HOUR)
                found.append((patient, self._treat(work, course)))
        return found

    def treated_again(self, infusion: Infusion, *, ended: timedelta) -> Infusion:
        with self.recording(at=self.clock.now - ended) as work:
            return self._treat(work, course_of(work, infusion))

    def planned(self, infusion: Infusion, *, planned_at: datetime) -> Infusion:
        """A further infusion of the same course."""
        with self.recording() as work:
            return plan_infusion(work, course_of(work, infusion), planned_at=planned_at)

    def _treat(self, work: UnitOfWork, course: Course) -> Infusion:
        given = plan_infusion(work, course, planned_at=work.now - HOUR)
        return record_end(work, given.id, version=1, started_at=given.planned_at, ended_at=work.now)

    def answers(
        self,
        patient_id: str,
        at: datetime,
        instrument: str = "pulse",
        answers: Mapping[str, int] = CALM,
        total: int | None = 4,
        replaces: StoredForm | None = None,
    ) -> StoredForm:
        """Answered then, stored now."""
        with self.recording() as work:
            work.write_about(patient_id)
            form = StoredForm(
                work.new_id(), patient_id, instrument, "1", "en", answers, total, "1",
                Mode.ON_PAPER,
                answered_at=at, saved_at=work.now, entered_by="nurse",
                version=replaces.version + 1 if replaces else 1,
                replaces=replaces.id if replaces else None,
            )  # fmt: skip
            work.records.check_ins.add_form(form)
        return form

    def alert(self, patient_id: str, at: datetime, tier: Tier = Tier.SAME_DAY) -> str:
        """The id of what an answer raised then."""
        form = self.answers(patient_id, at)
        found = Finding("pulse_safety", tier, "pulse", "safety", 2)
        with self.recording() as work:
            work.write_about(patient_id)
            raise_alerts(work, patient_id, [found], answered_at=at, form_id=form.id)
            (alert,) = (
                a for a in work.records.alerts.of_many([patient_id]) if a.form_id == form.id
            )
        return alert.id

    def rows(self) -> tuple[FollowUpEntry, ...]:
        with self.runtime.reading(self.nurse) as work:
            return follow_up_list(work)

    def entry(self, infusion: Infusion) -> FollowUpEntry:
        return next(entry for entry in self.rows() if entry.row.infusion_id == infusion.id)

    def seen(self, infusion: Infusion) -> FollowUp:
        entry = self.entry(infusion)
        with self.runtime.reading(self.nurse) as work:
            return follow_up_of(work, entry)

    def reviews(self, entry: FollowUp, **said: str) -> FollowUpReview:
        with self.runtime.unit_of_work(self.nurse) as work:
            return mark_reviewed(
                work,
                entry.infusion.id,
                disposition=said.get("disposition", "no_action"),
                note=said.get("note"),
                seen_form_ids=entry.form_ids,
                seen_alert_ids=entry.alert_ids,
                review_id=said.get("review_id"),
            )

    def stored_reviews(self, patient_id: str) -> list[FollowUpReview]:
        with self.runtime.reading(self.nurse) as work:
            return work.records.treatment.reviews_of_many([patient_id])


@pytest.fixture
def team(runtime: Runtime, clock: Clock) -> Team:
    return Team(runtime, a_clinic(runtime), clock)


def names(entries: tuple[FollowUpEntry, ...]) -> list[str]:
    return [entry.patient.name for entry in entries]


# Who is read


def test_an_infusion_is_listed_from_its_end_until_it_is_reviewed(team: Team) -> None:
    _, infusion = team.treated("Pat", ended=30 * HOUR)
    assert names(team.rows()) == ["Pat"]
    team.reviews(team.seen(infusion))
    assert team.rows() == ()


def test_the_list_read_through_summaries_is_the_list_of_the_whole_clinic(team: Team) -> None:
    team.treated("Silent", ended=40 * HOUR)
    _, overdue = team.treated("Overdue for a year", ended=370 * DAY)
    _, first = team.treated("Forgotten", ended=9 * DAY)
    team.planned(first, planned_at=NOW - 3 * HOUR)
    _, first = team.treated("Planned ahead", ended=7 * DAY)
    team.planned(first, planned_at=NOW + 2 * DAY)
    team.reviews(team.seen(first))
    # Reviewed, and a paper form turned up long after.
    late, infusion = team.treated("Late", ended=100 * DAY)
    team.answers(late.id, NOW - 99 * DAY)
    team.reviews(team.seen(infusion))
    team.answers(late.id, NOW - 98 * DAY, total=7)
    # Reviewed, and nothing since but an answer that is not about it.
    done, infusion = team.treated("Done", ended=50 * DAY)
    team.reviews(team.seen(infusion))
    team.answers(done.id, NOW - 2 * DAY)
    # Reviewed, with an alert that is open, and with one that came later and is closed.
    alerted, infusion = team.treated("Alerted", ended=30 * DAY)
    team.alert(alerted.id, NOW - 29 * DAY)
    team.reviews(team.seen(infusion))
    calmed, infusion = team.treated("Assessed", ended=30 * DAY)
    team.reviews(team.seen(infusion))
    alert_id = team.alert(calmed.id, NOW - 29 * DAY)
    with team.runtime.unit_of_work(staff(team.runtime, team.clinic, Role.CLINICIAN)) as work:
        assessed(work, alert_id, outcome="assessed", note="Talked to them.")
    # An alert between the planned end of an infusion and the hour when it counts as forgotten.
    between, first = team.treated("Between", ended=50 * HOUR)
    team.planned(first, planned_at=NOW - 2 * HOUR)
    team.answers(between.id, NOW - 20 * HOUR)
    team.reviews(team.seen(first))
    team.alert(between.id, NOW - HOUR / 2)
    # A correction took an answer out of the window.
    corrected, _ = team.treated("Corrected", ended=5 * DAY)
    wrong = team.answers(corrected.id, NOW - 4 * DAY)
    team.answers(corrected.id, NOW - DAY, replaces=wrong)
    # The course began long ago, and its change is counted from there.
    long, first = team.treated("Long", ended=60 * DAY)
    team.answers(long.id, first.starts_at - HOUR, total=11)
    team.reviews(team.seen(first))
    second = team.treated_again(first, ended=30 * HOUR)
    team.answers(long.id, NOW - 3 * HOUR, total=2)
    # Came in by import: given long before it was recorded.
    _, first = team.treated("Old", ended=DAY)
    with team.recording() as work:
        for days in (900, 400):
            _import_infusion(work, course_of(work, first), NOW - days * DAY)

    def both() -> tuple[tuple[FollowUpEntry, ...], tuple[FollowUpEntry, ...]]:
        return team.rows(), _list_of_the_whole_clinic(team)

    listed, whole = both()
    assert listed == whole
    assert sorted(names(listed)) == sorted(
        ["Silent", "Overdue for a year", "Forgotten", "Forgotten", "Late", "Alerted", "Assessed",
         "Between", "Corrected", "Long", "Old"]
    )  # fmt: skip
    assert (listed[0].need, listed[0].patient.name) == (Need.FORGOTTEN_END, "Forgotten")
    assert team.entry(second).row.change_since_course == 2 - 11
    assert team.entry(overdue).overdue
    for now in (NOW + 50 * HOUR, NOW + 52 * HOUR, NOW + 10 * DAY):
        team.clock.now = now
        listed, whole = both()
        assert listed == whole
    assert "Planned ahead" in names(listed)


def _import_infusion(work: UnitOfWork, course: Course, at: datetime) -> None:
    infusion = Infusion(
        work.new_id(), course.patient_id, course.id, at, InfusionStatus.GIVEN,
        started_at=at, ended_at=at + HOUR, recorded_at=work.now,
    )  # fmt: skip
    work.write_about(course.patient_id)
    work.records.treatment.add_infusion(infusion)
    follow_infusion(work, infusion)


def _list_of_the_whole_clinic(team: Team) -> tuple[FollowUpEntry, ...]:
    with team.runtime.reading(team.nurse) as work:
        return list_derived_in_full(work)


def test_the_number_of_queries_does_not_grow_with_the_patients(team: Team) -> None:
    def queries() -> int:
        statements: list[str] = []

        def count(*of_query: Any) -> None:
            statements.append(of_query[2])

        with team.runtime.reading(team.nurse) as work:
            event.listen(team.runtime.database.reader, "before_cursor_execute", count)
            assert len(follow_up_list(work)) == treated
        event.remove(team.runtime.database.reader, "before_cursor_execute", count)
        return len(statements)

    treated = len(team.all_treated([f"Patient {n}" for n in range(3)], ended=30 * HOUR))
    few = queries()
    treated += len(team.all_treated([f"Another {n}" for n in range(27)], ended=90 * HOUR))
    assert queries() == few == 2


def test_a_list_is_derived_again_after_a_write_in_its_clinic_or_a_minute(
    team: Team, runtime: Runtime
) -> None:
    kept: FollowUpList | None = None

    def derived_again() -> bool:
        nonlocal kept
        before = kept
        with runtime.reading(team.nurse) as work:
            kept = look_at_list(work, kept=before)
            assert kept.entries == follow_up_list(work) or kept is before
        return kept is not before

    _, infusion = team.treated("Anna", ended=30 * HOUR)
    assert derived_again()
    assert not derived_again()
    elsewhere = Team(runtime, a_clinic(runtime, "elsewhere"), team.clock)
    elsewhere.treated("Boris", ended=30 * HOUR)
    assert not derived_again()
    team.treated("Clara", ended=26 * HOUR)
    assert derived_again()
    team.reviews(team.seen(infusion))
    assert derived_again()
    team.clock.now += STILL_HOLDS - timedelta(seconds=1)
    assert not derived_again()
    team.clock.now += timedelta(seconds=1)
    assert derived_again()
    with runtime.reading(elsewhere.nurse) as work:
        assert [e.patient.name for e in look_at_list(work, kept=kept).entries] == ["Boris"]


def test_a_stale_summary_hides_nobody(team: Team) -> None:
    patient, _ = team.treated("Pat", ended=30 * HOUR)
    with team.recording() as work:
        work.records.patients.save_summary(patient.id, "of a newer program", {})
    assert names(team.rows()) == ["Pat"]


def test_the_list_is_of_one_clinic_and_for_those_who_review(team: Team) -> None:
    patient, infusion = team.treated("Pat", ended=30 * HOUR)
    entry = team.seen(infusion)
    other = Team(team.runtime, a_clinic(team.runtime, "other"), team.clock)
    assert other.rows() == ()
    with pytest.raises(NotFound):
        other.reviews(entry)
    for actor in (
        account_of(team.runtime, team.clinic, patient),
        staff(team.runtime, team.clinic, Role.ADMINISTRATOR),
    ):
        with pytest.raises(NotPermitted), team.runtime.reading(actor) as work:
            follow_up_list(work)
        team.nurse = actor
        with pytest.raises(NotPermitted):
            team.reviews(entry)


# Reviewing


def test_a_review_says_who_when_and_what_they_saw(team: Team) -> None:
    patient, infusion = team.treated("Pat", ended=50 * HOUR)
    form = team.answers(patient.id, NOW - 20 * HOUR)
    alert_id = team.alert(patient.id, NOW - 10 * HOUR)
    review = team.reviews(team.seen(infusion), disposition="contacted", note="  Feels better.\n")
    assert review == FollowUpReview(
        id=review.id,
        patient_id=patient.id,
        infusion_id=infusion.id,
        reviewed_by=team.nurse.id,
        reviewed_by_name=team.nurse.name,
        reviewed_at=NOW,
        disposition=Disposition.CONTACTED,
        note="Feels better.",
        seen_form_ids=review.seen_form_ids,
        seen_alert_ids=frozenset({alert_id}),
    )
    assert form.id in review.seen_form_ids
    assert team.stored_reviews(patient.id) == [review]
    assert team.seen(infusion).review == review, "its alert is open"
    with team.runtime.reading(team.nurse) as work:
        last = work.records.audit_events(patient.id)[-1]
    assert (last.what, last.actor_id, last.record) == (
        "follow_up.reviewed", team.nurse.id, review.id,
    )  # fmt: skip


def test_an_answer_that_came_while_the_reviewer_read_brings_the_row_back(team: Team) -> None:
    patient, infusion = team.treated("Pat", ended=50 * HOUR)
    seen = team.seen(infusion)
    team.answers(patient.id, NOW)
    team.reviews(seen)
    assert team.entry(infusion).row.new_since_review
    team.reviews(team.seen(infusion))
    assert team.rows() == ()


def test_one_press_stores_one_review(team: Team) -> None:
    patient, infusion = team.treated("Pat", ended=50 * HOUR)
    entry = team.seen(infusion)
    first = team.reviews(entry, review_id="press")
    team.clock.forward(seconds=1)
    assert team.reviews(entry, review_id="press") == first
    assert team.stored_reviews(patient.id) == [first]
    again = team.reviews(entry, review_id="another press")
    assert team.stored_reviews(patient.id) == [first, again]


@pytest.mark.parametrize(
    "said",
    [{"disposition": ""}, {"disposition": "fine"}, {"note": "x" * (LONGEST_NOTE + 1)}],
)
def test_what_the_browser_sends_is_checked_again(team: Team, said: dict[str, str]) -> None:
    patient, infusion = team.treated("Pat", ended=50 * HOUR)
    with pytest.raises(InvalidInput):
        team.reviews(team.seen(infusion), **said)
    assert team.stored_reviews(patient.id) == []
    team.reviews(team.seen(infusion), note="x" * LONGEST_NOTE)


def test_an_infusion_without_an_end_is_closed_and_not_reviewed(team: Team) -> None:
    _, infusion = team.treated("Pat", ended=2 * DAY)
    forgotten = team.planned(infusion, planned_at=NOW - 5 * HOUR)
    with pytest.raises(InvalidInput, match="Close this infusion"):
        team.reviews(team.seen(forgotten))


# Reading one row, and the figures


def test_opening_a_row_is_a_look_at_the_record(team: Team) -> None:
    patient, infusion = team.treated("Pat", ended=50 * HOUR)
    for _ in range(2):
        with team.runtime.reading(team.nurse) as work:
            opened = open_entry(work, follow_up_list(work), infusion.id)
    assert opened is not None
    assert (opened.found.infusion.id, opened.wishes) == (infusion.id, ())
    with team.runtime.reading(team.nurse) as work:
        assert open_entry(work, follow_up_list(work), "no such row") is None
        assert open_entry(work, follow_up_list(work), None) is None
        audited = [audited.what for audited in work.records.audit_events(patient.id)]
    assert audited.count("patient.viewed") == 1


def test_the_figures_of_24_to_72_hours(team: Team) -> None:
    """Pat: 24 h answered, 48 h missed, 72 h answered at +78 h. Sam: 24 h open. Kim: 24 h answered,
    48 h not due yet."""
    pat, _ = team.treated("Pat", ended=80 * HOUR)
    for hours in (26, 78):
        team.answers(pat.id, NOW - 80 * HOUR + hours * HOUR)
    team.treated("Sam", ended=30 * HOUR)
    kim, _ = team.treated("Kim", ended=30 * HOUR)
    team.answers(kim.id, NOW - HOUR)
    with team.runtime.reading(team.nurse) as work:
        found = figures(work, look_at_list(work, kept=None))
    assert found == Figures(expected=4, answered=2, answered_outside=1)
