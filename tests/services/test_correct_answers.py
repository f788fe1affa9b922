"""Answers that were sent are corrected: the old ones stay, the newest count, alerts only add."""

from datetime import timedelta

import pytest

from mindspa.bootstrap import Runtime
from mindspa.domain.access import Actor, Role, operator
from mindspa.domain.check_ins import CheckIn, Mode, StoredForm, newest_versions
from mindspa.domain.errors import InvalidInput, NotFound, NotPermitted, Stale
from mindspa.domain.safety import Alert, AlertState
from mindspa.domain.schedule import OccasionStatus
from mindspa.domain.treatment import Clinic, Patient
from mindspa.services.check_records import problems
from mindspa.services.correct_answers import open_correction, open_own_correction
from mindspa.services.open_check_in import open_check_in, today
from mindspa.services.review_follow_up import follow_up_list, mark_reviewed
from mindspa.services.save_answer import save_answer
from mindspa.services.send_check_in import send_check_in
from mindspa.services.show_check_in import Closed, Receipt, Sheet, show_check_in
from mindspa.services.view_progress import view_progress
from tests.conftest import NOW, Clock
from tests.factories import (
    a_patient,
    a_stored_form,
    account_of,
    an_induction,
    an_infusion,
    assessed,
    staff,
)

HOUR = timedelta(hours=1)
PULSE = {
    "interest": 1, "low_mood": 0, "nervous": 1, "worry": 2, "change": 3, "side_effects": 0,
    "safety": 0, "call": 0,
}  # fmt: skip


@pytest.fixture
def patient(runtime: Runtime, clinic: Clinic) -> Patient:
    """30 hours after their only infusion: the 24 h pulse is open for six hours more."""
    patient = a_patient(runtime, clinic)
    course = an_induction(runtime, clinic, patient, starts_at=NOW - 31 * HOUR)
    an_infusion(runtime, clinic, course, starts_at=NOW - 31 * HOUR)
    return patient


@pytest.fixture
def person(runtime: Runtime, clinic: Clinic, patient: Patient) -> Actor:
    return account_of(runtime, clinic, patient)


def answer(runtime: Runtime, by: Actor, check_in: CheckIn, **given: int) -> None:
    for item, value in given.items():
        with runtime.unit_of_work(by) as work:
            stands = [a for a in work.records.check_ins.answers_of(check_in.id) if a.item == item]
            save_answer(
                work,
                check_in.id,
                instrument_id=check_in.forms[0],
                item_id=item.removeprefix("_"),
                value=value,
                replaces=stands[-1].revision if stands else 0,
            )


def send(runtime: Runtime, by: Actor, check_in: CheckIn) -> None:
    with runtime.unit_of_work(by) as work:
        send_check_in(work, check_in.id, unanswered_too=True)


def sent(runtime: Runtime, person: Actor, **changed: int) -> CheckIn:
    with runtime.unit_of_work(person) as work:
        check_in = open_check_in(work, unscheduled=False)
    answer(runtime, person, check_in, **(PULSE | changed))
    send(runtime, person, check_in)
    return check_in


def changing(runtime: Runtime, person: Actor, check_in: CheckIn) -> CheckIn:
    with runtime.unit_of_work(person) as work:
        return open_own_correction(work, check_in.id)


def correcting(runtime: Runtime, by: Actor, form: StoredForm, reason: str = "Misread") -> CheckIn:
    with runtime.unit_of_work(by) as work:
        return open_correction(work, form.id, reason=reason)


def forms_of(runtime: Runtime, patient: Patient) -> list[StoredForm]:
    with runtime.reading(operator("clinic")) as work:
        return work.records.check_ins.forms_of(patient.id)


def alerts_of(runtime: Runtime, patient: Patient) -> list[Alert]:
    with runtime.reading(operator("clinic")) as work:
        return work.records.alerts.of_many([patient.id])


def is_sound(runtime: Runtime) -> bool:
    """Fails with the sentences of the check command."""
    with runtime.reading(operator("clinic")) as work:
        assert list(problems(work)) == []
    return True


def test_a_patient_changes_what_they_sent_and_the_first_version_stays(
    runtime: Runtime, clock: Clock, patient: Patient, person: Actor
) -> None:
    check_in = sent(runtime, person)
    clock.forward(hours=1)
    correction = changing(runtime, person, check_in)
    assert changing(runtime, person, check_in) == correction  # pressed twice
    with runtime.reading(person) as work:
        shown = show_check_in(work, correction.id)
        assert today(work).started is None
    assert isinstance(shown, Sheet)
    assert shown.sections[0].values == PULSE
    answer(runtime, person, correction, worry=3)
    assert len(forms_of(runtime, patient)) == 1  # until it is sent
    send(runtime, person, correction)
    first, second = forms_of(runtime, patient)
    assert (first.answers["worry"], first.total) == (2, 4)
    assert (second.answers, second.total) == (PULSE | {"worry": 3}, 5)
    assert (second.version, second.replaces, second.check_in_id) == (2, first.id, check_in.id)
    assert (second.answered_at, second.saved_at) == (NOW, NOW + HOUR)
    assert (second.entered_by, second.reason, second.mode) == (person.id, None, Mode.REMOTE)
    with runtime.reading(person) as work:
        receipt = show_check_in(work, check_in.id)
        assert today(work).last_sent is not None
    assert isinstance(receipt, Receipt)
    assert (receipt.changed_at, receipt.can_change) == (NOW + HOUR, True)
    assert is_sound(runtime)


