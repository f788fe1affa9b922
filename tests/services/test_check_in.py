"""A patient's check-in through its services: opened once, each answer kept, sent once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from mindspa.bootstrap import Runtime
from mindspa.domain.access import Actor, Role, operator
from mindspa.domain.check_ins import CheckIn, CheckInState, StoredForm
from mindspa.domain.contacts import WaitingWish, Wish
from mindspa.domain.errors import InvalidAnswers, InvalidInput, NotFound, NotPermitted
from mindspa.domain.safety import Alert, AlertState, Tier
from mindspa.domain.treatment import Clinic, Patient, PatientStatus
from mindspa.services.ask_for_call import ask_for_call
from mindspa.services.change_status import change_status
from mindspa.services.open_check_in import Today, open_check_in, today
from mindspa.services.save_answer import LONGEST_NOTE, save_answer, save_note
from mindspa.services.send_check_in import send_check_in
from mindspa.services.show_check_in import Closed, Receipt, Sheet, show_check_in
from mindspa.services.summarise_patient import read_summaries
from tests.conftest import NOW, Clock
from tests.factories import (
    a_patient,
    account_of,
    an_induction,
    an_infusion,
    assessed,
    staff,
)

CALM = {"interest": 1, "low_mood": 0, "nervous": 1, "worry": 2, "change": 3, "side_effects": 0}
WHOLE_PULSE = CALM | {"safety": 0, "call": 0}


class Person:
    """A patient with an account, doing one thing after the other."""

    def __init__(self, runtime: Runtime, clinic: Clinic, patient: Patient) -> None:
        self.runtime = runtime
        self.patient = patient
        self.actor = account_of(runtime, clinic, patient)

    def opens(self, *, unscheduled: bool = False) -> CheckIn:
        with self.runtime.unit_of_work(self.actor) as work:
            return open_check_in(work, unscheduled=unscheduled)

    def answers(
        self, check_in: CheckIn, item: str, value: int, *, replaces: int = 0, form: str = "pulse"
    ) -> int:
        with self.runtime.unit_of_work(self.actor) as work:
            return save_answer(
                work, check_in.id, instrument_id=form, item_id=item, value=value, replaces=replaces
            ).revision

    def answers_all(self, check_in: CheckIn, values: dict[str, int], form: str = "pulse") -> None:
        for item, value in values.items():
            self.answers(check_in, item, value, form=form)

    def sends(self, check_in: CheckIn, *, unanswered_too: bool = False) -> None:
        with self.runtime.unit_of_work(self.actor) as work:
            send_check_in(work, check_in.id, unanswered_too=unanswered_too)

    def sees(self, check_in: CheckIn) -> Sheet | Closed | Receipt:
        with self.runtime.reading(self.actor) as work:
            return show_check_in(work, check_in.id)

    def today(self) -> Today:
        with self.runtime.reading(self.actor) as work:
            return today(work)

    def forms(self) -> list[StoredForm]:
        with self.runtime.reading(self.actor) as work:
            return work.records.check_ins.forms_of(self.patient.id)

    def alerts(self) -> list[Alert]:
        with self.runtime.reading(self.actor) as work:
            return work.records.alerts.of_many([self.patient.id])

    def audited(self) -> list[str]:
        with self.runtime.reading(self.actor) as work:
            return [event.what for event in work.records.audit_events(self.patient.id)]


@pytest.fixture
def person(runtime: Runtime, clinic: Clinic) -> Person:
    """30 hours after the first infusion of an induction: the 24 h pulse is open."""
    patient = a_patient(runtime, clinic)
    starts_at = NOW - timedelta(hours=31)
    course = an_induction(runtime, clinic, patient, starts_at=starts_at)
    an_infusion(runtime, clinic, course, starts_at=starts_at)
    return Person(runtime, clinic, patient)


@pytest.fixture
def newcomer(runtime: Runtime, clinic: Clinic) -> Person:
    """With nothing planned: only the check-in of one's own accord is there."""
    return Person(runtime, clinic, a_patient(runtime, clinic, "New Example"))


@pytest.fixture
def before_treatment(runtime: Runtime, clinic: Clinic) -> Person:
    """Two days before the first infusion: the standard forms of the baseline are open."""
    patient = a_patient(runtime, clinic, "Early Example")
    starts_at = NOW + timedelta(days=2)
    course = an_induction(runtime, clinic, patient, starts_at=starts_at)
    an_infusion(runtime, clinic, course, starts_at=starts_at)
    return Person(runtime, clinic, patient)


