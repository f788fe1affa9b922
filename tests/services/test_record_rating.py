"""Ratings that a clinician enters: what is refused, stored once, and raises an alert."""

from datetime import timedelta

import pytest

from mindspa.bootstrap import Runtime
from mindspa.domain.access import Actor, Role
from mindspa.domain.check_ins import Mode, StoredForm
from mindspa.domain.errors import InvalidInput, NotFound, NotPermitted
from mindspa.domain.safety import Tier
from mindspa.domain.treatment import Clinic, Patient
from mindspa.services.record_rating import ratings, record_rating
from tests.conftest import NOW
from tests.factories import a_clinic, account_of, staff

HOUR = timedelta(hours=1)


def record(
    runtime: Runtime,
    actor: Actor,
    patient: Patient,
    instrument: str,
    total: int | None = None,
    at: timedelta = -HOUR,
    **answers: int,
) -> StoredForm:
    given = {item.removeprefix("_"): value for item, value in answers.items()}
    with runtime.unit_of_work(actor) as work:
        return record_rating(
            work, patient.id, instrument, rated_at=NOW + at, total=total, answers=given
        )


def test_what_can_be_entered(runtime: Runtime, clinician: Actor) -> None:
    with runtime.reading(clinician) as work:
        offered = {instrument.id for instrument in ratings(work)}
    assert {"madrs", "cadss", "qids_sr16", "cssrs"} <= offered
    assert not offered & {"phq9", "gad7", "pcl5", "pulse", "asq"}


@pytest.mark.parametrize("total", [0, 60])
def test_a_total_at_the_ends_of_its_range(
    runtime: Runtime, clinician: Actor, patient: Patient, total: int
) -> None:
    form = record(runtime, clinician, patient, "madrs", total, at=timedelta(0))
    assert (form.total, form.mode, form.entered_by) == (total, Mode.IN_PERSON, clinician.id)
    with runtime.reading(clinician) as work:
        assert work.records.check_ins.forms_of(patient.id) == [form]


@pytest.mark.parametrize(
    "instrument, total, at, answers",
    [
        ("madrs", -1, -HOUR, {}),
        ("madrs", 61, -HOUR, {}),
        ("madrs", None, -HOUR, {}),
        ("madrs", 20, timedelta(seconds=1), {}),
        ("phq9", 20, -HOUR, {}),
        ("asq", None, -HOUR, {"_1": 1}),
        ("cssrs", None, -HOUR, {}),
        ("cssrs", 2, -HOUR, {"risk_level": 2}),
        ("cssrs", None, -HOUR, {"risk_level": 4}),
        ("qids_sr16", None, -HOUR, {"_12": 1}),
        ("nothing", 1, -HOUR, {}),
    ],
)
def test_what_is_refused(
    runtime: Runtime,
    clinician: Actor,
    patient: Patient,
    instrument: str,
    total: int | None,
    at: timedelta,
    answers: dict[str, int],
) -> None:
    with pytest.raises(InvalidInput):
        record(runtime, clinician, patient, instrument, total, at, **answers)
    with runtime.reading(clinician) as work:
        assert work.records.check_ins.forms_of(patient.id) == []


def test_a_second_press_stores_nothing_and_another_result_is_refused(
    runtime: Runtime, clinician: Actor, patient: Patient
) -> None:
    form = record(runtime, clinician, patient, "madrs", 31)
    assert record(runtime, clinician, patient, "madrs", 31) == form
    with pytest.raises(InvalidInput, match="another MADRS at this time"):
        record(runtime, clinician, patient, "madrs", 30)


@pytest.mark.parametrize(
    "instrument, total, answers, tier",
    [
        ("cssrs", None, {"risk_level": 3}, Tier.IMMEDIATE),
        ("cssrs", None, {"risk_level": 2}, Tier.SAME_DAY),
        ("cssrs", None, {"risk_level": 1}, None),
        ("qids_sr16", 9, {"_12": 1}, Tier.SAME_DAY),
        ("qids_sr16", 9, {"_12": 0}, None),
        ("qids_sr16", 9, {}, None),
    ],
)
def test_risk_raises_an_alert_once(
    runtime: Runtime,
    clinician: Actor,
    patient: Patient,
    instrument: str,
    total: int | None,
    answers: dict[str, int],
    tier: Tier | None,
) -> None:
    for _ in range(2):
        record(runtime, clinician, patient, instrument, total, -HOUR, **answers)
    with runtime.reading(clinician) as work:
        raised = [alert.tier for alert in work.records.alerts.of_many([patient.id])]
    assert raised == ([tier] if tier else [])


def test_only_staff_of_the_clinic(runtime: Runtime, clinic: Clinic, patient: Patient) -> None:
    elsewhere = staff(runtime, a_clinic(runtime, "elsewhere"), Role.CLINICIAN)
    with pytest.raises(NotFound):
        record(runtime, elsewhere, patient, "madrs", 3)
    with pytest.raises(NotPermitted):
        record(runtime, account_of(runtime, clinic, patient), patient, "madrs", 3)
