"""Whatever is planned, moved, cancelled, given, stopped, paused, answered, entered by staff,
corrected by either and moved to the record it belongs to, in whatever order: no answer is lost or
doubled, none belongs to two infusions or to two people, each occasion has one status."""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mindspa.bootstrap import Runtime
from mindspa.domain.access import Actor, Role, operator
from mindspa.domain.check_ins import CheckIn, CheckInState, Mode, StoredForm, newest_versions
from mindspa.domain.errors import MindSpaError
from mindspa.domain.schedule import (
    PULSE,
    Anchor,
    OccasionStatus,
    answers_for,
    plan,
    status,
)
from mindspa.domain.scoring import SCORER_VERSION
from mindspa.domain.treatment import Clinic, Infusion, PatientStatus, Phase
from mindspa.services.book_infusion import book_infusion
from mindspa.services.change_status import change_status
from mindspa.services.check_records import problems
from mindspa.services.correct_answers import open_correction, open_own_correction
from mindspa.services.end_course import end_course
from mindspa.services.enter_for_patient import open_for_patient
from mindspa.services.extend_plans import extend_plan
from mindspa.services.move_form import move_form
from mindspa.services.move_infusion import move_infusion
from mindspa.services.open_check_in import open_check_in
from mindspa.services.plan_course import PLANNED_AHEAD
from mindspa.services.plan_induction import plan_induction
from mindspa.services.record_infusion import cancel, record_end
from mindspa.services.save_answer import save_answer
from mindspa.services.send_check_in import send_check_in
from mindspa.services.start_infusion import start_infusion
from mindspa.services.summarise_patient import refresh_summary
from mindspa.services.unit_of_work import UnitOfWork
from tests.conftest import NOW
from tests.factories import a_patient
from tests.fuzz.odd import fuzzed

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
Act = tuple[Callable[..., None], tuple[object, ...]]


class Treated:
    """One patient, and another whom forms are misfiled under, in a unit that is undone afterwards.
    `handed_in` counts forms, however often each was corrected or moved."""

    def __init__(self, work: UnitOfWork, patient_id: str, other_id: str) -> None:
        self.work, self.patient_id, self.other_id = work, patient_id, other_id
        self.handed_in = 0
        self.staff = work.actor

    @property
    def infusions(self) -> list[Infusion]:
        return self.work.records.treatment.infusions_of(self.patient_id)

    @property
    def forms(self) -> list[StoredForm]:
        return self.work.records.check_ins.forms_of(self.patient_id)

    @property
    def of_both(self) -> list[StoredForm]:
        return self.forms + self.work.records.check_ins.forms_of(self.other_id)

    def by_patient(self) -> None:
        self.work.actor = Actor(
            "p", self.work.clinic.id, "p", frozenset({Role.PATIENT}), self.patient_id
        )

    def one(self, place: int) -> Infusion | None:
        found = self.infusions
        return found[place % len(found)] if found else None

    def hand_in(self, instrument: str, hours_ago: float, replaced: StoredForm | None) -> None:
        self.work.write_about(self.patient_id)
        answered_at = replaced.answered_at if replaced else self.work.now - hours_ago * HOUR
        form = StoredForm(
            self.work.new_id(), self.patient_id, replaced.instrument if replaced else instrument,
            "1", "en", {}, 5, SCORER_VERSION, Mode.REMOTE,
            answered_at=answered_at, saved_at=self.work.now, entered_by="p",
            version=replaced.version + 1 if replaced else 1,
            replaces=replaced.id if replaced else None,
        )  # fmt: skip
        self.work.records.check_ins.add_form(form)
        self.handed_in += replaced is None

    def fill_in(self, check_in: CheckIn, choice: int) -> None:
        """The first item of each form, and sends it."""
        for form in check_in.forms:
            item = self.work.definitions.instruments[form].items_for(check_in.variant)[0]
            value = item.options[choice % len(item.options)].value
            save_answer(
                self.work,
                check_in.id,
                instrument_id=form,
                item_id=item.id,
                value=value,
                replaces=0,
            )
        send_check_in(self.work, check_in.id, unanswered_too=True)
        sent = self.work.records.check_ins.get(check_in.id).state is CheckInState.SENT
        self.handed_in += len(check_in.forms) if sent and check_in.corrects is None else 0


def waited(of: Treated, hours: float) -> None:
    of.work.now += hours * HOUR


def induced(of: Treated, first: float, gaps: list[int]) -> None:
    starts = [of.work.now + first * HOUR]
    for gap in gaps:
        starts.append(starts[-1] + gap * DAY)
    plan_induction(of.work, of.patient_id, starts)


