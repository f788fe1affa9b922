"""Staff answer for a patient: by phone, in the clinic, from paper; with the same safety rules."""

from datetime import UTC, datetime, timedelta

import pytest

from mindspa.bootstrap import Runtime
from mindspa.domain.access import Actor, Role, operator
from mindspa.domain.check_ins import CheckIn, CheckInState, Mode, StoredForm
from mindspa.domain.errors import InvalidInput, NotFound, NotPermitted
from mindspa.domain.safety import Alert, Tier
from mindspa.domain.schedule import OccasionStatus
from mindspa.domain.treatment import Clinic, Patient
from mindspa.services.check_records import problems
from mindspa.services.enter_for_patient import open_for_patient, show_entry, start_of_entry
from mindspa.services.open_check_in import open_check_in, today
from mindspa.services.save_answer import save_answer, save_note
from mindspa.services.send_check_in import send_check_in
from mindspa.services.show_check_in import Closed, Receipt, Sheet, show_check_in
from mindspa.services.view_progress import view_progress
from tests.conftest import NOW, Clock
from tests.factories import (
    a_clinic,
    a_patient,
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
    """Whose only infusion ended 70 hours ago."""
    patient = a_patient(runtime, clinic)
    course = an_induction(runtime, clinic, patient, starts_at=NOW - 71 * HOUR)
    an_infusion(runtime, clinic, course, starts_at=NOW - 71 * HOUR)
    return patient


def opened(
    runtime: Runtime,
    nurse: Actor,
    patient: Patient,
    mode: Mode = Mode.BY_PHONE,
    *forms: str,
    at: datetime | None = None,
) -> CheckIn:
    with runtime.unit_of_work(nurse) as work:
        return open_for_patient(
            work, patient.id, mode=mode, forms=forms or ("pulse",), answered_at=at
        )


def answer(
    runtime: Runtime, by: Actor, check_in: CheckIn, item: str, value: int, replaces: int = 0
) -> None:
    with runtime.unit_of_work(by) as work:
        save_answer(
            work, check_in.id, instrument_id="pulse", item_id=item, value=value, replaces=replaces
        )


def entered(runtime: Runtime, nurse: Actor, check_in: CheckIn, **changed: int) -> None:
    for item, value in (PULSE | changed).items():
        answer(runtime, nurse, check_in, item, value)
    with runtime.unit_of_work(nurse) as work:
        send_check_in(work, check_in.id)


def forms_of(runtime: Runtime, patient: Patient) -> list[StoredForm]:
    with runtime.reading(operator("clinic")) as work:
        return work.records.check_ins.forms_of(patient.id)


def alerts_of(runtime: Runtime, patient: Patient) -> list[Alert]:
    with runtime.reading(operator("clinic")) as work:
        return work.records.alerts.of_many([patient.id])


def statuses(runtime: Runtime, nurse: Actor, patient: Patient) -> dict[str, OccasionStatus]:
    with runtime.reading(nurse) as work:
        progress = view_progress(work, patient.id, kept=None, whole=True)
    return {occasion.code: status for occasion, status in progress.occasions}


def test_by_phone_at_70_hours_72_h_is_done_and_48_h_stays_missed(
    runtime: Runtime, nurse: Actor, patient: Patient
) -> None:
    check_in = opened(runtime, nurse, patient)
    entered(runtime, nurse, check_in)
    (form,) = forms_of(runtime, patient)
    assert (form.mode, form.entered_by) == (Mode.BY_PHONE, nurse.id)
    assert (form.answered_at, form.saved_at, form.total) == (NOW, NOW, 4)
    assert form.variant == "after"
    found = statuses(runtime, nurse, patient)
    assert found["72h"] is OccasionStatus.DONE
    assert found["48h"] is OccasionStatus.MISSED


def test_what_was_written_on_paper_in_time_is_done_although_it_is_entered_later(
    runtime: Runtime, nurse: Actor, patient: Patient
) -> None:
    written = NOW - 20 * HOUR  # 50 hours after the infusion
    check_in = opened(runtime, nurse, patient, Mode.ON_PAPER, at=written)
    entered(runtime, nurse, check_in)
    (form,) = forms_of(runtime, patient)
    assert (form.answered_at, form.saved_at, form.mode) == (written, NOW, Mode.ON_PAPER)
    found = statuses(runtime, nurse, patient)
    assert found["48h"] is OccasionStatus.DONE
    assert found["72h"] is OccasionStatus.OPEN


def test_the_variant_is_that_of_when_the_paper_was_written(
    runtime: Runtime, nurse: Actor, patient: Patient
) -> None:
    check_in = opened(runtime, nurse, patient, Mode.ON_PAPER, at=NOW - 80 * HOUR)
    assert check_in.variant == "before"


def test_a_positive_answer_raises_its_alert_as_it_is_entered(
    runtime: Runtime, nurse: Actor, patient: Patient
) -> None:
    check_in = opened(runtime, nurse, patient)
    answer(runtime, nurse, check_in, "safety", 1)
    (alert,) = alerts_of(runtime, patient)
    assert (alert.tier, alert.answered_at) == (Tier.IMMEDIATE, NOW)
    with runtime.reading(nurse) as work:
        entry = show_entry(work, check_in.id)
    assert isinstance(entry.shown, Sheet)
    assert entry.shown.sections[0].shows_help
    assert entry.shown.help.script[0].startswith("Stay on the line")


def test_a_paper_raises_an_alert_of_when_it_was_written_and_no_second_one(
    runtime: Runtime, clinic: Clinic, nurse: Actor, patient: Patient, clock: Clock
) -> None:
    """Not even when a slip is corrected after a clinician has closed it."""
    written = NOW - 20 * HOUR
    check_in = opened(runtime, nurse, patient, Mode.ON_PAPER, at=written)
    answer(runtime, nurse, check_in, "safety", 1)
    (alert,) = alerts_of(runtime, patient)
    assert (alert.raised_at, alert.answered_at) == (NOW, written)
    clinician = staff(runtime, clinic, Role.CLINICIAN)
    with runtime.unit_of_work(clinician) as work:
        assessed(work, alert.id, outcome="assessed", note="Talked to them.")
    clock.now = NOW + HOUR
    answer(runtime, nurse, check_in, "safety", 0, replaces=1)
    answer(runtime, nurse, check_in, "safety", 1, replaces=2)
    with runtime.unit_of_work(nurse) as work:
        send_check_in(work, check_in.id, unanswered_too=True)
    assert len(alerts_of(runtime, patient)) == 1
    with runtime.reading(nurse) as work:
        assert list(problems(work)) == []
        shown = show_entry(work, check_in.id).shown
    assert isinstance(shown, Receipt)
    assert shown.shows_help


def test_a_form_with_questions_open_is_kept_and_goes_on(
    runtime: Runtime, nurse: Actor, patient: Patient
) -> None:
    check_in = opened(runtime, nurse, patient)
    answer(runtime, nurse, check_in, "interest", 2)
    with runtime.unit_of_work(nurse) as work:
        send_check_in(work, check_in.id)
    assert forms_of(runtime, patient) == []
    with runtime.reading(nurse) as work:
        (unfinished,) = start_of_entry(work, patient.id).unfinished
    assert unfinished.id == check_in.id
    assert opened(runtime, nurse, patient).id == check_in.id


def test_what_is_due_is_offered(runtime: Runtime, nurse: Actor, patient: Patient) -> None:
    with runtime.reading(nurse) as work:
        start = start_of_entry(work, patient.id)
    assert start.due == ("pulse",)
    assert list(start.forms) == ["pulse", "phq9", "gad7", "pcl5"]


def test_the_patient_and_the_staff_have_a_check_in_each(
    runtime: Runtime, clinic: Clinic, nurse: Actor, patient: Patient
) -> None:
    own = account_of(runtime, clinic, patient)
    with runtime.unit_of_work(own) as work:
        theirs = open_check_in(work, unscheduled=False)
    staffs = opened(runtime, nurse, patient)
    assert theirs.id != staffs.id
    with runtime.reading(own) as work:
        found = today(work)
    assert found.started
    assert found.started.id == theirs.id
    # Neither finds the other's.
    with pytest.raises(NotFound):
        answer(runtime, own, staffs, "interest", 1)
    with pytest.raises(NotFound):
        answer(runtime, nurse, theirs, "interest", 1)
    with pytest.raises(NotFound), runtime.reading(nurse) as work:
        show_check_in(work, theirs.id)
    with pytest.raises(NotFound), runtime.unit_of_work(own) as work:
        save_note(work, staffs.id, "Hello", replaces="")
    with pytest.raises(NotFound), runtime.unit_of_work(nurse) as work:
        send_check_in(work, theirs.id)


def test_a_staff_member_who_is_a_patient_too_sees_only_their_own_as_such(
    runtime: Runtime, clinic: Clinic, nurse: Actor, patient: Patient
) -> None:
    other = a_patient(runtime, clinic, "Other Example")
    both = Actor(
        nurse.id,
        clinic.id,
        "Both",
        frozenset({Role.PATIENT, Role.CARE_TEAM}),
        patient_id=other.id,
    )
    with runtime.unit_of_work(account_of(runtime, clinic, patient)) as work:
        theirs = open_check_in(work, unscheduled=True)
    with pytest.raises(NotFound):
        answer(runtime, both, theirs, "interest", 1)
    with runtime.unit_of_work(both) as work:
        own = open_check_in(work, unscheduled=True)
    answer(runtime, both, own, "interest", 1)


def test_another_clinic_has_no_such_patient_or_check_in(
    runtime: Runtime, nurse: Actor, patient: Patient
) -> None:
    elsewhere = staff(runtime, a_clinic(runtime, "elsewhere"), Role.CARE_TEAM)
    check_in = opened(runtime, nurse, patient)
    with pytest.raises(NotFound):
        opened(runtime, elsewhere, patient)
    with pytest.raises(NotFound):
        answer(runtime, elsewhere, check_in, "interest", 1)
    with pytest.raises(NotFound), runtime.reading(elsewhere) as work:
        show_entry(work, check_in.id)


@pytest.mark.parametrize("role", [Role.PATIENT, Role.ADMINISTRATOR])
def test_only_who_may_enter_answers_does(
    runtime: Runtime, clinic: Clinic, nurse: Actor, patient: Patient, role: Role
) -> None:
    somebody = (
        account_of(runtime, clinic, patient)
        if role is Role.PATIENT
        else staff(runtime, clinic, role)
    )
    with pytest.raises(NotPermitted), runtime.unit_of_work(somebody) as work:
        open_for_patient(work, patient.id, mode="by_phone", forms=["pulse"])
    with pytest.raises(NotPermitted), runtime.reading(somebody) as work:
        start_of_entry(work, patient.id)


@pytest.mark.parametrize(
    ("mode", "forms", "at", "said"),
    [
        ("by_pigeon", ["pulse"], None, "Choose how"),
        (None, ["pulse"], None, "Choose how"),
        ("remote", ["pulse"], None, "Choose how"),
        ("imported", ["pulse"], None, "Choose how"),
        ("by_phone", [], None, "at least one"),
        ("by_phone", ["madrs"], None, "at least one"),
        ("by_phone", ["pulse", "asq"], None, "at least one"),
        ("by_phone", ["pulse"], NOW, "only of a paper"),
        ("on_paper", ["pulse"], None, "Say when"),
        ("on_paper", ["pulse"], NOW + HOUR, "from the future"),
        ("on_paper", ["pulse"], datetime(1700, 1, 1, tzinfo=UTC), "cannot be right"),
        ("on_paper", ["pulse"], datetime(2026, 6, 1), "needs a day"),  # noqa: DTZ001  # no day
    ],
)
def test_what_the_browser_checked_is_checked_again(
    runtime: Runtime,
    nurse: Actor,
    patient: Patient,
    mode: str | None,
    forms: list[str],
    at: datetime | None,
    said: str,
) -> None:
    with pytest.raises(InvalidInput, match=said), runtime.unit_of_work(nurse) as work:
        open_for_patient(work, patient.id, mode=mode, forms=forms, answered_at=at)


def test_one_paper_is_entered_once_and_one_at_a_time(
    runtime: Runtime, nurse: Actor, patient: Patient
) -> None:
    first = opened(runtime, nurse, patient, Mode.ON_PAPER, at=NOW - 20 * HOUR)
    with pytest.raises(InvalidInput, match="not finished"):
        opened(runtime, nurse, patient, Mode.ON_PAPER, at=NOW - 30 * HOUR)
    entered(runtime, nurse, first)
    with pytest.raises(InvalidInput, match="stored already"):
        opened(runtime, nurse, patient, Mode.ON_PAPER, at=NOW - 20 * HOUR)
    assert opened(runtime, nurse, patient, Mode.ON_PAPER, at=NOW - 30 * HOUR).id != first.id


def test_one_that_nobody_saved_lapses_and_its_alert_stays(
    runtime: Runtime, nurse: Actor, patient: Patient, clock: Clock
) -> None:
    check_in = opened(runtime, nurse, patient)
    answer(runtime, nurse, check_in, "safety", 2)
    clock.now = NOW + 13 * HOUR
    with runtime.unit_of_work(nurse) as work:
        send_check_in(work, check_in.id, unanswered_too=True)
    with runtime.reading(nurse) as work:
        entry = show_entry(work, check_in.id)
    assert isinstance(entry.shown, Closed)
    assert entry.shown.check_in.state is CheckInState.LAPSED
    assert entry.shown.shows_help
    assert len(alerts_of(runtime, patient)) == 1
    assert opened(runtime, nurse, patient).id != check_in.id


def test_looking_at_an_entry_is_looking_at_the_record(
    runtime: Runtime, nurse: Actor, patient: Patient
) -> None:
    check_in = opened(runtime, nurse, patient)
    with runtime.reading(nurse) as work:
        show_entry(work, check_in.id)
    with runtime.reading(nurse) as work:
        seen = [event.what for event in work.records.audit_events(patient.id)]
    assert seen.count("patient.viewed") == 1
