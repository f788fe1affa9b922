"""A figure is built once for what it shows: a rerun draws the one that is kept."""

from collections.abc import Callable
from datetime import timedelta

import plotly.graph_objects as go
import pytest

from mindspa.bootstrap import Runtime
from mindspa.domain.access import Role
from mindspa.domain.treatment import Clinic, Patient
from mindspa.ui import own_progress, patient_record
from tests.conftest import NOW
from tests.factories import a_patient, a_stored_form, account_of, staff
from tests.pages.conftest import OpenPage

Counted = Callable[..., go.Figure]


@pytest.fixture
def patient(runtime: Runtime, clinic: Clinic) -> Patient:
    patient = a_patient(runtime, clinic)
    a_stored_form(runtime, clinic, patient, "phq9", at=NOW - timedelta(days=3))
    return patient


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[go.Figure]:
    """Every figure that is built from now on."""
    figures: list[go.Figure] = []

    def noted(build: Counted) -> Counted:
        def build_and_note(*given: object, **more: object) -> go.Figure:
            figures.append(figure := build(*given, **more))
            return figure

        return build_and_note

    for module, name in (
        (patient_record, "timeline_figure"),
        (own_progress, "own_progress_figure"),
    ):
        monkeypatch.setattr(module, name, noted(getattr(module, name)))
    return figures


def test_the_timeline_is_built_again_for_another_span_or_a_new_answer_only(
    runtime: Runtime,
    clinic: Clinic,
    patient: Patient,
    built: list[go.Figure],
    open_page: OpenPage,
) -> None:
    page = open_page(staff(runtime, clinic, Role.CLINICIAN), "patient", id=patient.id)
    page.run()
    page.run()
    assert len(built) == 1
    assert isinstance(built[0], go.Figure)  # as a dict, it costs five times as much to send
    page.segmented_control[0].set_value("90 days").run()
    assert len(built) == 2
    a_stored_form(runtime, clinic, patient, "phq9", at=NOW - timedelta(days=1))
    page.run()
    assert len(built) == 3


def test_own_progress_is_built_once(
    runtime: Runtime,
    clinic: Clinic,
    patient: Patient,
    built: list[go.Figure],
    open_page: OpenPage,
) -> None:
    page = open_page(account_of(runtime, clinic, patient), "my_progress")
    page.run()
    page.run()
    assert len(built) == 1
