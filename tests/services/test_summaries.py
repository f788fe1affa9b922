"""The summary of a patient follows every write, depends on no clock, and can be made anew."""

from dataclasses import replace
from datetime import timedelta

import pytest

from mindspa.bootstrap import Runtime
from mindspa.domain.access import Role, operator
from mindspa.domain.change import Response
from mindspa.domain.contacts import Wish
from mindspa.domain.follow_up import Disposition, FollowUpReview
from mindspa.domain.safety import Tier
from mindspa.domain.summary import LatestScore, PatientSummary
from mindspa.domain.treatment import Clinic, Patient
from mindspa.services.summarise_patient import read_summaries, rebuild_summaries, summarise
from tests.conftest import NOW, Clock
from tests.factories import (
    a_clinic,
    a_patient,
    a_stored_form,
    an_induction,
    an_infusion,
    assessed,
    staff,
)

DAY = timedelta(days=1)


@pytest.fixture
def patient(runtime: Runtime, clinic: Clinic) -> Patient:
    """Treated 9 and 7 days ago, with an infusion planned for tomorrow."""
    patient = a_patient(runtime, clinic)
    course = an_induction(runtime, clinic, patient, starts_at=NOW - 9 * DAY)
    for days in (-9, -7, 1):
        an_infusion(runtime, clinic, course, starts_at=NOW + days * DAY)
    return patient


def summary_of(runtime: Runtime, clinic: Clinic, patient: Patient) -> PatientSummary:
    with runtime.reading(operator(clinic.id)) as work:
        return read_summaries(work)[patient.id]


def test_treatment(runtime: Runtime, clinic: Clinic, patient: Patient) -> None:
    summary = summary_of(runtime, clinic, patient)
    assert summary.treated == 2
    assert summary.last_infusion_ended_at == NOW - 7 * DAY + timedelta(hours=1)
    assert summary.awaited == (NOW + DAY,)
    # The first window is cut by the second infusion; the second is open for 84 h from its end.
    assert summary.reviews_due == (
        NOW - 7 * DAY,
        NOW - 7 * DAY + timedelta(hours=85),
    )


def test_a_review_is_no_longer_due_once_it_is_done(
    runtime: Runtime, clinic: Clinic, patient: Patient
) -> None:
    with runtime.unit_of_work(operator(clinic.id)) as work:
        work.write_about(patient.id)
        first = work.records.treatment.infusions_of(patient.id)[0]
        work.records.treatment.add_review(
            FollowUpReview(
                "review",
                patient.id,
                first.id,
                "operator",
                "operator",
                NOW,
                Disposition.NO_ACTION,
                None,
                frozenset(),
                frozenset(),
            )
        )
    assert len(summary_of(runtime, clinic, patient).reviews_due) == 1


def test_scores_and_change(runtime: Runtime, clinic: Clinic, patient: Patient) -> None:
    a_stored_form(runtime, clinic, patient, "phq9", at=NOW - 10 * DAY, each=2, _9=0)
    a_stored_form(runtime, clinic, patient, "phq9", at=NOW - DAY, each=1, _9=0)
    a_stored_form(runtime, clinic, patient, "gad7", at=NOW - 2 * DAY, each=0)
    summary = summary_of(runtime, clinic, patient)
    assert summary.latest == {
        "phq9": LatestScore(8, NOW - DAY, 16, -8, Response.RESPONSE),
        "gad7": LatestScore(0, NOW - 2 * DAY, None, None, None),
    }
    assert summary.last_answered_at == NOW - DAY
    assert summary.rises == ()


def test_a_form_without_a_total_is_no_latest_score(
    runtime: Runtime, clinic: Clinic, patient: Patient
) -> None:
    a_stored_form(runtime, clinic, patient, "phq9", at=NOW - 2 * DAY, each=1, _9=0)
    a_stored_form(runtime, clinic, patient, "phq9", at=NOW - DAY, each=0, _3=None, _9=None)
    summary = summary_of(runtime, clinic, patient)
    assert summary.latest["phq9"].total == 8
    assert summary.last_answered_at == NOW - DAY
    assert summary.safety_not_answered


