"""A form that was filed under the wrong patient is moved to the right one; both records show it."""

import csv
import io
from datetime import timedelta

import pytest

from mindspa.bootstrap import Runtime
from mindspa.domain.access import Actor, Role, operator
from mindspa.domain.check_ins import StoredForm, newest_versions
from mindspa.domain.errors import InvalidInput, NotFound, NotPermitted, Stale
from mindspa.domain.safety import Alert
from mindspa.domain.schedule import OccasionStatus
from mindspa.domain.treatment import Clinic, Patient
from mindspa.exchange.answers_csv import answers_csv
from mindspa.services.check_records import problems
from mindspa.services.enter_for_patient import open_for_patient
from mindspa.services.export_answers import export_answers, export_own_answers
from mindspa.services.move_form import move_form
from mindspa.services.send_check_in import send_check_in
from mindspa.services.summarise_patient import read_summaries
from mindspa.services.view_progress import view_progress
from tests.conftest import NOW, Clock
from tests.factories import a_clinic, a_patient, account_of, an_induction, an_infusion, staff
from tests.services.test_correct_answers import PULSE, answer, correcting, forms_of, is_sound, send

HOUR = timedelta(hours=1)


def treated(runtime: Runtime, clinic: Clinic, name: str) -> Patient:
    """30 hours after an infusion."""
    patient = a_patient(runtime, clinic, name)
    course = an_induction(runtime, clinic, patient, starts_at=NOW - 31 * HOUR)
    an_infusion(runtime, clinic, course, starts_at=NOW - 31 * HOUR)
    return patient


@pytest.fixture
def wrong(runtime: Runtime, clinic: Clinic) -> Patient:
    return treated(runtime, clinic, "Wrong Example")


@pytest.fixture
def right(runtime: Runtime, clinic: Clinic) -> Patient:
    return treated(runtime, clinic, "Right Example")


def by_phone(runtime: Runtime, nurse: Actor, patient: Patient, **changed: int) -> StoredForm:
    with runtime.unit_of_work(nurse) as work:
        check_in = open_for_patient(work, patient.id, mode="by_phone", forms=["pulse"])
    answer(runtime, nurse, check_in, **(PULSE | changed))
    with runtime.unit_of_work(nurse) as work:
        send_check_in(work, check_in.id)
    return forms_of(runtime, patient)[-1]


def misread(
    runtime: Runtime, by: Actor, form: StoredForm, patient: Patient, safety: int = 1
) -> StoredForm:
    """The same form with another answer to the question on safety."""
    correction = correcting(runtime, by, form)
    answer(runtime, by, correction, safety=safety)
    send(runtime, by, correction)
    return forms_of(runtime, patient)[-1]


def moved(runtime: Runtime, by: Actor, form: StoredForm, to: Patient) -> StoredForm:
    with runtime.unit_of_work(by) as work:
        return move_form(work, form.id, to=to.id, reason="Same first name")


def alerts_of(runtime: Runtime, patient: Patient) -> list[Alert]:
    with runtime.reading(operator("clinic")) as work:
        return work.records.alerts.of_many([patient.id])


def status_of_24h(runtime: Runtime, nurse: Actor, patient: Patient) -> OccasionStatus:
    with runtime.reading(nurse) as work:
        progress = view_progress(work, patient.id, kept=None)
    return next(status for occasion, status in progress.occasions if occasion.code == "24h")


def test_it_counts_where_it_belongs_and_stays_readable_where_it_was(
    runtime: Runtime, clock: Clock, nurse: Actor, wrong: Patient, right: Patient
) -> None:
    form = by_phone(runtime, nurse, wrong)
    clock.forward(hours=1)
    here = moved(runtime, nurse, form, right)
    assert (here.answers, here.total, here.answered_at) == (PULSE, 4, NOW)
    assert (here.moved_from, here.reason, here.entered_by) == (
        wrong.id,
        "Same first name",
        nurse.id,
    )
    first, away = forms_of(runtime, wrong)
    assert first == form
    assert (away.replaces, away.moved_to, away.answers) == (form.id, right.id, {})
    assert newest_versions([first, away]) == ()
    assert status_of_24h(runtime, nurse, wrong) is OccasionStatus.OPEN
    assert status_of_24h(runtime, nurse, right) is OccasionStatus.DONE
    with runtime.reading(nurse) as work:
        summaries = read_summaries(work)
        assert work.records.check_ins.last_answered("pulse", since=NOW - HOUR) == {right.id: NOW}
        assert work.records.worklist.last_answers([wrong.id, right.id]) == {right.id: NOW}
        assert work.records.check_ins.older(wrong.id, before=clock.now) == (0, None)
    assert summaries[wrong.id].last_answered_at is None
    assert summaries[right.id].last_answered_at == NOW
    assert is_sound(runtime)