def booked(of: Treated, hours: float, phase: Phase | None) -> None:
    at = of.work.now + hours * HOUR
    book_infusion(of.work, of.patient_id, planned_at=at, new_course=phase)


def moved(of: Treated, place: int, hours: float) -> None:
    if one := of.one(place):
        at = of.work.now + hours * HOUR
        move_infusion(of.work, one.id, version=one.version, planned_at=at)


def cancelled(of: Treated, place: int) -> None:
    if one := of.one(place):
        cancel(of.work, one.id, version=one.version, reason="x")


def begun(of: Treated, place: int) -> None:
    if one := of.one(place):
        start_infusion(of.work, one.id, version=one.version)


def ended(of: Treated, place: int, late: float, minutes: int, stopped: bool) -> None:
    if one := of.one(place):
        start = one.started_at or one.planned_at + late * HOUR
        record_end(
            of.work,
            one.id,
            version=one.version,
            started_at=start,
            ended_at=start + timedelta(minutes=minutes),
            stopped_because="x" if stopped else None,
        )


def answered(of: Treated, instrument: str, hours_ago: float) -> None:
    of.hand_in(instrument, hours_ago, None)


def corrected(of: Treated, place: int) -> None:
    if forms := newest_versions(of.forms):
        of.hand_in("", 0, forms[place % len(forms)])


def checked_in(of: Treated, unscheduled: bool, choice: int) -> None:
    of.by_patient()
    of.fill_in(open_check_in(of.work, unscheduled=unscheduled), choice)


def changed_their_answers(of: Treated, place: int, choice: int) -> None:
    of.by_patient()
    check_ins = of.work.records.check_ins.all_of(of.patient_id)
    if sent := [c for c in check_ins if c.state is CheckInState.SENT and not c.by_staff]:
        of.fill_in(open_own_correction(of.work, sent[place % len(sent)].id), choice)


def was_entered(of: Treated, form: str, hours_ago: int, choice: int) -> None:
    at = of.work.now - hours_ago * HOUR if hours_ago else None
    mode = Mode.ON_PAPER if at else Mode.BY_PHONE
    of.fill_in(
        open_for_patient(of.work, of.patient_id, mode=mode, forms=[form], answered_at=at), choice
    )


def was_corrected_by_staff(of: Treated, place: int, choice: int) -> None:
    if forms := [form for form in newest_versions(of.of_both) if form.answers]:
        of.fill_in(open_correction(of.work, forms[place % len(forms)].id, reason="x"), choice)


def moved_to_the_other(of: Treated, place: int) -> None:
    if forms := newest_versions(of.of_both):
        form = forms[place % len(forms)]
        to = of.other_id if form.patient_id == of.patient_id else of.patient_id
        move_form(of.work, form.id, to=to, reason="x")


def put(of: Treated, state: PatientStatus) -> None:
    change_status(of.work, of.patient_id, state)


def over(of: Treated) -> None:
    if courses := of.work.records.treatment.courses_of(of.patient_id):
        end_course(of.work, of.patient_id, courses[-1].id, reason="x")


def swept(of: Treated) -> None:
    courses = of.work.records.treatment.courses_of(of.patient_id)
    if courses and courses[-1].ended_at is None:
        extend_plan(of.work, of.patient_id)


def acts(what: Callable[..., None], *drawn: st.SearchStrategy[object]) -> st.SearchStrategy[Act]:
    return st.tuples(st.just(what), st.tuples(*drawn))


places, hours, choices = st.integers(0, 9), st.integers(-30, 24 * 9), st.integers(0, 3)
ACTS = st.one_of(
    acts(waited, st.integers(1, 30)),
    acts(waited, st.integers(1, 100)),
    acts(induced, st.integers(1, 60), st.lists(st.integers(1, 4), max_size=5)),
    acts(booked, hours, st.sampled_from([None, *Phase])),
    acts(moved, places, hours),
    acts(cancelled, places),
    acts(begun, places),
    acts(ended, places, st.integers(-2, 2), st.integers(5, 90), st.booleans()),
    acts(answered, st.sampled_from([PULSE, PULSE, "phq9", "gad7"]), st.integers(0, 40)),
    acts(corrected, places),
    acts(checked_in, st.booleans(), choices),
    acts(changed_their_answers, places, choices),
    acts(was_entered, st.sampled_from([PULSE, "phq9"]), st.integers(0, 40), choices),
    acts(was_corrected_by_staff, places, choices),
    acts(moved_to_the_other, places),
    acts(put, st.sampled_from(PatientStatus)),
    acts(over),
    acts(swept),
)


