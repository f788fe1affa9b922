"""A press is carried out although another tap follows before anything of it has been drawn."""

import sqlite3
import time
from contextlib import closing
from pathlib import Path

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

from tests.client import Tab
from tests.server.conftest import PATIENT, Started, Visit

TIMES = 20
AFTER = 0.008  # seconds: two fingers


def count(database: Path, sql: str) -> int:
    with closing(sqlite3.connect(database)) as connection:
        ((found,),) = connection.execute(sql).fetchall()
    return int(found)


def press_and_tap(tab: Tab, button: str, question: int, words: str) -> None:
    """Presses, and gives an answer before the server can have drawn anything of the press."""
    pressed = tab.one("button", button)
    tapped = tab.all("radio")[question]
    press = WidgetState(id=pressed.content.id, trigger_value=True)
    tap = WidgetState(id=tapped.content.id, string_value=words)
    tab.send(BackMsg(rerun_script=tab.state(press, pressed.fragment)))
    time.sleep(AFTER)
    tab.forge(tab.state(tap, tapped.fragment))


def test_sent_twenty_times_of_twenty(started: Started, visit: Visit, database: Path) -> None:
    """Were it acted on after drawing, the tap would stop the run and the press be lost."""
    tab = visit(started(), PATIENT)
    for number in range(1, TIMES + 1):
        tab.reload()  # what the runs before may still have to say is not taken for this one's
        tab.open("today")
        tab.press("Tell us how you are now")
        tab.set("radio", tab.all("radio")[0].label, "A little of the time")
        tab.press("Send")
        press_and_tap(tab, "Send without these answers", 1, "None of the time")
        sent = "SELECT count(*) FROM check_ins WHERE state = 'sent'"
        assert count(database, sent) == number
    assert count(database, "SELECT count(*) FROM stored_forms WHERE check_in_id > ''") == TIMES