def test_its_alert_is_raised_in_the_right_record_and_stays_marked_in_the_other(
    runtime: Runtime, clock: Clock, nurse: Actor, wrong: Patient, right: Patient
) -> None:
    """Also of an answer that was changed before it was sent."""
    with runtime.unit_of_work(nurse) as work:
        check_in = open_for_patient(work, wrong.id, mode="by_phone", forms=["pulse"])
    answer(runtime, nurse, check_in, safety=2)
    answer(runtime, nurse, check_in, **(PULSE | {"safety": 1, "call": 1}))
    with runtime.unit_of_work(nurse) as work:
        send_check_in(work, check_in.id)
    clock.forward(hours=1)
    here = moved(runtime, nurse, forms_of(runtime, wrong)[-1], right)
    there = alerts_of(runtime, wrong)
    assert [(alert.value, alert.moved_at) for alert in there] == [(2, clock.now), (1, clock.now)]
    raised = alerts_of(runtime, right)
    assert {(a.value, a.form_id, a.answered_at, a.moved_at) for a in raised} == {
        (1, here.id, NOW, None),
        (2, here.id, NOW, None),
    }
    with runtime.reading(nurse) as work:
        assert [wish.asked_at for wish in work.records.alerts.wishes_of(right.id)] == [clock.now]
        assert {p: s.open_alerts for p, s in read_summaries(work).items()} == {
            wrong.id: 2,
            right.id: 2,
        }
    assert is_sound(runtime)


def test_no_version_of_it_counts_where_it_was(
    runtime: Runtime, clock: Clock, nurse: Actor, wrong: Patient, right: Patient
) -> None:
    form = by_phone(runtime, nurse, wrong)
    for value in (1, 0):
        form = misread(runtime, nurse, form, wrong, safety=value)
    clock.forward(hours=1)
    moved(runtime, nurse, form, right)
    with runtime.reading(nurse) as work:
        assert work.records.check_ins.last_answered("pulse", since=NOW - HOUR) == {right.id: NOW}
        assert work.records.worklist.last_answers([wrong.id, right.id]) == {right.id: NOW}
        assert work.records.check_ins.older(wrong.id, before=clock.now) == (0, None)
        assert work.records.check_ins.older(right.id, before=clock.now) == (1, NOW)


def test_what_was_moved_is_corrected_and_moved_back_like_any_other(
    runtime: Runtime, nurse: Actor, wrong: Patient, right: Patient
) -> None:
    here = moved(runtime, nurse, by_phone(runtime, nurse, wrong), right)
    corrected = misread(runtime, nurse, here, right)
    assert (corrected.version, corrected.moved_from) == (2, wrong.id)
    with pytest.raises(Stale):
        moved(runtime, nurse, here, wrong)
    back = moved(runtime, nurse, corrected, wrong)
    assert [f.id for f in newest_versions(forms_of(runtime, wrong))] == [back.id]
    assert newest_versions(forms_of(runtime, right)) == ()
    assert [alert.value for alert in alerts_of(runtime, wrong)] == [1]
    assert is_sound(runtime)


def test_who_may_move_what_where(
    runtime: Runtime, clinic: Clinic, nurse: Actor, wrong: Patient, right: Patient
) -> None:
    form = by_phone(runtime, nurse, wrong)
    stranger = a_patient(runtime, a_clinic(runtime, "elsewhere"), "Strange Example")
    for by, to, error in (
        (nurse, stranger, NotFound),
        (nurse, wrong, InvalidInput),
        (account_of(runtime, clinic, wrong), right, NotPermitted),
        (staff(runtime, clinic, Role.ADMINISTRATOR), right, NotPermitted),
    ):
        with pytest.raises(error):
            moved(runtime, by, form, to)
    assert newest_versions(forms_of(runtime, wrong)) == (form,)
    assert forms_of(runtime, right) == []


def test_the_file_of_the_wrong_patient_holds_nothing_of_the_right_one(
    runtime: Runtime, clinic: Clinic, nurse: Actor, wrong: Patient, right: Patient
) -> None:
    """That of staff says what became of it."""
    moved(runtime, nurse, by_phone(runtime, nurse, wrong), right)
    with runtime.reading(account_of(runtime, clinic, wrong)) as work:
        assert export_own_answers(work).forms == ()
    with runtime.reading(nurse) as work:
        taken = export_answers(work, wrong.id)
        text = answers_csv(taken.forms, work.definitions.instruments, zone="UTC").decode()
    assert right.id not in text
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    assert {(r["version"], r["replaced"], r["moved"], r["reason"]) for r in rows} == {
        ("1", "yes", "", ""),
        ("2", "no", "to another record", "Same first name"),
    }
    assert [r["item"] for r in rows if r["version"] == "2"] == [""]


def test_the_records_still_agree(
    runtime: Runtime, nurse: Actor, wrong: Patient, right: Patient
) -> None:
    moved(runtime, nurse, by_phone(runtime, nurse, wrong, safety=1), right)
    with runtime.reading(nurse) as work:
        assert list(problems(work)) == []
