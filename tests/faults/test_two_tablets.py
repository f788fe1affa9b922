"""Two tablets on one infusion, and a connection that drops in the middle: nothing that somebody
saved is overwritten, lost or doubled."""

from datetime import timedelta

import pytest
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.WidgetStates_pb2 import WidgetState

from mindspa.domain.access import Actor, Role
from mindspa.domain.treatment import Infusion
from mindspa.services.plan_induction import plan_induction
from tests.accounts import an_account
from tests.client import Tab
from tests.factories import a_patient
from tests.faults.conftest import Shared
from tests.faults.patience import wait_until
from tests.faults.sound import assert_sound, rows
from tests.faults.test_dropped_connection import send_and_lose_the_connection


@pytest.fixture
def infusion(shared: Shared) -> Infusion:
    """In a few minutes."""
    patient = a_patient(shared.runtime, shared.clinic, "Ina Example")
    staff = an_account(shared.runtime, shared.clinic, patient.id, role=Role.CARE_TEAM)
    actor = Actor(staff.id, staff.clinic_id, staff.name, staff.roles)
    with shared.runtime.unit_of_work(actor) as work:
        plan_induction(work, patient.id, [work.now + timedelta(minutes=5)])
        return work.records.treatment.infusions_of(patient.id)[0]


def tablet(shared: Shared, infusion: Infusion) -> Tab:
    tab = shared.server.browser(infusion.patient_id).tab()
    tab.open("infusion_day", id=infusion.id)
    return tab


def vitals(tab: Tab, **given: int) -> ClientState:
    """The form filled in and its button pressed, in one message as a browser sends it."""
    state = tab.state(
        WidgetState(id=tab.one("button", "Save vitals").content.id, trigger_value=True)
    )
    for label, value in given.items():
        field = tab.all("number_input")
        (found,) = (f for f in field if f"vital_{label}:" in f.content.id)
        state.widget_states.widgets.append(WidgetState(id=found.content.id, double_value=value))
    return state


def stored(shared: Shared, infusion: Infusion) -> list[str]:
    found = rows(
        shared.runtime.database,
        "SELECT vitals FROM vitals_readings WHERE infusion_id = :i ORDER BY recorded_at, id",
        i=infusion.id,
    )
    return [str(vitals).replace("'", '"') for (vitals,) in found]


def test_both_write_and_neither_overwrites(shared: Shared, infusion: Infusion) -> None:
    one, other = tablet(shared, infusion), tablet(shared, infusion)
    one.press("Start now")
    other.press("Start now")  # as it was drawn before
    assert not other.refusals()
    for tab, rate in ((one, 70), (other, 72), (one, 74)):
        tab.forge(vitals(tab, heart_rate=rate))
        assert not tab.refusals()
    assert stored(shared, infusion) == [f'{{"heart_rate": {rate}}}' for rate in (70, 72, 74)]
    assert_sound(shared.runtime)


def test_what_was_saved_as_the_connection_dropped_is_there_once(
    shared: Shared, infusion: Infusion
) -> None:
    tab = tablet(shared, infusion)
    tab.press("Start now")
    press = vitals(tab, systolic=121, diastolic=79)
    send_and_lose_the_connection(tab, press)
    wait_until(lambda: len(stored(shared, infusion)) == 1)
    tab.reload()
    again = tablet(shared, infusion)
    assert len(stored(shared, infusion)) == 1
    again.forge(vitals(again, systolic=118, diastolic=77))
    assert len(stored(shared, infusion)) == 2
    assert_sound(shared.runtime)