# Opening


def test_what_is_due_is_opened_once(person: Person) -> None:
    due = person.today().due
    assert due is not None
    assert [occasion.code for occasion in due.occasions] == ["24h"]
    first = person.opens()
    assert (first.forms, first.variant, first.state) == (("pulse",), "after", CheckInState.OPEN)
    assert first.closes_at == NOW + timedelta(hours=6)
    assert person.opens() == first
    assert person.opens(unscheduled=True) == first, "the same questions are not asked twice"
    assert person.today().started == first


def test_presses_at_the_same_moment_open_one(person: Person) -> None:
    with ThreadPoolExecutor(6) as pool:
        opened = list(pool.map(lambda _: person.opens().id, range(6)))
    assert len(set(opened)) == 1


def test_an_unscheduled_pulse_is_always_there(newcomer: Person) -> None:
    assert (newcomer.today().due, newcomer.today().next) == (None, None)
    check_in = newcomer.opens(unscheduled=True)
    assert (check_in.forms, check_in.variant) == (("pulse",), "before")
    assert newcomer.opens() == check_in, "where nothing is due, the start button asks the same"


@pytest.mark.parametrize(
    "status", [PatientStatus.PAUSED, PatientStatus.TRANSFERRED, PatientStatus.DECEASED]
)
def test_nothing_is_asked_of_a_patient_who_is_not_active(
    before_treatment: Person, clinic: Clinic, status: PatientStatus
) -> None:
    runtime, patient_id = before_treatment.runtime, before_treatment.patient.id
    with runtime.unit_of_work(operator(clinic.id)) as work:
        change_status(work, patient_id, status)
    assert (before_treatment.today().due, before_treatment.today().next) == (None, None)
    check_in = before_treatment.opens()
    assert check_in.forms == ("pulse",), "what they tell of their own accord is still taken"
    before_treatment.answers(check_in, "low_mood", 1)
    before_treatment.sends(check_in, unanswered_too=True)
    receipt = before_treatment.sees(check_in)
    assert isinstance(receipt, Receipt)
    assert receipt.next is None


def test_a_closed_check_in_lapses_and_another_is_opened(person: Person, clock: Clock) -> None:
    first = person.opens()
    person.answers(first, "low_mood", 3)
    clock.now = first.closes_at
    assert isinstance(person.sees(first), Closed)
    assert person.today().started is None
    second = person.opens()
    assert second.id != first.id
    closed = person.sees(first)
    assert isinstance(closed, Closed)
    assert closed.check_in.state is CheckInState.LAPSED
    person.sends(first)
    assert person.forms() == [], "yesterday's recall is not today's"


def test_sending_after_the_close_sends_nothing_and_keeps_the_answers(
    person: Person, clock: Clock
) -> None:
    check_in = person.opens()
    person.answers_all(check_in, WHOLE_PULSE)
    clock.now = check_in.closes_at
    person.sends(check_in)
    shown = person.sees(check_in)
    assert isinstance(shown, Closed)
    assert shown.check_in.state is CheckInState.LAPSED
    with person.runtime.reading(person.actor) as work:
        assert len(work.records.check_ins.answers_of(check_in.id)) == len(WHOLE_PULSE)


# Answering


def test_each_choice_is_kept_and_the_last_one_stands(person: Person) -> None:
    check_in = person.opens()
    assert person.answers(check_in, "worry", 3) == 1
    assert person.answers(check_in, "worry", 1, replaces=1) == 2
    assert person.answers(check_in, "worry", 1, replaces=1) == 2, "the same again adds nothing"
    with person.runtime.reading(person.actor) as work:
        given = work.records.check_ins.answers_of(check_in.id)
    assert [(answer.revision, answer.value) for answer in given] == [(1, 3), (2, 1)]
    assert person.audited()[-3:] == ["check_in.opened", "answer.given", "answer.changed"]


def test_a_tab_that_has_not_seen_the_newest_answer_overwrites_nothing(
    before_treatment: Person,
) -> None:
    check_in = before_treatment.opens()
    before_treatment.answers(check_in, "9", 3, form="phq9")
    before_treatment.answers(check_in, "1", 1, form="phq9")
    assert before_treatment.answers(check_in, "9", 0, replaces=0, form="phq9") == 1
    sheet = before_treatment.sees(check_in)
    assert isinstance(sheet, Sheet)
    assert sheet.sections[0].values == {"1": 1, "9": 3}