def test_what_was_left_out_stays_left_out(
    runtime: Runtime, nurse: Actor, patient: Patient, person: Actor
) -> None:
    with runtime.unit_of_work(person) as work:
        check_in = open_check_in(work, unscheduled=False)
    answer(runtime, person, check_in, worry=2)
    send(runtime, person, check_in)
    (form,) = forms_of(runtime, patient)
    correction = correcting(runtime, nurse, form)
    answer(runtime, nurse, correction, worry=1)
    send(runtime, nurse, correction)
    stored = [(version.answers, version.total) for version in forms_of(runtime, patient)]
    assert stored == [({"worry": 2}, None), ({"worry": 1}, None)]
    assert is_sound(runtime)


def test_a_correction_stays_at_its_hour_and_with_its_occasion(
    runtime: Runtime, clock: Clock, nurse: Actor, patient: Patient, person: Actor
) -> None:
    """Corrected 45 hours after the infusion, in the window of the next check-in."""
    sent(runtime, person)
    clock.forward(hours=15)
    (form,) = forms_of(runtime, patient)
    correction = correcting(runtime, nurse, form)
    answer(runtime, nurse, correction, worry=3)
    send(runtime, nurse, correction)
    with runtime.reading(nurse) as work:
        (entry,) = follow_up_list(work)
        progress = view_progress(work, patient.id, kept=None, whole=True)
    cell = entry.row.cells["24h"]
    assert (cell.total, cell.hours, cell.counts, cell.corrected) == (5, 30, True, True)
    statuses = {occasion.code: status for occasion, status in progress.occasions}
    assert statuses["24h"] is OccasionStatus.DONE
    assert statuses["48h"] is OccasionStatus.OPEN


def test_past_its_window_a_patient_changes_nothing(
    runtime: Runtime, clock: Clock, patient: Patient, person: Actor
) -> None:
    check_in = sent(runtime, person)
    begun = changing(runtime, person, check_in)
    answer(runtime, person, begun, worry=3)
    clock.now = check_in.closes_at
    with pytest.raises(InvalidInput, match="time for changing these answers is over"):
        changing(runtime, person, check_in)
    send(runtime, person, begun)
    assert len(forms_of(runtime, patient)) == 1
    with runtime.reading(person) as work:
        assert isinstance(show_check_in(work, begun.id), Closed)
        receipt = show_check_in(work, check_in.id)
    assert isinstance(receipt, Receipt)
    assert not receipt.can_change
    assert is_sound(runtime)


def test_a_worse_answer_raises_its_alert_as_it_is_chosen_and_a_better_one_clears_none(
    runtime: Runtime, patient: Patient, person: Actor
) -> None:
    check_in = sent(runtime, person)
    worse = changing(runtime, person, check_in)
    answer(runtime, person, worse, safety=1)
    (alert,) = alerts_of(runtime, patient)
    assert (alert.check_in_id, alert.value, alert.answered_at) == (worse.id, 1, NOW)
    send(runtime, person, worse)
    better = changing(runtime, person, check_in)
    answer(runtime, person, better, safety=0)
    send(runtime, person, better)
    assert [form.version for form in forms_of(runtime, patient)] == [1, 2, 3]
    assert [alert.state for alert in alerts_of(runtime, patient)] == [AlertState.OPEN]
    assert is_sound(runtime)


def test_an_answer_that_is_not_changed_raises_nothing_again(
    runtime: Runtime, clinic: Clinic, clock: Clock, patient: Patient, person: Actor
) -> None:
    """Also where a clinician has assessed it meanwhile."""
    check_in = sent(runtime, person, safety=1)
    (alert,) = alerts_of(runtime, patient)
    clock.forward(hours=1)
    with runtime.unit_of_work(staff(runtime, clinic, Role.CLINICIAN)) as work:
        assessed(work, alert.id, outcome="assessed", note="Spoken with.")
    correction = changing(runtime, person, check_in)
    answer(runtime, person, correction, worry=3)
    send(runtime, person, correction)
    assert [a.id for a in alerts_of(runtime, patient)] == [alert.id]
    assert is_sound(runtime)


