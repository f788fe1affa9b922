"""Hours and rota: what is written down, what the browser may send, and when nobody is on duty."""

from contextlib import suppress
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from mindspa.bootstrap import Runtime
from mindspa.domain.access import Actor, Role
from mindspa.domain.duty import DutyPlan, Holiday, OpenHours, Shift
from mindspa.domain.errors import InvalidInput, MindSpaError
from mindspa.domain.treatment import Clinic
from mindspa.services.plan_duty import write_duty
from mindspa.ui.duty_rows import edited, plan_of
from tests.conftest import Clock
from tests.factories import staff
from tests.pages.conftest import OpenPage
from tests.services.test_handle_alert import a_rota

EMPTY: dict[str, list[dict[str, Any]]] = {
    name: [] for name in ("hours", "weekly", "dated", "holidays", "steps")
}
SHIFT = {"begins": "09:00:00.000", "ends": "17:00:00.000", "first": "ana", "second": None}


def said(page: AppTest) -> str:
    parts = (*page.error, *page.warning, *page.success, *page.caption)
    return "\n".join(str(part.value).replace("\\", "").replace("\u2060", "") for part in parts)


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.CLINICIAN])
def test_with_nothing_written_down_it_says_what_that_means(
    runtime: Runtime, clinic: Clinic, role: Role, open_page: OpenPage
) -> None:
    page = open_page(staff(runtime, clinic, role), "duty")
    assert not page.exception
    assert page.title[0].value == "Hours and rota"
    assert "Nobody is on the rota." in said(page)


def test_help_lines_that_nobody_has_checked_for_long(
    clinician: Actor, runtime: Runtime, clock: Clock, open_page: OpenPage
) -> None:
    said_of_them = "The help lines that patients are shown were checked on"
    by = runtime.definitions.crisis["US"].check_again_by
    clock.now = datetime(by.year, by.month, by.day, 23, 59, tzinfo=UTC)
    assert said_of_them not in said(open_page(clinician, "duty"))
    clock.forward(minutes=1)
    assert said_of_them in said(open_page(clinician, "duty"))


def test_a_rota_that_covers_the_open_hours(
    runtime: Runtime, nurse: Actor, clinician: Actor, open_page: OpenPage
) -> None:
    a_rota(runtime, clinician, nurse, clinician)
    page = open_page(clinician, "duty")
    assert "Somebody is on duty in every open hour of the next 14 days." in said(page)
    assert "Outside the opening hours nobody is on call at times" in said(page)
    assert f"by {clinician.name}." in said(page)


def test_a_hole_in_the_rota_is_said(
    runtime: Runtime, nurse: Actor, clinician: Actor, open_page: OpenPage
) -> None:
    nine, five = time(9), time(17)
    plan = DutyPlan(
        hours=(OpenHours(4, nine, five),), shifts=(Shift(nine, time(16), nurse.id, weekday=4),)
    )
    with runtime.unit_of_work(clinician) as work:
        write_duty(work, plan, replaces=0)
    page = open_page(clinician, "duty")
    assert "Nobody is on duty while the clinic is open" in said(page)
    assert "Friday 12 June at 4:00 pm, for 60 min; Friday 19 June" in said(page)


def test_saving_what_was_not_changed_writes_nothing(
    runtime: Runtime, nurse: Actor, clinician: Actor, open_page: OpenPage
) -> None:
    a_rota(runtime, clinician, nurse, clinician)
    page = open_page(clinician, "duty")
    page.button(key="duty_save").click().run()
    assert "Hours and rota are saved." in said(page)
    with runtime.reading(clinician) as work:
        assert work.records.duty_plans.last().number == 1


def test_to_the_care_team_it_is_no_page(nurse: Actor, open_page: OpenPage) -> None:
    page = open_page(nurse, "duty")
    assert not page.title or page.title[0].value != "Hours and rota"


# What the browser sends


def test_rows_are_changed_added_and_removed_by_their_places() -> None:
    rows = [{"step": "first"}, {"step": "second"}, {"step": "third"}]
    changes = {
        "edited_rows": {"1": {"step": "changed"}},
        "deleted_rows": [0],
        "added_rows": [{"step": "new"}],
    }
    assert edited(rows, changes) == [{"step": "changed"}, {"step": "third"}, {"step": "new"}]
    assert rows[1] == {"step": "second"}, "what the table began with is as it was"


def test_rows_become_a_plan() -> None:
    plan = plan_of(
        {
            "hours": [{"weekday": 0, "opens": "08:30:00.000", "closes": time(17, 30)}],
            "weekly": [{**SHIFT, "weekday": 0, "on_holidays": True}],
            "dated": [{**SHIFT, "day": "2026-06-12", "second": "ben"}],
            "holidays": [{"day": "2026-07-03T00:00:00.000", "name": "Independence Day"}],
            "steps": [{"step": "Phoned three times"}],
        }
    )
    nine, five = time(9), time(17)
    assert plan == DutyPlan(
        hours=(OpenHours(0, time(8, 30), time(17, 30)),),
        holidays=(Holiday(date(2026, 7, 3), "Independence Day"),),
        shifts=(
            Shift(nine, five, "ana", weekday=0, on_holidays=True),
            Shift(nine, five, "ana", "ben", day=date(2026, 6, 12)),
        ),
        unreached_steps=("Phoned three times",),
    )


@pytest.mark.parametrize(
    ("table", "row", "said"),
    [
        ("hours", {"weekday": None, "opens": "09:00", "closes": "17:00"}, "Choose the weekday"),
        ("hours", {"weekday": True, "opens": "09:00", "closes": "17:00"}, "Choose the weekday"),
        ("hours", {"weekday": 0, "opens": "nine", "closes": "17:00"}, "Give both times"),
        ("hours", {"weekday": 0, "opens": "09:00"}, "Give both times"),
        ("weekly", {**SHIFT}, "Choose the weekday"),
        ("dated", {**SHIFT, "day": "Friday"}, "Give the day"),
        ("holidays", {"name": "Someday"}, "Give the day"),
    ],
)
def test_a_row_that_is_not_complete_is_refused(table: str, row: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        plan_of({**EMPTY, table: [row]})


def test_a_place_that_the_table_does_not_have() -> None:
    with pytest.raises(InvalidInput, match="has changed meanwhile"):
        edited([], {"edited_rows": {"0": {"step": "x"}}})


CELL = st.none() | st.booleans() | st.integers() | st.text() | st.floats() | st.lists(st.text())
FIELDS = ("weekday", "opens", "closes", "begins", "ends", "first", "second", "day", "name", "step")


@given(
    st.fixed_dictionaries(
        {
            name: st.lists(st.dictionaries(st.sampled_from(FIELDS), CELL), max_size=3)
            for name in EMPTY
        }
    )
)
def test_whatever_the_browser_sends_is_a_plan_or_refused(rows: dict[str, Any]) -> None:
    with suppress(MindSpaError):  # any other error would be a defect
        assert isinstance(plan_of(rows), DutyPlan)
