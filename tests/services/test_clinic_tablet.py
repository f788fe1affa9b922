"""A code for the clinic's tablet is for one patient and one check-in, and opens nothing else."""

from collections.abc import Callable

import pytest

from mindspa.bootstrap import Runtime
from mindspa.domain.access import Actor, Permission, Role, before_tablet
from mindspa.domain.check_ins import CheckIn, Mode
from mindspa.domain.errors import InvalidInput, MindSpaError, NotFound, NotPermitted
from mindspa.domain.tablets import MOST_CODES
from mindspa.domain.treatment import Clinic, Patient
from mindspa.services.answer_intake import save_entry
from mindspa.services.ask_for_call import ask_for_call
from mindspa.services.clinic_tablet import issue_code
from mindspa.services.correct_answers import open_correction
from mindspa.services.enter_for_patient import start_of_entry
from mindspa.services.export_answers import export_own_answers
from mindspa.services.open_check_in import open_check_in, today
from mindspa.services.save_answer import save_answer
from mindspa.services.send_check_in import send_check_in
from mindspa.services.show_check_in import Sheet, show_check_in
from mindspa.services.unit_of_work import UnitOfWork
from mindspa.services.view_patients import view_patients
from mindspa.services.view_plan import own_plan
from mindspa.services.view_progress import view_own_progress, view_progress
from tests.conftest import Clock
from tests.factories import a_clinic, a_patient, account_of, staff


def issued(runtime: Runtime, nurse: Actor, patient: Patient) -> CheckIn:
    with runtime.unit_of_work(nurse) as work:
        issue_code(work, patient.id)
        return work.records.check_ins.open_of(patient.id)[-1]


def before(patient: Patient, check_in: CheckIn) -> Actor:
    return before_tablet("clinic", patient.id, patient.name, check_in.id)


def test_it_opens_a_check_in_that_is_the_patients_on_the_tablet_alone(
    runtime: Runtime, clinic: Clinic, nurse: Actor, patient: Patient, clock: Clock
) -> None:
    first = issued(runtime, nurse, patient)
    assert (first.mode, first.forms, first.opened_by) == (Mode.ON_TABLET, ("pulse",), nurse.id)
    clock.forward(minutes=5)
    assert issued(runtime, nurse, patient).id == first.id, "what was begun is gone on with"
    with runtime.reading(before(patient, first)) as work:
        assert isinstance(show_check_in(work, first.id), Sheet)
    own = account_of(runtime, clinic, patient)
    with runtime.reading(own) as work:
        assert today(work).started is None
    with runtime.reading(nurse) as work:
        assert start_of_entry(work, patient.id).unfinished == []
    for other in (own, nurse):
        with pytest.raises(NotFound), runtime.reading(other) as work:
            show_check_in(work, first.id)
    clock.forward(hours=13)
    assert issued(runtime, nurse, patient).id != first.id, "its window has closed"


@pytest.mark.parametrize(
    "act",
    [
        today,
        own_plan,
        view_own_progress,
        view_patients,
        export_own_answers,
        ask_for_call,
        lambda work: open_check_in(work, unscheduled=True),
        lambda work: save_entry(work, "why", "x", replaces=0),
        lambda work: view_progress(work, work.actor.patient_id or ""),
        lambda work: issue_code(work, work.actor.patient_id or ""),
        lambda work: show_check_in(work, "another"),
    ],
)
def test_before_a_tablet_nothing_else_is_possible(
    runtime: Runtime,
    clinic: Clinic,
    nurse: Actor,
    patient: Patient,
    act: Callable[[UnitOfWork], object],
) -> None:
    actor = before(patient, issued(runtime, nurse, patient))
    assert not any(actor.may(permission) for permission in Permission)
    other = a_patient(runtime, clinic, "Sam Example")
    with pytest.raises((NotPermitted, NotFound)), runtime.unit_of_work(actor) as work:
        act(work)
    with runtime.reading(actor) as work:
        assert [one.id for one in work.records.patients.all()] == [patient.id]
        assert work.records.check_ins.open_of(other.id) == []


def test_not_even_what_they_began_on_their_own_phone(
    runtime: Runtime, clinic: Clinic, nurse: Actor, patient: Patient
) -> None:
    with runtime.unit_of_work(account_of(runtime, clinic, patient)) as work:
        own = open_check_in(work, unscheduled=True)
    actor = before(patient, issued(runtime, nurse, patient))
    with pytest.raises(NotFound), runtime.reading(actor) as work:
        show_check_in(work, own.id)


def test_a_correction_that_staff_have_begun_is_not_handed_to_the_patient(
    runtime: Runtime, nurse: Actor, patient: Patient
) -> None:
    first = issued(runtime, nurse, patient)
    with runtime.unit_of_work(before(patient, first)) as work:
        save_answer(work, first.id, instrument_id="pulse", item_id="interest", value=1, replaces=0)
        send_check_in(work, first.id, unanswered_too=True)
    with runtime.unit_of_work(nurse) as work:
        (form,) = work.records.check_ins.forms_from_check_in(first.id)
        correction = open_correction(work, form.id, reason="Tapped the line below")
        issue_code(work, patient.id)
        opened = [c for c in work.records.check_ins.open_of(patient.id) if c != correction]
    assert [check_in.corrects for check_in in opened] == [None]


def test_by_staff_of_the_clinic_and_not_without_end(
    runtime: Runtime, clinic: Clinic, nurse: Actor, patient: Patient
) -> None:
    elsewhere = staff(runtime, a_clinic(runtime, "elsewhere"), Role.CARE_TEAM)
    for actor in (account_of(runtime, clinic, patient), elsewhere):
        with pytest.raises(MindSpaError), runtime.unit_of_work(actor) as work:
            issue_code(work, patient.id)
    codes = set()
    for number in range(MOST_CODES):
        somebody = a_patient(runtime, clinic, f"Number {number}")
        with runtime.unit_of_work(nurse) as work:
            codes.add(issue_code(work, somebody.id).code)
    assert len(codes) == MOST_CODES, "no two that wait are alike"
    with (
        pytest.raises(InvalidInput, match="20 codes are waiting"),
        runtime.unit_of_work(nurse) as work,
    ):
        issue_code(work, patient.id)