def test_only_the_last_sitting_says_whether_safety_was_answered(
    runtime: Runtime, clinic: Clinic, patient: Patient
) -> None:
    a_stored_form(runtime, clinic, patient, "pulse", at=NOW - 2 * DAY)
    assert summary_of(runtime, clinic, patient).safety_not_answered
    a_stored_form(runtime, clinic, patient, "gad7", at=NOW - DAY)  # asks nothing of the kind
    assert summary_of(runtime, clinic, patient).safety_not_answered
    a_stored_form(runtime, clinic, patient, "pulse", at=NOW, safety=2)  # rather not say
    assert not summary_of(runtime, clinic, patient).safety_not_answered


def test_a_rise_since_the_form_before(runtime: Runtime, clinic: Clinic, patient: Patient) -> None:
    a_stored_form(runtime, clinic, patient, "phq9", at=NOW - 2 * DAY, each=1, _9=0)
    a_stored_form(runtime, clinic, patient, "phq9", at=NOW - DAY, each=2, _9=1)
    with runtime.reading(operator(clinic.id)) as work:
        rules = {rule.id for rule in work.definitions.safety.rises if rule.instrument == "phq9"}
    assert set(summary_of(runtime, clinic, patient).rises) == rules


def test_alerts_are_counted_until_they_are_closed(
    runtime: Runtime, clinic: Clinic, patient: Patient, clock: Clock
) -> None:
    clinician = staff(runtime, clinic, Role.CLINICIAN)
    a_stored_form(runtime, clinic, patient, "phq9", at=NOW - DAY, each=0, _9=1)
    clock.forward(hours=1)
    a_stored_form(runtime, clinic, patient, "pulse", at=clock.now, each=0, safety=1)
    summary = summary_of(runtime, clinic, patient)
    assert (summary.open_alerts, summary.highest_tier) == (2, Tier.IMMEDIATE)
    assert summary.alert_since == clock.now
    with runtime.unit_of_work(clinician) as work:
        for alert in work.records.alerts.of_many([patient.id]):
            assessed(work, alert.id, outcome="assessed", note="Spoke by phone.")
    summary = summary_of(runtime, clinic, patient)
    assert (summary.open_alerts, summary.highest_tier, summary.alert_since) == (0, None, None)


def test_a_call_stays_wanted(runtime: Runtime, clinic: Clinic, patient: Patient) -> None:
    with runtime.unit_of_work(operator(clinic.id)) as work:
        work.write_about(patient.id)
        work.records.alerts.ask("request", patient.id, at=NOW, check_in_id=None)
    assert summary_of(runtime, clinic, patient).wishes == (Wish.CALL,)


def test_every_unit_that_writes_makes_a_new_version_of_the_record(
    runtime: Runtime, clinic: Clinic, patient: Patient
) -> None:
    def version() -> int:
        with runtime.reading(operator(clinic.id)) as work:
            return work.records.patients.get(patient.id).record_version

    before = version()
    a_stored_form(runtime, clinic, patient, "gad7", at=NOW)
    assert version() == before + 1
    assert version() == before + 1


def test_time_alone_changes_no_summary(
    runtime: Runtime, clinic: Clinic, patient: Patient, clock: Clock
) -> None:
    a_stored_form(runtime, clinic, patient, "phq9", at=NOW - 10 * DAY, each=2, _9=0)
    a_stored_form(runtime, clinic, patient, "phq9", at=NOW - DAY, each=1, _9=1)
    stored = summary_of(runtime, clinic, patient)
    for clock.now in (NOW - 30 * DAY, NOW + 400 * DAY):
        with runtime.reading(operator(clinic.id)) as work:
            assert summarise(work, patient.id) == stored


def test_summaries_are_made_anew_once_for_other_definitions(
    runtime: Runtime, clinic: Clinic, patient: Patient
) -> None:
    a_stored_form(runtime, clinic, patient, "phq9", at=NOW - 10 * DAY, each=2, _9=0)
    a_stored_form(runtime, clinic, patient, "phq9", at=NOW - DAY, each=1, _9=1)
    a_patient(runtime, clinic, "Second Example")
    elsewhere = a_clinic(runtime, "elsewhere")
    a_patient(runtime, elsewhere, "Third Example")
    before = summary_of(runtime, clinic, patient)
    newer = replace(runtime, definitions=replace(runtime.definitions, version="newer"))
    for rebuilt in (2, 0):
        with newer.unit_of_work(operator(clinic.id)) as work:
            assert rebuild_summaries(work) == rebuilt
    assert summary_of(newer, clinic, patient) == before
    with newer.reading(operator(elsewhere.id)) as work:
        assert read_summaries(work) == {}