@pytest.mark.parametrize(
    "form, item, value",
    [
        ("pulse", "low_mood", 4),
        ("pulse", "low_mood", -1),
        ("pulse", "low_mood", True),
        ("pulse", "low_mood", 1.0),
        ("pulse", "low_mood", "1"),
        ("pulse", "low_mood", None),
        ("pulse", "mood", 1),
        ("phq9", "1", 1),
        ("nothing", "1", 1),
    ],
)
def test_what_the_browser_sends_is_checked_again(
    person: Person, form: str, item: str, value: int
) -> None:
    check_in = person.opens()
    with pytest.raises(InvalidAnswers):
        person.answers(check_in, item, value, form=form)


def test_a_question_of_the_other_variant_is_not_taken(newcomer: Person) -> None:
    with pytest.raises(InvalidAnswers, match="does not ask"):
        newcomer.answers(newcomer.opens(unscheduled=True), "side_effects", 1)


def test_the_difficulty_question_comes_with_the_first_symptom(before_treatment: Person) -> None:
    check_in = before_treatment.opens()

    def numbers() -> tuple[int, int]:
        sheet = before_treatment.sees(check_in)
        assert isinstance(sheet, Sheet)
        section = sheet.sections[0]
        return len(section.items), len(section.missing)

    before_treatment.answers(check_in, "1", 0, form="phq9")
    assert numbers() == (9, 8)
    before_treatment.answers(check_in, "2", 1, form="phq9")
    assert numbers() == (10, 8)
    before_treatment.answers(check_in, "difficulty", 2, form="phq9")
    before_treatment.answers(check_in, "2", 0, replaces=1, form="phq9")
    assert numbers() == (9, 7)


# Safety


@pytest.mark.parametrize(
    "item, value, raised",
    [
        ("safety", 0, []),
        ("safety", 1, [("pulse_safety", Tier.IMMEDIATE)]),
        ("safety", 2, [("pulse_safety", Tier.SAME_DAY)]),
        ("side_effects", 3, [("severe_side_effect", Tier.SAME_DAY)]),
        ("change", 6, [("pulse_much_worse", Tier.SAME_DAY)]),
        ("low_mood", 3, []),
    ],
)
def test_an_answer_raises_its_alert_before_anything_is_sent(
    person: Person, item: str, value: int, raised: list[tuple[str, Tier]]
) -> None:
    person.answers(person.opens(), item, value)
    assert [(alert.rule, alert.tier) for alert in person.alerts()] == raised


def test_an_alert_stands_in_the_summary_that_the_panel_reads(
    runtime: Runtime, clinic: Clinic, person: Person
) -> None:
    person.answers(person.opens(), "safety", 1)
    with runtime.reading(staff(runtime, clinic, Role.CLINICIAN)) as work:
        assert read_summaries(work)[person.patient.id].open_alerts == 1


def test_a_changed_mind_keeps_the_alert_and_the_help(person: Person) -> None:
    check_in = person.opens()
    person.answers(check_in, "safety", 1)
    person.answers(check_in, "safety", 0, replaces=1)
    sheet = person.sees(check_in)
    assert isinstance(sheet, Sheet)
    assert (sheet.sections[0].shows_help, sheet.sections[0].changed) == (True, True)
    person.answers(check_in, "safety", 1, replaces=2)
    sheet = person.sees(check_in)
    assert isinstance(sheet, Sheet)
    assert (sheet.sections[0].shows_help, sheet.sections[0].changed) == (True, False)
    person.sends(check_in, unanswered_too=True)
    assert [alert.value for alert in person.alerts()] == [1], "one alert for one answer"


@pytest.mark.parametrize(
    "elsewhere, chosen, stands",
    [
        (0, 1, 1),
        (0, 2, 2),
        (1, 2, 1),
        (2, 1, 1),
        (2, 0, 2),
        (1, 0, 1),
    ],
)
def test_of_two_windows_the_graver_safety_answer_stands_and_both_are_raised(
    person: Person, elsewhere: int, chosen: int, stands: int
) -> None:
    check_in = person.opens()
    person.answers(check_in, "safety", elsewhere)
    person.answers(check_in, "safety", chosen, replaces=0)
    sheet = person.sees(check_in)
    assert isinstance(sheet, Sheet)
    assert sheet.sections[0].values == {"safety": stands}
    assert sheet.sections[0].shows_help
    assert {alert.value for alert in person.alerts()} == {elsewhere, chosen} - {0}