@pytest.fixture
def patient_id(runtime: Runtime, clinic: Clinic) -> str:
    return a_patient(runtime, clinic).id


@pytest.fixture
def other_id(runtime: Runtime, clinic: Clinic) -> str:
    return a_patient(runtime, clinic, "Other Example").id


@fuzzed(60)
@given(st.lists(ACTS, min_size=4, max_size=25))
def test_whatever_happens_in_a_treatment(
    runtime: Runtime, patient_id: str, other_id: str, sequence: list[Act]
) -> None:
    with runtime.trying(operator("clinic")) as work:
        work.now = NOW
        treated = Treated(work, patient_id, other_id)
        for act, drawn in sequence:
            with suppress(MindSpaError):
                act(treated, *drawn)
            work.actor = treated.staff
        for touched in work.touched:
            refresh_summary(work, touched)
        assert list(problems(work)) == []
        nothing_is_lost(treated)
        the_plan_is_what_follows_from_the_treatment(treated)
        every_answer_belongs_to_one_infusion_or_none(treated)
        statuses_add_up(treated)
        courses_do_not_overlap(treated)


def nothing_is_lost(of: Treated) -> None:
    forms = of.of_both
    by_id = {form.id: form for form in forms}
    assert len(by_id) == len(forms)
    replaced = [form.replaces for form in forms if form.replaces]
    assert len(replaced) == len(set(replaced))
    assert len(newest_versions(forms)) == of.handed_in
    for form in forms:
        if form.replaces:
            before = by_id[form.replaces]
            assert (before.patient_id, before.answered_at) == (form.patient_id, form.answered_at)


def the_plan_is_what_follows_from_the_treatment(of: Treated) -> None:
    """As far as both reach: the stored one was made at an earlier now."""
    treatment = of.work.records.treatment
    stored = {o.key: o for o in treatment.occasions_of(of.patient_id)}
    follows = plan(
        of.patient_id,
        treatment.courses_of(of.patient_id),
        treatment.infusions_of(of.patient_id),
        of.work.definitions.protocol,
        indications=(),
        until=of.work.now + PLANNED_AHEAD,
        pauses=treatment.pauses_of(of.patient_id),
    )
    for occasion in follows:
        if occasion.infusion_id is not None or occasion.key in stored:
            assert stored[occasion.key] == occasion
    assert stored.keys() <= {occasion.key for occasion in follows}


def every_answer_belongs_to_one_infusion_or_none(of: Treated) -> None:
    """One before an infusion can be the last after another: those two are looked at apart."""
    protocol = of.work.definitions.protocol
    occasions = of.work.records.treatment.occasions_of(of.patient_id)
    answers = answers_for(occasions, of.forms)
    for anchor in (Anchor.INFUSION_START, Anchor.INFUSION_END):
        codes = {rule.code for rule in protocol.anchored(anchor)}
        taken = Counter(
            form.id
            for occasion in occasions
            if occasion.code in codes
            for form in answers[occasion.key].values()
        )
        if anchor is Anchor.INFUSION_END:
            assert all(count == 1 for count in taken.values())
    current = {form.id for form in newest_versions(of.forms)}
    assert {form.id for found in answers.values() for form in found.values()} <= current


def statuses_add_up(of: Treated) -> None:
    occasions = of.work.records.treatment.occasions_of(of.patient_id)
    answers = answers_for(occasions, of.forms)
    counted = Counter(status(o, answers[o.key], now=of.work.now) for o in occasions)
    assert sum(counted.values()) == len(occasions)
    asked = sum(occasion.asked for occasion in occasions)
    not_asked = sum(not occasion.asked for occasion in occasions)
    statuses = [(o, status(o, answers[o.key], now=of.work.now)) for o in occasions]
    stopped = sum(
        o.asked and o.stopped and became is OccasionStatus.CANCELLED for o, became in statuses
    )
    out = counted[OccasionStatus.CANCELLED] + counted[OccasionStatus.NOT_APPLICABLE]
    assert out == not_asked + stopped
    assert asked + not_asked == len(occasions)
    for occasion in occasions:
        if status(occasion, answers[occasion.key], now=of.work.now) is OccasionStatus.DONE:
            assert set(answers[occasion.key]) == set(occasion.forms)


def courses_do_not_overlap(of: Treated) -> None:
    courses = of.work.records.treatment.courses_of(of.patient_id)
    for earlier, later in pairwise(courses):
        assert earlier.ended_at is not None
        assert earlier.ended_at <= later.started_at