def test_a_rise_is_measured_from_the_form_before_and_not_from_what_is_corrected(
    runtime: Runtime, clinic: Clinic, nurse: Actor, patient: Patient
) -> None:
    a_stored_form(runtime, clinic, patient, "phq9", at=NOW - 300 * HOUR, each=1, _9=0)
    form = a_stored_form(runtime, clinic, patient, "phq9", at=NOW - 29 * HOUR, each=1, _9=0)
    correction = correcting(runtime, nurse, form)
    answer(runtime, nurse, correction, _1=3, _2=3, _3=3)
    assert alerts_of(runtime, patient) == []
    send(runtime, nurse, correction)
    (alert,) = alerts_of(runtime, patient)
    assert (alert.item, alert.value, alert.answered_at) == (None, 6, NOW - 29 * HOUR)
    again = correcting(runtime, nurse, newest_versions(forms_of(runtime, patient))[-1])
    answer(runtime, nurse, again, _3=2)
    send(runtime, nurse, again)
    assert len(alerts_of(runtime, patient)) == 1  # it rose by less
    assert is_sound(runtime)


def test_staff_correct_at_any_time_and_only_with_a_reason(
    runtime: Runtime, clock: Clock, nurse: Actor, patient: Patient, person: Actor
) -> None:
    check_in = sent(runtime, person)
    clock.forward(days=100)
    (first,) = forms_of(runtime, patient)
    with pytest.raises(InvalidInput, match="reason needs 1 to 100"):
        correcting(runtime, nurse, first, reason=" ")
    correction = correcting(runtime, nurse, first, reason="Told us on the phone")
    answer(runtime, nurse, correction, worry=0)
    send(runtime, nurse, correction)
    second = forms_of(runtime, patient)[-1]
    assert (second.reason, second.entered_by) == ("Told us on the phone", nurse.id)
    assert (second.answered_at, second.mode) == (NOW, Mode.REMOTE)
    with pytest.raises(Stale):
        correcting(runtime, nurse, first)
    with pytest.raises(NotPermitted):
        correcting(runtime, person, second)
    with runtime.reading(person) as work:
        receipt = show_check_in(work, check_in.id)
        last_sent = today(work).last_sent
        with pytest.raises(NotFound):
            show_check_in(work, correction.id)
    assert isinstance(receipt, Receipt)
    assert receipt.changed_at == clock.now
    assert last_sent is not None
    assert last_sent.id == check_in.id
    assert is_sound(runtime)


def test_nothing_changed_is_no_version(runtime: Runtime, patient: Patient, person: Actor) -> None:
    check_in = sent(runtime, person)
    correction = changing(runtime, person, check_in)
    answer(runtime, person, correction, worry=3)
    answer(runtime, person, correction, worry=2)
    send(runtime, person, correction)
    assert len(forms_of(runtime, patient)) == 1
    assert is_sound(runtime)


def test_a_correction_after_the_review_is_news(
    runtime: Runtime, nurse: Actor, patient: Patient, person: Actor
) -> None:
    check_in = sent(runtime, person)
    (form,) = forms_of(runtime, patient)
    with runtime.unit_of_work(nurse) as work:
        (entry,) = follow_up_list(work)
        mark_reviewed(
            work, entry.row.infusion_id, disposition="no_action", note=None,
            seen_form_ids=[form.id], seen_alert_ids=[],
        )  # fmt: skip
    with runtime.reading(nurse) as work:
        assert follow_up_list(work) == ()
    correction = changing(runtime, person, check_in)
    answer(runtime, person, correction, worry=3)
    send(runtime, person, correction)
    with runtime.reading(nurse) as work:
        (entry,) = follow_up_list(work)
    assert entry.row.new_since_review


def test_staff_and_patient_at_once_both_stand_one_on_the_other(
    runtime: Runtime, nurse: Actor, patient: Patient, person: Actor
) -> None:
    check_in = sent(runtime, person)
    (form,) = forms_of(runtime, patient)
    theirs, ours = changing(runtime, person, check_in), correcting(runtime, nurse, form)
    answer(runtime, person, theirs, worry=3)
    answer(runtime, nurse, ours, interest=0)
    send(runtime, person, theirs)
    send(runtime, nurse, ours)
    versions = forms_of(runtime, patient)
    assert [form.version for form in versions] == [1, 2, 3]
    assert versions[-1].answers == PULSE | {"worry": 3, "interest": 0}


def test_an_imported_form_is_corrected_like_any_other(
    runtime: Runtime, clinic: Clinic, nurse: Actor, patient: Patient
) -> None:
    form = a_stored_form(runtime, clinic, patient, "phq9", at=NOW - 29 * HOUR, each=1, _9=1)
    correction = correcting(runtime, nurse, form)
    answer(runtime, nurse, correction, _9=2)
    send(runtime, nurse, correction)
    assert [alert.value for alert in alerts_of(runtime, patient)] == [1, 2]
    assert is_sound(runtime)
    again = correcting(runtime, nurse, forms_of(runtime, patient)[-1])
    answer(runtime, nurse, again, _1=3)
    send(runtime, nurse, again)
    assert [form.version for form in forms_of(runtime, patient)] == [1, 2, 3]
    assert is_sound(runtime)
