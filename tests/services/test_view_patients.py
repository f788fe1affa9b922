"""The panel: who stands first, who is found, and how many queries it takes."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event

from mindspa.bootstrap import Runtime
from mindspa.domain.access import Role, operator
from mindspa.domain.errors import NotPermitted
from mindspa.domain.treatment import Clinic, Patient
from mindspa.services.view_patients import Panel, view_patients
from tests.conftest import NOW
from tests.factories import (
    a_clinic,
    a_patient,
    a_stored_form,
    account_of,
    an_induction,
    an_infusion,
    staff,
)

DAY = timedelta(days=1)


def panel_of(runtime: Runtime, clinic: Clinic, search: str = "") -> Panel:
    with runtime.reading(operator(clinic.id)) as work:
        return view_patients(work, search=search)


def with_infusion(runtime: Runtime, clinic: Clinic, name: str, days: float) -> Patient:
    patient = a_patient(runtime, clinic, name)
    course = an_induction(runtime, clinic, patient, starts_at=NOW + days * DAY)
    an_infusion(runtime, clinic, course, starts_at=NOW + days * DAY)
    return patient


def test_those_who_need_attention_stand_first(runtime: Runtime, clinic: Clinic) -> None:
    with_infusion(runtime, clinic, "next week", 7)
    with_infusion(runtime, clinic, "tomorrow", 1)
    a_patient(runtime, clinic, "nothing planned")
    with_infusion(runtime, clinic, "overdue", -6)
    risen = a_patient(runtime, clinic, "risen")
    a_stored_form(runtime, clinic, risen, "gad7", at=NOW - 2 * DAY, each=0)
    a_stored_form(runtime, clinic, risen, "gad7", at=NOW - DAY, each=1)
    silent = a_patient(runtime, clinic, "left safety out")
    a_stored_form(runtime, clinic, silent, "pulse", at=NOW)
    caller = a_patient(runtime, clinic, "wants a call")
    with runtime.unit_of_work(operator(clinic.id)) as work:
        work.write_about(caller.id)
        work.records.alerts.ask("request", caller.id, at=NOW)
    same_day = a_patient(runtime, clinic, "same day")
    a_stored_form(runtime, clinic, same_day, "phq9", at=NOW, each=0, _9=1)
    immediate = a_patient(runtime, clinic, "immediate")
    a_stored_form(runtime, clinic, immediate, "phq9", at=NOW, each=0, _9=2)
    assert [row.patient.name for row in panel_of(runtime, clinic).rows] == [
        "immediate",
        "same day",
        "wants a call",
        "left safety out",
        "risen",
        "overdue",
        "tomorrow",
        "next week",
        "nothing planned",
    ]


def test_reasons_are_words(runtime: Runtime, clinic: Clinic) -> None:
    patient = a_patient(runtime, clinic)
    a_stored_form(runtime, clinic, patient, "phq9", at=NOW - DAY, each=0)
    a_stored_form(runtime, clinic, patient, "phq9", at=NOW, each=0, _9=1)
    (row,) = panel_of(runtime, clinic).rows
    assert row.reasons == ("Same-day alert", "PHQ-9 item 9 higher than on the form before")


@pytest.mark.parametrize(
    "search, found", [("", 3), ("ann", 2), ("LEE ann", 1), ("  lee ", 2), ("zoe", 0)]
)
def test_search_by_any_part_of_the_name(
    runtime: Runtime, clinic: Clinic, search: str, found: int
) -> None:
    for name in ("Ann Lee", "Joanna Park", "Bo Lee"):
        a_patient(runtime, clinic, name)
    panel = panel_of(runtime, clinic, search)
    assert (len(panel.rows), panel.patients) == (found, 3)


def test_another_clinic_and_patients_see_nothing(runtime: Runtime, clinic: Clinic) -> None:
    patient = a_patient(runtime, clinic)
    elsewhere = staff(runtime, a_clinic(runtime, "elsewhere"), Role.CLINICIAN)
    with runtime.reading(elsewhere) as work:
        assert view_patients(work) == Panel((), 0)
    own = account_of(runtime, clinic, patient)
    with runtime.reading(own) as work, pytest.raises(NotPermitted):
        view_patients(work)


def test_nobody_is_left_out_for_want_of_a_summary(runtime: Runtime, clinic: Clinic) -> None:
    patient = a_patient(runtime, clinic)
    with runtime.database.writing() as session:
        session.connection().exec_driver_sql(
            "UPDATE patient_summaries SET definitions_version = 'other'"
        )
    assert [row.patient.id for row in panel_of(runtime, clinic).rows] == [patient.id]


def test_as_many_queries_for_fifty_patients_as_for_five(runtime: Runtime, clinic: Clinic) -> None:
    counts = []
    for more in (5, 45):
        for number in range(more):
            patient = a_patient(runtime, clinic, f"Patient {number}")
            a_stored_form(runtime, clinic, patient, "phq9", at=NOW, each=0, _9=1)
        with _queries(runtime) as queries:
            panel_of(runtime, clinic)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 4


@contextmanager
def _queries(runtime: Runtime) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(runtime.database.reader, "before_cursor_execute", note)
    yield seen
    event.remove(runtime.database.reader, "before_cursor_execute", note)
