"""What no page offers and somebody may send all the same: refused alike on both engines, before a
database that takes it could keep it or one that does not could fail."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from mindspa.bootstrap import Runtime
from mindspa.domain.access import Actor, operator
from mindspa.domain.errors import InvalidInput, MindSpaError, NotFound
from mindspa.domain.treatment import Clinic, Infusion, Patient, Phase
from mindspa.services.book_infusion import book_infusion
from mindspa.services.change_status import change_status
from mindspa.services.open_check_in import open_check_in
from mindspa.services.record_infusion import cancel, record_end
from mindspa.services.record_rating import record_rating
from mindspa.services.register_patient import register_patient
from mindspa.services.review_follow_up import mark_reviewed
from mindspa.services.save_answer import save_note
from mindspa.services.show_check_in import show_check_in
from mindspa.services.sign_in import sign_in
from mindspa.services.unit_of_work import UnitOfWork
from mindspa.services.view_progress import view_progress
from tests.accounts import PASSWORD, an_account
from tests.conftest import NOW
from tests.factories import (
    a_stored_form,
    account_of,
    an_induction,
    an_infusion,
    assessed,
)

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
NUL = "nothing\x00here"


@pytest.fixture
def given(runtime: Runtime, clinic: Clinic, patient: Patient) -> Infusion:
    course = an_induction(runtime, clinic, patient, starts_at=NOW - 31 * HOUR)
    return an_infusion(runtime, clinic, course, starts_at=NOW - 31 * HOUR)


@pytest.fixture
def planned(runtime: Runtime, clinic: Clinic, given: Infusion) -> Infusion:
    with runtime.unit_of_work(operator(clinic.id)) as work:
        return book_infusion(work, given.patient_id, planned_at=NOW + DAY)


def refused(
    runtime: Runtime,
    actor: Actor,
    act: Callable[[UnitOfWork], object],
    error: type[MindSpaError] = InvalidInput,
    match: str | None = None,
) -> None:
    with pytest.raises(error, match=match), runtime.unit_of_work(actor) as work:
        act(work)


def test_notes_and_reasons_of_staff(
    runtime: Runtime,
    clinic: Clinic,
    patient: Patient,
    clinician: Actor,
    given: Infusion,
    planned: Infusion,
) -> None:
    a_stored_form(runtime, clinic, patient, "phq9", at=NOW - HOUR, _9=3)
    with runtime.reading(clinician) as work:
        alert, *_ = work.records.alerts.of_many([patient.id])
    acts: list[Callable[[UnitOfWork], object]] = [
        lambda work: assessed(work, alert.id, outcome="assessed", note=NUL),
        lambda work: cancel(work, planned.id, version=planned.version, reason=NUL),
        lambda work: mark_reviewed(
            work,
            given.id,
            disposition="no_action",
            note=NUL,
            seen_form_ids=[],
            seen_alert_ids=[],
        ),
    ]
    for act in acts:
        refused(runtime, clinician, act, match="holds a character that is no text")


def test_a_note_of_a_patient(runtime: Runtime, clinic: Clinic, patient: Patient) -> None:
    actor = account_of(runtime, clinic, patient)
    with runtime.unit_of_work(actor) as work:
        check_in = open_check_in(work, unscheduled=True)
    refused(
        runtime,
        actor,
        lambda work: save_note(work, check_in.id, NUL, replaces=""),
        match="holds a character that is no text",
    )


@pytest.mark.parametrize("record_id", ["\x00", "id\x0000001", "\udcff", "x" * 3000, "é"])
def test_an_id_that_no_record_has(
    runtime: Runtime, clinic: Clinic, patient: Patient, clinician: Actor, record_id: str
) -> None:
    actor = account_of(runtime, clinic, patient)
    refused(runtime, actor, lambda work: show_check_in(work, record_id), NotFound)
    acts: list[Callable[[UnitOfWork], object]] = [
        lambda work: view_progress(work, record_id),
        lambda work: book_infusion(work, record_id, planned_at=NOW),
        lambda work: cancel(work, record_id, version=1, reason="Cold."),
        lambda work: assessed(work, record_id, outcome="assessed", note="Spoke."),
    ]
    for act in acts:
        refused(runtime, clinician, act, NotFound)


@pytest.mark.parametrize(
    ("dose_mg", "weight_kg"),
    [
        (float("nan"), None),
        (float("inf"), None),
        (1e9, None),
        (0, None),
        (True, 80),
        (40, float("nan")),
        (40, float("inf")),
    ],
)
def test_a_dose_that_is_no_amount(
    runtime: Runtime, clinician: Actor, planned: Infusion, dose_mg: float, weight_kg: float | None
) -> None:
    refused(
        runtime,
        clinician,
        lambda work: record_end(
            work,
            planned.id,
            version=planned.version,
            started_at=NOW - 2 * HOUR,
            ended_at=NOW - HOUR,
            dose_mg=dose_mg,
            weight_kg=weight_kg,
        ),
        match="is a number from",
    )


@pytest.mark.parametrize("year", [1, 1899, 1926, 2126, 9999])
def test_an_infusion_of_another_age(
    runtime: Runtime, patient: Patient, clinician: Actor, planned: Infusion, year: int
) -> None:
    at = datetime(year, 6, 1, 12, tzinfo=ZoneInfo("Asia/Tokyo"))
    acts: list[Callable[[UnitOfWork], object]] = [
        lambda work: book_infusion(work, patient.id, planned_at=at, new_course=Phase.INDUCTION),
        lambda work: record_end(
            work, planned.id, version=planned.version, started_at=at, ended_at=at + HOUR
        ),
    ]
    for act in acts:
        refused(runtime, clinician, act, match="Check the date")


def test_a_rating_that_could_not_be_read_again(
    runtime: Runtime, patient: Patient, clinician: Actor
) -> None:
    """Its instant lies before the first that Python has: stored, it would close the record."""
    at = datetime(1, 1, 1, 1, tzinfo=ZoneInfo("Asia/Tokyo"))
    refused(
        runtime,
        clinician,
        lambda work: record_rating(work, patient.id, "madrs", rated_at=at, total=12),
        match="a year that cannot be right",
    )


def test_the_same_hour_of_the_night_when_clocks_go_back_is_booked_once(
    runtime: Runtime, clinic: Clinic, patient: Patient
) -> None:
    at = datetime(2026, 11, 1, 1, 30, tzinfo=ZoneInfo(clinic.zone))
    booked = []
    for _ in range(2):
        with runtime.unit_of_work(operator(clinic.id)) as work:
            booked.append(
                book_infusion(work, patient.id, planned_at=at, new_course=Phase.INDUCTION)
            )
    assert booked[0] == booked[1]
    assert booked[0].planned_at == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"name": NUL}, "cannot be seen"),
        ({"zone": "America"}, "time zone is not known"),  # a folder of zones
        ({"zone": "x" * 300}, "time zone is not known"),
        ({"indications": [NUL]}, "a small word"),
        ({"indications": ["two words"]}, "a small word"),
    ],
)
def test_a_patient_who_cannot_be_registered(
    runtime: Runtime, clinician: Actor, changed: dict[str, object], said: str
) -> None:
    given_: dict[str, object] = {"name": "Pat Example"} | changed
    refused(runtime, clinician, lambda work: register_patient(work, **given_), match=said)  # type: ignore[arg-type]


def test_a_status_that_there_is_not(runtime: Runtime, patient: Patient, clinician: Actor) -> None:
    refused(
        runtime,
        clinician,
        lambda work: change_status(work, patient.id, "asleep"),  # type: ignore[arg-type]
        match="Choose active",
    )


@pytest.mark.parametrize(("login", "devices"), [("an\x00a", ()), ("ana", ("\x00" * 64,))])
def test_a_sign_in_that_no_browser_of_ours_sends(
    runtime: Runtime, clinic: Clinic, login: str, devices: tuple[str, ...]
) -> None:
    an_account(runtime, clinic, "ana")
    with pytest.raises(InvalidInput, match="The login or the password is not right"):
        sign_in(
            runtime.accounts,
            login=login,
            password=PASSWORD[:-1],
            address="192.0.2.1",
            devices=devices,
            now=NOW,
        )
