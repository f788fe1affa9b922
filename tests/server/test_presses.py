"""A press is carried out although another tap follows before anything of it has been drawn."""

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.WidgetStates_pb2 import WidgetState

from tests.client import Tab
from tests.server.conftest import PATIENT, Started, Visit

TIMES = 20
AFTER = 0.008  # seconds: two fingers


def count(database: Path, sql: str) -> int:
    with closing(sqlite3.connect(database)) as connection:
        ((found,),) = connection.execute(sql).fetchall()
    return int(found)


def another_answer(tab: Tab) -> ClientState:
    """Runs its fragment alone, which Streamlit lets wait for the page."""
    tapped = tab.all("radio")[1]
    return tab.state(
        WidgetState(id=tapped.content.id, string_value="None of the time"), tapped.fragment
    )


def another_page(tab: Tab) -> ClientState:
    """Stops the page that runs at the next thing it draws."""
    state = tab.state()
    state.page_script_hash, state.page_name, state.query_string = "", "my_progress", ""
    return state


@pytest.mark.parametrize("tapped", [another_answer, another_page])
def test_sent_twenty_times_of_twenty(
    started: Started, visit: Visit, database: Path, tapped: Callable[[Tab], ClientState]
) -> None:
    """The tap comes before the server can have drawn anything of the press."""
    tab = visit(started(), PATIENT)
    for number in range(1, TIMES + 1):
        tab.reload()  # what the runs before may still have to say is not taken for this one's
        tab.open("today")
        tab.press("Tell us how you are now")
        tab.set("radio", tab.all("radio")[0].label, "A little of the time")
        tab.press("Send")
        pressed = tab.one("button", "Send without these answers")
        press = WidgetState(id=pressed.content.id, trigger_value=True)
        tap = tapped(tab)
        tab.send(BackMsg(rerun_script=tab.state(press, pressed.fragment)))
        time.sleep(AFTER)
        tab.forge(tap)
        sent = "SELECT count(*) FROM check_ins WHERE state = 'sent'"
        assert count(database, sent) == number
    assert count(database, "SELECT count(*) FROM stored_forms WHERE check_in_id > ''") == TIMES