def test_the_same_answer_chosen_again_after_its_alert_was_closed_raises_another(
    runtime: Runtime, clinic: Clinic, person: Person, clock: Clock
) -> None:
    check_in = person.opens()
    person.answers(check_in, "safety", 1)
    clock.forward(minutes=30)
    clinician = staff(runtime, clinic, Role.CLINICIAN)
    with runtime.unit_of_work(clinician) as work:
        assessed(work, person.alerts()[0].id, outcome="assessed", note="Spoke by phone.")
    clock.forward(minutes=30)
    person.answers(check_in, "safety", 0, replaces=1)
    assert [alert.state for alert in person.alerts()] == [AlertState.CLOSED]
    person.answers(check_in, "safety", 1, replaces=2)
    assert [alert.state for alert in person.alerts()] == [AlertState.CLOSED, AlertState.OPEN]
    with runtime.unit_of_work(clinician) as work:
        assessed(work, person.alerts()[1].id, outcome="assessed", note="Spoke again.")
    clock.forward(minutes=30)
    person.sends(check_in, unanswered_too=True)
    assert len(person.alerts()) == 2, "what was assessed is not raised anew by sending it"


@pytest.mark.parametrize("ended", ["closed", "sent in another window"])
def test_a_safety_answer_is_never_too_late_to_raise_its_alert(
    person: Person, clock: Clock, ended: str
) -> None:
    check_in = person.opens()
    person.answers(check_in, "safety", 0)
    if ended == "closed":
        clock.now = check_in.closes_at
    else:
        person.sends(check_in, unanswered_too=True)
    person.answers(check_in, "safety", 1, replaces=1)
    assert [alert.rule for alert in person.alerts()] == ["pulse_safety"]
    shown = person.sees(check_in)
    assert not isinstance(shown, Sheet)
    assert shown.shows_help
    sent = [form.answers for form in person.forms()]
    assert sent == ([] if ended == "closed" else [{"safety": 0}]), "the form stays as it was sent"


def test_a_pulse_is_compared_with_the_one_before_the_infusion(
    runtime: Runtime, clinic: Clinic, clock: Clock
) -> None:
    person = Person(runtime, clinic, a_patient(runtime, clinic))
    infusion_at = NOW + timedelta(hours=3)
    course = an_induction(runtime, clinic, person.patient, starts_at=infusion_at)
    an_infusion(runtime, clinic, course, starts_at=infusion_at)
    before = person.opens(unscheduled=True)
    assert before.variant == "before"
    unchanged = {"interest": 1, "low_mood": 1, "nervous": 0, "worry": 0, "safety": 0, "call": 0}
    person.answers_all(before, unchanged)
    person.sends(before)
    clock.now = infusion_at + timedelta(hours=30)
    after = person.opens()
    assert after.variant == "after"
    worse = {"interest": 2, "low_mood": 2, "nervous": 1, "worry": 1, "change": 5}
    person.answers_all(after, worse | {"side_effects": 0, "safety": 0, "call": 0})
    assert person.alerts() == []
    person.sends(after)
    assert [(alert.rule, alert.value) for alert in person.alerts()] == [("pulse_rise", 4)]


def test_a_rise_of_item_9_is_raised_as_it_is_chosen(before_treatment: Person, clock: Clock) -> None:
    first = before_treatment.opens()
    before_treatment.answers_all(first, {str(n): 1 for n in range(1, 10)}, form="phq9")
    before_treatment.sends(first, unanswered_too=True)
    clock.forward(days=9)  # the weekly forms, 7 days after the infusion
    second = before_treatment.opens()
    assert "phq9" in second.forms
    before_treatment.answers(second, "9", 2, form="phq9")
    of_second = [a.rule for a in before_treatment.alerts() if a.check_in_id == second.id]
    assert sorted(of_second) == ["phq9_item9", "phq9_item9_rise"]


# Sending


def test_a_sent_check_in_is_scored_stored_and_shown(person: Person, clock: Clock) -> None:
    check_in = person.opens()
    person.answers_all(check_in, WHOLE_PULSE)
    with person.runtime.unit_of_work(person.actor) as work:
        save_note(work, check_in.id, "Slept well.", replaces="")
    clock.forward(minutes=10)
    person.sends(check_in)
    person.sends(check_in)
    (form,) = person.forms()
    assert form == replace(
        form,
        instrument="pulse",
        instrument_version="1",
        language="en",
        answers=WHOLE_PULSE,
        total=4,
        answered_at=clock.now,
        saved_at=clock.now,
        opened_at=NOW,
        entered_by=person.actor.id,
        variant="after",
        check_in_id=check_in.id,
        note="Slept well.",
    )
    receipt = person.sees(check_in)
    assert isinstance(receipt, Receipt)
    assert receipt.sent_at == clock.now
    assert [(f.instrument.id, f.answered, f.asked) for f in receipt.forms] == [("pulse", 8, 8)]
    assert receipt.next is not None
    assert receipt.next.due_at == NOW + timedelta(hours=48 - 30), "the 48 h pulse"
    assert person.today().due is None
    assert person.audited().count("check_in.sent") == 1


def test_a_blank_check_in_is_never_sent(person: Person) -> None:
    check_in = person.opens()
    person.sends(check_in, unanswered_too=True)
    assert isinstance(person.sees(check_in), Sheet)
    assert person.forms() == []


def test_an_unfinished_one_is_sent_only_when_the_person_says_so(before_treatment: Person) -> None:
    check_in = before_treatment.opens()
    assert check_in.forms == ("phq9", "gad7")
    before_treatment.answers_all(check_in, {"1": 0, "2": 0}, form="phq9")
    before_treatment.sends(check_in)
    sheet = before_treatment.sees(check_in)
    assert isinstance(sheet, Sheet)
    assert [section.missing for section in sheet.sections] == [
        (3, 4, 5, 6, 7, 8, 9),
        (1, 2, 3, 4, 5, 6, 7),
    ]
    before_treatment.sends(check_in, unanswered_too=True)
    (form,) = before_treatment.forms()  # the blank GAD-7 is no form, and stays due
    assert (form.instrument, form.answers, form.total) == ("phq9", {"1": 0, "2": 0}, None)
    due = before_treatment.today().due
    assert due is not None
    assert due.forms == ("gad7",)


# Note and call


def test_a_note_is_kept_as_typed_and_two_windows_lose_nothing(person: Person) -> None:
    check_in = person.opens()
    with person.runtime.unit_of_work(person.actor) as work:
        assert save_note(work, check_in.id, "One.", replaces="") == "One."
        assert save_note(work, check_in.id, "Two.", replaces="") == "One.\n\nTwo."
        assert save_note(work, check_in.id, "Three.", replaces="One.\n\nTwo.") == "Three."
        with pytest.raises(InvalidInput, match="2000"):
            save_note(work, check_in.id, "x" * (LONGEST_NOTE + 1), replaces="Three.")


def test_asking_for_a_call_twice_asks_once(person: Person, clock: Clock) -> None:
    for _ in range(2):
        with person.runtime.unit_of_work(person.actor) as work:
            ask_for_call(work)
        clock.forward(minutes=1)
    assert person.today().wishes == (WaitingWish(Wish.CALL, NOW),)
    assert person.audited().count("call.asked") == 1
    assert person.alerts() == []


def test_the_call_question_asks_at_once_and_is_no_alert(person: Person) -> None:
    person.answers(person.opens(), "call", 1)
    assert person.today().wishes == (WaitingWish(Wish.CALL, NOW),)
    assert person.alerts() == []
    assert person.audited()[-2:] == ["answer.given", "call.asked"]


# Whose it is


def test_another_patients_check_in_does_not_exist(person: Person, newcomer: Person) -> None:
    check_in = person.opens()
    attempts: list[Callable[[], object]] = [
        lambda: newcomer.sees(check_in),
        lambda: newcomer.answers(check_in, "worry", 1),
        lambda: newcomer.sends(check_in),
    ]
    for attempt in attempts:
        with pytest.raises(NotFound, match="no such check-in"):
            attempt()


def test_a_second_role_opens_no_other_patients_check_in(
    runtime: Runtime, clinic: Clinic, person: Person, newcomer: Person
) -> None:
    """Whoever is a nurse and a patient of the clinic answers for themselves alone."""
    check_in = person.opens()
    both = replace(newcomer.actor, roles=frozenset({Role.PATIENT, Role.CARE_TEAM}))
    with runtime.reading(both) as work, pytest.raises(NotFound, match="no such check-in"):
        show_check_in(work, check_in.id)


def test_staff_have_no_check_in_of_their_own(runtime: Runtime, clinic: Clinic) -> None:
    nurse: Actor = staff(runtime, clinic, Role.CARE_TEAM)
    with runtime.reading(nurse) as work, pytest.raises(NotPermitted):
        today(work)
